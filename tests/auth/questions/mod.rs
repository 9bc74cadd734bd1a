//! `auth login` at a terminal, where it asks for what no option gives.

mod ended;
mod existing;
mod online;
mod onsite;
mod terminals;
mod transcript;

use std::path::Path;
use std::process::ExitStatus;

use crate::support::session::Session;

const PROGRAM: &str = env!("CARGO_BIN_EXE_sotickets");

/// The kinds of terminals: with a cursor that moves, and without.
const TERMINALS: [&str; 2] = ["xterm-256color", "dumb"];

/// A person at a terminal, with folders for configuration and state.
struct Person {
    home: tempfile::TempDir,
    term: &'static str,
    columns: u16,
    variables: Vec<(&'static str, String)>,
}

impl Person {
    fn new(term: &'static str) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        Self { home, term, columns: 80, variables: Vec::new() }
    }

    fn columns(mut self, columns: u16) -> Self {
        self.columns = columns;
        self
    }

    fn variable(mut self, name: &'static str, value: &str) -> Self {
        self.variables.push((name, value.to_owned()));
        self
    }

    /// Writes the configuration file.
    fn configure(self, text: &str) -> Self {
        let folder = self.home.path().join("sotickets");
        std::fs::create_dir(&folder).expect("a folder");
        std::fs::write(folder.join("config.toml"), text).expect("a file");
        self
    }

    /// Starts `auth login --store file` with `arguments`; `None` without a terminal.
    fn login(&self, arguments: &[&str]) -> Option<Dialog> {
        self.start(&[&["auth", "login", "--store", "file"], arguments].concat())
    }

    /// Starts the program.
    fn start(&self, arguments: &[&str]) -> Option<Dialog> {
        let words = [&[PROGRAM], arguments].concat();
        let home = self.home.path().to_str().expect("UTF-8");
        let mut variables = vec![
            ("XDG_CONFIG_HOME", home),
            ("XDG_STATE_HOME", home),
            ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus"),
            ("NO_COLOR", "1"),
            ("TZ", "Europe/Oslo"),
            ("TERM", self.term),
        ];
        variables.extend(self.variables.iter().map(|(name, value)| (*name, value.as_str())));
        Session::start_at(self.columns, &words, &variables).map(Dialog)
    }

    fn configuration(&self) -> String {
        let file = self.home.path().join("sotickets/config.toml");
        std::fs::read_to_string(file).unwrap_or_default()
    }

    fn stored(&self, name: &str) -> Option<String> {
        std::fs::read_to_string(self.home.path().join("sotickets").join(name)).ok()
    }

    /// Asserts that nothing was written.
    fn assert_unchanged(&self) {
        let is_empty =
            |folder: &Path| std::fs::read_dir(folder).expect("a folder").next().is_none();
        assert!(is_empty(self.home.path()), "something was written");
    }
}

/// The questions and the answers.
struct Dialog(Session);

impl Dialog {
    /// Waits for `question`, and types `keys`.
    fn answer(&mut self, question: &str, keys: &str) {
        self.0.wait_for(question);
        self.0.send(keys);
    }

    fn wait_for(&mut self, text: &str) {
        self.0.wait_for(text);
    }

    /// Answers the questions about the profile as they suggest it.
    fn finish_profile(&mut self) {
        for question in ["Name of the profile", "Language", "Time zone", "default profile?"] {
            self.answer(question, "\r");
        }
    }

    /// Waits for the end, and asserts that the terminal is as it was before.
    fn end(&mut self) -> ExitStatus {
        let status = self.0.wait();
        assert_eq!(self.0.modes(), self.0.first_modes());
        let screen = self.0.screen();
        assert!(!screen.hide_cursor() && !screen.bracketed_paste(), "{}", self.0.transcript());
        status
    }

    /// Returns the text that the terminal shows.
    fn screen(&self) -> String {
        let screen = self.0.screen();
        let lines: Vec<String> =
            screen.contents().lines().map(|line| line.trim_end().to_owned()).collect();
        lines.join("\n")
    }
}
