//! Proxies: real ones from Debian's packages, and raw ones that fail.

mod failures;
mod login;
mod password;
mod routes;
mod settings;
mod socks;

use std::io::{Read as _, Write as _};

use assert_cmd::Command;

use crate::support::proxy::{PASSWORD, Proxy, USER};
use crate::support::server::Listener;
use crate::support::tls::{Authority, Folder, TlsServer};
use crate::support::{Run, sotickets};

/// `get 839` of `url`, with a token.
pub(super) fn get(url: &str, arguments: &[&str]) -> Command {
    let mut command = sotickets();
    command.args(["get", "839", "-o", "json", "--url", url]).args(arguments);
    command.env("SOTICKETS_TOKEN", "canary-token");
    command
}

/// Runs `command`, and checks that it reveals no secret.
pub(super) fn run(command: &mut Command) -> Run {
    let run = Run::of(command);
    assert!(!run.to_string().contains("canary"), "{run}");
    assert!(!run.to_string().contains("dGltOmNhbmFy"), "{run}");
    run
}

/// A TLS server for the names of this machine, with the file of its authority.
/// `0.0.0.0` is this machine, too, and is not taken for it.
pub(super) fn tls(folder: &Folder) -> (TlsServer, String) {
    let authority = Authority::new("Acme Root");
    let pair = authority.issue(&["localhost", "0.0.0.0"], |_| ());
    (TlsServer::start(pair.config(None)), folder.file("ca.pem", &authority.pem))
}

/// `url` by the address of this machine that is not taken for it.
pub(super) fn elsewhere(url: &str) -> String {
    url.replace("localhost", "0.0.0.0").replace("127.0.0.1", "0.0.0.0")
}

/// The configuration of a tinyproxy that wants a password.
pub(super) fn locked() -> String {
    format!("BasicAuth {USER} {PASSWORD}")
}

/// Runs `get` through `proxy`, which lets nothing through, and returns the output.
pub(super) fn fails(proxy: &str, port: u16, url: &str, arguments: &[&str]) -> String {
    let run =
        run(get(url, &[&["--proxy", proxy], arguments].concat()).env("WRONG", "canary-wrong"));
    assert_eq!((run.code, run.stdout.as_str()), (6, ""), "{run}");
    let server = url.rsplit(':').next().expect("a port");
    run.to_string().replace(&format!(":{port}"), ":PROXY").replace(&format!(":{server}"), ":PORT")
}

/// Starts a proxy that gives `answer` to every request, and returns its port.
pub(super) fn raw_proxy(answer: &'static str) -> u16 {
    let listener = Listener::start(|mut stream| {
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(answer.as_bytes());
    });
    listener.detach()
}

/// `socks5h://…` of `proxy`.
pub(super) fn socks(proxy: &Proxy, scheme: &str, user: &str) -> String {
    format!("{scheme}://{user}127.0.0.1:{}", proxy.port)
}

/// Characters that have a meaning in an address, a shell, curl or its configuration.
pub(super) const AWKWARD: &str = r#"canary p%41"s\s@:/?#$HOME`id`ä"#;
