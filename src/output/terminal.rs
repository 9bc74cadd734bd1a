//! Control characters that a terminal must not get, and where output goes in place of it.

use crate::answer::xml::Encoding;
use crate::error::{Error, Kind, Result};
use crate::escape;
use crate::platform::Platform;

/// A way to get output that is not for a terminal.
pub(crate) const PIPE: &str = "pipe it";

/// Joins the ways to get output that is not for a terminal into a hint. On Windows a [`PIPE`] is
/// none: PowerShell before 7.4 takes all that goes through it for text, and writes it again.
pub(crate) fn hint(ways: &[&str], platform: Platform) -> String {
    let is_way = |way: &&str| platform != Platform::Windows || *way != PIPE;
    let ways: Vec<&str> = ways.iter().copied().filter(is_way).collect();
    match ways.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{}, or {last}", others.join(", ")),
        _ => ways.concat(),
    }
}

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
    fn hint_names_no_pipe_on_windows() {
        let hint = |ways: &[&str]| [Platform::Linux, Platform::Windows].map(|it| hint(ways, it));
        assert_eq!(hint(&["write it", PIPE]), ["write it, or pipe it", "write it"]);
        assert_eq!(
            hint(&[PIPE, "write it", "read it"]),
            ["pipe it, write it, or read it", "write it, or read it"]
        );
    }

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
