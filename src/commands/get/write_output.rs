//! Writing the tickets of `get`, to standard output or to a file.

use std::io::{self, BufWriter, Write};

use crate::answer::xml::Encoding;
use crate::context::Context;
use crate::deadline::Deadline;
use crate::error::{Error, Kind, Result};
use crate::output::pager::Pager;
use crate::output::{Document, terminal};
use crate::platform::Platform;
use crate::settings::plan::get::GetPlan;
use crate::settings::resolve::output::OutputPlan;

use crate::commands::progress::Progress;
use crate::commands::{messages, print_paged, write_error};

const TO_FILE: &str = "write it to a file with --out-file";

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
        let pager = Pager::find(plan.no_pager, context);
        if let Some(pager) = pager.filter(|_| display.output_format.is_paged()) {
            let render = |out: &mut dyn Write, has_links: bool| {
                let urls = document.urls.filter(|_| has_links);
                display.format.write(&Document { urls, ..*document }, out)
            };
            return print_paged(&pager, document.urls.is_some(), &render, context);
        }
        let terminal = context.terminal.stdout.then_some(encoding);
        let written = render(document, display, terminal, context.stdout, &write_error)?;
        let ends_within_line = written.last.is_some_and(|last| last != b'\n');
        if terminal.is_some() && context.terminal.stderr && ends_within_line {
            // The next message starts on a line of its own.
            messages::line(context, "");
        }
        return Ok(());
    };
    let progress = Progress::for_file(context, plan.verbose, &file.name());
    let mut open = file.open(deadline)?;
    let terminal = open.is_terminal().then_some(encoding);
    let progress = Some(progress).filter(|_| terminal.is_none());
    let to_error = |error| file.write_error(error);
    let count = render(document, display, terminal, &mut open, &to_error)?.count;
    open.finish()?;
    drop(progress);
    if plan.verbose {
        let s = if count == 1 { "" } else { "s" };
        messages::line(context, &format!("* wrote {count} byte{s} to {file}"));
    }
    Ok(())
}

/// Writes the document to `out`. Output for programs is checked before any of it reaches a
/// terminal; `terminal` is then its encoding.
fn render<'o>(
    document: &Document<'_>,
    display: &OutputPlan,
    terminal: Option<&Encoding>,
    out: &'o mut dyn Write,
    to_error: &dyn Fn(io::Error) -> Error,
) -> Result<Counter<'o>> {
    let hint = |ways: &[&str]| terminal::hint(ways, Platform::CURRENT);
    let mut counter = Counter { out, count: 0, last: None };
    let mut out = BufWriter::with_capacity(64 * 1024, &mut counter);
    if terminal.is_some() && display.output_format.is_for_file() {
        let noun = display.output_format.noun();
        let error = Error::new(Kind::Output, format!("the {noun} is no text for a terminal"));
        return Err(error.hint(hint(&[TO_FILE, terminal::PIPE])));
    }
    match terminal.filter(|_| !display.output_format.is_for_people()) {
        Some(encoding) => {
            let mut bytes = Vec::new();
            display.format.write(document, &mut bytes).map_err(to_error)?;
            terminal::check(&bytes, display.output_format.noun(), encoding).map_err(|error| {
                error.hint(hint(&[terminal::PIPE, TO_FILE, "read it with -o table"]))
            })?;
            out.write_all(&bytes)
        }
        None => display.format.write(document, &mut out),
    }
    .and_then(|()| out.flush())
    .map_err(to_error)?;
    drop(out);
    Ok(counter)
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
