//! What a terminal must not be given.

use crate::answer::xml::Encoding;
use crate::error::{Error, Kind, Result};
use crate::escape;

/// Refuses `bytes` that are for a machine where they would drive the terminal, in UTF-8 or in
/// the `encoding` that they name. Line feeds, tabs and a carriage return at the end of a line
/// do not.
///
/// # Errors
/// Of [`Kind::Output`]; what to do instead is for the caller to say.
pub fn check(bytes: &[u8], format: &str, encoding: &Encoding) -> Result<()> {
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
        let harmless = match c {
            '\n' | '\t' => true,
            '\r' => rest.peek() == Some(&'\n'),
            c => !escape::is_unsafe(c),
        };
        if !harmless {
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
    fn only_what_drives_a_terminal_is_refused() {
        for fine in ["a,b\nc\td\n", "[\r\n{}\r\n]", "\u{feff}æ,世,🎉\n"] {
            assert!(check(fine.as_bytes(), "csv", &Encoding::default()).is_ok(), "{fine:?}");
        }
        for bad in ["\x1b[2J", "a\rb", "\u{9b}1m", "\x7f", "\x08", "\u{202e}x"] {
            assert!(check(bad.as_bytes(), "csv", &Encoding::default()).is_err(), "{bad:?}");
        }
    }
}
