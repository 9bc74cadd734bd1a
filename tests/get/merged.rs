//! Merged tickets, and numbers that stand for no value.

use crate::support::{Run, Server, json_formats, json_text_formats};

const BODY: &str = r#"[
    {"TicketId":250,"BaseStatus":"Merged","ConnectId":839,"CustId":-1,"ContactId":0,"OwnedBy":1},
    {"TicketId":251,"BaseStatus":"Merged","ConnectId":-1,"CustId":7,"ContactId":0,"OwnedBy":1},
    {"TicketId":252,"BaseStatus":"Merged","ConnectId":839,"CustId":-1,"ContactId":0,"OwnedBy":1},
    {"TicketId":839,"BaseStatus":"Active","ConnectId":-1,"CustId":-1,"ContactId":0,"OwnedBy":1}
]"#;

const IDS: [&str; 4] = ["250", "251", "252", "839"];

/// Requests the tickets of [`BODY`], with further arguments.
fn run(arguments: &[&str]) -> Run {
    Server::json(BODY).run(&[&IDS[..], arguments].concat())
}

#[test]
fn merged_tickets_are_named_in_each_format_and_the_exit_code_stays() {
    let warning = "warning: 2 tickets were merged: 250 into 839, 252 into 839\n";
    for format in &json_formats(|_| true) {
        let run = run(&["-o", format, "-s", "TicketId,BaseStatus,ConnectId,Title"]);
        assert_eq!((run.code, run.stderr.as_str()), (0, warning), "{format}: {run}");
    }
    for format in ["csv", "json"] {
        let run = run(&["-o", format]);
        assert_eq!((run.code, run.stderr.as_str()), (0, warning), "{format}: {run}");
    }
}

#[test]
fn one_merged_ticket_is_named_in_xml_too() {
    let body = "<Tickets><Ticket><TicketId>250</TicketId><BaseStatus>Merged</BaseStatus>\
        <ConnectId>839</ConnectId></Ticket></Tickets>";
    let server = Server::answering(|_, then| {
        then.status(200).header("content-type", "application/xml").body(body);
    });
    let run = server.run(&["250", "-o", "xml"]);
    insta::assert_snapshot!(run, @"
    <Tickets><Ticket><TicketId>250</TicketId><BaseStatus>Merged</BaseStatus><ConnectId>839</ConnectId></Ticket></Tickets>--- stderr
    warning: ticket 250 was merged into 839
    --- exit code 0
    ");
}

#[test]
fn merged_ticket_is_not_named_where_a_field_is_missing() {
    let bodies = [
        r#"[{"TicketId":250,"BaseStatus":"Merged"}]"#,
        r#"[{"TicketId":250,"BaseStatus":"Merged","ConnectId":null}]"#,
        r#"[{"TicketId":250,"BaseStatus":null,"ConnectId":839,"Title":"\"Merged\""}]"#,
    ];
    for body in bodies {
        let run = Server::json(body).run(&["250", "-o", "csv"]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
    }
}

#[test]
fn numbers_that_mean_none_are_printed_as_sent() {
    let select = "TicketId,CustId,ConnectId,ContactId,OwnedBy";
    let run = run(&["-o", "csv", "-s", select]);
    assert_eq!(
        run.stdout,
        format!("{select}\n250,-1,839,0,1\n251,7,-1,0,1\n252,-1,839,0,1\n839,-1,-1,0,1\n")
    );
    for format in &json_text_formats(|format| !format.is_raw()) {
        let run = self::run(&["-o", format, "-s", select]);
        assert_eq!(run.stdout.matches("-1").count(), 5, "{format}: {run}");
    }
}
