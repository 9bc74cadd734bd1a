//! Whom a TLS connection trusts, and as whom it signs in.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{ClientConfig, RootCertStore};

use crate::error::{Error, Kind, Result};

use super::address::Address;
use super::proxy::Proxy;
use super::verifier::{Telling, Unchecked};
use super::witness::{Noting, Witness};

/// What is particular to the TLS connections of a call.
#[derive(Clone, Debug, Default)]
pub struct Tls {
    /// Whom they trust.
    pub trust: Trust,
    /// The client certificate.
    pub identity: Option<Identity>,
}

impl Tls {
    /// Whether no certificate of the server's is refused.
    #[must_use]
    pub const fn trusts_anyone(&self) -> bool {
        matches!(self.trust, Trust::Anyone)
    }
}

/// Whose certificate is trusted.
#[derive(Clone, Debug, Default)]
pub enum Trust {
    /// Whom the system trusts.
    #[default]
    System,
    /// Those in a bundle, in place of the system's.
    Bundle {
        /// The certificates.
        certificates: Vec<CertificateDer<'static>>,
        /// The same, as those whose signature counts.
        roots: RootCertStore,
        /// The file.
        path: PathBuf,
    },
    /// Anyone.
    Anyone,
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
    witness: Option<&Arc<Witness>>,
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
    let verifier = server_verifier(address, to_proxy, &tls.trust, provider)?;
    let verifier = match witness.cloned() {
        Some(witness) => Arc::new(Noting { inner: verifier, witness }),
        None => verifier,
    };
    let builder = builder.dangerous().with_custom_certificate_verifier(verifier);
    Ok(match &tls.identity {
        Some(identity) => builder
            .with_client_cert_resolver(Arc::new(SingleCertAndKey::from(Arc::clone(&identity.key)))),
        None => builder.with_no_client_auth(),
    })
}

/// What judges the certificate of `address`, and of a proxy on the way `to_proxy` by TLS.
fn server_verifier(
    address: &Address,
    to_proxy: bool,
    trust: &Trust,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>> {
    Ok(match trust {
        Trust::System => Arc::new(Telling { inner: system_verifier(provider)?, named: Vec::new() }),
        Trust::Bundle { certificates, roots, .. } => Arc::new(Telling {
            inner: verifier(roots.clone(), provider)?,
            named: certificates.clone(),
        }),
        Trust::Anyone => {
            let name = address.url().host_str().unwrap_or_default();
            let name = name.trim_start_matches('[').trim_end_matches(']').to_owned();
            // As in curl it is the server that is not checked, and not the proxy.
            let of_proxy = match to_proxy {
                true => Some(Telling {
                    inner: system_verifier(Arc::clone(&provider))?,
                    named: Vec::new(),
                }),
                false => None,
            };
            let server = ServerName::try_from(name).ok();
            Arc::new(Unchecked { server, of_proxy, provider })
        }
    })
}

fn verifier(
    roots: RootCertStore,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>> {
    match WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build() {
        Ok(verifier) => Ok(verifier),
        Err(error) => Err(Error::new(Kind::Network, format!("TLS cannot be set up: {error}"))),
    }
}

/// These have a verifier of their own, which knows more than a list of roots.
#[cfg(any(windows, target_vendor = "apple"))]
fn system_verifier(provider: Arc<CryptoProvider>) -> Result<Arc<dyn ServerCertVerifier>> {
    match rustls_platform_verifier::Verifier::new(provider) {
        Ok(verifier) => Ok(Arc::new(verifier)),
        Err(error) => Err(Error::new(Kind::Network, format!("TLS cannot be set up: {error}"))),
    }
}

/// Trusts the certificates of the system's store, or of `SSL_CERT_FILE`. A bundle
/// holds all of them in one file; the folder beside it holds each once more, in a file
/// of its own, and is read only where there is no bundle or `SSL_CERT_DIR` names one.
#[cfg(not(any(windows, target_vendor = "apple")))]
fn system_verifier(provider: Arc<CryptoProvider>) -> Result<Arc<dyn ServerCertVerifier>> {
    let bundle = openssl_probe::probe().cert_file;
    let found = match (bundle, std::env::var_os("SSL_CERT_DIR")) {
        (Some(bundle), None) => rustls_native_certs::load_certs_from_paths(Some(&bundle), None),
        _ => rustls_native_certs::load_native_certs(),
    };
    let mut roots = RootCertStore::empty();
    // One that cannot be read is one less to trust.
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        let error = found.errors.first().map_or_else(String::new, |error| format!(": {error}"));
        return Err(Error::new(
            Kind::Network,
            format!("this system has no certificates to trust a server by{error}"),
        )
        .hint("install the package ca-certificates, or name a bundle with --cacert"));
    }
    verifier(roots, provider)
}
