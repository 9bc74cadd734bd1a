//! A terminal's screen: collects output as long as all of it can be seen at once.

use std::io::{self, Write};

use crate::output::text::width;

/// Collects output, and fails once it has more rows than fit.
pub(super) struct Screen {
    /// The width of the terminal.
    columns: usize,
    /// The rows that are left.
    rows: usize,
    bytes: Vec<u8>,
    /// The start of the last line.
    line: usize,
    is_full: bool,
}

impl Screen {
    /// Creates an empty screen of a terminal, whose last row is for the prompt of the shell.
    pub(super) const fn new(columns: usize, height: usize) -> Self {
        let rows = height.saturating_sub(1);
        Self { columns, rows, bytes: Vec::new(), line: 0, is_full: false }
    }

    /// Returns true if there was more output than fits.
    pub(super) const fn is_full(&self) -> bool {
        self.is_full
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.bytes.extend_from_slice(line);
            if !line.ends_with(b"\n") {
                break;
            }
            let text = String::from_utf8_lossy(&self.bytes[self.line..]);
            let width = width::measure(&without_escapes(text.trim_end_matches('\n')));
            let rows = width.div_ceil(self.columns.max(1)).max(1);
            self.line = self.bytes.len();
            self.is_full |= rows > self.rows;
            if self.is_full {
                return Err(io::Error::other("the screen is full"));
            }
            self.rows -= rows;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Returns `text` without the escape sequences of color and of links.
fn without_escapes(text: &str) -> String {
    let mut parts = text.split('\x1b');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        // A color ends with its `m`. A link ends with `\`, after the next escape.
        let end = match part.as_bytes().first() {
            Some(b'[') => part.find('m').map(|at| at + 1),
            Some(b'\\') => Some(1),
            _ => None,
        };
        plain.push_str(&part[end.unwrap_or(part.len())..]);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_full(columns: usize, height: usize, text: &str) -> bool {
        let mut screen = Screen::new(columns, height);
        let written = screen.write_all(text.as_bytes());
        assert_eq!(written.is_err(), screen.is_full());
        assert!(screen.is_full() || screen.bytes() == text.as_bytes());
        screen.is_full()
    }

    #[test]
    fn last_row_is_for_the_prompt() {
        assert!(!is_full(80, 4, "a\nb\nc\n"));
        assert!(is_full(80, 3, "a\nb\nc\n"));
        assert!(is_full(80, 0, "a\n"));
    }

    #[test]
    fn wide_line_takes_several_rows() {
        assert!(!is_full(4, 4, "abcd\n世界\n\n"));
        assert!(!is_full(4, 3, "abcdefgh\n"));
        assert!(is_full(4, 3, "abcdefghi\n"));
        assert!(is_full(4, 2, "世界!\n"));
    }

    #[test]
    fn color_and_links_have_no_width() {
        let link = "\x1b]8;;https://crm.example.com/1\x1b\\12\x1b]8;;\x1b\\";
        assert_eq!(without_escapes(link), "12");
        assert_eq!(without_escapes("\x1b[1mab\x1b[0mcd\x1b[2m"), "abcd");
        assert!(!is_full(4, 2, &format!("{link}\x1b[1m34\x1b[0m\n")));
    }

    #[test]
    fn line_may_come_in_parts() {
        let mut screen = Screen::new(4, 3);
        for part in ["ab", "cd", "ef\n", ""] {
            screen.write_all(part.as_bytes()).expect("room");
        }
        assert!(screen.write_all(b"x\n").is_err());
    }
}
