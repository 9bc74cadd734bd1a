//! Comma-separated values: RFC 4180 quoting, LF, UTF-8.

use std::borrow::Cow;
use std::io::{self, Write};

use csv_core::{QuoteStyle, Writer, WriterBuilder};

use crate::answer::RowReader;
use crate::answer::Ticket;
use crate::answer::Value;
use crate::ticket::column::Column;
use crate::ticket::date::Dates;

use super::{Format, Page, cell, guard, parallel};

/// What csv and tsv can be told.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The header line.
    pub header: bool,
    /// Between two cells; ASCII.
    pub delimiter: u8,
    /// A byte-order mark at the beginning.
    pub bom: bool,
    /// An apostrophe before all text that a spreadsheet would run.
    pub guard_formulas: bool,
}

impl Options {
    /// Returns the text of a cell, guarded if `guard_formulas` is set. A number such as -5 is
    /// no formula.
    #[must_use]
    #[inline]
    pub fn text<'a>(&self, column: &Column, value: Value<'a>, dates: &Dates) -> Cow<'a, str> {
        let (is_text, is_json) = (matches!(value, Value::Text(_)), matches!(value, Value::Json(_)));
        let text = cell::plain(column, value, dates);
        if self.guard_formulas && is_text {
            guard::text(text, self.delimiter)
        } else if self.guard_formulas && is_json {
            guard::json(text, self.delimiter)
        } else {
            text
        }
    }

    /// Writes what comes before the first line.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_start(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.bom { out.write_all(BOM) } else { Ok(()) }
    }

    fn writer(&self, quotes: QuoteStyle) -> Writer {
        WriterBuilder::new().delimiter(self.delimiter).quote_style(quotes).build()
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
        let line = self.first_line(page, first, QuoteStyle::Necessary);
        if line.starts_with(BOM) && !self.0.bom {
            // Readers take it for the file's own, but not in quotes.
            out.write_all(&self.first_line(page, first, QuoteStyle::Always))?;
        } else {
            out.write_all(&line)?;
        }
        parallel::write(rest, out, || {
            let mut rows = Rows::new(self.0, page, QuoteStyle::Necessary);
            move |tickets, lines| {
                tickets.iter().for_each(|ticket| rows.row_into(*ticket, lines));
                Ok(())
            }
        })
    }
}

impl Csv {
    /// The header, or the row of the `first` ticket where there is none.
    fn first_line(&self, page: &Page<'_>, first: &[Ticket<'_>], quotes: QuoteStyle) -> Vec<u8> {
        let mut line = Vec::new();
        if self.0.header {
            let mut writer = self.0.writer(quotes);
            for column in page.columns {
                cell_into(column.path(), &mut writer, &mut line);
            }
            end_line(0, &mut line);
        }
        for ticket in first {
            Rows::new(self.0, page, quotes).row_into(*ticket, &mut line);
        }
        line
    }
}

/// Writes row after row.
struct Rows<'a> {
    options: Options,
    columns: &'a [Column],
    dates: &'a Dates,
    reader: RowReader<'a>,
    writer: Writer,
}

impl<'a> Rows<'a> {
    fn new(options: Options, page: &Page<'a>, quotes: QuoteStyle) -> Self {
        Self {
            options,
            columns: page.columns,
            dates: page.dates,
            reader: RowReader::new(page.columns),
            writer: options.writer(quotes),
        }
    }

    /// Appends the row of `ticket`.
    fn row_into(&mut self, ticket: Ticket<'a>, lines: &mut Vec<u8>) {
        self.reader.read(ticket);
        let start = lines.len();
        for (index, column) in self.columns.iter().enumerate() {
            let text = self.options.text(column, self.reader.value(index), self.dates);
            cell_into(&text, &mut self.writer, lines);
        }
        end_line(start, lines);
    }
}

/// Appends a cell, quoted if needed, and the delimiter.
fn cell_into(text: &str, writer: &mut Writer, lines: &mut Vec<u8>) {
    let start = lines.len();
    // Each character may be a quote, which is doubled; two quotes and the delimiter come on top.
    lines.resize(start + 2 * text.len() + 3, 0);
    let (_, _, field) = writer.field(text.as_bytes(), &mut lines[start..]);
    let (_, delimiter) = writer.delimiter(&mut lines[start + field..]);
    lines.truncate(start + field + delimiter);
}

/// Puts a line feed in place of the last delimiter of the line that begins at `start`. An
/// empty line would be no row.
fn end_line(start: usize, lines: &mut Vec<u8>) {
    lines.pop();
    if lines.len() == start {
        lines.extend_from_slice(b"\"\"");
    }
    lines.push(b'\n');
}

const BOM: &[u8] = b"\xef\xbb\xbf";
