//! The mask that takes secrets out of text from a server.

use super::Secret;
use super::spellings;
use super::stripped_text::{self, StrippedText};

/// Takes the secrets of a call out of text that came back from the server.
#[derive(Clone, Debug, Default)]
pub struct Mask {
    /// The secrets, and their forms in base64.
    forms: Vec<Secret>,
    /// The forms that are recognized even with blanks or tags between their characters.
    strippable: Vec<Secret>,
}

/// The shortest value that is masked. Shorter ones occur in any text, and masking them would
/// reveal more than it hides.
const SHORTEST: usize = 4;

/// Shorter values are not masked across blanks and tags: their characters follow one
/// another in many texts, as `tont` in "to nt".
const SHORTEST_STRIPPED: usize = 8;

/// The part of a text that is searched for its beginning, in bytes.
const SEARCHED: usize = 32 * 1024;

impl Mask {
    /// Creates a mask of `secrets`, in each form in which a server may send one back: as
    /// it is, in base64, percent-encoded, and escaped for JSON or HTML; a longer one also
    /// with white space, control and zero-width characters or tags in it.
    pub fn new(secrets: impl IntoIterator<Item = Secret>) -> Self {
        let mut mask = Self::default();
        for secret in secrets.into_iter().filter(|secret| secret.expose().len() >= SHORTEST) {
            let encoded = spellings::in_base64(secret.expose());
            let is_long = |form: &Secret| form.expose().chars().count() >= SHORTEST_STRIPPED;
            let stripped: Vec<Secret> =
                stripped_text::forms(secret.expose()).into_iter().filter(is_long).collect();
            if !stripped.is_empty() {
                mask.strippable.extend(encoded.iter().cloned());
            }
            // The blanks may be the secret's own, and the text without any.
            mask.forms.extend(stripped.iter().cloned());
            mask.strippable.extend(stripped);
            mask.forms.extend(encoded);
            mask.forms.push(secret);
        }
        mask
    }

    /// `text` with `***` in place of each secret.
    #[must_use]
    pub fn apply(&self, text: &str) -> String {
        self.apply_within(text, usize::MAX, usize::MAX)
    }

    /// The same for the beginning of `text` alone, up to about `length` characters: it
    /// may be as long as an answer. Of a text that was cut off the end is left out, which
    /// may be a part of a secret that is not known for one any more.
    #[must_use]
    pub fn beginning(&self, text: &str, length: usize) -> String {
        self.apply_within(text, length, SEARCHED)
    }

    fn apply_within(&self, text: &str, length: usize, searched: usize) -> String {
        let stripped = self.stripped(text, searched.saturating_mul(2));
        let mut masked = String::new();
        let mut room = length;
        // As far as the secrets reach that were found so far.
        let mut covered = 0;
        for (at, c) in text.char_indices() {
            if room == 0 || at >= searched {
                break;
            }
            let ends = self.forms.iter().filter_map(|form| spellings::end(text, at, form.expose()));
            let ends =
                ends.chain(stripped.iter().filter_map(|text| text.end(at, &self.strippable)));
            if let Some(end) = ends.max().filter(|end| *end > covered) {
                // Where one begins within another, both are one.
                if at >= covered {
                    masked.push_str("***");
                    room = room.saturating_sub(3);
                }
                covered = end;
            }
            if at >= covered {
                masked.push(c);
                room -= 1;
            }
        }
        masked
    }

    /// `text`, up to about `length` bytes, without blanks, and without tags as well. Both,
    /// since an angle bracket may be a part of a secret.
    fn stripped(&self, text: &str, length: usize) -> Vec<StrippedText> {
        if self.strippable.is_empty() {
            return Vec::new();
        }
        let mut end = text.len().min(length);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let text = &text[..end];
        [StrippedText::new(text), StrippedText::without_tags(text)].into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_secret_is_masked_whole() {
        let mask = Mask::new(["token", "token-long", "abc"].map(|s| Secret::new(s.to_owned())));
        assert_eq!(mask.apply("token-long, token, abc"), "***, ***, abc");
    }

    #[test]
    fn no_part_of_a_secret_is_left_where_a_text_is_cut() {
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
    fn a_secret_is_known_in_other_forms() {
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
    fn a_secret_is_known_within_base64() {
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
    fn blanks_in_a_secret_do_not_hide_it() {
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
    fn text_around_a_folded_secret_is_left() {
        let mask = Mask::new([Secret::new("canary-one".to_owned())]);
        let text = "<p>a  b</p>\n canary\n-one <i>canary-on</i>e <i canary-on";
        assert_eq!(mask.apply(text), "<p>a  b</p>\n *** <i>*** <i canary-on");
    }

    #[test]
    fn secrets_that_overlap_are_one() {
        let mask = Mask::new(["abcdef", "defghi"].map(|s| Secret::new(s.to_owned())));
        assert_eq!(mask.apply("-abcdefghi-abcdefdefghi-"), "-***-******-");
    }

    #[test]
    fn escapes_upon_escapes_are_gone_through_once() {
        let secret = "\\".repeat(60) + "x";
        let mask = Mask::new([Secret::new(secret)]);
        let text = "\\".repeat(200) + "y";
        assert_eq!(mask.apply(&text), text);
    }
}
