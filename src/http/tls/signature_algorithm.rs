//! The names of signature algorithms, and which of them are too weak to be trusted.

/// An algorithm that signs certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Algorithm {
    /// Its name.
    pub name: &'static str,
    /// True if a signature by it can be forged.
    pub is_weak: bool,
}

/// Object identifiers in DER, without tag and length, with what they stand for.
const SIGNATURES: [(&[u8], &str, bool); 17] = [
    (b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x02", "RSA with MD2", true),
    (b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04", "RSA with MD5", true),
    (b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05", "RSA with SHA-1", true),
    (b"\x2b\x0e\x03\x02\x1d", "RSA with SHA-1", true),
    (b"\x2a\x86\x48\xce\x38\x04\x03", "DSA with SHA-1", true),
    (b"\x2a\x86\x48\xce\x3d\x04\x01", "ECDSA with SHA-1", true),
    (b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0e", "RSA with SHA-224", false),
    (b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a", "RSA-PSS with these parameters", false),
    (b"\x60\x86\x48\x01\x65\x03\x04\x03\x02", "DSA", false),
    (b"\x2a\x86\x48\xce\x3d\x04\x03\x01", "ECDSA with SHA-224", false),
    (b"\x2a\x86\x48\xce\x3d\x04\x03\x02", "ECDSA with SHA-256", false),
    (b"\x2a\x86\x48\xce\x3d\x04\x03\x03", "ECDSA with SHA-384", false),
    (b"\x2a\x86\x48\xce\x3d\x04\x03\x04", "ECDSA with SHA-512", false),
    (b"\x2b\x65\x71", "Ed448", false),
    (b"\x60\x86\x48\x01\x65\x03\x04\x03\x11", "ML-DSA-44", false),
    (b"\x60\x86\x48\x01\x65\x03\x04\x03\x12", "ML-DSA-65", false),
    (b"\x60\x86\x48\x01\x65\x03\x04\x03\x13", "ML-DSA-87", false),
];

/// The curves of keys that no signature here is checked by.
const CURVES: [(&[u8], &str); 6] = [
    (b"\x2b\x81\x04\x00\x21", "P-224"),
    (b"\x2b\x81\x04\x00\x23", "P-521"),
    (b"\x2b\x81\x04\x00\x0a", "secp256k1"),
    (b"\x2b\x24\x03\x03\x02\x08\x01\x01\x07", "brainpoolP256r1"),
    (b"\x2b\x24\x03\x03\x02\x08\x01\x01\x0b", "brainpoolP384r1"),
    (b"\x2b\x24\x03\x03\x02\x08\x01\x01\x0d", "brainpoolP512r1"),
];

/// Returns the signature algorithm with the `identifier`, in DER.
pub(crate) fn signature(identifier: &[u8]) -> Option<Algorithm> {
    let own = object_identifiers(identifier).next()?;
    let (_, name, is_weak) = SIGNATURES.iter().find(|(known, ..)| *known == own)?;
    Some(Algorithm { name, is_weak: *is_weak })
}

/// Returns the curve of the public key with the `identifier`, in DER.
pub(crate) fn curve(identifier: &[u8]) -> Option<&'static str> {
    // The first is that of all keys on curves.
    let curve = object_identifiers(identifier).nth(1)?;
    CURVES.iter().find(|(known, _)| *known == curve).map(|(_, name)| *name)
}

/// Returns the object identifiers at the beginning of `der`.
fn object_identifiers(mut der: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (&[tag, length], rest) = der.split_first_chunk()?;
        let (value, rest) = rest.split_at_checked(usize::from(length))?;
        der = rest;
        (tag == 0x06).then_some(value)
    })
}

#[cfg(test)]
mod tests {
    use rustls::pki_types::alg_id;

    use super::*;

    #[test]
    fn algorithms_are_named() {
        let cases = [
            (alg_id::ECDSA_SHA512, Some("ECDSA with SHA-512")),
            (alg_id::ECDSA_SHA384, Some("ECDSA with SHA-384")),
            (alg_id::RSA_PSS_SHA256, Some("RSA-PSS with these parameters")),
            (alg_id::ED448, Some("Ed448")),
            (alg_id::ML_DSA_65, Some("ML-DSA-65")),
            // Known algorithms need no name here.
            (alg_id::ED25519, None),
            (alg_id::RSA_PKCS1_SHA256, None),
        ];
        for (identifier, name) in cases {
            let found = signature(&identifier);
            assert_eq!(found.map(|found| found.name), name);
            assert!(found.is_none_or(|found| !found.is_weak));
        }
        let sha1 = signature(b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05\x05\x00");
        assert_eq!(sha1, Some(Algorithm { name: "RSA with SHA-1", is_weak: true }));
        assert_eq!(signature(b""), None);
        assert_eq!(signature(b"\x06\xff\x2b"), None);
    }

    #[test]
    fn curves_are_named() {
        assert_eq!(curve(&alg_id::ECDSA_P521), Some("P-521"));
        assert_eq!(curve(&alg_id::ECDSA_P256K1), Some("secp256k1"));
        assert_eq!(curve(&alg_id::ECDSA_P256), None);
        assert_eq!(curve(&alg_id::RSA_ENCRYPTION), None);
    }
}
