//! Writing the tickets of `get`, to standard output or to a file.

use std::io::{self, BufWriter, Write};

use crate::answer::xml::Encoding;
use crate::context::Context;
use crate::deadline::Deadline;
use crate::error::{Error, Result};
use crate::output::out_file::OutFile;
use crate::output::{Document, terminal};
use crate::settings::plan::get::GetPlan;
use crate::settings::resolve::output::OutputPlan;

use crate::commands::{messages, write_error};

/// Writes the document to its file or to standard output. Raw output is in `encoding`.
///
/// # Errors
/// If it cannot be written, or must not be written to a terminal.
pub(super) fn write(
    document: &Document<'_>,
    encoding: &Encoding,
    (plan, deadline): (&GetPlan, &Deadline),
    context: &mut Context<'_>,
) -> Result<()> {
    let display = &plan.display;
    let Some(file) = &display.out_file else {
        return to_stdout(document, encoding, display, context);
    };
    let written = to_file(document, encoding, display, (file, deadline))?;
    if plan.verbose {
        let s = if written == 1 { "" } else { "s" };
        messages::line(context, &format!("* wrote {written} byte{s} to {file}"));
    }
    Ok(())
}

fn to_stdout(
    document: &Document<'_>,
    encoding: &Encoding,
    display: &OutputPlan,
    context: &mut Context<'_>,
) -> Result<()> {
    let mut out = Counter { out: context.stdout, count: 0, last: None };
    let terminal = context.terminal.stdout.then_some(encoding);
    render(document, display, terminal, &mut out, &write_error)?;
    let ends_within_line = out.last.is_some_and(|last| last != b'\n');
    if context.terminal.stdout && context.terminal.stderr && ends_within_line {
        // The next message starts on a line of its own.
        messages::line(context, "");
    }
    Ok(())
}

/// Returns the number of bytes written.
fn to_file(
    document: &Document<'_>,
    encoding: &Encoding,
    display: &OutputPlan,
    (file, deadline): (&OutFile, &Deadline),
) -> Result<u64> {
    let mut open = file.open(deadline)?;
    let terminal = open.is_terminal().then_some(encoding);
    let mut out = Counter { out: &mut open, count: 0, last: None };
    render(document, display, terminal, &mut out, &|error| file.write_error(error))?;
    let count = out.count;
    open.finish()?;
    Ok(count)
}

/// Writes the document to `out`. Output for programs is checked before any of it reaches a
/// terminal; `terminal` is then its encoding.
fn render(
    document: &Document<'_>,
    display: &OutputPlan,
    terminal: Option<&Encoding>,
    out: &mut Counter<'_>,
    to_error: &dyn Fn(io::Error) -> Error,
) -> Result<()> {
    let mut out = BufWriter::with_capacity(64 * 1024, out);
    match terminal.filter(|_| !display.output_format.is_for_people()) {
        Some(encoding) => {
            let mut bytes = Vec::new();
            display.format.write(document, &mut bytes).map_err(to_error)?;
            terminal::check(&bytes, display.output_format.noun(), encoding).map_err(|error| {
                error.hint("pipe it, write it to a file with --out-file, or read it with -o table")
            })?;
            out.write_all(&bytes)
        }
        None => display.format.write(document, &mut out),
    }
    .and_then(|()| out.flush())
    .map_err(to_error)
}

/// Counts the bytes written, and remembers the last one.
struct Counter<'a> {
    out: &'a mut dyn Write,
    count: u64,
    last: Option<u8>,
}

impl Write for Counter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.count += written as u64;
        self.last = bytes[..written].last().copied().or(self.last);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
