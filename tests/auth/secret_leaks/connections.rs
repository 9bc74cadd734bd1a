//! Connections that fail, proxies and TLS.

use super::{
    Job, SCHEMES, TICKETS, Way, assert_no_leak, by, http, secret_run, secret_run_of, with_proxy,
    with_proxy_variable,
};
use crate::support::canary::{PROXY, PROXY_VARIABLE};
use crate::support::echo::{self, Answer, Echo};
use crate::support::secret_run::Ledger;
use crate::support::tcp_server;
use crate::support::tls::{TlsServer, self_signed};

/// Where there is no answer, or none of the server's.
fn connections() -> Vec<Job> {
    let mut jobs: Vec<Job> = Vec::new();
    for (turn, retries) in [&[][..], &["--retries", "1"]].into_iter().enumerate() {
        jobs.push(Box::new(move |ledger| {
            let port =
                tcp_server::dead().rsplit(':').next().expect("a port").parse().expect("a port");
            for (scheme, way) in [(0, Way::Straight), (1, Way::Option), (2, Way::Variable)] {
                let name = if scheme == 0 { "connection refused" } else { "a dead proxy" };
                let secret_run =
                    by(secret_run(scheme, turn, &["-v"]), way, turn, port).with(retries);
                secret_run.run(ledger, name, 6, None);
            }
        }));
    }
    for (turn, words) in ["403 No", "407 No", "200 OK", "502 No", "XXX"].into_iter().enumerate() {
        for by_option in [true, false] {
            jobs.push(Box::new(move |ledger| refused_by_proxy(ledger, words, by_option, turn)));
        }
    }
    jobs.push(Box::new(|ledger| {
        let (port, received) = echo::socks();
        let secret_run = secret_run(2, 0, &["-v", "--url", "http://127.0.0.1:9"]);
        let secret_run = with_proxy(secret_run, &format!("socks5h://tim@127.0.0.1:{port}"), 1);
        secret_run.run(ledger, "a SOCKS proxy that refuses the password", 6, None);
        let received = String::from_utf8_lossy(&received.lock().expect("no panic")).into_owned();
        assert!(received.contains(&PROXY.value()), "{received}");
    }));
    jobs.push(Box::new(|ledger| {
        // An address of TLS, and a server without.
        let secret_run = secret_run(3, 1, &["-v"]);
        let echo = Echo::start(secret_run.folder(), |it, _| http(it, 200, "", TICKETS));
        let url = format!("https://127.0.0.1:{}", echo.port);
        secret_run.with(&["--url", &url]).sends_only(&[]).run(ledger, "a failure of TLS", 6, None);
    }));
    jobs.push(Box::new(|ledger| {
        let server = TlsServer::start(self_signed(&["localhost"], |_| {}).config(None));
        for (scheme, code, more) in [(0, 6, &[][..]), (1, 0, &["--insecure"])] {
            let secret_run =
                secret_run(scheme, 1, &["-v", "-s", "TicketId", "--url", &server.url()]);
            secret_run.with(more).run(ledger, "a certificate that is not trusted", code, None);
        }
        assert_eq!(server.calls(), 1);
    }));
    jobs.push(Box::new(|ledger| {
        let server = TlsServer::start(self_signed(&["localhost"], |_| {}).config(None));
        for scheme in 0..SCHEMES.len() {
            let secret_run =
                secret_run_of(&["doctor"], scheme, scheme, &["-v", "--url", &server.url()]);
            secret_run.run(ledger, "doctor: a certificate that is not trusted", 6, None);
        }
    }));
    jobs
}

/// A proxy that is asked for a tunnel.
fn refused_by_proxy(ledger: &Ledger, words: &'static str, by_option: bool, turn: usize) {
    let secret_run = secret_run(turn % 4, turn, &["-v", "--url", "https://crm.invalid"]);
    let echo = Echo::start(secret_run.folder(), move |it, _| {
        assert_eq!(it.method(), "CONNECT");
        let secrets = it.all_forms();
        let text = secrets.join(" ");
        Answer::Bytes(format!("HTTP/1.1 {words}\r\nX-Echo: {text}\r\n\r\n{text}").into_bytes())
    });
    let secret_run = if by_option {
        let proxy = format!("http://tim@127.0.0.1:{}", echo.port);
        with_proxy(secret_run, &proxy, turn).sends_only(&[PROXY])
    } else {
        with_proxy_variable(secret_run, "HTTPS_PROXY", echo.port).sends_only(&[PROXY_VARIABLE])
    };
    secret_run.run(ledger, &format!("a proxy that answers CONNECT with {words}"), 6, Some(&echo));
}

#[test]
fn failed_connection_reveals_no_secret() {
    assert_no_leak(connections(), 2 * 3 + 5 * 2 + 1 + 1 + 2 + 4);
}
