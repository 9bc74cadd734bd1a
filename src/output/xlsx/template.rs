//! The workbook without its tickets, made by the crate `rust_xlsxwriter`.

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, IgnoreError, Note, Url, Workbook, Worksheet, XlsxError,
};

use crate::clock::format_utc;
use crate::ticket::catalogue;

use super::super::format::Document;
use super::column_widths;
use super::limits::link_column;

/// The styles of cells. The crate numbers them in the order in which they are used; 0 is none,
/// and the first is that of links.
pub(super) const LINK_STYLE: usize = 1;
pub(super) const HEADING_STYLE: usize = 2;
pub(super) const DATE_STYLE: usize = 3;
/// The address of the only link of the template, and its id with quotes.
pub(super) const LINK: &str = "https://ticket.invalid/";
pub(super) const LINK_ID: &str = "\"rId1\"";

/// The number of the paper size.
const A4: u8 = 9;
/// The digits that are still legible if they are as wide as a page across.
const PAGE_WIDTH: usize = 200;

/// The facts in the sheet `About`, each a label and a text.
type Facts = Vec<(&'static str, String)>;

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
    if let Some(column) = link_column(document).and_then(|column| u16::try_from(column).ok()) {
        sheet.write_url_with_format(1, column, Url::new(LINK).set_text(" "), &link)?;
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
    for (row, (name, text)) in (0..).zip(facts(document)) {
        sheet.write_string_with_format(row, 0, name, &label)?;
        sheet.write_string(row, 1, text)?;
    }
    Ok(())
}

fn facts(document: &Document<'_>) -> Facts {
    /// The ids in a cell, which can be read without scrolling, and the cells at most.
    const IDS: usize = 12;
    const CELLS: usize = 1000;
    let dates = if document.dates.converts() {
        "in this time zone; a date that came without an offset is as it was sent"
    } else {
        "the time of the clock as the server sent it, without the offset"
    };
    let mut facts = vec![
        ("Program", concat!("sotickets ", env!("CARGO_PKG_VERSION")).to_owned()),
        ("Tickets", document.tickets.len().to_string()),
        ("Dates", dates.to_owned()),
    ];
    let Some(about) = document.about else { return facts };
    let missing = about.missing.len() + about.missing_unnamed;
    facts.extend([
        ("Time zone", about.zone.clone()),
        ("Language", about.language.to_owned()),
        ("Fetched", format_utc(about.time)),
        ("From", about.server.to_owned()),
        ("Missing", if missing == 0 { "none".to_owned() } else { missing.to_string() }),
    ]);
    facts.extend(about.missing.chunks(IDS.max(about.missing.len().div_ceil(CELLS))).map(|ids| {
        let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
        ("", ids.join(", "))
    }));
    facts
}
