//! `-o table`, `-o record` and `-o markdown`, in a pipe.

use insta::assert_snapshot;
use sotickets::output::OutputFormat;
use sotickets::ticket::catalogue::CATALOGUE;

use crate::support::{PATH, Run, Server, formats, sotickets};

fn awkward(arguments: &[&str]) -> Run {
    Server::awkward().run(&[&["839", "249"], arguments].concat())
}

/// Fields that bring most difficulties into a cell.
const SELECT: &str = "TicketId,Title,CreatedAt,ClosedAt,CreatedBy,OwnedBy,OwnedByName,Category,\
    Sentiment,HasAttachment,TableRight,Author";

#[test]
fn table_shows_what_would_drive_a_terminal() {
    let run = awkward(&["-s", SELECT]);
    assert_snapshot!(run, @r#"
    TicketId  Title                                  CreatedAt         ClosedAt  CreatedBy                         OwnedBy  OwnedByName     Category  Sentiment  HasAttachment  TableRight                                      Author
         839  He said "no, thanks"\r\nand\tleft \o/  2026-03-29 00:59                   -5  123456789012345678901234567890  世界 🎉 👩‍💻 Æøå        17      1e400  true           {"Mask":"Select, Update","Reason":"a \"b\" c"}  -1+2
         249  cut � here; \x1b[2J\u{202e}fdp.exe                                                                                                                 false                                                          \ttab first
    --- exit code 0
    "#);
    assert!(!run.stdout.contains(['\u{1b}', '\u{202e}', '\t', '\r']), "{run}");
}

#[test]
fn unescaped_control_characters_in_json_are_shown() {
    // JSON itself forbids the C0 controls alone.
    let body = "[{\"TicketId\":1,\"Title\":\"\u{9b}2J\u{7f}\u{202e}\u{2066}\u{2028}\u{85}.\"}]";
    for format in &formats(OutputFormat::is_for_people) {
        let run = Server::json(body).run(&["1", "-o", format, "-s", "TicketId,Title"]);
        let shown = run.stdout.replace("\\\\", "\\");
        let expected = r"\u{9b}2J\x7f\u{202e}\u{2066}\u{2028}\u{85}.";
        assert!(shown.contains(expected), "{format}: {run}");
    }
}

#[test]
fn record_has_a_line_a_field() {
    let run = awkward(&["-o", "record", "-s", SELECT]);
    assert_snapshot!(run, @r#"
    TicketId       839
    Title          He said "no, thanks"\r\nand\tleft \o/
    CreatedAt      2026-03-29 00:59
    ClosedAt
    CreatedBy      -5
    OwnedBy        123456789012345678901234567890
    OwnedByName    世界 🎉 👩‍💻 Æøå
    Category       17
    Sentiment      1e400
    HasAttachment  true
    TableRight     {"Mask":"Select, Update","Reason":"a \"b\" c"}
    Author         -1+2

    TicketId       249
    Title          cut � here; \x1b[2J\u{202e}fdp.exe
    CreatedAt
    ClosedAt
    CreatedBy
    OwnedBy
    OwnedByName
    Category
    Sentiment
    HasAttachment  false
    TableRight
    Author         \ttab first
    --- exit code 0
    "#);
}

#[test]
fn markdown_is_a_table_that_nothing_breaks_out_of() {
    let run = awkward(&["-o", "markdown", "-s", SELECT]);
    assert_snapshot!(run, @r#"
    | TicketId | Title                                     | CreatedAt        | ClosedAt | CreatedBy |                        OwnedBy | OwnedByName    | Category | Sentiment | HasAttachment | TableRight                                       | Author       |
    | -------: | ----------------------------------------- | ---------------- | -------- | --------: | -----------------------------: | -------------- | -------: | --------: | ------------- | ------------------------------------------------ | ------------ |
    |      839 | He said "no, thanks"\\r\\nand\\tleft \\o/ | 2026-03-29 00:59 |          |        -5 | 123456789012345678901234567890 | 世界 🎉 👩‍💻 Æøå |       17 |     1e400 | true          | {"Mask":"Select, Update","Reason":"a \\"b\\" c"} | -1+2         |
    |      249 | cut � here; \\x1b\[2J\\u{202e}fdp.exe     |                  |          |           |                                |                |          |           | false         |                                                  | \\ttab first |
    --- exit code 0
    "#);
}

#[test]
fn default_columns_are_requested_and_shown() {
    let select = "TicketId,Title,TicketStatusDisplayValue,PriorityName,OwnedByName,\
        CategoryName,PersonFullname,LastChanged";
    for format in ["table", "markdown"] {
        let server = Server::answering(|when, then| {
            when.method("POST").path(PATH).query_param("$select", select);
            then.status(200).body(r#"[{"TicketId":839,"Title":"Printer"}]"#);
        });
        let run = server.run(&["839", "-o", format]);
        let heading = run.stdout.lines().next().expect("headings").replace('|', " ");
        assert_eq!(heading.split_whitespace().collect::<Vec<_>>().join(","), select);
    }
    // A record has room for all of them.
    let server = Server::answering(|when, then| {
        when.method("POST").path(PATH).query_param_missing("$select");
        then.status(200).body(r#"[{"TicketId":839,"Title":"Printer"}]"#);
    });
    let run = server.run(&["839", "-o", "record"]);
    assert_eq!(run.stdout.lines().count(), CATALOGUE.len(), "{run}");
}

#[test]
fn dates_have_four_styles() {
    let body = r#"[{"TicketId":1,"CreatedAt":"2001-02-03T04:05:06.7+01:00","Deadline":"9999-12-31T23:59:59Z","ClosedAt":"0001-01-01T00:00:00Z"}]"#;
    let row = |style: &str| {
        let arguments = ["1", "-s", "CreatedAt,Deadline,ClosedAt", "--dates", style, "-o"];
        let run = Server::json(body).run(&[&arguments[..], &["markdown"]].concat());
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
        let row = run.stdout.lines().nth(2).expect("a row").to_owned();
        row.split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>()[1..4].to_vec()
    };
    assert_eq!(row("as-sent"), ["2001-02-03T04:05:06.7+01:00", "9999-12-31T23:59:59Z", ""]);
    assert_eq!(row("iso"), ["2001-02-03T04:05:06.7+01:00", "9999-12-31T23:59:59Z", ""]);
    assert_eq!(row("short"), ["2001-02-03 04:05", "9999-12-31 23:59", ""]);
    let relative = row("RELATIVE");
    let years = relative[0].strip_suffix(" years ago").expect("years ago");
    assert!(years.parse::<u32>().is_ok_and(|years| years >= 24), "{relative:?}");
    assert_eq!(relative[1..], ["9999-12-31 23:59", ""]);
}

#[test]
fn date_in_the_future_is_in_so_many_years() {
    let body = r#"[{"TicketId":1,"Deadline":"2990-01-01T00:00:00Z"}]"#;
    let run = Server::json(body).run(&["1", "-s", "Deadline", "--dates", "relative"]);
    let cell = run.stdout.lines().nth(1).expect("a row");
    assert!(cell.starts_with("in ") && cell.ends_with(" years"), "{run}");
}

#[test]
fn nothing_is_printed_for_no_tickets() {
    for format in &formats(OutputFormat::is_for_people) {
        let run = Server::json("[]").run(&["839", "-o", format]);
        assert_eq!((run.code, run.stdout.as_str()), (3, ""), "{run}");
        assert!(run.stderr.starts_with("error: ticket 839 did not come back\n"), "{run}");
    }
}

#[test]
fn record_breaks_lines_only_where_there_is_a_width() {
    let body = r#"[{"TicketId":1,"Title":"One two three four five six seven eight nine ten eleven twelve"}]"#;
    let run = Server::json(body).run(&["1", "-o", "record", "-s", "TicketId,Title"]);
    assert_eq!(run.stdout.lines().count(), 2, "{run}");
    let run =
        Server::json(body).run(&["1", "-o", "record", "-s", "TicketId,Title", "--width", "30"]);
    assert_snapshot!(run, @r"
    TicketId  1
    Title     One two three four
              five six seven eight
              nine ten eleven
              twelve
    --- exit code 0
    ");
    let run =
        Server::json(body).run(&["1", "-o", "record", "-s", "TicketId,Title", "--width", "20"]);
    assert_snapshot!(run, @r"
    TicketId
      1
    Title
      One two three four
      five six seven
      eight nine ten
      eleven twelve
    --- exit code 0
    ");
}

#[test]
fn table_of_one_width_cuts_the_longest_texts() {
    let run = awkward(&["-s", "TicketId,Title,CreatedAt,OwnedByName", "--width", "64"]);
    assert_snapshot!(run, @r#"
    TicketId  Title                 CreatedAt         OwnedByName
         839  He said "no, thanks…  2026-03-29 00:59  世界 🎉 👩‍💻 Æøå
         249  cut � here; \x1b[2J…
    --- exit code 0
    "#);
    let run = awkward(&["-s", "TicketId,Title,CreatedAt,OwnedByName", "--width", "40"]);
    assert_snapshot!(run, @r#"
    TicketId     839
    Title        He said "no,
                 thanks"\r\nand\tleft \o/
    CreatedAt    2026-03-29 00:59
    OwnedByName  世界 🎉 👩‍💻 Æøå

    TicketId     249
    Title        cut � here;
                 \x1b[2J\u{202e}fdp.exe
    CreatedAt
    OwnedByName
    --- exit code 0
    "#);
    let run = awkward(&["-s", "TicketId,Title", "--width", "10", "--no-trunc"]);
    assert!(!run.stdout.contains('…'), "{run}");
    let run = Server::awkward().refuses(&["839", "--width", "0"]);
    assert!(run.stderr.contains("--width 0"), "{run}");
}

#[test]
fn long_table_has_a_line_a_ticket_and_no_more() {
    let run = Run::of(sotickets().args(["get", "1..1000", "--demo", "-s", "OwnedByName,TicketId"]));
    let ids: Vec<&str> =
        run.stdout.lines().filter_map(|line| line.split(' ').next_back()).collect();
    let expected: Vec<String> = (1..=1000).map(|id| id.to_string()).collect();
    assert_eq!(ids[0], "TicketId");
    assert_eq!(ids[1..], expected);
}

#[test]
fn title_wider_than_any_layout_is_printed_whole() {
    let title = "x".repeat(70_000);
    let body = format!(r#"[{{"TicketId":1,"Title":"{title}"}},{{"TicketId":2,"Title":"y"}}]"#);
    for format in ["table", "markdown", "record"] {
        let run = Server::json(&body).run(&["1", "2", "-s", "TicketId,Title", "-o", format]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{format}");
        assert!(run.stdout.contains(&title), "{format} cuts it");
    }
}
