//! Proxies: real ones from Debian's packages, and none where none is to be used.
#![cfg(unix)]

use std::io::{Read as _, Write as _};

use assert_cmd::Command;

use crate::support::proxy::{PASSWORD, Proxy, USER, microsocks, tinyproxy};
use crate::support::server::{Listener, Request};
use crate::support::tls::{Authority, Folder, TICKET, TlsServer};
use crate::support::{PATIENCE, Run, Server, programs, sotickets, tcp_server};

/// `get 839` of `url`, with a token.
fn get(url: &str, arguments: &[&str]) -> Command {
    let mut command = sotickets();
    command.args(["get", "839", "-o", "json", "--url", url]).args(arguments);
    command.env("SOTICKETS_TOKEN", "canary-token");
    command
}

/// Runs `command`, which tells no secret.
fn run(command: &mut Command) -> Run {
    let run = Run::of(command);
    assert!(!run.to_string().contains("canary"), "{run}");
    assert!(!run.to_string().contains("dGltOmNhbmFy"), "{run}");
    run
}

/// A TLS server for the names of this machine, with the file of its authority.
/// `0.0.0.0` is this machine, too, and is not taken for it.
fn tls(folder: &Folder) -> (TlsServer, String) {
    let authority = Authority::new("Acme Root");
    let pair = authority.issue(&["localhost", "0.0.0.0"], |_| ());
    (TlsServer::start(pair.config(None)), folder.file("ca.pem", &authority.pem))
}

/// `url` by the address of this machine that is not taken for it.
fn elsewhere(url: &str) -> String {
    url.replace("localhost", "0.0.0.0").replace("127.0.0.1", "0.0.0.0")
}

/// The configuration of a tinyproxy that wants a password.
fn locked() -> String {
    format!("BasicAuth {USER} {PASSWORD}")
}

#[test]
fn proxy_that_is_named_carries_http() {
    let Some(proxy) = tinyproxy("") else { return };
    let server = Server::json(TICKET);
    let run = run(&mut get(&server.url(), &["--proxy", &proxy.url()]));
    assert_eq!(run.to_string(), format!("{TICKET}--- exit code 0"));
    assert_eq!((server.calls(), proxy.requests("POST http://")), (1, 1));
    assert!(server.seen().header("via").is_some());
    assert_eq!(server.seen().header("authorization"), Some("Bearer canary-token"));
    assert_eq!(server.seen().header("proxy-authorization"), None);
}

#[test]
fn proxy_carries_https_without_reading_it() {
    let Some(proxy) = tinyproxy("") else { return };
    let folder = Folder::new();
    let (server, bundle) = tls(&folder);
    let run_ = run(&mut get(&server.url(), &["--cacert", &bundle, "--proxy", &proxy.url()]));
    assert_eq!(run_.to_string(), format!("{TICKET}--- exit code 0"));
    assert_eq!((server.calls(), proxy.requests("CONNECT localhost:")), (1, 1));
    // The server's certificate counts, behind the proxy as well.
    let run_ = run(&mut get(&server.url(), &["--proxy", &proxy.url()]));
    assert_eq!((run_.code, server.calls()), (6, 1), "{run_}");
    assert!(
        run_.stderr.starts_with("error: the issuer of the certificate of localhost:"),
        "{run_}"
    );
}

#[test]
fn usual_variables_name_a_proxy() {
    let Some(proxy) = tinyproxy("") else { return };
    let folder = Folder::new();
    let (server, bundle) = tls(&folder);
    let mut calls = 0;
    for variable in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        let url = elsewhere(&server.url());
        let run = run(get(&url, &["--cacert", &bundle]).env(variable, proxy.url()));
        calls += 1;
        assert_eq!((run.code, server.calls()), (0, calls), "{variable}: {run}");
        assert_eq!(proxy.requests("CONNECT 0.0.0.0:"), calls, "{variable}");
    }
    let plain = Server::json(TICKET);
    for (index, variable) in ["HTTP_PROXY", "http_proxy"].into_iter().enumerate() {
        let url = elsewhere(&plain.url());
        let run = run(get(&url, &["--allow-plain-http"]).env(variable, proxy.url()));
        assert_eq!((run.code, plain.calls()), (0, index + 1), "{variable}: {run}");
        assert_eq!(proxy.requests("POST http://"), index + 1, "{variable}");
    }
}

#[test]
fn no_proxy_and_an_empty_proxy_connect_directly() {
    let Some(proxy) = tinyproxy("") else { return };
    let folder = Folder::new();
    let (server, bundle) = tls(&folder);
    let url = elsewhere(&server.url());
    let mut calls = 0;
    for (name, list) in
        [("NO_PROXY", "example.com, 0.0.0.0"), ("no_proxy", "*"), ("NO_PROXY", "0.0.0.0/8")]
    {
        for named in [&[][..], &["--proxy", &proxy.url()]] {
            let arguments = [&["-v", "--cacert", &bundle], named].concat();
            let mut command = get(&url, &arguments);
            let run = run(command.env("HTTPS_PROXY", proxy.url()).env(name, list));
            calls += 1;
            assert_eq!((run.code, server.calls()), (0, calls), "{run}");
            assert!(
                run.stderr.contains(&format!("* through no proxy: {name} excepts 0.0.0.0:")),
                "{run}"
            );
        }
    }
    let mut command = get(&url, &["--cacert", &bundle, "--proxy", ""]);
    let empty = run(command.env("HTTPS_PROXY", proxy.url()));
    assert_eq!((empty.code, server.calls()), (0, calls + 1), "{empty}");
    assert_eq!(proxy.requests("CONNECT"), 0);
    // Another host is not excepted.
    let mut command = get(&url, &["--cacert", &bundle]);
    let run = run(command.env("HTTPS_PROXY", proxy.url()).env("NO_PROXY", "example.com"));
    assert_eq!((run.code, proxy.requests("CONNECT")), (0, 1), "{run}");
}

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
            // Then the variable says it.
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

/// Runs `get` through `proxy`, which lets nothing through; gives what it says.
fn fails(proxy: &str, port: u16, url: &str, arguments: &[&str]) -> String {
    let run =
        run(get(url, &[&["--proxy", proxy], arguments].concat()).env("WRONG", "canary-wrong"));
    assert_eq!((run.code, run.stdout.as_str()), (6, ""), "{run}");
    let server = url.rsplit(':').next().expect("a port");
    run.to_string().replace(&format!(":{port}"), ":PROXY").replace(&format!(":{server}"), ":PORT")
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
fn password_that_a_proxy_does_not_take_is_not_tried_again() {
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

/// A proxy that gives `answer` to whatever is asked; its port.
fn raw_proxy(answer: &'static str) -> u16 {
    let listener = Listener::start(|mut stream| {
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(answer.as_bytes());
    });
    listener.detach()
}

#[test]
fn dead_proxy_is_named() {
    let dead = tcp_server::dead();
    let port = dead.rsplit(':').next().expect("a port").parse().expect("a number");
    let server = Server::json(TICKET);
    let said = fails(&dead, port, &server.url(), &[]);
    insta::assert_snapshot!(said, @"
    --- stderr
    error: could not connect to the proxy 127.0.0.1:PROXY: Connection refused (os error 111)
    hint: check --proxy, which names it, and the network
    --- exit code 6
    ");
    let https = server.url().replace("http:", "https:");
    assert_eq!(fails(&dead, port, &https, &[]), said);
    let socks = dead.replace("http:", "socks5h:");
    assert!(
        fails(&socks, port, &https, &[])
            .contains("error: could not connect to the proxy 127.0.0.1:PROXY\n")
    );
    assert_eq!(server.calls(), 0);

    let unknown = fails("http://proxy.invalid:3128", 3128, &https, &[]);
    assert!(
        unknown.contains("error: could not connect to the proxy proxy.invalid:PROXY: "),
        "{unknown}"
    );
    let mut command = get("https://crm.example.com", &[]);
    let run = run(command
        .env("https_proxy", format!("http://tim:canary@{}", dead.trim_start_matches("http://"))));
    assert!(
        run.stderr.contains("\nhint: check https_proxy, which names it, and the network\n"),
        "{run}"
    );
}

#[test]
fn proxy_that_does_not_connect_is_named() {
    // It lets CONNECT to port 1 through, and to no other.
    let Some(proxy) = tinyproxy("ConnectPort 1") else { return };
    let folder = Folder::new();
    let (server, _) = tls(&folder);
    insta::assert_snapshot!(fails(&proxy.url(), proxy.port, &server.url(), &[]), @"
    --- stderr
    error: the proxy 127.0.0.1:PROXY did not connect to localhost:PORT
    hint: it may not reach that server, or may not be allowed to; its own log knows more
    --- exit code 6
    ");
    assert_eq!(server.calls(), 0);

    let Some(proxy) = tinyproxy("") else { return };
    let dead = tcp_server::dead();
    let said = fails(&proxy.url(), proxy.port, &dead.replace("http:", "https:"), &[]);
    assert!(
        said.contains("error: the proxy 127.0.0.1:PROXY did not connect to 127.0.0.1:PORT\n"),
        "{said}"
    );
    // In plain HTTP it answers in the server's place.
    let run = run(&mut get(&dead, &["--proxy", &proxy.url()]));
    assert_eq!(run.code, 5, "{run}");
    let hint = format!(
        "\nhint: the proxy 127.0.0.1:{} may have answered in the server's place\n",
        proxy.port
    );
    assert!(run.stderr.contains(&hint), "{run}");
}

#[test]
fn peer_that_is_not_a_proxy_is_a_connection_error() {
    let folder = Folder::new();
    let (server, _) = tls(&folder);
    for (answer, said) in [
        ("", "broke off while connecting to localhost:PORT\n"),
        ("SSH-2.0-OpenSSH_9.6\r\n\r\n", "did not connect to localhost:PORT\n"),
        ("HTTP/1.1 407 canary\r\n\r\n", "wants a credential\n"),
        ("HTTP/1.1 503 canary\r\n\r\n", "did not connect to localhost:PORT\n"),
    ] {
        let port = raw_proxy(answer);
        let run = fails(&format!("http://127.0.0.1:{port}"), port, &server.url(), &[]);
        assert!(
            run.contains(&format!("error: the proxy 127.0.0.1:PROXY {said}")),
            "{answer}: {run}"
        );
    }
    assert_eq!(server.calls(), 0);
}

/// `socks5h://…` of `proxy`.
fn socks(proxy: &Proxy, scheme: &str, user: &str) -> String {
    format!("{scheme}://{user}127.0.0.1:{}", proxy.port)
}

#[test]
fn socks_proxy_carries_http_and_https() {
    let Some(proxy) = microsocks(&[]) else { return };
    let folder = Folder::new();
    let (secured, bundle) = tls(&folder);
    let plain = Server::json(TICKET);
    for (index, scheme) in ["socks5", "socks5h"].into_iter().enumerate() {
        let named = socks(&proxy, scheme, "");
        let done = run(&mut get(&secured.url(), &["--cacert", &bundle, "--proxy", &named]));
        assert_eq!((done.code, secured.calls()), (0, index + 1), "{done}");
        let done = run(&mut get(&plain.url(), &["--proxy", &named]));
        assert_eq!((done.code, plain.calls()), (0, index + 1), "{done}");
    }
    let named = socks(&proxy, "socks5h", "");
    let said = fails(&named, proxy.port, &tcp_server::dead(), &[]);
    assert!(said.contains("error: the proxy 127.0.0.1:PROXY did not connect to 127.0.0.1:PORT: connection refused\n"), "{said}");
    let said = fails(&named.replace("socks5h", "socks5"), proxy.port, "https://crm.invalid", &[]);
    assert!(said.contains("error: the name of crm.invalid is not known here\n"), "{said}");
}

/// What an address, a shell, curl and its configuration each give a meaning to.
const AWKWARD: &str = r#"canary p%41"s\s@:/?#$HOME`id`ä"#;

#[test]
fn socks_takes_a_password() {
    let Some(proxy) = microsocks(&["-u", USER, "-P", AWKWARD]) else { return };
    let server = Server::json(TICKET);
    let named = socks(&proxy, "socks5h", &format!("{USER}@"));
    let arguments = ["--proxy", &named, "--proxy-password", "env:MINE"];
    let done = run(get(&server.url(), &arguments).env("MINE", AWKWARD));
    assert_eq!((done.code, server.calls()), (0, 1), "{done}");
    let said = fails(&named, proxy.port, &server.url(), &["--proxy-password", "env:WRONG"]);
    assert!(said.contains("error: the proxy 127.0.0.1:PROXY does not accept the user and password (from --proxy-password env:WRONG)\n"), "{said}");
    assert_eq!(server.calls(), 1);
}

#[test]
fn invalid_proxy_variable_is_an_error_before_anything_is_sent() {
    let server = Server::json(TICKET);
    let url = elsewhere(&server.url());
    for value in [
        "http://tim:canary@p:99999",
        "ftp://tim:canary@p",
        "http://canary@",
        "tim:canary",
        "http://p/canary",
    ] {
        let run = run(get(&url, &["--allow-plain-http"]).env("HTTP_PROXY", value));
        assert_eq!((run.code, run.stdout.as_str(), server.calls()), (2, "", 0), "{value}: {run}");
        assert!(run.stderr.starts_with("error: HTTP_PROXY: '"), "{run}");
        // It is another's where it is not for this call.
        let mut command = get(&url, &["--allow-plain-http", "--dry-run"]);
        assert_eq!(Run::of(command.env("HTTPS_PROXY", value)).code, 0);
        let mut command = get(&server.url(), &["--dry-run"]);
        assert_eq!(Run::of(command.env("HTTP_PROXY", value)).code, 0);
    }
    let run =
        run(get(&url, &["--allow-plain-http"]).env("HTTP_PROXY", "http://tim:canary@p:99999"));
    insta::assert_snapshot!(run, @"
    --- stderr
    error: HTTP_PROXY: 'http://***@p:99999' is no proxy: invalid port number
    hint: a proxy is http://HOST:PORT, or https, socks5 or socks5h
    --- exit code 2
    ");
}

#[test]
fn invalid_proxy_option_sends_nothing() {
    let cases: &[(&[&str], &str)] = &[
        (
            &["--proxy", "http://tim:canary@p:1"],
            "error: --proxy: the address holds a password\nhint: arguments can be read by every user of this machine\n",
        ),
        (
            &["--proxy", "gopher://p"],
            "error: --proxy: 'gopher://p' is no proxy: its scheme is none of http, https, socks5 and socks5h\n",
        ),
        (
            &["--proxy-password", "env:MINE"],
            "error: --proxy-password goes with a proxy that names its user, and none does\n",
        ),
        (
            &["--proxy", "http://127.0.0.1:1", "--proxy-password", "env:MINE"],
            "error: --proxy-password goes with a proxy that names its user",
        ),
        (
            &["--proxy", "", "--proxy-password", "env:MINE"],
            "error: --proxy-password goes with a proxy that names its user",
        ),
        (
            &["--proxy", "http://tim@127.0.0.1:1", "--proxy-password", "canary"],
            "error: --proxy-password takes the place where the secret is kept",
        ),
        (
            &["--proxy", "http://tim@127.0.0.1:1", "--proxy-password", "env:NO_WHERE"],
            "the variable NO_WHERE is not set",
        ),
        (
            &["--proxy", "http://tim@127.0.0.1:1", "--proxy-password", "stdin", "-"],
            "error: standard input is asked for twice",
        ),
        // The token of this call would go to another machine as it is.
        (
            &["--proxy", "http://10.0.0.1:3128"],
            "would travel unencrypted to the proxy 10.0.0.1:3128\n",
        ),
        (
            &["--proxy", "socks5://10.0.0.1"],
            "would travel unencrypted to the proxy 10.0.0.1:1080\n",
        ),
    ];
    for (arguments, message) in cases {
        let server = Server::json(TICKET);
        let run = run(get(&server.url(), arguments).env("MINE", "canary"));
        assert_eq!((run.code, run.stdout.as_str(), server.calls()), (2, "", 0), "{run}");
        assert!(run.stderr.contains(message), "{arguments:?}: {run}");
    }
    let run = run(sotickets().args(["get", "839", "--demo", "--proxy", "http://p:1"]));
    assert_eq!(run.code, 2, "{run}");
}

#[test]
fn script_of_a_dry_run_uses_the_same_proxy() {
    if !programs::all_needed(&programs::DRY_RUN) {
        return;
    }
    let Some(proxy) = tinyproxy(&locked()) else { return };
    let folder = Folder::new();
    let (server, bundle) = tls(&folder);
    let whole = format!("http://{USER}:canary%2Dpass@127.0.0.1:{}", proxy.port);
    let named = format!("http://{USER}@127.0.0.1:{}", proxy.port);
    let here = server.url();
    let away = elsewhere(&here);
    type Variables<'a> = &'a [(&'a str, &'a str)];
    let cases: [(&str, &[&str], Variables<'_>, usize); 5] = [
        (&here, &["--proxy", &named, "--proxy-password", "env:MINE"], &[("MINE", PASSWORD)], 1),
        (&away, &[], &[("HTTPS_PROXY", &whole)], 1),
        (&here, &[], &[("HTTPS_PROXY", &whole)], 0),
        (&away, &["--proxy", ""], &[("HTTPS_PROXY", &whole)], 0),
        (
            &away,
            &["--proxy", &named],
            &[("NO_PROXY", "0.0.0.0"), ("SOTICKETS_PROXY_PASSWORD", PASSWORD)],
            0,
        ),
    ];
    let (mut calls, mut connects) = (0, 0);
    for (url, arguments, variables, by_proxy) in cases {
        let arguments = [arguments, &["--cacert", &bundle, "--dry-run"]].concat();
        let script = run(get(url, &arguments).envs(variables.iter().copied()));
        assert_eq!((script.code, script.stderr.as_str()), (0, ""), "{script}");
        let output = programs::sh()
            .args(["-c", &script.stdout])
            .env("SOTICKETS_TOKEN", "t")
            .envs(variables.iter().copied())
            .output()
            .expect("a shell");
        assert_eq!(String::from_utf8_lossy(&output.stdout), TICKET, "{script}{output:?}");
        calls += 1;
        connects += by_proxy;
        assert_eq!((server.calls(), proxy.requests("CONNECT")), (calls, connects), "{script}");
    }
}

#[test]
fn awkward_password_arrives_as_it_is_from_here_and_from_curl() {
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

#[test]
fn proxy_that_is_reached_by_tls_is_held_to_its_certificate() {
    let folder = Folder::new();
    // It answers in the server's place whatever it is asked.
    let (proxy, bundle) = tls(&folder);
    let named = proxy.url();
    let url = "http://0.0.0.0:1";
    let plain = ["--proxy", &named, "--allow-plain-http"];
    let done = run(&mut get(url, &[&plain[..], &["--cacert", &bundle]].concat()));
    assert_eq!((done.code, proxy.calls()), (0, 1), "{done}");
    let said = run(&mut get(url, &plain));
    assert_eq!((said.code, proxy.calls()), (6, 1), "{said}");
    let start = "error: the issuer of the certificate of the proxy localhost:";
    assert!(said.stderr.starts_with(start), "{said}");
    // --insecure is about the server.
    let said = run(&mut get("https://0.0.0.0:1", &["--proxy", &named, "--insecure"]));
    assert_eq!((said.code, proxy.calls()), (6, 1), "{said}");
    assert!(said.stderr.contains(start), "{said}");
    let said = run(&mut get(url, &[&plain[..], &["--insecure"]].concat()));
    assert_eq!((said.code, proxy.calls()), (2, 1), "{said}");
}
