//! A program with a session and a terminal of its own.

use std::fs::File;
use std::io::Write as _;
use std::process::{Child, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError};

use rustix::termios::tcgetattr;

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
        Some(Self { controller, child, output, transcript: String::new(), seen: 0, folder })
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

    /// Types `text`.
    pub fn send(&mut self, text: &str) {
        self.controller.write_all(text.as_bytes()).expect("a terminal");
    }

    /// Waits until the program has ended, and no process has the terminal open.
    pub fn wait(&mut self) -> ExitStatus {
        while self.receive() {}
        assert!(self.folder.path().is_dir());
        self.child.wait().expect("an end")
    }

    /// What the terminal has shown so far.
    pub fn transcript(&self) -> &str {
        &self.transcript
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
