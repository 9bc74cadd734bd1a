//! Which requests a proxy carries.

use crate::support::Server;
use crate::support::proxy::tinyproxy;
use crate::support::tls::{Folder, TICKET};

use super::{elsewhere, get, run, tls};

#[test]
fn named_proxy_carries_http() {
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
    let outcome = run(&mut get(&server.url(), &["--cacert", &bundle, "--proxy", &proxy.url()]));
    assert_eq!(outcome.to_string(), format!("{TICKET}--- exit code 0"));
    assert_eq!((server.calls(), proxy.requests("CONNECT localhost:")), (1, 1));
    // The server's certificate counts, behind the proxy as well.
    let outcome = run(&mut get(&server.url(), &["--proxy", &proxy.url()]));
    assert_eq!((outcome.code, server.calls()), (6, 1), "{outcome}");
    assert!(
        outcome.stderr.starts_with("error: the issuer of the certificate of localhost:"),
        "{outcome}"
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
fn certificate_of_an_https_proxy_is_verified() {
    let folder = Folder::new();
    // It answers every request in the server's place.
    let (proxy, bundle) = tls(&folder);
    let named = proxy.url();
    let url = "http://0.0.0.0:1";
    let plain = ["--proxy", &named, "--allow-plain-http"];
    let done = run(&mut get(url, &[&plain[..], &["--cacert", &bundle]].concat()));
    assert_eq!((done.code, proxy.calls()), (0, 1), "{done}");
    let outcome = run(&mut get(url, &plain));
    assert_eq!((outcome.code, proxy.calls()), (6, 1), "{outcome}");
    let start = "error: the issuer of the certificate of the proxy localhost:";
    assert!(outcome.stderr.starts_with(start), "{outcome}");
    // --insecure is about the server.
    let outcome = run(&mut get("https://0.0.0.0:1", &["--proxy", &named, "--insecure"]));
    assert_eq!((outcome.code, proxy.calls()), (6, 1), "{outcome}");
    assert!(outcome.stderr.contains(start), "{outcome}");
    let outcome = run(&mut get(url, &[&plain[..], &["--insecure"]].concat()));
    assert_eq!((outcome.code, proxy.calls()), (2, 1), "{outcome}");
}
