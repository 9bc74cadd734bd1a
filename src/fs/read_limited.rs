//! Reading a secret, but no more of it than a secret has.

use std::io::{self, Read};

use crate::encoding;
use crate::error::{Error, Result};

/// The most that is read of a secret. What holds more is another file, or has no
/// end.
const MOST: u64 = 64 * 1024;

/// All that comes `from` somewhere, or a byte more than `MOST`.
///
/// # Errors
/// Those of `from`.
pub fn read(from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(MOST + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether more came than [`text`] takes.
pub fn is_too_long(bytes: &[u8]) -> bool {
    u64::try_from(bytes.len()).is_ok_and(|length| length > MOST)
}

/// Returns the text of `bytes`, in UTF-8 or in UTF-16 with a byte-order mark.
///
/// # Errors
/// A usage error that begins with `origin`, where there are too many of them, or they
/// are no text.
pub fn text(bytes: &[u8], origin: &str) -> Result<String> {
    if is_too_long(bytes) {
        return Err(Error::usage(format!("{origin}: there is more than 64 KiB of it"))
            .hint("a secret is one line of text"));
    }
    encoding::decode(bytes).map_err(|error| {
        Error::usage(format!("{origin}: {error}")).hint(encoding::DecodeError::HINT)
    })
}
