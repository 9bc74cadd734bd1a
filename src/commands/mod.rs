//! A file a command; each reads as the command's summary.

use std::io;

use crate::error::{Error, Kind};

pub mod completions;
pub mod demo;
pub mod fields;
pub mod get;
pub mod report;

/// The error for output that could not be written. It keeps its cause, by which a
/// reader that closed the pipe is told from a full disk.
#[must_use]
pub fn write_error(error: io::Error) -> Error {
    Error::new(Kind::Output, "the output could not be written").caused_by(error)
}
