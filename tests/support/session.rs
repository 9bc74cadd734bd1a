//! A program with a session and a terminal of its own.

use std::fs::File;
use std::io::Write as _;
use std::num::NonZero;
use std::process::{Child, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError};

use rustix::process::{Pid, Signal, kill_process};
use rustix::termios::{InputModes, OptionalActions, tcgetattr, tcsetattr};

use super::{PATIENCE, programs, pty};

/// A program that runs as the leader of a session, with a terminal that it controls.
pub struct Session {
    controller: File,
    child: Child,
    output: Receiver<Vec<u8>>,
    transcript: String,
    /// The length of the transcript that was waited for.
    seen: usize,
    /// Its current folder.
    folder: tempfile::TempDir,
    columns: u16,
    first_modes: String,
}

impl Session {
    /// Runs `words` with only `PATH` and these `variables`; `None`, with a line on standard error,
    /// if the machine has no terminals or no `setsid`.
    pub fn start(words: &[&str], variables: &[(&str, &str)]) -> Option<Self> {
        Self::start_at(80, words, variables)
    }

    /// Does the same at a terminal of so many `columns`.
    pub fn start_at(columns: u16, words: &[&str], variables: &[(&str, &str)]) -> Option<Self> {
        let Ok((controller, terminal)) = pty::open_cooked(columns) else {
            programs::skip("this machine gives no pseudo-terminal");
            return None;
        };
        // As a terminal of UTF-8 has it.
        let mut modes = tcgetattr(&terminal).expect("modes");
        modes.input_modes |= InputModes::IUTF8;
        tcsetattr(&terminal, OptionalActions::Now, &modes).expect("modes");
        let folder = tempfile::tempdir().expect("a folder");
        let copy = |file: &File| Stdio::from(file.try_clone().expect("a descriptor"));
        let child = programs::program("setsid")?
            .arg("--ctty")
            .args(words)
            .env_clear()
            .env("PATH", programs::path())
            .envs(variables.iter().copied())
            .current_dir(folder.path())
            .stdin(copy(&terminal))
            .stdout(copy(&terminal))
            .stderr(terminal)
            .spawn()
            .expect("setsid runs");
        let output = pty::follow(controller.try_clone().expect("a descriptor"));
        let (transcript, first_modes) = (String::new(), format!("{modes:?}"));
        Some(Self { controller, child, output, transcript, seen: 0, folder, columns, first_modes })
    }

    /// Waits until the terminal shows `text`, after the text that was waited for before.
    pub fn wait_for(&mut self, text: &str) {
        loop {
            if let Some(at) = self.transcript[self.seen..].find(text) {
                self.seen += at + text.len();
                return;
            }
            assert!(self.receive(), "the end came before {text:?}: {:?}", self.transcript);
        }
    }

    /// Waits for the end of the line, and returns the text up to it.
    pub fn line(&mut self) -> String {
        let start = self.seen;
        self.wait_for("\r\n");
        self.transcript[start..self.seen].trim_end().to_owned()
    }

    /// Types `text`.
    pub fn send(&mut self, text: &str) {
        self.send_bytes(text.as_bytes());
    }

    /// Types `bytes`, which need not be UTF-8.
    pub fn send_bytes(&mut self, bytes: &[u8]) {
        self.controller.write_all(bytes).expect("a terminal");
    }

    /// The modes of the terminal before the program began.
    pub fn first_modes(&self) -> &str {
        &self.first_modes
    }

    /// Sends `signal` to the program.
    pub fn kill(&self, signal: Signal) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, signal).expect("a process");
    }

    /// Waits until the program has ended, and no process has the terminal open.
    pub fn wait(&mut self) -> ExitStatus {
        while self.receive() {}
        assert!(self.folder.path().is_dir());
        self.child.wait().expect("an end")
    }

    /// Returns the text that the terminal has shown so far.
    pub fn transcript(&self) -> &str {
        &self.transcript
    }

    /// Returns the screen of a terminal after the transcript; it has no more than 50 rows.
    pub fn screen(&self) -> vt100::Screen {
        let size = |count| NonZero::new(count).expect("a terminal has a size");
        let mut parser = vt100::Parser::new(size(50), size(self.columns), 0);
        parser.process(self.transcript.as_bytes());
        parser.screen().clone()
    }

    /// Returns the number of the program's process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The modes of the terminal.
    pub fn modes(&self) -> String {
        format!("{:?}", tcgetattr(&self.controller).expect("a terminal"))
    }

    /// Takes more of the output; false at its end.
    fn receive(&mut self) -> bool {
        let received = self.output.recv_timeout(PATIENCE);
        let is_late = received == Err(RecvTimeoutError::Timeout);
        if is_late {
            let _ = self.child.kill();
        }
        assert!(!is_late, "nothing more came: {:?}", self.transcript);
        let Ok(bytes) = received else { return false };
        self.transcript.push_str(&String::from_utf8_lossy(&bytes));
        true
    }
}
