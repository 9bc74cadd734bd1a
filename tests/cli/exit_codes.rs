//! One exit code for each way to end, and nothing on standard output but data.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Stdio;

use crate::support::{Run, Server, json_text_formats, process, sotickets, tcp_server};

const TICKET: &str = r#"[{"TicketId":839,"Title":"a"}]"#;

#[test]
fn exit_code_is_0_if_every_ticket_was_printed() {
    let run = Server::json(TICKET).run(&["839", "-s", "Title", "-o", "csv"]);
    assert_eq!(run.to_string(), "Title\na\n--- exit code 0");
    for arguments in [&["--help"][..], &["--version"], &["get", "--help"]] {
        let run = Run::of(sotickets().args(arguments));
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
        assert!(!run.stdout.is_empty());
    }
}

#[cfg(target_os = "linux")]
#[test]
fn exit_code_is_1_if_the_output_cannot_be_written() {
    for format in &crate::support::formats(|_| true) {
        let server = Server::answering(|_, then| {
            let (kind, body) = match format.as_str() {
                "xml" => ("application/xml", "<ArrayOfTicket/>"),
                _ => ("application/json", TICKET),
            };
            then.status(200).header("content-type", kind).body(body);
        });
        let full = std::fs::File::options().write(true).open("/dev/full").expect("/dev/full");
        let mut command = process();
        command.env("SOTICKETS_URL", server.url()).env("SOTICKETS_TOKEN", "8A:test");
        command.args(["get", "839", "-s", "Title", "-o", format]).stdout(full);
        let run = Run::from(command.output().expect("the program runs"));
        let text =
            "error: the output could not be written: No space left on device (os error 28)\n";
        assert_eq!((run.code, run.stderr.as_str()), (1, text), "{format}");
    }
}

#[test]
fn exit_code_is_2_for_a_wrong_command_line() {
    for arguments in [
        &["839", "--no-such-flag"][..],
        &["839", "-o", "pdf"],
        &["839", "--url", "crm.example.com"],
        &["839", "--timeout", "soon"],
        &["839", "--max-bytes", "many"],
        &["839", "--bom"],
        &["839", "--width", "0"],
    ] {
        let run = Server::json(TICKET).refuses(arguments);
        assert!(run.stderr.starts_with("error: "), "{run}");
    }
    let run = Run::of(&mut sotickets());
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run}");
    let run = Run::of(sotickets().args(["get", "839"]).env("SOTICKETS_TOKEN", "8A:test"));
    insta::assert_snapshot!(run, @"
    --- stderr
    error: no address is given
    hint: sotickets auth login keeps one; or --url https://crm.example.com/SuperOffice, or SOTICKETS_URL, or a profile with a url; Online: --tenant Cust12345
    hint: to try the tool without a server: sotickets get 839 --demo
    --- exit code 2
    ");
    let server = Server::json(TICKET);
    let run = server.refused(server.get(&["839"]).env("SOTICKETS_OUTPUT", "pdf"));
    insta::assert_snapshot!(run, @r"
    --- stderr
    error: SOTICKETS_OUTPUT: 'pdf' is no output format
    hint: the formats are table, csv, tsv, json, jsonl, record, markdown, xml, xlsx, html
    --- exit code 2
    ");
}

#[test]
fn exit_code_is_3_if_a_ticket_is_missing() {
    assert_eq!(Server::json(TICKET).run(&["839,249"]).code, 3);
}

#[test]
fn exit_code_is_4_for_a_refused_credential() {
    assert_eq!(Run::of(&mut Server::json(TICKET).get_bare(&["839"])).code, 4);
    assert_eq!(Server::status(401, "").run(&["839"]).code, 4);
}

#[test]
fn exit_code_is_5_for_a_server_error() {
    assert_eq!(Server::status(500, "").run(&["839"]).code, 5);
}

#[test]
fn exit_code_is_6_for_a_network_error() {
    let run = Run::of(Server::json(TICKET).get(&["839"]).env("SOTICKETS_URL", tcp_server::dead()));
    assert_eq!((run.code, run.stdout.as_str()), (6, ""), "{run}");
}

#[test]
fn exit_code_is_7_for_an_unreadable_answer() {
    assert_eq!(Server::json("[1]").run(&["839"]).code, 7);
}

#[test]
fn reader_that_closes_early_is_not_an_error() {
    for format in &json_text_formats(|_| true) {
        read_one_line(format);
    }
}

fn read_one_line(format: &str) {
    let tickets: Vec<String> = (1..=10_000)
        .map(|id| format!(r#"{{"TicketId":{id},"Title":"some longer text"}}"#))
        .collect();
    // A line feed after the bracket gives json a first line too.
    let server = Server::json(&format!("[\n{}]", tickets.join(",")));
    let mut command = process();
    command.env("SOTICKETS_URL", server.url()).env("SOTICKETS_TOKEN", "8A:test");
    command.args(["get", "1..10000", "-s", "TicketId,Title", "-o", format]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program runs");
    let mut line = String::new();
    let mut stdout = BufReader::with_capacity(16, child.stdout.take().expect("a pipe"));
    stdout.read_line(&mut line).expect("a line");
    drop(stdout);
    let mut stderr = String::new();
    child.stderr.take().expect("a pipe").read_to_string(&mut stderr).expect("text");
    let code = child.wait().expect("an end").code();
    assert_eq!((code, stderr.as_str()), (Some(0), ""), "{format}: {line}");
}
