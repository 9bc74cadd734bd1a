//! Printing the page of `get`, to standard output or to a file.

use std::io::{self, BufWriter, Write};

use crate::answer::xml::Encoding;
use crate::context::Context;
use crate::deadline::Deadline;
use crate::error::{Error, Result};
use crate::output::out_file::OutFile;
use crate::output::{Page, terminal};
use crate::settings::plan::get::GetSettings;
use crate::settings::resolve::output::Display;

use crate::commands::{messages, write_error};

/// Prints the page where it is to go. The answer is in `encoding`, which matters where it is
/// printed as it is.
///
/// # Errors
/// Where it cannot be written, or must not be to a terminal.
pub fn page(
    page: &Page<'_>,
    encoding: &Encoding,
    settings: &GetSettings,
    host: &mut Context<'_>,
) -> Result<()> {
    let display = &settings.display;
    let Some(file) = &display.out_file else { return to_stdout(page, encoding, display, host) };
    let deadline = settings.call.connection.limits.deadline();
    let written = to_file(page, encoding, display, (file, &deadline))?;
    if settings.verbose {
        let s = if written == 1 { "" } else { "s" };
        messages::line(host, &format!("* wrote {written} byte{s} to {file}"));
    }
    Ok(())
}

fn to_stdout(
    page: &Page<'_>,
    encoding: &Encoding,
    display: &Display,
    host: &mut Context<'_>,
) -> Result<()> {
    let mut out = Counting { out: host.stdout, count: 0, last: None };
    let terminal = host.terminal.stdout.then_some(encoding);
    render(page, display, terminal, &mut out, &write_error)?;
    let last = out.last;
    let to_terminal = host.terminal.stdout && host.terminal.stderr;
    if to_terminal && display.machine_name.is_some() && last.is_some_and(|last| last != b'\n') {
        // What is said next starts on a line of its own.
        messages::line(host, "");
    }
    Ok(())
}

/// Returns the number of bytes written.
fn to_file(
    page: &Page<'_>,
    encoding: &Encoding,
    display: &Display,
    (file, deadline): (&OutFile, &Deadline),
) -> Result<u64> {
    let mut open = file.open(deadline)?;
    let terminal = open.is_terminal().then_some(encoding);
    let mut out = Counting { out: &mut open, count: 0, last: None };
    render(page, display, terminal, &mut out, &|error| file.failed(error))?;
    let count = out.count;
    open.finish()?;
    Ok(count)
}

/// Writes the page to `out`. What a `terminal` must not get, with the page in this encoding,
/// is found before any of it is written there.
fn render(
    page: &Page<'_>,
    display: &Display,
    terminal: Option<&Encoding>,
    out: &mut Counting<'_>,
    failed: &dyn Fn(io::Error) -> Error,
) -> Result<()> {
    let mut out = BufWriter::with_capacity(64 * 1024, out);
    match (display.machine_name, terminal) {
        (Some(name), Some(encoding)) => {
            let mut bytes = Vec::new();
            display.format.write(page, &mut bytes).map_err(failed)?;
            terminal::check(&bytes, name, encoding).map_err(|error| error.hint(INSTEAD))?;
            out.write_all(&bytes)
        }
        _ => display.format.write(page, &mut out),
    }
    .and_then(|()| out.flush())
    .map_err(failed)
}

/// What to do with a page that a terminal must not get.
const INSTEAD: &str = "pipe it, write it to a file with --out-file, or read it with -o table";

/// Notes how much was written, and what came last.
struct Counting<'a> {
    out: &'a mut dyn Write,
    count: u64,
    last: Option<u8>,
}

impl Write for Counting<'_> {
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
