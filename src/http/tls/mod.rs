//! Whom a TLS connection trusts, and as whom it signs in.

pub mod signature_algorithm;
pub mod trust;
pub mod verifier;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{ClientConfig, RootCertStore};

use crate::error::{Error, Kind, Result};

use super::address::Address;
use super::connection_log::{ConnectionLog, RecordingVerifier};
use super::proxy::Proxy;
use trust::Trust;
use verifier::NoServerVerification;

/// What is particular to the TLS connections of a call.
#[derive(Clone, Debug, Default)]
pub struct Tls {
    /// Whose certificates are trusted: the server's, and that of a proxy.
    pub trust: Trust,
    /// Whether any certificate of the server is accepted (`--insecure`).
    pub insecure: bool,
    /// The client certificate.
    pub identity: Option<Identity>,
}

/// A client certificate with its key.
#[derive(Clone)]
pub struct Identity {
    key: Arc<CertifiedKey>,
    /// The file of the certificate.
    pub certificate: PathBuf,
    /// The file of the key, where it is another one.
    pub key_file: Option<PathBuf>,
}

impl Identity {
    /// Joins a certificate chain with its key.
    ///
    /// # Errors
    /// Where the key is of a kind unknown here, or belongs to another certificate.
    pub fn new(
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
        certificate: PathBuf,
        key_file: Option<PathBuf>,
    ) -> std::result::Result<Self, rustls::Error> {
        let key = CertifiedKey::from_der(chain, key, &provider())?;
        Ok(Self { key: Arc::new(key), certificate, key_file })
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("certificate", &self.certificate).finish_non_exhaustive()
    }
}

fn provider() -> CryptoProvider {
    rustls::crypto::ring::default_provider()
}

/// The TLS settings for a call of `address`, by way of `proxy`, whose certificates a
/// `witness` may want to see.
///
/// # Errors
/// Of [`Kind::Network`], where no certificate of the system can be read.
pub fn config(
    address: &Address,
    proxy: Option<&Proxy>,
    tls: &Tls,
    witness: Option<&Arc<ConnectionLog>>,
) -> Result<ClientConfig> {
    let not_set_up = |error| Error::new(Kind::Network, format!("TLS cannot be set up: {error}"));
    let provider = Arc::new(provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(not_set_up)?;
    let to_proxy = proxy.is_some_and(Proxy::is_https);
    if address.is_plain_http() && !to_proxy {
        // No certificate is read for an address that uses none.
        return Ok(builder.with_root_certificates(RootCertStore::empty()).with_no_client_auth());
    }
    let verifier = server_verifier(address, to_proxy, tls, provider)?;
    let verifier = match witness.cloned() {
        Some(witness) => Arc::new(RecordingVerifier { inner: verifier, witness }),
        None => verifier,
    };
    let builder = builder.dangerous().with_custom_certificate_verifier(verifier);
    Ok(match &tls.identity {
        Some(identity) => builder
            .with_client_cert_resolver(Arc::new(SingleCertAndKey::from(Arc::clone(&identity.key)))),
        None => builder.with_no_client_auth(),
    })
}

/// Creates the verifier for the certificate of `address`, and for that of a proxy that is
/// reached by TLS.
fn server_verifier(
    address: &Address,
    to_proxy: bool,
    tls: &Tls,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>> {
    if !tls.insecure {
        return Ok(Arc::new(tls.trust.verifier(provider)?));
    }
    let name = address.url().host_str().unwrap_or_default();
    let name = name.trim_start_matches('[').trim_end_matches(']').to_owned();
    // As in curl, --insecure applies to the server and not to the proxy.
    let of_proxy = match to_proxy {
        true => Some(tls.trust.verifier(Arc::clone(&provider))?),
        false => None,
    };
    let server = ServerName::try_from(name).ok();
    Ok(Arc::new(NoServerVerification { server, of_proxy, provider }))
}
