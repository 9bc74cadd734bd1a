//! The table that a person reads.

use std::borrow::Cow;
use std::io::{self, Write};

use comfy_table::presets::NOTHING;
use comfy_table::{Cell, CellAlignment, ColumnConstraint, ContentArrangement, Table, Width};

use crate::answer::RowReader;
use crate::answer::Ticket;
use crate::ticket::column::Column;
use crate::ticket::field::FieldType;

use super::color::{self, Paint, Style};
use super::record::Record;
use super::style::Look;
use super::{Format, Page, cell, heading, hyperlink, parallel, width};

/// `-o table`: aligned columns under their headings.
#[derive(Clone, Copy, Debug)]
pub struct TableFormat(pub Look);

/// Tickets are laid out this many at a time: in few it is the same memory that is used
/// again and again.
const TICKETS: usize = 8;
/// Between two columns.
const GAP: usize = 2;
/// A line wider than this is beyond what the layout counts in.
const WIDEST: usize = u16::MAX as usize;

impl Format for TableFormat {
    fn write(&self, page: &Page<'_>, out: &mut dyn Write) -> io::Result<()> {
        if page.tickets.is_empty() {
            return Ok(());
        }
        let Self(look) = *self;
        if look.paint == Paint::On {
            // What paints the cells would look at NO_COLOR again, which an option may have
            // overruled.
            crossterm::style::force_color_output(true);
        }
        let Some(widths) = fit(page, look) else { return Record(look).write(page, out) };
        let layout = Layout { look, columns: page.columns, widths };
        let mut headings = Vec::new();
        layout.lines_into(layout.headings(), &[], &mut headings)?;
        if look.rule {
            writeln!(headings, "{}", layout.rule())?;
        }
        out.write_all(&headings)?;
        parallel::write(page.tickets, out, || {
            let mut reader = RowReader::new(page.columns);
            let layout = &layout;
            move |tickets, lines| {
                tickets.chunks(TICKETS).try_for_each(|tickets| {
                    let mut links = Vec::new();
                    let rows: Vec<Vec<Cell>> = tickets
                        .chunks(layout.tickets_in_row())
                        .map(|tickets| layout.row(tickets, &mut reader, page, &mut links))
                        .collect();
                    layout.lines_into(rows, &links, lines)
                })
            }
        })
    }
}

/// The columns' widths; `None` where no table fits.
fn fit(page: &Page<'_>, look: Look) -> Option<Vec<usize>> {
    let needs = width::needs(page, |text| Cow::Borrowed(text));
    let gaps = page.columns.len().saturating_sub(1) * GAP;
    let Some(room) = look.width else {
        // Nothing is cut here, so it fits or it does not.
        let widths: Vec<usize> = needs.iter().map(|need| need.whole()).collect();
        return (widths.iter().sum::<usize>() + gaps <= WIDEST).then_some(widths);
    };
    let broken: Vec<usize> =
        page.columns.iter().map(|column| heading::least(column.path())).collect();
    let may_cut: Vec<bool> = page.columns.iter().map(may_cut).collect();
    width::fit(&needs, &broken, &may_cut, room.min(WIDEST).checked_sub(gaps)?)
}

/// Whether a narrow table may cut the column: texts, but no number and no date.
fn may_cut(column: &Column) -> bool {
    !matches!(column.kind(), Some(FieldType::Int | FieldType::Date | FieldType::Bool))
}

/// The link of a line.
struct Link {
    /// The column at which its text starts.
    start: usize,
    text: String,
    url: String,
}

struct Layout<'a> {
    look: Look,
    columns: &'a [Column],
    widths: Vec<usize>,
}

impl Layout<'_> {
    /// The lines of the headings. Those that had to be broken end with the others.
    fn headings(&self) -> Vec<Vec<Cell>> {
        let headings: Vec<Vec<Cow<'_, str>>> = self
            .columns
            .iter()
            .zip(&self.widths)
            .map(|(column, width)| heading::lines(column.path(), *width, self.look.ellipsis()))
            .collect();
        let height = headings.iter().map(Vec::len).max().unwrap_or_default();
        let row = |line: usize| -> Vec<Cell> {
            let part = |heading: &Vec<Cow<'_, str>>| {
                let at = (line + heading.len()).checked_sub(height);
                match at.and_then(|at| heading.get(at)) {
                    Some(part) => self.styled(Cell::new(part), Some(Style::Bold)),
                    None => Cell::new(""),
                }
            };
            headings.iter().map(part).collect()
        };
        (0..height).map(row).collect()
    }

    /// The rule below the headings, over all the columns.
    fn rule(&self) -> String {
        let gaps = self.widths.len().saturating_sub(1) * GAP;
        self.look.line(self.widths.iter().sum::<usize>() + gaps)
    }

    /// How many tickets make a row of the layout, a line of its cells each. The more, the
    /// quicker; but all lines of a cell have one style.
    fn tickets_in_row(&self) -> usize {
        if self.look.paint == Paint::On { 1 } else { TICKETS }
    }

    /// The row of `tickets`. The links of its lines are appended to `links`.
    fn row<'t>(
        &self,
        tickets: &[Ticket<'t>],
        reader: &mut RowReader<'t>,
        page: &Page<'_>,
        links: &mut Vec<Option<Link>>,
    ) -> Vec<Cell> {
        let mut texts = vec![(String::new(), None); self.widths.len()];
        for (line, ticket) in tickets.iter().enumerate() {
            reader.read(*ticket);
            let mut link = None;
            for (at, (column, value)) in reader.values().enumerate() {
                let text = cell::shown(column, value, page.dates);
                if let Some(url) = hyperlink::url(page, column, &text) {
                    let start = self.end(at).saturating_sub(text.len());
                    link = Some(Link { start, text: text.to_string(), url });
                }
                let (lines, style) = &mut texts[at];
                if line > 0 {
                    lines.push('\n');
                }
                lines.push_str(&width::cut(&text, self.widths[at], self.look.ellipsis()));
                *style = color::style(column, &text);
            }
            links.push(link);
        }
        texts.into_iter().map(|(lines, style)| self.styled(Cell::new_owned(lines), style)).collect()
    }

    fn styled(&self, cell: Cell, style: Option<Style>) -> Cell {
        match style {
            Some(style) if self.look.paint == Paint::On => style.of_cell(cell),
            _ => cell,
        }
    }

    /// The column of the terminal at which the content of the column `at` ends.
    fn end(&self, at: usize) -> usize {
        self.widths[..=at].iter().sum::<usize>() + at * GAP
    }

    /// Appends the lines of `rows`, aligned, with the link of each.
    fn lines_into(
        &self,
        rows: impl IntoIterator<Item = Vec<Cell>>,
        links: &[Option<Link>],
        lines: &mut Vec<u8>,
    ) -> io::Result<()> {
        let mut table = Table::new();
        // Whether there is a terminal was asked already.
        table.force_no_tty().set_content_arrangement(ContentArrangement::Disabled);
        if self.look.paint == Paint::On {
            table.enforce_styling().style_text_only();
        }
        table.load_style(NOTHING).add_rows(rows);
        for (at, column) in table.column_iter_mut().enumerate() {
            let last = at + 1 == self.widths.len();
            let gap = if last { 0 } else { GAP };
            let whole = u16::try_from(self.widths[at] + gap).unwrap_or(u16::MAX);
            column.set_padding((0, u16::try_from(gap).unwrap_or(1)));
            column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(whole)));
            if self.columns[at].kind() == Some(FieldType::Int) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        // The blanks that fill the last cell are nothing to read.
        for (at, line) in table.lines().enumerate() {
            let line = line.trim_end_matches(' ');
            match links.get(at) {
                Some(Some(Link { start, text, url })) => {
                    writeln!(lines, "{}", hyperlink::in_line(line, *start, text, url))?;
                }
                _ => writeln!(lines, "{line}")?,
            }
        }
        Ok(())
    }
}
