//! Trusted certificates: those of the system, or those that the user names.

use std::fmt::Display;
use std::path::PathBuf;
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;

use crate::error::{Error, Result};
use crate::escape;

/// The certificates that are trusted.
#[derive(Clone, Debug, Default)]
pub(crate) enum Trust {
    /// Those of the system's store.
    #[default]
    System,
    /// Those that an option or a variable names, in place of the system's.
    Named(Arc<NamedCertificates>),
}

/// Certificates that an option or a variable names.
#[derive(Debug)]
pub(crate) struct NamedCertificates {
    pub(crate) certificates: Vec<CertificateDer<'static>>,
    /// The file or the folder, with the variable that names it, for messages.
    pub(crate) place: String,
    /// The file of `--cacert`, which a dry run passes to curl. curl reads the variables
    /// itself.
    pub(crate) cacert: Option<PathBuf>,
}

/// A verifier, and the certificates that are trusted even if a server presents them itself.
type Verifying = (Arc<dyn ServerCertVerifier>, Vec<CertificateDer<'static>>);

impl Trust {
    /// Creates the verifier for these certificates.
    ///
    /// # Errors
    /// A [`Kind::Network`](crate::error::Kind::Network) error if the system has no certificates.
    pub(super) fn verifier(&self, provider: Arc<CryptoProvider>) -> Result<Verifying> {
        match self {
            Self::System => system_verifier(provider),
            Self::Named(named) => verifier(named.certificates.clone(), provider),
        }
    }

    /// Names the certificates in a message: `those in ca.pem`.
    pub(crate) fn description(&self) -> String {
        match self {
            Self::System => "those that this system trusts".to_owned(),
            Self::Named(named) => format!("those in {}", escape::excerpt(&named.place, 300)),
        }
    }
}

/// Returns the error for a configuration that the TLS library does not take.
pub(super) fn not_set_up(error: &dyn Display) -> Error {
    Error::network(format!("TLS cannot be set up: {error}"))
}

/// Creates the verifier that trusts `certificates`: whatever they sign, and themselves.
fn verifier(
    certificates: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
) -> Result<Verifying> {
    let mut roots = RootCertStore::empty();
    // A certificate that cannot be parsed is one less to trust.
    let borrowed = certificates.iter().map(|certificate| CertificateDer::from(&**certificate));
    roots.add_parsable_certificates(borrowed);
    let builder = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider);
    Ok((builder.build().map_err(|error| not_set_up(&error))?, certificates))
}

/// Creates the platform's own verifier, which knows more than a list of certificates.
#[cfg(any(windows, target_vendor = "apple"))]
fn system_verifier(provider: Arc<CryptoProvider>) -> Result<Verifying> {
    let verifier = rustls_platform_verifier::Verifier::new(provider);
    Ok((Arc::new(verifier.map_err(|error| not_set_up(&error))?), Vec::new()))
}

/// Creates the verifier that trusts the certificates of the system's store. A bundle
/// holds all of them in one file; the folders hold each once more, in a file of its own,
/// and are read only if there is no bundle.
#[cfg(not(any(windows, target_vendor = "apple")))]
fn system_verifier(provider: Arc<CryptoProvider>) -> Result<Verifying> {
    let found = match openssl_probe::probe().cert_file {
        Some(bundle) => vec![rustls_native_certs::load_certs_from_paths(Some(&bundle), None)],
        None => openssl_probe::candidate_cert_dirs()
            .map(|folder| rustls_native_certs::load_certs_from_paths(None, Some(folder)))
            .collect(),
    };
    let error = found.iter().flat_map(|found| &found.errors).next().map(ToString::to_string);
    let certificates: Vec<_> = found.into_iter().flat_map(|found| found.certs).collect();
    if certificates.is_empty() {
        let error = error.map_or_else(String::new, |error| format!(": {error}"));
        return Err(Error::network(format!(
            "this system has no certificates to trust a server by{error}"
        ))
        .hint("install the package ca-certificates, or name a bundle with --cacert"));
    }
    verifier(certificates, provider)
}

#[cfg(test)]
mod tests {
    use rustls::pki_types::{ServerName, UnixTime};

    use super::super::verifier::Verifier;
    use super::*;
    use crate::http::connection::log::ConnectionLog;

    #[test]
    fn trusted_certificate_is_accepted_as_a_server_certificate() {
        let key = rcgen::KeyPair::generate().expect("a key");
        let certificate = |is_ca| {
            let mut params =
                rcgen::CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
            params.is_ca = is_ca;
            params.self_signed(&key).expect("a certificate").der().clone()
        };
        let authority = certificate(rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained));
        let server = certificate(rcgen::IsCa::ExplicitNoCa);
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let name = |name: &'static str| ServerName::try_from(name).expect("a name");
        let verifies = |trusted: &[&CertificateDer<'static>], shown, host| {
            let trusted = trusted.iter().map(|certificate| (*certificate).clone()).collect();
            let (inner, trusted) = verifier(trusted, Arc::clone(&provider)).expect("a verifier");
            let (schemes, log) = (Vec::new(), ConnectionLog::default());
            let verifier =
                Verifier { inner: Some(inner), trusted, unverified_server: None, schemes, log };
            verifier.verify_server_cert(shown, &[], &name(host), &[], UnixTime::now()).is_ok()
        };
        for itself in [&authority, &server] {
            assert!(verifies(&[itself], itself, "localhost"));
            assert!(!verifies(&[itself], itself, "crm.example.com"));
        }
        // The same name and key, but another certificate.
        assert!(!verifies(&[&server], &authority, "localhost"));
    }
}
