//! The platform's own store of secrets: the Secret Service, the Keychain, the
//! Credential Manager.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use keyring::{Entry, Error as StoreError};

use crate::error::{Error, Result};
use crate::escape;

/// What the entries of this program are filed under.
const SERVICE: &str = "sotickets";

/// For the store to say that it is there.
const REACH: Duration = Duration::from_secs(10);
/// For the secret; a person may have to unlock the store first.
const UNLOCK: Duration = Duration::from_secs(120);

/// Reads the entry `entry`.
///
/// # Errors
/// A usage error that names `origin`, where there is no store, no such entry, or no
/// answer in time.
pub fn read(entry: &str, origin: &str) -> Result<String> {
    let (sender, receiver) = mpsc::channel();
    let account = entry.to_owned();
    // The store may wait for ever, so it is asked by a thread that may be left behind.
    thread::spawn(move || {
        let reached = Entry::store_status().as_ref().map_err(reason);
        let reachable = reached.is_ok();
        // That nobody waits any more is nothing to do anything about.
        let _ = sender.send(Step::Reached(reached.map(|&()| ())));
        if reachable {
            let secret = Entry::new(SERVICE, &account).and_then(|entry| entry.get_password());
            let _ = sender.send(Step::Read(secret));
        }
    });
    match receiver.recv_timeout(REACH) {
        Ok(Step::Reached(Ok(()))) => {}
        Ok(Step::Reached(Err(reason))) => {
            return Err(elsewhere(format!("{origin}: there is no keyring to ask: {reason}")));
        }
        _ => return Err(no_answer(origin, REACH)),
    }
    match receiver.recv_timeout(UNLOCK) {
        Ok(Step::Read(Ok(secret))) => Ok(secret),
        Ok(Step::Read(Err(error))) => Err(unread(&error, entry, origin)),
        _ => Err(no_answer(origin, UNLOCK)),
    }
}

/// The command of this platform that prints an entry, where it has one.
#[must_use]
pub fn reader(entry: &str) -> Option<Vec<&str>> {
    if cfg!(windows) {
        None
    } else if cfg!(target_vendor = "apple") {
        Some(vec!["security", "find-generic-password", "-s", SERVICE, "-a", entry, "-w"])
    } else {
        Some(vec!["secret-tool", "lookup", "service", SERVICE, "username", entry])
    }
}

/// What the thread has got.
enum Step {
    /// The store, or why not.
    Reached(std::result::Result<(), String>),
    /// The secret, or why not.
    Read(keyring::Result<String>),
}

/// The reason of the platform, without what the crate says around it, and without
/// any bytes of the secret.
fn reason(error: &StoreError) -> String {
    let text = match error {
        StoreError::PlatformFailure(cause) | StoreError::NoStorageAccess(cause) => {
            cause.to_string()
        }
        StoreError::NoDefaultStore => "none could be opened".to_owned(),
        StoreError::Ambiguous(_) => "there is more than one such entry".to_owned(),
        StoreError::BadEncoding(_) | StoreError::BadDataFormat(..) => {
            "the entry is no text".to_owned()
        }
        other => other.to_string(),
    };
    escape::excerpt(&text, 200)
}

fn unread(error: &StoreError, entry: &str, origin: &str) -> Error {
    let shown = escape::excerpt(entry, 80);
    match error {
        StoreError::NoEntry => {
            let message = format!("{origin}: the keyring has no entry '{shown}' of {SERVICE}");
            Error::usage(message)
                .hint(format!("put the secret there: {}", writer(entry)))
                .hint(ELSEWHERE)
        }
        StoreError::NoStorageAccess(_) => elsewhere(format!(
            "{origin}: the keyring is locked, and was not unlocked: {}",
            reason(error)
        )),
        _ => elsewhere(format!(
            "{origin}: the entry '{shown}' of the keyring could not be read: {}",
            reason(error)
        )),
    }
}

/// The command of this platform that asks for a secret and keeps it as an entry.
fn writer(entry: &str) -> String {
    let quoted = shlex::try_quote(entry).unwrap_or_default();
    if cfg!(windows) {
        format!("cmdkey /generic:{entry}.{SERVICE} /user:{entry} /pass")
    } else if cfg!(target_vendor = "apple") {
        format!("security add-generic-password -s {SERVICE} -a {quoted} -w")
    } else {
        format!("secret-tool store --label={SERVICE} service {SERVICE} username {quoted}")
    }
}

fn no_answer(origin: &str, limit: Duration) -> Error {
    elsewhere(format!("{origin}: the keyring did not answer within {} s", limit.as_secs()))
}

const ELSEWHERE: &str =
    "without a keyring, keep the secret in file:PATH, or let command:PROGRAM ARG… print it";

fn elsewhere(message: String) -> Error {
    Error::usage(message).hint(ELSEWHERE)
}
