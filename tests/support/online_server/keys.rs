//! RSA keys and signatures, and what the stand-in signs. The keys are fixtures, made for these
//! tests alone: no crate of the tree makes RSA keys, and making one takes a second.

use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use pem::Pem;
use ring::rand::SystemRandom;
use ring::rsa::KeyPair;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey};
use serde_json::{Value, json};
use yasna::models::ObjectIdentifier;

/// An RSA key in PKCS#8.
pub struct Key(pub String);

/// The numbers of an RSA key in the order of PKCS#1, with their names in XML.
const NUMBERS: [&str; 8] = ["Modulus", "Exponent", "D", "P", "Q", "DP", "DQ", "InverseQ"];
/// The order of .NET, which differs.
const XML: [&str; 8] = ["Modulus", "Exponent", "P", "Q", "DP", "DQ", "InverseQ", "D"];

impl Key {
    /// The stand-in's own key.
    pub fn service() -> Self {
        Self(include_str!("../../fixtures/keys/service.pem").to_owned())
    }

    /// The key of an application with a system user.
    pub fn application() -> Self {
        Self(include_str!("../../fixtures/keys/application.pem").to_owned())
    }

    /// A key of 1024 bits.
    pub fn weak() -> Self {
        Self(include_str!("../../fixtures/keys/weak.pem").to_owned())
    }

    /// Returns the key in PKCS#1.
    pub fn pkcs1(&self) -> String {
        pem::encode(&Pem::new("RSA PRIVATE KEY", self.pkcs1_der()))
    }

    /// Returns the public key.
    pub fn public(&self) -> String {
        let numbers = yasna::construct_der(|writer| {
            writer.write_sequence(|writer| {
                for name in ["Modulus", "Exponent"] {
                    writer.next().write_bigint_bytes(&self.number(name), true);
                }
            });
        });
        let algorithm = ObjectIdentifier::from_slice(&[1, 2, 840, 113_549, 1, 1, 1]);
        let key = yasna::construct_der(|writer| {
            writer.write_sequence(|writer| {
                writer.next().write_sequence(|writer| {
                    writer.next().write_oid(&algorithm);
                    writer.next().write_null();
                });
                writer.next().write_bitvec_bytes(&numbers, numbers.len() * 8);
            });
        });
        pem::encode(&Pem::new("PUBLIC KEY", key))
    }

    /// Returns the key as .NET writes it.
    pub fn xml(&self) -> String {
        let element = |name| format!("<{name}>{}</{name}>", STANDARD.encode(self.number(name)));
        format!("<RSAKeyValue>{}</RSAKeyValue>\r\n", XML.map(element).concat())
    }

    /// Returns the public key as a member of a key set.
    pub fn jwk(&self, kid: &str) -> Value {
        let part = |name| URL_SAFE_NO_PAD.encode(self.number(name));
        json!({
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid,
            "n": part("Modulus"), "e": part("Exponent"),
        })
    }

    /// Returns the signature of `text`.
    pub fn sign(&self, text: &str) -> Vec<u8> {
        let pair = KeyPair::from_der(&self.pkcs1_der()).expect("a key");
        let mut signature = vec![0; pair.public().modulus_len()];
        let random = SystemRandom::new();
        pair.sign(&RSA_PKCS1_SHA256, &random, text.as_bytes(), &mut signature)
            .expect("a signature");
        signature
    }

    /// Returns the number `name`, without zeros before it.
    fn number(&self, name: &str) -> Vec<u8> {
        let numbers = yasna::parse_der(&self.pkcs1_der(), |reader| {
            reader.read_sequence(|reader| {
                reader.next().read_u8()?; // The version.
                (0..NUMBERS.len()).map(|_| Ok(reader.next().read_bigint_bytes()?.0)).collect()
            })
        });
        let mut numbers: Vec<Vec<u8>> = numbers.expect("an RSA key");
        let number =
            numbers.swap_remove(NUMBERS.iter().position(|known| *known == name).expect(name));
        // DER puts a zero before a first bit that would be a sign.
        number.strip_prefix(&[0]).map_or(number.clone(), <[u8]>::to_vec)
    }

    /// Returns what PKCS#8 wraps.
    fn pkcs1_der(&self) -> Vec<u8> {
        let key = pem::parse(&self.0).expect("PEM");
        let key = yasna::parse_der(key.contents(), |reader| {
            reader.read_sequence(|reader| {
                reader.next().read_u8()?; // The version.
                reader.next().read_der()?; // The algorithm.
                reader.next().read_bytes()
            })
        });
        key.expect("PKCS#8")
    }
}

/// Returns whether `signature` is that of `text` by the key whose public half is in `pem`.
pub fn is_signed(text: &str, signature: &[u8], pem: &str) -> bool {
    let key = pem::parse(pem).expect("PEM");
    let key = yasna::parse_der(key.contents(), |reader| {
        reader.read_sequence(|reader| {
            reader.next().read_der()?; // The algorithm.
            reader.next().read_bitvec_bytes()
        })
    });
    let (key, _) = key.expect("a public key");
    let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key);
    key.verify(text.as_bytes(), signature).is_ok()
}

/// Returns the header of a token that the stand-in signs.
pub fn header() -> Value {
    json!({ "alg": "RS256", "typ": "JWT", "kid": "first" })
}

/// Returns the key set that such a token is checked with.
pub fn set() -> Value {
    static SET: OnceLock<Value> = OnceLock::new();
    SET.get_or_init(|| json!({ "keys": [Key::service().jwk("first")] })).clone()
}

/// Returns a signed token of these claims.
pub fn jwt(header: &Value, claims: &Value, key: &Key) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(header), part(claims));
    let signature = URL_SAFE_NO_PAD.encode(key.sign(&signed));
    format!("{signed}.{signature}")
}
