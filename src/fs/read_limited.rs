//! Bounded reads: a file or a pipe may have no end.

use std::io::{self, ErrorKind, Read};

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
