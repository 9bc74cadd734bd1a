//! `-o csv`: comma-separated values with RFC 4180 quoting, in UTF-8.

use std::borrow::Cow;
use std::io::{self, Write};

use csv_core::{QuoteStyle, Writer, WriterBuilder};

use crate::answer::{RowReader, Ticket, Value};
use crate::encoding::UTF8_BOM;
use crate::ticket::column::Column;
use crate::ticket::date::Dates;

use super::format::{Document, Format};
use super::{cell, formula_guard, parallel};

/// The options of csv and tsv.
#[derive(Clone, Copy, Debug)]
pub struct SeparatedOptions {
    /// True if there is a header line.
    pub has_header: bool,
    /// The ASCII character between two cells; `None` for the format's own.
    pub delimiter: Option<u8>,
    /// True if the output begins with a byte-order mark.
    pub has_bom: bool,
    /// True if text that a spreadsheet would run gets an apostrophe.
    pub guards_formulas: bool,
}

impl Default for SeparatedOptions {
    fn default() -> Self {
        Self { has_header: true, delimiter: None, has_bom: false, guards_formulas: false }
    }
}

impl SeparatedOptions {
    /// Returns the text of a cell. With `guards_formulas` it is guarded, but for numbers such
    /// as -5, which are no formulas.
    #[inline]
    pub(super) fn text<'a>(
        &self,
        column: &Column,
        value: Value<'a>,
        dates: &Dates,
        delimiter: u8,
    ) -> Cow<'a, str> {
        let (is_text, is_json) = (matches!(value, Value::Text(_)), matches!(value, Value::Json(_)));
        let text = cell::text(column, value, dates);
        if self.guards_formulas && is_text {
            formula_guard::guard_text(text, delimiter)
        } else if self.guards_formulas && is_json {
            formula_guard::guard_json(text, delimiter)
        } else {
            text
        }
    }

    /// Writes the byte-order mark, if there is to be one.
    pub(super) fn write_bom(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.has_bom { out.write_all(UTF8_BOM) } else { Ok(()) }
    }
}

#[derive(Debug)]
pub(super) struct Csv(pub(super) SeparatedOptions);

impl Format for Csv {
    fn write(&self, document: &Document<'_>, out: &mut dyn Write) -> io::Result<()> {
        self.0.write_bom(out)?;
        let first = usize::from(!self.0.has_header && !document.tickets.is_empty());
        let (first, rest) = document.tickets.split_at(first);
        let mut line = self.first_line(document, first, QuoteStyle::Necessary);
        if line.starts_with(UTF8_BOM) && !self.0.has_bom {
            // Readers would take it for the file's own, unless it is in quotes.
            line = self.first_line(document, first, QuoteStyle::Always);
        }
        out.write_all(&line)?;
        parallel::write(rest, out, || {
            let mut rows = RowWriter::new(self.0, document, QuoteStyle::Necessary);
            move |tickets, lines| {
                tickets.iter().for_each(|ticket| rows.write_ticket(*ticket, lines));
                Ok(())
            }
        })
    }
}

impl Csv {
    /// Returns the header, or without one the row of the `first` ticket.
    fn first_line(
        &self,
        document: &Document<'_>,
        first: &[Ticket<'_>],
        quotes: QuoteStyle,
    ) -> Vec<u8> {
        let mut line = Vec::new();
        let mut rows = RowWriter::new(self.0, document, quotes);
        if self.0.has_header {
            document.columns.iter().for_each(|column| rows.cells.write(column.path(), &mut line));
            end_line(0, &mut line);
        }
        first.iter().for_each(|ticket| rows.write_ticket(*ticket, &mut line));
        line
    }
}

struct RowWriter<'a> {
    options: SeparatedOptions,
    delimiter: u8,
    dates: &'a Dates,
    reader: RowReader<'a>,
    cells: CellWriter,
}

impl<'a> RowWriter<'a> {
    fn new(options: SeparatedOptions, document: &Document<'a>, quotes: QuoteStyle) -> Self {
        let delimiter = options.delimiter.unwrap_or(b',');
        let writer = WriterBuilder::new().delimiter(delimiter).quote_style(quotes).build();
        let reader = RowReader::new(document.columns);
        let cells = CellWriter { writer, buffer: Vec::new() };
        Self { options, delimiter, dates: document.dates, reader, cells }
    }

    fn write_ticket(&mut self, ticket: Ticket<'a>, lines: &mut Vec<u8>) {
        self.reader.read(ticket);
        let start = lines.len();
        for (column, value) in self.reader.values() {
            let text = self.options.text(column, value, self.dates, self.delimiter);
            self.cells.write(&text, lines);
        }
        end_line(start, lines);
    }
}

struct CellWriter {
    writer: Writer,
    /// Room for a quoted cell, kept because a new one would have to be filled with zeros.
    buffer: Vec<u8>,
}

impl CellWriter {
    /// Appends `text`, quoted if necessary, and the delimiter.
    fn write(&mut self, text: &str, line: &mut Vec<u8>) {
        // Every character may be a quote, which is doubled, and there are two around them.
        let room = 2 * text.len() + 3;
        if self.buffer.len() < room {
            self.buffer.resize(room, 0);
        }
        let (_, _, field) = self.writer.field(text.as_bytes(), &mut self.buffer);
        let (_, delimiter) = self.writer.delimiter(&mut self.buffer[field..]);
        line.extend_from_slice(&self.buffer[..field + delimiter]);
    }
}

/// Replaces the last delimiter of the line that begins at `start` by a line feed. An empty
/// line would not be a row, so it gets quotes.
fn end_line(start: usize, lines: &mut Vec<u8>) {
    lines.pop();
    if lines.len() == start {
        lines.extend_from_slice(b"\"\"");
    }
    lines.push(b'\n');
}
