//! Atomic files: written under a temporary name, then renamed.
//!
//! An error or a panic leaves no temporary file behind, and on Unix no signal that can be caught
//! does. Ctrl-C on Windows can leave one.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tempfile::{Builder, NamedTempFile};

use crate::platform::Platform;

/// A file with a temporary name, which is removed on drop.
#[derive(Debug)]
pub(crate) struct AtomicFile {
    file: NamedTempFile,
    /// Dropped after the file.
    entry: ListEntry,
}

/// The temporary files of this process. Whoever holds the lock is alone in creating,
/// renaming and removing them; the thread of a signal keeps it until the process ends.
static TEMPORARY_FILES: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

impl AtomicFile {
    /// Creates a file in `folder`. With `private` only its owner can read it; without, it
    /// has the permissions of any new file. On Windows both have the rights of the folder.
    ///
    /// # Errors
    /// Those of the folder.
    pub(crate) fn create(folder: &Path, private: bool) -> io::Result<Self> {
        #[cfg(unix)]
        crate::signals::before_end(remove_all);
        let mut list = lock_list();
        let file = Builder::new()
            .prefix(".sotickets-")
            .suffix(".tmp")
            .make_in(folder, |path| options(private).open(path))?;
        let entry = ListEntry(file.path().to_owned());
        list.push(entry.0.clone());
        Ok(Self { file, entry })
    }

    pub(crate) fn file(&self) -> &File {
        self.file.as_file()
    }

    /// Gives the file the mode of the file at `old`, and its owner and group if that is allowed.
    /// Another group must not get the rights that the old group had.
    ///
    /// # Errors
    /// Those of the file system.
    #[cfg(unix)]
    pub(crate) fn copy_rights(&self, old: &Path) -> io::Result<()> {
        use std::fs::{Permissions, metadata};
        use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown};

        let (new, old) = (self.file(), metadata(old)?);
        let mut mode = old.mode() & 0o777;
        let created = new.metadata()?;
        if created.uid() != old.uid() {
            let _ = fchown(new, Some(old.uid()), None);
        }
        if created.gid() != old.gid() && fchown(new, None, Some(old.gid())).is_err() {
            let others = mode & 0o007;
            mode &= 0o707 | others << 3;
        }
        // Some file systems have the same mode for every file and refuse to set one.
        if created.mode() & 0o777 == mode {
            return Ok(());
        }
        new.set_permissions(Permissions::from_mode(mode))
    }

    #[cfg(not(unix))]
    pub(crate) fn copy_rights(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }

    /// Flushes the file to the disk, and gives it the name `path` in place of the file that
    /// has it.
    ///
    /// # Errors
    /// Those of the folder and the disk; then the file is removed.
    pub(crate) fn persist(self, path: &Path) -> io::Result<()> {
        sync(self.file())?;
        let Self { file, entry } = self;
        let renamed = repeat_while(may_be_held, Platform::CURRENT, file, |file: NamedTempFile| {
            let _list = lock_list();
            file.persist(path).map(drop).map_err(|error| (error.file, error.error))
        });
        drop(entry);
        renamed?;
        // The new file is complete. Without this a power cut could bring back the old one,
        // which is complete as well.
        #[cfg(unix)]
        if let Some(folder) = path.parent() {
            let _ = File::open(folder).and_then(|folder| folder.sync_all());
        }
        Ok(())
    }
}

/// Returns whether another program holds the file open on `platform`, so that nobody else may
/// write it.
pub(crate) fn is_held(error: &io::Error, platform: Platform) -> bool {
    const SHARING_VIOLATION: i32 = 32;
    const LOCK_VIOLATION: i32 = 33;
    let code = error.raw_os_error();
    platform == Platform::Windows && [SHARING_VIOLATION, LOCK_VIOLATION].map(Some).contains(&code)
}

/// Returns whether another program may hold the file open on `platform`. A missing right has the
/// same code when a file is renamed.
pub(crate) fn may_be_held(error: &io::Error, platform: Platform) -> bool {
    const ACCESS_DENIED: i32 = 5;
    let is_denied = error.raw_os_error() == Some(ACCESS_DENIED);
    is_held(error, platform) || (platform == Platform::Windows && is_denied)
}

/// Repeats `attempt` on `value` for a second while `is_held` says that another program holds the
/// file: on Windows an antivirus does so with each new file, for a moment.
pub(crate) fn repeat_while<T>(
    is_held: impl Fn(&io::Error, Platform) -> bool,
    platform: Platform,
    mut value: T,
    mut attempt: impl FnMut(T) -> Result<(), (T, io::Error)>,
) -> io::Result<()> {
    const ATTEMPTS: u32 = 20;
    const PAUSE: Duration = Duration::from_millis(50);
    for _ in 1..ATTEMPTS {
        match attempt(value) {
            Ok(()) => return Ok(()),
            Err((same, error)) if is_held(&error, platform) => value = same,
            Err((_, error)) => return Err(error),
        }
        thread::sleep(PAUSE);
    }
    attempt(value).map_err(|(_, error)| error)
}

/// Flushes `file` to the disk. Some file systems have nothing to flush, and say so.
///
/// # Errors
/// Those of the disk.
pub(super) fn sync(file: &File) -> io::Result<()> {
    file.sync_all().or_else(|error| match error.kind() {
        io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported => Ok(()),
        _ => Err(error),
    })
}

/// An entry of [`TEMPORARY_FILES`].
#[derive(Debug)]
struct ListEntry(PathBuf);

impl Drop for ListEntry {
    fn drop(&mut self) {
        lock_list().retain(|path| *path != self.0);
    }
}

fn lock_list() -> MutexGuard<'static, Vec<PathBuf>> {
    TEMPORARY_FILES.lock().unwrap_or_else(PoisonError::into_inner)
}

fn options(private: bool) -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(if private { 0o600 } else { 0o666 });
    }
    #[cfg(not(unix))]
    let _ = private;
    options
}

/// Removes the temporary files when a signal ends the process. None is created or renamed
/// after that.
#[cfg(unix)]
fn remove_all() {
    let list = lock_list();
    for path in list.iter() {
        let _ = std::fs::remove_file(path);
    }
    std::mem::forget(list);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::io::Write as _;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn panic_leaves_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let run = catch_unwind(AssertUnwindSafe(|| {
            let file = AtomicFile::create(folder.path(), true).unwrap();
            file.file().write_all(b"half").unwrap();
            assert_eq!(names(folder.path()).len(), 1);
            panic!("on purpose");
        }));
        assert!(run.is_err());
        assert_eq!(names(folder.path()), [""; 0]);
    }

    #[test]
    fn rename_is_repeated_while_another_program_holds_the_file() {
        let run = |platform, code, failures| {
            let mut attempts = 0;
            let result = repeat_while(may_be_held, platform, (), |()| {
                attempts += 1;
                let error = ((), io::Error::from_raw_os_error(code));
                if attempts > failures { Ok(()) } else { Err(error) }
            });
            (attempts, result.map_err(|error| error.raw_os_error()))
        };
        for code in [5, 32] {
            assert_eq!(run(Platform::Windows, code, 2), (3, Ok(())));
            assert_eq!(run(Platform::Linux, code, 2), (1, Err(Some(code))));
        }
        assert_eq!(run(Platform::Windows, 32, 1000), (20, Err(Some(32))));
        assert_eq!(run(Platform::Windows, 112, 2), (1, Err(Some(112))));
    }

    #[test]
    fn failed_rename_leaves_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let taken = folder.path().join("taken");
        fs::create_dir(&taken).unwrap();
        let file = AtomicFile::create(folder.path(), false).unwrap();
        file.persist(&taken).unwrap_err();
        assert_eq!(names(folder.path()), ["taken"]);
    }
}
