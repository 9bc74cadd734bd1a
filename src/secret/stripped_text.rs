//! A text without blanks and tags, which a server may have put between the characters of a secret.

use unicode_width::UnicodeWidthChar as _;

use super::Secret;
use super::spellings;

/// The beginning and the end of an HTML tag, as it is and escaped, in lower case.
const TAGS: [(&str, &str); 8] = [
    ("<", ">"),
    ("&lt;", "&gt;"),
    ("&amp;lt;", "&amp;gt;"),
    ("&#60;", "&#62;"),
    ("&#x3c;", "&#x3e;"),
    ("\\u003c", "\\u003e"),
    ("%3c", "%3e"),
    ("%253c", "%253e"),
];

/// A text without white space, control and zero-width characters, each as it is,
/// percent-encoded, or escaped for JSON or HTML.
pub(crate) struct StrippedText {
    text: String,
    /// The position of each byte in the original text.
    origins: Vec<usize>,
}

impl StrippedText {
    /// Strips `text`; returns `None` if there is nothing to leave out.
    pub(crate) fn new(text: &str) -> Option<Self> {
        Self::leaving_out(text, |at| blank(&text[at..]))
    }

    /// Strips HTML tags as well; returns `None` if there are none.
    pub(crate) fn without_tags(text: &str) -> Option<Self> {
        let lower = text.to_ascii_lowercase();
        let mut has_tags = false;
        let stripped = Self::leaving_out(text, |at| {
            let length = tag(&lower, at);
            has_tags |= length.is_some();
            length.or_else(|| blank(&text[at..]))
        });
        stripped.filter(|_| has_tags)
    }

    /// `text` without the pieces whose length `left_out` returns for their position.
    fn leaving_out(text: &str, mut left_out: impl FnMut(usize) -> Option<usize>) -> Option<Self> {
        let mut stripped = Self { text: String::new(), origins: Vec::new() };
        let mut at = 0;
        while let Some(c) = text[at..].chars().next() {
            if let Some(length) = left_out(at) {
                at += length;
            } else {
                stripped.text.push(c);
                stripped.origins.extend(at..at + c.len_utf8());
                at += c.len_utf8();
            }
        }
        (stripped.text.len() < text.len()).then_some(stripped)
    }

    /// The position in the original text where a secret of `secrets` ends that begins at
    /// `start` of it.
    pub(crate) fn end(&self, start: usize, secrets: &[Secret]) -> Option<usize> {
        let start = self.origins.binary_search(&start).ok()?;
        let ends = secrets.iter().filter_map(|it| spellings::end(&self.text, start, it.expose()));
        self.origins.get(ends.max()? - 1).map(|last| last + 1)
    }
}

/// Returns `secret` as it is in a stripped text: without blanks, and without what looks like
/// tags as well.
pub(crate) fn forms(secret: &str) -> Vec<Secret> {
    let compact: String = secret.chars().filter(|c| !is_blank(*c)).collect();
    let without_tags =
        StrippedText::without_tags(&compact).map(|stripped| Secret::new(stripped.text));
    without_tags.into_iter().chain([Secret::new(compact)]).collect()
}

/// White space, a control character, or one that takes no room.
fn is_blank(c: char) -> bool {
    const SOFT_HYPHEN: char = '\u{ad}';
    c.is_whitespace() || c.width().unwrap_or_default() == 0 || c == SOFT_HYPHEN
}

/// The length of the blank character that `text` begins with, in whatever form.
fn blank(text: &str) -> Option<usize> {
    let first = text.chars().next()?;
    match first {
        '%' => blank_in_percent(text),
        '\\' => blank_behind_backslash(text),
        '&' => blank_in_entity(text),
        first => is_blank(first).then_some(first.len_utf8()),
    }
}

/// `%0A`, `%250A`, `%E2%80%8B`.
fn blank_in_percent(text: &str) -> Option<usize> {
    let mut prefix = "%".to_owned();
    for _ in 0..=spellings::MAX_NESTED_ESCAPES {
        let mut utf8 = Vec::new();
        let mut rest = text;
        while utf8.len() < 4 {
            let encoded = rest.strip_prefix(&prefix).and_then(|rest| rest.split_at_checked(2));
            let Some((digits, after)) = encoded else { break };
            let Ok(byte) = u8::from_str_radix(digits, 16) else { break };
            utf8.push(byte);
            rest = after;
            if let Ok(decoded) = std::str::from_utf8(&utf8) {
                if decoded.chars().all(is_blank) {
                    return Some(text.len() - rest.len());
                }
                break;
            }
        }
        prefix.push_str("25");
    }
    None
}

/// `\n`, `\\n`, `\u200b`.
fn blank_behind_backslash(text: &str) -> Option<usize> {
    let rest = text.trim_start_matches('\\');
    let run = text.len() - rest.len();
    match rest.chars().next()? {
        'b' | 'f' | 'n' | 'r' | 't' | 'v' => Some(run + 1),
        'u' => {
            let digits = rest.get(1..5)?;
            let c = char::from_u32(u32::from_str_radix(digits, 16).ok()?)?;
            is_blank(c).then_some(run + 5)
        }
        _ => None,
    }
}

/// `&#10;`, `&#x200B;`, `&nbsp;`, `&amp;nbsp;`.
fn blank_in_entity(text: &str) -> Option<usize> {
    const NAMES: [&str; 13] = [
        "Tab",
        "NewLine",
        "nbsp",
        "ensp",
        "emsp",
        "thinsp",
        "shy",
        "zwnj",
        "zwj",
        "lrm",
        "rlm",
        "ZeroWidthSpace",
        "NoBreak",
    ];
    const LONGEST: usize = 16;
    let mut rest = &text[1..];
    for _ in 0..=spellings::MAX_NESTED_ESCAPES {
        let end = rest.bytes().take(LONGEST).position(|byte| byte == b';');
        if let Some(end) = end {
            let name = &rest[..end];
            let is_it = match spellings::numbered(name) {
                Some(code) => char::from_u32(code).is_some_and(is_blank),
                None => NAMES.contains(&name),
            };
            if is_it {
                return Some(text.len() - rest.len() + end + 1);
            }
        }
        rest = rest.strip_prefix("amp;")?;
    }
    None
}

/// The length of the tag at `start` of `text`, which is in lower case. A tag ends before
/// the next one begins, so that a search for all of them goes through the text once for
/// each form.
fn tag(text: &str, start: usize) -> Option<usize> {
    let text = &text[start..];
    if !text.starts_with(['<', '&', '\\', '%']) {
        return None;
    }
    let (open, close) = TAGS.iter().find(|(open, _)| text.starts_with(open))?;
    let inside = &text[open.len()..];
    if !inside.starts_with(|c: char| c.is_ascii_alphabetic() || "/!?\\%".contains(c)) {
        return None;
    }
    let inside = inside.find(open).map_or(inside, |next| &inside[..next]);
    inside.find(close).map(|end| open.len() + end + close.len())
}
