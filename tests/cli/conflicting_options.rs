//! Options that would do nothing, and formats by variable.

use crate::support::{Run, Server};

#[test]
fn typed_option_that_would_do_nothing_is_refused() {
    let cases: [(&[&str], &str); 24] = [
        (&["--bom", "-o", "json"], "--bom"),
        (&["--bom"], "--bom"),
        (&["--no-header", "-o", "jsonl"], "--no-header"),
        (&["--no-header", "-o", "table"], "--no-header"),
        (&["--delimiter", ";", "-o", "markdown"], "--delimiter"),
        (&["--guard-formulas", "-o", "xml"], "--guard-formulas"),
        (&["--guard-formulas", "-o", "record"], "--guard-formulas"),
        (&["--dates", "relative", "-o", "csv"], "--dates relative"),
        (&["--dates", "relative", "-o", "jsonl"], "--dates relative"),
        (&["--dates", "relative", "-o", "json"], "--dates"),
        (&["--dates", "iso", "-o", "json"], "--dates"),
        (&["--dates", "as-sent", "-o", "xml"], "--dates"),
        (&["--any-field"], "--any-field"),
        (&["--no-auth", "--token", "env:T"], "--no-auth"),
        (&["--no-auth", "--app-token", "env:T"], "--no-auth"),
        (&["--demo", "--url", "http://127.0.0.1:1"], "--demo"),
        (&["--demo", "--allow-plain-http"], "--allow-plain-http"),
        (&["--demo", "--dry-run"], "--dry-run"),
        (&["--password", "env:P"], "no user"),
        (&["--user", "tim"], "--password"),
        (&["--xsrf-token", "env:X"], "--cookie"),
        (&["--cookie", "env:X"], "--xsrf-token"),
        (&["--user", "tim", "--token", "env:T"], "two credentials"),
        (&["--url", "https://127.0.0.1:1", "--allow-plain-http"], "--allow-plain-http"),
    ];
    for (arguments, named) in cases {
        let run = Server::awkward().refuses(&[&["839"], arguments].concat());
        assert!(run.stderr.starts_with("error: ") && run.stderr.contains(named), "{run}");
    }
}

#[test]
fn color_and_width_are_exempt_and_so_are_variables() {
    let ids = ["839", "249", "-o", "json"];
    for exempt in [&["--color", "always"][..], &["--width", "10"], &["--no-trunc"]] {
        let run = Server::awkward().run(&[&ids, exempt].concat());
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
    }
    for (name, value) in [
        ("SOTICKETS_TIMEZONE", "Europe/Oslo"),
        ("SOTICKETS_SELECT", "Title,TicketId"),
        ("SOTICKETS_USER", "tim"),
    ] {
        let server = Server::awkward();
        let run = Run::of(server.get(&ids).env(name, value));
        assert_eq!((run.code, server.calls(), run.stderr.as_str()), (0, 1, ""), "{name}: {run}");
    }
}

#[test]
fn variable_names_the_format_and_the_option_beats_it() {
    let output = |value: &str, arguments: &[&str]| {
        let server = Server::awkward();
        let arguments = [&["839", "249", "-s", "TicketId"], arguments].concat();
        Run::of(server.get(&arguments).env("SOTICKETS_OUTPUT", value))
    };
    assert_eq!(output("csv", &[]).stdout, "TicketId\n839\n249\n");
    assert_eq!(output("JSONL", &[]).stdout, "{\"TicketId\":839}\n{\"TicketId\":249}\n");
    assert_eq!(output("csv", &["-o", "jsonl"]).stdout, "{\"TicketId\":839}\n{\"TicketId\":249}\n");
    assert_eq!(output("csv", &["--format=CSV"]).stdout, "TicketId\n839\n249\n");
    assert!(output("", &[]).stdout.starts_with("TicketId\n"));
    // The format from the variable decides whether an option has an effect.
    let run = output("JSON", &["--bom"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run}");
    let message = "error: --bom is for -o csv and -o tsv; SOTICKETS_OUTPUT chose json\n";
    assert_eq!(run.stderr, message);
    let run = output("csv", &["--bom", "-o", "json"]);
    assert_eq!(run.stderr, "error: --bom is for -o csv and -o tsv\n");

    let run = output("exel\u{1b}", &[]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run}");
    insta::assert_snapshot!(run, @r"
    --- stderr
    error: SOTICKETS_OUTPUT: 'exel\x1b' is no output format
    hint: the formats are table, csv, tsv, json, jsonl, record, markdown, xml, xlsx, html
    --- exit code 2
    ");
    let run = Server::awkward().refuses(&["839", "-o", "exel"]);
    assert!(run.stderr.contains("[possible values: table, csv, tsv, json, "), "{run}");
}
