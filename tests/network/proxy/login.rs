//! Proxies that want a credential: the schemes that they offer, and addresses that hold a login.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use assert_cmd::Command;

use crate::support::proxy::microsocks;
use crate::support::server::Listener;
use crate::support::tls::TICKET;
use crate::support::{Run, Server, portable, sotickets, tcp_server};

/// A proxy that answers every request with 407 and `headers`, and the heads of the requests.
fn refusing(headers: &'static str) -> (u16, Receiver<String>) {
    let (heads, seen) = channel();
    let listener = Listener::start(move |mut stream| {
        let mut head = [0; 4096];
        let length = stream.read(&mut head).expect("a request");
        let _ = heads.send(String::from_utf8_lossy(&head[..length]).to_ascii_lowercase());
        let answer = format!("HTTP/1.1 407 No\r\n{headers}content-length: 0\r\n\r\n");
        let _ = stream.write_all(answer.as_bytes());
    });
    (listener.detach(), seen)
}

/// `get 839` of `url` by the proxy at `port`, as `user` or as nobody.
fn get(url: &str, user: &str, port: u16) -> Command {
    let mut command = sotickets();
    command.args(["get", "839", "-v", "--url", url]);
    command.args(["--proxy", &format!("http://{user}127.0.0.1:{port}")]);
    if !user.is_empty() {
        command.args(["--proxy-password", "env:MINE"]).env("MINE", "canary-pass");
    }
    command.env("SOTICKETS_TOKEN", "canary-token");
    command
}

/// Runs `command`, which fails for the network, and returns what it prints without the trace.
fn fails(command: &mut Command, port: u16) -> (String, String) {
    let run = Run::of(command);
    assert_eq!((run.code, run.stdout.as_str()), (6, ""), "{run}");
    assert!(!run.stderr.contains("canary"), "{run}");
    let text = run.stderr.replace(&format!(":{port}"), ":PROXY");
    let (trace, message): (Vec<&str>, Vec<&str>) =
        text.lines().partition(|line| line.starts_with(['*', '<', '>']));
    (message.join("\n"), trace.join("\n"))
}

const URLS: [&str; 2] = ["https://crm.example.com", "http://127.0.0.1:1"];

#[test]
fn schemes_of_a_proxy_without_basic_are_named() {
    for url in URLS {
        for user in ["", "tim@"] {
            let (port, seen) = refusing(
                "Proxy-Authenticate: Negotiate\r\nproxy-authenticate: NTLM TlRMTVNTUAAC, Kerberos\r\n",
            );
            let (message, trace) = fails(&mut get(url, user, port), port);
            insta::allow_duplicates! {
                insta::assert_snapshot!(message, @"
                error: the proxy 127.0.0.1:PROXY wants a credential, and offers only Negotiate, NTLM and Kerberos, which this program does not speak
                hint: cntlm or px, run on this machine, signs in to such a proxy: --proxy http://127.0.0.1:PORT names it in place of the proxy
                hint: ask whoever runs the proxy for a user, or a token, that it takes by Basic
                ");
            }
            let requests: Vec<String> = seen.try_iter().collect();
            if url.starts_with("https") {
                assert!(
                    trace.ends_with(
                        "* the proxy 127.0.0.1:PROXY offers Negotiate, NTLM and Kerberos"
                    ),
                    "{trace}"
                );
                // Once with the user, if there is one, and once to learn the schemes.
                assert_eq!(requests.len(), 2, "{requests:?}");
                assert!(
                    requests.iter().all(|head| head.starts_with("connect crm.example.com:443 "))
                );
                assert_eq!(requests[0].contains("proxy-authorization: "), !user.is_empty());
                assert!(!requests[1].contains("authorization"), "{requests:?}");
            } else {
                assert!(
                    trace.contains(
                        "< proxy-authenticate: Negotiate\n< proxy-authenticate: NTLM ***, Kerberos"
                    ),
                    "{trace}"
                );
                assert_eq!(requests.len(), 1, "{requests:?}");
            }
        }
    }
}

#[test]
fn schemes_of_a_proxy_with_basic_are_named() {
    let headers = "Proxy-Authenticate: Digest realm=\"a canary\", Basic realm=\"canary\"\r\n";
    for url in URLS {
        let (port, _seen) = refusing(headers);
        let (message, _) = fails(&mut get(url, "", port), port);
        assert_eq!(
            message,
            "error: the proxy 127.0.0.1:PROXY wants a credential; it offers Digest and Basic\n\
             hint: --proxy http://NAME@127.0.0.1:PROXY --proxy-password SRC"
        );
        let (message, _) = fails(&mut get(url, "tim@", port), port);
        assert_eq!(
            message,
            "error: the proxy 127.0.0.1:PROXY does not accept the user and password (from --proxy-password env:MINE); it offers Digest and Basic\n\
             hint: check the proxy's user and password"
        );
    }
    let (port, _seen) = refusing("Proxy-Authenticate: Digest realm=\"canary\"\r\n");
    let (message, _) = fails(&mut get(URLS[0], "", port), port);
    assert_eq!(
        message,
        "error: the proxy 127.0.0.1:PROXY wants a credential, and offers only Digest, which this program does not speak\n\
         hint: ask whoever runs the proxy for a user, or a token, that it takes by Basic"
    );
}

#[test]
fn proxy_that_closes_the_second_connection_is_reported_without_schemes() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        let _ = stream.read(&mut [0; 4096]);
        drop(listener);
        let _ = stream.write_all(b"HTTP/1.1 407 No\r\nproxy-authenticate: NTLM\r\n\r\n");
    });
    let (message, _) = fails(&mut get(URLS[0], "", port), port);
    assert!(
        message.starts_with("error: the proxy 127.0.0.1:PROXY wants a credential\n"),
        "{message}"
    );
}

#[test]
fn login_in_a_proxys_address_is_not_quoted() {
    let server = Server::json(TICKET);
    let url = server.url().replace("127.0.0.1", "0.0.0.0");
    for (value, shown) in [
        ("http://tim%3Acanary%40host:1", "http://***@host:1"),
        ("http://tim%253Acanary%2540host:1", "http://***@host:1"),
        ("socks5h://tim%3Acanary%40host:1", "socks5h://***@host:1"),
        ("tim%3acanary", "tim:***"),
    ] {
        for more in [&["--allow-plain-http"][..], &["--allow-plain-http", "--dry-run"]] {
            let mut command = sotickets();
            command.args(["get", "839", "-v", "--url", &url]).args(more);
            command.env("SOTICKETS_TOKEN", "t").env("http_proxy", value);
            let run = Run::of(&mut command);
            assert_eq!((run.code, run.stdout.as_str(), server.calls()), (2, "", 0), "{run}");
            let variable = portable::variable("http_proxy");
            let start = format!("error: {variable}: '{shown}' is no proxy: ");
            assert!(run.stderr.starts_with(&start) && !run.stderr.contains("canary"), "{run}");
        }
    }
    for (value, message) in [
        ("http://tim%3Acanary@127.0.0.1:1", "the proxy's user holds an encoded colon"),
        ("socks5://tim%3Acanary@127.0.0.1:1", "the proxy's user holds an encoded colon"),
    ] {
        let mut command = sotickets();
        command.args(["get", "839", "--url", &server.url(), "--proxy", value, "--dry-run"]);
        let run = Run::of(command.env("SOTICKETS_TOKEN", "t"));
        assert_eq!((run.code, run.stdout.as_str(), server.calls()), (2, "", 0), "{run}");
        assert!(run.stderr.starts_with(&format!("error: --proxy: {message}\n")), "{run}");
        assert!(!run.stderr.contains("canary"), "{run}");
    }
}

#[test]
fn socks_proxy_of_gnomes_settings_looks_names_up() {
    let dry_run = |variables: &[(&str, &str)]| {
        let mut command = sotickets();
        command.args(["get", "839", "--no-auth", "--url", "https://crm.example.com", "--dry-run"]);
        let run = Run::of(command.envs(variables.iter().copied()));
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
        run.stdout
    };
    let script = dry_run(&[("ALL_PROXY", "socks://127.0.0.1:9050/")]);
    assert!(script.contains("\nproxy = \"socks5h://127.0.0.1:9050\"\n"), "{script}");
    let script = dry_run(&[("ALL_PROXY", "socks://tim:canary@127.0.0.1:9050/")]);
    assert!(
        script.contains("s|^ *[Ss][Oo][Cc][Kk][Ss]:|socks5h:|") && !script.contains("canary"),
        "{script}"
    );

    let Some(proxy) = microsocks(&[]) else { return };
    let server = Server::json(TICKET);
    let mut command = sotickets();
    command.args(["get", "839", "-v", "--no-auth", "-o", "json", "--allow-plain-http"]);
    command.args(["--url", &server.url().replace("127.0.0.1", "0.0.0.0")]);
    let run = Run::of(command.env("ALL_PROXY", format!("socks://127.0.0.1:{}", proxy.port)));
    assert_eq!((run.code, run.stdout.as_str(), server.calls()), (0, TICKET, 1), "{run}");
    let through = format!("* through the proxy socks5h://127.0.0.1:{} (ALL_PROXY)\n", proxy.port);
    assert!(run.stderr.starts_with(&through), "{run}");
}

#[test]
fn no_proxy_with_a_star_or_a_dot_connects_directly() {
    let dead = tcp_server::dead();
    for (list, host, excepted) in [
        ("*.corp.invalid", "crm.corp.invalid", true),
        ("corp.invalid.", "crm.corp.invalid", true),
        ("corp.invalid", "crm.corp.invalid.", true),
        ("crm.corp.invalid:8443", "crm.corp.invalid", false),
        ("*.corp.invalid", "corp.invalid", false),
    ] {
        let mut command = sotickets();
        command.args(["get", "839", "-v", "--no-auth", "--url", &format!("https://{host}")]);
        let run = Run::of(command.env("https_proxy", &dead).env("no_proxy", list));
        assert_eq!((run.code, run.stdout.as_str()), (6, ""), "{run}");
        let variable = portable::variable("no_proxy");
        let straight = format!("* through no proxy: {variable} excepts {host}\n");
        assert_eq!(run.stderr.starts_with(&straight), excepted, "{list}: {run}");
    }
}
