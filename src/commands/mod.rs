//! A file a command; each reads as the command's summary.

pub mod auth;
pub mod browser;
pub mod completions;
pub mod demo;
pub mod doctor;
pub mod fields;
pub mod get;
pub mod man;
pub mod messages;
pub mod open;
mod transport;
pub mod usage_tips;

use std::io::{self, Write};

use crate::error::{Error, Kind, Result};

/// The error for output that could not be written. It keeps its cause, by which a
/// reader that closed the pipe is told from a full disk.
#[must_use]
pub fn write_error(error: io::Error) -> Error {
    Error::new(Kind::Output, "the output could not be written").caused_by(error)
}

/// Writes all of `bytes` to standard output, and flushes it.
///
/// # Errors
/// As [`write_error`] makes them.
pub fn write(stdout: &mut dyn Write, bytes: &[u8]) -> Result<()> {
    stdout.write_all(bytes).and_then(|()| stdout.flush()).map_err(write_error)
}
