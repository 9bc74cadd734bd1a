//! The target of a path that is written to: a file, a stream, or nothing that can be written to.

use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use crate::escape;
use crate::fs::atomic_file::is_held;
#[cfg(not(unix))]
use crate::fs::atomic_file::{AtomicFile, repeat_while};
use crate::fs::null_device;
use crate::platform::Platform;

/// The thing that a path names.
pub(crate) enum WriteTarget {
    /// A file to create or to replace.
    File {
        /// The path behind all links.
        path: PathBuf,
        is_replaced: bool,
    },
    /// A device, a pipe or an open descriptor, which is written to directly.
    Stream,
}

/// The reason why nothing can be written, as a phrase after the path.
pub(crate) struct TargetError {
    pub(crate) text: String,
    pub(crate) hint: Option<&'static str>,
}

/// The hint for a file that another program holds open.
pub(crate) const HELD_HINT: &str = "close the file in the other program, such as Excel";

impl TargetError {
    fn with_hint(text: impl Into<String>, hint: &'static str) -> Self {
        Self { text: text.into(), hint: Some(hint) }
    }
}

impl From<String> for TargetError {
    fn from(text: String) -> Self {
        Self { text, hint: None }
    }
}

impl From<io::Error> for TargetError {
    fn from(error: io::Error) -> Self {
        let hint = is_held(&error, Platform::CURRENT).then_some(HELD_HINT);
        Self { text: format!("cannot be written to: {error}"), hint }
    }
}

impl WriteTarget {
    /// Finds out what is at `path`, without changing it.
    ///
    /// # Errors
    /// If nothing can be written there.
    pub(crate) fn find(path: &Path) -> Result<Self, TargetError> {
        let target = Self::find_target(path)?;
        if let Self::File { path, is_replaced } = &target {
            check_folder(parent(path), *is_replaced)?;
        }
        Ok(target)
    }

    /// Finds out what is at `path`, without changing it. The folder may be missing, if it can be
    /// created.
    ///
    /// # Errors
    /// If nothing can be written there.
    pub(crate) fn find_new(path: &Path) -> Result<Self, TargetError> {
        let target = Self::find_target(path)?;
        if let Self::File { path, is_replaced } = &target {
            let folders = parent(path).ancestors();
            let exists = |folder: &&Path| fs::symlink_metadata(folder).is_ok();
            check_folder(folders.into_iter().find(exists).unwrap_or(Path::new(".")), *is_replaced)?;
        }
        Ok(target)
    }

    fn find_target(path: &Path) -> Result<Self, TargetError> {
        if null_device::is_nul(path, Platform::CURRENT) {
            return Ok(Self::Stream);
        }
        let old = match fs::metadata(path) {
            Ok(metadata) => Some(metadata),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error.into()),
        };
        let (target, is_descriptor) = follow(path);
        match &old {
            Some(old) if old.is_dir() => {
                return Err(TargetError::with_hint("is a folder", "name a file in it"));
            }
            Some(old) => {
                check_writable(path, old)?;
                if is_stream(old)? {
                    return Ok(Self::Stream);
                }
                if is_descriptor {
                    // Opened again it would be written at another position.
                    let text = "is a file that is open already";
                    return Err(TargetError::with_hint(text, "name the file itself"));
                }
            }
            None if is_folder_name(&target) => {
                let text = "names a folder, and there is none";
                return Err(TargetError::with_hint(text, "name a file"));
            }
            None if is_descriptor => return Err("is not open".to_owned().into()),
            None => {}
        }
        Ok(Self::File { path: target, is_replaced: old.is_some() })
    }
}

/// Follows links at `path`, also to a missing file. Returns whether they end at an open
/// descriptor of a process, which need not have a file.
fn follow(path: &Path) -> (PathBuf, bool) {
    // As many as Linux follows.
    const MAX_LINKS: usize = 40;
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
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

/// Returns whether the path can only be that of a folder, such as `a/` and `a/.`.
fn is_folder_name(path: &Path) -> bool {
    let text = path.to_string_lossy();
    let text = text.strip_suffix('.').unwrap_or(&text);
    text.ends_with(std::path::is_separator) || path.file_name().is_none()
}

/// Returns whether bytes are written directly, or an error for what must not be written to.
#[cfg(unix)]
fn is_stream(old: &Metadata) -> Result<bool, TargetError> {
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

/// Returns whether `path` is that of a terminal, as far as that can be found out.
#[cfg(unix)]
pub(crate) fn is_terminal(path: &Path) -> bool {
    use std::io::IsTerminal as _;
    use std::os::unix::fs::FileTypeExt as _;

    use rustix::fs::{Mode, OFlags, open};

    // A pipe is not opened: its reader would take that for a writer who has finished.
    let is_device = fs::metadata(path).is_ok_and(|found| found.file_type().is_char_device());
    // It must not become the terminal of the process, and nobody waits for a modem.
    let flags = OFlags::WRONLY | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    is_device && open(path, flags, Mode::empty()).is_ok_and(|file| file.is_terminal())
}

#[cfg(not(unix))]
pub(crate) fn is_terminal(_: &Path) -> bool {
    false
}

#[cfg(not(unix))]
fn is_stream(old: &Metadata) -> Result<bool, TargetError> {
    Ok(!old.is_file())
}

/// Checks the rights to a file: one that may not be written to is not replaced either.
#[cfg(unix)]
fn check_writable(path: &Path, _: &Metadata) -> io::Result<()> {
    Ok(rustix::fs::access(path, rustix::fs::Access::WRITE_OK)?)
}

/// Another program may also hold the file open, which is known only from opening it.
#[cfg(not(unix))]
fn check_writable(path: &Path, old: &Metadata) -> io::Result<()> {
    if old.permissions().readonly() {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    if !old.is_file() {
        return Ok(());
    }
    repeat_while(is_held, Platform::CURRENT, (), |()| {
        fs::File::options().write(true).open(path).map(drop).map_err(|error| ((), error))
    })
}

/// Returns the folder of the file at `path`.
pub(crate) fn parent(path: &Path) -> &Path {
    path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."))
}

/// Checks that `folder` takes a new file.
fn check_folder(folder: &Path, is_replaced: bool) -> Result<(), TargetError> {
    let display = escape::display_path(folder);
    let cannot = |error: io::Error| {
        TargetError {
        text: format!("cannot be written: the folder '{display}' takes no new file: {error}"),
        hint: is_replaced.then_some(
            "the file is written next to its place and renamed; `>` in a shell does not need that right",
        ),
    }
    };
    match fs::metadata(folder) {
        Ok(metadata) if metadata.is_dir() => {}
        Ok(_) => return Err(format!("cannot be written: '{display}' is not a folder").into()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(TargetError::with_hint(
                format!("cannot be written: there is no folder '{display}'"),
                "create the folder first",
            ));
        }
        Err(error) => return Err(error.into()),
    }
    #[cfg(unix)]
    {
        use rustix::fs::{Access, access};
        access(folder, Access::WRITE_OK | Access::EXEC_OK).map_err(|error| cannot(error.into()))?;
    }
    // Only a new file shows that the rights suffice.
    #[cfg(not(unix))]
    AtomicFile::create(folder, true).map_err(cannot)?;
    Ok(())
}
