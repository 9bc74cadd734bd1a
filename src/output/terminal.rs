//! Control characters that a terminal must not get.

use crate::answer::xml::Encoding;
use crate::error::{Error, Kind, Result};
use crate::escape;

/// Refuses `bytes` for a terminal if they contain control characters, in UTF-8 or in the
/// `encoding` that they declare. Line feeds, tabs and carriage returns at the end of a line are
/// allowed. `format` is the name of the output in the message.
///
/// # Errors
/// An error of [`Kind::Output`]. The caller adds a hint.
pub(crate) fn check(bytes: &[u8], format: &str, encoding: &Encoding) -> Result<()> {
    let refused = |what: &str, why: &str| {
        let message = format!("the {format} holds {what}, {why} that could drive this terminal");
        Err(Error::new(Kind::Output, message))
    };
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.trim_start_matches('\u{feff}'),
        Err(error) => {
            let byte = bytes[error.valid_up_to()];
            return refused(&format!("\\x{byte:02x}"), "a byte outside of UTF-8");
        }
    };
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let is_allowed = match c {
            '\n' | '\t' => true,
            '\r' => rest.peek() == Some(&'\n'),
            c => !escape::is_unsafe(c),
        };
        if !is_allowed {
            return refused(&escape::visible(c.encode_utf8(&mut [0; 4])), "a control character");
        }
    }
    let c1 = bytes.iter().find(|byte| matches!(byte, 0x80..=0x9f));
    match (encoding.with_c1(), c1) {
        (Some(name), Some(byte)) => {
            let name = escape::excerpt(name, 40);
            refused(&format!("\\x{byte:02x}"), &format!("a control character in {name}"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_refused() {
        for fine in ["a,b\nc\td\n", "[\r\n{}\r\n]", "\u{feff}æ,世,🎉\n"] {
            assert!(check(fine.as_bytes(), "csv", &Encoding::default()).is_ok(), "{fine:?}");
        }
        for bad in ["\x1b[2J", "a\rb", "\u{9b}1m", "\x7f", "\x08", "\u{202e}x"] {
            assert!(check(bad.as_bytes(), "csv", &Encoding::default()).is_err(), "{bad:?}");
        }
    }
}
