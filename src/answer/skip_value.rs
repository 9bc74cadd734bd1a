//! Where a value of JSON ends, found without reading it.

use serde::de::{Deserializer as _, IgnoredAny};

use super::shape::MOST_KEPT;

/// Where the value ends that stands at `start`; `nested` is the object or array that
/// stood last behind the same key.
// Called at one place, for each of some million values.
#[inline(always)]
pub(super) fn value_end(bytes: &[u8], start: usize, nested: &mut Vec<u8>) -> Option<usize> {
    match *bytes.get(start)? {
        b'"' => text_end(bytes, start + 1),
        b'n' => bytes[start..].starts_with(b"null").then_some(start + 4),
        b't' => bytes[start..].starts_with(b"true").then_some(start + 4),
        b'f' => bytes[start..].starts_with(b"false").then_some(start + 5),
        b'0'..=b'9' => {
            let end = start + digits_in(&bytes[start..]);
            match bytes.get(end)? {
                b',' | b'}' if bytes[start] != b'0' || end == start + 1 => Some(end),
                _ => any_end(bytes, start),
            }
        }
        b'-' => any_end(bytes, start),
        b'[' | b'{' => nested_end(bytes, start, nested),
        // White space among others.
        _ => None,
    }
}

/// Where the object or array ends that stands at `start`. One like the `last` is known
/// to be sound; another takes its place.
fn nested_end(bytes: &[u8], start: usize, last: &mut Vec<u8>) -> Option<usize> {
    if !last.is_empty() && bytes[start..].starts_with(last) {
        return Some(start + last.len());
    }
    let end = any_end(bytes, start)?;
    last.clear();
    if end - start <= MOST_KEPT {
        last.extend_from_slice(&bytes[start..end]);
    }
    Some(end)
}

/// Where a value ends that may be anything, by the parser.
#[cold]
fn any_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut parser = serde_json::Deserializer::from_slice(&bytes[start..]);
    parser.deserialize_ignored_any(IgnoredAny).ok()?;
    let end = start + parser.into_iter::<IgnoredAny>().byte_offset();
    // The parser does not look into texts that it ignores.
    is_utf8(&bytes[start..end]).then_some(end)
}

/// Where the text ends, its quote taken along, which begins at `start`.
#[inline]
fn text_end(bytes: &[u8], start: usize) -> Option<usize> {
    let (mut position, mut is_ascii) = (start, true);
    loop {
        position = plain_end(bytes, position, &mut is_ascii);
        match bytes.get(position)? {
            b'"' => break,
            b'\\' => position = escape_end(bytes, position)?,
            // A control character.
            _ => return None,
        }
    }
    (is_ascii || is_utf8(&bytes[start..position])).then_some(position + 1)
}

fn is_utf8(bytes: &[u8]) -> bool {
    simdutf8::basic::from_utf8(bytes).is_ok()
}

/// How many digits `bytes` begins with.
#[inline(always)]
fn digits_in(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::MAX / 255;
    let Some(eight) = bytes.first_chunk() else {
        return bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    };
    // 0 to 9 for digits, and more for all else.
    let word = u64::from_le_bytes(*eight) ^ (ONES * u64::from(b'0'));
    let others = (word | ((word & (ONES * 0x7f)) + ONES * (0x80 - 10))) & (ONES << 7);
    if others != 0 {
        return others.trailing_zeros() as usize / 8;
    }
    bytes.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// Where what is escaped ends, whose backslash stands at `position`.
fn escape_end(bytes: &[u8], position: usize) -> Option<usize> {
    match bytes.get(position + 1)? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(position + 2),
        b'u' => {
            let digits = bytes.get(position + 2..position + 6)?;
            digits.iter().all(u8::is_ascii_hexdigit).then_some(position + 6)
        }
        _ => None,
    }
}

/// The first quote, backslash or control character from `position` on, or the end; and
/// `is_ascii` no more, where there may be others than ASCII before it.
#[inline]
fn plain_end(bytes: &[u8], mut position: usize, is_ascii: &mut bool) -> usize {
    const ONES: u64 = u64::MAX / 255;
    const HIGHS: u64 = ONES << 7;
    let rest = bytes.get(position..).unwrap_or_default();
    let (eights, last) = rest.as_chunks();
    let mut highs = 0;
    // Eight at a time: the lowest high bit that is left stands in the first such byte.
    for eight in eights {
        let word = u64::from_le_bytes(*eight);
        let quote = (word ^ (ONES * u64::from(b'"'))).wrapping_sub(ONES);
        let backslash = (word ^ (ONES * u64::from(b'\\'))).wrapping_sub(ONES);
        let control = word.wrapping_sub(ONES * 0x20);
        highs |= word & HIGHS;
        // Of a byte that had its high bit, the difference says nothing.
        let found = (quote | backslash | control) & !word & HIGHS;
        if found != 0 {
            *is_ascii &= highs == 0;
            return position + found.trailing_zeros() as usize / 8;
        }
        position += 8;
    }
    *is_ascii &= highs == 0 && last.is_ascii();
    let special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
    position + last.iter().position(special).unwrap_or(last.len())
}
