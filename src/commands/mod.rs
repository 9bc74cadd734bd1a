//! The commands: a file or folder for each, named as users type it.

pub(crate) mod auth;
mod browser;
pub(crate) mod command_line;
pub(crate) mod completions;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod fields;
pub(crate) mod get;
pub mod help;
pub(crate) mod man;
pub(crate) mod messages;
pub(crate) mod open;
pub(crate) mod progress;
pub(crate) mod question;
mod transport;

use std::io::{self, Write};

use crate::context::Context;
use crate::error::{Error, Kind, Result};
use crate::output::pager::{Pager, Render};

/// Returns the error for output that could not be written. Its cause distinguishes a reader that
/// closed the pipe from a full disk.
pub(crate) fn write_error(error: io::Error) -> Error {
    Error::new(Kind::Output, "the output could not be written").caused_by(error)
}

/// Prints to standard output what `render` writes, through `pager` if it is too high. Warns if the
/// pager does not start. `has_links` is false for a text without links.
///
/// # Errors
/// Those of [`write_error`].
pub(crate) fn print_paged(
    pager: &Pager,
    has_links: bool,
    render: Render<'_>,
    context: &mut Context<'_>,
) -> Result<()> {
    let printed = pager.print(&context.variables, context.stdout, has_links, render);
    if let Some(failure) = printed.map_err(write_error)? {
        messages::warning(context, &failure.message);
        let hint = format!("{}=cat, or --no-pager, prints everything at once", failure.variable);
        messages::hint(context, &hint);
    }
    Ok(())
}

/// Writes `bytes` to standard output and flushes it.
///
/// # Errors
/// Those of [`write_error`].
pub(crate) fn write(stdout: &mut dyn Write, bytes: &[u8]) -> Result<()> {
    stdout.write_all(bytes).and_then(|()| stdout.flush()).map_err(write_error)
}
