//! Lock files: one process at a time does something, the others wait.
//!
//! The operating system releases a lock with its process, however that ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::dirs;
use crate::platform::Platform;

/// The time between two attempts.
pub(crate) const PAUSE: Duration = Duration::from_millis(20);

/// Opens the lock file at `path`.
///
/// # Errors
/// Those of the file system.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    dirs::create_parent(path)?;
    // Windows locks no file that is open only for append.
    OpenOptions::new().create(true).read(true).append(true).open(path)
}

/// Locks `file` unless another process has locked it. Returns true if it is locked now. The lock
/// ends when the file is dropped.
///
/// # Errors
/// Those of the file system.
pub(crate) fn try_lock(file: &File) -> io::Result<bool> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// A lock whose file exists only while it is held.
#[derive(Debug)]
pub(crate) struct TemporaryLock {
    path: PathBuf,
    /// Closed after the file is removed.
    _file: File,
}

impl TemporaryLock {
    /// Acquires the lock at `path`. Returns `None` if another process holds it for `timeout`.
    ///
    /// # Errors
    /// Those of the file system.
    pub(crate) fn acquire(path: &Path, timeout: Duration) -> io::Result<Option<Self>> {
        let start = Instant::now();
        loop {
            let file = open(path)?;
            // The last holder may have removed the file between the two steps. Then a lock on it
            // is of no use, for the next process creates another file.
            if try_lock(&file)? && is_at(&file, path) {
                return Ok(Some(Self { path: path.to_owned(), _file: file }));
            }
            if start.elapsed() >= timeout {
                return Ok(None);
            }
            thread::sleep(PAUSE);
        }
    }
}

impl Drop for TemporaryLock {
    fn drop(&mut self) {
        // On Windows nothing says whether a lock is on the file that is at its path.
        if Platform::CURRENT != Platform::Windows {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Returns true if `file` is the one at `path`.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let identity = |metadata: std::fs::Metadata| (metadata.dev(), metadata.ino());
    let locked = file.metadata().map(identity);
    locked.is_ok_and(|locked| std::fs::metadata(path).map(identity).is_ok_and(|it| it == locked))
}

#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lock_file_is_open_for_reading_as_windows_requires() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = open(&folder.path().join("lock")).unwrap();
        assert_eq!(io::Read::read(&mut file, &mut [0]).unwrap(), 0);
    }

    #[test]
    fn temporary_lock_excludes_others_and_leaves_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let acquire = || TemporaryLock::acquire(&path, Duration::ZERO).unwrap();
        let held = acquire();
        assert!(held.is_some() && acquire().is_none());
        drop(held);
        assert_eq!(path.exists(), Platform::CURRENT == Platform::Windows);
        assert!(acquire().is_some());
    }
}
