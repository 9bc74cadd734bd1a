//! The platform's own store of secrets: the Secret Service, the Keychain, the
//! Credential Manager.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use keyring::{Entry, Error as StoreError};

use super::Secret;
use crate::error::{Error, Result};
use crate::escape;

/// The service name of all entries.
const SERVICE: &str = "sotickets";

/// For the store to say that it is there.
const REACH: Duration = Duration::from_secs(10);
/// For the secret; a person may have to unlock the store first.
const UNLOCK: Duration = Duration::from_secs(120);

/// Reads the entry `entry`.
pub(crate) fn read(entry: &str, origin: &str) -> Result<String> {
    ask(entry, origin, Entry::get_password)
        .map_err(|refusal| refusal.into_error(entry, origin).hint(ELSEWHERE))
}

/// Returns the secret in `entry`; `None` if there is no such entry.
pub(crate) fn find(entry: &str, origin: &str) -> Result<Option<String>> {
    match ask(entry, origin, Entry::get_password) {
        Ok(secret) => Ok(Some(secret)),
        Err(Refusal::Store(StoreError::NoEntry)) => Ok(None),
        Err(refusal) => Err(refusal.into_error(entry, origin)),
    }
}

/// Keeps `secret` as `entry`, in place of what was kept there.
pub(crate) fn write(entry: &str, origin: &str, secret: &Secret) -> Result<()> {
    let secret = secret.clone();
    ask(entry, origin, move |entry| entry.set_password(secret.expose()))
        .map_err(|refusal| refusal.into_error(entry, origin))
}

/// Removes `entry`, where it is there.
pub(crate) fn remove(entry: &str, origin: &str) -> Result<()> {
    match ask(entry, origin, Entry::delete_credential) {
        Ok(()) | Err(Refusal::Store(StoreError::NoEntry)) => Ok(()),
        Err(refusal) => Err(refusal.into_error(entry, origin)),
    }
}

/// Has `act` done to `entry`.
fn ask<T: Send + 'static>(
    entry: &str,
    origin: &str,
    act: impl FnOnce(&Entry) -> keyring::Result<T> + Send + 'static,
) -> std::result::Result<T, Refusal> {
    let (sender, receiver) = mpsc::channel();
    let account = entry.to_owned();
    // The store may wait for ever, so it is asked by a thread that may be left behind.
    thread::spawn(move || {
        let reached = Entry::store_status().as_ref().map_err(reason);
        let reachable = reached.is_ok();
        // Nobody may be waiting any more.
        let _ = sender.send(Step::Reached(reached.map(|&()| ())));
        if reachable {
            let done = Entry::new(SERVICE, &account).and_then(|entry| act(&entry));
            let _ = sender.send(Step::Done(done));
        }
    });
    let message = match receiver.recv_timeout(REACH) {
        Ok(Step::Reached(Ok(()))) => match receiver.recv_timeout(UNLOCK) {
            Ok(Step::Done(done)) => return done.map_err(Refusal::Store),
            _ => no_answer(origin, UNLOCK),
        },
        Ok(Step::Reached(Err(reason))) => {
            format!("{origin}: there is no keyring to ask: {reason}")
        }
        _ => no_answer(origin, REACH),
    };
    Err(Refusal::NotReached(message))
}

/// The command of this platform that prints an entry, where it has one.
pub(crate) fn reader(entry: &str) -> Option<Vec<&str>> {
    if cfg!(windows) {
        None
    } else if cfg!(target_vendor = "apple") {
        Some(vec!["security", "find-generic-password", "-s", SERVICE, "-a", entry, "-w"])
    } else {
        Some(vec!["secret-tool", "lookup", "service", SERVICE, "username", entry])
    }
}

/// The progress of the thread.
enum Step<T> {
    /// The store, or why not.
    Reached(std::result::Result<(), String>),
    /// The result, or the error.
    Done(keyring::Result<T>),
}

/// Why something was not done.
enum Refusal {
    /// The store was not reached.
    NotReached(String),
    /// The store refused.
    Store(StoreError),
}

impl Refusal {
    fn into_error(self, entry: &str, origin: &str) -> Error {
        match self {
            Self::NotReached(message) => Error::usage(message),
            Self::Store(error) => refused(&error, entry, origin),
        }
    }
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

fn refused(error: &StoreError, entry: &str, origin: &str) -> Error {
    let shown = escape::excerpt(entry, 80);
    match error {
        StoreError::NoEntry => {
            let message = format!("{origin}: the keyring has no entry '{shown}' of {SERVICE}");
            Error::usage(message).hint(format!("put the secret there: {}", writer(entry)))
        }
        StoreError::NoStorageAccess(_) => Error::usage(format!(
            "{origin}: the keyring is locked, and was not unlocked: {}",
            reason(error)
        )),
        _ => Error::usage(format!(
            "{origin}: the keyring failed over the entry '{shown}': {}",
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

fn no_answer(origin: &str, limit: Duration) -> String {
    format!("{origin}: the keyring did not answer within {} s", limit.as_secs())
}

const ELSEWHERE: &str =
    "without a keyring, keep the secret in file:PATH, or let command:PROGRAM ARG… print it";
