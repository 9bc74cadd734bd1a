//! `-o csv`: comma-separated values with RFC 4180 quoting, in UTF-8.

use std::borrow::Cow;
use std::io::{self, Write};

use crate::answer::{RowReader, Ticket, Value};
use crate::encoding::UTF8_BOM;
use crate::ticket::column::Column;
use crate::ticket::date::DateFormatter;

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
        dates: &DateFormatter,
        delimiter: u8,
    ) -> Cow<'a, str> {
        if !self.guards_formulas {
            return cell::text(column, value, dates);
        }
        let (is_text, is_json) = (matches!(value, Value::Text(_)), matches!(value, Value::Json(_)));
        let text = cell::text(column, value, dates);
        if is_text {
            formula_guard::guard_text(text, delimiter)
        } else if is_json {
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
        let mut line = self.first_line(document, first, Quotes::Necessary);
        if line.starts_with(UTF8_BOM) && !self.0.has_bom {
            // Readers would take it for the file's own, unless it is in quotes.
            line = self.first_line(document, first, Quotes::Always);
        }
        out.write_all(&line)?;
        parallel::write(rest, out, || {
            let mut rows = RowWriter::new(self.0, document, Quotes::Necessary);
            move |tickets, lines| {
                tickets.iter().for_each(|ticket| rows.write_ticket(*ticket, lines));
                Ok(())
            }
        })
    }
}

impl Csv {
    /// Returns the header, or without one the row of the `first` ticket.
    fn first_line(&self, document: &Document<'_>, first: &[Ticket<'_>], quotes: Quotes) -> Vec<u8> {
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
    dates: &'a DateFormatter,
    reader: RowReader<'a>,
    cells: CellWriter,
}

impl<'a> RowWriter<'a> {
    fn new(options: SeparatedOptions, document: &Document<'a>, quotes: Quotes) -> Self {
        let reader = RowReader::new(document.columns);
        let cells = CellWriter::new(options.delimiter.unwrap_or(b','), quotes);
        Self { options, dates: document.dates, reader, cells }
    }

    fn write_ticket(&mut self, ticket: Ticket<'a>, lines: &mut Vec<u8>) {
        self.reader.read(ticket);
        let start = lines.len();
        for (column, value) in self.reader.values() {
            let text = self.options.text(column, value, self.dates, self.cells.delimiter);
            self.cells.write(&text, lines);
        }
        end_line(start, lines);
    }
}

/// The cells that get quotes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quotes {
    /// Those with a quote, a line break or the delimiter.
    Necessary,
    Always,
}

/// Writes the same cells as the writer of the `csv` crate, in half the instructions.
struct CellWriter {
    delimiter: u8,
    /// For each byte, whether a cell that has it gets quotes.
    needs_quotes: [bool; 256],
    quotes: Quotes,
}

impl CellWriter {
    fn new(delimiter: u8, quotes: Quotes) -> Self {
        let mut needs_quotes = [false; 256];
        for byte in [b'"', b'\n', b'\r', delimiter] {
            needs_quotes[usize::from(byte)] = true;
        }
        Self { delimiter, needs_quotes, quotes }
    }

    /// Appends `text`, quoted if necessary, and the delimiter.
    #[inline]
    fn write(&self, text: &str, line: &mut Vec<u8>) {
        let start = line.len();
        if self.quotes == Quotes::Always || !self.write_plain(text.as_bytes(), line) {
            line.truncate(start);
            write_quoted(text.as_bytes(), line);
        }
        line.push(self.delimiter);
    }

    /// Appends `text` as far as no byte needs quotes, and returns whether that is all of it. A call
    /// of the C library for each cell, which one copy of the whole is, takes longer.
    #[inline]
    fn write_plain(&self, text: &[u8], line: &mut Vec<u8>) -> bool {
        let is_plain = |byte: &u8| !self.needs_quotes[usize::from(*byte)];
        line.reserve(text.len());
        let (chunks, rest) = text.as_chunks::<8>();
        for chunk in chunks {
            if !chunk.iter().all(is_plain) {
                return false;
            }
            line.extend_from_slice(chunk);
        }
        for byte in rest {
            if !is_plain(byte) {
                return false;
            }
            line.push(*byte);
        }
        true
    }
}

/// Appends `text` in quotes, with its own quotes doubled.
fn write_quoted(text: &[u8], line: &mut Vec<u8>) {
    line.push(b'"');
    let start = line.len();
    line.resize(start + 2 * text.len() + 1, b'"');
    let quoted = &mut line[start..];
    let mut length = 0;
    // Each byte is written twice, and only the second copy of a quote is kept. A branch would be
    // mispredicted at most quotes of a JSON text.
    for byte in text {
        quoted[length] = *byte;
        quoted[length + 1] = *byte;
        length += 1 + usize::from(*byte == b'"');
    }
    line.truncate(start + length);
    line.push(b'"');
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cells() -> impl Strategy<Value = Vec<String>> {
        let cell = prop_oneof!["[a-z\"\r\n,;|'\u{feff}æ世]{0,12}", any::<String>()];
        prop::collection::vec(cell, 1..5)
    }

    proptest! {
        #[test]
        fn row_is_the_same_as_that_of_the_csv_crate(
            cells in cells(),
            delimiter in prop::sample::select(b",;|\t".to_vec()),
            is_quoted: bool,
        ) {
            let (quotes, style) = if is_quoted {
                (Quotes::Always, csv::QuoteStyle::Always)
            } else {
                (Quotes::Necessary, csv::QuoteStyle::Necessary)
            };
            let writer = CellWriter::new(delimiter, quotes);
            let mut row = Vec::new();
            cells.iter().for_each(|cell| writer.write(cell, &mut row));
            end_line(0, &mut row);
            let mut expected =
                csv::WriterBuilder::new().delimiter(delimiter).quote_style(style).from_writer(vec![]);
            expected.write_record(&cells).expect("memory takes it all");
            let expected = expected.into_inner().expect("memory takes it all");
            prop_assert_eq!(row, expected);
        }
    }
}
