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
        pair.map(Self).map_err(|error| error.describe(origin))
    }

    /// Signs `text`: RSA with SHA-256 and the padding of PKCS#1 v1.5, in base64.
    pub(crate) fn sign(&self, text: &str) -> Option<String> {
        let mut signature = vec![0; self.0.public().modulus_len()];
        let random = SystemRandom::new();
        self.0.sign(&RSA_PKCS1_SHA256, &random, text.as_bytes(), &mut signature).ok()?;
        Some(STANDARD.encode(signature))
    }
}

/// The reason why a text is rejected.
enum PrivateKeyError {
    /// Neither XML nor PEM.
    NoKey,
    Public,
    Passphrase,
    NotRsa,
    /// A format that this program cannot read.
    Format(&'static str),
    Damaged,
    Rejected(KeyRejected),
}

impl PrivateKeyError {
    fn describe(self, origin: &str) -> Error {
        let error = |what: &str| Error::usage(format!("{origin}: {what}"));
        match self {
            Self::NoKey => error("this is not a private key in XML or PEM")
                .hint("it begins with <RSAKeyValue> or with -----BEGIN PRIVATE KEY-----"),
            Self::Public => error("this is a public key, and the private one is needed"),
            Self::Passphrase => error("the private key has a passphrase").hint(
                "keep it without one, where only you can read it: openssl pkcs8 -in KEY -topk8 -nocrypt -out NEW",
            ),
            Self::NotRsa => error("the private key is not RSA")
                .hint("a system user signs with the RSA key that SuperOffice gave out for the application"),
            Self::Format(name) => error(&format!("the private key is in the format of {name}"))
                .hint("convert it to PEM: ssh-keygen -p -m PEM -f KEY"),
            Self::Damaged => error("the private key is damaged: a part is lacking or is not what it should be"),
            Self::Rejected(rejected) => match rejected.to_string().as_str() {
                "TooSmall" => error("the private key is too weak: RSA under 2048 bits, or with an exponent under 65537")
                    .hint("have a new key made for the application"),
                "WrongAlgorithm" => Self::NotRsa.describe(origin),
                "TooLarge" => error("the private key is larger than 4096 bits"),
                _ => Self::Damaged.describe(origin),
            },
        }
    }
}

impl From<KeyRejected> for PrivateKeyError {
    fn from(rejected: KeyRejected) -> Self {
        Self::Rejected(rejected)
    }
}

fn pem(text: &str) -> std::result::Result<KeyPair, PrivateKeyError> {
    let has = |words: &str| text.contains(words);
    if !has("-----BEGIN ") {
        return Err(PrivateKeyError::NoKey);
    }
    if has("BEGIN ENCRYPTED PRIVATE KEY") || has("Proc-Type: 4,ENCRYPTED") {
        return Err(PrivateKeyError::Passphrase);
    }
    if has("BEGIN OPENSSH PRIVATE KEY") {
        return Err(PrivateKeyError::Format("OpenSSH"));
    }
    if has("PUBLIC KEY-----") && !has("PRIVATE KEY-----") {
        return Err(PrivateKeyError::Public);
    }
    if !has("PRIVATE KEY-----") {
        return Err(PrivateKeyError::NoKey);
    }
    match PrivateKeyDer::from_pem_slice(text.as_bytes()).map_err(|_| PrivateKeyError::Damaged)? {
        PrivateKeyDer::Pkcs1(der) => Ok(KeyPair::from_der(der.secret_pkcs1_der())?),
        PrivateKeyDer::Pkcs8(der) => Ok(KeyPair::from_pkcs8(der.secret_pkcs8_der())?),
        _ => Err(PrivateKeyError::NotRsa),
    }
}

/// Parses the form of .NET: `<RSAKeyValue>` with a number in base64 in each element.
fn xml(text: &str) -> std::result::Result<KeyPair, PrivateKeyError> {
    if !text.contains("<RSAKeyValue>") {
        let is_other = text.contains("KeyValue>");
        return Err(if is_other { PrivateKeyError::NotRsa } else { PrivateKeyError::NoKey });
    }
    if !text.contains("<D>") && text.contains("<Modulus>") {
        return Err(PrivateKeyError::Public);
    }
    let number = |name: &str| number(text, name).ok_or(PrivateKeyError::Damaged);
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
