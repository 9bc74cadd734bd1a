//! Records: a block a ticket, a line a field.

use std::io::{self, Write};

use crate::ticket::row::RowReader;

use super::paint::{self, Paint};
use super::{Format, Page, cell, width};

/// `-o record`, and the table's way out where the terminal is too narrow. No box
/// characters, so that it reads well aloud.
#[derive(Clone, Copy, Debug)]
pub struct Record {
    /// The width to break long values at, in columns; none in a pipe.
    pub width: Option<usize>,
    /// Colour.
    pub paint: Paint,
}

/// Values narrower than this are not worth a column of their own beside the
/// names; they go below them.
const NARROWEST_VALUE: usize = 16;
const GAP: usize = 2;
const INDENT: usize = 2;

impl Format for Record {
    fn write(&self, page: &Page<'_>, out: &mut dyn Write) -> io::Result<()> {
        let names = page.columns.iter().map(|column| width::of(column.path())).max().unwrap_or(0);
        let start = names + GAP;
        let below = self.width.is_some_and(|width| width < start + NARROWEST_VALUE);
        let start = if below { INDENT } else { start };
        let room = self.width.map(|width| width.saturating_sub(start).max(1));
        let mut reader = RowReader::new(page.columns);
        for (index, ticket) in page.tickets.iter().enumerate() {
            if index > 0 {
                out.write_all(b"\n")?;
            }
            reader.read(*ticket);
            for (column, value) in reader.values() {
                let text = cell::shown(column, value, page.dates);
                let color = paint::color(column, &text).map_or("", paint::sequence);
                let lines = room.map_or_else(|| vec![&*text], |room| width::wrap(&text, room));
                self.write_name(column.path(), out)?;
                let mut used = width::of(column.path());
                for (index, line) in lines.iter().enumerate().filter(|(_, line)| !line.is_empty()) {
                    if below || index > 0 {
                        out.write_all(b"\n")?;
                        used = 0;
                    }
                    let indent = " ".repeat(start - used);
                    match (self.paint, color) {
                        (Paint::On, color) if !color.is_empty() => {
                            write!(out, "{indent}{color}{line}{}", paint::RESET)?;
                        }
                        _ => write!(out, "{indent}{line}")?,
                    }
                }
                out.write_all(b"\n")?;
            }
        }
        Ok(())
    }
}

impl Record {
    fn write_name(&self, name: &str, out: &mut dyn Write) -> io::Result<()> {
        match self.paint {
            Paint::On => write!(out, "{}{name}{}", paint::BOLD, paint::RESET),
            Paint::Off => out.write_all(name.as_bytes()),
        }
    }
}
