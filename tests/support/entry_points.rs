//! Entry points for text from outside: each function takes any bytes and panics if a promise is
//! broken. Fuzzing and an ordinary test call them.

use std::io::{self, Read as _};

use chrono::{DateTime, Utc};
use clap::ValueEnum as _;
use sotickets::answer::xml;
use sotickets::answer::{Expected, ParallelParser};
use sotickets::api::endpoint;
use sotickets::api::error_body;
use sotickets::error::Error;
use sotickets::output::{Document, FormatOptions, OutputFormat, SeparatedOptions, TextStyle};
use sotickets::secret::mask::Mask;
use sotickets::ticket::column::{self, Column};
use sotickets::ticket::date::{DateFormatter, Style};
use sotickets::ticket::ids::{IdList, TicketId, read_input};
use sotickets::ticket::reconcile::reconcile;

const STYLES: [Style; 4] = [Style::AsSent, Style::Iso, Style::Short, Style::Relative];

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_774_785_600, 0).expect("a moment")
}

fn assert_harmless(text: &str) {
    let drives = |c: char| {
        (c.is_control() && c != '\n')
            || ('\u{2028}'..='\u{202e}').contains(&c)
            || ('\u{2066}'..='\u{2069}').contains(&c)
    };
    assert!(!text.contains(drives), "{text:?}");
}

fn assert_told(error: &Error) {
    let lines = [&[error.to_string()], error.hints()].concat();
    for line in lines {
        assert_harmless(&line);
        assert!(!line.contains('\n') && !line.is_empty(), "{line:?}");
    }
}

/// Puts the bytes of an answer through each format, and those that are no list of tickets through
/// the error messages.
pub fn answer(bytes: &[u8]) {
    let lists = ["TicketId,Title,CreatedAt,TableRight/Mask,BaseStatus", "Title", ""];
    for list in lists {
        let columns = match list {
            "" => column::all(),
            list => column::parse(&[list], false).expect("known fields"),
        };
        pages(bytes, &columns);
    }
    if let Ok(encoding) = xml::Encoding::find(bytes, None) {
        let expected = Expected { ids: 0, has_ids: true };
        if let Ok(tickets) = xml::read(bytes, &encoding, expected) {
            assert!(tickets.ids.len() <= expected.max_elements() && bytes.contains(&b'<'));
        }
    }
    assert_harmless(&error_body::read_text(bytes, &Mask::default()).as_suffix());
}

fn pages(bytes: &[u8], columns: &[Column]) {
    let whole = ParallelParser::new(columns, Expected::ANY).finish(bytes);
    let pieces = ParallelParser::new(columns, Expected::ANY);
    let middle = bytes.len() / 2;
    pieces.parse(0, &bytes[..middle]);
    pieces.parse(middle, &bytes[middle..]);
    let pieces = pieces.finish(bytes);
    let Ok(tickets) = whole else {
        assert!(pieces.is_err(), "what arrives in pieces is another answer");
        return;
    };
    let pieces = pieces.expect("the same answer in pieces");
    let found = |tickets: &sotickets::answer::Tickets<&[u8]>| -> Vec<_> {
        tickets.entries().map(|(id, ticket)| (id, ticket.json().to_owned())).collect()
    };
    assert_eq!(found(&pieces), found(&tickets));
    let asked: Vec<TicketId> = [839, 249].into_iter().filter_map(TicketId::new).collect();
    let listed = reconcile(&asked, tickets.entries()).tickets;
    for style in STYLES {
        let dates = DateFormatter::new(style, Some(chrono_tz::Europe::Oslo), now());
        let document = Document {
            answers: &[bytes],
            tickets: &listed,
            columns,
            dates: &dates,
            urls: None,
            about: None,
        };
        write_all(&document);
        // Its dates have no style, and it takes long.
        if style == Style::Short {
            let workbook = bytes_of(&document, OutputFormat::Xlsx, &FormatOptions::default());
            assert_rows(&workbook, &document);
        }
    }
}

/// Writes the document in every format that is text.
fn write_all(document: &Document<'_>) {
    let count = document.tickets.len();
    let text_formats = OutputFormat::value_variants().iter().filter(|format| !format.is_workbook());
    for format in text_formats {
        for width in [None, Some(40)] {
            let style = TextStyle { width, has_rule: width.is_some(), ..TextStyle::default() };
            let separated =
                SeparatedOptions { guards_formulas: true, ..SeparatedOptions::default() };
            let options = FormatOptions { style, separated, has_default_columns: width.is_some() };
            let text = text(document, *format, &options);
            if format.is_for_people() {
                assert_harmless(&text);
            }
            let lines = text.matches('\n').count();
            match format {
                OutputFormat::Markdown => assert_eq!(lines, if count == 0 { 0 } else { count + 2 }),
                OutputFormat::Csv => assert_eq!(rows(&text, document.columns.len()), count),
                OutputFormat::Tsv => assert_eq!(lines, count + 1),
                OutputFormat::Jsonl => assert_objects(&text, count),
                OutputFormat::Json | OutputFormat::Xml => {
                    assert_eq!([text.as_bytes()], document.answers);
                }
                _ => {}
            }
        }
    }
    let tickets = Document { columns: &[], ..*document };
    assert_objects(&text(&tickets, OutputFormat::Jsonl, &FormatOptions::default()), count);
}

/// Counts the rows of `csv`, each with so many `cells`.
fn rows(csv: &str, cells: usize) -> usize {
    let rows = csv::Reader::from_reader(csv.as_bytes()).into_records();
    rows.inspect(|row| assert_eq!(row.as_ref().expect("as many cells in each").len(), cells))
        .count()
}

fn assert_objects(text: &str, count: usize) {
    assert_eq!(text.matches('\n').count(), count);
    for line in text.lines() {
        serde_json::from_str::<serde::de::IgnoredAny>(line).expect("a line is JSON");
    }
}

/// Asserts that the `workbook` can be read, and that its first sheet has a row for each ticket.
fn assert_rows(workbook: &[u8], document: &Document<'_>) {
    let mut workbook = zip::ZipArchive::new(io::Cursor::new(workbook)).expect("a zip file");
    let mut sheet = String::new();
    workbook
        .by_name("xl/worksheets/sheet1.xml")
        .and_then(|mut part| Ok(part.read_to_string(&mut sheet)?))
        .expect("UTF-8");
    assert_eq!(sheet.matches("<row ").count(), document.tickets.len() + 1);
    assert_eq!(sheet.matches("</row>").count(), document.tickets.len() + 1);
}

fn bytes_of(document: &Document<'_>, format: OutputFormat, options: &FormatOptions) -> Vec<u8> {
    let mut out = Vec::new();
    format.create(options).write(document, &mut out).expect("memory takes it all");
    out
}

fn text(document: &Document<'_>, format: OutputFormat, options: &FormatOptions) -> String {
    String::from_utf8(bytes_of(document, format, options)).expect("UTF-8")
}

/// Ids, as an argument and as an input.
pub fn ids(bytes: &[u8]) {
    const MOST: usize = 5000;
    let text = String::from_utf8_lossy(bytes);
    let mut argument = IdList::new(MOST);
    let mut input = IdList::new(MOST);
    argument.add_argument(&text);
    read_input(&mut input, "input", bytes);
    for list in [argument, input] {
        let ids = match list.into_ids() {
            Ok(ids) => ids,
            Err(error) => {
                assert_told(&error);
                continue;
            }
        };
        assert!(!ids.is_empty() && ids.len() <= MOST);
        let mut sorted: Vec<i32> = ids.iter().copied().map(TicketId::get).collect();
        sorted.sort_unstable();
        assert!(sorted[0] >= 1 && sorted.windows(2).all(|pair| pair[0] < pair[1]));
    }
}

/// A list of fields.
pub fn select(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for any_field in [false, true] {
        match column::parse(&[&text], any_field) {
            Err(error) => assert_told(&error),
            Ok(columns) => {
                let paths: Vec<&str> = columns.iter().map(Column::path).collect();
                paths.iter().copied().for_each(assert_harmless);
                // The query has the same meaning for the server.
                let again = column::parse(&[paths.join(",")], any_field).expect("known names");
                assert_eq!(again, columns);
            }
        }
    }
}

/// A date, in each style and in two zones.
pub fn date(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let zones = [None, Some(chrono_tz::Europe::Oslo), Some(chrono_tz::Pacific::Kiritimati)];
    for (style, zone) in STYLES.into_iter().flat_map(|style| zones.map(|zone| (style, zone))) {
        let shown = DateFormatter::new(style, zone, now()).format(&text).into_owned();
        let changed = shown != text && !shown.is_empty();
        assert!(!changed || style != Style::AsSent, "{text:?} {shown:?}");
        if changed && style == Style::Iso {
            let moment = |text: &str| DateTime::parse_from_rfc3339(text).expect("RFC 3339");
            let sent = text.parse::<DateTime<Utc>>().expect("a date with an offset");
            // Before clocks were set by zones, offsets had seconds, which RFC 3339 lacks.
            let apart = moment(&shown).signed_duration_since(sent).num_seconds();
            assert!(apart.abs() < 60, "{text:?} {shown:?}");
        }
    }
}

/// An address of the endpoint.
pub fn address(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match endpoint::parse(&text, "--url") {
        Err(error) => assert_told(&error),
        Ok(address) => {
            let url = address.url();
            assert!(matches!(url.scheme(), "http" | "https"));
            assert!(url.username().is_empty() && url.password().is_none());
            assert!(url.query().is_none() && url.fragment().is_none());
            assert!(url.path().to_ascii_lowercase().ends_with("/agents/ticket/gettickets"));
            assert!(!address.host_and_port().is_empty());
            assert_harmless(&address.to_string());
            assert_harmless(&address.host_and_port());
            assert!(endpoint::tenant(&address).is_none_or(str::is_ascii));
            let again = endpoint::parse(&address.to_string(), "--url").expect("an address");
            assert_eq!(again, address);
        }
    }
}
