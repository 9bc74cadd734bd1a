//! The default columns at a terminal that is too narrow for all of them.
#![cfg(unix)]

use assert_cmd::Command;
use insta::assert_snapshot;

use crate::support::{Run, Server, configuration, configured, plain, pty, sotickets};

const COLUMNS: [&str; 8] = [
    "TicketId",
    "Title",
    "TicketStatusDisplayValue",
    "PriorityName",
    "OwnedByName",
    "CategoryName",
    "PersonFullname",
    "LastChanged",
];

fn demo(arguments: &[&str]) -> Command {
    let mut command = sotickets();
    command.args(["get", "839", "249", "250", "--demo", "--color", "never"]).args(arguments);
    command
}

/// Returns the columns that the hint in `text` names.
fn hidden(text: &str) -> Vec<&str> {
    let hint = text.lines().find_map(|line| line.strip_prefix("hint: hidden to fit "));
    let names = hint.and_then(|hint| hint.split_once(": ")?.1.split_once(';'));
    names.map_or_else(Vec::new, |(names, _)| names.split(", ").collect())
}

#[test]
fn at_80_columns_the_least_important_columns_are_hidden() {
    let Some((text, code)) = pty::both(&demo(&[]), 80) else { return };
    assert_snapshot!(text, @"
                                              TicketStatus  Owned
    TicketId  Title                           DisplayValue  ByName  LastChanged
    ────────────────────────────────────────────────────────────────────────────────
         839  Cannot print shipping labels…   In progress   tomasz  2026-01-28 17:05
         249  Wrong VAT rate on invoice 104…  Closed        ingrid  2024-08-17 22:58
         250  Invoice 14917 shows the wrong…  Open          daniel  2024-08-14 15:17
    hint: hidden to fit 80 columns: CategoryName, PersonFullname, PriorityName; -o record shows them, a profile's select chooses others
    ");
    assert_eq!(code, 0, "{text}");
}

#[test]
fn at_60_columns_four_columns_are_hidden() {
    let Some((text, code)) = pty::both(&demo(&[]), 60) else { return };
    assert_snapshot!(text, @"
                                            TicketStatus  Owned
    TicketId  Title                         DisplayValue  ByName
    ────────────────────────────────────────────────────────────
         839  Cannot print shipping label…  In progress   tomasz
         249  Wrong VAT rate on invoice 1…  Closed        ingrid
         250  Invoice 14917 shows the wro…  Open          daniel
    hint: hidden to fit 60 columns: CategoryName, PersonFullname, PriorityName, LastChanged; -o record shows them, a profile's select chooses others
    ");
    assert_eq!(code, 0, "{text}");
}

#[test]
fn width_alone_decides_which_columns_are_hidden() {
    let order = ["CategoryName", "PersonFullname", "PriorityName", "LastChanged"];
    let cases = [
        (200, 0),
        (102, 0),
        (101, 1),
        (100, 1),
        (92, 1),
        (91, 2),
        (82, 2),
        (81, 3),
        (72, 3),
        (71, 4),
        (54, 4),
    ];
    for (width, count) in cases {
        let Some((text, code)) = pty::both(&demo(&[]), width) else { return };
        assert_eq!(code, 0, "{text}");
        assert_eq!(hidden(&text), order[..count], "{width}: {text}");
        let heading: String = plain(&text).lines().take(2).collect();
        assert!(heading.contains("TicketId  Title"), "{width}: {text}");
        assert_eq!(heading.contains("Category"), count < 1, "{width}: {text}");
        assert_eq!(heading.contains("LastChanged"), count < 4, "{width}: {text}");
    }
    let (records, code) = pty::both(&demo(&[]), 53).expect("a terminal");
    assert_eq!((code, hidden(&records)), (0, vec![]), "{records}");
    for column in COLUMNS {
        assert!(records.contains(column), "{column}: {records}");
    }
}

#[test]
fn all_default_columns_are_requested_at_any_width() {
    for width in ["40", "80", "200"] {
        let server = Server::awkward();
        server.run(&["839", "249", "--width", width]);
        assert_eq!(server.seen().query(), Some(&*format!("$select={}", COLUMNS.join(","))));
        assert_eq!(server.calls(), 1);
    }
}

#[test]
fn pipe_has_all_columns_unless_a_width_is_typed() {
    let run = Run::of(&mut demo(&[]));
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
    let heading = run.stdout.lines().next().unwrap_or_default();
    assert_eq!(heading.split_whitespace().collect::<Vec<_>>(), COLUMNS, "{run}");
    let run = Run::of(&mut demo(&["--width", "80"]));
    assert!(!run.stdout.contains("Category"), "{run}");
    // The hint is for a person at a terminal.
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
}

#[test]
fn selected_columns_are_never_hidden() {
    let select = COLUMNS.join(",");
    let folder = configuration(format!(
        "default_profile = 'a'\n[profiles.a]\nurl = 'https://example.com'\nselect = '{select}'"
    ));
    let by_option = demo(&["--select", &select]);
    let mut by_variable = demo(&[]);
    by_variable.env("SOTICKETS_SELECT", &select);
    let mut by_profile = configured(&folder, &["839", "249", "250", "--demo"]);
    by_profile.args(["--color", "never"]);
    for command in [by_option, by_variable, by_profile] {
        let Some(run) = pty::run(&command, 80) else { return };
        assert_eq!(run.code, 0, "{run}");
        assert!(run.stdout.starts_with("TicketId                  839\n"), "{run}");
    }
}

#[test]
fn longer_ids_and_dates_need_more_width() {
    let ticket = |id: i64| {
        format!(r#"[{{"TicketId":{id},"Title":"T","LastChanged":"2026-03-29T14:52:00+02:00"}}]"#)
    };
    let shows_all = |id: i64, width: &str, dates: &str| {
        let server = Server::json(&ticket(id));
        let run = server.run(&[&id.to_string(), "--width", width, "--dates", dates]);
        assert_eq!(run.code, 0, "{run}");
        run.stdout.contains("Category")
    };
    assert!(shows_all(839, "102", "short"));
    assert!(!shows_all(1_234_567_890, "103", "short"));
    assert!(shows_all(1_234_567_890, "104", "short"));
    assert!(!shows_all(839, "110", "iso"));
    assert!(shows_all(839, "111", "iso"));
}
