//! `-o jsonl`: a compact JSON object per ticket, one per line.

use std::io::{self, Write};

use crate::answer::RowReader;
use crate::answer::Ticket;
use crate::answer::value::{self, Value};
use crate::ticket::catalogue;
use crate::ticket::date::{DateFormatter, Style};
use crate::ticket::field::FieldType;

use super::format::{Document, Format};
use super::parallel;

/// With columns, an object has these alone, each under its path; without, it is the whole
/// ticket. Numbers keep their text, keys their order.
#[derive(Debug)]
pub(super) struct Jsonl;

impl Format for Jsonl {
    fn write(&self, document: &Document<'_>, out: &mut dyn Write) -> io::Result<()> {
        parallel::write(document.tickets, out, || {
            let mut reader = RowReader::new(document.columns);
            move |tickets, lines| {
                for ticket in tickets {
                    if document.columns.is_empty() {
                        write_ticket(*ticket, document.dates, lines)?;
                    } else {
                        reader.read(*ticket);
                        write_columns(&reader, document, lines)?;
                    }
                    lines.push(b'\n');
                }
                Ok(())
            }
        })
    }
}

fn write_columns(
    reader: &RowReader<'_>,
    document: &Document<'_>,
    line: &mut Vec<u8>,
) -> io::Result<()> {
    line.push(b'{');
    for (index, column) in document.columns.iter().enumerate() {
        let json = reader.json(index).unwrap_or("null");
        write_member(column.path(), json, column.is_date(), document.dates, line)?;
    }
    line.push(b'}');
    Ok(())
}

fn write_ticket(ticket: Ticket<'_>, dates: &DateFormatter, line: &mut Vec<u8>) -> io::Result<()> {
    if dates.style() == Style::AsSent {
        value::compact_into(ticket.bytes(), line);
        return Ok(());
    }
    line.push(b'{');
    let mut result = Ok(());
    value::each_member(ticket.json(), |key, json| {
        if result.is_ok() {
            let is_date = catalogue::find(key).is_some_and(|field| field.kind == FieldType::Date);
            result = write_member(key, json, is_date, dates, line);
        }
    });
    line.push(b'}');
    result
}

fn write_member(
    key: &str,
    json: &str,
    is_date: bool,
    dates: &DateFormatter,
    line: &mut Vec<u8>,
) -> io::Result<()> {
    if line.last() != Some(&b'{') {
        line.push(b',');
    }
    serde_json::to_writer(&mut *line, key)?;
    line.push(b':');
    match Value::new(json) {
        Value::Text(text) if is_date && dates.style() != Style::AsSent => {
            match &*dates.format(&text) {
                "" => line.extend_from_slice(b"null"),
                text => serde_json::to_writer(&mut *line, text)?,
            }
        }
        _ => value::compact_into(json.as_bytes(), line),
    }
    Ok(())
}
