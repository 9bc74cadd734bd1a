//! The table of the tickets.
//!
//! A browser takes many seconds to lay out a large table. The rows of a large one are boxes of
//! their own, with columns of fixed widths, and are laid out where they come into view. Roles tell
//! screen readers that they are a table.

use std::io::{self, Write};

use crate::answer::{RowReader, Value};
use crate::output::format::Document;
use crate::output::text::column_widths::{self, ColumnSize};
use crate::output::text::heading;
use crate::output::{cell, hyperlink, parallel};
use crate::ticket::catalogue;
use crate::ticket::column::{Column, TICKET_ID};
use crate::ticket::field::FieldType;

use super::escape::Escaped;

/// More cells than this make a table large.
const MAX_PLAIN_CELLS: usize = 12_000;
/// The widths of the columns of a large table, in characters.
const MIN_WIDTH: usize = 6;
const MAX_WIDTH: usize = 36;
/// Texts that are longer than this, in characters, keep a comfortable width.
const LONG: usize = 28;
/// The width that a heading needs for the sign of its order.
const ORDER_SIGN: usize = 3;
/// The width of the space around a cell.
const PADDING: usize = 3;

pub(super) struct Table<'d> {
    document: &'d Document<'d>,
    sizes: Vec<ColumnSize>,
    is_large: bool,
}

impl<'d> Table<'d> {
    pub(super) fn new(document: &'d Document<'d>) -> Self {
        let cells = document.tickets.len() * document.columns.len();
        let sizes = column_widths::measure(document, |text| text.into());
        Self { document, sizes, is_large: cells > MAX_PLAIN_CELLS }
    }

    /// Returns the style of the columns of a large table.
    pub(super) fn style(&self) -> Option<String> {
        if !self.is_large {
            return None;
        }
        let width = |size: &ColumnSize| {
            let heading = size.broken_heading + ORDER_SIGN;
            size.content.max(heading).clamp(MIN_WIDTH, MAX_WIDTH) + PADDING
        };
        let widths: Vec<usize> = self.sizes.iter().map(width).collect();
        let tracks: Vec<String> =
            widths.iter().map(|width| format!("minmax({width}ch,{width}fr)")).collect();
        let (sum, tracks) = (widths.iter().sum::<usize>(), tracks.join(" "));
        Some(format!(
            "@media screen{{.large{{width:max(100%,{sum}ch)}}\
             .large tr{{grid-template-columns:{tracks}}}}}"
        ))
    }

    /// Writes the table with its filter, which the script shows.
    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.document.tickets.is_empty() {
            return Ok(());
        }
        let columns = self.document.columns;
        let is_pinned = columns.first().is_some_and(|column| column.path() == TICKET_ID);
        let large = if self.is_large { " large" } else { "" };
        let pinned = if is_pinned { " pinned" } else { "" };
        write!(
            out,
            "<section class=\"tickets\" aria-label=\"Tickets\">\n\
             <form role=\"search\" hidden><label>Filter <input type=\"search\" \
             autocomplete=\"off\"></label> <output></output></form>\n\
             <div class=\"scroll\" role=\"region\" aria-label=\"Table of tickets\" tabindex=\"0\">\n\
             <table class=\"list{large}{pinned}\"{}><thead{}><tr{}>",
            self.role("table"),
            self.role("rowgroup"),
            self.role("row")
        )?;
        let sizes = columns.iter().zip(&self.sizes);
        sizes.into_iter().try_for_each(|(column, size)| self.write_heading(column, *size, out))?;
        writeln!(out, "</tr></thead>\n<tbody{}>", self.role("rowgroup"))?;
        self.write_rows(out)?;
        writeln!(out, "</table></div>\n</section>")
    }

    fn role(&self, role: &str) -> String {
        if self.is_large { format!(" role=\"{role}\"") } else { String::new() }
    }

    fn write_heading(
        &self,
        column: &Column,
        size: ColumnSize,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let path = column.path();
        let field = catalogue::find(path);
        let class = class(column, size);
        let meaning = field.map_or("", |field| field.meaning);
        write!(
            out,
            "<th scope=\"col\"{} class=\"{class}\" title=\"{}\">",
            self.role("columnheader"),
            Escaped(meaning)
        )?;
        let (first, second) = heading::halves(path);
        write!(out, "{}", Escaped(first))?;
        if !second.is_empty() {
            write!(out, "<wbr>{}", Escaped(second))?;
        }
        match field.and_then(|field| field.unit) {
            Some(unit) => write!(out, " <small>{unit}</small>"),
            None => Ok(()),
        }
    }

    fn write_rows(&self, out: &mut dyn Write) -> io::Result<()> {
        let document = self.document;
        let row_start = format!("<tr{}>", self.role("row"));
        let start = |(column, size): (&Column, &ColumnSize)| match class(column, *size) {
            class @ ("number" | "long") => format!("<td{} class=\"{class}\">", self.role("cell")),
            _ => format!("<td{}>", self.role("cell")),
        };
        let starts: Vec<String> = document.columns.iter().zip(&self.sizes).map(start).collect();
        parallel::write(document.tickets, out, || {
            let mut reader = RowReader::new(document.columns);
            let (row_start, starts) = (&row_start, &starts);
            move |tickets, lines| {
                for ticket in tickets {
                    reader.read(*ticket);
                    lines.extend_from_slice(row_start.as_bytes());
                    for ((column, value), start) in reader.values().zip(starts) {
                        lines.extend_from_slice(start.as_bytes());
                        write_cell(document, column, value, lines)?;
                    }
                    lines.extend_from_slice(b"</tr>\n");
                }
                Ok(())
            }
        })
    }
}

/// Returns the class of a heading and its cells. The script sorts by it.
fn class(column: &Column, size: ColumnSize) -> &'static str {
    match column.kind() {
        Some(FieldType::Int) => "number",
        Some(FieldType::Date) => "date",
        _ if size.content > LONG => "long",
        _ => "text",
    }
}

fn write_cell(
    document: &Document<'_>,
    column: &Column,
    value: Value<'_>,
    line: &mut Vec<u8>,
) -> io::Result<()> {
    let moment = match &value {
        Value::Text(text) if column.is_date() => document.dates.moment(text),
        _ => None,
    };
    let text = cell::visible_text(column, value, document.dates);
    if let Some(moment) = moment {
        return write!(line, "<time datetime=\"{}\">{}</time>", moment.to_html(), Escaped(&text));
    }
    match hyperlink::url(document, column, &text) {
        Some(url) => write!(line, "<a href=\"{}\">{}</a>", Escaped(&url), Escaped(&text)),
        None => write!(line, "{}", Escaped(&text)),
    }
}
