//! `-o tsv`: tab-separated values, one line per ticket whatever the texts contain.

use std::io::{self, Write};

use crate::answer::RowReader;

use super::csv::SeparatedOptions;
use super::format::{Document, Format};
use super::parallel;

/// Tab, newline, carriage return and backslash are written `\t`, `\n`, `\r` and `\\`. Another
/// delimiter is escaped by a backslash.
#[derive(Debug)]
pub(super) struct Tsv(pub(super) SeparatedOptions);

impl Format for Tsv {
    fn write(&self, document: &Document<'_>, out: &mut dyn Write) -> io::Result<()> {
        let options = self.0;
        let delimiter = options.delimiter.unwrap_or(b'\t');
        options.write_bom(out)?;
        if options.has_header {
            let mut line = Vec::new();
            document
                .columns
                .iter()
                .for_each(|column| write_cell(column.path(), delimiter, &mut line));
            end_line(&mut line);
            out.write_all(&line)?;
        }
        parallel::write(document.tickets, out, || {
            let mut reader = RowReader::new(document.columns);
            move |tickets, lines| {
                for ticket in tickets {
                    reader.read(*ticket);
                    for (column, value) in reader.values() {
                        let text = options.text(column, value, document.dates, delimiter);
                        write_cell(&text, delimiter, lines);
                    }
                    end_line(lines);
                }
                Ok(())
            }
        })
    }
}

/// Appends the escaped `text` and the delimiter.
fn write_cell(text: &str, delimiter: u8, line: &mut Vec<u8>) {
    for byte in text.bytes() {
        match byte {
            b'\t' => line.extend_from_slice(b"\\t"),
            b'\n' => line.extend_from_slice(b"\\n"),
            b'\r' => line.extend_from_slice(b"\\r"),
            b'\\' => line.extend_from_slice(b"\\\\"),
            byte if byte == delimiter => line.extend_from_slice(&[b'\\', byte]),
            byte => line.push(byte),
        }
    }
    line.push(delimiter);
}

/// Replaces the last delimiter by a line feed.
fn end_line(line: &mut [u8]) {
    if let Some(last) = line.last_mut() {
        *last = b'\n';
    }
}
