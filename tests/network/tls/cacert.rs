//! The certificates that `--cacert` and the system trust.

use crate::support::tls::{Authority, Folder, Pair, TICKET, TlsServer, self_signed};
use crate::support::{Run, sotickets};

use super::{fails, get, server};

#[test]
fn named_authority_is_trusted() {
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

#[cfg(target_os = "linux")]
#[test]
fn system_without_certificates_is_an_error_that_names_cacert() {
    use crate::support::{mounts::mounting, programs};

    let (folder, authority) = (Folder::new(), Authority::new("Acme Root"));
    let bundle = folder.file("ca.pem", &authority.pem);
    let server = server(&authority, |_| ());
    let script = "for folder in /etc/ssl /etc/pki /etc/security /opt/etc; do
        [ ! -d $folder ] || mount -t tmpfs none $folder || exit
    done
    exec \"$@\"";
    let run = |arguments: &[&str]| {
        let mut command = mounting(script)?;
        command.args([env!("CARGO_BIN_EXE_sotickets"), "get", "839", "--no-auth", "-o", "json"]);
        command.args(["--url", &server.url()]).args(arguments).env_clear();
        Some(Run::from(command.env("PATH", programs::path()).output().expect("a run")))
    };
    let Some(without) = run(&[]) else { return };
    insta::assert_snapshot!(without, @"
    --- stderr
    error: this system has no certificates to trust a server by
    hint: install the package ca-certificates, or name a bundle with --cacert
    --- exit code 6
    ");
    let run = run(&["--cacert", &bundle]).expect("mounts");
    assert_eq!((run.code, server.calls()), (0, 1), "{run}");
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
fn unknown_issuer_is_named() {
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
fn self_signed_certificate_is_trusted_if_named() {
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

/// A certificate as `openssl req -x509` makes it: its own authority, and the server's.
fn of_openssl(names: &[&str], change: impl FnOnce(&mut rcgen::CertificateParams)) -> Pair {
    self_signed(names, |params| {
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        change(params);
    })
}

#[test]
fn authority_used_as_server_is_trusted_only_if_named() {
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
    for (names, year, problem) in cases {
        let pair = of_openssl(names, |params| params.not_after = rcgen::date_time_ymd(year, 1, 1));
        let server = TlsServer::start(pair.config(None));
        let itself = folder.file("itself.pem", &pair.certificate);
        let run = fails(&server, &["--cacert", &itself]);
        assert!(
            run.contains(&format!("error: the certificate of localhost:PORT {problem}")),
            "{run}"
        );
    }
}

#[test]
fn insecure_accepts_any_certificate_and_warns_each_time() {
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
