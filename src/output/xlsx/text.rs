//! The texts of a workbook: cut to what a cell holds, and escaped for XML.

use std::borrow::Cow;
use std::io::Write as _;

use unicode_segmentation::GraphemeCursor;

/// The UTF-16 units that a cell holds.
pub(super) const MAX_UNITS: usize = 32_767;

/// Returns `text` as a cell holds it: cut to its first 32,767 UTF-16 units, and with line feeds
/// for carriage returns.
pub(super) fn fit(text: Cow<'_, str>) -> Cow<'_, str> {
    let text = with_line_feeds(text);
    match (end(&text), text) {
        (None, text) => text,
        (Some(end), Cow::Borrowed(text)) => Cow::Borrowed(&text[..end]),
        (Some(end), Cow::Owned(mut text)) => {
            text.truncate(end);
            Cow::Owned(text)
        }
    }
}

/// Returns whether a cell cuts `text`.
pub(super) fn is_cut(text: &str) -> bool {
    text.len() > MAX_UNITS && end(&with_line_feeds(Cow::Borrowed(text))).is_some()
}

fn with_line_feeds(text: Cow<'_, str>) -> Cow<'_, str> {
    match memchr::memchr(b'\r', text.as_bytes()) {
        Some(_) => Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")),
        None => text,
    }
}

/// Returns where `text`, which has no carriage returns, is to be cut: before a character that a
/// reader sees as one, such as an emoji of several. `None` if it fits.
fn end(text: &str) -> Option<usize> {
    /// A longer character is cut inside.
    const MAX_CHARACTER: usize = 256;
    if text.len() <= MAX_UNITS {
        return None;
    }
    let mut units = 0;
    let (cut, _) = text.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > MAX_UNITS
    })?;
    let mut cursor = GraphemeCursor::new(cut, text.len(), true);
    if cursor.is_boundary(text, 0) == Ok(true) {
        return Some(cut);
    }
    let before = cursor.prev_boundary(text, 0).ok().flatten();
    Some(before.filter(|before| cut - before <= MAX_CHARACTER).unwrap_or(cut))
}

/// Appends the element `<t>` with `text`.
///
/// Characters that XML cannot hold become `_xHHHH_`, which the standard (ECMA-376, part 1,
/// 22.9.2.19) reads as an escape. So an underscore that would begin one by chance is escaped too.
pub(super) fn write(text: &str, xml: &mut Vec<u8>) {
    let is_space = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_whitespace);
    let bytes = text.as_bytes();
    if is_space(bytes.first()) || is_space(bytes.last()) {
        xml.extend_from_slice(b"<t xml:space=\"preserve\">");
    } else {
        xml.extend_from_slice(b"<t>");
    }
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| SPECIAL[usize::from(byte)]) {
        xml.extend_from_slice(&rest.as_bytes()[..at]);
        rest = &rest[at..];
        let Some(c) = rest.chars().next() else { break };
        let length = c.len_utf8();
        match c {
            '&' => xml.extend_from_slice(b"&amp;"),
            '<' => xml.extend_from_slice(b"&lt;"),
            '>' => xml.extend_from_slice(b"&gt;"),
            '_' if begins_escape(rest) => xml.extend_from_slice(b"_x005F_"),
            c if is_escaped(c) => {
                // Memory takes it all.
                let _ = write!(xml, "_x{:04X}_", u32::from(c));
            }
            _ => xml.extend_from_slice(&rest.as_bytes()[..length]),
        }
        rest = &rest[length..];
    }
    xml.extend_from_slice(rest.as_bytes());
    xml.extend_from_slice(b"</t>");
}

/// For each byte, whether it begins a character that may be escaped.
const SPECIAL: [bool; 256] = {
    let mut special = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        special[byte] = true;
        byte += 1;
    }
    special[b'\t' as usize] = false;
    special[b'\n' as usize] = false;
    special[b'&' as usize] = true;
    special[b'<' as usize] = true;
    special[b'>' as usize] = true;
    special[b'_' as usize] = true;
    // The first byte of U+FFFE and U+FFFF.
    special[0xef] = true;
    special
};

/// Returns whether XML cannot hold `c`, or would change it.
fn is_escaped(c: char) -> bool {
    (c < ' ' && c != '\t' && c != '\n') || matches!(c, '\u{fffe}' | '\u{ffff}')
}

/// Returns whether `text`, which begins with an underscore, would be read as an escape. Its last
/// underscore may be that of an escape that follows.
fn begins_escape(text: &str) -> bool {
    let Some((digits, rest)) = text.strip_prefix("_x").and_then(|rest| rest.split_at_checked(4))
    else {
        return false;
    };
    digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        && rest.starts_with(|c| c == '_' || is_escaped(c))
}
