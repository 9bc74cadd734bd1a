//! Comma-separated values: RFC 4180 quoting, LF, UTF-8.

use std::borrow::Cow;
use std::io::{self, Write};

use csv_core::{QuoteStyle, Writer, WriterBuilder};

use crate::ticket::column::Column;
use crate::ticket::date::Dates;
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
        let mut rows = Rows::new(self.0, page, quotes);
        if self.0.header {
            for column in page.columns {
                rows.cell_into(column.path(), &mut line);
            }
            end_line(0, &mut line);
        }
        first.iter().for_each(|ticket| rows.row_into(*ticket, &mut line));
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
    /// For each column its last value, and its cell with the delimiter behind it.
    cells: Vec<(&'a str, Vec<u8>)>,
}

impl<'a> Rows<'a> {
    fn new(options: Options, page: &Page<'a>, quotes: QuoteStyle) -> Self {
        let writer = WriterBuilder::new().delimiter(options.delimiter).quote_style(quotes).build();
        Self {
            options,
            columns: page.columns,
            dates: page.dates,
            reader: RowReader::new(page.columns),
            writer,
            cells: vec![Default::default(); page.columns.len()],
        }
    }

    /// Appends the row of `ticket`.
    fn row_into(&mut self, ticket: Ticket<'a>, lines: &mut Vec<u8>) {
        self.reader.read(ticket);
        let start = lines.len();
        for (index, column) in self.columns.iter().enumerate() {
            let json = self.reader.json(index).unwrap_or("null");
            if self.cells[index].0 != json {
                let value = Value::new(json);
                let is_text = matches!(value, Value::Text(_));
                let text = cell::plain(column, value, self.dates);
                let text = self.options.guard(is_text, text);
                let mut made = std::mem::take(&mut self.cells[index].1);
                made.clear();
                self.cell_into(&text, &mut made);
                self.cells[index] = (json, made);
            }
            lines.extend_from_slice(&self.cells[index].1);
        }
        end_line(start, lines);
    }

    /// Appends a cell, quoted where it has to be, and the delimiter.
    fn cell_into(&mut self, text: &str, line: &mut Vec<u8>) {
        let start = line.len();
        // Every character may be a quote, to be doubled, and there are two around them.
        line.resize(start + 2 * text.len() + 3, 0);
        let (_, _, field) = self.writer.field(text.as_bytes(), &mut line[start..]);
        let (_, delimiter) = self.writer.delimiter(&mut line[start + field..]);
        line.truncate(start + field + delimiter);
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
