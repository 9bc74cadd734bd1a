//! The mask that takes secrets out of text from a server.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::Secret;
use super::decoded_text::DecodedText;

/// Takes the secrets of a call out of text that came back from the server.
///
/// Text and secret go through the same steps: their escapes are undone, one level of one kind
/// at a time, and blanks and tags are left out. A secret is found if one of its forms is in one of the forms
/// of the text.
#[derive(Clone, Debug, Default)]
pub struct Mask {
    forms: Vec<Secret>,
}

/// The shortest value that is masked. Shorter ones occur in any text, and masking them would
/// reveal more than it hides.
const SHORTEST: usize = 4;

/// The shortest base64 that is masked.
const SHORTEST_BASE64: usize = 6;

/// Shorter values are not masked across blanks and tags: their characters follow one
/// another in many texts, as `tont` in "to nt".
const SHORTEST_STRIPPED: usize = 8;

/// The part of a text that is searched for its beginning, in bytes.
const SEARCHED: usize = 32 * 1024;

/// The bytes that an escaped character may take in a text.
const MAX_ESCAPE: usize = 16;

impl Mask {
    /// Creates a mask of `secrets`, in each form in which a server may send one back: as
    /// it is, in base64, percent-encoded, and escaped for JSON or HTML; a longer one also
    /// with white space, control and zero-width characters or tags in it.
    pub fn new(secrets: impl IntoIterator<Item = Secret>) -> Self {
        let mut mask = Self::default();
        for secret in secrets.into_iter().filter(|secret| secret.expose().len() >= SHORTEST) {
            for before in 0..3 {
                mask.add(base64(secret.expose(), before, &STANDARD_NO_PAD), SHORTEST_BASE64);
                mask.add(base64(secret.expose(), before, &URL_SAFE_NO_PAD), SHORTEST_BASE64);
            }
            DecodedText::for_each_decoding(secret.expose(), |form| {
                // The blanks may be the secret's own, and the text without any.
                for stripped in form.stripped() {
                    mask.add(stripped.to_secret(), SHORTEST_STRIPPED);
                }
                mask.add(form.to_secret(), SHORTEST);
            });
        }
        mask
    }

    fn add(&mut self, form: Secret, shortest: usize) {
        let is_known = self.forms.iter().any(|known| known.expose() == form.expose());
        if length(&form) >= shortest && !is_known {
            self.forms.push(form);
        }
    }

    /// Returns `text` with `***` in place of each secret.
    #[must_use]
    pub fn apply(&self, text: &str) -> String {
        self.apply_within(text, usize::MAX, usize::MAX)
    }

    /// Returns the beginning of `text`, up to about `length` characters, with `***` in place of
    /// each secret. The text may be as long as an answer; only its beginning is searched.
    #[must_use]
    pub fn beginning(&self, text: &str, length: usize) -> String {
        self.apply_within(text, length, SEARCHED)
    }

    fn apply_within(&self, text: &str, length: usize, searched: usize) -> String {
        let mut found = self.find(text, searched).into_iter().peekable();
        let mut masked = String::new();
        let mut room = length;
        // The end of the secrets that were found so far.
        let mut covered = 0;
        for (at, c) in text.char_indices() {
            if room == 0 || at >= searched {
                break;
            }
            while let Some((_, end)) = found.next_if(|(start, _)| *start == at) {
                // Secrets that overlap are masked as one.
                if at >= covered {
                    masked.push_str("***");
                    room = room.saturating_sub(3);
                }
                covered = covered.max(end);
            }
            if at >= covered {
                masked.push(c);
                room -= 1;
            }
        }
        masked
    }

    /// Returns start and end of the secrets that begin in the first `searched` bytes of `text`,
    /// in the order of their start.
    fn find(&self, text: &str, searched: usize) -> Vec<(usize, usize)> {
        let Some(longest) = self.forms.iter().map(|form| form.expose().len()).max() else {
            return Vec::new();
        };
        let end = searched.saturating_add(longest.saturating_mul(MAX_ESCAPE));
        let end = (0..=end.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
        let all: Vec<&Secret> = self.forms.iter().collect();
        let mut long = all.clone();
        long.retain(|form| length(form) >= SHORTEST_STRIPPED);
        let mut found = Vec::new();
        DecodedText::for_each_decoding(&text[..end.unwrap_or_default()], |form| {
            form.find(&all, &mut found);
            for stripped in form.stripped() {
                stripped.find(&long, &mut found);
            }
        });
        found.sort_unstable();
        found
    }
}

fn length(form: &Secret) -> usize {
    form.expose().chars().count()
}

/// Returns the base64 of `secret` inside an encoded text, with `before` bytes before it: the
/// characters that depend on the secret alone.
fn base64(secret: &str, before: usize, engine: &impl Engine) -> Secret {
    let mut bytes = vec![0; before];
    bytes.extend_from_slice(secret.as_bytes());
    let encoded = Secret::new(engine.encode(&bytes));
    // A character holds six bits.
    let decided = (before * 8).div_ceil(6)..bytes.len() * 8 / 6;
    Secret::new(encoded.expose().get(decided).unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn longer_secret_is_masked_whole() {
        let mask = Mask::new(["token", "token-long", "abc"].map(|s| Secret::new(s.to_owned())));
        assert_eq!(mask.apply("token-long, token, abc"), "***, ***, abc");
    }

    #[test]
    fn cut_text_holds_no_part_of_a_secret() {
        let mask = Mask::new([Secret::new("canary".to_owned())]);
        let text = "æ canary, canary, canary";
        for length in 0..=text.len() {
            let masked = mask.beginning(text, length);
            assert!(!masked.contains("can"), "{length}: {masked}");
            assert!("æ ***, ***, ***".starts_with(&masked), "{length}: {masked}");
        }
        assert_eq!(mask.beginning(text, text.len()), "æ ***, ***, ***");
        assert_eq!(Mask::default().beginning("abc", 2), "ab");
    }

    #[test]
    fn secret_is_masked_in_other_forms() {
        let mask = Mask::new([Secret::new("8A:abc+/=\"x\\<é y".to_owned())]);
        let sent_back = [
            "8A:abc+/=\"x\\<é y",
            "8a:ABC+/=\"X\\<é y",
            "8A%3Aabc%2B%2F%3D%22x%5C%3C%C3%A9%20y",
            "8A%3aabc%2b/%3d%22x%5c%3c%c3%a9+y",
            "8A:abc+/=\\\"x\\\\<é y",
            "8A:abc\\u002B\\/=\\u0022x\\u005c\\u003C\\u00e9 y",
            "8A:abc\\\\u002b\\/=\\\\\\\"x\\\\\\\\<\\\\u00e9 y",
            "8A%253Aabc%252B/=%2522x%255c%253C%25C3%25A9%2520y",
            "8A:abc+/=&amp;quot;x\\&amp;#60;&amp;eacute;+y",
            "8A:abc+/=&quot;x\\&lt;&eacute; y",
            "8A:abc+/=&#34;x&#92;&#x3C;&#233; y",
            "8A:abc+/=\"x\\<\u{c3}\u{a9} y",
            "8A:abc+/=\"x\\<\u{fffd} y",
            "8A:abc+/=\"x\\<? y",
        ];
        for text in sent_back {
            assert_eq!(mask.apply(&format!("<{text}>")), "<***>", "{text}");
        }
    }

    #[test]
    fn secret_is_masked_within_base64() {
        let mask = Mask::new([Secret::new("canary?>secret".to_owned())]);
        let sent_back = [
            ("Y2FuYXJ5Pz5zZWNyZXQ=", "***Q="),
            ("Y2FuYXJ5Pz5zZWNyZXQ%3D", "***Q%3D"),
            ("dGltOmNhbmFyeT8-c2VjcmV0", "dGltOm***"),
            ("dGltOmNhbmFyeT8%2Bc2VjcmV0", "dGltOm***"),
            ("eHljYW5hcnk/PnNlY3JldA==", "eHl***A=="),
        ];
        for (text, masked) in sent_back {
            assert_eq!(mask.apply(text), masked, "{text}");
        }
    }

    #[test]
    fn folded_secret_is_masked() {
        let mask = Mask::new([Secret::new("7T:canary<b>Zq".to_owned())]);
        let folds = [
            "7T:can\nary<b>Zq",
            "7T:can\r\n\tary<b>Zq",
            "7 T : c a n a r y < b > Z q",
            "7T:can\u{200b}a\u{feff}r\u{ad}y<b>Z\u{2060}q",
            "7T:can\u{1b}ary<b>\0Zq",
            "7T:can<wbr>ary<b>Zq",
            "7T:can</td>\n<td class=\"x\">ary<b>Zq",
            "7T:can&lt;br&gt;ary&lt;b&gt;Zq",
            "7T:can\\u003cbr/\\u003Eary\\u003cb\\u003eZq",
            "7T:can%3Cbr%3Eary%3cb%3eZq",
            "7T:can%3C%2Fi%3Eary%3cb%3eZq",
            "7T%3Acan%0D%0Aary%3Cb%3EZq",
            "7T:can%E2%80%8Bary%250a<b>Zq",
            "7T:can\\nary<b>\\\\r\\\\nZq",
            "7T:can\\u200Bary\\u000a<b>Zq",
            "7T:can&#10;ary&nbsp;<b>&amp;#x200B;Zq",
            "N1Q6Y2Fu\nYXJ5PGI-\nWn",
            "N1Q6Y2Fu\\r\\nYXJ5PGI%2B\\r\\nWn",
            "N 1 Q 6 Y 2 F u Y X J 5 P G I + W n",
        ];
        for text in folds {
            let masked = mask.apply(&format!("[{text}]"));
            assert_eq!(masked, "[***]", "{text}");
            assert_eq!(mask.beginning(&format!("[{text}]"), 300), "[***]", "{text}");
        }
    }

    #[test]
    fn secret_with_blanks_is_masked_without_them() {
        let mask = Mask::new([Secret::new("my long pass word".to_owned())]);
        for text in ["my long pass word", "mylongpassword", "my long pass\r\nword"] {
            assert_eq!(mask.apply(&format!("[{text}]")), "[***]", "{text}");
        }
    }

    #[test]
    fn short_secret_is_not_masked_across_blanks() {
        for (secret, text) in [
            ("tont", "to nt, to<b>nt, to\nnt"),
            ("secret1", "secret 1"),
            // Seven characters without the blanks.
            ("s e c r e t 1", "se cr et 1"),
        ] {
            let mask = Mask::new([Secret::new(secret.to_owned())]);
            assert_eq!(mask.apply(text), text);
            assert_eq!(mask.apply(&format!("[{secret}]")), "[***]");
        }
    }

    #[test]
    fn text_around_a_folded_secret_remains() {
        let mask = Mask::new([Secret::new("canary-one".to_owned())]);
        let text = "<p>a  b</p>\n canary\n-one <i>canary-on</i>e <i canary-on";
        assert_eq!(mask.apply(text), "<p>a  b</p>\n *** <i>*** <i canary-on");
    }

    #[test]
    fn overlapping_secrets_are_masked_as_one() {
        let mask = Mask::new(["abcdef", "defghi"].map(|s| Secret::new(s.to_owned())));
        assert_eq!(mask.apply("-abcdefghi-abcdefdefghi-"), "-***-******-");
    }

    #[test]
    fn text_of_backslashes_is_not_masked() {
        let secret = "\\".repeat(60) + "x";
        let mask = Mask::new([Secret::new(secret)]);
        let text = "\\".repeat(200) + "y";
        assert_eq!(mask.apply(&text), text);
    }

    fn percent(text: &str) -> String {
        percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
    }

    fn json(text: &str) -> String {
        let quoted = serde_json::to_string(text).expect("JSON");
        quoted[1..quoted.len() - 1].to_owned()
    }

    fn html(text: &str) -> String {
        text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&#34;")
    }

    proptest! {
        #[test]
        fn secret_is_masked_after_any_escapes(
            secret in r#"[a-zA-Z0-9%&;#x<>"'/+\\ u{}æ]{4,20}"#,
            before in r#"[a-z%&<"\\0-9 ]{0,5}"#,
            after in r#"[a-z%&;<"\\0-9 ]{0,5}"#,
            escapes in proptest::collection::vec(0..3_usize, 0..3),
        ) {
            let mask = Mask::new([Secret::new(secret.clone())]);
            let mut text = format!("{before}{secret}{after}");
            for escape in &escapes {
                text = [percent, json, html][*escape](&text);
            }
            prop_assert!(mask.apply(&text).contains("***"), "{}", text);
        }
    }
}
