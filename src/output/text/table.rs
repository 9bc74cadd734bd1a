//! `-o table`: aligned columns under their headings.

use std::borrow::Cow;
use std::io::{self, Write};

use clap::builder::styling::Style;
use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Width};

use crate::answer::RowReader;
use crate::ticket::column::Column;

use super::super::format::{Document, Format, HiddenColumns};
use super::super::{cell, hyperlink, parallel};
use super::record::Record;
use super::style::TextStyle;
use super::width::Alignment;
use super::{color, column_widths, heading, hidden_columns, width};

/// The blanks between two columns.
const GAP: usize = 2;
/// The widest line that comfy-table can lay out.
const MAX_WIDTH: usize = u16::MAX as usize;
/// The tickets that are laid out at once. More take more memory and no less time.
const BATCH: usize = 8;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Table {
    pub(crate) style: TextStyle,
    /// True if the columns are the default ones, some of which may be hidden.
    pub(crate) has_default_columns: bool,
}

impl Table {
    /// Returns the columns to print and their widths; `None` if no table fits.
    fn layout(&self, document: &Document<'_>) -> Option<(Vec<Column>, Vec<usize>)> {
        let mut columns = document.columns.to_vec();
        if let Some(width) = self.style.width.filter(|_| self.has_default_columns) {
            let hidden = hidden_columns::find(document, width, GAP)?;
            columns.retain(|column| !hidden.contains(&column.path()));
        }
        let widths = self.fit(&Document { columns: &columns, ..*document })?;
        Some((columns, widths))
    }

    /// Returns the widths of the columns, or `None` if no table fits.
    fn fit(&self, document: &Document<'_>) -> Option<Vec<usize>> {
        let sizes = column_widths::measure(document, |text| Cow::Borrowed(text));
        let gaps = sizes.len().saturating_sub(1) * GAP;
        let room = self.style.width.unwrap_or(MAX_WIDTH).min(MAX_WIDTH).checked_sub(gaps)?;
        if self.style.width.is_none() {
            let widths: Vec<usize> = sizes.iter().map(|size| size.full()).collect();
            return (widths.iter().sum::<usize>() <= room).then_some(widths);
        }
        let is_widest = |column: &Column| column.path() == hidden_columns::WIDEST;
        let widest = document.columns.iter().position(is_widest);
        let widest = widest.filter(|_| self.has_default_columns);
        column_widths::fit(&sizes, widest.or_else(|| column_widths::longest(&sizes)), room)
    }
}

impl Format for Table {
    fn hidden_columns(&self, document: &Document<'_>) -> Option<HiddenColumns> {
        let width = self.style.width.filter(|_| self.has_default_columns)?;
        let names = hidden_columns::find(document, width, GAP)?;
        let is_shown = names.is_empty() || document.tickets.is_empty();
        (!is_shown).then_some(HiddenColumns { names, width })
    }

    fn write(&self, document: &Document<'_>, out: &mut dyn Write) -> io::Result<()> {
        if document.tickets.is_empty() {
            return Ok(());
        }
        let style = self.style;
        let Some((columns, widths)) = self.layout(document) else {
            return Record(style).write(document, out);
        };
        let document = &Document { columns: &columns, ..*document };
        let columns = document.columns.iter().zip(widths);
        let cells = columns.map(|(column, width)| Alignment::new(column, width)).collect();
        let layout = Layout { style, document, cells };
        out.write_all(&layout.headings())?;
        parallel::write(document.tickets, out, || {
            let mut reader = RowReader::new(document.columns);
            let layout = &layout;
            move |tickets, lines| {
                for batch in tickets.chunks(BATCH) {
                    let rows = batch.iter().map(|ticket| {
                        reader.read(*ticket);
                        layout.row(&reader)
                    });
                    layout.write_rows(&rows.collect::<Vec<_>>(), lines);
                }
                Ok(())
            }
        })
    }
}

/// A cell's text, cut to its width.
struct Cell {
    text: String,
    style: Style,
    /// The address that the text links to.
    url: Option<String>,
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
        let row = |line: usize| -> Vec<Cell> {
            let part = |heading: &Vec<Cow<'_, str>>| {
                let index = (line + heading.len()).checked_sub(height);
                let text = index.map_or_else(String::new, |index| heading[index].to_string());
                Cell { text, style: color::BOLD, url: None }
            };
            headings.iter().map(part).collect()
        };
        let mut lines = Vec::new();
        self.write_rows(&(0..height).map(row).collect::<Vec<_>>(), &mut lines);
        if self.style.has_rule {
            let width: usize = self.cells.iter().map(|cell| cell.width + GAP).sum();
            lines.extend_from_slice(self.style.rule(width.saturating_sub(GAP)).as_bytes());
            lines.push(b'\n');
        }
        lines
    }

    /// Returns the row of the ticket in `reader`.
    fn row(&self, reader: &RowReader<'_>) -> Vec<Cell> {
        let cells = reader.values().zip(&self.cells).map(|((column, value), cell)| {
            let text = cell::visible_text(column, value, self.document.dates);
            let url = hyperlink::url(self.document, column, &text);
            let style = color::cell_style(column, &text);
            let text = width::cut(&text, cell.width, self.style.ellipsis()).into_owned();
            Cell { text, style, url }
        });
        cells.collect()
    }

    /// Appends a line for each of `rows`, without the blanks that fill its last cells.
    fn write_rows(&self, rows: &[Vec<Cell>], lines: &mut Vec<u8>) {
        // One row with a line for each of `rows` takes comfy-table less time than many rows.
        let texts = (0..self.cells.len()).map(|column| {
            let lines: Vec<&str> = rows.iter().map(|row| row[column].text.as_str()).collect();
            lines.join("\n")
        });
        let mut table = comfy_table::Table::new();
        table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Disabled);
        table.add_row(texts);
        for (column, cell) in table.column_iter_mut().zip(&self.cells) {
            let whole = u16::try_from(cell.width + GAP).unwrap_or(u16::MAX);
            column.set_padding((0, u16::try_from(GAP).unwrap_or_default()));
            column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(whole)));
            if cell.is_right {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        for (line, row) in table.lines().zip(rows) {
            let mut line = line.trim_end_matches(' ');
            if self.style.is_colored || self.document.urls.is_some() {
                // Only the finished line is styled, because comfy-table would measure a style.
                for cell in row.iter().filter(|cell| !cell.text.is_empty()) {
                    let Some((blanks, rest)) = line.split_once(&*cell.text) else { break };
                    lines.extend_from_slice(blanks.as_bytes());
                    lines.extend_from_slice(self.styled(cell).as_bytes());
                    line = rest;
                }
            }
            lines.extend_from_slice(line.as_bytes());
            lines.push(b'\n');
        }
    }

    fn styled<'c>(&self, cell: &'c Cell) -> Cow<'c, str> {
        match &cell.url {
            Some(url) => hyperlink::wrap(&cell.text, url).into(),
            None => self.style.paint(&cell.text, cell.style),
        }
    }
}
