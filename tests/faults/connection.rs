//! Faults of the connection: refused, reset, closed, silent, slow.

use std::io::{Read as _, Write as _};
use std::net::Shutdown;
use std::time::Duration;

use crate::support::fault::Fault;
use crate::support::tcp_server;

const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
const WITH_LENGTH: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n";
const IN_BODY: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n[{\"TicketId\":839,";

const LONG: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n[";
const CHUNKED: &[u8] = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\n[\r\n";

const NO_ANSWER: &str = "HOST:PORT did not answer in HTTP: connection closed before message \
                         completed";
const RESET: &str = "HOST:PORT did not answer in HTTP: …";
/// It depends on how far the request has come by then.
const RESET_AT_ONCE: &str =
    "could not connect to HOST:PORT: … / HOST:PORT did not answer in HTTP: …";
const CUT_OFF: &str = "the answer was cut off: end of file before message length reached";
const CUT_BY_RESET: &str = "the answer was cut off: …";

#[test]
fn refused_connection_is_reported() {
    Fault::new("connection refused", 6, "could not connect to HOST:PORT: …")
        .at(&tcp_server::dead());
    let unknown = Fault::new("name not found", 6, "could not connect to HOST:PORT: …");
    unknown.at("https://crm.invalid");
}

#[test]
fn reset_connection_is_reported() {
    Fault::new("reset before the request is read", 6, RESET_AT_ONCE).at(&tcp_server::listening(
        |stream| {
            tcp_server::reset(&stream);
        },
    ));
    Fault::new("reset before the headers", 6, RESET).at(&tcp_server::resetting(b""));
    Fault::new("reset within the headers", 6, RESET).at(&tcp_server::resetting(HEAD));
    Fault::new("reset after the headers", 6, CUT_BY_RESET).at(&tcp_server::resetting(WITH_LENGTH));
    Fault::new("reset within the body", 6, CUT_BY_RESET).at(&tcp_server::resetting(IN_BODY));
}

#[test]
fn closed_connection_is_reported() {
    Fault::new("closed before the headers", 6, NO_ANSWER).in_answer("");
    Fault::new("closed within the headers", 6, NO_ANSWER).in_answer(HEAD);
    Fault::new("closed after the headers", 6, CUT_OFF).in_answer(WITH_LENGTH);
}

#[test]
fn silent_server_ends_with_the_read_timeout() {
    let silent = |name| {
        let message = "HOST:PORT: silent for 300ms (--read-timeout)";
        Fault::new(name, 6, message).with(&["--read-timeout", "300ms"])
    };
    silent("silence before the headers").at(&tcp_server::silent_after(b""));
    silent("silence within the headers").at(&tcp_server::silent_after(HEAD));
    silent("silence after the headers").at(&tcp_server::silent_after(WITH_LENGTH));
    silent("silence within the body").at(&tcp_server::silent_after(IN_BODY));
}

#[test]
fn trickling_server_ends_with_the_timeout() {
    let trickling = |name| {
        let message = "HOST:PORT: not done within 700ms (--timeout)";
        Fault::new(name, 6, message).with(&["--timeout", "700ms"])
    };
    let pause = Duration::from_millis(20);
    trickling("headers that trickle").at(&tcp_server::endless(HEAD, b"x-a: b\r\n", pause));
    trickling("a body that trickles").at(&tcp_server::endless(LONG, b" ", pause));
    trickling("chunks that trickle").at(&tcp_server::endless(CHUNKED, b"1\r\n \r\n", pause));
}

/// The handshake's first message of the client, as far as it has come.
fn read_hello(stream: &mut std::net::TcpStream) {
    let _ = stream.read(&mut [0; 4096]);
}

#[test]
fn failed_tls_handshake_is_reported() {
    let https = |url: String| url.replace("http:", "https:");
    let silent = "HOST:PORT: no connection within 300ms (--connect-timeout)";
    Fault::new("a TLS handshake never answered", 6, silent)
        .with(&["--connect-timeout", "300ms"])
        .at(&https(tcp_server::listening(|mut stream| tcp_server::wait_for_end(&mut stream))));
    let failed = |name| Fault::new(name, 6, "could not connect to HOST:PORT: …");
    let no_tls = "HOST:PORT does not speak TLS";
    Fault::new("a TLS handshake answered in HTTP", 6, no_tls).at(&https(tcp_server::listening(
        |mut stream| {
            read_hello(&mut stream);
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
            tcp_server::wait_for_end(&mut stream);
        },
    )));
    failed("a TLS handshake cut off").at(&https(tcp_server::listening(|mut stream| {
        read_hello(&mut stream);
        let _ = stream.write_all(b"\x16\x03\x03\x00\x7a\x02\x00");
        let _ = stream.shutdown(Shutdown::Write);
        tcp_server::wait_for_end(&mut stream);
    })));
    failed("a TLS handshake reset").at(&https(tcp_server::listening(|mut stream| {
        read_hello(&mut stream);
        tcp_server::reset(&stream);
    })));
    let alert = |bytes: &'static [u8]| {
        https(tcp_server::listening(move |mut stream| {
            read_hello(&mut stream);
            let _ = stream.write_all(bytes);
            tcp_server::wait_for_end(&mut stream);
        }))
    };
    Fault::new("a TLS handshake refused", 6, "HOST:PORT refused the TLS handshake")
        .at(&alert(b"\x15\x03\x03\x00\x02\x02\x28"));
    let too_old = "HOST:PORT speaks only TLS versions that are too old; 1.2 is the least";
    Fault::new("TLS 1.1 alone", 6, too_old).at(&alert(b"\x15\x03\x01\x00\x02\x02\x46"));
}
