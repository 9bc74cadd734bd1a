//! Error messages for TLS handshakes that failed.

use chrono::{DateTime, Utc};
use rustls::pki_types::UnixTime;
use rustls::{
    AlertDescription as Alert, CertificateError, Error as TlsError, PeerIncompatible,
    PeerMisbehaved,
};

use crate::error::Error;
use crate::escape;
use crate::http::connection::log::ServerCertificate;
use crate::http::tls::{Tls, certificate, signature_algorithm};

/// The ciphers and key exchanges that this program knows, and those of old servers that it does
/// not know.
const KNOWN: &str = "AES-GCM and ChaCha20-Poly1305 with ECDHE over X25519, P-256 or P-384; no CBC, no RSA key exchange, no P-521";

const RENEW: &str = "whoever runs the server has to renew it; --cacert does not help";
const REPLACE: &str = "whoever runs the server has to get a new one; --cacert does not help";

/// Describes `error`, a TLS failure on the way to `place`, which presented `certificate`.
pub(super) fn describe(
    error: &TlsError,
    place: &str,
    tls: &Tls,
    certificate: Option<&ServerCertificate>,
) -> Error {
    match error {
        TlsError::InvalidCertificate(error) => refused_certificate(error, place, tls, certificate),
        TlsError::AlertReceived(alert) => alert_received(*alert, place, tls),
        TlsError::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
            | PeerIncompatible::Tls12NotOffered
            | PeerIncompatible::Tls12NotOfferedOrEnabled,
        ) => too_old(place),
        TlsError::PeerIncompatible(_) => {
            Error::network(format!("{place} has no TLS cipher or signature in common with this program"))
                .hint(format!("have ciphers switched on there that this program knows: {KNOWN}"))
                .hint("--insecure does not help")
        }
        TlsError::PeerMisbehaved(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme) => {
            Error::network(format!("the certificate of {place} has a key of a kind that this program does not know"))
                .hint("this program knows RSA of 2048 to 8192 bits, ECDSA with P-256 and P-384, and Ed25519")
        }
        TlsError::InvalidMessage(_) => Error::network(format!("{place} does not speak TLS"))
            .hint("check scheme and port of the address; this port may be one for http://"),
        TlsError::NoCertificatesPresented => Error::network(format!("{place} showed no certificate"))
            .hint("whoever runs the server has to give it one"),
        _ => Error::network(format!("the TLS handshake with {place} failed: it breaks the rules of TLS"))
            .hint("a proxy or a firewall on the way may have changed it; -v shows what was tried"),
    }
}

fn too_old(place: &str) -> Error {
    Error::network(format!("{place} speaks only TLS versions that are too old; 1.2 is the least"))
        .hint("have TLS 1.2 or 1.3 switched on there; neither --cacert nor --insecure helps")
}

/// Describes a certificate that was refused here.
fn refused_certificate(
    error: &CertificateError,
    place: &str,
    tls: &Tls,
    certificate: Option<&ServerCertificate>,
) -> Error {
    use CertificateError as C;
    let is_self_signed = certificate.is_some_and(|it| certificate::is_self_signed(&it.der));
    let of = |problem: &str, hint: &str| {
        Error::network(format!("the certificate of {place} {problem}")).hint(hint)
    };
    let untrusted = || match is_self_signed {
        true => self_signed(place, tls),
        false => unknown_issuer(certificate, place, tls),
    };
    match error {
        C::UnknownIssuer => untrusted(),
        C::Other(other) => match other.0.downcast_ref() {
            Some(webpki::Error::CaUsedAsEndEntity) if is_self_signed => self_signed(place, tls),
            Some(webpki::Error::CaUsedAsEndEntity) => of(
                "is an authority's own, which is no server's",
                "have one made for the server; or name this very one with --cacert",
            ),
            Some(_) => of("cannot be used: it breaks the rules", REPLACE),
            // The verifier of the system. It has many reasons, and most are an authority that it
            // does not know, or does not get.
            None => untrusted()
                .hint(format!("the system's reason: {}", escape::excerpt(&other.to_string(), 200))),
        },
        C::NotValidForNameContext { presented, .. } => of(&names(presented), RENAME),
        C::NotValidForName => of(&names(&[]), RENAME),
        C::ExpiredContext { time, not_after } => of(
            &format!("expired on {}", date(*not_after)),
            &format!("{RENEW}, unless the clock here is wrong: {}", date(*time)),
        ),
        C::Expired => of("has expired", RENEW),
        C::NotValidYetContext { time, not_before } => of(
            &format!("is valid only from {}", date(*not_before)),
            &format!(
                "check the clock of this machine, which says {}; --cacert does not help",
                date(*time)
            ),
        ),
        C::NotValidYet => {
            of("is not valid yet", "check the clock of this machine; --cacert does not help")
        }
        C::Revoked => of(
            "has been revoked",
            "do not send anything there; whoever runs the server has to get a new one",
        ),
        C::UnknownRevocationStatus
        | C::ExpiredRevocationList
        | C::ExpiredRevocationListContext { .. } => of(
            "may have been revoked: that cannot be found out",
            "check the network, or name the certificates to trust with --cacert",
        ),
        C::UnsupportedSignatureAlgorithmContext { signature_algorithm_id: signature, .. } => {
            unsupported_signature(signature, &[], place)
        }
        C::UnsupportedSignatureAlgorithmForPublicKeyContext {
            signature_algorithm_id: signature,
            public_key_algorithm_id: key,
        } => unsupported_signature(signature, key, place),
        error => of(&format!("cannot be used: {}", defect(error)), REPLACE),
    }
}

/// Describes a defect of a certificate that only another certificate removes.
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

/// Describes a certificate, or one between it and its authority, whose `signature` by a `key`
/// cannot be checked.
fn unsupported_signature(signature: &[u8], key: &[u8], place: &str) -> Error {
    let of = |problem: &str| {
        Error::network(format!("the certificate of {place} cannot be used: {problem}"))
    };
    let signature = signature_algorithm::signature(signature);
    let unknown = match (signature, signature_algorithm::curve(key)) {
        (Some(weak), _) if weak.is_weak => {
            return of(&format!("it is signed by {}, which can be forged", weak.name))
                .hint(REPLACE);
        }
        (Some(signature), Some(curve)) => format!("{} by a key on {curve}", signature.name),
        (Some(signature), None) => signature.name.to_owned(),
        (None, _) => "such signature".to_owned(),
    };
    of(&format!("this program knows no {unknown}, and that is how it is signed"))
        .hint("have one signed by RSA, by ECDSA with P-256 or P-384 and SHA-256 or SHA-384, or by Ed25519")
        .hint("if only the authority signs so, the server's own certificate can be trusted by itself: --cacert FILE")
}

fn self_signed(place: &str, tls: &Tls) -> Error {
    let trusted = tls.trust.description();
    Error::network(format!("the certificate of {place} is self-signed, and not among {trusted}"))
        .hint("get it in a safe way, and name it: --cacert FILE")
}

/// Describes a `certificate` whose issuer is not trusted.
fn unknown_issuer(certificate: Option<&ServerCertificate>, place: &str, tls: &Tls) -> Error {
    let trusted = tls.trust.description();
    let issuer = certificate.and_then(|it| certificate::issuer(&it.top));
    let issuer =
        issuer.map_or_else(String::new, |name| format!(", '{}',", escape::excerpt(&name, 80)));
    Error::network(format!("the issuer of the certificate of {place}{issuer} is not among {trusted}"))
        .hint("--cacert FILE names the authority's certificate, in PEM; ask whoever runs the server")
        .hint("a server may also have been set up without the certificates between; they can be in that file, too")
}

const RENAME: &str =
    "give the address by a name in it, or have one made for this name; --cacert does not help";

/// Lists the names that a certificate is for, which are `presented` as rustls prints them.
fn names(presented: &[String]) -> String {
    const SHOWN: usize = 5;
    let names: Vec<String> =
        presented.iter().take(SHOWN).map(|name| escape::excerpt(bare_name(name), 80)).collect();
    let more = if presented.len() > SHOWN { ", …" } else { "" };
    match names.as_slice() {
        [] => "names no host".to_owned(),
        names => format!("is for {}{more}, and not for this name", names.join(", ")),
    }
}

/// Returns `crm.example.com` for `DnsName("crm.example.com")`, the form in which rustls lists
/// the names of a certificate.
fn bare_name(name: &str) -> &str {
    let inner = name.split_once('(').map_or(name, |(_, inner)| inner.trim_end_matches(')'));
    inner.trim_matches('"')
}

/// Describes an alert of a server that ended the handshake.
fn alert_received(alert: Alert, place: &str, tls: &Tls) -> Error {
    let identity = tls.identity.as_ref();
    let file = identity.map(|it| escape::excerpt(&it.certificate.to_string_lossy(), 80));
    let of = |problem: &str, hint: &str| Error::network(format!("{place} {problem}")).hint(hint);
    let refused = |why: &str| match &file {
        Some(file) => of(
            &format!("does not accept the client certificate {file}{why}"),
            "check --client-cert and --client-key; ask whoever runs the server which authority it wants",
        ),
        None => of(
            &format!("refused the TLS handshake{why}"),
            "it may want a client certificate: --client-cert FILE",
        ),
    };
    match alert {
        Alert::ProtocolVersion => too_old(place),
        Alert::CertificateRequired if file.is_none() => of(
            "wants a client certificate, and none was given",
            "--client-cert FILE names it, and --client-key FILE its key",
        ),
        Alert::CertificateRequired
        | Alert::BadCertificate
        | Alert::UnsupportedCertificate
        | Alert::CertificateUnknown
        | Alert::AccessDenied
        | Alert::DecryptError => refused(""),
        Alert::UnknownCA => refused(": it does not know its issuer"),
        Alert::CertificateExpired => refused(": it has expired"),
        Alert::CertificateRevoked => refused(": it has been revoked"),
        Alert::UnrecognisedName => of(
            "has no certificate for this name",
            "check the host in the address: one server may serve many names",
        ),
        Alert::HandshakeFailure | Alert::InsufficientSecurity => {
            let may = file.as_ref().map_or_else(
                || "want a client certificate (--client-cert)".to_owned(),
                |file| format!("not accept the client certificate {file}"),
            );
            of(
                "refused the TLS handshake",
                &format!("it may {may}, or have no cipher that this program knows: {KNOWN}"),
            )
        }
        alert => of(
            &format!("broke off the TLS handshake with alert {}", u8::from(alert)),
            "the server's own log knows more",
        ),
    }
}

/// Formats a date for people.
fn date(time: UnixTime) -> String {
    let date =
        i64::try_from(time.as_secs()).ok().and_then(|it| DateTime::<Utc>::from_timestamp(it, 0));
    date.map_or_else(
        || "a date out of range".to_owned(),
        |it| it.format("%Y-%m-%d %H:%M UTC").to_string(),
    )
}

#[cfg(test)]
mod tests {
    use rustls::pki_types::ServerName;
    use rustls::server::ParsedCertificate;

    use super::*;

    #[test]
    fn every_alert_is_described() {
        for code in 0..=255_u8 {
            let error = describe(
                &TlsError::AlertReceived(Alert::from(code)),
                "crm.example.com",
                &Tls::default(),
                None,
            );
            let message = error.to_string();
            assert!(message.starts_with("crm.example.com "), "{message}");
            assert!(!error.hints().is_empty() && !message.contains(['(', '{']), "{message}");
            // No package has these pages.
            assert!(error.hints().iter().all(|hint| !hint.contains("docs/")), "{error:?}");
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
            let text = describe(&error.into(), "crm.example.com", &Tls::default(), None);
            assert!(text.to_string().contains("the certificate of crm.example.com"), "{text}");
            assert!(!text.to_string().contains(&variant) && !text.hints().is_empty(), "{text}");
        }
    }

    #[test]
    fn reason_of_the_system_is_that_of_an_issuer_that_is_not_trusted() {
        let reason = "A certificate chain could not be built to a trusted root authority.";
        let other = rustls::OtherError(std::sync::Arc::from(Box::from(reason)));
        let error = CertificateError::Other(other);
        let error = describe(&error.into(), "crm.example.com", &Tls::default(), None);
        let message = error.to_string();
        assert!(
            message.starts_with("the issuer of the certificate of crm.example.com"),
            "{message}"
        );
        assert!(error.hints().iter().any(|hint| hint.contains("--cacert FILE")));
        assert!(error.hints().iter().any(|hint| hint.ends_with(reason)), "{:?}", error.hints());
    }

    #[test]
    fn names_of_a_certificate_are_shown_without_their_kind() {
        let names = vec!["a.example".to_owned(), "127.0.0.1".to_owned()];
        let certificate = rcgen::generate_simple_self_signed(names).expect("a certificate");
        let certificate = ParsedCertificate::try_from(certificate.cert.der()).expect("it parses");
        let name = ServerName::try_from("b.example").expect("a name");
        let error = rustls::client::verify_server_name(&certificate, &name).expect_err("not b");
        let message = describe(&error, "b.example", &Tls::default(), None).to_string();
        assert_eq!(
            message,
            "the certificate of b.example is for a.example, 127.0.0.1, and not for this name"
        );
    }
}
