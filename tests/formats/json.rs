//! `-o json`, `-o jsonl` and `-o xml`.

use crate::support::{AWKWARD, PATH, Run, Server};

fn awkward(arguments: &[&str]) -> Run {
    let run = Server::awkward().run(&[&["839", "249"], arguments].concat());
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
    run
}

#[test]
fn json_is_the_servers_bytes() {
    assert_eq!(awkward(&["-o", "json"]).stdout, AWKWARD);
    for body in [
        "[\r\n {\"TicketId\" :839, \"a\":1.0e0}\r\n, {\"TicketId\":249}]  ",
        "\u{feff}[{\"TicketId\":839},{\"TicketId\":249}]",
        "[{\"TicketId\":249},{\"TicketId\":839}]",
    ] {
        let run = Server::json(body).run(&["839", "249", "-o", "json"]);
        assert_eq!((run.code, run.stdout.as_str()), (0, body), "{run}");
    }
    // Neither dates nor columns are touched.
    let arguments = ["-o", "json", "--timezone", "Europe/Oslo", "-s", "Title,TicketId"];
    assert_eq!(awkward(&arguments).stdout, AWKWARD);
}

#[test]
fn jsonl_is_compact_and_keeps_numbers_and_keys() {
    let lines = [
        r#"{"TicketId":839,"Title":"He said \"no, thanks\"\r\nand\tleft \\o/","CreatedAt":"2026-03-29T00:59:59.1234567Z","LastChanged":"2026-03-29T01:00:00Z","ClosedAt":"0001-01-01T00:00:00Z","Deadline":null,"CreatedBy":-5,"CreatedByName":"=cmd|' /C calc'!A0","Author":"-1+2","OwnedBy":123456789012345678901234567890,"OwnedByName":"世界 🎉 👩‍💻 Æøå","Category":"17","Sentiment":1e400,"SentimentConfidence":-0.50,"HasAttachment":true,"NumReplies":0,"SaleHeading":"","TableRight":{"Mask":"Select, Update","Reason":"a \"b\" c"},"FieldProperties":{},"NewField":[1,{"a":null}]}"#,
        r#"{"Title":"first","HasAttachment":false,"\u0054itle":"cut \ud800 here; \u001b[2J\u202efdp.exe","Author":"\ttab first","ticketid":249,"TableRight":null,"FieldProperties":{"Title":{"FieldRight":{"Mask":"Select","Reason":""},"FieldType":"System.String","FieldLength":255}}}"#,
        "",
    ];
    assert_eq!(awkward(&["-o", "jsonl"]).stdout, lines.join("\n"));
}

#[test]
fn jsonl_with_select_has_only_those_keys_as_documented() {
    let select = "tableright/mask,title,OwnedBy,sentiment,newfield,CreatedAt,ClosedAt,category";
    let lines = [
        r#"{"TableRight/Mask":"Select, Update","Title":"He said \"no, thanks\"\r\nand\tleft \\o/","OwnedBy":123456789012345678901234567890,"Sentiment":1e400,"newfield":[1,{"a":null}],"CreatedAt":"2026-03-29T00:59:59.1234567Z","ClosedAt":"0001-01-01T00:00:00Z","Category":"17"}"#,
        r#"{"TableRight/Mask":null,"Title":"cut \ud800 here; \u001b[2J\u202efdp.exe","OwnedBy":null,"Sentiment":null,"newfield":null,"CreatedAt":null,"ClosedAt":null,"Category":null}"#,
        "",
    ];
    let run = awkward(&["-o", "jsonl", "-s", select, "--any-field"]);
    assert_eq!(run.stdout, lines.join("\n"));
}

#[test]
fn jsonl_dates_are_converted_where_asked_for() {
    let dates = |arguments: &[&str]| {
        let run = awkward(&[&["-o", "jsonl", "-s", "CreatedAt,ClosedAt"], arguments].concat());
        run.stdout.lines().next().expect("a ticket").to_owned()
    };
    assert_eq!(
        dates(&["--timezone", "Europe/Oslo"]),
        r#"{"CreatedAt":"2026-03-29T01:59:59.1234567+01:00","ClosedAt":null}"#
    );
    assert_eq!(
        dates(&["--dates", "iso"]),
        r#"{"CreatedAt":"2026-03-29T00:59:59.1234567Z","ClosedAt":null}"#
    );
    assert_eq!(dates(&["--dates", "short"]), r#"{"CreatedAt":"2026-03-29 00:59","ClosedAt":null}"#);

    // The whole ticket, whose other values stay as they are.
    let run = awkward(&["-o", "jsonl", "--timezone", "Europe/Oslo"]);
    let first = run.stdout.lines().next().expect("a ticket");
    assert!(first.contains(r#""LastChanged":"2026-03-29T03:00:00+02:00","ClosedAt":null,"Deadline":null,"CreatedBy":-5,"#), "{run}");
    assert!(first.contains(r#""Sentiment":1e400,"SentimentConfidence":-0.50,"#), "{run}");
    let second = run.stdout.lines().nth(1).expect("a ticket");
    assert!(second.contains(r#""cut \ud800 here; \u001b[2J\u202efdp.exe""#), "{run}");
}

#[test]
fn every_jsonl_line_is_a_ticket_of_its_own() {
    let run = awkward(&["-o", "jsonl", "-s", "OwnedByName,FieldProperties"]);
    let lines: Vec<serde_json::Value> =
        run.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[1]["FieldProperties"]["Title"]["FieldLength"], 255);
    let run = Server::json("[]").run(&["839", "-o", "jsonl"]);
    assert_eq!((run.code, run.stdout.as_str()), (3, ""), "{run}");
}

fn xml(content_type: &'static str, body: &'static str) -> Server {
    Server::answering(move |when, then| {
        when.method("POST").path(PATH).header("accept", "application/xml");
        then.status(200).header("content-type", content_type).body(body);
    })
}

#[test]
fn xml_is_the_servers_bytes() {
    let body = "\u{feff}<?xml version=\"1.0\"?>\r\n<ArrayOfTicket><Ticket><TicketId>839</TicketId><Title>\u{202e}</Title></Ticket></ArrayOfTicket>";
    for content_type in ["application/xml; charset=utf-8", "text/xml", "application/soap+XML"] {
        let run = xml(content_type, body).run(&["839", "-o", "xml"]);
        assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (0, body, ""));
    }
}

#[test]
fn answer_that_is_not_xml_is_an_error() {
    let cases = [
        ("application/json", "[{\"TicketId\":839}]", 7),
        ("text/html", "<html><title>Sign in</title></html>", 7),
        ("application/xhtml+xml", "<html><title>Sign in</title></html>", 7),
        ("application/json", "{\"Error\":true,\"ErrorMessage\":\"no such user\"}", 5),
        ("application/json", "null", 5),
        ("", "", 7),
    ];
    for (content_type, body, code) in cases {
        let run = xml(content_type, body).run(&["839", "-o", "xml"]);
        assert_eq!((run.code, run.stdout.as_str()), (code, ""), "{content_type}: {run}");
        assert!(run.stderr.starts_with("error: "), "{run}");
    }
}
