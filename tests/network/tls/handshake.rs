//! Handshakes that fail before a certificate is checked.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use crate::support::server::{Listener, close};
use crate::support::tcp_server;
use crate::support::tls::{Authority, Folder};

use super::{get, server};

/// Starts a server that answers the first message with `bytes`, and returns its address.
fn answers_the_hello(bytes: &'static [u8]) -> String {
    let listener = Listener::start(|mut stream| {
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(bytes);
        close(&mut stream);
    });
    format!("https://localhost:{}", listener.detach())
}

/// Returns the output for a server that answers the first message with `bytes`.
fn fails_at_hello(bytes: &'static [u8]) -> String {
    let url = answers_the_hello(bytes);
    let run = get(&url, &["--cacert", &Folder::new().file("ca.pem", Authority::new("Acme").pem)]);
    assert_eq!((run.code, run.stdout.as_str()), (6, ""), "{run}");
    run.to_string().replace(url.trim_start_matches("https://"), "localhost:PORT")
}

#[test]
fn too_old_tls_version_is_reported() {
    // The alert protocol_version, fatal.
    let alert = fails_at_hello(b"\x15\x03\x01\x00\x02\x02\x46");
    insta::assert_snapshot!(alert, @"
    --- stderr
    error: localhost:PORT speaks only TLS versions that are too old; 1.2 is the least
    hint: have TLS 1.2 or 1.3 switched on there; neither --cacert nor --insecure helps
    --- exit code 6
    ");
    // A ServerHello of TLS 1.1: version, random, no session, RSA with AES-128, no compression.
    let hello = b"\x16\x03\x02\x00\x2a\x02\x00\x00\x26\x03\x02\
        0123456789abcdef0123456789abcdef\x00\x00\x2f\x00";
    assert_eq!(fails_at_hello(hello), alert);
}

#[test]
fn peer_without_tls_is_reported() {
    let plain = "error: localhost:PORT does not speak TLS\nhint: check scheme and port of the address; this port may be one for http://";
    for bytes in [&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], b"SSH-2.0-OpenSSH_9.6\r\n"] {
        let run = fails_at_hello(bytes);
        assert!(run.contains(plain), "{run}");
    }
    // Closed without an answer.
    let run = fails_at_hello(b"");
    assert!(run.contains("error: could not connect to localhost:PORT: "), "{run}");
    let run = fails_at_hello(b"\x15\x03\x03\x00\x02\x02\x28");
    assert!(
        run.contains("refused the TLS handshake\nhint: it may want a client certificate"),
        "{run}"
    );
    let run = fails_at_hello(b"\x15\x03\x03\x00\x02\x02\x70");
    assert!(run.contains("error: localhost:PORT has no certificate for this name\n"), "{run}");
}

#[test]
fn plain_http_to_a_tls_port_is_an_http_error() {
    let server = server(&Authority::new("Acme Root"), |_| ());
    let run = get(&server.url().replace("https:", "http:"), &[]);
    assert_eq!((run.code, server.calls()), (6, 0), "{run}");
    insta::assert_snapshot!(server.shown(&run), @"
    --- stderr
    error: localhost:PORT did not answer in HTTP: invalid HTTP version parsed
    hint: check the address: scheme, host and port
    hint: a port for https:// answers like this
    --- exit code 6
    ");
}

#[test]
fn unanswered_handshake_ends_with_the_connect_timeout() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("https://{}", listener.local_addr().expect("an address"));
    let start = Instant::now();
    let run = get(&url, &["--connect-timeout", "300ms"]);
    assert!(start.elapsed() >= Duration::from_millis(300), "{run}");
    assert!(start.elapsed() < Duration::from_secs(8), "{run}");
    assert_eq!(run.code, 6, "{run}");
    assert!(run.stderr.contains(": no connection within 300ms (--connect-timeout)\n"), "{run}");
}

#[test]
fn dead_local_port_error_does_not_mention_proxies() {
    let run = get(&tcp_server::dead(), &[]);
    assert!(
        run.stderr.contains("\nhint: check the port, and that the server on this machine runs\n"),
        "{run}"
    );
    assert!(!run.stderr.contains("prox"), "{run}");
}
