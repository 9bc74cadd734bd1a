//! `-o record`: a block per ticket, a line per field.

use std::io::{self, Write};

use crate::answer::RowReader;
use crate::answer::Ticket;

use super::super::format::{Document, Format};
use super::super::{cell, hyperlink, parallel};
use super::definition_list::DefinitionList;
use super::style::TextStyle;
use super::{color, width};

/// Also prints a table that the terminal is too narrow for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record(pub(crate) TextStyle);

impl Format for Record {
    fn write(&self, document: &Document<'_>, out: &mut dyn Write) -> io::Result<()> {
        let Some((first, rest)) = document.tickets.split_first() else { return Ok(()) };
        let layout = Layout::new(document, self.0);
        let mut record = Vec::new();
        layout.write_record(*first, &mut RowReader::new(document.columns), &mut record);
        out.write_all(&record)?;
        parallel::write(rest, out, || {
            let mut reader = RowReader::new(document.columns);
            let layout = &layout;
            move |tickets, lines| {
                for ticket in tickets {
                    lines.push(b'\n');
                    layout.write_record(*ticket, &mut reader, lines);
                }
                Ok(())
            }
        })
    }
}

struct Layout<'a> {
    document: &'a Document<'a>,
    style: TextStyle,
    /// The widths of the columns' names.
    widths: Vec<usize>,
    list: DefinitionList,
}

impl<'a> Layout<'a> {
    fn new(document: &'a Document<'a>, style: TextStyle) -> Self {
        let widths: Vec<usize> =
            document.columns.iter().map(|column| width::measure(column.path())).collect();
        let list = DefinitionList::new(widths.iter().copied().max().unwrap_or(0), style);
        Self { document, style, widths, list }
    }

    fn write_record(&self, ticket: Ticket<'a>, reader: &mut RowReader<'a>, lines: &mut Vec<u8>) {
        reader.read(ticket);
        for ((column, value), width) in reader.values().zip(&self.widths) {
            let text = cell::visible_text(column, value, self.document.dates);
            lines.extend_from_slice(self.style.paint(column.path(), color::BOLD).as_bytes());
            match hyperlink::url(self.document, column, &text) {
                Some(url) => self.list.write_link(*width, &text, &url, lines),
                None => self.list.write(*width, &text, color::cell_style(column, &text), lines),
            }
        }
    }
}
