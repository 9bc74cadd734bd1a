//! Error messages for TLS handshakes that failed.

use chrono::{DateTime, Utc};
use rustls::pki_types::UnixTime;
use rustls::{
    AlertDescription, CertificateError, Error as TlsError, PeerIncompatible, PeerMisbehaved,
};

use crate::error::{Error, Kind};
use crate::escape;

use super::foreign_text::bare_name;
use crate::http::tls::Tls;
use crate::http::tls::signature_algorithm;
use crate::http::tls::verifier::Untrusted;

/// Describes `error`, a TLS failure on the way to `place`.
pub(super) fn describe(error: &TlsError, place: &str, tls: &Tls) -> Error {
    match error {
        TlsError::InvalidCertificate(error) => certificate(error, place, tls),
        TlsError::AlertReceived(alert) => alert_received(*alert, place, tls),
        TlsError::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
            | PeerIncompatible::Tls12NotOffered
            | PeerIncompatible::Tls12NotOfferedOrEnabled,
        ) => too_old(place),
        TlsError::PeerIncompatible(_) => {
            failed(format!("{place} has no TLS cipher or signature in common with this program"))
                .hint(format!("this program knows no {UNKNOWN}; have current ones switched on there: docs/security.md lists them"))
                .hint("--insecure does not help")
        }
        TlsError::PeerMisbehaved(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme) => {
            failed(format!("the certificate of {place} has a key of a kind that this program does not know"))
                .hint(format!("{KNOWN_KEYS}; docs/security.md lists them"))
        }
        TlsError::InvalidMessage(_) => failed(format!("{place} does not speak TLS"))
            .hint("check scheme and port of the address; this port may be one for http://"),
        TlsError::NoCertificatesPresented => failed(format!("{place} showed no certificate"))
            .hint("whoever runs the server has to give it one"),
        _ => failed(format!("the TLS handshake with {place} failed: it breaks the rules of TLS"))
            .hint("a proxy or a firewall on the way may have changed it; -v shows what was tried"),
    }
}

/// Algorithms of old servers that this program does not know.
const UNKNOWN: &str = "CBC ciphers, no RSA key exchange and no P-521";
/// Kinds of server keys that this program knows.
const KNOWN_KEYS: &str =
    "this program knows RSA of 2048 to 8192 bits, ECDSA with P-256 and P-384, and Ed25519";

fn failed(message: String) -> Error {
    Error::new(Kind::Network, message)
}

fn too_old(place: &str) -> Error {
    failed(format!("{place} speaks only TLS versions that are too old; 1.2 is the least"))
        .hint("have TLS 1.2 or 1.3 switched on there; neither --cacert nor --insecure helps")
}

/// Describes a certificate that was refused here.
fn certificate(error: &CertificateError, place: &str, tls: &Tls) -> Error {
    let of = |what: String| failed(format!("the certificate of {place} {what}"));
    match error {
        CertificateError::UnknownIssuer => untrusted(None, place, tls),
        CertificateError::Other(other) => match other.0.downcast_ref::<Untrusted>() {
            Some(known) => untrusted(Some(known), place, tls),
            None => unusable(other.0.as_ref(), place),
        },
        CertificateError::NotValidForNameContext { presented, .. } => wrong_name(presented, place),
        CertificateError::NotValidForName => wrong_name(&[], place),
        CertificateError::ExpiredContext { time, not_after } => {
            of(format!("expired on {}", date(*not_after))).hint(format!(
                "whoever runs the server has to renew it; --cacert does not help, unless the clock here is wrong: {}",
                date(*time)
            ))
        }
        CertificateError::Expired => of("has expired".to_owned())
            .hint("whoever runs the server has to renew it; --cacert does not help"),
        CertificateError::NotValidYetContext { time, not_before } => {
            of(format!("is valid only from {}", date(*not_before))).hint(format!(
                "check the clock of this machine, which says {}; --cacert does not help",
                date(*time)
            ))
        }
        CertificateError::NotValidYet => of("is not valid yet".to_owned())
            .hint("check the clock of this machine; --cacert does not help"),
        CertificateError::Revoked => of("has been revoked".to_owned())
            .hint("do not send anything there; whoever runs the server has to get a new one"),
        CertificateError::UnknownRevocationStatus
        | CertificateError::ExpiredRevocationList
        | CertificateError::ExpiredRevocationListContext { .. } => {
            of("may have been revoked: that cannot be found out".to_owned())
                .hint("check the network, or name the certificates to trust with --cacert")
        }
        CertificateError::UnsupportedSignatureAlgorithmContext {
            signature_algorithm_id: signature, ..
        } => wrong_signature(signature, &[], place),
        CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext {
            signature_algorithm_id: signature,
            public_key_algorithm_id: key,
        } => wrong_signature(signature, key, place),
        error => of(format!("cannot be used: {}", defect(error)))
            .hint("whoever runs the server has to get a new one; --cacert does not help"),
    }
}

/// Returns the error for a certificate, or one between it and its authority, whose
/// `signature` by a `key` cannot be checked.
fn wrong_signature(signature: &[u8], key: &[u8], place: &str) -> Error {
    let of = |what: String| failed(format!("the certificate of {place} cannot be used: {what}"));
    let signature = signature_algorithm::signature(signature);
    if let Some(weak) = signature.filter(|signature| signature.is_weak) {
        return of(format!("it is signed by {}, which can be forged", weak.name))
            .hint("whoever runs the server has to get a new one; --cacert does not help");
    }
    let unknown = match (signature, signature_algorithm::curve(key)) {
        (Some(signature), Some(curve)) => format!("{} by a key on {curve}", signature.name),
        (Some(signature), None) => signature.name.to_owned(),
        (None, _) => "such signature".to_owned(),
    };
    of(format!("this program knows no {unknown}, and that is how it is signed"))
        .hint("have one signed by RSA, by ECDSA with P-256 or P-384 and SHA-256 or SHA-384, or by Ed25519: docs/security.md lists what is known")
        .hint("if only the authority signs so, the server's own certificate can be trusted by itself: --cacert FILE")
}

/// Describes what is wrong with a certificate.
const fn defect(error: &CertificateError) -> &'static str {
    match error {
        CertificateError::BadEncoding => "it is damaged, or older than X.509 version 3",
        CertificateError::BadSignature => {
            "its signature is wrong, or its authority's RSA key has not 2048 to 8192 bits"
        }
        CertificateError::UnhandledCriticalExtension => "it holds a rule that is not known here",
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "it was not made for a server"
        }
        _ => "it breaks the rules",
    }
}

/// Describes a certificate whose issuer is not trusted.
fn untrusted(known: Option<&Untrusted>, place: &str, tls: &Tls) -> Error {
    let among = tls.trust.description();
    if known.is_some_and(|known| known.is_self_signed) {
        return failed(format!("the certificate of {place} is self-signed, and not among {among}"))
            .hint("get it in a safe way, and name it: --cacert FILE");
    }
    let issuer = known.and_then(|known| known.issuer.as_deref());
    let issuer =
        issuer.map_or_else(String::new, |name| format!(", '{}',", escape::excerpt(name, 80)));
    failed(format!("the issuer of the certificate of {place}{issuer} is not among {among}"))
        .hint("--cacert FILE names the authority's certificate, in PEM; ask whoever runs the server")
        .hint("a server may also have been set up without the certificates between; they can be in that file, too")
}

fn wrong_name(presented: &[String], place: &str) -> Error {
    const SHOWN: usize = 5;
    let names: Vec<String> =
        presented.iter().map(|name| escape::excerpt(bare_name(name), 80)).collect();
    let more = if names.len() > SHOWN { ", …" } else { "" };
    let names = names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    let names = match names.as_str() {
        "" => "names no host".to_owned(),
        names => format!("is for {names}{more}, and not for this name"),
    };
    failed(format!("the certificate of {place} {names}")).hint(
        "give the address by a name in it, or have one made for this name; --cacert does not help",
    )
}

/// Describes an error that no variant of rustls names.
fn unusable(error: &(dyn std::error::Error + 'static), place: &str) -> Error {
    if let Some(webpki::Error::CaUsedAsEndEntity) = error.downcast_ref() {
        return failed(format!(
            "the certificate of {place} is an authority's own, which is no server's"
        ))
        .hint("have one made for the server; or name this very one with --cacert");
    }
    failed(format!("the certificate of {place} cannot be used: it breaks the rules"))
        .hint("whoever runs the server has to get a new one; --cacert does not help")
}

/// Describes an alert of a server that ended the handshake.
fn alert_received(alert: AlertDescription, place: &str, tls: &Tls) -> Error {
    let shown = tls
        .identity
        .as_ref()
        .map(|identity| escape::excerpt(&identity.certificate.to_string_lossy(), 80));
    let refused = |why: &str| {
        match &shown {
        Some(file) => failed(format!("{place} does not accept the client certificate {file}{why}"))
            .hint("check --client-cert and --client-key; ask whoever runs the server which authority it wants"),
        None => failed(format!("{place} refused the TLS handshake{why}"))
            .hint("it may want a client certificate: --client-cert FILE"),
    }
    };
    match alert {
        AlertDescription::ProtocolVersion => too_old(place),
        AlertDescription::CertificateRequired => match &shown {
            Some(_) => refused(""),
            None => failed(format!("{place} wants a client certificate, and none was given"))
                .hint("--client-cert FILE names it, and --client-key FILE its key"),
        },
        AlertDescription::BadCertificate
        | AlertDescription::UnsupportedCertificate
        | AlertDescription::CertificateUnknown
        | AlertDescription::AccessDenied
        | AlertDescription::DecryptError => refused(""),
        AlertDescription::UnknownCA => refused(": it does not know its issuer"),
        AlertDescription::CertificateExpired => refused(": it has expired"),
        AlertDescription::CertificateRevoked => refused(": it has been revoked"),
        AlertDescription::UnrecognisedName => {
            failed(format!("{place} has no certificate for this name"))
                .hint("check the host in the address: one server may serve many names")
        }
        AlertDescription::HandshakeFailure | AlertDescription::InsufficientSecurity => {
            let may = shown.as_ref().map_or_else(
                || "want a client certificate (--client-cert)".to_owned(),
                |file| format!("not accept the client certificate {file}"),
            );
            failed(format!("{place} refused the TLS handshake"))
                .hint(format!("it may {may}, or speak only what this program does not: it knows no {UNKNOWN}; docs/security.md lists what it knows"))
        }
        alert => {
            failed(format!("{place} broke off the TLS handshake with alert {}", u8::from(alert)))
                .hint("the server's own log knows more")
        }
    }
}

/// Formats a date for people.
fn date(time: UnixTime) -> String {
    let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    DateTime::<Utc>::from_timestamp(seconds, 0).map_or_else(
        || "a date out of range".to_owned(),
        |date| date.format("%Y-%m-%d %H:%M UTC").to_string(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_alert_is_described() {
        for code in 0..=255_u8 {
            let error = describe(
                &TlsError::AlertReceived(AlertDescription::from(code)),
                "crm.example.com",
                &Tls::default(),
            );
            let message = error.to_string();
            assert!(message.starts_with("crm.example.com "), "{message}");
            assert!(!error.hints().is_empty() && !message.contains(['(', '{']), "{message}");
        }
    }

    #[test]
    fn errors_that_rustls_prints_as_variants_are_described() {
        use CertificateError as C;
        let errors = [
            C::BadEncoding,
            C::Expired,
            C::NotValidYet,
            C::Revoked,
            C::UnhandledCriticalExtension,
            C::UnknownIssuer,
            C::UnknownRevocationStatus,
            C::ExpiredRevocationList,
            C::BadSignature,
            C::NotValidForName,
            C::InvalidPurpose,
            C::InvalidOcspResponse,
            C::ApplicationVerificationFailure,
        ];
        for error in errors {
            let variant = format!("{error:?}");
            let text = describe(&error.into(), "crm.example.com", &Tls::default());
            assert!(text.to_string().contains("the certificate of crm.example.com"), "{text}");
            assert!(!text.to_string().contains(&variant) && !text.hints().is_empty(), "{text}");
        }
    }
}
