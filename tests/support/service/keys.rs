//! What the stand-in signs, and the keys to check it with.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::{Value, json};

use super::{CLIENT_ID, Reply, State, TENANT, USER};

/// The service's key, made for these tests alone.
const KEY: &str = include_str!("../../fixtures/service-key.pem");

/// Signs tokens.
pub struct Signer(RsaKeyPair);

impl Signer {
    /// Signs with the key of the key set.
    pub fn own() -> Self {
        let der = PrivatePkcs8KeyDer::from_pem_slice(KEY.as_bytes()).expect("PEM");
        Self(RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).expect("a key"))
    }

    /// A JWT of `claims`, with RS256.
    pub fn sign(&self, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let header = json!({"alg": "RS256", "typ": "JWT", "kid": "1"});
        let text = format!("{}.{}", part(&header), part(claims));
        let mut signature = vec![0; self.0.public().modulus_len()];
        let random = SystemRandom::new();
        self.0
            .sign(&RSA_PKCS1_SHA256, &random, text.as_bytes(), &mut signature)
            .expect("a signature");
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// What an id token says.
pub fn claims(state: &State) -> Value {
    let own = |name: &str| format!("http://schemes.superoffice.net/identity/{name}");
    let now = state.now();
    let mut claims = json!({
        "iss": state.address, "aud": CLIENT_ID, "sub": USER,
        "iat": now, "nbf": now, "exp": now + 300,
    });
    claims[own("upn")] = USER.into();
    claims[own("ctx")] = TENANT.into();
    claims[own("webapi_url")] = format!("{}/{TENANT}/api/", state.address).into();
    claims
}

/// The key set.
pub(super) fn set() -> Reply {
    let signer = Signer::own();
    let key = ring::rsa::PublicKeyComponents::<Vec<u8>>::from(signer.0.public_key());
    let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let key = json!({
        "kty": "RSA", "use": "sig", "kid": "1", "alg": "RS256", "n": part(&key.n), "e": part(&key.e),
    });
    Reply::json(200, &json!({ "keys": [key] }))
}
