//! `--out-file`: the whole page under its name, or the old file as it was.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use crate::deadline::Deadline;
use crate::error::{Error, Kind, Result};
use crate::escape;

use super::write_target::{Place, look};
use crate::fs::atomic_file::AtomicFile;

/// Where to write, found fit for it.
#[derive(Clone, Debug)]
pub struct OutFile {
    path: PathBuf,
    /// The path, fit to be shown.
    shown: String,
}

impl OutFile {
    /// The file that `path` names; `None` where that is standard output.
    ///
    /// # Errors
    /// A usage error where it is known now that nothing can be written there.
    pub fn find(path: &Path) -> Result<Option<Self>> {
        if path.as_os_str() == "-" || STANDARD_OUTPUT.iter().any(|name| path == Path::new(name)) {
            return Ok(None);
        }
        let shown = escape::excerpt(&path.to_string_lossy(), 200);
        match look(path) {
            Ok(_) => Ok(Some(Self { path: path.to_owned(), shown })),
            Err(why) => {
                let error = Error::usage(format!("--out-file: '{shown}' {}", why.text));
                Err(why.hint.iter().fold(error, |error, hint| error.hint(*hint)))
            }
        }
    }

    /// Begins to write. A pipe has until `deadline` for somebody to open it.
    ///
    /// # Errors
    /// Of [`Kind::Output`].
    pub fn open(&self, deadline: &Deadline) -> Result<OpenFile<'_>> {
        let place = look(&self.path)
            .map_err(|why| Error::new(Kind::Output, format!("'{}' {}", self.shown, why.text)))?;
        let target = match place {
            Place::Stream => {
                let path = self.path.clone();
                deadline.run(move || File::options().append(true).open(path)).map(Target::Stream)
            }
            Place::File { path, folder, replaces } => AtomicFile::create(&folder, replaces)
                .map(|temporary| Target::File { temporary, path, replaces }),
        };
        Ok(OpenFile { target: target.map_err(|error| self.failed(error))?, file: self })
    }

    /// Describes what is at the path where nothing was written: `'PATH' is as it was before`.
    #[must_use]
    pub fn describe_unchanged(&self) -> String {
        let state = if self.replaces() { "is as it was before" } else { "was not written" };
        format!("'{}' {state}", self.shown)
    }

    /// Whether there is a file that a new one replaces.
    fn replaces(&self) -> bool {
        matches!(look(&self.path), Ok(Place::File { replaces: true, .. }))
    }

    /// The error for what could not be written.
    #[must_use]
    pub fn failed(&self, error: io::Error) -> Error {
        let untouched = if self.replaces() { " and is as it was before" } else { "" };
        let is_mount = error.kind() == io::ErrorKind::ResourceBusy;
        let failed =
            Error::new(Kind::Output, format!("'{}' could not be written{untouched}", self.shown))
                .caused_by(error);
        if is_mount { failed.hint("where it is mounted alone, mount its folder") } else { failed }
    }
}

impl fmt::Display for OutFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

/// Names of standard output. Opened anew it would lose its place in the file behind
/// it.
const STANDARD_OUTPUT: [&str; 3] = ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];

/// A file that is being written.
#[derive(Debug)]
pub struct OpenFile<'a> {
    file: &'a OutFile,
    target: Target,
}

#[derive(Debug)]
enum Target {
    File { temporary: AtomicFile, path: PathBuf, replaces: bool },
    Stream(File),
}

impl OpenFile<'_> {
    /// Whether what is written reaches a terminal.
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        matches!(&self.target, Target::Stream(file) if file.is_terminal())
    }

    /// Flushes it to the disk, and lets it take its name.
    ///
    /// # Errors
    /// Of [`Kind::Output`]; what had the name before has it still.
    pub fn finish(self) -> Result<()> {
        let Target::File { temporary, path, replaces } = self.target else { return Ok(()) };
        let kept = if replaces { keep_rights(temporary.file(), &path) } else { Ok(()) };
        kept.and_then(|()| temporary.persist(&path)).map_err(|error| self.file.failed(error))
    }
}

impl Write for OpenFile<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.target {
            Target::File { temporary, .. } => temporary.file().write(bytes),
            Target::Stream(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Gives the new file the rights of the old, and its owner and group where that is
/// allowed. Another group must not get what the old one had.
#[cfg(unix)]
fn keep_rights(new: &File, old: &Path) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown};

    let old = fs::metadata(old)?;
    let mut mode = old.mode() & 0o777;
    let made = new.metadata()?;
    if made.uid() != old.uid() {
        let _ = fchown(new, Some(old.uid()), None);
    }
    if made.gid() != old.gid() && fchown(new, None, Some(old.gid())).is_err() {
        let of_others = mode & 0o007;
        mode &= 0o707 | of_others << 3;
    }
    // Some file systems have the same rights for every file, and let none be set.
    if made.mode() & 0o777 == mode {
        return Ok(());
    }
    new.set_permissions(fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn keep_rights(_: &File, _: &Path) -> io::Result<()> {
    Ok(())
}
