//! The options for TLS: wrong files, and those in a dry run.

#[cfg(unix)]
use crate::support::programs;
#[cfg(unix)]
use crate::support::tls::TlsServer;
use crate::support::tls::{Authority, Folder, TICKET};
use crate::support::{Run, Server, sotickets};

use super::{files, get, server};

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
            ": it is PKCS#12, and PEM is wanted\nhint: convert it into a file that only you can read, and name that: openssl pkcs12 -in ",
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
fn command_of_a_hint_has_the_whole_path_in_quotes() {
    let (folder, authority) = (Folder::new(), Authority::new("Acme Root"));
    let name = |start: &str, end: &str| format!("{start} {}.{end}", "x".repeat(100));
    let der = folder.file(&name("ca", "der"), b"\x30\x82\x0a\x00\x30\x82\xff\xff");
    let pkcs12 = folder.file(&name("tim", "p12"), b"\x30\x82\x0a\x00\x02\x01\x03\x30\x82\xff");
    let certificate = folder.file("tim.pem", authority.client().certificate);
    let key = folder.file(&name("tim", "key"), "-----BEGIN ENCRYPTED PRIVATE KEY-----\n");
    let server = server(&authority, |_| ());
    for (path, arguments) in [
        (&der, vec!["--cacert", &der]),
        (&pkcs12, vec!["--client-cert", &pkcs12]),
        (&key, vec!["--client-cert", &certificate, "--client-key", &key]),
    ] {
        let run = get(&server.url(), &arguments);
        assert_eq!((run.code, server.calls()), (2, 0), "{run}");
        let quoted = [format!("-in '{path}' "), format!("-in \"{path}\" ")];
        assert!(quoted.iter().any(|quoted| run.stderr.contains(quoted)), "{run}");
        let warns = run.stderr.contains("a file that only you can read");
        assert_eq!(warns, *path != der, "{run}");
    }
}

#[test]
fn tls_options_without_tls_are_rejected() {
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
    // Files that variables name are ignored, and not even read.
    let server = Server::json(TICKET);
    let mut command = server.get(&["839"]);
    command.env("SOTICKETS_CACERT", "/nowhere").env("SOTICKETS_CLIENT_KEY", "/nowhere");
    let run = Run::of(&mut command);
    assert_eq!((run.code, server.calls()), (0, 1), "{run}");
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
