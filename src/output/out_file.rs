//! `--out-file`: the whole document under its name, or the old file unchanged.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::fmt;
use std::fs::File;
use std::io::{self, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use crate::deadline::Deadline;
use crate::error::{Error, Kind, Result};
use crate::escape;
use crate::fs::atomic_file::{AtomicFile, may_be_held};
use crate::fs::null_device;
use crate::fs::write_target::{HELD_HINT, WriteTarget, parent};
use crate::platform::Platform;

/// Names of standard output. Opened again it would lose its position in the file behind it.
const STANDARD_OUTPUT: [&str; 4] = ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];

/// Returns whether `path` names standard output.
pub(crate) fn is_standard_output(path: &Path) -> bool {
    STANDARD_OUTPUT.iter().any(|name| path.as_os_str() == *name)
}

/// A path that can be written to.
#[derive(Clone, Debug)]
pub(crate) struct OutFile {
    path: PathBuf,
    /// The path without unsafe characters, for messages.
    display: String,
    /// True if there was a file before the call.
    is_replaced: bool,
}

impl OutFile {
    /// Checks the path of the option. Returns `None` for standard output.
    ///
    /// # Errors
    /// A usage error if nothing can be written there.
    pub(crate) fn from_option(path: &Path) -> Result<Option<Self>> {
        if is_standard_output(path) {
            return Ok(None);
        }
        let display = escape::display_path(path);
        match WriteTarget::find(path) {
            Ok(target) => {
                let path = null_device::resolve(path, Platform::CURRENT).into_owned();
                let is_replaced = matches!(target, WriteTarget::File { is_replaced: true, .. });
                Ok(Some(Self { path, display, is_replaced }))
            }
            Err(error) => Err(Error::usage(format!("--out-file: '{display}' {}", error.text))
                .hints_from(error.hint)),
        }
    }

    /// Opens the file for writing. Opening a pipe waits for its reader until `deadline`.
    ///
    /// # Errors
    /// An error of [`Kind::Output`].
    pub(crate) fn open(&self, deadline: &Deadline) -> Result<OpenFile<'_>> {
        let target = WriteTarget::find(&self.path).map_err(|error| {
            Error::new(Kind::Output, format!("'{}' {}", self.display, error.text))
                .hints_from(error.hint)
        })?;
        let target = match target {
            WriteTarget::Stream => {
                let path = self.path.clone();
                deadline
                    .run(move || File::options().append(true).open(path))
                    .map(OpenTarget::Stream)
            }
            WriteTarget::File { path, is_replaced } => {
                AtomicFile::create(parent(&path), is_replaced).map(|file| OpenTarget::File {
                    file,
                    path,
                    is_replaced,
                })
            }
        };
        Ok(OpenFile { target: target.map_err(|error| self.write_error(error))?, out_file: self })
    }

    /// Returns the name without its folder.
    pub(crate) fn name(&self) -> Cow<'_, str> {
        self.path.file_name().map_or("".into(), OsStr::to_string_lossy)
    }

    /// Describes the path after nothing was written: `'PATH' is as it was before`.
    pub(crate) fn describe_unchanged(&self) -> String {
        let state = if self.is_replaced { "is as it was before" } else { "was not written" };
        format!("'{}' {state}", self.display)
    }

    /// Returns the error for a file that could not be written.
    pub(crate) fn write_error(&self, error: io::Error) -> Error {
        let unchanged = if self.is_replaced { " and is as it was before" } else { "" };
        let is_mount_point = error.kind() == io::ErrorKind::ResourceBusy;
        let message = format!("'{}' could not be written{unchanged}", self.display);
        Error::new(Kind::Output, message)
            .caused_by(error)
            .hints_from(is_mount_point.then_some("if only the file is mounted, mount its folder"))
    }
}

impl fmt::Display for OutFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.display)
    }
}

/// A file that is being written.
#[derive(Debug)]
pub(crate) struct OpenFile<'a> {
    out_file: &'a OutFile,
    target: OpenTarget,
}

#[derive(Debug)]
enum OpenTarget {
    File { file: AtomicFile, path: PathBuf, is_replaced: bool },
    Stream(File),
}

impl OpenFile<'_> {
    pub(crate) fn is_terminal(&self) -> bool {
        matches!(&self.target, OpenTarget::Stream(file) if file.is_terminal())
    }

    /// Flushes the file to the disk and gives it its name.
    ///
    /// # Errors
    /// An error of [`Kind::Output`]; an old file is unchanged then.
    pub(crate) fn finish(self) -> Result<()> {
        let OpenTarget::File { file, path, is_replaced } = self.target else { return Ok(()) };
        let copied = if is_replaced { file.copy_rights(&path) } else { Ok(()) };
        copied.and_then(|()| file.persist(&path)).map_err(|error| {
            let is_held = is_replaced && may_be_held(&error, Platform::CURRENT);
            self.out_file.write_error(error).hints_from(is_held.then_some(HELD_HINT))
        })
    }
}

impl Write for OpenFile<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.target {
            OpenTarget::File { file, .. } => file.file().write(bytes),
            OpenTarget::Stream(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
