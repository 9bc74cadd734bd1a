//! The use of `-o xlsx`: where it is written, and which options suit it.

use std::fs;

use insta::assert_snapshot;

use super::{SELECT, TICKETS, Written};
use crate::support::Server;
use crate::support::out_file::OutFile;
use crate::support::workbook::{Cell, Workbook};

#[test]
fn same_tickets_are_the_same_bytes_in_a_pipe_and_in_a_file() {
    let server = Server::json(TICKETS);
    let arguments = ["839", "249", "-s", SELECT];
    let file = Written::with(&server, &arguments, |command| {
        command.env("SOURCE_DATE_EPOCH", "1774785600");
    });
    for _ in 0..3 {
        let mut command = server.get(&arguments);
        let output = command.args(["-o", "xlsx"]).env("SOURCE_DATE_EPOCH", "1774785600").output();
        assert!(output.expect("it runs").stdout == file.bytes());
    }
    let other = Written::new(&server, &arguments);
    assert!(other.bytes() != file.bytes());
    let (file, other) = (file.workbook(), other.workbook());
    for part in ["xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/worksheets/sheet2.xml"] {
        assert_eq!(file.part(part), other.part(part));
    }
}

#[test]
fn invalid_source_date_epoch_is_a_usage_error() {
    for text in ["soon", "-1", "1e9", "999999999999"] {
        let server = Server::json(TICKETS);
        let mut command = server.get(&["839", "-o", "xlsx"]);
        let run = server.refused(command.env("SOURCE_DATE_EPOCH", text));
        let message = format!("SOURCE_DATE_EPOCH: '{text}' is no number of seconds since 1970");
        assert!(run.stderr.contains(&message), "{run}");
    }
}

#[test]
fn options_that_do_nothing_are_refused() {
    for (arguments, message) in [
        (&["-o", "xlsx", "--dates", "iso"][..], "--dates does nothing with -o xlsx"),
        (&["-o", "xlsx", "--bom"], "--bom is for -o csv and -o tsv"),
        (&["-o", "xlsx", "--no-header"], "--no-header is for -o csv and -o tsv"),
        (&["-o", "xlsx", "--delimiter", ";"], "--delimiter is for -o csv and -o tsv"),
        (&["-o", "xlsx", "--guard-formulas"], "--guard-formulas is for -o csv and -o tsv"),
        (&["-o", "csv", "--out-file", "x.xlsx"], "--out-file: 'x.xlsx' does not suit -o csv"),
        (&["-o", "xlsx", "--out-file", "x.csv"], "--out-file: 'x.csv' does not suit -o xlsx"),
        (&["--out-file", "x.xls"], "--out-file: 'x.xls' names the old format of Excel"),
        (&["-o", "xlsx", "--out-file", "x.XLS"], "the ending for -o xlsx is .xlsx"),
        (
            &["--out-file", "x.xlsx", "--bom"],
            "--bom is for -o csv and -o tsv; --out-file chose xlsx",
        ),
        (&["-o", "xlsx", "--links", "always"], "the address of tickets in the web client"),
    ] {
        let run = Server::json(TICKETS).refuses(&[&["839"], arguments].concat());
        assert!(run.stderr.contains(message), "{arguments:?}: {run}");
    }
}

#[test]
fn no_temporary_folder_is_needed() {
    let arguments = ["839", "249", "-s", SELECT];
    let written = Written::with(&Server::json(TICKETS), &arguments, |command| {
        command.env("TMPDIR", "/nowhere").env("TMP", "/nowhere").env("TEMP", "/nowhere");
    });
    assert_eq!(written.run.to_string(), "--- exit code 0");
    assert_eq!(written.workbook().cells()["A2"], Cell::Number("839".to_owned()));
    assert_eq!(fs::read_dir(written.folder.path()).expect("a folder").count(), 1);
}

#[test]
fn links_are_there_unless_switched_off() {
    let server = Server::json(TICKETS);
    let has_links = |arguments: &[&str], template: &str| {
        let written = Written::with(&server, &[&["839", "249"], arguments].concat(), |command| {
            command.env("SOTICKETS_TICKET_URL", template);
        });
        written.workbook().part("xl/worksheets/sheet1.xml").contains("<hyperlink ")
    };
    let template = "https://crm.example.com/?id={id}";
    assert!(has_links(&[], template));
    assert!(has_links(&["--links", "auto", "-s", "Title,TicketId"], template));
    assert!(has_links(&["--links", "always"], template));
    assert!(!has_links(&["--links", "never"], template));
    assert!(!has_links(&["-s", "Title"], template));
    assert!(!has_links(&[], ""));
}

#[test]
fn nothing_is_written_without_a_ticket() {
    let server = Server::json("[]");
    let run = server.run(&["839", "-o", "xlsx"]);
    assert_snapshot!(run, @"
    --- stderr
    error: ticket 839 did not come back
    hint: it does not exist, or this user may not read it; with --allow-missing this is not an error
    --- exit code 3
    ");
    let file = OutFile::old();
    let arguments = [&["839", "-o", "xlsx", "--allow-missing"][..], &file.arguments()].concat();
    let run = Server::json("[]").run(&arguments);
    assert_eq!(run.code, 0, "{run}");
    let workbook = Workbook::read(&fs::read(file.path()).expect("a file"));
    assert_eq!(workbook.part("xl/worksheets/sheet1.xml").matches("<row ").count(), 1);
}

#[cfg(unix)]
#[test]
fn terminal_is_refused_before_anything_is_sent() {
    let server = Server::json(TICKETS);
    let Some(run) = crate::support::pty::run(&server.get(&["839", "-o", "xlsx"]), 80) else {
        return;
    };
    assert_snapshot!(run, @"
    --- stderr
    error: --output xlsx is no text for a terminal
    hint: write a file: --out-file tickets.xlsx, or pipe it
    --- exit code 2
    ");
    assert_eq!(server.calls(), 0);
    let dry_run = server.get(&["839", "-o", "xlsx", "--dry-run"]);
    assert_eq!(crate::support::pty::run(&dry_run, 80).map(|run| run.code), Some(0));
    for path in ["/dev/stdout", "/dev/fd/1", "/dev/stderr"] {
        let command = server.get(&["839", "-o", "xlsx", "--out-file", path]);
        let (output, code) = crate::support::pty::both(&command, 80).expect("a terminal");
        let message = "error: --output xlsx is no text for a terminal\n";
        assert!(
            code == 2 && crate::support::plain(&output).starts_with(message),
            "{path}: {code} {output}"
        );
    }
    assert_eq!(server.calls(), 0);
}
