//! Comma-separated values: RFC 4180 quoting, LF, UTF-8.

use std::borrow::Cow;
use std::io::{self, Write};

use csv::{QuoteStyle, Terminator, WriterBuilder};

use crate::ticket::column::Column;
use crate::ticket::row::RowReader;
use crate::ticket::value::Value;

use super::{Format, Page, cell, parallel};

/// What csv and tsv can be told.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The header line.
    pub header: bool,
    /// Between two cells; ASCII.
    pub delimiter: u8,
    /// A byte-order mark at the beginning.
    pub bom: bool,
    /// An apostrophe before text that a spreadsheet would run.
    pub guard_formulas: bool,
}

impl Options {
    /// The text of a cell, guarded where that was asked for: texts alone, since a
    /// number such as -5 is no formula.
    #[must_use]
    pub fn guard<'a>(&self, is_text: bool, text: Cow<'a, str>) -> Cow<'a, str> {
        if self.guard_formulas && is_text && text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
            return Cow::Owned(format!("'{text}"));
        }
        text
    }

    /// Writes what comes before the first line.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_start(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.bom { out.write_all(b"\xef\xbb\xbf") } else { Ok(()) }
    }
}

/// `-o csv`.
#[derive(Debug)]
pub struct Csv(pub Options);

impl Format for Csv {
    fn write(&self, page: &Page<'_>, out: &mut dyn Write) -> io::Result<()> {
        let options = self.0;
        options.write_start(out)?;
        if options.header {
            let mut header = writer(options, Vec::new());
            header.write_record(page.columns.iter().map(Column::path)).map_err(io_error)?;
            out.write_all(&header.into_inner().map_err(csv::IntoInnerError::into_error)?)?;
        }
        parallel::write(page.tickets, out, |tickets, lines| {
            let mut writer = writer(options, lines);
            let mut reader = RowReader::new(page.columns);
            for ticket in tickets {
                reader.read(*ticket);
                for (column, value) in reader.values() {
                    let is_text = matches!(value, Value::Text(_));
                    let text = options.guard(is_text, cell::plain(column, value, page.dates));
                    writer.write_field(text.as_bytes()).map_err(io_error)?;
                }
                writer.write_record(None::<&[u8]>).map_err(io_error)?;
            }
            writer.flush()
        })
    }
}

fn writer<W: Write>(options: Options, out: W) -> csv::Writer<W> {
    WriterBuilder::new()
        .delimiter(options.delimiter)
        .quote_style(QuoteStyle::Necessary)
        .terminator(Terminator::Any(b'\n'))
        .from_writer(out)
}

/// The error of the stream itself: a reader that went away must be known as such.
fn io_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        kind => io::Error::other(format!("{kind:?}")),
    }
}
