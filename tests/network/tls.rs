//! TLS, against servers with certificates made here.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use crate::support::server::{Listener, close};
use crate::support::tls::{Authority, Folder, Pair, TICKET, TlsServer, self_signed};
use crate::support::{Run, Server, programs, sotickets, tcp_server};

/// `get 839` of `url`.
fn get(url: &str, arguments: &[&str]) -> Run {
    let mut command = sotickets();
    command.args(["get", "839", "-o", "json", "--url", url]).args(arguments);
    Run::of(command.env("SOTICKETS_TOKEN", "canary"))
}

/// The same where it fails for the network: nothing was asked, nothing is printed, and
/// nothing looks like a variant of rustls.
fn fails(server: &TlsServer, arguments: &[&str]) -> String {
    let run = get(&server.url(), arguments);
    assert_eq!((run.code, run.stdout.as_str(), server.calls()), (6, "", 0), "{run}");
    assert!(!run.stderr.contains("canary") && !run.stderr.contains("Context {"), "{run}");
    server.shown(&run)
}

/// A server with a certificate of `authority` for localhost, after `change`.
fn server(authority: &Authority, change: impl FnOnce(&mut rcgen::CertificateParams)) -> TlsServer {
    TlsServer::start(authority.issue(&["localhost", "127.0.0.1"], change).config(None))
}

#[test]
fn authority_that_is_named_is_trusted() {
    let (folder, authority) = (Folder::new(), Authority::new("Acme Root"));
    let bundle = folder.file("ca.pem", format!("a comment\n{}", authority.pem));
    let server = server(&authority, |_| ());
    let run = get(&server.url(), &["--cacert", &bundle]);
    assert_eq!((run.to_string(), server.calls()), (format!("{TICKET}--- exit code 0"), 1));
    let run = get(&format!("https://127.0.0.1:{}", server.port), &["--cacert", &bundle]);
    assert_eq!((run.code, server.calls()), (0, 2), "{run}");

    // By a variable, and as the system's own.
    for variable in ["SOTICKETS_CACERT", "SSL_CERT_FILE"] {
        let mut command = sotickets();
        command.args(["get", "839", "--no-auth", "--url", &server.url()]).env(variable, &bundle);
        let run = Run::of(&mut command);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{variable}: {run}");
    }
    assert_eq!(server.calls(), 4);
}

#[test]
fn cacert_replaces_the_systems_certificates() {
    let (folder, authority) = (Folder::new(), Authority::new("Acme Root"));
    let system = folder.file("system.pem", &authority.pem);
    let other = folder.file("other.pem", Authority::new("Other Root").pem);
    let server = server(&authority, |_| ());
    let mut command = sotickets();
    command.args(["get", "839", "--no-auth", "--url", &server.url(), "--cacert", &other]);
    let run = Run::of(command.env("SSL_CERT_FILE", &system));
    assert_eq!((run.code, server.calls()), (6, 0), "{run}");
    let run = server.shown(&run).replace(&other, "other.pem");
    insta::assert_snapshot!(run, @"
    --- stderr
    error: the issuer of the certificate of localhost:PORT, 'Acme Root', is not among those in other.pem
    hint: --cacert FILE names the authority's certificate, in PEM; ask whoever runs the server
    hint: a server may also have been set up without the certificates between; they can be in that file, too
    --- exit code 6
    ");
}

#[test]
fn issuer_that_is_not_known_is_named() {
    let authority = Authority::new("Acme Root\u{1b}[31m");
    insta::assert_snapshot!(fails(&server(&authority, |_| ()), &[]), @r"
    --- stderr
    error: the issuer of the certificate of localhost:PORT, 'Acme Root\x1b[31m', is not among those that this system trusts
    hint: --cacert FILE names the authority's certificate, in PEM; ask whoever runs the server
    hint: a server may also have been set up without the certificates between; they can be in that file, too
    --- exit code 6
    ");
}

#[test]
fn certificate_of_its_own_is_trusted_once_it_is_named() {
    let folder = Folder::new();
    let pair = self_signed(&["localhost"], |_| ());
    let server = TlsServer::start(pair.config(None));
    insta::assert_snapshot!(fails(&server, &[]), @"
    --- stderr
    error: the certificate of localhost:PORT is self-signed, and not among those that this system trusts
    hint: get it in a safe way, and name it: --cacert FILE
    --- exit code 6
    ");
    let itself = folder.file("server.pem", &pair.certificate);
    let run = get(&server.url(), &["--cacert", &itself]);
    assert_eq!((run.code, server.calls()), (0, 1), "{run}");
}

/// What `openssl req -x509` makes: its own authority, and the server's certificate.
fn of_openssl(names: &[&str], change: impl FnOnce(&mut rcgen::CertificateParams)) -> Pair {
    self_signed(names, |params| {
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        change(params);
    })
}

#[test]
fn authority_that_is_the_server_is_trusted_by_its_very_certificate_alone() {
    let folder = Folder::new();
    let pair = of_openssl(&["localhost"], |_| ());
    let server = TlsServer::start(pair.config(None));
    let itself = folder.file("server.pem", &pair.certificate);
    let run = get(&server.url(), &["--cacert", &itself]);
    assert_eq!((run.code, server.calls()), (0, 1), "{run}");

    let server = TlsServer::start(pair.config(None));
    let other = folder.file("other.pem", of_openssl(&["localhost"], |_| ()).certificate);
    for arguments in [&[][..], &["--cacert", &other]] {
        let run = fails(&server, arguments);
        assert!(
            run.contains("error: the certificate of localhost:PORT is self-signed, and not among "),
            "{run}"
        );
    }
    // It is held to its names and dates like any other.
    let cases: [(&[&str], i32, &str); 2] = [
        (&["crm.example.com"], 2200, "is for crm.example.com, and not for this name\n"),
        (&["localhost"], 2020, "expired on 2020-01-01 00:00 UTC\n"),
    ];
    for (names, year, said) in cases {
        let pair = of_openssl(names, |params| params.not_after = rcgen::date_time_ymd(year, 1, 1));
        let server = TlsServer::start(pair.config(None));
        let itself = folder.file("itself.pem", &pair.certificate);
        let run = fails(&server, &["--cacert", &itself]);
        assert!(run.contains(&format!("error: the certificate of localhost:PORT {said}")), "{run}");
    }
}

/// How a server with a certificate after `change` fails, its authority being trusted.
fn fails_trusted(names: &[&str], change: impl FnOnce(&mut rcgen::CertificateParams)) -> String {
    let (folder, authority) = (Folder::new(), Authority::new("Acme Root"));
    let bundle = folder.file("ca.pem", &authority.pem);
    let server = TlsServer::start(authority.issue(names, change).config(None));
    fails(&server, &["--cacert", &bundle])
}

#[test]
fn wrong_name_is_held_against_the_right_ones() {
    let names = ["crm.example.com", "*.example.org", "10.0.0.1"];
    insta::assert_snapshot!(fails_trusted(&names, |_| ()), @"
    --- stderr
    error: the certificate of localhost:PORT is for crm.example.com, *.example.org, 10.0.0.1, and not for this name
    hint: give the address by a name in it, or have one made for this name; --cacert does not help
    --- exit code 6
    ");
    let many = ["a.x", "b.x", "c.x", "d.x", "e.x", "f.x"];
    insta::assert_snapshot!(fails_trusted(&many, |_| ()).lines().nth(1).expect("a line"), @"error: the certificate of localhost:PORT is for a.x, b.x, c.x, d.x, e.x, …, and not for this name");
}

#[test]
fn expired_certificate_is_reported_with_its_end() {
    let run = fails_trusted(&["localhost"], |params| {
        params.not_before = rcgen::date_time_ymd(2019, 1, 1);
        params.not_after = rcgen::date_time_ymd(2020, 2, 29);
    });
    assert!(
        run.contains("error: the certificate of localhost:PORT expired on 2020-02-29 00:00 UTC\n"),
        "{run}"
    );
    assert!(run.contains("\nhint: whoever runs the server has to renew it; --cacert does not help, unless the clock here is wrong: 20"), "{run}");
}

#[test]
fn certificate_of_the_future_is_reported_with_its_start() {
    let run = fails_trusted(&["localhost"], |params| {
        params.not_before = rcgen::date_time_ymd(2200, 1, 2);
        params.not_after = rcgen::date_time_ymd(2201, 1, 1);
    });
    assert!(
        run.contains(
            "error: the certificate of localhost:PORT is valid only from 2200-01-02 00:00 UTC\n"
        ),
        "{run}"
    );
    assert!(run.contains("\nhint: check the clock of this machine, which says 20"), "{run}");
}

#[test]
fn certificate_for_another_purpose_is_rejected() {
    let run = fails_trusted(&["localhost"], |params| {
        params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ClientAuth];
    });
    assert!(run.contains("cannot be used: it was not made for a server\nhint: "), "{run}");
}

#[test]
fn insecure_trusts_anyone_and_warns_every_time() {
    let authority = Authority::new("Acme Root");
    let pair = authority.issue(&["crm.example.com"], |params| {
        params.not_after = rcgen::date_time_ymd(2020, 2, 29);
    });
    let server = TlsServer::start(pair.config(None));
    for call in 1..=2 {
        let run = get(&server.url(), &["--insecure"]);
        assert_eq!((run.code, server.calls()), (0, call), "{run}");
        assert_eq!(
            server.shown(&run.stderr),
            "warning: the certificate of localhost:PORT is not checked (--insecure)\n"
        );
    }
}

/// The client's certificate and key in files of their own, and in one.
fn files(folder: &Folder, pair: &Pair) -> (String, String, String) {
    (
        folder.file("client.pem", &pair.certificate),
        folder.file("client.key", &pair.key),
        folder.file("both.pem", format!("{}{}", pair.key, pair.certificate)),
    )
}

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

/// A server that reads what the client says first, and answers with `bytes`.
fn answers_the_hello(bytes: &'static [u8]) -> String {
    let listener = Listener::start(|mut stream| {
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(bytes);
        close(&mut stream);
    });
    format!("https://localhost:{}", listener.detach())
}

/// How a server that answers the first message with `bytes` fails.
fn fails_at_hello(bytes: &'static [u8]) -> String {
    let url = answers_the_hello(bytes);
    let run = get(&url, &["--cacert", &Folder::new().file("ca.pem", Authority::new("Acme").pem)]);
    assert_eq!((run.code, run.stdout.as_str()), (6, ""), "{run}");
    run.to_string().replace(url.trim_start_matches("https://"), "localhost:PORT")
}

#[test]
fn too_old_tls_version_is_reported() {
    // The alert protocol_version, fatal.
    let alert = fails_at_hello(b"\x15\x03\x01\x00\x02\x02\x46");
    insta::assert_snapshot!(alert, @"
    --- stderr
    error: localhost:PORT speaks only TLS versions that are too old; 1.2 is the least
    hint: have TLS 1.2 or 1.3 switched on there; neither --cacert nor --insecure helps
    --- exit code 6
    ");
    // A ServerHello of TLS 1.1: version, random, no session, RSA with AES-128, no compression.
    let hello = b"\x16\x03\x02\x00\x2a\x02\x00\x00\x26\x03\x02\
        0123456789abcdef0123456789abcdef\x00\x00\x2f\x00";
    assert_eq!(fails_at_hello(hello), alert);
}

#[test]
fn peer_without_tls_is_reported() {
    let plain = "error: localhost:PORT does not speak TLS\nhint: check scheme and port of the address; this port may be one for http://";
    for bytes in [&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], b"SSH-2.0-OpenSSH_9.6\r\n"] {
        let run = fails_at_hello(bytes);
        assert!(run.contains(plain), "{run}");
    }
    // Broken off without a word.
    let run = fails_at_hello(b"");
    assert!(run.contains("error: could not connect to localhost:PORT: "), "{run}");
    let run = fails_at_hello(b"\x15\x03\x03\x00\x02\x02\x28");
    assert!(
        run.contains("refused the TLS handshake\nhint: it may want a client certificate"),
        "{run}"
    );
    let run = fails_at_hello(b"\x15\x03\x03\x00\x02\x02\x70");
    assert!(run.contains("error: localhost:PORT has no certificate for this name\n"), "{run}");
}

#[test]
fn plain_http_to_a_tls_port_is_an_http_error() {
    let server = server(&Authority::new("Acme Root"), |_| ());
    let run = get(&server.url().replace("https:", "http:"), &[]);
    assert_eq!((run.code, server.calls()), (6, 0), "{run}");
    insta::assert_snapshot!(server.shown(&run), @"
    --- stderr
    error: localhost:PORT did not answer in HTTP: invalid HTTP version parsed
    hint: check the address: scheme, host and port
    hint: a port for https:// answers like this
    --- exit code 6
    ");
}

#[test]
fn handshake_that_is_never_answered_ends_with_the_connect_timeout() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("https://{}", listener.local_addr().expect("an address"));
    let start = Instant::now();
    let run = get(&url, &["--connect-timeout", "300ms"]);
    assert!(start.elapsed() >= Duration::from_millis(300), "{run}");
    assert!(start.elapsed() < Duration::from_secs(8), "{run}");
    assert_eq!(run.code, 6, "{run}");
    assert!(run.stderr.contains(": no connection within 300ms (--connect-timeout)\n"), "{run}");
}

#[test]
fn wrong_certificate_files_have_separate_errors() {
    let (folder, authority) = (Folder::new(), Authority::new("Acme Root"));
    let pair = authority.client();
    let (certificate, key, both) = files(&folder, &pair);
    let other = folder.file("other.key", authority.client().key);
    let empty = folder.file("empty.pem", "");
    let encrypted = folder.file(
        "enc.key",
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMII=\n-----END ENCRYPTED PRIVATE KEY-----\n",
    );
    let old = folder.file("old.key", "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMII=\n-----END RSA PRIVATE KEY-----\n");
    let pkcs12 = folder.file("client.p12", b"\x30\x82\x0a\x00\x02\x01\x03\x30\x82\xff");
    let der = folder.file("ca.der", b"\x30\x82\x0a\x00\x30\x82\xff\xff");
    let torn =
        folder.file("torn.pem", "-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----\n");
    let cases: &[(&[&str], &str)] = &[
        (&["--cacert", "/nowhere/ca.pem"], "--cacert /nowhere/ca.pem: No such file or directory"),
        (&["--cacert", "/"], "--cacert /: Is a directory"),
        (&["--cacert", &empty], ": it holds no certificate in PEM\n"),
        (&["--cacert", &key], ": it holds no certificate, but a private key\n"),
        (&["--cacert", &torn], ": certificate 1 in it is damaged\n"),
        (
            &["--cacert", &der],
            ": it is DER, and PEM is wanted\nhint: for a certificate: openssl x509 -inform der",
        ),
        (
            &["--client-cert", &pkcs12],
            ": it is PKCS#12, and PEM is wanted\nhint: openssl pkcs12 -in ",
        ),
        (
            &["--client-cert", &certificate],
            ": it holds no key\nhint: name the file of the key with --client-key\n",
        ),
        (&["--client-cert", &key], ": it holds no certificate, but a private key\n"),
        (&["--client-cert", &certificate, "--client-key", &empty], "--client-key "),
        (&["--client-cert", &certificate, "--client-key", &certificate], ": it holds no key\n"),
        (
            &["--client-cert", &certificate, "--client-key", &other],
            ": its key belongs to another certificate\nhint: the certificate is that of ",
        ),
        (
            &["--client-cert", &certificate, "--client-key", &encrypted],
            ": its key has a passphrase\nhint: decrypt it",
        ),
        (
            &["--client-cert", &certificate, "--client-key", &old],
            ": its key has a passphrase\nhint: decrypt it",
        ),
        (&["--client-key", &key], "--client-key goes with --client-cert, and none is given\n"),
        (&["--insecure", "--cacert", &both], "--cacert does nothing with --insecure"),
    ];
    let server = server(&authority, |_| ());
    for (arguments, message) in cases {
        for more in [&[][..], &["--dry-run"]] {
            let run = get(&server.url(), &[arguments, more].concat());
            assert_eq!((run.code, run.stdout.as_str(), server.calls()), (2, "", 0), "{run}");
            assert!(run.stderr.starts_with("error: ") && run.stderr.contains(message), "{run}");
            assert!(!run.stderr.contains("MII"), "{run}");
        }
    }
}

#[test]
fn options_for_tls_do_nothing_without_it() {
    let folder = Folder::new();
    let file = folder.file("ca.pem", Authority::new("Acme Root").pem);
    for arguments in [
        &["--cacert", &file][..],
        &["--client-cert", &file],
        &["--client-key", &file],
        &["--insecure"],
    ] {
        let run = Server::json("[]").refuses(&[&["839"], arguments].concat());
        let message = format!("error: {} does nothing with an http:// address", arguments[0]);
        assert!(run.stderr.starts_with(&message), "{run}");
        let mut command = sotickets();
        let run = Run::of(command.args(["get", "839", "--demo"]).args(arguments));
        assert_eq!(run.code, 2, "{run}");
        let message = format!("error: {} does nothing with --demo", arguments[0]);
        assert!(run.stderr.starts_with(&message), "{run}");
    }
    // What a variable says is let be, and not even read.
    let server = Server::json(TICKET);
    let mut command = server.get(&["839"]);
    command.env("SOTICKETS_CACERT", "/nowhere").env("SOTICKETS_CLIENT_KEY", "/nowhere");
    let run = Run::of(&mut command);
    assert_eq!((run.code, server.calls()), (0, 1), "{run}");
}

#[test]
fn dead_local_port_error_does_not_mention_proxies() {
    let run = get(&tcp_server::dead(), &[]);
    assert!(
        run.stderr.contains("\nhint: check the port, and that the server on this machine runs\n"),
        "{run}"
    );
    assert!(!run.stderr.contains("prox"), "{run}");
}

#[cfg(unix)]
#[test]
fn script_of_a_dry_run_carries_the_files() {
    if !programs::all_needed(&programs::DRY_RUN) {
        return;
    }
    let (folder, authority) = (Folder::new(), Authority::new("Acme Root"));
    let bundle = folder.file("a \"b\" $c.pem", &authority.pem);
    let config = authority.issue(&["localhost"], |_| ()).config(Some(&authority));
    let server = TlsServer::start(config);
    let pair = authority.client();
    let both = folder.file("x:y.pem", format!("{}{}", pair.key, pair.certificate));
    let key = folder.file("k.pem", &pair.key);
    for arguments in [
        &["--cacert", &bundle, "--client-cert", &both][..],
        &["--insecure", "--client-cert", &both, "--client-key", &key, "--retries", "2"],
    ] {
        let before = server.calls();
        let script = get(&server.url(), &[arguments, &["--dry-run"]].concat());
        assert_eq!((script.code, script.stderr.as_str()), (0, ""), "{script}");
        assert_eq!(script.stdout.contains("\ninsecure\n"), arguments[0] == "--insecure");
        assert_eq!(
            script.stdout.contains("\nretry = \"2\"\nretry-connrefused\n"),
            arguments[0] == "--insecure"
        );
        let output = programs::sh()
            .args(["-c", &script.stdout])
            .env("SOTICKETS_TOKEN", "t")
            .output()
            .expect("a shell");
        assert_eq!(String::from_utf8_lossy(&output.stdout), TICKET, "{script}{output:?}");
        assert_eq!(server.calls(), before + 1);
    }
}
