//! The lock on a stored sign-in: one of many calls at once renews it, the others wait.

use std::fs::File;
use std::io;
use std::mem;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::error::{Error, Kind};
use crate::fs::lock;
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
/// locked, for messages. The lock ends when the file is dropped: the operating system releases
/// it with the process, however that ends.
pub(super) fn acquire(
    path: &Path,
    subject: &str,
    transport: &Transport<'_>,
) -> Result<File, LockError> {
    let (file, start) = (lock::open(path).map_err(LockError::Io)?, Instant::now());
    let mut is_waiting = false;
    loop {
        if lock::try_lock(&file).map_err(LockError::Io)? {
            return Ok(file);
        }
        if transport.deadline.remaining().is_some_and(|left| left.is_zero()) {
            return Err(timed_out(subject, transport));
        }
        if start.elapsed() >= LOCK_TIMEOUT {
            return Err(LockError::Busy);
        }
        if !mem::replace(&mut is_waiting, true) {
            transport.waiting(&format!("another sotickets, which is using {subject}"));
        }
        thread::sleep(lock::PAUSE);
    }
}

fn timed_out(subject: &str, transport: &Transport<'_>) -> LockError {
    let limit = humantime::format_duration(transport.network.limits.total.unwrap_or_default());
    let message =
        format!("not done within {limit} (--timeout): another sotickets is using {subject}");
    LockError::TimedOut(Error::new(Kind::Network, message).hint("try again, or raise the limit"))
}
