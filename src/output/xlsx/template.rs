//! The workbook without its tickets, made by the crate `rust_xlsxwriter`.

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, IgnoreError, Note, Workbook, Worksheet,
    XlsxError,
};

use crate::clock::format_utc;
use crate::ticket::catalogue;

use super::super::format::Document;
use super::column_widths;
use super::text;

/// The styles of cells. The crate numbers them in the order in which they are used; 0 is none,
/// and the first is that of links.
pub(super) const LINK_STYLE: usize = 1;
pub(super) const HEADING_STYLE: usize = 2;
pub(super) const DATE_STYLE: usize = 3;

/// The number of the paper size.
const A4: u8 = 9;
/// The digits that are still legible if they are as wide as a page across.
const PAGE_WIDTH: usize = 200;

/// A fact in the sheet `About`.
enum Fact {
    Count(usize),
    /// A text, which is cut to what a cell holds.
    Text(String),
}

/// Returns the workbook of `document`, with one sheet that has no tickets yet, and one about the
/// call.
///
/// # Errors
/// None: all that can be wrong was checked before.
pub(super) fn create(document: &Document<'_>) -> Result<Vec<u8>, XlsxError> {
    let time = document.about.map(|about| about.time).unwrap_or_default();
    let created = ExcelDateTime::from_timestamp(time.timestamp())?;
    let properties = DocProperties::new().set_title("Tickets").set_creation_datetime(&created);
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties);
    add_tickets(workbook.add_worksheet(), document)?;
    add_about(workbook.add_worksheet(), document)?;
    workbook.save_to_buffer()
}

/// Fills in the sheet of the tickets, but for their cells.
fn add_tickets(sheet: &mut Worksheet, document: &Document<'_>) -> Result<(), XlsxError> {
    let heading = Format::new().set_bold();
    let date = Format::new().set_num_format("yyyy-mm-dd hh:mm");
    let link = Format::new().set_hyperlink();
    sheet.set_name("Tickets")?;
    for style in [&link, &heading, &date] {
        sheet.write_blank(0, 0, style)?;
    }
    let last_row =
        u32::try_from(document.tickets.len()).map_err(|_| XlsxError::RowColumnLimitError)?;
    let columns =
        u16::try_from(document.columns.len()).map_err(|_| XlsxError::RowColumnLimitError)?;
    let last_column = columns.saturating_sub(1);
    // It is the last cell of the sheet.
    sheet.write_blank(last_row, last_column, &heading)?;
    sheet.set_freeze_panes(1, 0)?;
    sheet.autofilter(0, 0, last_row, last_column)?;
    sheet.ignore_error_range(0, 0, last_row, last_column, IgnoreError::NumberStoredAsText)?;
    sheet.set_landscape().set_paper_size(A4).set_repeat_rows(0, 0)?;
    let widths = column_widths::measure(document);
    if widths.iter().sum::<usize>() <= PAGE_WIDTH {
        sheet.set_print_fit_to_pages(1, 0);
    }
    for (column, width) in (0..columns).zip(widths) {
        sheet.set_column_width(column, u32::try_from(width).unwrap_or(u32::MAX))?;
    }
    for (index, column) in (0..columns).zip(document.columns) {
        if let Some(unit) = catalogue::find(column.path()).and_then(|field| field.unit) {
            let note = Note::new(format!("in {unit}")).add_author_prefix(false);
            sheet.insert_note(0, index, &note)?;
        }
    }
    Ok(())
}

/// Fills in the sheet about the call.
fn add_about(sheet: &mut Worksheet, document: &Document<'_>) -> Result<(), XlsxError> {
    let label = Format::new().set_bold();
    sheet.set_name("About")?;
    sheet.set_column_width(0, 14)?;
    sheet.set_column_width(1, 62)?;
    sheet.set_paper_size(A4).set_print_fit_to_pages(1, 0);
    let left = Format::new().set_align(FormatAlign::Left);
    let mut last_row = 0;
    for (row, (name, fact)) in (0..).zip(facts(document)) {
        sheet.write_string_with_format(row, 0, name, &label)?;
        match fact {
            Fact::Count(count) => {
                let count = u32::try_from(count).unwrap_or(u32::MAX);
                sheet.write_number_with_format(row, 1, count, &left)?
            }
            Fact::Text(text) => sheet.write_string(row, 1, text::fit(text.into()))?,
        };
        last_row = row;
    }
    // A zone or a list of ids can be a single number.
    sheet.ignore_error_range(0, 1, last_row, 1, IgnoreError::NumberStoredAsText)?;
    Ok(())
}

/// Returns the facts about the call with their labels.
fn facts(document: &Document<'_>) -> Vec<(&'static str, Fact)> {
    /// The ids in a cell, which can be read without scrolling, and the cells at most.
    const IDS: usize = 12;
    const CELLS: usize = 1000;
    let dates = if document.dates.converts() {
        "in this time zone; a date that came without an offset is as it was sent"
    } else {
        "the time of the clock as the server sent it, without the offset"
    };
    let text = |text: &str| Fact::Text(text.to_owned());
    let mut facts = vec![
        ("Program", text(concat!("sotickets ", env!("CARGO_PKG_VERSION")))),
        ("Tickets", Fact::Count(document.tickets.len())),
        ("Dates", text(dates)),
    ];
    let Some(about) = document.about else { return facts };
    facts.extend([
        ("Time zone", text(&about.zone)),
        ("Language", text(about.language)),
        ("Fetched", Fact::Text(format_utc(about.time))),
        ("Server", text(about.server)),
        ("Missing", Fact::Count(about.missing_count())),
    ]);
    facts.extend(about.missing.chunks(IDS.max(about.missing.len().div_ceil(CELLS))).map(|ids| {
        let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
        ("", Fact::Text(ids.join(", ")))
    }));
    facts
}
