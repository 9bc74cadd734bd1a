//! The keyring of the platform: the Secret Service, the Keychain, the Credential Manager.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use std::{io, thread};

#[cfg(target_vendor = "apple")]
use apple_native_keyring_store::keychain::Store;
#[cfg(not(any(windows, target_vendor = "apple")))]
use dbus_secret_service_keyring_store::Store;
use keyring_core::api::CredentialStoreApi as _;
use keyring_core::{Entry, Error as StoreError};
#[cfg(windows)]
use windows_native_keyring_store::Store;

use super::Secret;
use super::profile_ref::ProfileRef;
use crate::error::{Error, Result};
use crate::escape;
use crate::platform::Platform;
use crate::shell_words;

/// The name that all entries of this program share.
const SERVICE: &str = "sotickets";

/// The time for the store to answer at all.
const OPEN_TIMEOUT: Duration = Duration::from_secs(10);
/// The time for an entry: a person may have to unlock the store first.
const UNLOCK_TIMEOUT: Duration = Duration::from_secs(30);

/// The largest secret that the store takes, in bytes; `None` without a limit. The Credential
/// Manager of Windows keeps text as UTF-16.
pub(crate) const MAX_SIZE: Option<usize> = match Platform::CURRENT {
    Platform::Windows => Some(2560),
    Platform::Linux | Platform::Apple => None,
};

/// Returns the size of `text` in UTF-16, in bytes, if it is more than `limit`.
pub(crate) fn oversize(text: &str, limit: Option<usize>) -> Option<usize> {
    let size = 2 * text.encode_utf16().count();
    limit.is_some_and(|limit| size > limit).then_some(size)
}

/// Reads an entry.
///
/// # Errors
/// A usage error that names `origin`, if there is no store, no such entry, or no answer in
/// time. It leads to the sign-in of `profile`, if the entry belongs to one.
pub(crate) fn read(entry: &str, origin: &str, profile: Option<&ProfileRef>) -> Result<String> {
    access(entry, Entry::get_password).map_err(|error| {
        let is_missing = matches!(error, KeyringError::Entry(StoreError::NoEntry));
        let login_hint = profile.map(|profile| match is_missing {
            true => format!("{} keeps one", profile.login_command()),
            false => profile.file_hint(),
        });
        error
            .describe(entry, origin)
            .hints_from(login_hint)
            .hints_from(is_missing.then(|| {
                format!("put the secret there: {}", write_command(entry, Platform::CURRENT))
            }))
            .hint(ALTERNATIVES)
    })
}

/// Reads an entry; `None` if there is no such entry.
///
/// # Errors
/// As [`read`], except for a missing entry.
pub(crate) fn find(entry: &str, origin: &str) -> Result<Option<String>> {
    match access(entry, Entry::get_password) {
        Ok(secret) => Ok(Some(secret)),
        Err(KeyringError::Entry(StoreError::NoEntry)) => Ok(None),
        Err(error) => Err(error.describe(entry, origin)),
    }
}

/// Writes `secret` to an entry, in place of an old one.
///
/// # Errors
/// As [`read`].
pub(crate) fn write(entry: &str, origin: &str, secret: &Secret) -> Result<()> {
    let secret = secret.clone();
    access(entry, move |entry| entry.set_password(secret.expose()))
        .map_err(|error| error.describe(entry, origin))
}

/// Removes an entry, if it exists.
///
/// # Errors
/// As [`read`].
pub(crate) fn remove(entry: &str, origin: &str) -> Result<()> {
    match access(entry, Entry::delete_credential) {
        Ok(()) | Err(KeyringError::Entry(StoreError::NoEntry)) => Ok(()),
        Err(error) => Err(error.describe(entry, origin)),
    }
}

/// The reason why the store as a whole did not answer. A person who dismissed a question is not
/// asked again, and nobody waits a second time.
static FAILURE: Mutex<Option<String>> = Mutex::new(None);

/// Runs `operation` on `entry`, unless the store has failed before.
fn access<T: Send + 'static>(
    entry: &str,
    operation: impl FnOnce(&Entry) -> keyring_core::Result<T> + Send + 'static,
) -> std::result::Result<T, KeyringError> {
    let mut failure = FAILURE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(reason) = &*failure {
        return Err(KeyringError::NotAskedAgain(reason.clone()));
    }
    let result = access_once(entry, operation);
    *failure = result.as_ref().err().and_then(KeyringError::store_failure);
    result
}

/// Runs `operation` on `entry`. The store may block for ever, so that this takes a thread that
/// may be left behind.
fn access_once<T: Send + 'static>(
    entry: &str,
    operation: impl FnOnce(&Entry) -> keyring_core::Result<T> + Send + 'static,
) -> std::result::Result<T, KeyringError> {
    let (opened, is_open) = mpsc::channel();
    let (sender, result) = mpsc::channel();
    let account = entry.to_owned();
    let run = move || {
        // Nobody may be waiting any more when a result is sent.
        match Store::new() {
            Ok(store) => {
                let _ = opened.send(Ok(()));
                let entry = store.build(SERVICE, &account, None);
                let _ = sender.send(entry.and_then(|entry| operation(&entry)));
            }
            Err(error) => drop(opened.send(Err(error))),
        }
    };
    thread::Builder::new().name("keyring".to_owned()).spawn(run).map_err(KeyringError::NoThread)?;
    receive(&is_open, OPEN_TIMEOUT)?.map_err(KeyringError::Open)?;
    receive(&result, UNLOCK_TIMEOUT)?.map_err(KeyringError::Entry)
}

/// Returns the result of the thread, within `limit`.
fn receive<T>(receiver: &Receiver<T>, limit: Duration) -> std::result::Result<T, KeyringError> {
    receiver.recv_timeout(limit).map_err(|error| match error {
        RecvTimeoutError::Timeout => KeyringError::TimedOut(limit),
        RecvTimeoutError::Disconnected => KeyringError::Ended,
    })
}

/// Returns the command of `platform` that prints an entry, if it has one.
pub(crate) fn read_command(entry: &str, platform: Platform) -> Option<Vec<&str>> {
    match platform {
        Platform::Linux => {
            Some(vec!["secret-tool", "lookup", "service", SERVICE, "username", entry])
        }
        Platform::Apple => {
            Some(vec!["security", "find-generic-password", "-s", SERVICE, "-a", entry, "-w"])
        }
        Platform::Windows => None,
    }
}

/// Returns the name of an entry in the Credential Manager of Windows.
pub(crate) fn windows_target(entry: &str) -> String {
    format!("{entry}.{SERVICE}")
}

/// Returns the command of `platform` that asks for a secret and writes it to an entry.
fn write_command(entry: &str, platform: Platform) -> String {
    let quote = |word| shell_words::quote_for(word, platform);
    let quoted = quote(entry);
    match platform {
        Platform::Linux => {
            format!("secret-tool store --label={SERVICE} service {SERVICE} username {quoted}")
        }
        Platform::Apple => format!("security add-generic-password -s {SERVICE} -a {quoted} -w"),
        Platform::Windows => {
            let target = windows_target(entry);
            format!("cmdkey /generic:{} /user:{quoted} /pass", quote(&target))
        }
    }
}

/// The failure of the keyring.
enum KeyringError {
    /// The store could not be opened.
    Open(StoreError),
    /// The store refused an operation.
    Entry(StoreError),
    TimedOut(Duration),
    /// The thread ended without a result.
    Ended,
    NoThread(io::Error),
    /// The store failed before, for this reason.
    NotAskedAgain(String),
}

impl KeyringError {
    /// Returns the reason, if it is the same for every entry.
    fn store_failure(&self) -> Option<String> {
        match self {
            Self::TimedOut(limit) => {
                Some(format!("the keyring did not answer within {} s", limit.as_secs()))
            }
            Self::Ended => Some("the keyring gave no result".to_owned()),
            Self::NoThread(error) => {
                Some(format!("no thread can be started for the keyring: {error}"))
            }
            Self::Open(cause) if has_no_bus(cause) => Some(
                "no keyring is available in this session: DBUS_SESSION_BUS_ADDRESS is not set".to_owned(),
            ),
            Self::Open(cause) => Some(format!("no keyring is available: {}", reason(cause))),
            Self::Entry(cause @ StoreError::NoStorageAccess(_)) if has_no_logon(cause) => Some(
                "the Credential Manager works only in a session with a logon, not over SSH with a key: error 1312".to_owned(),
            ),
            Self::Entry(cause @ StoreError::NoStorageAccess(_)) => {
                Some(format!("the keyring is locked, and was not unlocked: {}", reason(cause)))
            }
            Self::Entry(_) => None,
            Self::NotAskedAgain(reason) => Some(reason.clone()),
        }
    }

    fn describe(&self, entry: &str, origin: &str) -> Error {
        let shown = escape::excerpt(entry, 80);
        let error = |message: String| Error::usage(format!("{origin}: {message}"));
        match self {
            Self::Entry(StoreError::NoEntry) => {
                error(format!("the keyring has no entry '{shown}' of {SERVICE}"))
            }
            Self::NotAskedAgain(reason) => error(format!("{reason}; it was not asked again")),
            Self::Entry(cause) if self.store_failure().is_none() => {
                error(format!("the keyring failed for the entry '{shown}': {}", reason(cause)))
            }
            _ => error(self.store_failure().unwrap_or_default()),
        }
    }
}

/// Returns whether the Credential Manager has no entries for this session, as over SSH.
fn has_no_logon(error: &StoreError) -> bool {
    reason(error).contains("ERROR_NO_SUCH_LOGON_SESSION")
}

/// Returns whether D-Bus would have to be started first, which libdbus does not do.
fn has_no_bus(error: &StoreError) -> bool {
    reason(error).contains("autolaunch")
}

/// Returns the platform's own reason, without any bytes of the secret.
fn reason(error: &StoreError) -> String {
    let text = match error {
        StoreError::PlatformFailure(cause) | StoreError::NoStorageAccess(cause) => {
            cause.to_string()
        }
        StoreError::Ambiguous(_) => "there is more than one such entry".to_owned(),
        StoreError::BadEncoding(_) | StoreError::BadDataFormat(..) => {
            "the entry is not text".to_owned()
        }
        other => other.to_string(),
    };
    escape::excerpt(&text, 200)
}

const ALTERNATIVES: &str =
    "without a keyring, keep the secret in file:PATH, or let command:PROGRAM ARG… print it";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn session_without_a_logon_is_described() {
        let describe = |cause: &str| {
            let error = StoreError::NoStorageAccess(cause.into());
            KeyringError::Entry(error).describe("work/token", "--token keyring").to_string()
        };
        let message = describe("Windows ERROR_NO_SUCH_LOGON_SESSION");
        assert!(message.contains("only in a session with a logon"), "{message}");
        assert!(describe("dismissed").contains("is locked"));
    }

    #[test]
    fn thread_without_a_result_is_no_timeout() {
        let (sender, receiver) = mpsc::channel::<()>();
        let timed_out = receive(&receiver, Duration::ZERO);
        assert!(matches!(timed_out, Err(KeyringError::TimedOut(_))));
        drop(sender);
        assert!(matches!(receive(&receiver, Duration::ZERO), Err(KeyringError::Ended)));
    }

    #[test]
    fn size_counts_two_bytes_for_each_unit_of_utf_16() {
        let windows = Some(2560);
        assert_eq!(oversize(&"a".repeat(1280), windows), None);
        assert_eq!(oversize(&"a".repeat(1281), windows), Some(2562));
        assert_eq!(oversize(&"å".repeat(1280), windows), None);
        assert_eq!(oversize(&"🎫".repeat(641), windows), Some(2564));
        assert_eq!(oversize(&"a".repeat(10_000), None), None);
        assert_eq!(MAX_SIZE.is_some(), Platform::CURRENT == Platform::Windows);
    }

    #[test]
    fn commands_that_write_an_entry_are_those_of_the_documentation() {
        let page = include_str!("../../docs/configuration.md");
        for platform in [Platform::Linux, Platform::Apple, Platform::Windows] {
            let command = write_command("work/password", platform);
            assert!(page.contains(&format!(" | `{command}` |\n")), "{command}");
        }
    }

    #[test]
    fn command_that_prints_an_entry_is_that_of_the_platform() {
        let command = |platform| read_command("a", platform).map(|words| words.join(" "));
        let unix = "secret-tool lookup service sotickets username a";
        assert_eq!(command(Platform::Linux).as_deref(), Some(unix));
        let apple = "security find-generic-password -s sotickets -a a -w";
        assert_eq!(command(Platform::Apple).as_deref(), Some(apple));
        assert_eq!(command(Platform::Windows), None);
    }
}
