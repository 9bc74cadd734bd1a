//! Tab-separated values: a line a ticket, whatever the texts hold.

use std::io::{self, Write};

use crate::answer::RowReader;

use super::csv::Options;
use super::{Format, Page, parallel};

/// `-o tsv`: tab, newline, carriage return and backslash are written `\t`, `\n`,
/// `\r` and `\\`. Another delimiter is escaped by a backslash before it.
#[derive(Debug)]
pub struct Tsv(pub Options);

impl Format for Tsv {
    fn write(&self, page: &Page<'_>, out: &mut dyn Write) -> io::Result<()> {
        let options = self.0;
        options.write_start(out)?;
        if options.header {
            let mut line = Vec::new();
            for column in page.columns {
                escape_into(column.path(), options.delimiter, &mut line);
                line.push(options.delimiter);
            }
            end_line(&mut line);
            out.write_all(&line)?;
        }
        parallel::write(page.tickets, out, || {
            let mut reader = RowReader::new(page.columns);
            move |tickets, lines| {
                for ticket in tickets {
                    reader.read(*ticket);
                    for (column, value) in reader.values() {
                        let text = options.text(column, value, page.dates);
                        escape_into(&text, options.delimiter, lines);
                        lines.push(options.delimiter);
                    }
                    end_line(lines);
                }
                Ok(())
            }
        })
    }
}

/// Puts a line feed in place of the last delimiter.
fn end_line(line: &mut [u8]) {
    if let Some(last) = line.last_mut() {
        *last = b'\n';
    }
}

fn escape_into(text: &str, delimiter: u8, line: &mut Vec<u8>) {
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
}
