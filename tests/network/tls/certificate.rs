//! Certificates of a trusted authority that are refused.

use crate::support::tls::{Authority, Folder, TlsServer};

use super::fails;

/// Returns the output for a certificate after `change`, whose authority is trusted.
fn fails_trusted(names: &[&str], change: impl FnOnce(&mut rcgen::CertificateParams)) -> String {
    let (folder, authority) = (Folder::new(), Authority::new("Acme Root"));
    let bundle = folder.file("ca.pem", &authority.pem);
    let server = TlsServer::start(authority.issue(names, change).config(None));
    fails(&server, &["--cacert", &bundle])
}

#[test]
fn wrong_name_is_reported_with_the_names_of_the_certificate() {
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
