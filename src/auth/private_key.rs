//! An RSA key as the vendor hands it out, in XML, or as OpenSSL writes it, in PEM.

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

/// An RSA key of at least 2048 bits. Has no way to be printed.
pub(crate) struct PrivateKey(KeyPair);

impl PrivateKey {
    /// Reads `text`; `origin` says where it came from.
    ///
    /// # Errors
    /// A usage error that repeats nothing of the key.
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
        pair.map(Self).map_err(|fault| fault.explain(origin))
    }

    /// The signature of `text`: RSA with SHA-256 and the padding of PKCS#1 v1.5, in base64.
    pub(crate) fn sign(&self, text: &str) -> Option<String> {
        let mut signature = vec![0; self.0.public().modulus_len()];
        let random = SystemRandom::new();
        self.0.sign(&RSA_PKCS1_SHA256, &random, text.as_bytes(), &mut signature).ok()?;
        Some(STANDARD.encode(signature))
    }
}

/// Why a text is no key.
enum Fault {
    /// It is neither XML nor PEM.
    NoKey,
    /// It holds a public key alone.
    Public,
    /// It asks for a passphrase.
    Passphrase,
    /// It is a key of another kind.
    NotRsa,
    /// Its format is not known here.
    Format(&'static str),
    /// It is damaged.
    Damaged,
    /// It is an RSA key of a kind that is not used.
    Rejected(KeyRejected),
}

impl Fault {
    fn explain(self, origin: &str) -> Error {
        let error = |what: &str| Error::usage(format!("{origin}: {what}"));
        match self {
            Self::NoKey => error("this is no private key in XML or PEM")
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
                "WrongAlgorithm" => Self::NotRsa.explain(origin),
                "TooLarge" => error("the private key is larger than 4096 bits"),
                _ => Self::Damaged.explain(origin),
            },
        }
    }
}

impl From<KeyRejected> for Fault {
    fn from(rejected: KeyRejected) -> Self {
        Self::Rejected(rejected)
    }
}

fn pem(text: &str) -> std::result::Result<KeyPair, Fault> {
    let has = |words: &str| text.contains(words);
    if !has("-----BEGIN ") {
        return Err(Fault::NoKey);
    }
    if has("BEGIN ENCRYPTED PRIVATE KEY") || has("Proc-Type: 4,ENCRYPTED") {
        return Err(Fault::Passphrase);
    }
    if has("BEGIN OPENSSH PRIVATE KEY") {
        return Err(Fault::Format("OpenSSH"));
    }
    if has("PUBLIC KEY-----") && !has("PRIVATE KEY-----") {
        return Err(Fault::Public);
    }
    if !has("PRIVATE KEY-----") {
        return Err(Fault::NoKey);
    }
    match PrivateKeyDer::from_pem_slice(text.as_bytes()).map_err(|_| Fault::Damaged)? {
        PrivateKeyDer::Pkcs1(der) => Ok(KeyPair::from_der(der.secret_pkcs1_der())?),
        PrivateKeyDer::Pkcs8(der) => Ok(KeyPair::from_pkcs8(der.secret_pkcs8_der())?),
        _ => Err(Fault::NotRsa),
    }
}

/// The form of .NET: `<RSAKeyValue>` with a number in base64 in each element.
fn xml(text: &str) -> std::result::Result<KeyPair, Fault> {
    if !text.contains("<RSAKeyValue>") {
        let is_other = text.contains("KeyValue>");
        return Err(if is_other { Fault::NotRsa } else { Fault::NoKey });
    }
    if !text.contains("<D>") && text.contains("<Modulus>") {
        return Err(Fault::Public);
    }
    let number = |name: &str| number(text, name).ok_or(Fault::Damaged);
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

/// The number in the element `name`, without zeros before it.
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
        fn any_text_is_a_key_or_refused_without_being_repeated(
            before in "(-----BEGIN (RSA |EC |)PRIVATE KEY-----\n|<RSAKeyValue>|<Modulus>|<D>|)[a-zA-Z0-9+/=\\\\n<>]{0,80}",
            after in any::<String>(),
        ) {
            let text = Secret::new(format!("{before}CANARY{after}"));
            let Err(error) = PrivateKey::parse(&text, "key") else { return Ok(()) };
            let told = format!("{error} {:?}", error.hints());
            prop_assert!(!told.contains("CANARY"), "{}", told);
        }
    }
}
