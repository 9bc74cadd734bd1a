//! `-o xlsx`: a workbook for Excel and other spreadsheets.
//!
//! A workbook is a zip file of XML. [`template`] has the crate `rust_xlsxwriter` make one without
//! tickets: styles, notes, filter, properties. It is copied to the output, and three parts of it
//! are filled in on the way: the sheet with its rows and links, their texts, and their addresses. So
//! the rows need no temporary file, as they would with the crate's own mode for large sheets, and
//! a text is escaped by this module alone. docs/decisions.md has the measurements.

mod cell;
mod column_widths;
mod limits;
mod shared_strings;
mod sheet;
mod template;
mod text;
mod xml;

use std::io::{self, Cursor, Read as _, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use crate::error::Result;

use super::format::{Document, Format};
use shared_strings::SharedStrings;
use sheet::Sheet;

pub(crate) use limits::LIMITS;

#[derive(Debug)]
pub(super) struct Xlsx;

/// The parts of the workbook that are filled in.
const SHEET: &str = "xl/worksheets/sheet1.xml";
const SHEET_RELATIONS: &str = "xl/worksheets/_rels/sheet1.xml.rels";
const SHARED_STRINGS: &str = "xl/sharedStrings.xml";
const NO_RELATIONS: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
    <Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
    </Relationships>";

impl Format for Xlsx {
    fn check(&self, document: &Document<'_>) -> Result<Vec<String>> {
        limits::check(document)
    }

    fn write(&self, document: &Document<'_>, out: &mut dyn Write) -> io::Result<()> {
        let mut out = FirstError { out, error: None };
        let written = write(document, limits::is_large(document), &mut out);
        out.error.map_or(written, Err)
    }
}

/// Writes the workbook, whose sheet and texts may be larger than 4 GiB if it `is_large`.
fn write(document: &Document<'_>, is_large: bool, out: &mut dyn Write) -> io::Result<()> {
    let template = template::create(document).map_err(io::Error::other)?;
    let mut template = ZipArchive::new(Cursor::new(template))?;
    let first_text = read(&mut template, SHARED_STRINGS)?.matches("<si>").count();
    let relations = read(&mut template, SHEET_RELATIONS).ok();
    let mut sheet = Sheet::new(document, SharedStrings::new(first_text));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(COMPRESSION_LEVEL))
        .last_modified_time(DateTime::default());
    let mut workbook = ZipWriter::new_stream(out);
    for index in 0..template.len() {
        let name = template.by_index(index)?.name()?.into_owned();
        if name == SHEET_RELATIONS {
            continue;
        }
        let part = read(&mut template, &name)?;
        let may_be_large = [SHEET, SHARED_STRINGS].contains(&name.as_str());
        workbook.start_file(name.as_str(), options.large_file(is_large && may_be_large))?;
        match name.as_str() {
            SHEET => sheet.write(&part, &mut workbook)?,
            SHARED_STRINGS => sheet.strings.write(&part, &mut workbook)?,
            _ => workbook.write_all(part.as_bytes())?,
        }
    }
    // The template has relations only if it has notes.
    if relations.is_some() || sheet.has_links() {
        workbook.start_file(SHEET_RELATIONS, options)?;
        sheet.write_relations(relations.as_deref().unwrap_or(NO_RELATIONS), &mut workbook)?;
    }
    workbook.finish()?;
    Ok(())
}

/// Higher levels take longer and save little: docs/decisions.md.
const COMPRESSION_LEVEL: i64 = 2;

/// Returns a part of the template, which is XML.
fn read(template: &mut ZipArchive<Cursor<Vec<u8>>>, name: &str) -> io::Result<String> {
    let mut part = String::new();
    template.by_name(name)?.read_to_string(&mut part)?;
    Ok(part)
}

/// Keeps the first error of `out` as it is, and writes nothing after it: `ZipWriter` would hide
/// it, and would report the next one on standard error when it is dropped.
struct FirstError<'a> {
    out: &'a mut dyn Write,
    error: Option<io::Error>,
}

impl Write for FirstError<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.error.is_some() {
            return Ok(bytes.len());
        }
        self.out.write(bytes).map_err(|error| {
            let kind = error.kind();
            if kind != io::ErrorKind::Interrupted {
                self.error = Some(error);
            }
            kind.into()
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use calamine::{Data, Reader as _};

    use super::*;
    use crate::answer::Ticket;
    use crate::ticket::column;
    use crate::ticket::date::{DateFormatter, Style};

    #[test]
    fn large_workbook_can_be_read() {
        let document = Document {
            answers: &[],
            tickets: &[Ticket::from_json("{\"TicketId\":839,\"Title\":\"a\"}")],
            columns: &column::summary()[..2],
            dates: &DateFormatter::new(Style::Short, None, chrono::DateTime::default()),
            urls: None,
            about: None,
        };
        let mut bytes = Vec::new();
        write(&document, true, &mut bytes).expect("memory takes it all");
        let mut workbook = calamine::Xlsx::new(Cursor::new(bytes)).expect("a workbook");
        let sheet = workbook.worksheet_range("Tickets").expect("a sheet");
        let row: Vec<&[Data]> = sheet.rows().skip(1).collect();
        assert_eq!(row, [[Data::Float(839.0), Data::String("a".to_owned())]]);
    }
}
