//! Finds the end of a JSON value without decoding it, and that of an expected text.

use serde::de::{Deserializer as _, IgnoredAny};

/// Objects and arrays below this depth are left to serde_json, which needs no recursion.
const MAX_DEPTH: usize = 16;

/// Returns the end of the value at `start`, which is valid JSON and UTF-8 up to there. `None` if
/// it is not, or if it may go on behind `bytes`.
///
/// The caller checks the rest: `1x` is skipped as far as `x`.
#[inline]
pub(super) fn skip_value(bytes: &[u8], start: usize) -> Option<usize> {
    skip_value_at(bytes, start, 0)
}

// Inlined into its two callers, which skip some million values.
#[inline(always)]
fn skip_value_at(bytes: &[u8], start: usize, depth: usize) -> Option<usize> {
    match *bytes.get(start)? {
        b'"' => skip_text(bytes, start + 1),
        b'n' => bytes[start..].starts_with(b"null").then_some(start + 4),
        b't' => bytes[start..].starts_with(b"true").then_some(start + 4),
        b'f' => bytes[start..].starts_with(b"false").then_some(start + 5),
        b'0'..=b'9' => {
            let end = start + count_digits(&bytes[start..]);
            match bytes.get(end)? {
                b'.' | b'e' | b'E' => skip_any(bytes, start),
                _ => (bytes[start] != b'0' || end == start + 1).then_some(end),
            }
        }
        b'-' => skip_any(bytes, start),
        b'[' | b'{' => skip_nested(bytes, start, depth),
        _ => None,
    }
}

/// Skips an object or array, which is `depth` deep in others.
fn skip_nested(bytes: &[u8], start: usize, depth: usize) -> Option<usize> {
    if depth == MAX_DEPTH {
        return skip_any(bytes, start);
    }
    let is_object = bytes[start] == b'{';
    let close = if is_object { b'}' } else { b']' };
    let mut position = skip_space(bytes, start + 1);
    if *bytes.get(position)? == close {
        return Some(position + 1);
    }
    loop {
        if is_object {
            position = skip_key(bytes, position)?;
        }
        position = skip_space(bytes, skip_value_at(bytes, position, depth + 1)?);
        match *bytes.get(position)? {
            b',' => position = skip_space(bytes, position + 1),
            byte if byte == close => return Some(position + 1),
            _ => return None,
        }
    }
}

/// Skips a key, its colon and the white space around that.
fn skip_key(bytes: &[u8], start: usize) -> Option<usize> {
    if *bytes.get(start)? != b'"' {
        return None;
    }
    let colon = skip_space(bytes, skip_text(bytes, start + 1)?);
    (*bytes.get(colon)? == b':').then(|| skip_space(bytes, colon + 1))
}

#[inline]
fn skip_space(bytes: &[u8], mut position: usize) -> usize {
    while let Some(b' ' | b'\t' | b'\n' | b'\r') = bytes.get(position) {
        position += 1;
    }
    position
}

/// Skips any value with the help of serde_json.
#[cold]
fn skip_any(bytes: &[u8], start: usize) -> Option<usize> {
    let mut parser = serde_json::Deserializer::from_slice(&bytes[start..]);
    parser.deserialize_ignored_any(IgnoredAny).ok()?;
    let end = start + parser.into_iter::<IgnoredAny>().byte_offset();
    // serde_json does not check the encoding of texts that it ignores.
    is_utf8(&bytes[start..end]).then_some(end)
}

/// Skips a text whose content begins at `start`, with its closing quote.
#[inline]
fn skip_text(bytes: &[u8], start: usize) -> Option<usize> {
    let (mut position, mut is_ascii) = (start, true);
    loop {
        position = skip_plain_text(bytes, position, &mut is_ascii);
        match bytes.get(position)? {
            b'"' => break,
            b'\\' => position = skip_escape(bytes, position)?,
            // A control character.
            _ => return None,
        }
    }
    (is_ascii || is_utf8(&bytes[start..position])).then_some(position + 1)
}

fn is_utf8(bytes: &[u8]) -> bool {
    simdutf8::basic::from_utf8(bytes).is_ok()
}

/// The byte 1 in each of eight bytes.
const ONES: u64 = u64::MAX / 255;

/// Returns the number of digits at the start of `bytes`.
#[inline(always)]
fn count_digits(bytes: &[u8]) -> usize {
    let Some(eight) = bytes.first_chunk() else {
        return bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    };
    // Digits become 0 to 9, and all other bytes more.
    let word = u64::from_le_bytes(*eight) ^ (ONES * u64::from(b'0'));
    let others = (word | ((word & (ONES * 0x7f)) + ONES * (0x80 - 10))) & (ONES << 7);
    if others != 0 {
        return others.trailing_zeros() as usize / 8;
    }
    bytes.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// Skips the escape whose backslash is at `position`.
fn skip_escape(bytes: &[u8], position: usize) -> Option<usize> {
    match bytes.get(position + 1)? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(position + 2),
        b'u' => {
            let digits = bytes.get(position + 2..position + 6)?;
            digits.iter().all(u8::is_ascii_hexdigit).then_some(position + 6)
        }
        _ => None,
    }
}

/// Returns the position of the first quote, backslash or control character from `position` on, or
/// the end. Clears `is_ascii` if other characters than ASCII may come before it.
#[inline]
fn skip_plain_text(bytes: &[u8], mut position: usize, is_ascii: &mut bool) -> usize {
    const HIGH_BITS: u64 = ONES << 7;
    let rest = bytes.get(position..).unwrap_or_default();
    let (eights, last) = rest.as_chunks();
    let mut high_bits = 0;
    // Eight bytes at a time: the lowest high bit that is left belongs to the first such byte.
    for eight in eights {
        let word = u64::from_le_bytes(*eight);
        let quote = (word ^ (ONES * u64::from(b'"'))).wrapping_sub(ONES);
        let backslash = (word ^ (ONES * u64::from(b'\\'))).wrapping_sub(ONES);
        let control = word.wrapping_sub(ONES * 0x20);
        high_bits |= word & HIGH_BITS;
        // For a byte that had its high bit set, the difference means nothing.
        let found = (quote | backslash | control) & !word & HIGH_BITS;
        if found != 0 {
            *is_ascii &= high_bits == 0;
            return position + found.trailing_zeros() as usize / 8;
        }
        position += 8;
    }
    *is_ascii &= high_bits == 0 && last.is_ascii();
    let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
    position + last.iter().position(is_special).unwrap_or(last.len())
}

/// Returns the end of `expected`, if `text` has it at `position`.
#[inline(always)]
pub(super) fn skip_expected(text: &[u8], position: usize, expected: &[u8]) -> Option<usize> {
    let end = position + expected.len();
    is_equal(text.get(position..end)?, expected).then_some(end)
}

/// Compares two texts of the same length, eight bytes at a time. A call of the C library, which
/// `==` is, takes longer for so few; musl's takes them one by one.
#[inline(always)]
fn is_equal(one: &[u8], other: &[u8]) -> bool {
    match (one.last_chunk::<8>(), other.last_chunk::<8>()) {
        (Some(last), Some(other_last)) => {
            let (chunks, _) = one.as_chunks::<8>();
            last == other_last && chunks.iter().zip(other.as_chunks::<8>().0).all(|(a, b)| a == b)
        }
        _ => one.iter().zip(other).all(|(a, b)| a == b),
    }
}
