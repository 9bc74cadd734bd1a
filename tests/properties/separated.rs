//! Hostile text in tickets: other readers of csv and tsv get it back unchanged.

use std::process::Stdio;

use proptest::prelude::*;
use proptest::sample::select;
use sotickets::output::{FormatOptions, OutputFormat, SeparatedOptions};
use sotickets::ticket::date::Style;

use crate::support::formula::{is_formula, is_skipped};
use crate::support::programs::program;
use crate::support::wine::proptest_config;
use crate::support::{Run, Server, hostile_text, render};

/// The separators of cells.
const DELIMITERS: &[u8] = b",;|\t :!#$%&()*+-./<=>?@[]^_`{}~";

/// Fields of each type; one of a date.
const FIELDS: [&str; 6] =
    ["Title", "CreatedAt", "OwnedBy", "HasAttachment", "TableRight", "Custom"];

/// Dates as they are sent, as iso, and as short.
const DATES: &[[&str; 3]] = &[
    ["2026-03-29T00:59:59.1234567Z", "2026-03-29T00:59:59.1234567Z", "2026-03-29 00:59"],
    ["2002-08-07T14:52:00+02:00", "2002-08-07T14:52:00+02:00", "2002-08-07 14:52"],
    ["2002-08-07T14:52:00-0530", "2002-08-07T14:52:00-05:30", "2002-08-07 14:52"],
    ["2002-08-07T14:52:00", "2002-08-07T14:52:00", "2002-08-07 14:52"],
    ["0001-01-01T00:00:00", "", ""],
    ["0001-01-01T01:00:00+01:00", "", ""],
    ["=soon", "=soon", "=soon"],
];

/// A value: its JSON, and the text that a reader finds, before it is guarded.
#[derive(Clone, Debug)]
struct Sent {
    json: String,
    cell: String,
    is_text: bool,
}

impl Sent {
    fn bare(text: &str) -> Self {
        Self { json: text.to_owned(), cell: text.to_owned(), is_text: false }
    }

    fn is_json(&self) -> bool {
        self.json.starts_with(['{', '['])
    }

    fn text(text: &str) -> Self {
        let json = serde_json::to_string(text).expect("a text");
        Self { json, cell: text.to_owned(), is_text: true }
    }
}

fn value() -> impl Strategy<Value = Sent> {
    let numbers = &["0", "-5", "-0.50", "1e400", "123456789012345678901234567890"][..];
    let object = hostile_text::text().prop_map(|text| {
        let text = serde_json::to_string(&text).expect("a text");
        Sent::bare(&format!("{{\"Mask\":{text},\"List\":[1,{text},null]}}"))
    });
    prop_oneof![
        8 => hostile_text::text().prop_map(|text| Sent::text(&text)),
        1 => Just(Sent { json: "null".to_owned(), cell: String::new(), is_text: false }),
        1 => select(&["true", "false"][..]).prop_map(Sent::bare),
        2 => select(numbers).prop_map(Sent::bare),
        1 => object,
    ]
}

/// A value for a column of dates; the `style` counts there.
fn date(style: usize) -> impl Strategy<Value = Sent> {
    let date = select(DATES).prop_map(move |date| {
        let is_no_date = date[1].is_empty();
        let cell = if is_no_date { "" } else { date[style] };
        Sent { cell: cell.to_owned(), ..Sent::text(date[0]) }
    });
    prop_oneof![
        5 => date,
        1 => Just(Sent { json: "null".to_owned(), cell: String::new(), is_text: false }),
    ]
}

fn row(columns: Vec<&'static str>, style: usize) -> impl Strategy<Value = Vec<Sent>> {
    let cells: Vec<BoxedStrategy<Sent>> = columns
        .iter()
        .map(|name| if *name == "CreatedAt" { date(style).boxed() } else { value().boxed() })
        .collect();
    cells
}

#[derive(Clone, Debug)]
struct Case {
    columns: Vec<&'static str>,
    rows: Vec<Vec<Sent>>,
    options: SeparatedOptions,
    delimiter: u8,
    style: Style,
}

fn case() -> impl Strategy<Value = Case> {
    let columns = proptest::sample::subsequence(&FIELDS[..], 1..=FIELDS.len()).prop_shuffle();
    let options = (any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
        |(has_header, has_bom, guards_formulas)| SeparatedOptions {
            has_header,
            has_bom,
            guards_formulas,
            ..SeparatedOptions::default()
        },
    );
    (columns, options, select(DELIMITERS), 0usize..3).prop_flat_map(
        |(columns, options, delimiter, style)| {
            let rows = proptest::collection::vec(row(columns.clone(), style), 0..5);
            rows.prop_map(move |rows| Case {
                columns: columns.clone(),
                rows,
                options,
                delimiter,
                style: [Style::AsSent, Style::Iso, Style::Short][style],
            })
        },
    )
}

const OPERATORS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// Returns `text` as `--guard-formulas` has to write it.
fn guarded(text: &str, delimiter: u8) -> String {
    let is_start = text.starts_with(['\t', '\r', '\n'])
        || text.trim_start_matches(is_skipped).starts_with(OPERATORS);
    let separators = [',', ';', '\t', '|', '\r', '\n', char::from(delimiter)];
    let mut guarded = if is_start { "'".to_owned() } else { String::new() };
    let mut rest = text;
    while let Some(place) = rest.find(separators) {
        // All separators are ASCII.
        let (before, after) = rest.split_at(place + 1);
        guarded.push_str(before);
        // Another separator among the blanks begins another cell.
        let is_blank = |c| is_skipped(c) && !separators.contains(&c);
        let start = after.trim_start_matches(is_blank);
        guarded.push_str(&after[..after.len() - start.len()]);
        if is_formula(start) && start.starts_with(OPERATORS) {
            guarded.push('\'');
        }
        rest = start;
    }
    guarded + rest
}

impl Case {
    fn answer(&self) -> String {
        let ticket = |row: &Vec<Sent>| {
            let members = self.columns.iter().zip(row);
            let members = members.map(|(name, sent)| format!("\"{name}\":{}", sent.json));
            // An empty ticket would be left out.
            format!("{{\"Kept\":true,{}}}", members.collect::<Vec<_>>().join(","))
        };
        format!("[{}]", self.rows.iter().map(ticket).collect::<Vec<_>>().join(","))
    }

    fn written(&self, format: OutputFormat) -> Vec<u8> {
        let separated = SeparatedOptions { delimiter: Some(self.delimiter), ..self.options };
        let format = format.create(&FormatOptions { separated, ..FormatOptions::default() });
        let columns = render::columns(&self.columns.join(","));
        render::page(self.answer().as_bytes(), &columns, self.style, &*format).expect("tickets")
    }

    /// Compares the cells that a reader found with those that were sent.
    fn check(&self, read: &[Vec<String>]) -> Result<(), TestCaseError> {
        let header = usize::from(self.options.has_header);
        prop_assert_eq!(read.len(), self.rows.len() + header, "{:?}", read);
        if self.options.has_header {
            prop_assert_eq!(&read[0], &self.columns);
        }
        for (cells, row) in read[header..].iter().zip(&self.rows) {
            prop_assert_eq!(cells.len(), row.len(), "{:?}", cells);
            for (cell, sent) in cells.iter().zip(row) {
                if !self.options.guards_formulas || !(sent.is_text || sent.is_json()) {
                    prop_assert_eq!(cell, &sent.cell);
                } else if sent.is_text {
                    prop_assert_eq!(cell, &guarded(&sent.cell, self.delimiter));
                } else {
                    let json: Result<serde::de::IgnoredAny, _> = serde_json::from_str(cell);
                    prop_assert!(json.is_ok(), "{cell}");
                    prop_assert_eq!(cell.replace('\'', ""), sent.cell.replace('\'', ""));
                }
            }
        }
        Ok(())
    }
}

/// Returns `bytes` without the byte-order mark, which must be there if it was requested.
fn without_bom(bytes: &[u8], bom: bool) -> &[u8] {
    if bom { bytes.strip_prefix(b"\xef\xbb\xbf").expect("a byte-order mark") } else { bytes }
}

/// Reads lines of cells with escapes in them.
fn read_tsv(text: &str, delimiter: u8) -> Vec<Vec<String>> {
    let delimiter = char::from(delimiter);
    let mut rows = Vec::new();
    for line in text.split_terminator('\n') {
        let mut cells = vec![String::new()];
        let mut rest = line.chars();
        while let Some(c) = rest.next() {
            let c = match c {
                c if c == delimiter => {
                    cells.push(String::new());
                    continue;
                }
                '\\' => match rest.next().expect("something behind a backslash") {
                    't' => '\t',
                    'n' => '\n',
                    'r' => '\r',
                    c => c,
                },
                c => c,
            };
            cells.last_mut().expect("a cell").push(c);
        }
        rows.push(cells);
    }
    rows
}

proptest! {
    #![proptest_config(proptest_config(2000))]

    #[test]
    fn csv_is_read_back(case in case()) {
        let written = case.written(OutputFormat::Csv);
        // The reader itself drops a byte-order mark.
        let read: Vec<Vec<String>> = csv::ReaderBuilder::new()
            .has_headers(false)
            .delimiter(case.delimiter)
            .from_reader(&written[..])
            .into_records()
            .map(|row| row.expect("as many cells in each").iter().map(str::to_owned).collect())
            .collect();
        without_bom(&written, case.options.has_bom);
        case.check(&read)?;
    }

    #[test]
    fn tsv_is_read_back(case in case()) {
        let written = case.written(OutputFormat::Tsv);
        let text = without_bom(&written, case.options.has_bom);
        let text = std::str::from_utf8(text).expect("UTF-8");
        let read = read_tsv(text, case.delimiter);
        case.check(&read)?;
        prop_assert!(!text.contains('\r'));
        prop_assert_eq!(text.matches('\n').count(), read.len());
    }
}

/// Reads `written` as other programs do, in each usual way, and returns the cells.
fn read_in_each_way(written: &[u8], delimiter: u8) -> Vec<String> {
    let mut cells = Vec::new();
    for delimiter in [b',', b';', b'\t', b'|', delimiter] {
        for quoting in [true, false] {
            let records = csv::ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .delimiter(delimiter)
                .quoting(quoting)
                .from_reader(written)
                .into_records();
            for record in records {
                cells.extend(record.expect("a row").iter().map(str::to_owned));
            }
        }
    }
    cells
}

proptest! {
    #![proptest_config(proptest_config(300))]

    #[test]
    fn no_reader_finds_an_equals_sign_at_the_start_of_a_cell(case in case()) {
        // It is at the start of a cell if the one before is empty.
        prop_assume!(case.delimiter != b'=');
        let options = SeparatedOptions { guards_formulas: true, ..case.options };
        let case = Case { options, ..case };
        for written in [case.written(OutputFormat::Csv), case.written(OutputFormat::Tsv)] {
            for cell in read_in_each_way(&written, case.delimiter) {
                let start = cell.trim_start_matches(is_skipped);
                prop_assert!(!start.starts_with(['=', '＝']), "{cell:?}");
            }
        }
    }

    #[test]
    fn no_reader_finds_a_formula_in_a_text(text in hostile_text::text(), delimiter in select(DELIMITERS)) {
        let case = Case {
            columns: vec!["Title"],
            rows: vec![vec![Sent::text(&text)]],
            options: SeparatedOptions { has_header: false, guards_formulas: true, ..SeparatedOptions::default() },
            delimiter,
            style: Style::AsSent,
        };
        for written in [case.written(OutputFormat::Csv), case.written(OutputFormat::Tsv)] {
            for cell in read_in_each_way(&written, delimiter) {
                prop_assert!(!is_formula(&cell), "{text:?}: {cell:?}");
            }
        }
    }
}

/// Reads csv from standard input and prints it as JSON, with Python's own reader.
const READER: &str = r#"
import csv, io, json, sys
text = io.TextIOWrapper(sys.stdin.buffer, encoding=sys.argv[2], newline="")
print(json.dumps(list(csv.reader(text, delimiter=sys.argv[1], strict=True))))
"#;

fn read_by_python(text: &str, delimiter: char, bom: bool) -> Option<Vec<Vec<String>>> {
    use std::io::Write as _;
    let encoding = if bom { "utf-8-sig" } else { "utf-8" };
    let mut python = program("python3")?
        .args(["-c", READER, &delimiter.to_string(), encoding])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3");
    let mut stdin = python.stdin.take().expect("its input");
    stdin.write_all(text.as_bytes()).expect("it reads");
    drop(stdin);
    let output = python.wait_with_output().expect("it ends");
    Some(serde_json::from_slice(&output.stdout).expect("rows"))
}

proptest! {
    #![proptest_config(proptest_config(24))]

    #[test]
    fn python_reads_the_output_of_the_program_back(case in case()) {
        let server = Server::json(&case.answer());
        let options = case.options;
        let delimiter = char::from(case.delimiter);
        let style = ["as-sent", "iso", "short"][case.style as usize];
        let mut command = server.get(&["1", "--allow-missing", "--any-field", "-o", "csv"]);
        command.args(["-s", &case.columns.join(","), "--dates", style]);
        command.arg(format!("--delimiter={delimiter}"));
        for (option, set) in [
            ("--no-header", !options.has_header),
            ("--bom", options.has_bom),
            ("--guard-formulas", options.guards_formulas),
        ] {
            if set {
                command.arg(option);
            }
        }
        let run = Run::of(&mut command);
        prop_assert_eq!(run.code, 0, "{}", run.stderr);
        if let Some(read) = read_by_python(&run.stdout, delimiter, options.has_bom) {
            case.check(&read)?;
        }
    }
}
