//! JSON Web Tokens: the check of signature, issuer, audience and times (RFC 7519).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use ring::rsa::PublicKeyComponents;
use ring::signature::RSA_PKCS1_2048_8192_SHA256;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::clock::{CLOCK_SKEW, format_utc};
use crate::error::{Error, Kind};
use crate::escape;

/// The keys that an environment signs with (RFC 7517).
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct KeySet {
    keys: Vec<Key>,
}

/// A key of the set. Only RSA keys have `n` and `e`.
#[derive(Clone, Debug, Deserialize)]
struct Key {
    kid: Option<String>,
    n: Option<String>,
    e: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
}

/// The claims of a token whose signature was checked. They cannot be printed: a secret may be
/// among them.
pub(super) struct Claims(Map<String, Value>);

/// The reason why a token is rejected.
#[derive(Debug)]
pub(super) struct JwtError {
    reason: String,
    /// True if a wrong clock may explain it.
    is_about_time: bool,
}

impl JwtError {
    fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), is_about_time: false }
    }

    /// Returns the error for a person: `message` with the reason. `hint` applies unless the clock
    /// is to be checked.
    pub(super) fn describe(&self, message: &str, hint: &str) -> Error {
        let hint = if self.is_about_time { "check the clock of this machine" } else { hint };
        Error::new(Kind::Authentication, format!("{message}: {}", self.reason)).hint(hint)
    }
}

/// The claims that SuperOffice defines begin with this.
const SUPEROFFICE: &str = "http://schemes.superoffice.net/identity/";

/// Checks that `token` is signed with one of `keys`, issued by one of `issuers`, and valid at
/// `now`.
///
/// # Errors
/// The first reason to reject it.
pub(super) fn verify(
    token: &str,
    keys: &KeySet,
    issuers: &[&str],
    now: DateTime<Utc>,
) -> Result<Claims, JwtError> {
    let (signed, signature) = token.trim().rsplit_once('.').ok_or_else(malformed)?;
    let (header, claims) = signed.split_once('.').ok_or_else(malformed)?;
    let header = object(header)?;
    match text(&header, "alg").unwrap_or_default() {
        "RS256" => {}
        none if none.eq_ignore_ascii_case("none") => {
            return Err(JwtError::new("it is not signed (alg: none)"));
        }
        other => {
            let name = escape::excerpt(other, 20);
            return Err(JwtError::new(format!("it is signed with '{name}', and not with RS256")));
        }
    }
    let signature = decode(signature)?;
    let mut candidates = keys.for_signature(text(&header, "kid")).peekable();
    if candidates.peek().is_none() {
        return Err(JwtError::new("it is signed with a key that is not in the key set"));
    }
    if !candidates.any(|key| key.verifies(signed, &signature)) {
        return Err(JwtError::new("its signature is wrong"));
    }
    let claims = Claims(object(claims)?);
    claims.check_times(now)?;
    let issuer = claims.text("iss").unwrap_or_default();
    if issuers.contains(&issuer) {
        return Ok(claims);
    }
    Err(JwtError::new(format!("it was issued by '{}'", escape::excerpt(issuer, 80))))
}

impl Claims {
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        text(&self.0, name)
    }

    /// Returns the text of the claim `name` of SuperOffice's own.
    pub(super) fn superoffice(&self, name: &str) -> Option<&str> {
        self.text(&format!("{SUPEROFFICE}{name}"))
    }

    /// Checks that the token is for `audience`: `aud` is a text or a list of texts.
    ///
    /// # Errors
    /// If it is for another audience.
    pub(super) fn for_audience(self, audience: &str) -> Result<Self, JwtError> {
        let is_meant = |value: &Value| value.as_str() == Some(audience);
        let meant = match self.0.get("aud") {
            Some(Value::Array(list)) => list.iter().any(is_meant),
            Some(one) => is_meant(one),
            None => false,
        };
        if meant { Ok(self) } else { Err(JwtError::new("it is for another audience")) }
    }

    /// Checks that a system user's token is for the database whose serial number it has. A token
    /// without a serial number passes.
    ///
    /// # Errors
    /// If it is for another audience.
    pub(super) fn for_own_database(self) -> Result<Self, JwtError> {
        match self.superoffice("serial").map(|serial| format!("spn:{serial}")) {
            Some(audience) => self.for_audience(&audience),
            None => Ok(self),
        }
    }

    fn check_times(&self, now: DateTime<Utc>) -> Result<(), JwtError> {
        let end = self.time("exp").ok_or_else(|| JwtError::new("it has no end (exp)"))?;
        let start = ["nbf", "iat"].into_iter().filter_map(|name| self.time(name)).max();
        let reason = match start {
            _ if end + CLOCK_SKEW <= now => format!("it ended at {}", format_utc(end)),
            Some(start) if start - CLOCK_SKEW > now => {
                format!("it begins at {}", format_utc(start))
            }
            _ => return Ok(()),
        };
        Err(JwtError { reason, is_about_time: true })
    }

    /// Returns a time in seconds since 1970, as a number or a text; none that is beyond any
    /// calendar.
    fn time(&self, name: &str) -> Option<DateTime<Utc>> {
        let seconds = match self.0.get(name)? {
            Value::String(text) => text.trim().parse().ok()?,
            value => value.as_f64()?,
        };
        if !(0.0..1e11).contains(&seconds) {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, reason = "it is small enough")]
        DateTime::from_timestamp(seconds as i64, 0)
    }
}

impl KeySet {
    /// Returns the RSA keys with the id `kid`; all of them if the token names none.
    fn for_signature<'k>(&'k self, kid: Option<&'k str>) -> impl Iterator<Item = &'k Key> {
        self.keys.iter().filter(move |key| {
            let is_for_signatures = key.usage.as_deref().is_none_or(|usage| usage == "sig");
            let is_named = kid.is_none_or(|kid| key.kid.as_deref().is_none_or(|own| own == kid));
            is_for_signatures && is_named && key.n.is_some()
        })
    }
}

impl Key {
    fn verifies(&self, text: &str, signature: &[u8]) -> bool {
        let part = |part: &Option<String>| {
            let bytes = decode(part.as_deref()?).ok()?;
            let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
            Some(bytes[zeros..].to_vec())
        };
        let (Some(n), Some(e)) = (part(&self.n), part(&self.e)) else { return false };
        let key = PublicKeyComponents { n, e };
        key.verify(&RSA_PKCS1_2048_8192_SHA256, text.as_bytes(), signature).is_ok()
    }
}

fn malformed() -> JwtError {
    JwtError::new("it is not a signed token")
}

fn decode(part: &str) -> Result<Vec<u8>, JwtError> {
    URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).map_err(|_| malformed())
}

fn object(part: &str) -> Result<Map<String, Value>, JwtError> {
    serde_json::from_slice(&decode(part)?).map_err(|_| malformed())
}

fn text<'m>(map: &'m Map<String, Value>, name: &str) -> Option<&'m str> {
    map.get(name)?.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn text_without_signature_is_rejected(
            alg in "RS256|none|None|HS256|ES256|",
            signature in "[a-zA-Z0-9_-]{0,400}",
            others in any::<String>(),
        ) {
            let keys = r#"{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"},{"kty":"EC","x":"AQAB"}]}"#;
            let keys: KeySet = serde_json::from_str(keys).expect("a key set");
            let part = |text: String| URL_SAFE_NO_PAD.encode(text);
            let header = part(format!(r#"{{"alg":"{alg}"}}"#));
            let token = format!("{header}.{}.{signature}", part(r#"{"exp":1e10}"#.to_owned()));
            prop_assert!(verify(&token, &keys, &[], DateTime::UNIX_EPOCH).is_err());
            prop_assert!(verify(&others, &keys, &[], DateTime::UNIX_EPOCH).is_err());
        }
    }
}
