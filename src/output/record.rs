//! Records: a block a ticket, a line a field.

use std::io::{self, Write};

use crate::ticket::row::RowReader;

use super::beside::Beside;
use super::look::Look;
use super::{Format, Page, cell, paint, width};

/// `-o record`, and the table's way out where the terminal is too narrow.
#[derive(Clone, Copy, Debug)]
pub struct Record(pub Look);

impl Format for Record {
    fn write(&self, page: &Page<'_>, out: &mut dyn Write) -> io::Result<()> {
        let Self(look) = *self;
        let widths: Vec<usize> =
            page.columns.iter().map(|column| width::of(column.path())).collect();
        let beside = Beside::names(widths.iter().copied().max().unwrap_or(0), look);
        let mut reader = RowReader::new(page.columns);
        for (index, ticket) in page.tickets.iter().enumerate() {
            if index > 0 {
                out.write_all(b"\n")?;
            }
            reader.read(*ticket);
            for ((column, value), width) in reader.values().zip(&widths) {
                let text = cell::shown(column, value, page.dates);
                out.write_all(look.paint.bold(column.path()).as_bytes())?;
                beside.write(*width, &text, paint::style(column, &text), out)?;
            }
        }
        Ok(())
    }
}
