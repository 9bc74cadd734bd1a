//! A text with its escapes undone, and the position of each character in the original.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use unicode_width::UnicodeWidthChar as _;

use super::Secret;

/// A text whose characters know their position in the original.
pub(super) struct DecodedText(Vec<Located>);

/// A character with its first byte in the original and the byte after its last one.
#[derive(Clone, Copy, Hash)]
struct Located {
    c: char,
    start: usize,
    end: usize,
}

/// The number of times that a text may have been escaped.
const MAX_LEVELS: usize = 4;

/// Returns the character that a text begins with in an escaped form, and the length of that.
type Unescape = fn(&[Located]) -> Option<(char, usize)>;

impl DecodedText {
    /// Calls `visit` with `text` as it is, and with each form that it has after a few of the
    /// escapes are undone. One kind at a time, because what is left may look like another one.
    /// Few forms are held at once: a text may be long.
    pub(super) fn for_each_decoding(text: &str, mut visit: impl FnMut(&Self)) {
        let located = |(start, c): (usize, char)| Located { c, start, end: start + c.len_utf8() };
        let text = Self(text.char_indices().map(located).collect());
        text.visit_decodings(MAX_LEVELS, &mut HashSet::new(), &mut visit);
    }

    fn visit_decodings(
        &self,
        levels: usize,
        visited: &mut HashSet<u64>,
        visit: &mut impl FnMut(&Self),
    ) {
        const KINDS: [Unescape; 3] = [percent, backslash, entity];
        let mut hasher = DefaultHasher::new();
        self.0.hash(&mut hasher);
        if !visited.insert(hasher.finish()) {
            return;
        }
        visit(self);
        for kind in KINDS.into_iter().filter(|_| levels > 0) {
            if let Some(decoded) = self.unescape(kind) {
                decoded.visit_decodings(levels - 1, visited, visit);
            }
        }
    }

    /// Returns the text without blanks, and without tags as well, if there are any. Both, since
    /// an angle bracket may be a part of a secret.
    pub(super) fn stripped(&self) -> Vec<Self> {
        let compact =
            |text: &Self| Self(text.0.iter().filter(|it| !is_blank(it.c)).copied().collect());
        let tagless = self.map(|rest| tag(rest).map(|length| (None, length)));
        let mut forms = vec![compact(self)];
        if tagless.0.len() < self.0.len() {
            forms.push(compact(&tagless));
        }
        forms.retain(|form| form.0.len() < self.0.len());
        forms
    }

    pub(super) fn to_secret(&self) -> Secret {
        Secret::new(self.0.iter().map(|it| it.c).collect())
    }

    /// Adds start and end in the original of each of `secrets` to `found`.
    pub(super) fn find(&self, secrets: &[&Secret], found: &mut Vec<(usize, usize)>) {
        for secret in secrets {
            let Some(start) = secret.expose().chars().next() else { continue };
            let starts = self.0.iter().enumerate().filter(|(_, it)| matches(it.c, start));
            for (index, first) in starts {
                let mut rest = self.0[index..].iter();
                let is_it =
                    secret.expose().chars().all(|c| rest.next().is_some_and(|it| matches(it.c, c)));
                if is_it {
                    let length = self.0.len() - index - rest.len();
                    found.push((first.start, self.0[index + length - 1].end));
                }
            }
        }
    }

    /// Undoes one level of escapes of a `kind`; `None` without any.
    fn unescape(&self, kind: Unescape) -> Option<Self> {
        let text = self.map(|rest| kind(rest).map(|(c, length)| (Some(c), length)));
        (text.0.len() < self.0.len()).then_some(text)
    }

    /// Replaces the beginning of each rest of the text for which `replace` returns a character,
    /// or none, and the number of characters that it takes.
    fn map(&self, replace: impl Fn(&[Located]) -> Option<(Option<char>, usize)>) -> Self {
        let mut text = Vec::with_capacity(self.0.len());
        let mut rest = self.0.as_slice();
        while let Some(first) = rest.first() {
            let (c, length) = replace(rest).unwrap_or((Some(first.c), 1));
            let (replaced, after) = rest.split_at(length);
            let end = replaced.last().map_or(first.end, |last| last.end);
            text.extend(c.map(|c| Located { c, start: first.start, end }));
            rest = after;
        }
        Self(text)
    }
}

/// Returns true if the character `found` of a text may be `c` of a secret: in either case, or
/// lost on the way.
fn matches(found: char, c: char) -> bool {
    let is_lost = matches!(found, '?' | char::REPLACEMENT_CHARACTER) && !c.is_ascii();
    found.eq_ignore_ascii_case(&c) || is_lost || (found == '+' && c == ' ')
}

/// Returns true for white space, a control character, and one that takes no room.
fn is_blank(c: char) -> bool {
    const SOFT_HYPHEN: char = '\u{ad}';
    c.is_whitespace() || c.width().unwrap_or_default() == 0 || c == SOFT_HYPHEN
}

/// Returns the length of the HTML tag that `text` begins with. It ends before the next one
/// begins, so that a search for all of them goes through the text once.
fn tag(text: &[Located]) -> Option<usize> {
    let [Located { c: '<', .. }, inside @ ..] = text else { return None };
    let first = inside.first()?.c;
    let end = inside.iter().position(|it| matches!(it.c, '<' | '>'))?;
    let is_tag = inside[end].c == '>' && (first.is_ascii_alphabetic() || "/!?".contains(first));
    is_tag.then_some(end + 2)
}

/// Decodes `%C3%A9`, or UTF-8 whose bytes were taken for a character each.
fn percent(text: &[Located]) -> Option<(char, usize)> {
    match text.first()?.c {
        '%' => utf8(text, 3, |unit| match unit {
            [Located { c: '%', .. }, digits @ ..] => u8::try_from(hexadecimal(digits, 2)?).ok(),
            _ => None,
        }),
        '\u{80}'..='\u{ff}' => utf8(text, 1, |unit| u8::try_from(unit.first()?.c).ok()),
        _ => None,
    }
}

/// Returns the character whose UTF-8 `text` begins with; `byte` parses the `width` characters
/// of one byte.
fn utf8(
    text: &[Located],
    width: usize,
    byte: impl Fn(&[Located]) -> Option<u8>,
) -> Option<(char, usize)> {
    let mut bytes = Vec::new();
    for unit in text.chunks(width).take(4) {
        bytes.push(byte(unit)?);
        if let Ok(decoded) = std::str::from_utf8(&bytes) {
            return Some((decoded.chars().next()?, bytes.len() * width));
        }
    }
    None
}

/// Decodes `\"`, `\n`, `\u00e9`.
fn backslash(text: &[Located]) -> Option<(char, usize)> {
    let unit = |at: usize| match text.get(at..)? {
        [Located { c: '\\', .. }, Located { c: 'u', .. }, digits @ ..] => {
            u16::try_from(hexadecimal(digits.get(..4)?, 4)?).ok()
        }
        _ => None,
    };
    if let Some(first) = unit(0) {
        let units = [Some(first), unit(6)];
        let decoded = char::decode_utf16(units.into_iter().flatten()).next()?.ok()?;
        return Some((decoded, 6 * decoded.len_utf16()));
    }
    let [Located { c: '\\', .. }, Located { c, .. }, ..] = text else { return None };
    let c = match c {
        '"' | '\\' | '/' | '\'' => *c,
        'b' | 'f' | 'v' => '\x0b',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        _ => return None,
    };
    Some((c, 2))
}

fn hexadecimal(digits: &[Located], count: usize) -> Option<u32> {
    let digits: String = digits.iter().map(|it| it.c).collect();
    let is_number = digits.len() == count && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_number.then(|| u32::from_str_radix(&digits, 16).ok())?
}

/// The longest entity that is looked at, such as `&ZeroWidthSpace;`.
const MAX_ENTITY: usize = 16;

/// The entities of blanks.
const BLANKS: [&str; 13] = [
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

/// Decodes `&lt;`, `&#60;`, `&#x3C;`. An unknown name may be any character beyond ASCII: there are
/// hundreds.
fn entity(text: &[Located]) -> Option<(char, usize)> {
    let [Located { c: '&', .. }, name @ ..] = text else { return None };
    let end = name.iter().take(MAX_ENTITY).position(|it| it.c == ';')?;
    let name: String = name[..end].iter().map(|it| it.c).collect();
    let c = match (name.as_str(), name.strip_prefix('#')) {
        (_, Some(number)) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)?
        }
        ("amp", _) => '&',
        ("lt", _) => '<',
        ("gt", _) => '>',
        ("quot", _) => '"',
        ("apos", _) => '\'',
        (name, _) if BLANKS.contains(&name) => ' ',
        (name, _) => {
            let is_name = !name.is_empty() && name.bytes().all(|it| it.is_ascii_alphanumeric());
            is_name.then_some(char::REPLACEMENT_CHARACTER)?
        }
    };
    Some((c, end + 2))
}
