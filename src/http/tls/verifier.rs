//! The verifier of server certificates, which also logs them.

use std::fmt;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_name;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, OtherError, SignatureScheme};

use super::super::connection_log::ConnectionLog;
use super::certificate;

/// Verifies certificates as another verifier does, accepts those that are themselves trusted,
/// and with `--insecure` all those of the server.
#[derive(Debug)]
pub(super) struct Verifier {
    /// The other verifier; `None` to accept everything (`--insecure`).
    pub(super) inner: Option<Arc<dyn ServerCertVerifier>>,
    /// The trusted certificates. The inner verifier accepts them as issuers alone, but a server
    /// may present one of them: `openssl req -x509` makes a certificate that is both.
    pub(super) trusted: Vec<CertificateDer<'static>>,
    /// The server whose certificate is not verified, while that of its proxy is: as in curl,
    /// `--insecure` applies to the server alone.
    pub(super) unverified_server: Option<ServerName<'static>>,
    pub(super) schemes: Vec<SignatureScheme>,
    pub(super) log: ConnectionLog,
}

/// The error for a certificate with an unknown issuer: what a person can act upon.
#[derive(Debug)]
pub(crate) struct Untrusted {
    pub(crate) is_self_signed: bool,
    pub(crate) issuer: Option<String>,
}

impl fmt::Display for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the issuer is not known")
    }
}

impl std::error::Error for Untrusted {}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        self.log.add_certificate(server_name.to_str().into_owned(), end_entity);
        let Some(inner) = &self.inner else { return Ok(ServerCertVerified::assertion()) };
        if self.unverified_server.as_ref() == Some(server_name) {
            return Ok(ServerCertVerified::assertion());
        }
        let result =
            inner.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        let Err(rustls::Error::InvalidCertificate(error)) = &result else { return result };
        if self.trusted.iter().any(|trusted| trusted == end_entity)
            && certificate::is_valid_apart_from_issuer(end_entity, now)
        {
            verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
            return Ok(ServerCertVerified::assertion());
        }
        let is_self_signed = certificate::is_self_signed(end_entity);
        let is_untrusted = match error {
            CertificateError::UnknownIssuer => true,
            CertificateError::Other(other) => is_authority(other) && is_self_signed,
            _ => false,
        };
        if !is_untrusted {
            return result;
        }
        let top = intermediates.last().and_then(certificate::issuer);
        let issuer = top.or_else(|| certificate::issuer(end_entity));
        let untrusted = Untrusted { is_self_signed, issuer };
        Err(CertificateError::Other(OtherError(Arc::new(untrusted))).into())
    }

    // Each version of TLS has its own way to sign, so the method that is called shows the
    // version. Which server signed is not known: with a proxy, both signatures are verified.
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.log.set_tls_version("1.2");
        match &self.inner {
            Some(inner) => inner.verify_tls12_signature(message, cert, dss),
            None => Ok(HandshakeSignatureValid::assertion()),
        }
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.log.set_tls_version("1.3");
        match &self.inner {
            Some(inner) => inner.verify_tls13_signature(message, cert, dss),
            None => Ok(HandshakeSignatureValid::assertion()),
        }
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes.clone()
    }
}

/// Returns true if the certificate was refused as an authority's.
fn is_authority(error: &OtherError) -> bool {
    matches!(error.0.downcast_ref(), Some(webpki::Error::CaUsedAsEndEntity))
}
