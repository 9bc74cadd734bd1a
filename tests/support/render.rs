//! Formats an answer by the library itself.

use sotickets::answer::{Expected, ParallelParser};
use sotickets::output::{Document, Format, FormatOptions, OutputFormat, TextStyle};
use sotickets::ticket::column::{self, Column};
use sotickets::ticket::date::{DateFormatter, Style};
use sotickets::ticket::reconcile::reconcile;

/// The columns of a `--select`, whatever their names.
pub fn columns(list: &str) -> Vec<Column> {
    column::parse(&[list], true).expect("names")
}

/// The moment that relative dates count from.
pub fn now() -> chrono::DateTime<chrono::Utc> {
    "2026-03-29T12:00:00Z".parse().expect("a moment")
}

/// Returns `answer`, an array of tickets, in `format`; `None` if it is none.
pub fn page(
    answer: &[u8],
    columns: &[Column],
    style: Style,
    format: &dyn Format,
) -> Option<Vec<u8>> {
    let tickets = ParallelParser::new(columns, Expected::ANY).finish(answer).ok()?;
    let listed = reconcile(&[], tickets.entries()).tickets;
    let dates = DateFormatter::new(style, None, now());
    let document = Document {
        answers: &[answer],
        tickets: &listed,
        columns,
        dates: &dates,
        urls: None,
        about: None,
    };
    let mut out = Vec::new();
    format.write(&document, &mut out).expect("memory takes it all");
    Some(out)
}

/// The same as text.
pub fn text(answer: &str, columns: &[Column], format: &dyn Format) -> String {
    let bytes = page(answer.as_bytes(), columns, Style::Short, format).expect("tickets");
    String::from_utf8(bytes).expect("UTF-8")
}

/// A format for a terminal of this `width`; for a pipe without one.
pub fn format(format: OutputFormat, width: Option<usize>, is_colored: bool) -> Box<dyn Format> {
    let has_rule = width.is_some();
    let style = TextStyle { width, has_rule, is_colored, ..TextStyle::default() };
    format.create(&FormatOptions { style, ..FormatOptions::default() })
}
