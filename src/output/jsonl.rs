//! JSON lines: a compact ticket a line.

use std::io::{self, Write};

use crate::answer::RowReader;
use crate::answer::Ticket;
use crate::answer::value::{self, Value};
use crate::ticket::catalogue;
use crate::ticket::date::{Dates, Style};
use crate::ticket::field::FieldType;

use super::{Format, Page, parallel};

/// `-o jsonl`. Numbers keep their text, keys their order.
#[derive(Debug)]
pub struct Jsonl {
    /// Only the columns, each under its own path.
    pub selected: bool,
}

impl Format for Jsonl {
    fn write(&self, page: &Page<'_>, out: &mut dyn Write) -> io::Result<()> {
        parallel::write(page.tickets, out, || {
            let mut reader = RowReader::new(page.columns);
            move |tickets, lines| {
                for ticket in tickets {
                    if self.selected {
                        reader.read(*ticket);
                        columns_into(&reader, page, lines)?;
                    } else {
                        ticket_into(*ticket, page.dates, lines)?;
                    }
                    lines.push(b'\n');
                }
                Ok(())
            }
        })
    }
}

fn columns_into(reader: &RowReader<'_>, page: &Page<'_>, line: &mut Vec<u8>) -> io::Result<()> {
    line.push(b'{');
    for (index, column) in page.columns.iter().enumerate() {
        if index > 0 {
            line.push(b',');
        }
        serde_json::to_writer(&mut *line, column.path())?;
        line.push(b':');
        value_into(reader.json(index).unwrap_or("null"), column.is_date(), page.dates, line)?;
    }
    line.push(b'}');
    Ok(())
}

fn ticket_into(ticket: Ticket<'_>, dates: &Dates, line: &mut Vec<u8>) -> io::Result<()> {
    if dates.style() == Style::AsSent {
        value::compact_into(ticket.bytes(), line);
        return Ok(());
    }
    line.push(b'{');
    let mut result = Ok(());
    value::each_member(ticket.json(), |key, json| {
        if result.is_ok() {
            result = member_into(key, json, dates, line);
        }
    });
    line.push(b'}');
    result
}

fn member_into(key: &str, json: &str, dates: &Dates, line: &mut Vec<u8>) -> io::Result<()> {
    if line.last() != Some(&b'{') {
        line.push(b',');
    }
    serde_json::to_writer(&mut *line, key)?;
    line.push(b':');
    let is_date = catalogue::find(key).is_some_and(|field| field.kind == FieldType::Date);
    value_into(json, is_date, dates, line)
}

fn value_into(json: &str, is_date: bool, dates: &Dates, line: &mut Vec<u8>) -> io::Result<()> {
    match Value::new(json) {
        Value::Text(text) if is_date && dates.style() != Style::AsSent => {
            match &*dates.show(&text) {
                "" => line.extend_from_slice(b"null"),
                shown => serde_json::to_writer(&mut *line, shown)?,
            }
        }
        _ => value::compact_into(json.as_bytes(), line),
    }
    Ok(())
}
