//! A file lock: one of many processes does the work, and the others wait.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::dirs;

/// An exclusive lock. The operating system releases it with the process, however that ends.
#[derive(Debug)]
pub(crate) struct FileLock(#[expect(dead_code, reason = "the lock ends with the file")] File);

/// The time between two attempts.
const PAUSE: Duration = Duration::from_millis(20);

impl FileLock {
    /// Checks that there can be a lock at `path`.
    ///
    /// # Errors
    /// Those of the file system.
    pub(crate) fn check(path: &Path) -> io::Result<()> {
        open(path).map(drop)
    }

    /// Acquires the lock at `path`; `None` if another process holds it for all of `patience`.
    /// Calls `on_wait` once if there is a wait at all.
    ///
    /// # Errors
    /// Those of the file system.
    pub(crate) fn acquire(
        path: &Path,
        patience: Duration,
        on_wait: impl FnOnce(),
    ) -> io::Result<Option<Self>> {
        let (file, start) = (open(path)?, Instant::now());
        let mut on_wait = Some(on_wait);
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Some(Self(file))),
                Err(TryLockError::Error(error)) => return Err(error),
                Err(TryLockError::WouldBlock) => {}
            }
            let left = patience.saturating_sub(start.elapsed());
            if left.is_zero() {
                return Ok(None);
            }
            if let Some(on_wait) = on_wait.take() {
                on_wait();
            }
            thread::sleep(PAUSE.min(left));
        }
    }
}

fn open(path: &Path) -> io::Result<File> {
    dirs::create_parent(path)?;
    OpenOptions::new().create(true).append(true).open(path)
}
