//! What is at a path, and whether `--out-file` can be written there.

use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use crate::escape;

/// What is at a path.
pub(crate) enum Place {
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

/// Why nothing can be written at a path: goes after the path.
pub(crate) struct Unfit {
    pub(crate) text: String,
    pub(crate) hint: Option<&'static str>,
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
pub(crate) fn look(path: &Path) -> Result<Place, Unfit> {
    let old = match fs::metadata(path) {
        Ok(metadata) => Some(metadata),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error.into()),
    };
    if old.as_ref().is_some_and(Metadata::is_dir) {
        return Err(Unfit { text: "is a folder".to_owned(), hint: Some("name a file in it") });
    }
    let (target, is_descriptor) = follow(path);
    match &old {
        Some(old) => may_write(path, old)?,
        None if names_a_folder(&target) => {
            let text = "names a folder, and there is none".to_owned();
            return Err(Unfit { text, hint: Some("name a file") });
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
fn is_stream(old: &Metadata) -> Result<bool, Unfit> {
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
fn is_stream(old: &Metadata) -> Result<bool, Unfit> {
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

fn may_make_files_in(folder: &Path, replaces: bool) -> Result<(), Unfit> {
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
