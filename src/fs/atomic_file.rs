//! A file that takes its name when it is whole, and leaves nothing behind when it
//! never is: not after an error, a panic or a signal.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::{Builder, NamedTempFile};

/// A file under a name of its own, which goes when this is dropped.
#[derive(Debug)]
pub struct AtomicFile {
    file: NamedTempFile,
    /// Goes after the file.
    listed: Listed,
}

/// The temporary files there are. Whoever holds the lock is alone in making, renaming
/// and removing them; a signal's thread keeps it until the process is gone.
static PRESENT: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

impl AtomicFile {
    /// Makes one in `folder`. With `private` nobody else may look into it; without,
    /// it has the rights of any new file.
    ///
    /// # Errors
    /// Those of the folder.
    pub fn create(folder: &Path, private: bool) -> io::Result<Self> {
        #[cfg(unix)]
        crate::signals::before_end(remove_all);
        let mut present = present();
        let file = Builder::new()
            .prefix(".sotickets-")
            .suffix(".tmp")
            .make_in(folder, |path| options(private).open(path))?;
        let listed = Listed(file.path().to_owned());
        present.push(listed.0.clone());
        Ok(Self { file, listed })
    }

    /// The file.
    #[must_use]
    pub fn file(&self) -> &File {
        self.file.as_file()
    }

    /// Gives it the name `path`, in place of what has it.
    ///
    /// # Errors
    /// Those of the folder; the file is gone then.
    pub fn rename(self, path: &Path) -> io::Result<()> {
        let Self { file, listed } = self;
        let present = present();
        let renamed = file.persist(path).map(drop).map_err(|error| error.error);
        drop(present);
        drop(listed);
        renamed
    }
}

/// A place in [`PRESENT`].
#[derive(Debug)]
struct Listed(PathBuf);

impl Drop for Listed {
    fn drop(&mut self) {
        present().retain(|path| *path != self.0);
    }
}

fn present() -> MutexGuard<'static, Vec<PathBuf>> {
    PRESENT.lock().unwrap_or_else(PoisonError::into_inner)
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

/// Removes the temporary files where a signal ends the process. None is made or renamed
/// from there on.
#[cfg(unix)]
fn remove_all() {
    let present = present();
    for path in present.iter() {
        let _ = std::fs::remove_file(path);
    }
    std::mem::forget(present);
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
    fn a_panic_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let run = catch_unwind(AssertUnwindSafe(|| {
            let temporary = AtomicFile::create(folder.path(), true).unwrap();
            temporary.file().write_all(b"half").unwrap();
            assert_eq!(names(folder.path()).len(), 1);
            panic!("on purpose");
        }));
        assert!(run.is_err());
        assert_eq!(names(folder.path()), [""; 0]);
    }

    #[test]
    fn a_name_that_cannot_be_had_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let taken = folder.path().join("taken");
        fs::create_dir(&taken).unwrap();
        let temporary = AtomicFile::create(folder.path(), false).unwrap();
        temporary.rename(&taken).unwrap_err();
        assert_eq!(names(folder.path()), ["taken"]);
    }
}
