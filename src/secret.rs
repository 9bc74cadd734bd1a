//! A secret that cannot be printed, and the mask that takes secrets out of text.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

/// A password, token or cookie. Has no way to be printed and is wiped when
/// dropped; whoever sends it says so with [`Secret::expose`].
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Keeps `value`.
    #[must_use]
    pub fn new(value: String) -> Self {
        Self(SecretString::from(value))
    }

    /// The value, for the one place that it is sent to.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Takes the secrets of a call out of text that came back from the server.
#[derive(Clone, Debug, Default)]
pub struct Mask(Vec<Secret>);

/// Shorter values are not masked: they occur in any text, and taking them out
/// of it would tell more than leaving them.
const SHORTEST: usize = 4;

impl Mask {
    /// A mask of all `secrets`, in each form in which a server may send one back: as
    /// it is, percent-encoded, and escaped for JSON or HTML.
    pub fn new(secrets: impl IntoIterator<Item = Secret>) -> Self {
        let mut secrets: Vec<Secret> = secrets
            .into_iter()
            .filter(|secret| secret.expose().len() >= SHORTEST)
            .flat_map(|secret| forms(secret.expose()))
            .collect();
        // Where one holds another, the longer goes first and takes both.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.expose().len()));
        Self(secrets)
    }

    /// `text` with `***` in place of each secret.
    #[must_use]
    pub fn apply(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, secret| text.replace(secret.expose(), "***"))
    }

    /// The beginning of `text`, of `most` bytes, as [`Mask::apply`] shows it; without the
    /// end, which may be a part of a secret that is not known for one any more.
    #[must_use]
    pub fn apply_to_beginning(&self, text: &str, most: usize) -> String {
        if text.len() <= most {
            return self.apply(text);
        }
        let mut masked = self.apply(&text[..boundary(text, most)]);
        let longest = self.0.first().map_or(0, |secret| secret.expose().len());
        let end = boundary(&masked, masked.len().saturating_sub(longest));
        masked.truncate(end);
        masked
    }
}

/// The last position up to `at` where a character of `text` begins or ends.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default()
}

/// `value` in each form, those that are the same but once.
fn forms(value: &str) -> Vec<Secret> {
    let percent = percent_encoding::utf8_percent_encode(value, percent_encoding::NON_ALPHANUMERIC);
    let percent = percent.to_string();
    let mildly = url::form_urlencoded::byte_serialize(value.as_bytes()).collect::<String>();
    let json = serde_json::to_string(value).unwrap_or_default();
    let html = value
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;");
    let mut forms = vec![
        value.to_owned(),
        lower_hex(&percent),
        percent,
        lower_hex(&mildly),
        mildly,
        json.trim_matches('"').to_owned(),
        html,
    ];
    forms.sort_unstable();
    forms.dedup();
    forms.into_iter().map(Secret::new).collect()
}

/// `%3A` as `%3a`, for servers that write it so.
fn lower_hex(encoded: &str) -> String {
    let mut parts = encoded.split('%');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (hex, rest) = part.split_at_checked(2).unwrap_or((part, ""));
        text.push('%');
        text.push_str(&hex.to_ascii_lowercase());
        text.push_str(rest);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_cannot_be_printed() {
        let secret = Secret::new("canary".to_owned());
        assert_eq!(format!("{secret:?} {:?}", Some(&secret)), "*** Some(***)");
    }

    #[test]
    fn the_longer_secret_is_masked_whole() {
        let mask = Mask::new(["token", "token-long", "abc"].map(|s| Secret::new(s.to_owned())));
        assert_eq!(mask.apply("token-long, token, abc"), "***, ***, abc");
    }

    #[test]
    fn no_part_of_a_secret_is_left_where_a_text_is_cut() {
        let mask = Mask::new([Secret::new("canary".to_owned())]);
        let text = "æ canary, canary, canary";
        for most in 0..=text.len() {
            let masked = mask.apply_to_beginning(text, most);
            assert!(!masked.contains("can"), "{most}: {masked}");
            assert!("æ ***, ***, ***".starts_with(&masked), "{most}: {masked}");
        }
        assert_eq!(mask.apply_to_beginning(text, text.len()), "æ ***, ***, ***");
        assert_eq!(Mask::default().apply_to_beginning("abc", 2), "ab");
    }

    #[test]
    fn a_secret_is_known_in_other_forms() {
        let mask = Mask::new([Secret::new("8A:abc+/=\"x\\<".to_owned())]);
        let sent_back = [
            "8A:abc+/=\"x\\<",
            "8A%3Aabc%2B%2F%3D%22x%5C%3C",
            "8A%3aabc%2b%2f%3d%22x%5c%3c",
            "8A:abc+/=\\\"x\\\\<",
            "8A:abc+/=&quot;x\\&lt;",
        ];
        for text in sent_back {
            assert_eq!(mask.apply(&format!("<{text}>")), "<***>");
        }
    }
}
