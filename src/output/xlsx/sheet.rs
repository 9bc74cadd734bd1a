//! The sheet of the tickets: its rows and its links.

use std::borrow::Cow;
use std::io::{self, Write};

use crate::answer::{RowReader, Ticket};

use super::super::format::Document;
use super::super::{hyperlink, parallel};
use super::cell::Cell;
use super::limits::link_column;
use super::shared_strings::SharedStrings;
use super::template::{DATE_STYLE, HEADING_STYLE, LINK_STYLE};
use super::xml::{flush_if_long, split_at};

/// The relationship of a sheet to the address of a link, up to its id.
const RELATIONSHIP: &str = "<Relationship \
    Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink\" \
    TargetMode=\"External\"";

/// The rows of the tickets, and what they need elsewhere in the workbook.
pub(super) struct Sheet<'a, 'd> {
    document: &'d Document<'a>,
    pub(super) strings: SharedStrings<'a>,
    /// The reference of each column, as in `BM7`.
    names: Vec<String>,
    /// The column whose cells are links.
    link_column: Option<usize>,
    /// The row and the ticket of each link.
    links: Vec<(usize, i32)>,
    /// The number of the last row.
    row: usize,
}

impl<'a, 'd> Sheet<'a, 'd> {
    pub(super) fn new(document: &'d Document<'a>, strings: SharedStrings<'a>) -> Self {
        Self {
            document,
            strings,
            names: (0..document.columns.len()).map(column_name).collect(),
            link_column: link_column(document),
            links: Vec::new(),
            row: 0,
        }
    }

    /// Writes the sheet, with the tickets in place of the rows of `template`.
    ///
    /// # Errors
    /// Those of `out`.
    pub(super) fn write(&mut self, template: &str, out: &mut dyn Write) -> io::Result<()> {
        let (start, rows) = split_at(template, "<sheetData")?;
        let (_, end) = split_at(rows, "</sheetData>")?;
        write!(out, "{start}<sheetData>")?;
        let mut heading = Vec::new();
        self.write_heading(&mut heading)?;
        out.write_all(&heading)?;
        let mut reader = RowReader::new(self.document.columns);
        parallel::write_in_order(self.document.tickets, out, |tickets, rows| {
            tickets.iter().try_for_each(|ticket| self.write_row(*ticket, &mut reader, rows))
        })?;
        // Links come before the margins in the order of the standard.
        let (before, after) = split_at(end, "<pageMargins")?;
        out.write_all(before.as_bytes())?;
        if let Some(column) = self.link_column.filter(|_| self.has_links()) {
            self.write_links(column, out)?;
        }
        out.write_all(after.as_bytes())
    }

    /// Returns whether a cell is a link, once the rows are written.
    pub(super) const fn has_links(&self) -> bool {
        !self.links.is_empty()
    }

    fn write_heading(&mut self, row: &mut Vec<u8>) -> io::Result<()> {
        self.row += 1;
        write!(row, "<row r=\"{}\">", self.row)?;
        for (index, column) in self.document.columns.iter().enumerate() {
            self.write_text(index, HEADING_STYLE, column.path().into(), row)?;
        }
        row.write_all(b"</row>")
    }

    fn write_row(
        &mut self,
        ticket: Ticket<'a>,
        reader: &mut RowReader<'a>,
        rows: &mut Vec<u8>,
    ) -> io::Result<()> {
        self.row += 1;
        write!(rows, "<row r=\"{}\">", self.row)?;
        reader.read(ticket);
        for (index, (column, value)) in reader.values().enumerate() {
            match Cell::new(column, value, self.document.dates) {
                Cell::Empty => {}
                Cell::Bool(value) => {
                    self.begin_cell(index, 0, rows)?;
                    write!(rows, " t=\"b\"><v>{}</v></c>", u8::from(value))?;
                }
                Cell::Number(number) => {
                    let style = self.link(index, number).map_or(0, |()| LINK_STYLE);
                    self.begin_cell(index, style, rows)?;
                    rows.extend_from_slice(b"><v>");
                    rows.extend_from_slice(number.as_bytes());
                    rows.extend_from_slice(b"</v></c>");
                }
                Cell::Date(days) => {
                    self.begin_cell(index, DATE_STYLE, rows)?;
                    write!(rows, "><v>{days}</v></c>")?;
                }
                Cell::Text(text) => {
                    let style = self.link(index, &text).map_or(0, |()| LINK_STYLE);
                    self.write_text(index, style, text, rows)?;
                }
            }
        }
        rows.extend_from_slice(b"</row>");
        Ok(())
    }

    fn begin_cell(&self, index: usize, style: usize, rows: &mut Vec<u8>) -> io::Result<()> {
        rows.extend_from_slice(b"<c r=\"");
        rows.extend_from_slice(self.names[index].as_bytes());
        rows.extend_from_slice(itoa::Buffer::new().format(self.row).as_bytes());
        rows.push(b'"');
        if style == 0 { Ok(()) } else { write!(rows, " s=\"{style}\"") }
    }

    fn write_text(
        &mut self,
        index: usize,
        style: usize,
        text: Cow<'a, str>,
        rows: &mut Vec<u8>,
    ) -> io::Result<()> {
        self.begin_cell(index, style, rows)?;
        match self.strings.number(text) {
            Ok(number) => {
                rows.extend_from_slice(b" t=\"s\"><v>");
                rows.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
                rows.extend_from_slice(b"</v></c>");
            }
            Err(text) => {
                rows.extend_from_slice(b" t=\"inlineStr\"><is>");
                super::text::write(&text, rows);
                rows.extend_from_slice(b"</is></c>");
            }
        }
        Ok(())
    }

    /// Notes the link of the cell in the column at `index`, if it is one.
    fn link(&mut self, index: usize, text: &str) -> Option<()> {
        let id = hyperlink::id(text).filter(|_| self.link_column == Some(index))?;
        self.links.push((self.row, id));
        Some(())
    }

    fn write_links(&self, column: usize, out: &mut dyn Write) -> io::Result<()> {
        let mut xml = Vec::from("<hyperlinks>");
        for (row, id) in &self.links {
            let (_, fragment) = self.url(*id);
            write!(xml, "<hyperlink ref=\"{}{row}\" r:id=\"ticket{row}\"", self.names[column])?;
            if !fragment.is_empty() {
                write!(xml, " location=\"{fragment}\"")?;
            }
            xml.extend_from_slice(b"/>");
            flush_if_long(&mut xml, out)?;
        }
        xml.extend_from_slice(b"</hyperlinks>");
        out.write_all(&xml)
    }

    /// Writes the relations of the sheet: those of `template`, and the addresses of the links.
    ///
    /// # Errors
    /// Those of `out`.
    pub(super) fn write_relations(&self, template: &str, out: &mut dyn Write) -> io::Result<()> {
        let (start, end) = split_at(template, "</Relationships>")?;
        let mut xml = Vec::from(start);
        for (row, id) in &self.links {
            let (address, _) = self.url(*id);
            write!(xml, "{RELATIONSHIP} Id=\"ticket{row}\" Target=\"{address}\"/>")?;
            flush_if_long(&mut xml, out)?;
        }
        xml.extend_from_slice(end.as_bytes());
        out.write_all(&xml)
    }

    /// Returns the address of a ticket and its fragment, escaped for an attribute.
    fn url(&self, id: i32) -> (String, String) {
        let url = self.document.urls.map(|urls| urls.url(id)).unwrap_or_default();
        // The template has no other character that is special in an attribute.
        let url = url.replace('&', "&amp;");
        match url.split_once('#') {
            Some((address, fragment)) => (address.to_owned(), fragment.to_owned()),
            None => (url, String::new()),
        }
    }
}

/// Returns the name of the column at `index`: A, Z, AA.
fn column_name(mut index: usize) -> String {
    let mut name = Vec::new();
    loop {
        name.push(char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"[index % 26]));
        if index < 26 {
            return name.iter().rev().collect();
        }
        index = index / 26 - 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_as_in_a_spreadsheet() {
        let names = [
            (0, "A"),
            (25, "Z"),
            (26, "AA"),
            (51, "AZ"),
            (52, "BA"),
            (701, "ZZ"),
            (702, "AAA"),
            (16_383, "XFD"),
        ];
        for (index, name) in names {
            assert_eq!(column_name(index), name);
        }
    }
}
