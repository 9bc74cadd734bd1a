//! Answers that arrive whole, and are no list of tickets.

use crate::support::fault::Fault;
use crate::support::tcp_server::{self, ok_with_length};

const NOT_TICKETS: &str = "the answer is not a list of tickets: …";

fn status(line: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {line}\r\ncontent-length: {length}\r\n{headers}\r\n{body}").into_bytes()
}

#[test]
fn json_of_another_shape_is_rejected() {
    let shape = |name, code, message, body: &str| {
        Fault::new(name, code, message).in_answer(ok_with_length("", body));
    };
    shape("an array of numbers", 7, "the answer is not a list of tickets: element 1 is 1", "[1,2]");
    shape(
        "an array of texts",
        7,
        "the answer is not a list of tickets: element 1 is \"a\"",
        "[\"a\"]",
    );
    shape(
        "an array of arrays",
        7,
        "the answer is not a list of tickets: element 2 is [{}]",
        "[{},[{}]]",
    );
    shape(
        "an object",
        7,
        "the answer is not a list of tickets: {\"TicketId\":839}",
        "{\"TicketId\":839}",
    );
    let failed = "the call failed on the server, which answered null and gave no reason";
    shape("null", 5, failed, "null");
    let refused = "the server refused the call: SoException: no";
    let error = r#"{"Error":true,"ErrorType":"SoException","ErrorMessage":"no"}"#;
    shape("an error object with 200", 5, refused, error);
    shape("an empty body", 7, "the answer is empty", "");
    shape("white space alone", 7, "the answer is empty", " \r\n\t ");
    shape("a byte-order mark alone", 7, "the answer is empty", "\u{feff}");
    let login = "<!DOCTYPE html><html><head><title>Sign in</title></head></html>";
    let page = "the answer is not JSON but a web page: 'Sign in'";
    shape("a login page with 200", 7, page, login);
    shape("plain text with 200", 7, "the answer is not JSON: OK", "OK");
}

#[test]
fn broken_json_is_rejected() {
    let broken = |name, message, bodies: &[&[u8]]| {
        Fault::new(name, 7, message).in_each(bodies.iter().map(|body| ok_with_length("", body)));
    };
    let bodies: [&[u8]; 4] = [b"[{]", b"[{\"TicketId\":839},]", b"[{\"TicketId\":839}] x", b"["];
    broken("broken JSON", "the answer is not JSON: …", &bodies);
    let bodies: [&[u8]; 4] = [
        b"[{\"TicketId\":839,\"Title\":\"\xe5\"}]",
        b"[{\"TicketId\":839,\"Title\":\"\xed\xa0\x80\"}]",
        b"[{\"TicketId\":839,\"Title\":\"\xc0\x80\"}]",
        b"[{\"TicketId\":839,\"Title\":\"\xf0\x9f",
    ];
    broken("invalid UTF-8", "the answer is not JSON: it is no UTF-8 at byte 26", &bodies);
    let utf16: Vec<u8> = "[{}]".encode_utf16().flat_map(u16::to_le_bytes).collect();
    broken("UTF-16", "the answer is not JSON: …", &[&utf16, &[b"\xff\xfe", &utf16[..]].concat()]);
    broken(
        "a control character in a text",
        "the answer is not JSON: control character …",
        &[b"[{\"TicketId\":839,\"Title\":\"a\nb\"}]", b"[{\"TicketId\":839,\"Title\":\"a\0b\"}]"],
    );
}

#[test]
fn elements_beyond_the_limit_are_rejected() {
    let message = "the answer has more than 1002 elements; 1 ticket was asked for";
    let fault = Fault::new("more elements than twice the ids and 1,000", 7, message);
    for element in ["null", "{}", "{\"a\":1}", "{\"TicketId\":839}"] {
        for count in [1003, 200_000] {
            let body = format!("[{}]", vec![element; count].join(","));
            fault.in_each([ok_with_length("", &body), tcp_server::ok("", &body)]);
        }
    }
}

#[test]
fn xml_without_tickets_is_rejected() {
    let xml = |name, message, body: &str| {
        let length = body.len();
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\ncontent-length: ";
        Fault::new(name, 7, message)
            .in_answer_as("xml", format!("{head}{length}\r\n\r\n{body}").as_bytes());
    };
    xml("XML that is not well-formed", "the answer is not XML: …", "<a><Ticket></a>");
    let other = "the answer is not a list of tickets: <Error>";
    xml("XML of another shape", other, "<Error><Message>No</Message></Error>");
    let encoding = "the answer is XML in 'Shift_JIS', which is not read here";
    let body = "<?xml version=\"1.0\" encoding=\"Shift_JIS\"?><a/>";
    xml("XML in another encoding", encoding, body);
}

#[test]
fn deep_nesting_is_rejected() {
    let deep = |open: &str| ok_with_length("", open.repeat(100_000));
    let broken = "the answer is not JSON: …";
    Fault::new("100,000 opening brackets", 7, broken).in_answer(deep("["));
    Fault::new("100,000 opening braces", 7, broken)
        .in_each([deep("[{\"X\":"), ok_with_length("", format!("[{}", "{\"X\":".repeat(100_000)))]);
    let brackets = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    Fault::new("100,000 brackets, closed", 7, NOT_TICKETS).in_answer(ok_with_length("", brackets));
    let braces = format!("{}1{}", "{\"a\":".repeat(100_000), "}".repeat(100_000));
    Fault::new("100,000 objects in one another", 7, NOT_TICKETS)
        .in_answer(ok_with_length("", braces));
}

#[test]
fn other_status_is_an_error() {
    let with = |name, code, message, answer: Vec<u8>| {
        Fault::new(name, code, message).in_answer(answer);
    };
    let nothing = "HTTP 204: the server answered with no content";
    with("204", 5, nothing, b"HTTP/1.1 204 No Content\r\n\r\n".to_vec());
    let other = "HTTP 206: the answer is no list of tickets: [{}]";
    with("206", 5, other, status("206 Partial", "", "[{}]"));
    let switch = "HTTP 101: the server refused the call";
    with(
        "101",
        5,
        switch,
        b"HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n".to_vec(),
    );
    let redirect =
        "HTTP 302: the server redirects to https://evil.example/; nothing was sent there";
    with("302", 5, redirect, status("302 Found", "location: https://evil.example/\r\n", ""));
    let many = "HTTP 429: the server has had too many requests";
    with("429", 5, many, status("429 Slow", "retry-after: 5\r\n", ""));
    let unavailable = "HTTP 503: the server is not available: soon";
    with("503", 5, unavailable, status("503 Busy", "", "soon"));
    with("a status beyond 599", 5, "HTTP 999: the server failed", status("999 No", "", ""));
}

#[test]
fn endless_body_of_an_error_does_not_hide_its_status() {
    let filler: &[u8] = b"10\r\n________________\r\n";
    let start: &[u8] = b"HTTP/1.1 503 Busy\r\ntransfer-encoding: chunked\r\n\r\n";
    Fault::new("503 with a body without end", 5, "HTTP 503: the server is not available: …")
        .at(&tcp_server::endless(start, filler, std::time::Duration::ZERO));
    Fault::new("503 with a body that trickles", 5, "HTTP 503: the server is not available: …")
        .with(&["--timeout", "700ms"])
        .at(&tcp_server::endless(start, filler, std::time::Duration::from_millis(20)));
    Fault::new("503 with a body that is cut", 5, "HTTP 503: the server is not available: soon")
        .in_answer("HTTP/1.1 503 Busy\r\ncontent-length: 100\r\n\r\nsoon");
}
