//! Records: a block a ticket, a line a field.

use std::io::{self, Write};

use crate::answer::RowReader;
use crate::answer::Ticket;

use super::definition_list::Beside;
use super::style::Look;
use super::{Format, Page, cell, color, hyperlink, parallel, width};

/// `-o record`, and the table's way out where the terminal is too narrow.
#[derive(Clone, Copy, Debug)]
pub struct Record(pub Look);

impl Format for Record {
    fn write(&self, page: &Page<'_>, out: &mut dyn Write) -> io::Result<()> {
        let Some((first, rest)) = page.tickets.split_first() else { return Ok(()) };
        let layout = Layout::of(page, self.0);
        let mut record = Vec::new();
        layout.record_into(*first, &mut RowReader::new(page.columns), &mut record)?;
        out.write_all(&record)?;
        parallel::write(rest, out, || {
            let mut reader = RowReader::new(page.columns);
            let layout = &layout;
            move |tickets, lines| {
                tickets.iter().try_for_each(|ticket| {
                    lines.push(b'\n');
                    layout.record_into(*ticket, &mut reader, lines)
                })
            }
        })
    }
}

/// How all the records of a page are laid out.
struct Layout<'a> {
    page: Page<'a>,
    look: Look,
    /// The widths of the columns' names.
    widths: Vec<usize>,
    beside: Beside,
}

impl<'a> Layout<'a> {
    fn of(page: &Page<'a>, look: Look) -> Self {
        let widths: Vec<usize> =
            page.columns.iter().map(|column| width::of(column.path())).collect();
        let beside = Beside::names(widths.iter().copied().max().unwrap_or(0), look);
        Self { page: *page, look, widths, beside }
    }

    /// Appends the record of `ticket`.
    fn record_into(
        &self,
        ticket: Ticket<'a>,
        reader: &mut RowReader<'a>,
        lines: &mut Vec<u8>,
    ) -> io::Result<()> {
        reader.read(ticket);
        for ((column, value), width) in reader.values().zip(&self.widths) {
            let text = cell::shown(column, value, self.page.dates);
            lines.extend_from_slice(self.look.paint.bold(column.path()).as_bytes());
            match hyperlink::url(&self.page, column, &text) {
                Some(url) => self.beside.write_link(*width, &text, &url, lines)?,
                None => self.beside.write(*width, &text, color::style(column, &text), lines)?,
            }
        }
        Ok(())
    }
}
