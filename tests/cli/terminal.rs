//! The program at a real terminal, and what changes in a pipe.
#![cfg(unix)]

use assert_cmd::Command;
use insta::assert_snapshot;
use unicode_width::UnicodeWidthStr;

use crate::support::out_file::OutFile;
use crate::support::{Run, Server, formats, json_text_formats, plain, programs, pty, sotickets};

/// Sample tickets with long, wide, empty and hostile titles.
const IDS: [&str; 10] = ["1", "7", "42", "88", "100", "249", "500", "666", "667", "839"];

fn demo(arguments: &[&str]) -> Command {
    let mut command = sotickets();
    command.args(["get", "--demo"]).args(IDS).args(arguments);
    command
}

/// The columns that the widest line takes.
fn widest(text: &str) -> usize {
    plain(text).lines().map(UnicodeWidthStr::width).max().unwrap_or_default()
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for columns in [40, 80, 120, 200] {
        for arguments in [&[][..], &["-s", "TicketId,Title,PersonFullname"], &["-o", "record"]] {
            let Some(run) = pty::run(&demo(arguments), columns) else { return };
            assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
            assert!(widest(&run.stdout) <= usize::from(columns), "{columns}\n{run}");
            for id in IDS {
                assert!(plain(&run.stdout).contains(id), "{id}: {run}");
            }
        }
    }
}

#[test]
fn terminal_of_unknown_width_has_80_columns() {
    let Some(unknown) = pty::run(&demo(&[]), 0) else { return };
    let known = pty::run(&demo(&[]), 80).expect("a terminal");
    assert_eq!(unknown.stdout, known.stdout);
}

#[test]
fn at_120_columns_headings_are_broken_and_the_longest_text_is_cut() {
    let Some(run) = pty::run(&demo(&["--color", "never"]), 120) else { return };
    assert_snapshot!(run, @r#"
                                           TicketStatus  Priority  Owned
    TicketId  Title                        DisplayValue  Name      ByName  CategoryName   PersonFullname    LastChanged
    ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
           1  Login fails, "invalid toke…  Closed        High      ingrid  Sign-in        Maeve O'Sullivan  2024-01-15 21:35
           7  App crashes when I tap the…  Solved        High      maja    Notifications  Priya Raman       2024-01-12 07:54
          42  Ordering from the spring c…  In progress   Medium    daniel  Delivery       Tariq Rahman      2024-02-08 17:24
          88  ラベル印刷で「データがあり…  Open          High      daniel  Printing       陽子 佐藤         2024-03-22 19:34
         100  Vaktrapporten mangler time…  Open          Medium    ingrid  Reports        Bjørn Åge Sæther  2024-03-31 01:07
         249  Wrong VAT rate on invoice…   Closed        Medium    ingrid  Invoicing      Åse Bjørkås       2024-08-17 22:58
         500  Æøå blir til "Ã¦Ã¸Ã¥" i ek…  Solved        Low       søren   Integrations   Håkon Øygard      2025-03-31 16:49
         666  Prize \x1b[2J\x1b[31mwaiti…  Spam          Low       ingrid  Unsorted                         2025-08-29 02:02
         667  =SUM(B2:B9) shows #REF! in…  In progress   Medium    amélie  Reports        Grace Adaeze Obi  2025-08-30 18:42
         839  Cannot print shipping labe…  In progress   High      tomasz  Printing       Zofia Wójcik      2026-01-28 17:05
    --- exit code 0
    "#);
}

#[test]
fn headings_stay_whole_where_there_is_room_for_both() {
    let arguments = ["--color", "never", "-s", "TicketId,Title,TicketStatusDisplayValue"];
    let heading = |columns| pty::run(&demo(&arguments), columns).map(|run| run.stdout);
    // 8 for the id, 24 for the status' name, 4 for the gaps, and 40 for the title.
    let Some(whole) = heading(76) else { return };
    assert!(whole.starts_with("TicketId  Title  "), "{whole}");
    let broken = heading(75).expect("a terminal");
    assert!(broken.starts_with("                         "), "{broken}");
    assert_eq!(widest(&broken), 75, "{broken}");
}

#[test]
fn table_with_too_narrow_columns_becomes_records() {
    let arguments = ["--color", "never", "-s", "TicketId,Title,PersonFullname"];
    let shown = |columns| pty::run(&demo(&arguments), columns).map(|run| run.stdout);
    // 8 for the id, 20 for the title, 8 for the name, and 4 for the gaps.
    let Some(table) = shown(40) else { return };
    assert!(table.contains("\n       1  Login fails, "), "{table}");
    let records = shown(39).expect("a terminal");
    assert!(records.starts_with("TicketId        1\nTitle  "), "{records}");
}

#[test]
fn at_40_columns_a_short_table_stays_one() {
    let command = demo(&["--color", "never", "-s", "TicketId,Title"]);
    let Some(run) = pty::run(&command, 40) else { return };
    assert_snapshot!(run, @r#"
    TicketId  Title
    ────────────────────────────────────────
           1  Login fails, "invalid token",…
           7  App crashes when I tap the be…
          42  Ordering from the spring cata…
          88  ラベル印刷で「データがありま…
         100  Vaktrapporten mangler timen k…
         249  Wrong VAT rate on invoice 104…
         500  Æøå blir til "Ã¦Ã¸Ã¥" i ekspo…
         666  Prize \x1b[2J\x1b[31mwaiting\…
         667  =SUM(B2:B9) shows #REF! in th…
         839  Cannot print shipping labels…
    --- exit code 0
    "#);
}

#[test]
fn records_replace_a_table_that_does_not_fit() {
    let mut command = sotickets();
    command.args(["get", "--demo", "--color", "never", "88", "249"]);
    let Some(run) = pty::run(&command, 40) else { return };
    assert_snapshot!(run, @"
    TicketId
      88
    Title
      ラベル印刷で「データがありません」と表
      示される
    TicketStatusDisplayValue
      Open
    PriorityName
      High
    OwnedByName
      daniel
    CategoryName
      Printing
    PersonFullname
      陽子 佐藤
    LastChanged
      2024-03-22 19:34

    TicketId
      249
    Title
      Wrong VAT rate on invoice 10482
    TicketStatusDisplayValue
      Closed
    PriorityName
      Medium
    OwnedByName
      ingrid
    CategoryName
      Invoicing
    PersonFullname
      Åse Bjørkås
    LastChanged
      2024-08-17 22:58
    --- exit code 0
    ");
}

#[test]
fn pipe_changes_no_row_no_column_and_no_value() {
    let Some(terminal) = pty::run(&demo(&["--color", "never", "--no-trunc"]), 60) else { return };
    let mut lines: Vec<&str> = terminal.stdout.lines().collect();
    let rule = lines.remove(1);
    assert!(rule.starts_with("───"), "{terminal}");
    let pipe = Run::of(&mut demo(&[]));
    assert_eq!(lines, pipe.stdout.lines().collect::<Vec<_>>());
    assert!(!pipe.stdout.contains('…') && !pipe.stdout.contains('\u{1b}'), "{pipe}");
}

#[test]
fn machines_formats_are_the_same_bytes_everywhere() {
    let folder = tempfile::tempdir().expect("a folder");
    for format in &formats(|format| !format.is_for_people() && !format.is_workbook()) {
        let command = || {
            let mut command = sotickets();
            command.args(["get", "--demo", "-o", format, "1", "7", "42", "88", "249", "839"]);
            command
        };
        let pipe = Run::of(&mut command());
        let Some(terminal) = pty::run(&command(), 40) else { return };
        assert_eq!((terminal.code, &terminal.stdout), (0, &pipe.stdout), "{format}");
        let path = folder.path().join(format);
        let file = std::fs::File::create(&path).expect("a file");
        let status = std::process::Command::new(command().get_program())
            .args(command().get_args())
            .env_clear()
            .stdout(file)
            .status();
        assert!(status.expect("the program runs").success());
        assert_eq!(std::fs::read_to_string(&path).expect("the file"), pipe.stdout);
    }
}

#[test]
fn control_characters_are_refused_at_a_terminal_only() {
    let body =
        "[{\"TicketId\":1,\"Title\":\"a\\u001b[2J\"},{\"TicketId\":2,\"Title\":\"b\u{202e}c\"}]";
    let ask = |id: &str, format: &str| {
        let server = Server::json(body);
        let command = server.get(&["1", "2", "-s", "Title,TicketId", "-o", format]);
        let run = pty::run(&command, 80);
        assert!(run.is_none() || server.calls() == 1, "{id}");
        run
    };
    let Some(run) = ask("1", "csv") else { return };
    assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{run}");
    assert_snapshot!(run, @r"
    --- stderr
    error: the output holds \x1b, a control character that could drive this terminal
    hint: pipe it, write it to a file with --out-file, or read it with -o table
    --- exit code 1
    ");
    for format in &json_text_formats(|format| !format.is_for_people()) {
        let run = ask("2", format).expect("a terminal");
        assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{format}: {run}");
        assert!(run.stderr.contains("\\u{202e}") || run.stderr.contains("\\x1b"), "{run}");
    }
    for format in &formats(|format| format.is_for_people() && !format.is_for_file()) {
        let run = ask("1", format).expect("a terminal");
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{format}: {run}");
        let shown = plain(&run.stdout);
        assert!(shown.contains("x1b") && shown.contains("u{202e}"), "{format}: {run}");
    }
    let run = Server::json(body).run(&["1", "2", "-s", "Title", "-o", "csv"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, "Title\na\u{1b}[2J\nb\u{202e}c\n"), "{run}");
}

#[test]
fn out_file_is_like_a_pipe_at_a_terminal() {
    let file = OutFile::old();
    let pipe = Run::of(&mut demo(&[]));
    let Some(run) = pty::run(&demo(&file.arguments()), 40) else { return };
    assert_eq!((run.to_string().as_str(), file.text()), ("--- exit code 0", pipe.stdout));
    let run = pty::run(demo(&["--color", "always"]).args(file.arguments()), 40);
    assert_eq!(run.map(|run| run.to_string()).as_deref(), Some("--- exit code 0"));
    assert!(file.text().contains('\u{1b}'));
}

#[test]
fn out_file_that_is_a_terminal_is_treated_as_one() {
    let server = Server::json("[{\"TicketId\":1,\"Title\":\"a\\u001b[2J\"}]");
    let get = server.get(&["1", "-s", "Title", "-o", "csv", "--out-file", "/dev/fd/3"]);
    let mut command = Command::from_std(programs::sh());
    command.env_clear().args(["-c", "\"$@\" 3>&1 >/dev/null", "sh"]);
    command.arg(get.get_program()).args(get.get_args());
    command.env("SOTICKETS_URL", server.url()).env("SOTICKETS_TOKEN", "8A:test");
    let Some(run) = pty::run(&command, 80) else { return };
    assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{run}");
    assert!(run.stderr.contains("could drive this terminal"), "{run}");
}

#[test]
fn script_that_could_drive_the_terminal_is_refused_there() {
    let server = Server::awkward();
    let command = server.get(&["1", "--dry-run", "-H", "X-Name: a\u{202e}b"]);
    let Some(run) = pty::run(&command, 80) else { return };
    assert_eq!(server.calls(), 0);
    assert_snapshot!(run, @r"
    --- stderr
    error: the script holds \u{202e}, a control character that could drive this terminal
    hint: send it to a pipe or a file
    --- exit code 1
    ");
}

#[test]
fn missing_tickets_are_distinguished_from_printed_ones() {
    let mut command = sotickets();
    command.args(["get", "--demo", "249", "5000", "--color", "never", "-s", "TicketId,Title"]);
    let Some(run) = pty::run(&command, 60) else { return };
    assert_snapshot!(run, @r"
    TicketId  Title
    ─────────────────────────────────────────
         249  Wrong VAT rate on invoice 10482
    --- stderr
    warning: 1 of 2 tickets did not come back: 5000
    hint: they do not exist, or this user may not read them; with --allow-missing this is not an error
    --- exit code 3
    ");
}

#[test]
fn list_of_fields_fits() {
    for columns in [40, 80] {
        let Some(run) = pty::run(sotickets().args(["fields"]), columns) else { return };
        assert_eq!((run.code, run.stderr.as_str()), (0, ""));
        assert!(widest(&run.stdout) <= usize::from(columns), "{run}");
        assert!(run.stdout.contains("RealTimeSpentExternally"), "{run}");
    }
    let run = pty::run(sotickets().args(["fields", "sentiment"]).env("NO_COLOR", "1"), 80);
    let run = run.expect("a terminal");
    assert_snapshot!(run, @r"
    Name                 Type   Since  Meaning
    ────────────────────────────────────────────────────────────────────────────────
    Sentiment            int32         Mood of the last external message, as a score
    SentimentConfidence  int32         How sure the server is of the sentiment
    --- exit code 0
    ");
}

#[test]
fn help_fits_the_width_and_obeys_no_color() {
    let Some(run) = pty::run(sotickets().args(["get", "-h"]).env("NO_COLOR", "1"), 80) else {
        return;
    };
    assert_eq!(run.code, 0);
    assert!(!run.stdout.contains('\u{1b}'), "{run}");
    assert!(widest(&run.stdout) <= 80, "{run}");
}
