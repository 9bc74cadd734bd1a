//! How a server's certificate is judged, and what is known of one that is refused.

use std::fmt;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_name;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, OtherError, SignatureScheme};

/// Verifies as another verifier does, accepts a certificate that is itself trusted, and
/// keeps what a person can act upon if the issuer is not known.
#[derive(Debug)]
pub struct TrustVerifier {
    /// The other verifier.
    pub inner: Arc<dyn ServerCertVerifier>,
    /// The trusted certificates. The inner verifier takes them for issuers alone, but a
    /// server may show one of them: `openssl req -x509` makes a certificate that is both.
    pub trusted: Vec<CertificateDer<'static>>,
}

/// A certificate whose issuer is not known.
#[derive(Debug)]
pub struct Untrusted {
    /// It is its own issuer.
    pub is_self_signed: bool,
    /// What the issuer calls itself.
    pub issuer: Option<String>,
}

impl fmt::Display for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the issuer is not known")
    }
}

impl std::error::Error for Untrusted {}

impl ServerCertVerifier for TrustVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let result = self.inner.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        );
        let Err(rustls::Error::InvalidCertificate(error)) = &result else { return result };
        if self.trusted.iter().any(|trusted| trusted == end_entity)
            && is_valid_whoever_issued_it(end_entity, now)
        {
            verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
            return Ok(ServerCertVerified::assertion());
        }
        let is_untrusted = match error {
            CertificateError::UnknownIssuer => true,
            CertificateError::Other(other) => is_authority(other) && is_self_signed(end_entity),
            _ => false,
        };
        if !is_untrusted {
            return result;
        }
        let untrusted = Untrusted::of(end_entity, intermediates.last());
        Err(CertificateError::Other(OtherError(Arc::new(untrusted))).into())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

impl Untrusted {
    /// What is known of the certificate `end_entity`, and of the `last` of those that
    /// the server sent with it.
    fn of(end_entity: &CertificateDer<'_>, last: Option<&CertificateDer<'_>>) -> Self {
        let top = last.and_then(names).or_else(|| names(end_entity));
        Self {
            is_self_signed: is_self_signed(end_entity),
            issuer: top.and_then(|(_, issuer)| common_name(&issuer)),
        }
    }
}

/// What the issuer of `certificate` calls itself.
#[must_use]
pub fn issuer(certificate: &CertificateDer<'_>) -> Option<String> {
    common_name(&names(certificate)?.1)
}

/// The names of a certificate's subject and of its issuer.
fn names(certificate: &CertificateDer<'_>) -> Option<(Vec<u8>, Vec<u8>)> {
    let certificate = webpki::EndEntityCert::try_from(certificate).ok()?;
    Some((certificate.subject().to_vec(), certificate.issuer().to_vec()))
}

fn is_self_signed(certificate: &CertificateDer<'_>) -> bool {
    names(certificate).is_some_and(|(subject, issuer)| subject == issuer)
}

/// Returns whether `certificate` can be a server's at the time `now` by all that it says
/// of itself but its name.
fn is_valid_whoever_issued_it(certificate: &CertificateDer<'_>, now: UnixTime) -> bool {
    let Ok(certificate) = webpki::EndEntityCert::try_from(certificate) else { return false };
    let usage = webpki::KeyUsage::server_auth();
    // Without any issuer to accept, everything else is checked before the issuer is.
    let result = certificate.verify_for_usage(&[], &[], &[], now, usage, None, None);
    matches!(result, Err(webpki::Error::UnknownIssuer | webpki::Error::CaUsedAsEndEntity))
}

/// Whether what is wrong is that a certificate is an authority's.
fn is_authority(error: &OtherError) -> bool {
    matches!(error.0.downcast_ref(), Some(webpki::Error::CaUsedAsEndEntity))
}

/// The common name, or else the organisation, in a distinguished name.
fn common_name(name: &[u8]) -> Option<String> {
    const COMMON_NAME: &[u8] = b"\x06\x03\x55\x04\x03";
    const ORGANISATION: &[u8] = b"\x06\x03\x55\x04\x0a";
    [COMMON_NAME, ORGANISATION].into_iter().find_map(|oid| {
        let start = memchr::memmem::find(name, oid)? + oid.len();
        // A tag, a length of one byte, the text.
        let (&[_, length], text) = name.get(start..)?.split_first_chunk()?;
        let text = text.get(..usize::from(length)).filter(|_| length < 0x80)?;
        Some(String::from_utf8_lossy(text).into_owned())
    })
}

/// Trusts whoever answers in the place of the server.
#[derive(Debug)]
pub struct NoServerVerification {
    /// The server.
    pub server: Option<ServerName<'static>>,
    /// Judges the proxy, whose connection is encrypted as well.
    pub of_proxy: Option<TrustVerifier>,
    /// What the schemes for signatures are taken from.
    pub provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for NoServerVerification {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        match &self.of_proxy {
            Some(verifier) if self.server.as_ref() != Some(server_name) => verifier
                .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now),
            _ => Ok(ServerCertVerified::assertion()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        // Which of the two this is about is not said; a proxy's is checked for both.
        match &self.of_proxy {
            Some(verifier) => verifier.verify_tls12_signature(message, cert, dss),
            None => Ok(HandshakeSignatureValid::assertion()),
        }
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        match &self.of_proxy {
            Some(verifier) => verifier.verify_tls13_signature(message, cert, dss),
            None => Ok(HandshakeSignatureValid::assertion()),
        }
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_in_what_holds_one() {
        let name = b"\x31\x0b\x30\x09\x06\x03\x55\x04\x06\x13\x02NO\x31\x0d\x30\x0b\x06\x03\x55\x04\x03\x0c\x04Acme";
        assert_eq!(common_name(name).as_deref(), Some("Acme"));
        assert_eq!(common_name(&name[..name.len() - 1]), None);
        assert_eq!(common_name(b""), None);
        assert_eq!(common_name(b"\x06\x03\x55\x04\x03"), None);
    }
}
