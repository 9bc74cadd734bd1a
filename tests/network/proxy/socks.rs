//! Proxies by SOCKS.

use crate::support::proxy::{USER, microsocks};
use crate::support::tls::{Folder, TICKET};
use crate::support::{Server, tcp_server};

use super::{AWKWARD, fails, get, run, socks, tls};

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
    let output = fails(&named, proxy.port, &tcp_server::dead(), &[]);
    assert!(output.contains("error: the proxy 127.0.0.1:PROXY did not connect to 127.0.0.1:PORT: connection refused\n"), "{output}");
    let output = fails(&named.replace("socks5h", "socks5"), proxy.port, "https://crm.invalid", &[]);
    assert!(output.contains("error: the name of crm.invalid is not known here\n"), "{output}");
}

#[test]
fn socks_takes_a_password() {
    let Some(proxy) = microsocks(&["-u", USER, "-P", AWKWARD]) else { return };
    let server = Server::json(TICKET);
    let named = socks(&proxy, "socks5h", &format!("{USER}@"));
    let arguments = ["--proxy", &named, "--proxy-password", "env:MINE"];
    let done = run(get(&server.url(), &arguments).env("MINE", AWKWARD));
    assert_eq!((done.code, server.calls()), (0, 1), "{done}");
    let output = fails(&named, proxy.port, &server.url(), &["--proxy-password", "env:WRONG"]);
    assert!(output.contains("error: the proxy 127.0.0.1:PROXY does not accept the user and password (from --proxy-password env:WRONG)\n"), "{output}");
    assert_eq!(server.calls(), 1);
}
