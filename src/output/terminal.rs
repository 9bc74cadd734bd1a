//! What a terminal must not be given.

use crate::error::{Error, Kind, Result};
use crate::escape;

/// Refuses `bytes` that are for a machine where they would drive the terminal.
/// Line feeds, tabs and a carriage return at the end of a line do not.
///
/// # Errors
/// Of [`Kind::Output`]; what to do instead is for the caller to say.
pub fn check(bytes: &[u8], format: &str) -> Result<()> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}');
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let harmless = match c {
            '\n' | '\t' => true,
            '\r' => rest.peek() == Some(&'\n'),
            c => !escape::is_unsafe(c),
        };
        if !harmless {
            let shown = escape::visible(c.encode_utf8(&mut [0; 4])).into_owned();
            return Err(Error::new(
                Kind::Output,
                format!(
                    "the {format} holds {shown}, a control character that could drive this terminal"
                ),
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_drives_a_terminal_is_refused() {
        for fine in ["a,b\nc\td\n", "[\r\n{}\r\n]", "\u{feff}æ,世,🎉\n"] {
            assert!(check(fine.as_bytes(), "csv").is_ok(), "{fine:?}");
        }
        for bad in ["\x1b[2J", "a\rb", "\u{9b}1m", "\x7f", "\x08", "\u{202e}x"] {
            assert!(check(bad.as_bytes(), "csv").is_err(), "{bad:?}");
        }
    }
}
