//! TLS, against servers with certificates made here.

mod algorithms;
mod cacert;
mod certificate;
mod certificate_variables;
mod client_certificate;
mod handshake;
mod settings;

use crate::support::tls::{Authority, Folder, Pair, TlsServer};
use crate::support::{Run, sotickets};

/// `get 839` of `url`.
pub(super) fn get(url: &str, arguments: &[&str]) -> Run {
    let mut command = sotickets();
    command.args(["get", "839", "-o", "json", "--url", url]).args(arguments);
    Run::of(command.env("SOTICKETS_TOKEN", "canary"))
}

/// The same for a network error: no request was made, nothing is printed, and
/// nothing looks like a variant of rustls.
pub(super) fn fails(server: &TlsServer, arguments: &[&str]) -> String {
    let run = get(&server.url(), arguments);
    assert_eq!((run.code, run.stdout.as_str(), server.calls()), (6, "", 0), "{run}");
    assert!(!run.stderr.contains("canary") && !run.stderr.contains("Context {"), "{run}");
    server.shown(&run)
}

/// A server with a certificate of `authority` for localhost, after `change`.
pub(super) fn server(
    authority: &Authority,
    change: impl FnOnce(&mut rcgen::CertificateParams),
) -> TlsServer {
    TlsServer::start(authority.issue(&["localhost", "127.0.0.1"], change).config(None))
}

/// The client's certificate and key in files of their own, and in one.
pub(super) fn files(folder: &Folder, pair: &Pair) -> (String, String, String) {
    (
        folder.file("client.pem", &pair.certificate),
        folder.file("client.key", &pair.key),
        folder.file("both.pem", format!("{}{}", pair.key, pair.certificate)),
    )
}
