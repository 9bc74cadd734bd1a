//! Comma-separated values: RFC 4180 quoting, LF, UTF-8.

use std::borrow::Cow;
use std::io::{self, Write};

use csv_core::{QuoteStyle, Writer, WriterBuilder};

use crate::answer::list::Ticket;
use crate::answer::row::RowReader;
use crate::answer::value::Value;
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
            let (mut writer, mut cell) = (self.0.writer(quotes), Cell::default());
            for column in page.columns {
                cell.write(column.path(), &mut writer);
                line.extend_from_slice(cell.written());
            }
            end_line(0, &mut line);
        }
        for ticket in first {
            Rows::new(self.0, page, quotes).row_into(*ticket, &mut line);
        }
        line
    }
}

/// Writes row after row. A cell that is as it was in the row before, as many are, is not
/// made again.
struct Rows<'a> {
    options: Options,
    columns: &'a [Column],
    dates: &'a Dates,
    reader: RowReader<'a>,
    writer: Writer,
    /// For each column what was written last.
    cells: Vec<Cell<'a>>,
}

impl<'a> Rows<'a> {
    fn new(options: Options, page: &Page<'a>, quotes: QuoteStyle) -> Self {
        Self {
            options,
            columns: page.columns,
            dates: page.dates,
            reader: RowReader::new(page.columns),
            writer: options.writer(quotes),
            cells: vec![Cell::default(); page.columns.len()],
        }
    }

    /// Appends the row of `ticket`.
    fn row_into(&mut self, ticket: Ticket<'a>, lines: &mut Vec<u8>) {
        self.reader.read(ticket);
        let start = lines.len();
        for (index, (column, cell)) in self.columns.iter().zip(&mut self.cells).enumerate() {
            let json = self.reader.json(index).unwrap_or("null");
            if cell.json != json {
                cell.json = json;
                let text = self.options.text(column, Value::new(json), self.dates);
                cell.write(&text, &mut self.writer);
            }
            lines.extend_from_slice(cell.written());
        }
        end_line(start, lines);
    }
}

/// A cell as it was written last, for the value that it was written for.
#[derive(Clone, Debug, Default)]
struct Cell<'a> {
    json: &'a str,
    /// With the delimiter behind it, and what is left of a longer one.
    bytes: Vec<u8>,
    length: usize,
}

impl Cell<'_> {
    /// Writes `text`, quoted where it has to be, and the delimiter.
    fn write(&mut self, text: &str, writer: &mut Writer) {
        // Every character may be a quote, to be doubled, and there are two around them.
        let most = 2 * text.len() + 3;
        if self.bytes.len() < most {
            self.bytes.resize(most, 0);
        }
        let (_, _, field) = writer.field(text.as_bytes(), &mut self.bytes);
        let (_, delimiter) = writer.delimiter(&mut self.bytes[field..]);
        self.length = field + delimiter;
    }

    fn written(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
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
