//! Certificates that are signed in a way that this program does not know.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

use crate::support::tls::{Folder, Pair, TlsServer};
use crate::support::{Run, sotickets};

const ECDSA_SHA256: &[u8] = b"\x2a\x86\x48\xce\x3d\x04\x03\x02";
const ECDSA_SHA512: &[u8] = b"\x2a\x86\x48\xce\x3d\x04\x03\x04";
const ED25519: &[u8] = b"\x06\x03\x2b\x65\x70";
const ED448: &[u8] = b"\x06\x03\x2b\x65\x71";
const P384: &[u8] = b"\x2b\x81\x04\x00\x22";
const P521: &[u8] = b"\x2b\x81\x04\x00\x23";

/// `der` with `to` in place of each `from`, as PEM: no library here signs in such a way.
fn with(der: &[u8], from: &[u8], to: &[u8]) -> String {
    assert_eq!(from.len(), to.len());
    let mut der = der.to_vec();
    let found: Vec<usize> =
        (0..der.len()).filter(|start| der[*start..].starts_with(from)).collect();
    assert!(!found.is_empty());
    for start in found {
        der[start..start + to.len()].copy_from_slice(to);
    }
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", STANDARD.encode(der))
}

/// An authority whose key is of the kind `algorithm`, and a server's certificate by it.
fn issue(
    algorithm: &'static rcgen::SignatureAlgorithm,
) -> (rcgen::Certificate, rcgen::Certificate, KeyPair) {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "Acme Root");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate_for(algorithm).expect("a key");
    let authority = params.self_signed(&key).expect("a certificate");
    let issuer = Issuer::new(params, key);
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
    params.distinguished_name.push(DnType::CommonName, "a server");
    let key = KeyPair::generate().expect("a key");
    let certificate = params.signed_by(&key, &issuer).expect("a certificate");
    (authority, certificate, key)
}

/// Runs `get` against a server with the `certificate`, and trusts `authority`.
fn get(authority: &str, certificate: String, key: &KeyPair) -> Run {
    let folder = Folder::new();
    let key = key.serialize_pem();
    let server = TlsServer::start(Pair { certificate, key }.config(None));
    let mut command = sotickets();
    command.args(["get", "839", "--no-auth", "--url", &server.url()]);
    let mut run = Run::of(command.args(["--cacert", &folder.file("ca.pem", authority)]));
    assert_eq!(server.calls(), usize::from(run.code == 0), "{run}");
    run.stderr = server.shown(&run.stderr);
    run
}

#[test]
fn unknown_signature_algorithm_is_named() {
    let (authority, certificate, key) = issue(&rcgen::PKCS_ECDSA_P256_SHA256);
    let sha512 = with(certificate.der(), ECDSA_SHA256, ECDSA_SHA512);
    let run = get(&authority.pem(), sha512.clone(), &key);
    insta::assert_snapshot!(run, @"
    --- stderr
    error: the certificate of localhost:PORT cannot be used: this program knows no ECDSA with SHA-512, and that is how it is signed
    hint: have one signed by RSA, by ECDSA with P-256 or P-384 and SHA-256 or SHA-384, or by Ed25519
    hint: if only the authority signs so, the server's own certificate can be trusted by itself: --cacert FILE
    --- exit code 6
    ");
    // As the hint says: by itself it can be trusted.
    let run = get(&sha512, sha512.clone(), &key);
    assert_eq!(run.code, 0, "{run}");

    let (authority, certificate, key) = issue(&rcgen::PKCS_ED25519);
    let run = get(&authority.pem(), with(certificate.der(), ED25519, ED448), &key);
    let start = "error: the certificate of localhost:PORT cannot be used: this program knows no Ed448, and that is how it is signed\n";
    assert!(run.stderr.starts_with(start), "{run}");
}

#[test]
fn unknown_curve_of_a_key_is_named() {
    let (authority, certificate, key) = issue(&rcgen::PKCS_ECDSA_P384_SHA384);
    let run = get(&with(authority.der(), P384, P521), certificate.pem(), &key);
    assert_eq!((run.code, run.stdout.as_str()), (6, ""), "{run}");
    let start = "error: the certificate of localhost:PORT cannot be used: this program knows no ECDSA with SHA-384 by a key on P-521, and that is how it is signed\n";
    assert!(run.stderr.starts_with(start), "{run}");
}
