//! `--out-file`: the whole page under its name, or the old file as it was.

use std::fmt;
use std::fs::{self, File, Metadata};
use std::io::{self, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use crate::error::{Error, Kind, Result};
use crate::escape;

use super::temporary::Temporary;

/// Where to write, found fit for it.
#[derive(Clone, Debug)]
pub struct OutFile {
    path: PathBuf,
    /// The path, fit to be shown.
    shown: String,
}

/// What is at a path.
enum Place {
    /// A file, or none yet: a new one takes its name.
    File {
        /// Where links lead.
        path: PathBuf,
        folder: PathBuf,
        replaces: bool,
    },
    /// A device, a pipe or an open descriptor: there is no name to take.
    Stream,
}

impl OutFile {
    /// The file that `path` names; `None` where that is standard output.
    ///
    /// # Errors
    /// A usage error where it is known now that nothing can be written there.
    pub fn find(path: &Path) -> Result<Option<Self>> {
        if STANDARD_OUTPUT.iter().any(|name| path.as_os_str() == *name) {
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

    /// Begins to write.
    ///
    /// # Errors
    /// Of [`Kind::Output`].
    pub fn open(&self) -> Result<OpenFile<'_>> {
        let place = look(&self.path)
            .map_err(|why| Error::new(Kind::Output, format!("'{}' {}", self.shown, why.text)))?;
        let target = match place {
            Place::Stream => File::options().append(true).open(&self.path).map(Target::Stream),
            Place::File { path, folder, replaces } => Temporary::create(&folder, replaces)
                .map(|temporary| Target::File { temporary, path, folder, replaces }),
        };
        Ok(OpenFile { target: target.map_err(|error| self.failed(error))?, file: self })
    }

    /// The error for what could not be written.
    #[must_use]
    pub fn failed(&self, error: io::Error) -> Error {
        let replaces = matches!(look(&self.path), Ok(Place::File { replaces: true, .. }));
        let untouched = if replaces { " and is as it was before" } else { "" };
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
const STANDARD_OUTPUT: [&str; 4] = ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];

/// A file that is being written.
#[derive(Debug)]
pub struct OpenFile<'a> {
    file: &'a OutFile,
    target: Target,
}

#[derive(Debug)]
enum Target {
    File { temporary: Temporary, path: PathBuf, folder: PathBuf, replaces: bool },
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
        let Target::File { temporary, path, folder, replaces } = self.target else {
            return Ok(());
        };
        let kept = if replaces { keep_rights(temporary.file(), &path) } else { Ok(()) };
        let named =
            kept.and_then(|()| to_disk(temporary.file())).and_then(|()| temporary.rename(&path));
        named.map_err(|error| self.file.failed(error))?;
        // The file is whole and in its place. Without this a power cut could still
        // bring back the old one, which is as whole.
        #[cfg(unix)]
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
        #[cfg(not(unix))]
        drop(folder);
        Ok(())
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

/// Some file systems have nothing to flush, and say so.
fn to_disk(file: &File) -> io::Result<()> {
    file.sync_all().or_else(|error| match error.kind() {
        io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported => Ok(()),
        _ => Err(error),
    })
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
    new.set_permissions(fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn keep_rights(_: &File, _: &Path) -> io::Result<()> {
    Ok(())
}

/// Why nothing can be written at a path: goes after the path.
struct Unfit {
    text: String,
    hint: Option<&'static str>,
}

impl From<String> for Unfit {
    fn from(text: String) -> Self {
        Self { text, hint: None }
    }
}

impl From<io::Error> for Unfit {
    fn from(error: io::Error) -> Self {
        format!("cannot be written to: {error}").into()
    }
}

/// Looks at what is at `path`, without touching it.
fn look(path: &Path) -> std::result::Result<Place, Unfit> {
    let old = match fs::metadata(path) {
        Ok(metadata) => Some(metadata),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error.into()),
    };
    if old.as_ref().is_some_and(Metadata::is_dir) {
        return Err("is a folder".to_owned().into());
    }
    let (target, is_descriptor) = follow(path);
    match &old {
        Some(old) => may_write(path, old)?,
        None if names_a_folder(&target) => {
            return Err("names a folder, and there is none".to_owned().into());
        }
        None if is_descriptor => return Err("is not open".to_owned().into()),
        None => {}
    }
    if let Some(old) = &old {
        if is_stream(old)? {
            return Ok(Place::Stream);
        }
        if is_descriptor {
            // Opened anew it would be written at another place than by who opened it.
            let text = "is a file that is open already".to_owned();
            return Err(Unfit { text, hint: Some("name the file itself") });
        }
    }
    let folder = match target.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    may_make_files_in(&folder, old.is_some())?;
    Ok(Place::File { path: target, folder, replaces: old.is_some() })
}

/// Where links at `path` lead, a missing file too; and whether that is an open
/// descriptor of a process, behind which there may be no file.
fn follow(path: &Path) -> (PathBuf, bool) {
    // As many as Linux follows; that there are too many was found before.
    const MOST: usize = 40;
    let mut path = path.to_owned();
    for _ in 0..MOST {
        if is_descriptor(&path) {
            return (path, true);
        }
        let Ok(link) = fs::read_link(&path) else { break };
        path = path.parent().unwrap_or(Path::new("")).join(link);
    }
    (path, false)
}

fn is_descriptor(path: &Path) -> bool {
    let Some(Ok(folder)) = path.parent().map(fs::canonicalize) else { return false };
    folder == Path::new("/dev/fd") || (folder.starts_with("/proc") && folder.ends_with("fd"))
}

/// Whether the path can only be a folder's, as `a/` and `a/.` are.
fn names_a_folder(path: &Path) -> bool {
    let text = path.to_string_lossy();
    let text = text.strip_suffix('.').unwrap_or(&text);
    text.ends_with(std::path::is_separator) || path.file_name().is_none()
}

/// Whether bytes go straight in; an error for what must not be written to at all.
#[cfg(unix)]
fn is_stream(old: &Metadata) -> std::result::Result<bool, Unfit> {
    use std::os::unix::fs::FileTypeExt as _;

    let kind = old.file_type();
    if kind.is_block_device() {
        return Err("is a disk".to_owned().into());
    }
    if kind.is_socket() {
        return Err("is a socket".to_owned().into());
    }
    Ok(kind.is_char_device() || kind.is_fifo())
}

#[cfg(not(unix))]
fn is_stream(old: &Metadata) -> std::result::Result<bool, Unfit> {
    Ok(!old.is_file())
}

/// A file that may not be written to is not replaced either.
#[cfg(unix)]
fn may_write(path: &Path, _: &Metadata) -> io::Result<()> {
    Ok(rustix::fs::access(path, rustix::fs::Access::WRITE_OK)?)
}

#[cfg(not(unix))]
fn may_write(_: &Path, old: &Metadata) -> io::Result<()> {
    if old.permissions().readonly() { Err(io::ErrorKind::PermissionDenied.into()) } else { Ok(()) }
}

fn may_make_files_in(folder: &Path, replaces: bool) -> std::result::Result<(), Unfit> {
    let shown = escape::excerpt(&folder.to_string_lossy(), 200);
    let cannot = |error: io::Error| Unfit {
        text: format!("cannot be written: the folder '{shown}' takes no new file: {error}"),
        hint: replaces.then_some(
            "the file is written beside its place and renamed; `>` of a shell needs no such right",
        ),
    };
    match fs::metadata(folder) {
        Ok(metadata) if metadata.is_dir() => {}
        Ok(_) => return Err(format!("cannot be written: '{shown}' is no folder").into()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(Unfit {
                text: format!("cannot be written: there is no folder '{shown}'"),
                hint: Some("make the folder first"),
            });
        }
        Err(error) => return Err(error.into()),
    }
    #[cfg(unix)]
    {
        use rustix::fs::{Access, access};
        access(folder, Access::WRITE_OK | Access::EXEC_OK).map_err(|error| cannot(error.into()))?;
    }
    #[cfg(not(unix))]
    let _ = cannot;
    Ok(())
}
