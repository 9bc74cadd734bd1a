//! The verifier of server certificates, which also logs them.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_name;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{DigitallySignedStruct, SignatureScheme};

use super::certificate;
use crate::http::connection::log::ConnectionLog;

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

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let top = intermediates.last().unwrap_or(end_entity);
        self.log.add_certificate(server_name.to_str().into_owned(), end_entity, top);
        let Some(inner) = &self.inner else { return Ok(ServerCertVerified::assertion()) };
        if self.unverified_server.as_ref() == Some(server_name) {
            return Ok(ServerCertVerified::assertion());
        }
        let result =
            inner.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        let is_trusted = self.trusted.iter().any(|trusted| trusted == end_entity);
        if result.is_err() && is_trusted && certificate::is_valid_apart_from_issuer(end_entity, now)
        {
            verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
            return Ok(ServerCertVerified::assertion());
        }
        result
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
