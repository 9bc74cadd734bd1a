//! The fields of a certificate that messages show: issuer and end.

use std::time::Duration;

use rustls::pki_types::{CertificateDer, UnixTime};

/// Returns the name of the issuer of `certificate`.
pub(crate) fn issuer(certificate: &CertificateDer<'_>) -> Option<String> {
    common_name(&names(certificate)?.1)
}

/// Returns true if `certificate` is its own issuer.
pub(crate) fn is_self_signed(certificate: &CertificateDer<'_>) -> bool {
    names(certificate).is_some_and(|(subject, issuer)| subject == issuer)
}

/// Returns the end of `certificate`. The parser in the tree does not return it, but names it in
/// its error for a later time: the year 10000 is after the last possible end.
pub(crate) fn not_after(certificate: &CertificateDer<'_>) -> Option<UnixTime> {
    const YEAR_10000: Duration = Duration::from_secs(253_402_300_800);
    match verify_without_issuer(certificate, UnixTime::since_unix_epoch(YEAR_10000))? {
        webpki::Error::CertExpired { not_after, .. } => Some(not_after),
        _ => None,
    }
}

/// Returns true if `certificate` can be a server's at the time `now`, apart from its name and
/// its issuer.
pub(super) fn is_valid_apart_from_issuer(certificate: &CertificateDer<'_>, now: UnixTime) -> bool {
    let error = verify_without_issuer(certificate, now);
    matches!(error, Some(webpki::Error::UnknownIssuer | webpki::Error::CaUsedAsEndEntity))
}

/// Verifies `certificate` without any issuer to accept: everything else is checked first.
fn verify_without_issuer(certificate: &CertificateDer<'_>, now: UnixTime) -> Option<webpki::Error> {
    let certificate = webpki::EndEntityCert::try_from(certificate).ok()?;
    let usage = webpki::KeyUsage::server_auth();
    certificate.verify_for_usage(&[], &[], &[], now, usage, None, None).err()
}

/// Returns the names of the subject and of the issuer, in DER.
fn names(certificate: &CertificateDer<'_>) -> Option<(Vec<u8>, Vec<u8>)> {
    let certificate = webpki::EndEntityCert::try_from(certificate).ok()?;
    Some((certificate.subject().to_vec(), certificate.issuer().to_vec()))
}

/// Returns the common name, or else the organisation, in a distinguished name.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_name_is_found_in_a_distinguished_name() {
        let name = b"\x31\x0b\x30\x09\x06\x03\x55\x04\x06\x13\x02NO\x31\x0d\x30\x0b\x06\x03\x55\x04\x03\x0c\x04Acme";
        assert_eq!(common_name(name).as_deref(), Some("Acme"));
        assert_eq!(common_name(&name[..name.len() - 1]), None);
        assert_eq!(common_name(b""), None);
        assert_eq!(common_name(b"\x06\x03\x55\x04\x03"), None);
    }

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
            let end = not_after(certificate.der()).map(|end| end.as_secs());
            assert_eq!(end, Some(seconds), "{year}");
            assert_eq!(issuer(certificate.der()).as_deref(), Some("Acme Root"));
        }
        assert_eq!(not_after(&CertificateDer::from(&b"\x30\x03nothing"[..])), None);
    }
}
