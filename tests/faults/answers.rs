//! Answers of 200 without tickets, or in XML.

use crate::support::{Run, Server};

/// Runs `get 839` against an answer of `status` and `body`.
fn answered(status: u16, body: impl AsRef<[u8]>) -> (Run, String) {
    let server = Server::status(status, body);
    let run = server.run(&["839"]);
    assert_eq!(run.stdout, "", "{run}");
    let shown = server.shown(&run);
    (run, shown)
}

/// Returns the messages for each body, all with exit code `code`.
fn messages(code: i32, bodies: &[&str]) -> String {
    let mut lines = Vec::new();
    for body in bodies {
        let (run, shown) = answered(200, body);
        assert_eq!(run.code, code, "{body}: {run}");
        let shown = shown.lines().filter(|line| !line.starts_with("---"));
        lines.extend(shown.map(str::to_owned));
    }
    lines.join("\n")
}

#[test]
fn failed_call_with_status_200_is_a_server_error() {
    let bodies = [
        "null",
        "\u{feff} null\n",
        r#"{"Error":true,"ErrorType":"SoException","ErrorMessage":"Failed"}"#,
        r#"{"Error":true}"#,
        r#"{"Message":"No.","MessageDetail":"Bad select"}"#,
    ];
    insta::assert_snapshot!(messages(5, &bodies), @r"
    error: the call failed on the server, which answered null and gave no reason
    hint: try one id and fewer fields; the server's own log knows more
    error: the call failed on the server, which answered null and gave no reason
    hint: try one id and fewer fields; the server's own log knows more
    error: the server refused the call: SoException: Failed
    hint: -v shows the request; the server's own log knows more
    error: the server refused the call: an error without a message
    hint: -v shows the request; the server's own log knows more
    error: the server refused the call: No. Bad select
    hint: -v shows the request; the server's own log knows more
    ");
}

#[test]
fn json_without_a_list_of_tickets_is_quoted() {
    let bodies = [
        "{}",
        r#"{"TicketId":839}"#,
        r#""text""#,
        "true",
        "[1,2]",
        r#"[{"TicketId":839},"x"]"#,
        "[[]]",
    ];
    insta::assert_snapshot!(messages(7, &bodies), @r#"
    error: the answer is not a list of tickets: {}
    hint: check that the address is the SuperOffice WebAPI's
    error: the answer is not a list of tickets: {"TicketId":839}
    hint: check that the address is the SuperOffice WebAPI's
    error: the answer is not a list of tickets: "text"
    hint: check that the address is the SuperOffice WebAPI's
    error: the answer is not a list of tickets: true
    hint: check that the address is the SuperOffice WebAPI's
    error: the answer is not a list of tickets: element 1 is 1
    hint: check that the address is the SuperOffice WebAPI's
    error: the answer is not a list of tickets: element 2 is "x"
    hint: check that the address is the SuperOffice WebAPI's
    error: the answer is not a list of tickets: element 1 is []
    hint: check that the address is the SuperOffice WebAPI's
    "#);
}

#[test]
fn answer_that_is_not_json_is_quoted() {
    let bodies = ["", "  \n", "<!DOCTYPE html><title>Sign in</title>", "<html>", "OK"];
    insta::assert_snapshot!(messages(7, &bodies), @r"
    error: the answer is empty
    hint: check that the address is the SuperOffice WebAPI's
    error: the answer is empty
    hint: check that the address is the SuperOffice WebAPI's
    error: the answer is not JSON but a web page: 'Sign in'
    hint: a sign-in page or a proxy answered in the API's place: check address and credential
    error: the answer is not JSON but a web page
    hint: a sign-in page or a proxy answered in the API's place: check address and credential
    error: the answer is not JSON: OK
    hint: check that the address is the SuperOffice WebAPI's
    ");
}

#[test]
fn cut_or_broken_json_prints_nothing() {
    let bodies = [
        "[{]",
        r#"[{"TicketId":839},]"#,
        r#"[{"TicketId":839}] x"#,
        r#"[{"TicketId":839},{"Tick"#,
        r#"{"Error":true,"ErrorMess"#,
    ];
    insta::assert_snapshot!(messages(7, &bodies), @r#"
    error: the answer is not JSON: key must be a string at line 1 column 3
    hint: it may have been cut or changed on its way; nothing of it was printed
    error: the answer is not JSON: trailing comma at line 1 column 19
    hint: it may have been cut or changed on its way; nothing of it was printed
    error: the answer is not JSON: trailing characters at line 1 column 20
    hint: it may have been cut or changed on its way; nothing of it was printed
    error: the answer is not JSON: EOF while parsing a string at line 1 column 24
    hint: it may have been cut or changed on its way; nothing of it was printed
    error: the answer is not JSON: {"Error":true,"ErrorMess
    hint: check that the address is the SuperOffice WebAPI's
    "#);
    let (run, _) = answered(200, b"[{\"Title\":\"\xe5\"}]");
    assert_eq!(run.code, 7, "{run}");
    assert!(run.stderr.contains("UTF-8"), "{run}");
}

#[test]
fn xml_answer_needs_an_xml_content_type() {
    let run_with = |kind: &str, body: &str| {
        let (kind, body) = (kind.to_owned(), body.to_owned());
        let server = Server::answering(move |_, then| {
            then.status(200).header("content-type", kind).body(body);
        });
        server.run(&["839", "-o", "xml"])
    };
    for kind in ["application/xml", "text/xml; charset=utf-8", "APPLICATION/XML"] {
        let body = "<A><Ticket><TicketId>839</TicketId></Ticket></A>";
        let run = run_with(kind, body);
        assert_eq!((run.code, run.stdout.as_str()), (0, body), "{run}");
    }
    let cases = [
        ("application/json", "[]", 7),
        ("text/html", "<html><title>Sign in</title>", 7),
        ("application/xhtml+xml", "<html/>", 7),
        ("application/json", "null", 5),
        ("application/json", r#"{"Error":true,"ErrorMessage":"No"}"#, 5),
    ];
    for (kind, body, code) in cases {
        let run = run_with(kind, body);
        assert_eq!((run.code, run.stdout.as_str()), (code, ""), "{body}: {run}");
    }
    insta::assert_snapshot!(run_with("application/json", "[]"), @r"
    --- stderr
    error: the answer is not XML, it is application/json: []
    hint: this server may not offer XML: -o json
    --- exit code 7
    ");
}
