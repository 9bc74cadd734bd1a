//! TLS settings, and the configuration that they give a connection.

pub(crate) mod certificate;
pub(crate) mod signature_algorithm;
pub(crate) mod trust;
mod verifier;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{ClientConfig, RootCertStore};

use crate::error::Result;

use super::address::Address;
use crate::http::connection::log::ConnectionLog;
use trust::{Trust, not_set_up};
use verifier::Verifier;

/// The TLS settings of a command.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tls {
    /// The certificates that are trusted, for the server and for a proxy.
    pub(crate) trust: Trust,
    /// True to accept any certificate of the server (`--insecure`).
    pub(crate) insecure: bool,
    /// The client certificate.
    pub(crate) identity: Option<Identity>,
}

/// A client certificate with its key.
#[derive(Clone)]
pub(crate) struct Identity {
    key: Arc<CertifiedKey>,
    /// The file of the certificate.
    pub(crate) certificate: PathBuf,
    /// The file of the key; `None` if it is the same one.
    pub(crate) key_file: Option<PathBuf>,
}

impl Identity {
    /// Joins a certificate chain with its key.
    ///
    /// # Errors
    /// If the key is of an unknown kind, or belongs to another certificate.
    pub(crate) fn new(
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

impl Tls {
    /// Returns the configuration for a request to `address`, by a proxy that is reached by TLS
    /// if `has_tls_proxy`. Certificates are written to `log`.
    ///
    /// # Errors
    /// A [`Kind::Network`](crate::error::Kind::Network) error if no certificate of the system can
    /// be read.
    pub(super) fn config(
        &self,
        address: &Address,
        has_tls_proxy: bool,
        log: &ConnectionLog,
    ) -> Result<ClientConfig> {
        let provider = Arc::new(provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| not_set_up(&error))?;
        if address.is_plain_http() && !has_tls_proxy {
            // No certificate is read for an address that uses none.
            return Ok(builder
                .with_root_certificates(RootCertStore::empty())
                .with_no_client_auth());
        }
        let schemes = provider.signature_verification_algorithms.supported_schemes();
        let (inner, trusted) = match self.insecure && !has_tls_proxy {
            true => (None, Vec::new()),
            false => {
                let (inner, trusted) = self.trust.verifier(provider)?;
                (Some(inner), trusted)
            }
        };
        let server = ServerName::try_from(address.host().to_owned()).ok();
        let unverified_server = server.filter(|_| self.insecure);
        let verifier = Verifier { inner, trusted, unverified_server, schemes, log: log.clone() };
        let builder = builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier));
        Ok(match &self.identity {
            Some(identity) => {
                let key = SingleCertAndKey::from(Arc::clone(&identity.key));
                builder.with_client_cert_resolver(Arc::new(key))
            }
            None => builder.with_no_client_auth(),
        })
    }
}

fn provider() -> CryptoProvider {
    rustls::crypto::ring::default_provider()
}
