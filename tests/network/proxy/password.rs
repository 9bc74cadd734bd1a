//! The password of a proxy's user.

use std::io::Write as _;

use assert_cmd::Command;

use crate::support::proxy::{PASSWORD, USER, tinyproxy};
use crate::support::server::{Listener, Request};
use crate::support::tls::{Folder, TICKET};
use crate::support::{PATIENCE, Server, programs};

use super::{AWKWARD, elsewhere, fails, get, locked, raw_proxy, run, tls};

#[test]
fn proxy_password_is_sent_to_the_proxy_only() {
    let Some(proxy) = tinyproxy(&locked()) else { return };
    let folder = Folder::new();
    let (secured, bundle) = tls(&folder);
    let plain = Server::json(TICKET);
    let file = format!("file:{}", folder.file("password", format!("{PASSWORD}\n")));
    let named = format!("http://{USER}@127.0.0.1:{}", proxy.port);
    let mut calls = 0;
    for source in ["env:MINE", "stdin", &file, ""] {
        let mut arguments = vec!["-v", "--proxy", &named];
        if source.is_empty() {
            // The variable holds it.
        } else {
            arguments.extend(["--proxy-password", source]);
        }
        let with = |command: &mut Command| {
            command.env("MINE", PASSWORD).write_stdin(PASSWORD);
            if source.is_empty() {
                command.env("SOTICKETS_PROXY_PASSWORD", PASSWORD);
            }
            run(command)
        };
        calls += 1;
        let run = with(&mut get(&plain.url(), &arguments));
        assert_eq!((run.code, plain.calls()), (0, calls), "{source}: {run}");
        assert_eq!(plain.seen().header("proxy-authorization"), None);
        let run =
            with(&mut get(&secured.url(), &[&arguments[..], &["--cacert", &bundle]].concat()));
        assert_eq!((run.code, secured.calls()), (0, calls), "{source}: {run}");
        assert!(
            run.stderr.contains(&format!("* through the proxy {} (--proxy)\n", proxy.url())),
            "{run}"
        );
    }
    let whole = format!("http://{USER}:canary%2Dpass@127.0.0.1:{}", proxy.port);
    let mut command = get(&elsewhere(&secured.url()), &["-v", "--cacert", &bundle]);
    let run = run(command.env("HTTPS_PROXY", &whole));
    assert_eq!((run.code, secured.calls()), (0, calls + 1), "{run}");
}

#[test]
fn proxy_that_requires_a_password_is_reported() {
    let Some(proxy) = tinyproxy(&locked()) else { return };
    let folder = Folder::new();
    let (secured, bundle) = tls(&folder);
    let plain = Server::json(TICKET);
    let named = format!("http://{USER}@127.0.0.1:{}", proxy.port);
    let without = fails(&proxy.url(), proxy.port, &secured.url(), &["--cacert", &bundle]);
    insta::assert_snapshot!(without, @"
    --- stderr
    error: the proxy 127.0.0.1:PROXY wants a credential; it offers Basic
    hint: --proxy http://NAME@127.0.0.1:PROXY --proxy-password SRC
    --- exit code 6
    ");
    assert_eq!(fails(&proxy.url(), proxy.port, &plain.url(), &["--retries", "3"]), without);
    // tinyproxy answers a wrong one as a server would, with 401.
    let wrong = ["--proxy-password", "env:WRONG"];
    let arguments = [&wrong[..], &["--cacert", &bundle]].concat();
    insta::assert_snapshot!(fails(&named, proxy.port, &secured.url(), &arguments), @"
    --- stderr
    error: the proxy 127.0.0.1:PROXY did not connect to localhost:PORT
    hint: it may not reach that server, or may not be allowed to, or it does not accept the user; its own log knows more
    --- exit code 6
    ");
    let arguments = [&["--proxy", &named], &wrong[..]].concat();
    let run = run(get(&plain.url(), &arguments).env("WRONG", "canary-wrong"));
    assert_eq!(run.code, 4, "{run}");
    let hint = format!(
        "\nhint: the proxy 127.0.0.1:{} may have answered in the server's place\n",
        proxy.port
    );
    assert!(run.stderr.contains(&hint), "{run}");
    assert_eq!((secured.calls(), plain.calls()), (0, 0));
}

#[test]
fn refused_proxy_password_is_not_retried() {
    for url in ["https://crm.example.com:1", "http://127.0.0.1:1"] {
        let proxy = raw_proxy("HTTP/1.1 407 No\r\ncontent-length: 0\r\n\r\n");
        let named = format!("http://{USER}@127.0.0.1:{proxy}");
        let arguments = ["--proxy-password", "env:WRONG", "--retries", "3"];
        insta::allow_duplicates! {
            insta::assert_snapshot!(fails(&named, proxy, url, &arguments), @"
            --- stderr
            error: the proxy 127.0.0.1:PROXY does not accept the user and password (from --proxy-password env:WRONG)
            hint: check the proxy's user and password
            --- exit code 6
            ");
        }
    }
}

#[test]
fn special_characters_in_a_proxy_password_arrive_unchanged() {
    let (credentials, seen) = std::sync::mpsc::channel();
    let listener = Listener::start(move |mut stream| {
        let request = Request::read_head(&mut stream).expect("a request");
        // The proxy is also asked without a credential which schemes it offers.
        if let Some(value) = request.header("proxy-authorization") {
            let _ = credentials.send(value.to_owned());
        }
        let _ = stream.write_all(b"HTTP/1.1 407 No\r\ncontent-length: 0\r\n\r\n");
    });
    let port = listener.port;
    use base64::Engine as _;
    let pair = format!("t@m:{AWKWARD}");
    let expected = format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair));
    let named = format!("http://t%40m@127.0.0.1:{port}");
    let whole = format!(
        "http://t%40m:canary%20p%2541%22s%5Cs%40%3A%2F%3F%23%24HOME%60id%60%C3%A4@127.0.0.1:{port}"
    );
    for (arguments, variable, value) in [
        (&["--proxy", &named, "--proxy-password", "env:MINE"][..], "MINE", AWKWARD),
        (&[], "HTTPS_PROXY", &whole),
    ] {
        let mut command = get("https://crm.example.com", arguments);
        let sent = run(command.env(variable, value));
        assert_eq!(sent.code, 6, "{sent}");
        assert_eq!(seen.recv_timeout(PATIENCE).expect("a request"), expected, "{variable}");
        if !programs::all_needed(&programs::DRY_RUN) {
            continue;
        }
        let mut command = get("https://crm.example.com", &[arguments, &["--dry-run"]].concat());
        let script = run(command.env(variable, value));
        let output = programs::sh()
            .args(["-c", &script.stdout])
            .envs([("SOTICKETS_TOKEN", "t"), (variable, value)])
            .output()
            .expect("a shell");
        assert!(!output.status.success());
        assert_eq!(seen.recv_timeout(PATIENCE).expect("a request"), expected, "{script}{output:?}");
    }
}
