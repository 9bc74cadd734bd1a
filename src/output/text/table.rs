//! `-o table`: aligned columns under their headings.

use std::borrow::Cow;
use std::io::{self, Write};

use crate::answer::RowReader;

use super::super::{Document, Format, cell, hyperlink, parallel};
use super::record::Record;
use super::style::TextStyle;
use super::width::Alignment;
use super::{color, column_widths, heading, width};

const GAP: usize = 2;
/// A limit for lines that nothing else limits: each is filled up to the widest one, so that
/// one enormous cell would take its size in every line.
const MAX_WIDTH: usize = 65_535;

#[derive(Clone, Copy, Debug)]
pub(in crate::output) struct Table(pub(in crate::output) TextStyle);

impl Format for Table {
    fn write(&self, document: &Document<'_>, out: &mut dyn Write) -> io::Result<()> {
        if document.tickets.is_empty() {
            return Ok(());
        }
        let Self(style) = *self;
        let Some(widths) = fit(document, style) else { return Record(style).write(document, out) };
        let columns = document.columns.iter().zip(widths);
        let cells = columns.map(|(column, width)| Alignment::new(column, width)).collect();
        let layout = Layout { style, document, cells };
        out.write_all(&layout.headings())?;
        parallel::write(document.tickets, out, || {
            let mut reader = RowReader::new(document.columns);
            let layout = &layout;
            move |tickets, lines| {
                for ticket in tickets {
                    reader.read(*ticket);
                    layout.write_row(&reader, lines);
                }
                Ok(())
            }
        })
    }
}

/// Returns the widths of the columns, or `None` if no table fits.
fn fit(document: &Document<'_>, style: TextStyle) -> Option<Vec<usize>> {
    let columns = column_widths::measure(document, |text| Cow::Borrowed(text));
    let gaps = columns.len().saturating_sub(1) * GAP;
    let room = style.width.unwrap_or(MAX_WIDTH).min(MAX_WIDTH).checked_sub(gaps)?;
    if style.width.is_some() {
        return column_widths::fit(&columns, room);
    }
    let widths: Vec<usize> = columns.iter().map(|column| column.full()).collect();
    (widths.iter().sum::<usize>() <= room).then_some(widths)
}

struct Layout<'a> {
    style: TextStyle,
    document: &'a Document<'a>,
    cells: Vec<Alignment>,
}

impl Layout<'_> {
    /// Returns the lines of the headings, broken ones aligned at the bottom, and the rule.
    fn headings(&self) -> Vec<u8> {
        let columns = self.document.columns.iter().zip(&self.cells);
        let headings: Vec<Vec<Cow<'_, str>>> = columns
            .map(|(column, cell)| heading::lines(column.path(), cell.width, self.style.ellipsis()))
            .collect();
        let height = headings.iter().map(Vec::len).max().unwrap_or_default();
        let mut lines = Vec::new();
        for line in 0..height {
            for (heading, cell) in headings.iter().zip(&self.cells) {
                let part = (line + heading.len()).checked_sub(height).map(|part| &*heading[part]);
                let bold =
                    part.map_or_else(Cow::default, |part| self.style.paint(part, color::BOLD));
                write_cell(&bold, width::of(part.unwrap_or_default()), *cell, &mut lines);
            }
            end_line(&mut lines);
        }
        if self.style.has_rule {
            let width: usize = self.cells.iter().map(|cell| cell.width + GAP).sum();
            lines.extend_from_slice(self.style.rule(width.saturating_sub(GAP)).as_bytes());
            lines.push(b'\n');
        }
        lines
    }

    /// Appends the row of the ticket in `reader`.
    fn write_row(&self, reader: &RowReader<'_>, lines: &mut Vec<u8>) {
        for ((column, value), cell) in reader.values().zip(&self.cells) {
            let text = cell::visible_text(column, value, self.document.dates);
            let cut = width::cut(&text, cell.width, self.style.ellipsis());
            let used = width::of(&cut);
            if let Some(url) = hyperlink::url(self.document, column, &text) {
                write_cell(&hyperlink::wrap(&cut, &url), used, *cell, lines);
            } else if self.style.is_colored {
                let style = color::cell_style(column, &text);
                write_cell(&self.style.paint(&cut, style), used, *cell, lines);
            } else {
                write_cell(&cut, used, *cell, lines);
            }
        }
        end_line(lines);
    }
}

fn write_cell(text: &str, used: usize, cell: Alignment, line: &mut Vec<u8>) {
    width::push_aligned(text, used, cell, line);
    width::push_blanks(GAP, line);
}

/// Ends a line, without the blanks that fill its last cells.
fn end_line(lines: &mut Vec<u8>) {
    while lines.last() == Some(&b' ') {
        lines.pop();
    }
    lines.push(b'\n');
}
