//! The client certificate.

use crate::support::tls::{Authority, Folder, TlsServer};
use crate::support::{Run, sotickets};

use super::{fails, files, get};

#[test]
fn client_certificate_is_sent_on_request() {
    let (folder, authority) = (Folder::new(), Authority::new("Acme Root"));
    let bundle = folder.file("ca.pem", &authority.pem);
    let config = authority.issue(&["localhost"], |_| ()).config(Some(&authority));
    let server = TlsServer::start(config);
    let (certificate, key, both) = files(&folder, &authority.client());
    let run = get(
        &server.url(),
        &["--cacert", &bundle, "--client-cert", &certificate, "--client-key", &key],
    );
    assert_eq!((run.code, server.calls()), (0, 1), "{run}");
    let run = get(&server.url(), &["--cacert", &bundle, "--client-cert", &both]);
    assert_eq!((run.code, server.calls()), (0, 2), "{run}");
    let mut command = sotickets();
    command.args(["get", "839", "--no-auth", "--url", &server.url()]);
    command.env("SOTICKETS_CACERT", &bundle);
    command.env("SOTICKETS_CLIENT_CERT", &certificate).env("SOTICKETS_CLIENT_KEY", &key);
    let run = Run::of(&mut command);
    assert_eq!((run.code, server.calls()), (0, 3), "{run}");
}

#[test]
fn missing_and_wrong_client_certificates_are_reported_separately() {
    let (folder, authority) = (Folder::new(), Authority::new("Acme Root"));
    let bundle = folder.file("ca.pem", &authority.pem);
    let config = authority.issue(&["localhost"], |_| ()).config(Some(&authority));
    let server = TlsServer::start(config);
    insta::assert_snapshot!(fails(&server, &["--cacert", &bundle]), @"
    --- stderr
    error: localhost:PORT wants a client certificate, and none was given
    hint: --client-cert FILE names it, and --client-key FILE its key
    --- exit code 6
    ");
    let (_, _, other) = files(&folder, &Authority::new("Other Root").client());
    let run = fails(&server, &["--cacert", &bundle, "--client-cert", &other]);
    insta::assert_snapshot!(run.replace(&other, "both.pem"), @"
    --- stderr
    error: localhost:PORT does not accept the client certificate both.pem: it does not know its issuer
    hint: check --client-cert and --client-key; ask whoever runs the server which authority it wants
    --- exit code 6
    ");
}
