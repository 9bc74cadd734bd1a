//! Proxies that do not let a request through.

use crate::support::proxy::tinyproxy;
use crate::support::tls::{Folder, TICKET};
use crate::support::{Server, portable, tcp_server};

use super::{fails, get, raw_proxy, run, tls};

#[test]
fn dead_proxy_is_named() {
    let dead = tcp_server::dead();
    let port = dead.rsplit(':').next().expect("a port").parse().expect("a number");
    let server = Server::json(TICKET);
    let output = fails(&dead, port, &server.url(), &[]);
    insta::assert_snapshot!(output, @"
    --- stderr
    error: could not connect to the proxy 127.0.0.1:PROXY: Connection refused (os error 111)
    hint: check --proxy, which names it, and the network
    --- exit code 6
    ");
    let https = server.url().replace("http:", "https:");
    assert_eq!(fails(&dead, port, &https, &[]), output);
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
    let variable = portable::variable("https_proxy");
    let hint = format!("\nhint: check {variable}, which names it, and the network\n");
    assert!(run.stderr.contains(&hint), "{run}");
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
    let output = fails(&proxy.url(), proxy.port, &dead.replace("http:", "https:"), &[]);
    assert!(
        output.contains("error: the proxy 127.0.0.1:PROXY did not connect to 127.0.0.1:PORT\n"),
        "{output}"
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
    for (answer, output) in [
        ("", "broke off while connecting to localhost:PORT\n"),
        ("SSH-2.0-OpenSSH_9.6\r\n\r\n", "did not connect to localhost:PORT\n"),
        ("HTTP/1.1 407 canary\r\n\r\n", "wants a credential\n"),
        ("HTTP/1.1 503 canary\r\n\r\n", "did not connect to localhost:PORT\n"),
    ] {
        let port = raw_proxy(answer);
        let run = fails(&format!("http://127.0.0.1:{port}"), port, &server.url(), &[]);
        assert!(
            run.contains(&format!("error: the proxy 127.0.0.1:PROXY {output}")),
            "{answer}: {run}"
        );
    }
    assert_eq!(server.calls(), 0);
}
