//! Bounded reads: a file or a pipe may have no end.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use crate::platform::Platform;

/// Opens the file at `path` to read it.
///
/// # Errors
/// Those of the file system. For a folder Windows reports a missing right: here it is
/// [`ErrorKind::IsADirectory`], as other systems report once it is read.
pub(crate) fn open_file(path: &Path) -> io::Result<File> {
    File::open(path).map_err(|error| {
        let is_denied =
            Platform::CURRENT == Platform::Windows && error.kind() == ErrorKind::PermissionDenied;
        if is_denied && path.is_dir() { ErrorKind::IsADirectory.into() } else { error }
    })
}

/// Reads everything from `reader`, up to `limit` bytes.
///
/// # Errors
/// Those of `reader`, and [`ErrorKind::FileTooLarge`] for more than `limit` bytes.
pub(crate) fn read_limited(reader: impl Read, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let count = reader.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if count as u64 > limit {
        let (count, unit) = if limit < MIB { (limit / KIB, "KiB") } else { (limit / MIB, "MiB") };
        let message = format!("there is more than {count} {unit} of it");
        return Err(io::Error::new(ErrorKind::FileTooLarge, message));
    }
    Ok(bytes)
}

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;

/// Returns true for the error of a path at which there is no file.
pub(crate) fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}
