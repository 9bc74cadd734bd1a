//! A file that takes its name when it is whole, and leaves nothing behind when it
//! never is: not after an error, a panic or a signal.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::{Builder, NamedTempFile};

/// A file under a name of its own, which goes when this is dropped.
#[derive(Debug)]
pub struct Temporary {
    file: NamedTempFile,
    /// Goes after the file.
    listed: Listed,
}

/// The temporary files there are. Whoever holds the lock is alone in making, renaming
/// and removing them; a signal's thread keeps it until the process is gone.
static PRESENT: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

impl Temporary {
    /// Makes one in `folder`. With `private` nobody else may look into it; without,
    /// it has the rights of any new file.
    ///
    /// # Errors
    /// Those of the folder.
    pub fn create(folder: &Path, private: bool) -> io::Result<Self> {
        #[cfg(unix)]
        signals::watch();
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

#[cfg(unix)]
mod signals {
    use std::sync::{Once, mpsc};
    use std::{fs, thread};

    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    use signal_hook::iterator::Signals;
    use signal_hook::low_level::emulate_default_handler;

    /// Sees to it, from now on, that a signal that ends the process takes the
    /// temporary files along. The process still dies of the signal, so that a shell
    /// knows and reports 128 and its number.
    pub(super) fn watch() {
        static WATCH: Once = Once::new();
        WATCH.call_once(|| {
            let (ready, wait) = mpsc::channel();
            // The handlers are set up by the thread itself: without the thread they
            // would swallow every signal.
            let thread = thread::Builder::new().name("signals".to_owned()).spawn(move || {
                let Ok(mut signals) = Signals::new(wanted()) else { return };
                let _ = ready.send(());
                for signal in signals.forever() {
                    end(signal);
                }
            });
            if thread.is_ok() {
                let _ = wait.recv();
            }
        });
    }

    fn end(signal: i32) {
        let present = super::present();
        for path in present.iter() {
            let _ = fs::remove_file(path);
        }
        let _ = emulate_default_handler(signal);
    }

    /// The signals that end the process, without those that it was started to ignore,
    /// by `nohup` or in the background of a script.
    fn wanted() -> Vec<i32> {
        let ignored = ignored();
        let is_heeded = |signal: &i32| ignored >> (signal - 1) & 1 == 0;
        [SIGHUP, SIGINT, SIGQUIT, SIGTERM].into_iter().filter(is_heeded).collect()
    }

    /// A bit for each signal that is ignored. Linux tells; elsewhere none is taken for
    /// ignored.
    fn ignored() -> u64 {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default()
    }
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
            let temporary = Temporary::create(folder.path(), true).unwrap();
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
        let temporary = Temporary::create(folder.path(), false).unwrap();
        temporary.rename(&taken).unwrap_err();
        assert_eq!(names(folder.path()), ["taken"]);
    }
}
