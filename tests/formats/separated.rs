//! `-o csv` and `-o tsv`, to the byte.

use sotickets::ticket::catalogue::CATALOGUE;

use crate::support::{self, AWKWARD, Run, Server};

/// Fields that bring every difficulty of the awkward tickets into a cell.
const SELECT: &str = "TicketId,Title,CreatedAt,ClosedAt,Deadline,CreatedBy,CreatedByName,Author,\
    OwnedBy,OwnedByName,Category,Sentiment,SentimentConfidence,HasAttachment,SaleHeading,\
    TableRight,TableRight/Mask,FieldProperties/Title/FieldLength,NewField";

/// The cells of [`SELECT`], as they are before a format writes them.
const CELLS: [[&str; 19]; 2] = [
    [
        "839",
        "He said \"no, thanks\"\r\nand\tleft \\o/",
        "2026-03-29T00:59:59.1234567Z",
        "",
        "",
        "-5",
        "=cmd|' /C calc'!A0",
        "-1+2",
        "123456789012345678901234567890",
        "世界 🎉 👩\u{200d}💻 Æøå",
        "17",
        "1e400",
        "-0.50",
        "true",
        "",
        r#"{"Mask":"Select, Update","Reason":"a \"b\" c"}"#,
        "Select, Update",
        "",
        r#"[1,{"a":null}]"#,
    ],
    [
        "249",
        "cut \u{fffd} here; \u{1b}[2J\u{202e}fdp.exe",
        "",
        "",
        "",
        "",
        "",
        "\ttab first",
        "",
        "",
        "",
        "",
        "",
        "false",
        "",
        "",
        "",
        "255",
        "",
    ],
];

/// Both tickets in [`SELECT`], with further arguments.
fn selected(arguments: &[&str]) -> Run {
    let run =
        Server::awkward().run(&[&["839", "249", "--any-field", "-s", SELECT], arguments].concat());
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
    run
}

fn read_csv(text: &str, delimiter: u8) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let records: Result<Vec<csv::StringRecord>, _> = reader.records().collect();
    records.expect("as many cells in each").iter().map(|record| cells(record.iter())).collect()
}

fn cells<'a>(cells: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    cells.into_iter().map(str::to_owned).collect()
}

fn expected() -> Vec<Vec<String>> {
    let mut rows = vec![cells(SELECT.split(','))];
    rows.extend(CELLS.map(cells));
    rows
}

/// Takes the escapes out of a TSV cell; another delimiter follows a backslash.
fn unescaped(cell: &str) -> String {
    let mut text = String::new();
    let mut rest = cell.chars();
    while let Some(c) = rest.next() {
        match c {
            '\\' => text.push(match rest.next().expect("something after a backslash") {
                't' => '\t',
                'n' => '\n',
                'r' => '\r',
                c => c,
            }),
            c => text.push(c),
        }
    }
    text
}

#[test]
fn csv_is_quoted_where_it_must_be_and_nowhere_else() {
    let run = selected(&["-o", "csv"]);
    let lines = [
        SELECT,
        "839,\"He said \"\"no, thanks\"\"\r\nand\tleft \\o/\",2026-03-29T00:59:59.1234567Z,,,-5,\
        =cmd|' /C calc'!A0,-1+2,123456789012345678901234567890,世界 🎉 👩\u{200d}💻 Æøå,17,1e400,\
        -0.50,true,,\"{\"\"Mask\"\":\"\"Select, Update\"\",\"\"Reason\"\":\"\"a \\\"\"b\\\"\" c\"\"}\",\
        \"Select, Update\",,\"[1,{\"\"a\"\":null}]\"",
        "249,cut \u{fffd} here; \u{1b}[2J\u{202e}fdp.exe,,,,,,\ttab first,,,,,,false,,,,255,",
        "",
    ];
    assert_eq!(run.stdout, lines.join("\n"));
    assert_eq!(read_csv(&run.stdout, b','), expected());
}

#[test]
fn tsv_keeps_a_line_a_ticket() {
    let run = selected(&["-o", "tsv"]);
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(
        lines[1].starts_with("839\tHe said \"no, thanks\"\\r\\nand\\tleft \\\\o/\t2026-"),
        "{}",
        lines[1]
    );
    let rows: Vec<Vec<String>> =
        lines.iter().map(|line| line.split('\t').map(unescaped).collect()).collect();
    assert_eq!(rows, expected());
    assert!(run.stdout.ends_with("\t255\t\n"), "{run}");
}

#[test]
fn another_delimiter_is_quoted_or_escaped_in_its_turn() {
    for (delimiter, byte) in [(";", b';'), ("\\t", b'\t'), ("tab", b'\t'), ("|", b'|'), (" ", b' ')]
    {
        let run = selected(&["-o", "csv", "--delimiter", delimiter]);
        assert_eq!(read_csv(&run.stdout, byte), expected(), "{delimiter}");
    }
    let run = selected(&["-o", "csv", "--delimiter", ";", "-s", "Title"]);
    assert!(run.stdout.contains(";\"cut \u{fffd} here; \u{1b}[2J"), "{run}");

    let run = selected(&["-o", "tsv", "--delimiter", "|"]);
    assert!(run.stdout.contains("|=cmd\\|' /C calc'!A0|-1+2|"), "{run}");
    let line = run.stdout.lines().nth(1).expect("a ticket");
    // A split at bare delimiters is all that a reader has to do.
    let cells: Vec<String> = line
        .replace("\\|", "\u{0}")
        .split('|')
        .map(|cell| unescaped(&cell.replace('\u{0}', "|")))
        .collect();
    assert_eq!(cells, expected()[1]);
}

#[test]
fn invalid_delimiter_is_rejected() {
    for delimiter in ["ab", "a", "1", "\"", "\\", "\n", "", "æ", "'"] {
        let run = Server::awkward().refuses(&["839", "-o", "csv", "--delimiter", delimiter]);
        assert!(run.stderr.contains("--delimiter: '"), "{delimiter}: {run}");
        assert!(run.stderr.contains("\nhint: "), "{run}");
    }
}

#[test]
fn header_is_always_there_unless_it_is_not_wanted() {
    let server = Server::json("[]");
    let run = server.run(&["839", "-o", "csv", "-s", "Title", "--allow-missing"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, "Title\n"), "{run}");
    let run = Server::json("[null]").run(&["839", "-o", "tsv", "-s", "Title,TicketId"]);
    assert_eq!((run.code, run.stdout.as_str()), (3, "Title\tTicketId\n"), "{run}");
    let run = Server::json("[]").run(&["839", "-o", "csv", "--no-header"]);
    assert_eq!((run.code, run.stdout.as_str()), (3, ""), "{run}");
    for format in ["csv", "tsv"] {
        let with = selected(&["-o", format]).stdout;
        let without = selected(&["-o", format, "--no-header"]).stdout;
        assert_eq!(with.split_once('\n').expect("a header").1, without);
    }
}

#[test]
fn default_columns_are_those_of_the_catalogue() {
    for (format, delimiter) in [("csv", b','), ("tsv", b'\t')] {
        let run = Server::awkward().run(&["839", "249", "-o", format]);
        let rows = read_csv(&run.stdout, delimiter);
        let fields = Run::of(support::sotickets().args(["fields", "-o", "csv"]));
        let names: Vec<String> =
            read_csv(&fields.stdout, b',')[1..].iter().map(|field| field[0].clone()).collect();
        assert_eq!(rows[0], names);
        assert_eq!(names.len(), CATALOGUE.len());
        assert_eq!((rows[1][0].as_str(), rows[2][0].as_str()), ("839", "249"));
        // The header does not depend on the data.
        let run = Server::json("[]").run(&["839", "-o", format]);
        assert_eq!(read_csv(&run.stdout, delimiter), [names]);
    }
}

#[test]
fn row_of_one_empty_cell_is_still_a_row() {
    let run = Server::awkward().run(&["839", "249", "-o", "csv", "-s", "Deadline"]);
    assert_eq!(run.stdout, "Deadline\n\"\"\n\"\"\n");
    let run = Server::awkward().run(&["839", "249", "-o", "tsv", "-s", "Deadline"]);
    assert_eq!(run.stdout, "Deadline\n\n\n");
}

#[test]
fn bom_option_writes_a_byte_order_mark_first() {
    for format in ["csv", "tsv"] {
        let plain = selected(&["-o", format]).stdout;
        assert_eq!(selected(&["-o", format, "--bom"]).stdout, format!("\u{feff}{plain}"));
    }
    // One before the answer is not part of it.
    let run = Server::json(&format!("\u{feff}{AWKWARD}"))
        .run(&["839", "249", "-o", "csv", "-s", "TicketId"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, "TicketId\n839\n249\n"), "{run}");
}

#[test]
fn formulas_are_guarded_and_numbers_are_not() {
    let texts = ["=1", "+1", "-1", "@x", "\tx", "\rx", "'=1", " =1", "a=1", "5"];
    let tickets: Vec<String> = texts
        .iter()
        .enumerate()
        .map(|(index, text)| {
            let text = serde_json::to_string(text).expect("JSON");
            format!(r#"{{"TicketId":{},"Title":{text},"CreatedBy":-5}}"#, index + 1)
        })
        .collect();
    let body = format!("[{}]", tickets.join(","));
    let guarded = ["'=1", "'+1", "'-1", "'@x", "'\tx", "'\rx", "'=1", "' =1", "a=1", "5"];
    let arguments = ["1..10", "-s", "Title,CreatedBy", "--guard-formulas", "-o", "csv"];
    let run = Server::json(&body).run(&arguments);
    let rows = read_csv(&run.stdout, b',');
    for (row, guarded) in rows[1..].iter().zip(guarded) {
        assert_eq!(row, &[guarded, "-5"]);
    }
    let run = Server::json(&body).run(&["1..10", "-s", "Title", "--guard-formulas", "-o", "tsv"]);
    let cells: Vec<String> = run.stdout.lines().skip(1).map(unescaped).collect();
    assert_eq!(cells, guarded);
    // Not asked for, nothing is changed.
    let run = Server::json(&body).run(&["1..10", "-s", "Title", "-o", "csv"]);
    assert_eq!(read_csv(&run.stdout, b',')[1], ["=1"]);
}

#[test]
fn formula_behind_another_delimiter_is_guarded_too() {
    let body = r#"[{"TicketId":1,"Title":";=1"}]"#;
    let arguments = ["1", "-s", "Title", "--guard-formulas", "--delimiter", ";", "-o"];
    let run = Server::json(body).run(&[&arguments[..], &["csv"]].concat());
    assert_eq!(run.stdout, "Title\n\";'=1\"\n");
}

#[test]
fn dates_are_as_sent_by_default() {
    let row = |arguments: &[&str]| {
        let select = ["839", "249", "-o", "csv", "--no-header", "-s", "CreatedAt,ClosedAt"];
        let run = Server::awkward().run(&[&select, arguments].concat());
        run.stdout.lines().next().expect("a row").to_owned()
    };
    assert_eq!(row(&[]), "2026-03-29T00:59:59.1234567Z,");
    assert_eq!(row(&["--dates", "iso"]), "2026-03-29T00:59:59.1234567Z,");
    assert_eq!(row(&["--dates", "short"]), "2026-03-29 00:59,");
    let oslo = ["--timezone", "Europe/Oslo"];
    assert_eq!(row(&oslo), "2026-03-29T01:59:59.1234567+01:00,");
    assert_eq!(
        row(&[&oslo[..], &["--dates", "as-sent"]].concat()),
        "2026-03-29T00:59:59.1234567Z,"
    );
}
