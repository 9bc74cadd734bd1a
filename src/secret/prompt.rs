//! A prompt at the terminal whose input is hidden.

use std::io;
use std::time::Duration;

use crossterm::event;

/// Asks for `label` at the terminal, with a capital, and returns the line without its end; `None`
/// if the input ends.
pub(crate) fn ask(label: &str) -> io::Result<Option<String>> {
    let (first, rest) = label.split_at(label.chars().next().map_or(0, char::len_utf8));
    let question = format!("{}{rest}: ", first.to_uppercase());
    #[cfg(unix)]
    return unix::ask(&question);
    #[cfg(not(unix))]
    return ask_hidden(question);
}

/// Discards the keys that were pressed before a question: nobody had read it.
pub(crate) fn discard_events() {
    while event::poll(Duration::ZERO).is_ok_and(|is_pending| is_pending) {
        if event::read().is_err() {
            break;
        }
    }
}

/// Asks `question` with the prompt of rpassword.
#[cfg(not(unix))]
fn ask_hidden(question: String) -> io::Result<Option<String>> {
    discard_events();
    match rpassword::prompt_password(question) {
        Ok(line) => Ok(Some(line)),
        // Ctrl-D at once; and Ctrl-C, whose signal ends the process unless it is ignored.
        Err(error) if is_end(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(not(unix))]
fn is_end(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::Interrupted)
}

/// The prompt of Unix. rpassword would end this process alone on Ctrl-C, and leave the terminal
/// without echo.
#[cfg(unix)]
mod unix {
    use std::fs::File;
    use std::io::{self, Read as _, Write as _};

    use rustix::process::Signal;
    use rustix::termios::{LocalModes, SpecialCodeIndex, Termios};

    use crate::terminal_modes::{self, RestoreOnDrop};

    pub(crate) fn ask(text: &str) -> io::Result<Option<String>> {
        let (terminal, original) = terminal_modes::open()?;
        Question { terminal, original, text }.read()
    }

    struct Question<'a> {
        terminal: File,
        original: Termios,
        text: &'a str,
    }

    impl Question<'_> {
        /// Hides the input and prints the question.
        ///
        /// The terminal does not assemble lines, because it cuts them off, at 1,024 bytes on
        /// macOS. It sends no signals either: the modes must be restored before a shell
        /// learns of one.
        fn begin(&mut self) -> io::Result<()> {
            let mut modes = self.original.clone();
            modes.local_modes.remove(
                LocalModes::ECHO | LocalModes::ECHONL | LocalModes::ICANON | LocalModes::ISIG,
            );
            modes.special_codes[SpecialCodeIndex::VMIN] = 1;
            modes.special_codes[SpecialCodeIndex::VTIME] = 0;
            terminal_modes::change(&self.terminal, &self.original, &modes, "\n")?;
            self.terminal.write_all(self.text.as_bytes())
        }

        /// Reads the answer up to the end of its line, a byte at a time: further input is not
        /// for this question. The editing keys are those of the terminal.
        fn read(mut self) -> io::Result<Option<String>> {
            const BACKSPACE: [u8; 2] = [0x08, 0x7f];
            let _guard = RestoreOnDrop;
            self.begin()?;
            let keys = self.original.special_codes.clone();
            let is_key = |byte: u8, key| byte != 0 && keys[key] == byte;
            let mut line = Vec::new();
            loop {
                let mut byte = [0];
                self.terminal.read_exact(&mut byte)?;
                let [byte] = byte;
                if byte == b'\n' || byte == b'\r' {
                    break;
                } else if let Some(signal) = self.signal(byte) {
                    self.raise(signal)?;
                    line.clear();
                } else if is_key(byte, SpecialCodeIndex::VEOF) {
                    if line.is_empty() {
                        return Ok(None);
                    }
                } else if BACKSPACE.contains(&byte) || is_key(byte, SpecialCodeIndex::VERASE) {
                    while line.pop().is_some_and(|byte| byte & 0xc0 == 0x80) {}
                } else if is_key(byte, SpecialCodeIndex::VKILL) {
                    line.clear();
                } else if is_key(byte, SpecialCodeIndex::VWERASE) {
                    let end = line.trim_ascii_end();
                    let word = end.iter().rposition(u8::is_ascii_whitespace);
                    line.truncate(word.map_or(0, |at| at + 1));
                } else {
                    line.push(byte);
                }
            }
            Ok(Some(String::from_utf8_lossy(&line).into_owned()))
        }

        /// Returns the signal that the terminal would send for `byte`.
        fn signal(&self, byte: u8) -> Option<Signal> {
            let keys = [
                (SpecialCodeIndex::VINTR, Signal::INT),
                (SpecialCodeIndex::VQUIT, Signal::QUIT),
                (SpecialCodeIndex::VSUSP, Signal::TSTP),
            ];
            let sends = self.original.local_modes.contains(LocalModes::ISIG) && byte != 0;
            let key = keys.iter().find(|(key, _)| self.original.special_codes[*key] == byte);
            key.filter(|_| sends).map(|(_, signal)| *signal)
        }

        /// Sends `signal` to the foreground group, as the terminal does, and asks again if the
        /// process continues.
        fn raise(&mut self, signal: Signal) -> io::Result<()> {
            terminal_modes::raise(&self.terminal, signal)?;
            self.begin()
        }
    }
}
