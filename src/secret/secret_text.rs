//! The text of a secret: read up to a limit, and decoded.

use std::io::{self, Read};

use crate::context::Environment;
use crate::encoding;
use crate::error::{Error, Result};
use crate::fs::read_limited::read_limited;

/// The longest secret. A longer input is another file, or has no end.
const MAX_SECRET_BYTES: u64 = 64 * 1024;

/// Reads the bytes of a secret.
pub(crate) fn read(reader: impl Read) -> io::Result<Vec<u8>> {
    read_limited(reader, MAX_SECRET_BYTES)
}

/// Decodes `bytes` as UTF-8, or as UTF-16 with a byte-order mark.
pub(crate) fn decode(bytes: &[u8], origin: &str) -> Result<String> {
    encoding::decode(bytes).map_err(|error| {
        Error::usage(format!("{origin}: {error}")).hint(encoding::DecodeError::HINT)
    })
}

/// Returns the text of the variable `name`, which was set when the settings were resolved.
pub(super) fn variable(name: &str, environment: &Environment) -> Result<String> {
    let unset = || Error::usage(format!("the variable {name} is not set"));
    environment.get(name).ok_or_else(unset)
}
