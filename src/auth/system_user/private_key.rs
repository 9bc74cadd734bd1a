//! The RSA key of an application: in XML, as the vendor hands it out, or in PEM.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::error::KeyRejected;
use ring::rand::SystemRandom;
use ring::rsa::{KeyPair, KeyPairComponents, PublicKeyComponents};
use ring::signature::RSA_PKCS1_SHA256;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;

use crate::error::{Error, Result};
use crate::secret::Secret;

/// An RSA key of at least 2048 bits. It cannot be printed.
pub(crate) struct PrivateKey(KeyPair);

impl PrivateKey {
    /// Parses `text`, which `origin` gave.
    ///
    /// # Errors
    /// A usage error that quotes nothing of the key.
    pub(crate) fn parse(text: &Secret, origin: &str) -> Result<Self> {
        let text = text.expose().trim();
        // A variable of CI may hold `\n` for each line break.
        let text = Secret::new(if text.contains('\n') {
            text.to_owned()
        } else {
            text.replace("\\r", "").replace("\\n", "\n")
        });
        let pair =
            if text.expose().starts_with('<') { xml(text.expose()) } else { pem(text.expose()) };
        pair.map(Self).map_err(|Rejection(reason, hint)| {
            Error::usage(format!("{origin}: {reason}")).hints_from(hint)
        })
    }

    /// Signs `text`: RSA with SHA-256 and the padding of PKCS#1 v1.5, in base64.
    pub(crate) fn sign(&self, text: &str) -> Option<String> {
        let mut signature = vec![0; self.0.public().modulus_len()];
        let random = SystemRandom::new();
        self.0.sign(&RSA_PKCS1_SHA256, &random, text.as_bytes(), &mut signature).ok()?;
        Some(STANDARD.encode(signature))
    }
}

/// The reason why a text is rejected, with a hint.
struct Rejection(&'static str, Option<&'static str>);

const NO_KEY: Rejection = Rejection(
    "this is not a private key in XML or PEM",
    Some("it begins with <RSAKeyValue> or with -----BEGIN PRIVATE KEY-----"),
);
const PUBLIC: Rejection = Rejection("this is a public key, and the private one is needed", None);
const PASSPHRASE: Rejection = Rejection(
    "the private key has a passphrase",
    Some(
        "keep it without one, where only you can read it: openssl pkcs8 -in KEY -topk8 -nocrypt -out NEW",
    ),
);
const NOT_RSA: Rejection = Rejection(
    "the private key is not RSA",
    Some("a system user signs with the RSA key that SuperOffice gave out for the application"),
);
const OPENSSH: Rejection = Rejection(
    "the private key is in the format of OpenSSH",
    Some("convert it to PEM: ssh-keygen -p -m PEM -f KEY"),
);
const DAMAGED: Rejection =
    Rejection("the private key is damaged: a part is lacking or is not what it should be", None);
const TOO_WEAK: Rejection = Rejection(
    "the private key is too weak: RSA under 2048 bits, or with an exponent under 65537",
    Some("have a new key made for the application"),
);
const TOO_LARGE: Rejection = Rejection("the private key is larger than 4096 bits", None);

impl From<KeyRejected> for Rejection {
    fn from(rejected: KeyRejected) -> Self {
        match rejected.to_string().as_str() {
            "TooSmall" => TOO_WEAK,
            "TooLarge" => TOO_LARGE,
            "WrongAlgorithm" => NOT_RSA,
            _ => DAMAGED,
        }
    }
}

fn pem(text: &str) -> std::result::Result<KeyPair, Rejection> {
    let has = |words: &str| text.contains(words);
    if !has("-----BEGIN ") {
        return Err(NO_KEY);
    }
    if has("BEGIN ENCRYPTED PRIVATE KEY") || has("Proc-Type: 4,ENCRYPTED") {
        return Err(PASSPHRASE);
    }
    if has("BEGIN OPENSSH PRIVATE KEY") {
        return Err(OPENSSH);
    }
    if has("PUBLIC KEY-----") && !has("PRIVATE KEY-----") {
        return Err(PUBLIC);
    }
    if !has("PRIVATE KEY-----") {
        return Err(NO_KEY);
    }
    match PrivateKeyDer::from_pem_slice(text.as_bytes()).map_err(|_| DAMAGED)? {
        PrivateKeyDer::Pkcs1(der) => Ok(KeyPair::from_der(der.secret_pkcs1_der())?),
        PrivateKeyDer::Pkcs8(der) => Ok(KeyPair::from_pkcs8(der.secret_pkcs8_der())?),
        _ => Err(NOT_RSA),
    }
}

/// Parses the form of .NET: `<RSAKeyValue>` with a number in base64 in each element.
fn xml(text: &str) -> std::result::Result<KeyPair, Rejection> {
    if !text.contains("<RSAKeyValue>") {
        let is_other = text.contains("KeyValue>");
        return Err(if is_other { NOT_RSA } else { NO_KEY });
    }
    if !text.contains("<D>") && text.contains("<Modulus>") {
        return Err(PUBLIC);
    }
    let number = |name: &str| number(text, name).ok_or(DAMAGED);
    Ok(KeyPair::from_components(&KeyPairComponents {
        public_key: PublicKeyComponents { n: number("Modulus")?, e: number("Exponent")? },
        d: number("D")?,
        p: number("P")?,
        q: number("Q")?,
        dP: number("DP")?,
        dQ: number("DQ")?,
        qInv: number("InverseQ")?,
    })?)
}

/// Returns the number in the element `name`, without leading zeros.
fn number(xml: &str, name: &str) -> Option<Vec<u8>> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    let (digits, _) = rest.split_once(&format!("</{name}>"))?;
    let digits: String = digits.split_whitespace().collect();
    let bytes = STANDARD.decode(digits).ok()?;
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    Some(bytes[zeros..].to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn rejected_text_is_not_quoted(
            before in "(-----BEGIN (RSA |EC |)PRIVATE KEY-----\n|<RSAKeyValue>|<Modulus>|<D>|)[a-zA-Z0-9+/=\\\\n<>]{0,80}",
            after in any::<String>(),
        ) {
            let text = Secret::new(format!("{before}CANARY{after}"));
            let Err(error) = PrivateKey::parse(&text, "key") else { return Ok(()) };
            let printed = format!("{error} {:?}", error.hints());
            prop_assert!(!printed.contains("CANARY"), "{}", printed);
        }
    }
}
