//! The lock on a stored sign-in: one of many calls at once renews it, the others wait.

use std::io;
use std::path::Path;
use std::time::Duration;

use crate::error::{Error, Kind};
use crate::fs::lock::FileLock;
use crate::http::transport::Transport;

/// The reason why there is no lock.
pub(super) enum LockError {
    /// Another process held the lock for [`LOCK_TIMEOUT`].
    Busy,
    /// The time limit of the command is over.
    TimedOut(Error),
    /// There can be no lock here.
    Io(io::Error),
}

/// The longest wait. Nothing done under a lock takes longer than the time limits of two
/// calls.
pub(super) const LOCK_TIMEOUT: Duration = Duration::from_secs(150);

/// Acquires the lock at `path`, within the deadline of `transport`; `subject` names what is
/// locked, for messages.
pub(super) fn acquire(
    path: &Path,
    subject: &str,
    transport: &Transport<'_>,
) -> Result<FileLock, LockError> {
    let left = transport.deadline.remaining();
    let patience = left.map_or(LOCK_TIMEOUT, |left| left.min(LOCK_TIMEOUT));
    let notice = || {
        transport.note(&format!("* waiting for another sotickets, which is using {subject}"));
    };
    match FileLock::acquire(path, patience, notice) {
        Ok(Some(lock)) => Ok(lock),
        Ok(None) if left == Some(patience) => Err(timed_out(subject, transport)),
        Ok(None) => Err(LockError::Busy),
        Err(error) => Err(LockError::Io(error)),
    }
}

fn timed_out(subject: &str, transport: &Transport<'_>) -> LockError {
    let limit = humantime::format_duration(transport.network.limits.total.unwrap_or_default());
    let message =
        format!("not done within {limit} (--timeout): another sotickets is using {subject}");
    LockError::TimedOut(Error::new(Kind::Network, message).hint("try again, or raise the limit"))
}
