//! The table that a person reads.

use std::borrow::Cow;
use std::io::{self, Write};

use comfy_table::presets::NOTHING;
use comfy_table::{
    Attribute, Cell, CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, Table, Width,
};

use crate::ticket::column::Column;
use crate::ticket::field::FieldType;
use crate::ticket::row::RowReader;

use super::paint::{self, Paint};
use super::record::Record;
use super::{Format, Page, cell, width};

/// `-o table`: aligned columns under their headings.
#[derive(Clone, Copy, Debug)]
pub struct TableFormat {
    /// The width to keep to, in columns; none in a pipe, where nothing is cut.
    pub width: Option<usize>,
    /// A rule under the headings.
    pub rule: bool,
    /// Colour.
    pub paint: Paint,
}

/// Rows are laid out this many at a time, so that a long table costs no more
/// memory than a short one.
const CHUNK: usize = 500;
/// Between two columns, where there is room.
const GAP: usize = 2;
/// A line wider than this is beyond what the layout counts in.
const WIDEST: usize = u16::MAX as usize;

impl Format for TableFormat {
    fn write(&self, page: &Page<'_>, out: &mut dyn Write) -> io::Result<()> {
        if page.tickets.is_empty() {
            return Ok(());
        }
        let Some((widths, gap)) = self.fit(page) else {
            let record = Record { width: self.width, paint: self.paint };
            return record.write(page, out);
        };
        let layout = Layout { format: *self, columns: page.columns, widths, gap };
        let mut reader = RowReader::new(page.columns);
        for (index, tickets) in page.tickets.chunks(CHUNK).enumerate() {
            let mut table = layout.table(index == 0);
            for ticket in tickets {
                reader.read(*ticket);
                let cells = reader.values().enumerate().map(|(at, (column, value))| {
                    layout.cell(at, column, &cell::shown(column, value, page.dates))
                });
                table.add_row(cells.collect::<Vec<Cell>>());
            }
            layout.write(&table, out)?;
        }
        Ok(())
    }
}

impl TableFormat {
    /// The columns' widths and the gap between them; `None` where no table fits.
    fn fit(&self, page: &Page<'_>) -> Option<(Vec<usize>, usize)> {
        let needs = width::needs(page, |text| Cow::Borrowed(text));
        let may_cut: Vec<bool> = page.columns.iter().map(may_cut).collect();
        let gaps = page.columns.len().saturating_sub(1);
        let Some(room) = self.width else {
            // Nothing is cut here, so it fits or it does not.
            let widths: Vec<usize> = needs.iter().map(|need| need.whole()).collect();
            let fits = widths.iter().sum::<usize>() + gaps * GAP <= WIDEST;
            return fits.then_some((widths, GAP));
        };
        let room = room.min(WIDEST);
        [GAP, 1].into_iter().find_map(|gap| {
            let room = room.checked_sub(gaps * gap)?;
            Some((width::fit(&needs, &may_cut, room)?, gap))
        })
    }
}

/// Whether a narrow table may cut the column: texts, but no number and no date.
fn may_cut(column: &Column) -> bool {
    !matches!(column.kind(), Some(FieldType::Int | FieldType::Date | FieldType::Bool))
}

struct Layout<'a> {
    format: TableFormat,
    columns: &'a [Column],
    widths: Vec<usize>,
    gap: usize,
}

impl Layout<'_> {
    fn table(&self, with_header: bool) -> Table {
        let mut table = Table::new();
        // Whether there is a terminal was asked already.
        table.force_no_tty().set_content_arrangement(ContentArrangement::Disabled);
        if self.format.paint == Paint::On {
            table.enforce_styling();
        }
        table.load_style(NOTHING);
        if with_header {
            if self.format.rule {
                table.load_style(NOTHING.header_separator(LineStyle::none().fill('─')));
            }
            table.set_header(self.columns.iter().enumerate().map(|(at, column)| {
                let heading = Cell::new(width::cut(column.path(), self.widths[at]));
                if self.format.paint == Paint::On {
                    heading.add_attribute(Attribute::Bold)
                } else {
                    heading
                }
            }));
        } else {
            // The columns must exist before they can be told their width.
            table.set_header(vec![""; self.columns.len()]);
        }
        for (at, column) in table.column_iter_mut().enumerate() {
            let last = at + 1 == self.widths.len();
            let gap = if last { 0 } else { self.gap };
            let whole = u16::try_from(self.widths[at] + gap).unwrap_or(u16::MAX);
            column.set_padding((0, u16::try_from(gap).unwrap_or(1)));
            column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(whole)));
            if self.columns[at].kind() == Some(FieldType::Int) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        table
    }

    fn cell(&self, at: usize, column: &Column, text: &str) -> Cell {
        let cell = Cell::new(width::cut(text, self.widths[at]));
        match paint::color(column, text) {
            Some(color) if self.format.paint == Paint::On => cell.fg(color),
            _ => cell,
        }
    }

    fn write(&self, table: &Table, out: &mut dyn Write) -> io::Result<()> {
        for line in table.lines() {
            let (text, end) = without_fill(&line);
            writeln!(out, "{text}{end}")?;
        }
        Ok(())
    }
}

/// `line` without the blanks that fill its last cell, and the end of a style that
/// stood behind them.
fn without_fill(line: &str) -> (&str, &str) {
    const ENDS: [&str; 2] = ["\x1b[39m", "\x1b[0m"];
    let line = line.trim_end_matches(' ');
    let (text, end) = ENDS
        .iter()
        .find_map(|end| line.strip_suffix(end).map(|text| (text, *end)))
        .unwrap_or((line, ""));
    (text.trim_end_matches(' '), end)
}
