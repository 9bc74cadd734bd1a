//! Visible escapes for text from outside.
//!
//! Titles and names are written by strangers. They must not move the cursor, change a color,
//! reorder text or start a new row.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::Path;

/// Returns whether `c` could control a terminal or change the order of text: a control
/// character (C0, DEL, C1), a bidirectional override or isolate, or a line separator of Unicode.
#[must_use]
pub(crate) const fn is_unsafe(c: char) -> bool {
    matches!(c,
        '\0'..='\x1f' | '\x7f'..='\u{9f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}')
}

/// Replaces each unsafe character of `text` by a visible escape: `\n`, `\t`, `\r`, `\x1b`,
/// `\u{202e}`.
#[must_use]
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    // Printable ASCII is by far the most common, and the quickest to check.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) || !text.contains(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            c if is_unsafe(c) && c.is_ascii() => {
                let _ = write!(shown, "\\x{:02x}", u32::from(c));
            }
            c if is_unsafe(c) => {
                let _ = write!(shown, "\\u{{{:x}}}", u32::from(c));
            }
            c => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

/// Returns `text` with visible escapes, cut to `limit` characters, for a message that quotes it.
#[must_use]
pub(crate) fn excerpt(text: &str, limit: usize) -> String {
    let text = text.trim();
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", visible(&text[..end])),
        None => visible(text).into_owned(),
    }
}

/// Returns `path` for a message.
pub(crate) fn display_path(path: &Path) -> String {
    excerpt(&path.to_string_lossy(), 200)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn unsafe_characters_are_escaped() {
        let cases = [
            ("plain", "plain"),
            ("Grüße 世界 🎉", "Grüße 世界 🎉"),
            ("a\nb\r\tc", "a\\nb\\r\\tc"),
            ("\x1b[31mred", "\\x1b[31mred"),
            ("\u{9b}31m", "\\u{9b}31m"),
            ("\x7f", "\\x7f"),
            ("evil\u{202e}gpj.exe", "evil\\u{202e}gpj.exe"),
            ("\u{2066}\u{2029}", "\\u{2066}\\u{2029}"),
        ];
        for (text, shown) in cases {
            assert_eq!(visible(text), shown);
        }
    }

    #[test]
    fn excerpt_is_cut_between_characters() {
        assert_eq!(excerpt("  æøå\n ", 10), "æøå");
        assert_eq!(excerpt("æøåæøå", 3), "æøå…");
    }

    proptest! {
        #[test]
        fn escaped_text_is_safe(text in any::<String>()) {
            prop_assert!(!visible(&text).contains(is_unsafe));
        }

        #[test]
        fn safe_text_is_unchanged(text in "[a-zA-Z0-9 æøå世🎉|,;]*") {
            prop_assert_eq!(visible(&text), text.as_str());
        }
    }
}
