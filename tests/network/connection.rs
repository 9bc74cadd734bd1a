//! The connection, from the name to the last byte of the answer.

use std::io::Write as _;
use std::net::TcpStream;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::support::portable::SHORT;
use crate::support::{Run, Server, sotickets, tcp_server};

/// Runs `get 839` against `url`; every way to fail here prints nothing and is 6.
fn fails(url: &str, arguments: &[&str]) -> Run {
    let mut command = sotickets();
    command.args(["get", "839", "--url", url]).args(arguments);
    let run = Run::of(command.env("SOTICKETS_TOKEN", "canary"));
    assert_eq!((run.code, run.stdout.as_str()), (6, ""), "{run}");
    assert!(run.stderr.starts_with("error: ") && run.stderr.contains("\nhint: "), "{run}");
    assert!(!run.stderr.contains("canary"), "{run}");
    run
}

#[test]
fn port_without_a_server_is_named() {
    let url = tcp_server::dead();
    let place = url.trim_start_matches("http://");
    let run = fails(&url, &[]);
    assert!(
        run.stderr.starts_with(&format!("error: could not connect to {place}: Connection refused")),
        "{run}"
    );
}

#[test]
fn name_that_does_not_resolve_is_named() {
    let run = fails("https://crm.invalid/SuperOffice", &[]);
    assert!(run.stderr.starts_with("error: could not connect to crm.invalid: "), "{run}");
}

#[test]
fn https_to_a_plain_port_differs_from_a_dead_port() {
    let server = Server::json("[]");
    let run = fails(&server.url().replace("http:", "https:"), &[]);
    assert_eq!(server.calls(), 0);
    assert!(server.shown(&run).contains("error: HOST:PORT does not speak TLS\n"), "{run}");
}

#[test]
fn answer_that_is_not_http_is_reported() {
    for bytes in [
        "",
        "SSH-2.0-OpenSSH_9.6\r\n",
        "HTTP/1.1 abc\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
    ] {
        let run = fails(&tcp_server::answering(bytes), &[]);
        assert!(run.stderr.contains(" did not answer in HTTP: "), "{bytes:?}: {run}");
    }
}

#[test]
fn answer_that_ends_early_is_cut_off() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
    let bodies = [
        "content-length: 100\r\n\r\n[{\"TicketId\":839}]",
        "content-length: 100\r\n\r\n",
        "transfer-encoding: chunked\r\n\r\n12\r\n[{\"TicketId\":839}]\r\n",
        "transfer-encoding: chunked\r\n\r\nff\r\n[{\"TicketId\":839}]",
        "content-length: 60\r\ncontent-encoding: gzip\r\n\r\n\u{1f}",
    ];
    for body in bodies {
        let run = fails(&tcp_server::answering(format!("{head}{body}")), &["-o", "json"]);
        assert!(run.stderr.starts_with("error: the answer was cut off: "), "{body:?}: {run}");
    }
}

#[test]
fn answer_without_a_length_ends_with_the_connection() {
    let head = "HTTP/1.0 200 OK\r\n\r\n";
    let ticket = r#"[{"TicketId":839}]"#;
    let mut command = sotickets();
    let url = tcp_server::answering(format!("{head}{ticket}"));
    command.args(["get", "839", "-o", "json", "--no-auth", "--url", &url]);
    assert_eq!(Run::of(&mut command).to_string(), format!("{ticket}--- exit code 0"));
}

#[test]
fn broken_body_does_not_hide_the_status() {
    let url =
        tcp_server::answering("HTTP/1.1 503 Busy\r\ncontent-length: 100\r\n\r\n<html><title>Soon");
    let mut command = sotickets();
    let run = Run::of(command.args(["get", "839", "--no-auth", "--url", &url]));
    assert_eq!(run.code, 5, "{run}");
    assert!(run.stderr.starts_with("error: HTTP 503: "), "{run}");
}

#[test]
fn silent_server_ends_with_the_read_timeout() {
    for bytes in ["", "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n[{"] {
        let url = tcp_server::silent_after(bytes.as_bytes());
        let start = Instant::now();
        let run = fails(&url, &["--read-timeout", "300ms"]);
        assert!(start.elapsed() >= Duration::from_millis(300), "{run}");
        assert!(start.elapsed() < Duration::from_secs(5), "{run}");
        assert!(run.stderr.contains(": silent for 300ms (--read-timeout)\n"), "{run}");
    }
}

/// Sends a blank every 50 ms, for longer than any test allows.
fn trickle(stream: &mut TcpStream) {
    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n[");
    for _ in 0..200 {
        if stream.write_all(b" ").is_err() {
            return;
        }
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn body_that_trickles_does_not_outlive_the_timeout() {
    let (limit, passed) = if cfg!(windows) { ("5s", 5_000) } else { ("700ms", 700) };
    for arguments in [
        &["--timeout", limit][..],
        &["--timeout", limit, "--read-timeout", SHORT],
        &["--timeout", limit, "--read-timeout", "0"],
    ] {
        let url = tcp_server::start(trickle);
        let start = Instant::now();
        let run = fails(&url, arguments);
        assert!(start.elapsed() >= Duration::from_millis(passed), "{run}");
        assert!(start.elapsed() < Duration::from_millis(passed + 4_300), "{run}");
        assert!(run.stderr.contains(&format!(": not done within {limit} (--timeout)\n")), "{run}");
    }
}

#[test]
fn timeout_applies_before_the_first_byte() {
    let url = tcp_server::silent_after(b"");
    let run = fails(&url, &["--timeout", "300ms"]);
    assert!(run.stderr.contains(": not done within 300ms (--timeout)\n"), "{run}");
}

#[test]
fn variable_sets_a_timeout() {
    let url = tcp_server::start(trickle);
    let mut command = sotickets();
    command.args(["get", "839", "--no-auth", "--url", &url]);
    let run = Run::of(command.env("SOTICKETS_TIMEOUT", "0.3"));
    assert_eq!(run.code, 6, "{run}");
    let run = Run::of(command.env("SOTICKETS_TIMEOUT", "soon"));
    assert_eq!(run.code, 2, "{run}");
    assert!(
        run.stderr.starts_with("error: SOTICKETS_TIMEOUT: 'soon' is not a valid duration\n"),
        "{run}"
    );
}

#[test]
fn answer_that_is_too_large_is_refused_before_it_is_printed() {
    let ticket = r#"[{"TicketId":839}]"#;
    let server = Server::json(ticket);
    let run = server.run(&["839", "-o", "json", "--max-bytes", "17"]);
    assert_eq!((run.code, run.stdout.as_str()), (7, ""), "{run}");
    insta::assert_snapshot!(run, @r"
    --- stderr
    error: the answer is larger than 17 B
    hint: fetch fewer ids or --select fewer fields, or raise --max-bytes
    --- exit code 7
    ");
    let run = Run::of(&mut server.get(&["839", "-o", "json", "--max-bytes", "18"]));
    assert_eq!((run.code, run.stdout.as_str()), (0, ticket), "{run}");

    let chunks = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n12\r\n{ticket}\r\n");
    let endless = tcp_server::start(move |stream| {
        let _ = stream.write_all(chunks.as_bytes());
        let chunks = format!("100\r\n{:256}\r\n", "").repeat(32);
        while stream.write_all(chunks.as_bytes()).is_ok() {}
    });
    let mut command = sotickets();
    command.args(["get", "839", "--no-auth", "--max-bytes", "1MB", "--url", &endless]);
    let run = Run::of(&mut command);
    assert_eq!((run.code, run.stdout.as_str()), (7, ""), "{run}");
}

#[test]
fn call_is_sent_once() {
    let (count, counted) = mpsc::channel();
    let url = tcp_server::start(move |_| {
        let _ = count.send(());
    });
    fails(&url, &[]);
    assert_eq!(counted.try_iter().count(), 1);
}

#[test]
fn proxy_gets_no_request_for_this_machine() {
    let server = Server::json(r#"[{"TicketId":839}]"#);
    let proxy = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    proxy.set_nonblocking(true).expect("a listener");
    let address = format!("http://{}", proxy.local_addr().expect("an address"));
    let mut command = server.get(&["839", "-s", "TicketId"]);
    for variable in
        ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
    {
        command.env(variable, &address);
    }
    let run = Run::of(&mut command);
    assert_eq!((run.code, server.calls()), (0, 1), "{run}");
    assert!(proxy.accept().is_err(), "the proxy was asked");
}
