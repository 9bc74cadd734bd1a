//! `$select` in the request, and the fields that are printed.

use sotickets::output::OutputFormat;

use crate::support::{PATH, Run, Server, TOKEN, formats};

const TICKET: &str = r#"[{"TicketId":839,"Title":"a","OwnedByName":"Tim","Custom":5,"TableRight":{"Mask":"Select","Reason":""},"FieldProperties":{"Title":{"FieldRight":{"Mask":"Update"}}}}]"#;

/// Returns the query of the one call for `arguments`.
fn query(arguments: &[&str]) -> Option<String> {
    let server = Server::json(TICKET);
    server.run(&[&["839"], arguments].concat());
    let seen = server.seen();
    assert!(seen.target.starts_with(PATH), "{}", seen.target);
    seen.query().map(str::to_owned)
}

#[test]
fn select_keeps_the_order_and_corrects_the_spelling() {
    let cases: [(&[&str], &str); 9] = [
        (&["-s", "Title,OwnedByName"], "Title,OwnedByName,TicketId"),
        (&["-s", "ownedbyname,TITLE"], "OwnedByName,Title,TicketId"),
        (&["-s", "Title", "--select", "Author"], "Title,Author,TicketId"),
        (&["-s", "Title,title", "-s", "TITLE"], "Title,TicketId"),
        (&["-s", " Title , Author "], "Title,Author,TicketId"),
        (&["-s", "Title,ticketid,Author"], "Title,TicketId,Author"),
        (&["-s", "tableright/MASK,TableRight"], "TableRight/Mask,TableRight,TicketId"),
        (
            &["-s", "fieldproperties/title/fieldright/mask"],
            "FieldProperties/Title/FieldRight/Mask,TicketId",
        ),
        (
            &["-s", "Custom,a&b#c%d e/ü,title", "--any-field"],
            "Custom,a%26b%23c%25d%20e/%C3%BC,Title,TicketId",
        ),
    ];
    for (arguments, select) in cases {
        assert_eq!(query(arguments), Some(format!("$select={select}")), "{arguments:?}");
    }
}

#[test]
fn ticket_id_is_requested_by_every_format_that_is_not_raw() {
    for format in &formats(|format| !format.is_raw()) {
        let select = query(&["-s", "Title", "-o", format]);
        assert_eq!(select.as_deref(), Some("$select=Title,TicketId"), "{format}");
    }
    for format in &formats(OutputFormat::is_raw) {
        let select = query(&["-s", "Title", "-o", format]);
        assert_eq!(select.as_deref(), Some("$select=Title"), "{format}");
    }
}

#[test]
fn default_fields_are_eight_for_people_and_all_for_machines() {
    for arguments in [&[][..], &["-o", "table"], &["-o", "markdown"]] {
        let eight = "$select=TicketId,Title,TicketStatusDisplayValue,PriorityName,OwnedByName,CategoryName,PersonFullname,LastChanged";
        assert_eq!(query(arguments).as_deref(), Some(eight), "{arguments:?}");
    }
    for format in &formats(|format| !format.is_for_people() || format == OutputFormat::Record) {
        assert_eq!(query(&["-o", format]), None, "{format}");
    }
}

#[test]
fn selected_fields_are_printed_and_no_others() {
    let cases = [
        ("csv", "Title", "Title\na\n"),
        ("csv", "ownedbyname,TITLE,title", "OwnedByName,Title\nTim,a\n"),
        ("tsv", "TableRight/Mask,Title", "TableRight/Mask\tTitle\nSelect\ta\n"),
        ("jsonl", "title,tableright/mask", "{\"Title\":\"a\",\"TableRight/Mask\":\"Select\"}\n"),
        (
            "record",
            "FieldProperties/Title/FieldRight/Mask",
            "FieldProperties/Title/FieldRight/Mask  Update\n",
        ),
        ("table", "Title,TicketId", "Title  TicketId\na           839\n"),
        ("markdown", "Title", "| Title |\n| ----- |\n| a     |\n"),
        ("json", "Title", TICKET),
    ];
    for (format, select, printed) in cases {
        let run = Server::json(TICKET).run(&["839", "-s", select, "-o", format]);
        assert_eq!(run.stdout, printed, "{format}");
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{format}");
    }
    let server = Server::json(TICKET);
    let run = server.run(&["839", "-s", "custom,TicketId", "--any-field", "-o", "csv"]);
    assert_eq!(run.stdout, "custom,TicketId\n5,839\n");
}

#[test]
fn variable_selects_unless_the_option_does() {
    let server = Server::json(TICKET);
    let mut command = server.get(&["839", "-o", "csv"]);
    let run = Run::of(command.env("SOTICKETS_SELECT", "title, author"));
    assert_eq!(run.stdout, "Title,Author\na,\n");
    assert_eq!(server.seen().query(), Some("$select=Title,Author,TicketId"));

    let mut command = server.get(&["839", "-o", "csv", "-s", "OwnedByName"]);
    let run = Run::of(command.env("SOTICKETS_SELECT", "Titel"));
    assert_eq!((run.code, run.stdout.as_str()), (0, "OwnedByName\nTim\n"));

    let mut command = server.get(&["839"]);
    let run = Run::of(command.env("SOTICKETS_SELECT", ""));
    assert_eq!(run.code, 0, "an empty variable is an unset one: {run}");
}

#[test]
fn wrong_variable_is_named_in_the_error() {
    let server = Server::json(TICKET);
    for (value, message) in [
        ("Titel", "error: SOTICKETS_SELECT: unknown field 'Titel'\nhint: did you mean Title?\n"),
        ("Title,", "error: SOTICKETS_SELECT: an empty field name in 'Title,'\n"),
    ] {
        let run = server.refused(server.get(&["839"]).env("SOTICKETS_SELECT", value));
        assert!(run.stderr.starts_with(message), "{run}");
    }
    // The hint names --any-field, so that has to help here, too.
    let mut command = server.get(&["839", "--any-field", "-o", "csv"]);
    let run = Run::of(command.env("SOTICKETS_SELECT", "Custom"));
    assert_eq!((run.code, run.stdout.as_str()), (0, "Custom\n5\n"), "{run}");
}

#[test]
fn unknown_name_is_refused_with_the_nearest() {
    let run = Server::json(TICKET).refuses(&["839", "-s", "Titel,Author"]);
    insta::assert_snapshot!(run, @r"
    --- stderr
    error: --select: unknown field 'Titel'
    hint: did you mean Title?
    hint: `sotickets fields` lists them; --any-field sends a name as it is
    --- exit code 2
    ");
    let cases = [
        ("owndbyname", "unknown field 'owndbyname'", "did you mean OwnedByName"),
        ("TableRight/Msk", "unknown field 'TableRight/Msk'", "did you mean Mask?"),
        ("Title/x", "'Title/x': Title is a plain value", "select Title itself"),
        ("a\u{1b}[2Jb", "unknown field 'a\\x1b[2Jb'", "`sotickets fields` lists them"),
        ("zzz", "unknown field 'zzz'", "--any-field sends a name as it is"),
    ];
    for (select, message, hint) in cases {
        let run = Server::json(TICKET).refuses(&["839", "-s", select]);
        assert!(run.stderr.contains(message) && run.stderr.contains(hint), "{run}");
    }
    Server::json(TICKET).refuses(&["839", "--any-field", "-s", "a\u{1b}b"]);
}

#[test]
fn empty_name_is_refused() {
    for select in ["", " ", ",", "Title,", ",Title", "Title,,Author"] {
        let run = Server::json(TICKET).refuses(&["839", "-s", select]);
        assert!(run.stderr.contains("an empty field name"), "{select:?}: {run}");
        assert!(run.stderr.contains("\nhint: "), "{run}");
    }
    let run = Server::json(TICKET).refuses(&["839", "--any-field"]);
    assert!(run.stderr.contains("--any-field goes with --select"), "{run}");
    assert!(!run.stderr.contains(TOKEN));
}
