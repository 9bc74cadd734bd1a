//! A signed token (JWT) and the key set that tells whether it is the service's.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use ring::rsa::PublicKeyComponents;
use ring::signature::RSA_PKCS1_2048_8192_SHA256;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::escape;

/// The keys that a service signs with.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct KeySet {
    keys: Vec<Key>,
}

/// A key of the set; those that are not RSA have no `n` and `e`.
#[derive(Clone, Debug, Deserialize)]
struct Key {
    kid: Option<String>,
    n: Option<String>,
    e: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
}

/// What a token says, once it is known who says it. Has no way to be printed: among it
/// may be a secret.
pub(crate) struct Claims(Map<String, Value>);

/// What is wrong with a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It does not have the parts that it should have.
    Malformed,
    /// It is not signed.
    Unsigned,
    /// It is signed in another way than RS256.
    Algorithm(String),
    /// The key set has no such key.
    Key,
    /// Nobody of the key set signed it.
    Signature,
    /// It does not say when it ends.
    Endless,
    /// It has ended.
    Ended(DateTime<Utc>),
    /// It is from the future.
    Early(DateTime<Utc>),
    /// Another one issued it.
    Issuer(String),
    /// It is for someone else.
    Audience,
}

/// By this much clocks may differ.
const SKEW: TimeDelta = TimeDelta::minutes(2);

/// Checks `token` against `keys`: how it is signed, by whom, and whether it holds at `now`.
///
/// # Errors
/// The first thing that is wrong with it.
pub(crate) fn verify(token: &str, keys: &KeySet, now: DateTime<Utc>) -> Result<Claims, Fault> {
    let (signed, signature) = token.trim().rsplit_once('.').ok_or(Fault::Malformed)?;
    let (header, claims) = signed.split_once('.').ok_or(Fault::Malformed)?;
    let header = object(header)?;
    match text(&header, "alg") {
        Some("RS256") => {}
        Some(none) if none.eq_ignore_ascii_case("none") => return Err(Fault::Unsigned),
        other => return Err(Fault::Algorithm(escape::excerpt(other.unwrap_or(""), 20))),
    }
    let signature = decode(signature)?;
    let mut candidates = keys.for_signature(text(&header, "kid")).peekable();
    if candidates.peek().is_none() {
        return Err(Fault::Key);
    }
    if !candidates.any(|key| key.has_signed(signed, &signature)) {
        return Err(Fault::Signature);
    }
    let claims = Claims(object(claims)?);
    claims.check_times(now)?;
    Ok(claims)
}

impl Claims {
    /// The text of the claim `name`.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        text(&self.0, name)
    }

    /// Checks who issued it.
    ///
    /// # Errors
    /// Where that is none of `issuers`.
    pub(crate) fn check_issuer(&self, issuers: &[&str]) -> Result<(), Fault> {
        let issuer = self.text("iss").unwrap_or_default();
        if issuers.contains(&issuer) {
            Ok(())
        } else {
            Err(Fault::Issuer(escape::excerpt(issuer, 80)))
        }
    }

    /// Checks for whom it is: `aud` is a text or a list of them.
    ///
    /// # Errors
    /// Where `audience` is not among them.
    pub(crate) fn check_audience(&self, audience: &str) -> Result<(), Fault> {
        let is_meant = |value: &Value| value.as_str() == Some(audience);
        let meant = match self.0.get("aud") {
            Some(Value::Array(list)) => list.iter().any(is_meant),
            Some(one) => is_meant(one),
            None => false,
        };
        if meant { Ok(()) } else { Err(Fault::Audience) }
    }

    fn check_times(&self, now: DateTime<Utc>) -> Result<(), Fault> {
        let end = self.time("exp").ok_or(Fault::Endless)?;
        if end + SKEW <= now {
            return Err(Fault::Ended(end));
        }
        match ["nbf", "iat"].into_iter().filter_map(|name| self.time(name)).max() {
            Some(start) if start - SKEW > now => Err(Fault::Early(start)),
            _ => Ok(()),
        }
    }

    /// Returns a time in seconds since 1970, also where it is written as a text; none that is
    /// beyond any calendar.
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
    /// The RSA keys for signatures with this id; all of them where the token names none.
    fn for_signature<'k>(&'k self, kid: Option<&'k str>) -> impl Iterator<Item = &'k Key> {
        self.keys.iter().filter(move |key| {
            let is_for_it = key.usage.as_deref().is_none_or(|usage| usage == "sig");
            let is_named = kid.is_none_or(|kid| key.kid.as_deref().is_none_or(|own| own == kid));
            is_for_it && is_named && key.n.is_some()
        })
    }
}

impl Key {
    fn has_signed(&self, text: &str, signature: &[u8]) -> bool {
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

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = |time: &DateTime<Utc>| time.format("%Y-%m-%d %H:%M:%S UTC").to_string();
        match self {
            Self::Malformed => f.write_str("it is no signed token"),
            Self::Unsigned => f.write_str("it is not signed (alg: none)"),
            Self::Algorithm(name) => write!(f, "it is signed with '{name}', and not with RS256"),
            Self::Key => f.write_str("it is signed with a key that is not in the key set"),
            Self::Signature => f.write_str("its signature is wrong"),
            Self::Endless => f.write_str("it does not say when it ends"),
            Self::Ended(at) => write!(f, "it ended at {}", time(at)),
            Self::Early(at) => write!(f, "it begins at {}", time(at)),
            Self::Issuer(name) => write!(f, "it was issued by '{name}'"),
            Self::Audience => f.write_str("it is for another audience"),
        }
    }
}

impl Fault {
    /// Whether a clock that is wrong would explain it.
    pub(crate) const fn is_about_time(&self) -> bool {
        matches!(self, Self::Ended(_) | Self::Early(_))
    }
}

fn decode(part: &str) -> Result<Vec<u8>, Fault> {
    URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).map_err(|_| Fault::Malformed)
}

fn object(part: &str) -> Result<Map<String, Value>, Fault> {
    serde_json::from_slice(&decode(part)?).map_err(|_| Fault::Malformed)
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
        fn no_text_is_a_token_without_a_signature(
            alg in "RS256|none|None|HS256|ES256|",
            signature in "[a-zA-Z0-9_-]{0,400}",
            others in any::<String>(),
        ) {
            let keys = r#"{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"},{"kty":"EC","x":"AQAB"}]}"#;
            let keys: KeySet = serde_json::from_str(keys).expect("a key set");
            let part = |text: String| URL_SAFE_NO_PAD.encode(text);
            let header = part(format!(r#"{{"alg":"{alg}"}}"#));
            let token = format!("{header}.{}.{signature}", part(r#"{"exp":1e10}"#.to_owned()));
            prop_assert!(verify(&token, &keys, DateTime::UNIX_EPOCH).is_err());
            prop_assert!(verify(&others, &keys, DateTime::UNIX_EPOCH).is_err());
        }
    }
}
