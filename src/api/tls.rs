//! Whom a TLS connection trusts.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};

use crate::error::{Error, Kind, Result};

use super::address::Address;

/// The TLS settings for `address`; `None` where the platform's own verifier decides.
///
/// # Errors
/// Of [`Kind::Network`], where no certificate of the system can be read.
pub fn config(address: &Address) -> Result<Option<ClientConfig>> {
    let roots = if address.is_plain_http() {
        // No certificate is read for an address that uses none.
        RootCertStore::empty()
    } else if let Some(roots) = system_roots()? {
        roots
    } else {
        // It fails only where one is installed already, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        return Ok(None);
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::new(Kind::Network, format!("TLS cannot be set up: {error}")))?;
    Ok(Some(builder.with_root_certificates(roots).with_no_client_auth()))
}

/// These have a verifier of their own, which knows more than a list of roots.
#[cfg(any(windows, target_vendor = "apple"))]
fn system_roots() -> Result<Option<RootCertStore>> {
    Ok(None)
}

/// The certificates of the system's store, or of `SSL_CERT_FILE`. A bundle holds all
/// of them in one file; the folder beside it holds each once more, in a file of its
/// own, and is read only where there is no bundle or `SSL_CERT_DIR` names one.
#[cfg(not(any(windows, target_vendor = "apple")))]
fn system_roots() -> Result<Option<RootCertStore>> {
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
        .hint("install the package ca-certificates, or name a bundle in SSL_CERT_FILE"));
    }
    Ok(Some(roots))
}
