//! Faults of the status line and the headers.

use std::time::Duration;

use crate::support::fault::Fault;
use crate::support::tcp_server;

const TICKET: &str = r#"[{"TicketId":839}]"#;

/// An answer that is no HTTP, with the parser's word for it.
fn no_http(name: &'static str, message: &'static str) -> Fault {
    Fault::new(name, 6, message)
}

/// A 200 with these header lines and a ticket.
fn with(headers: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\n{headers}\r\n{TICKET}").into_bytes()
}

#[test]
fn invalid_status_line_is_a_network_error() {
    no_http("another protocol", "HOST:PORT did not answer in HTTP: invalid HTTP version parsed")
        .in_each([b"SSH-2.0-OpenSSH_9.6\r\n".to_vec(), b"220 mail ESMTP\r\n".to_vec()]);
    no_http(
        "a status that is no number",
        "HOST:PORT did not answer in HTTP: invalid HTTP status-code parsed",
    )
    .in_each([b"HTTP/1.1 abc\r\n\r\n".to_vec(), b"HTTP/1.1 -200 OK\r\n\r\n".to_vec()]);
}

#[test]
fn headers_beyond_the_limit_are_a_network_error() {
    let large = "HOST:PORT did not answer in HTTP: message head is too large";
    no_http("headers without end", large).at(&tcp_server::endless(
        b"HTTP/1.1 200 OK\r\n",
        b"x-filler: a line of a header that has no last one\r\n",
        Duration::ZERO,
    ));
    no_http("a header line without end", large).at(&tcp_server::endless(
        b"HTTP/1.1 200 OK\r\nx-filler: ",
        b"a line of a header that does not end",
        Duration::ZERO,
    ));
    no_http("10,000 header lines", large).in_answer(with(&"x-filler: a\r\n".repeat(10_000)));
}

#[test]
fn invalid_header_is_a_network_error() {
    let header = "HOST:PORT did not answer in HTTP: invalid HTTP header parsed";
    no_http("a broken header line", header).in_each([
        with("no colon\r\n"),
        with(": no name\r\n"),
        with("x: a\0b\r\n"),
        with("x y: a\r\n"),
        with("x: a\rb\r\n"),
    ]);
}

#[test]
fn invalid_content_length_is_a_network_error() {
    let length = "HOST:PORT did not answer in HTTP: invalid content-length parsed";
    no_http("a negative Content-Length", length).in_answer(with("content-length: -1\r\n"));
    no_http("two different Content-Length", length)
        .in_answer(with("content-length: 18\r\ncontent-length: 17\r\n"));
    no_http("a Content-Length that is no number", length).in_each([
        with("content-length: 0x12\r\n"),
        with("content-length: +18\r\n"),
        with("content-length: 18446744073709551616\r\n"),
        with("content-length: \r\n"),
    ]);
}

#[test]
fn interim_response_is_skipped() {
    let interim = |name| Fault::sound(name);
    let ticket = String::from_utf8(tcp_server::ok_with_length("", TICKET)).expect("text");
    let early = "HTTP/1.1 103 Early Hints\r\nlink: </style.css>; rel=preload\r\n\r\n";
    let answers = [
        ("100 before the answer", "HTTP/1.1 100 Continue\r\n\r\n".to_owned()),
        ("103 before the answer", early.to_owned()),
        ("a hundred 1xx before the answer", early.repeat(100)),
    ];
    for (name, before) in answers {
        interim(name).prints(format!("{before}{ticket}"), "json", TICKET);
    }
    Fault::new("1xx without end", 6, "HOST:PORT: silent for 500ms (--read-timeout)")
        .with(&["--read-timeout", "500ms"])
        .at(&tcp_server::endless(b"", b"HTTP/1.1 102 Processing\r\n\r\n", Duration::ZERO));
}

#[test]
fn unusual_spelling_of_headers_is_read() {
    let odd = Fault::sound("odd but sound headers");
    for headers in [
        "CONTENT-LENGTH: 18\r\n",
        "content-length: 18\r\ncontent-length: 18\r\n",
        "content-length:18\r\nx-empty:\r\n",
        "content-length: 18\r\nx-latin: \u{e5}\r\n",
        "connection: close\r\n",
        "content-length: 18\r\ncontent-type: text/plain\r\n",
    ] {
        odd.prints(with(headers), "json", TICKET);
    }
}
