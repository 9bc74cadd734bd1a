//! Comma-separated values: RFC 4180 quoting, LF, UTF-8.

use std::borrow::Cow;
use std::io::{self, Write};

use csv::{QuoteStyle, Terminator, WriterBuilder};

use crate::ticket::column::Column;
use crate::ticket::list::Ticket;
use crate::ticket::row::RowReader;
use crate::ticket::value::Value;

use super::{Format, Page, cell, parallel};

/// What a spreadsheet may take for the beginning of a formula: the wide forms too, where
/// it is set to an East Asian language, and what it may skip before one.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

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
        if self.guard_formulas && is_text && text.starts_with(FORMULA) {
            return Cow::Owned(format!("'{text}"));
        }
        text
    }

    /// Writes what comes before the first line.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_start(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.bom { out.write_all(BOM) } else { Ok(()) }
    }
}

/// `-o csv`.
#[derive(Debug)]
pub struct Csv(pub Options);

impl Format for Csv {
    fn write(&self, page: &Page<'_>, out: &mut dyn Write) -> io::Result<()> {
        self.0.write_start(out)?;
        let first = usize::from(!self.0.header && !page.tickets.is_empty());
        let (first, rest) = page.tickets.split_at(first);
        let line = self.first_line(page, first, QuoteStyle::Necessary)?;
        if line.starts_with(BOM) && !self.0.bom {
            // Readers take it for the file's own, but not in quotes.
            out.write_all(&self.first_line(page, first, QuoteStyle::Always)?)?;
        } else {
            out.write_all(&line)?;
        }
        parallel::write(rest, out, |tickets, lines| {
            self.write_rows(page, tickets, QuoteStyle::Necessary, lines)
        })
    }
}

impl Csv {
    /// The header, or the row of the `first` ticket where there is none.
    fn first_line(
        &self,
        page: &Page<'_>,
        first: &[Ticket<'_>],
        quotes: QuoteStyle,
    ) -> io::Result<Vec<u8>> {
        let mut line = Vec::new();
        if self.0.header {
            let mut writer = self.writer(quotes, &mut line);
            writer.write_record(page.columns.iter().map(Column::path)).map_err(io_error)?;
            writer.flush()?;
        }
        self.write_rows(page, first, quotes, &mut line)?;
        Ok(line)
    }

    fn write_rows<'a>(
        &self,
        page: &Page<'a>,
        tickets: &[Ticket<'a>],
        quotes: QuoteStyle,
        lines: &mut Vec<u8>,
    ) -> io::Result<()> {
        let mut writer = self.writer(quotes, lines);
        let mut reader = RowReader::new(page.columns);
        for ticket in tickets {
            reader.read(*ticket);
            for (column, value) in reader.values() {
                let is_text = matches!(value, Value::Text(_));
                let text = self.0.guard(is_text, cell::plain(column, value, page.dates));
                writer.write_field(text.as_bytes()).map_err(io_error)?;
            }
            writer.write_record(None::<&[u8]>).map_err(io_error)?;
        }
        writer.flush()
    }

    fn writer<W: Write>(&self, quotes: QuoteStyle, out: W) -> csv::Writer<W> {
        WriterBuilder::new()
            .delimiter(self.0.delimiter)
            .quote_style(quotes)
            .terminator(Terminator::Any(b'\n'))
            .from_writer(out)
    }
}

const BOM: &[u8] = b"\xef\xbb\xbf";

/// The error of the stream itself: a reader that went away must be known as such.
fn io_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        kind => io::Error::other(format!("{kind:?}")),
    }
}
