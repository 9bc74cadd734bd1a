//! TLS servers with certificates made here.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion};

use super::server::{Listener, Request, over_tls};

/// An authority, which issues certificates.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub pem: String,
}

/// A certificate with its key, in PEM.
pub struct Pair {
    pub certificate: String,
    pub key: String,
}

impl Authority {
    pub fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().expect("a key");
        let pem = params.self_signed(&key).expect("a certificate").pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    /// A certificate for `names`, after `change`.
    pub fn issue(&self, names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Pair {
        let (params, key) = params(names, change);
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        Pair { certificate: certificate.pem(), key: key.serialize_pem() }
    }

    /// A certificate for a client.
    pub fn client(&self) -> Pair {
        self.issue(&["tim"], |params| {
            params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        })
    }
}

/// A certificate for `names` that is its own issuer.
pub fn self_signed(names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Pair {
    let (params, key) = params(names, change);
    let certificate = params.self_signed(&key).expect("a certificate");
    Pair { certificate: certificate.pem(), key: key.serialize_pem() }
}

fn params(
    names: &[&str],
    change: impl FnOnce(&mut CertificateParams),
) -> (CertificateParams, KeyPair) {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).expect("names");
    params.distinguished_name.push(DnType::CommonName, "a server");
    change(&mut params);
    (params, KeyPair::generate().expect("a key"))
}

impl Pair {
    fn chain(&self) -> Vec<CertificateDer<'static>> {
        certificates(&self.certificate)
    }

    fn key(&self) -> PrivateKeyDer<'static> {
        PrivateKeyDer::from_pem_slice(self.key.as_bytes()).expect("a key")
    }

    /// Returns the settings of a server with this certificate; with `clients` it requires a client
    /// certificate of theirs.
    pub fn config(&self, clients: Option<&Authority>) -> ServerConfig {
        self.config_with(rustls::DEFAULT_VERSIONS, clients)
    }

    /// The same for these versions of TLS, and for any client.
    pub fn config_of(&self, versions: &[&'static SupportedProtocolVersion]) -> ServerConfig {
        self.config_with(versions, None)
    }

    fn config_with(
        &self,
        versions: &[&'static SupportedProtocolVersion],
        clients: Option<&Authority>,
    ) -> ServerConfig {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(versions)
            .expect("versions");
        let builder = match clients {
            None => builder.with_no_client_auth(),
            Some(authority) => {
                let mut roots = RootCertStore::empty();
                for certificate in certificates(&authority.pem) {
                    roots.add(certificate).expect("a root");
                }
                let verifier =
                    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
                builder.with_client_cert_verifier(verifier.build().expect("a verifier"))
            }
        };
        builder.with_single_cert(self.chain(), self.key()).expect("a certificate")
    }
}

fn certificates(pem: &str) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_slice_iter(pem.as_bytes()).map(|it| it.expect("PEM")).collect()
}

/// A folder for PEM files, which ends with the test.
pub struct Folder(tempfile::TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    /// Writes `bytes` to the file `name`, and gives its path.
    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path: PathBuf = self.0.path().join(name);
        fs::write(&path, bytes).expect("a file");
        path.to_string_lossy().into_owned()
    }
}

/// A server that answers each call over TLS.
pub struct TlsServer {
    pub port: u16,
    calls: Arc<AtomicUsize>,
}

/// Its answer.
pub const TICKET: &str = r#"[{"TicketId":839}]"#;

impl TlsServer {
    pub fn start(config: ServerConfig) -> Self {
        let (config, calls) = (Arc::new(config), Arc::new(AtomicUsize::new(0)));
        let count = Arc::clone(&calls);
        let listener = Listener::start(move |stream| {
            over_tls(stream, Arc::clone(&config), |stream| {
                if Request::read(stream).is_none() {
                    return;
                }
                count.fetch_add(1, Ordering::SeqCst);
                let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
                let _ = write!(stream, "{head}content-length: {}\r\n\r\n{TICKET}", TICKET.len());
                let _ = stream.flush();
            });
        });
        Self { port: listener.detach(), calls }
    }

    /// How many requests arrived whole.
    pub fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    /// `https://localhost:PORT`.
    pub fn url(&self) -> String {
        format!("https://localhost:{}", self.port)
    }

    /// `text` with the port, which changes, written `PORT`.
    pub fn shown(&self, text: &impl ToString) -> String {
        text.to_string().replace(&format!(":{}", self.port), ":PORT")
    }
}
