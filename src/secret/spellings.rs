//! The spellings of a secret that a server sends back: base64, and escaped characters.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::Secret;

/// The shortest base64 that is masked. Shorter ones occur in any text.
const SHORTEST: usize = 6;

/// Returns the base64 of `secret` inside an encoded text, after any text before it.
pub(crate) fn in_base64(secret: &str) -> Vec<Secret> {
    let mut forms: Vec<Secret> = Vec::new();
    for before in 0..3 {
        for form in [core(secret, before, &STANDARD_NO_PAD), core(secret, before, &URL_SAFE_NO_PAD)]
        {
            let is_new = forms.iter().all(|known| known.expose() != form.expose());
            if form.expose().len() >= SHORTEST && is_new {
                forms.push(form);
            }
        }
    }
    forms
}

/// Returns the characters that depend on `secret` alone, with `before` bytes before it.
fn core(secret: &str, before: usize, engine: &impl Engine) -> Secret {
    let mut bytes = vec![0; before];
    bytes.extend_from_slice(secret.as_bytes());
    let encoded = Secret::new(engine.encode(&bytes));
    // A character holds six bits.
    let decided = (before * 8).div_ceil(6)..bytes.len() * 8 / 6;
    Secret::new(encoded.expose().get(decided).unwrap_or_default().to_owned())
}

/// The most readings of a text that are followed. More are a row of backslashes, not a secret.
const READINGS: usize = 64;

/// Returns the end of a `secret` that begins at `start` of `text`, with each character as it
/// is or escaped, in either case.
pub(crate) fn end(text: &str, start: usize, secret: &str) -> Option<usize> {
    let mut chars = secret.chars();
    let mut ends = Vec::new();
    for_each_spelling(&text[start..], chars.next()?, &mut |length| ends.push(start + length));
    for c in chars {
        if ends.is_empty() {
            return None;
        }
        // There is more than one way to read an escape of an escape.
        let mut next = Vec::new();
        for at in ends {
            for_each_spelling(&text[at..], c, &mut |length| next.push(at + length));
        }
        next.sort_unstable();
        next.dedup();
        next.truncate(READINGS);
        ends = next;
    }
    ends.pop()
}

/// The number of times that an escape may have been escaped again.
pub(crate) const MAX_NESTED_ESCAPES: usize = 3;

/// Calls `found` with the length of each beginning of `text` that may be `c`.
fn for_each_spelling(text: &str, c: char, found: &mut dyn FnMut(usize)) {
    let Some(first) = text.chars().next() else { return };
    let is_lost = matches!(first, '?' | char::REPLACEMENT_CHARACTER) && !c.is_ascii();
    if first.eq_ignore_ascii_case(&c) || is_lost || (c == ' ' && first == '+') {
        found(first.len_utf8());
    }
    match first {
        '%' => percent(text, c, found),
        '\\' => backslash(text, c, found),
        '&' => entity(text, c, found),
        '\u{80}'..='\u{ff}' => latin_1(text, c, found),
        _ => {}
    }
}

/// `%C3%A9`, `%25C3%25A9`.
fn percent(text: &str, c: char, found: &mut dyn FnMut(usize)) {
    let mut utf8 = [0; 4];
    let utf8 = c.encode_utf8(&mut utf8).as_bytes();
    let mut percent = "%".to_owned();
    for _ in 0..=MAX_NESTED_ESCAPES {
        let mut rest = text;
        let is_it = utf8.iter().all(|byte| {
            let Some(digits) = rest.strip_prefix(&percent).and_then(|rest| rest.get(..2)) else {
                return false;
            };
            rest = &rest[percent.len() + 2..];
            u8::from_str_radix(digits, 16).is_ok_and(|found| found.eq_ignore_ascii_case(byte))
        });
        if is_it {
            found(text.len() - rest.len());
        }
        percent.push_str("25");
    }
}

/// `\"`, `\u00e9`, `\\u00e9`.
fn backslash(text: &str, c: char, found: &mut dyn FnMut(usize)) {
    let run = text.bytes().take(1 << MAX_NESTED_ESCAPES).take_while(|byte| *byte == b'\\').count();
    if c == '\\' {
        (1..=MAX_NESTED_ESCAPES)
            .map(|level| 1 << level)
            .filter(|length| *length <= run)
            .for_each(&mut *found);
    }
    if text[run..].starts_with(c) {
        found(run + c.len_utf8());
    }
    let (backslashes, mut rest) = text.split_at(run);
    let mut units = [0; 2];
    let is_it = c.encode_utf16(&mut units).iter().enumerate().all(|(number, unit)| {
        let unescaped = if number == 0 { Some(rest) } else { rest.strip_prefix(backslashes) };
        let digits = unescaped.and_then(|rest| rest.strip_prefix('u')?.split_at_checked(4));
        let Some((digits, after)) = digits else { return false };
        rest = after;
        u16::from_str_radix(digits, 16).is_ok_and(|found| found == *unit)
    });
    if is_it {
        found(text.len() - rest.len());
    }
}

/// The longest entity that is looked at: `#x0010FFFF;`.
const ENTITY: usize = 11;

/// `&lt;`, `&#60;`, `&#x3C;`, `&amp;lt;`.
fn entity(text: &str, c: char, found: &mut dyn FnMut(usize)) {
    let mut rest = &text[1..];
    for _ in 0..=MAX_NESTED_ESCAPES {
        let end = rest.bytes().take(ENTITY).position(|byte| byte == b';');
        if let Some(end) = end.filter(|end| names(&rest[..*end], c)) {
            found(text.len() - rest.len() + end + 1);
        }
        let Some(more) = rest.strip_prefix("amp;") else { return };
        rest = more;
    }
}

/// Returns true if the entity `name` is the character `c`. An unknown entity may be any
/// character beyond ASCII: there are hundreds.
fn names(name: &str, c: char) -> bool {
    if let Some(code) = numbered(name) {
        return code == u32::from(c);
    }
    match name {
        "amp" => c == '&',
        "lt" => c == '<',
        "gt" => c == '>',
        "quot" => c == '"',
        "apos" => c == '\'',
        name => !c.is_ascii() && name.bytes().all(|byte| byte.is_ascii_alphanumeric()),
    }
}

/// The character's number in the name of an entity, `#60` or `#x3C`.
pub(crate) fn numbered(name: &str) -> Option<u32> {
    let number = name.strip_prefix('#')?;
    match number.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => number.parse().ok(),
    }
}

/// The bytes of UTF-8 taken for a character each.
fn latin_1(text: &str, c: char, found: &mut dyn FnMut(usize)) {
    let mut utf8 = [0; 4];
    let utf8 = c.encode_utf8(&mut utf8).as_bytes();
    let mut chars = text.chars();
    if utf8.iter().all(|byte| chars.next() == Some(char::from(*byte))) {
        found(text.len() - chars.as_str().len());
    }
}
