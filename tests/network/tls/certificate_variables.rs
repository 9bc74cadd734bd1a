//! The trusted certificates: `--cacert`, `SSL_CERT_FILE`, `SSL_CERT_DIR`.

use std::fs;
use std::path::Path;

use assert_cmd::Command;

use crate::support::tls::{Authority, Folder, Pair, TICKET, TlsServer, self_signed};
use crate::support::{Run, Server, sotickets};

/// The character between two folders in a variable.
const SEPARATOR: &str = if cfg!(windows) { ";" } else { ":" };

/// `get 839` of `url` without a credential.
fn get(url: &str, variables: &[(&str, &str)]) -> Command {
    let mut command = sotickets();
    command.args(["get", "839", "--no-auth", "-o", "json", "--url", url]);
    command.envs(variables.iter().copied());
    command
}

/// A folder inside `folder` with one file, which holds `bytes`.
fn folder_with(folder: &Folder, name: &str, file: &str, bytes: &str) -> String {
    let path = folder.file(name, "");
    fs::remove_file(&path).expect("a file");
    fs::create_dir(&path).expect("a folder");
    fs::write(Path::new(&path).join(file), bytes).expect("a file");
    path
}

#[test]
fn certificate_variable_that_cannot_be_read_is_a_usage_error() {
    let (folder, authority) = (Folder::new(), Authority::new("Acme Root"));
    let server = TlsServer::start(authority.issue(&["localhost"], |_| ()).config(None));
    let bundle = folder.file("ca.pem", &authority.pem);
    let key = folder.file("key.pem", authority.client().key);
    let empty = folder.file("empty.pem", "");
    let torn =
        folder.file("torn.pem", "-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----\n");
    let good = folder_with(&folder, "good", "ca.pem", &authority.pem);
    let none = folder_with(&folder, "none", "README", "no certificate");
    let list = format!("{good}{SEPARATOR}/no/such");
    let not_found = "No such file or directory (os error 2)";
    let cases = [
        ("SSL_CERT_FILE", "/no/such.pem", "/no/such.pem", not_found),
        ("SSL_CERT_FILE", &good, &good, "Is a directory (os error 21)"),
        ("SSL_CERT_FILE", &key, &key, "it holds no certificate"),
        ("SSL_CERT_FILE", &empty, &empty, "it holds no certificate"),
        ("SSL_CERT_FILE", &torn, &torn, "it holds no certificate"),
        ("SSL_CERT_DIR", "/no/such", "/no/such", not_found),
        ("SSL_CERT_DIR", &bundle, &bundle, "Not a directory (os error 20)"),
        ("SSL_CERT_DIR", &none, &none, "it holds no certificate"),
        ("SSL_CERT_DIR", &list, "/no/such", not_found),
        ("SSL_CERT_DIR", SEPARATOR, SEPARATOR, "it names no folder"),
    ];
    for (variable, value, path, why) in cases {
        for more in [&[][..], &["--dry-run"]] {
            let run = Run::of(get(&server.url(), &[(variable, value)]).args(more));
            assert_eq!((run.code, run.stdout.as_str(), server.calls()), (2, "", 0), "{run}");
            assert_eq!(
                run.stderr,
                format!(
                    "error: {variable} {path}: {why}\nhint: correct {variable}, unset it to trust the system's certificates, or use --cacert FILE\n"
                )
            );
        }
        // It is not read where it does not apply: without TLS, with --cacert, and with
        // --insecure.
        let plain = Server::json(TICKET);
        let run = Run::of(&mut get(&plain.url(), &[(variable, value)]));
        assert_eq!((run.code, plain.calls()), (0, 1), "{run}");
        let variables = [(variable, value), ("SOTICKETS_CACERT", &bundle)];
        let run = Run::of(get(&server.url(), &variables).arg("--dry-run"));
        assert_eq!(run.code, 0, "{run}");
        let mut command = get(&server.url(), &[(variable, value)]);
        let run = Run::of(command.args(["--insecure", "--dry-run"]));
        assert_eq!(run.code, 0, "{run}");
    }
    // A proxy that is reached by TLS is checked by the same certificates.
    let mut command = get("http://crm.example.com", &[("SSL_CERT_FILE", "/no/such.pem")]);
    let run = Run::of(command.args(["--proxy", &server.url()]));
    assert_eq!((run.code, server.calls()), (2, 0), "{run}");
    assert!(run.stderr.starts_with("error: SSL_CERT_FILE /no/such.pem: "), "{run}");
    let mut command = get("https://crm.example.com", &[("SSL_CERT_FILE", "/no/such.pem")]);
    let run = Run::of(command.args(["--proxy", &server.url(), "--insecure"]));
    assert_eq!((run.code, server.calls()), (2, 0), "{run}");
}

#[test]
fn empty_certificate_variables_count_as_unset() {
    let authority = Authority::new("Acme Root");
    let server = TlsServer::start(authority.issue(&["localhost"], |_| ()).config(None));
    let run = Run::of(&mut get(&server.url(), &[("SSL_CERT_FILE", ""), ("SSL_CERT_DIR", "")]));
    assert_eq!((run.code, server.calls()), (6, 0), "{run}");
    assert!(run.stderr.contains(" is not among those that this system trusts\n"), "{run}");
}

#[test]
fn certificate_variables_replace_the_systems_certificates() {
    let (folder, authority) = (Folder::new(), Authority::new("Acme Root"));
    let server = TlsServer::start(authority.issue(&["localhost"], |_| ()).config(None));
    let other = Authority::new("Other Root").pem;
    let file = folder.file("other.pem", &other);
    let others = folder_with(&folder, "others", "other.pem", &other);
    let good = folder_with(&folder, "good", "0a1b2c3d.0", &authority.pem);
    fs::write(Path::new(&good).join("README"), "no certificate").expect("a file");
    let both = format!("{others}{SEPARATOR}{SEPARATOR}{good}");
    // Text that is not UTF-8 around the certificates does not matter.
    let latin = [b"# F\xf8retag\n".as_slice(), authority.pem.as_bytes()].concat();
    let latin = folder.file("latin.pem", latin);
    let trusted: [&[(&str, &str)]; 5] = [
        &[("SSL_CERT_DIR", &good)],
        &[("SSL_CERT_DIR", &both)],
        &[("SSL_CERT_FILE", &file), ("SSL_CERT_DIR", &good)],
        &[("SSL_CERT_FILE", &latin), ("SSL_CERT_DIR", &others)],
        &[("SSL_CERT_FILE", &latin), ("SSL_CERT_DIR", "")],
    ];
    for (index, variables) in trusted.into_iter().enumerate() {
        let run = Run::of(&mut get(&server.url(), variables));
        assert_eq!(
            (run.to_string(), server.calls()),
            (format!("{TICKET}--- exit code 0"), index + 1)
        );
    }
    let variables = [("SSL_CERT_FILE", file.as_str()), ("SSL_CERT_DIR", &others)];
    let run = Run::of(&mut get(&server.url(), &variables));
    assert_eq!((run.code, server.calls()), (6, trusted.len()), "{run}");
    let run = server.shown(&run).replace(&file, "other.pem").replace(&others, "others");
    insta::assert_snapshot!(run, @"
    --- stderr
    error: the issuer of the certificate of localhost:PORT, 'Acme Root', is not among those in other.pem (SSL_CERT_FILE) and others (SSL_CERT_DIR)
    hint: --cacert FILE names the authority's certificate, in PEM; ask whoever runs the server
    hint: a server may also have been set up without the certificates between; they can be in that file, too
    --- exit code 6
    ");
}

/// All settings that trust `certificate`.
fn sources(folder: &Folder, certificate: &str) -> [(&'static str, String); 3] {
    let file = folder.file("trusted.pem", certificate);
    let _ = fs::remove_dir_all(format!("{file}.d"));
    let directory = folder_with(folder, "trusted.pem.d", "server.pem", certificate);
    [("SOTICKETS_CACERT", file.clone()), ("SSL_CERT_FILE", file), ("SSL_CERT_DIR", directory)]
}

#[test]
fn trusted_server_certificate_is_accepted_from_every_source() {
    let (folder, authority) = (Folder::new(), Authority::new("Acme Root"));
    let with = |is_ca| move |params: &mut rcgen::CertificateParams| params.is_ca = is_ca;
    let pairs = [
        self_signed(&["localhost"], |_| ()),
        self_signed(&["localhost"], with(rcgen::IsCa::ExplicitNoCa)),
        // As `openssl req -x509` makes it: also an authority.
        self_signed(&["localhost"], with(rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained))),
        // Its issuer is not trusted, but it is.
        authority.issue(&["localhost"], |_| ()),
    ];
    for pair in &pairs {
        let server = TlsServer::start(pair.config(None));
        for (index, (variable, path)) in sources(&folder, &pair.certificate).iter().enumerate() {
            let run = Run::of(&mut get(&server.url(), &[(variable, path)]));
            assert_eq!((run.code, server.calls()), (0, index + 1), "{variable}: {run}");
        }
    }
}

#[test]
fn trusted_server_certificate_must_have_valid_names_and_dates() {
    let folder = Folder::new();
    let pair = |names: &[&str], year| -> Pair {
        self_signed(names, |params| {
            params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
            params.not_before = rcgen::date_time_ymd(year - 1, 1, 1);
            params.not_after = rcgen::date_time_ymd(year, 1, 1);
        })
    };
    let cases = [
        (pair(&["crm.example.com"], 2200), "is valid only from 2199-01-01 00:00 UTC"),
        (pair(&["localhost"], 2020), "expired on 2020-01-01 00:00 UTC"),
        (
            self_signed(&["crm.example.com"], |_| ()),
            "is for crm.example.com, and not for this name",
        ),
    ];
    for (pair, message) in &cases {
        let server = TlsServer::start(pair.config(None));
        for (variable, path) in sources(&folder, &pair.certificate) {
            let run = Run::of(&mut get(&server.url(), &[(variable, &path)]));
            assert_eq!((run.code, server.calls()), (6, 0), "{variable}: {run}");
            let start = format!("error: the certificate of localhost:PORT {message}\n");
            assert!(server.shown(&run.stderr).starts_with(&start), "{variable}: {run}");
        }
    }
    // Another certificate with the same name is not the trusted one.
    let server = TlsServer::start(pair(&["localhost"], 2200).config(None));
    let other = self_signed(&["localhost"], |_| ());
    for (variable, path) in sources(&folder, &other.certificate) {
        let run = Run::of(&mut get(&server.url(), &[(variable, &path)]));
        assert_eq!((run.code, server.calls()), (6, 0), "{variable}: {run}");
    }
}
