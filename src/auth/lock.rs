//! A lock of the operating system, by which one of many commands at once does the work.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::error::{Error, Kind};
use crate::http::client::Limits;
use crate::http::trace::Trace;

use crate::fs::state_file;

/// The exclusive right to change what is kept beside it. It ends with the process, however
/// that ends.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "it ends when this is dropped")] File);

/// Why there is no lock.
#[derive(Debug)]
pub enum NoLock {
    /// Another has had it for as long as anybody waits.
    Held,
    /// The limit of the whole command has come before; that is the error.
    TimedOut(Error),
    /// There can be none here.
    Impossible(io::Error),
}

/// The longest wait: what is done under a lock takes no longer than the time-outs of two calls.
pub const PATIENCE: Duration = Duration::from_secs(150);
/// Between two looks at it.
const PAUSE: Duration = Duration::from_millis(20);

impl Lock {
    /// Checks that there can be a lock at `path`.
    ///
    /// # Errors
    /// Where the folder does not take it.
    pub fn check(path: &Path) -> io::Result<()> {
        open(path).map(drop)
    }

    /// Waits for the lock at `path`, within `limits`; `what` it is about, for messages.
    ///
    /// # Errors
    /// Where it is not to be had.
    pub fn wait(
        path: &Path,
        what: &str,
        limits: &Limits,
        watch: &mut Trace<'_>,
    ) -> Result<Self, NoLock> {
        let file = open(path).map_err(NoLock::Impossible)?;
        let (start, left) = (Instant::now(), limits.left());
        let patience = left.map_or(PATIENCE, |left| left.min(PATIENCE));
        let mut is_told = false;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self(file)),
                Err(TryLockError::Error(error)) => return Err(NoLock::Impossible(error)),
                Err(TryLockError::WouldBlock) => {}
            }
            let rest = patience.saturating_sub(start.elapsed());
            if rest.is_zero() {
                let is_over = left == Some(patience);
                return Err(if is_over { timed_out(what, limits) } else { NoLock::Held });
            }
            if !is_told {
                watch.trace(&format!("* waiting for another sotickets, which has {what} in use"));
                is_told = true;
            }
            (watch.sleep)(PAUSE.min(rest));
        }
    }
}

fn open(path: &Path) -> io::Result<File> {
    state_file::create_folder(path.parent().unwrap_or(Path::new(".")))?;
    OpenOptions::new().create(true).append(true).open(path)
}

fn timed_out(what: &str, limits: &Limits) -> NoLock {
    let limit = humantime::format_duration(limits.total.unwrap_or_default());
    let message =
        format!("not done within {limit} (--timeout): another sotickets has {what} in use");
    NoLock::TimedOut(Error::new(Kind::Network, message).hint("try again, or raise the limit"))
}
