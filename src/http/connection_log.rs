//! What is noted of a connection under way, for those who ask how it came about.
//!
//! It is the connection of the call itself that is looked at, and no second one: by
//! the resolver and the verifier that the client goes through anyway, so that proxies
//! and all that TLS is told hold as they hold for every call.

use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, SignatureScheme};

use super::error::transport::Chain;
use super::tls::verifier;

/// Takes notes of the connections of a call.
#[derive(Debug, Default)]
pub struct ConnectionLog(Mutex<Notes>);

/// What was noted of a call, of its last try.
#[derive(Clone, Debug, Default)]
pub struct Notes {
    /// Host and port that it was for, for messages.
    pub host: String,
    /// The names that were looked up, in order.
    pub names: Vec<LookUp>,
    /// Whether there was an answer.
    pub is_answered: bool,
    /// Whom it came from, the server or a proxy, as far as that is known.
    pub peer: Option<SocketAddr>,
    /// Its `Date`, as sent.
    pub date: Option<String>,
    /// Its `SO-TimeZone`, as sent: the zone that the server used.
    pub time_zone: Option<String>,
    /// The certificates that were shown, in order: a proxy's may come first.
    pub certificates: Vec<Certificate>,
    /// How far it got, where it got no answer.
    pub failed: Option<Stage>,
}

/// A name that was looked up.
#[derive(Clone, Debug)]
pub struct LookUp {
    /// The name.
    pub name: String,
    /// Its addresses; `None` where it has none, or was not found in time.
    pub addresses: Option<Vec<IpAddr>>,
}

/// A certificate that a server showed, whether it was taken or not.
#[derive(Clone, Debug)]
pub struct Certificate {
    /// The name that it was to be for.
    pub server: String,
    /// What its issuer calls itself.
    pub issuer: Option<String>,
    /// Its end.
    pub not_after: Option<UnixTime>,
    /// The version of TLS; none where the handshake was broken off before its key was
    /// used.
    pub version: Option<&'static str>,
}

/// The step that a connection failed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The name was looked up.
    Name,
    /// The connection was made, by way of a proxy or not.
    Connection,
    /// The TLS handshake.
    Tls,
    /// The request was on its way, or the answer.
    Answer,
}

impl ConnectionLog {
    /// What was noted since the last time.
    #[must_use]
    pub fn take(&self) -> Notes {
        std::mem::take(&mut *self.notes())
    }

    /// Forgets the try before; the next is for `host`.
    pub(crate) fn begin(&self, host: String) {
        *self.notes() = Notes { host, ..Notes::default() };
    }

    /// Notes that there is an answer from `peer`, with the value of each `header`.
    pub(crate) fn answered(
        &self,
        peer: Option<SocketAddr>,
        header: impl Fn(&str) -> Option<String>,
    ) {
        let mut notes = self.notes();
        (notes.is_answered, notes.peer) = (true, peer);
        (notes.date, notes.time_zone) = (header("date"), header("so-timezone"));
    }

    /// Notes how far a request got that failed with `error`.
    pub(crate) fn failed(&self, error: &reqwest::Error) {
        let mut notes = self.notes();
        let is_tls = Chain::of(error).any(<dyn std::error::Error>::is::<rustls::Error>);
        let is_known = notes.names.iter().all(|name| name.addresses.is_some());
        notes.failed = Some(match error.is_connect() {
            _ if is_tls => Stage::Tls,
            true if !is_known => Stage::Name,
            true if !notes.certificates.is_empty() => Stage::Tls,
            true => Stage::Connection,
            false => Stage::Answer,
        });
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks names up as the client would, and notes them.
#[derive(Clone, Debug)]
pub(crate) struct Resolver(pub(crate) Arc<ConnectionLog>);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let name = name.as_str().to_owned();
        let witness = Arc::clone(&self.0);
        let place = {
            let mut notes = witness.notes();
            notes.names.push(LookUp { name: name.clone(), addresses: None });
            notes.names.len() - 1
        };
        Box::pin(async move {
            let found = tokio::task::spawn_blocking(move || look_up(&name)).await??;
            let mut notes = witness.notes();
            if let Some(noted) = notes.names.get_mut(place) {
                noted.addresses = Some(found.iter().map(SocketAddr::ip).collect());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

fn look_up(name: &str) -> io::Result<Vec<SocketAddr>> {
    // The client puts the port in place of the 0.
    Ok((name, 0).to_socket_addrs()?.collect())
}

/// Judges as another verifier does, and notes what it is shown.
#[derive(Debug)]
pub(crate) struct RecordingVerifier {
    pub(crate) inner: Arc<dyn ServerCertVerifier>,
    pub(crate) witness: Arc<ConnectionLog>,
}

impl RecordingVerifier {
    /// Each version has its own way to sign, so what is asked for tells it.
    fn note_version(&self, version: &'static str) {
        if let Some(last) = self.witness.notes().certificates.last_mut() {
            last.version = Some(version);
        }
    }
}

impl ServerCertVerifier for RecordingVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        self.witness.notes().certificates.push(Certificate {
            server: server_name.to_str().into_owned(),
            issuer: verifier::issuer(end_entity),
            not_after: end(end_entity),
            version: None,
        });
        self.inner.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.note_version("1.2");
        self.inner.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.note_version("1.3");
        self.inner.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

/// The end of `certificate`. The parser in the tree does not give it away, but names it
/// where it is passed: the year 10000 is after the last that a certificate can have.
fn end(certificate: &CertificateDer<'_>) -> Option<UnixTime> {
    const YEAR_10000: Duration = Duration::from_secs(253_402_300_800);
    let certificate = webpki::EndEntityCert::try_from(certificate).ok()?;
    let judged = certificate.verify_for_usage(
        &[],
        &[],
        &[],
        UnixTime::since_unix_epoch(YEAR_10000),
        webpki::KeyUsage::server_auth(),
        None,
        None,
    );
    match judged {
        Err(webpki::Error::CertExpired { not_after, .. }) => Some(not_after),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn issuer_and_end_of_a_certificate_are_read() {
        let ends = [(1999, 7), (2049, 12), (2050, 1), (9999, 12)];
        for (year, month) in ends {
            let mut params =
                rcgen::CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
            params.distinguished_name.push(rcgen::DnType::CommonName, "Acme Root");
            params.not_before = rcgen::date_time_ymd(1990, 1, 1);
            params.not_after = rcgen::date_time_ymd(year, month, 31);
            let key = rcgen::KeyPair::generate().expect("a key");
            let certificate = params.self_signed(&key).expect("a certificate");
            let seconds = u64::try_from(params.not_after.unix_timestamp()).expect("after 1970");
            assert_eq!(end(certificate.der()).map(|end| end.as_secs()), Some(seconds), "{year}");
            assert_eq!(verifier::issuer(certificate.der()).as_deref(), Some("Acme Root"));
        }
        assert_eq!(end(&CertificateDer::from(&b"\x30\x03nothing"[..])), None);
    }
}
