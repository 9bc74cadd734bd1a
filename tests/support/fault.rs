//! The fault matrix: faults of a server or of the network, and the program's reaction to each.

use std::time::Duration;

use assert_cmd::Command;

use super::out_file::OutFile;
use super::wine::sample_under_wine;
use super::{Run, TOKEN, sotickets, tcp_server};

/// The matrix as docs/security.md shows it.
const DOCUMENTED: &str = include_str!("../../docs/security.md");

/// Each fault is tested in these formats at least: raw bytes, and cells.
const FORMATS: [&str; 3] = ["csv", "json", "table"];

/// A fault, with its exit code and the first line of standard error.
#[derive(Clone, Copy)]
pub struct Fault {
    name: &'static str,
    code: i32,
    message: &'static str,
    arguments: &'static [&'static str],
}

impl Fault {
    /// `message`, or each of those with ` / ` between them, without the word before it and with
    /// `HOST:PORT`. A `…` at its end stands for text of the operating system, or for text that
    /// differs from case to case.
    pub const fn new(name: &'static str, code: i32, message: &'static str) -> Self {
        Self { name, code, message, arguments: &[] }
    }

    /// An unusual but valid answer: it is printed, without a message.
    pub const fn sound(name: &'static str) -> Self {
        Self::new(name, 0, "")
    }

    /// Tests it with these arguments.
    pub const fn with(mut self, arguments: &'static [&'static str]) -> Self {
        self.arguments = arguments;
        self
    }

    /// Tests it at `url`, in each format, and once with a file.
    pub fn at(&self, url: &str) {
        for format in FORMATS {
            self.meet(url, format);
        }
        self.leaves_the_file(url, FORMATS[0]);
    }

    /// Tests it in an answer of these bytes.
    pub fn in_answer(&self, bytes: impl Into<Vec<u8>>) {
        self.at(&tcp_server::answering(bytes));
    }

    /// Tests it in an answer of these bytes, in `format`.
    pub fn in_answer_as(&self, format: &str, bytes: impl Into<Vec<u8>>) {
        self.meet(&tcp_server::answering(bytes), format);
    }

    /// Tests it in each of these answers, in alternating formats, and every fourth time with a
    /// file.
    pub fn in_each(&self, answers: impl IntoIterator<Item = Vec<u8>>) {
        let answers = sample_under_wine(answers);
        for (number, (bytes, format)) in answers.zip(FORMATS.iter().cycle()).enumerate() {
            let url = tcp_server::answering(bytes);
            self.meet(&url, format);
            if number % 4 == 0 {
                self.leaves_the_file(&url, format);
            }
        }
    }

    /// Tests an unusual answer, which must be printed as `expected` in `format`.
    pub fn prints(&self, bytes: impl Into<Vec<u8>>, format: &str, expected: &str) {
        let run = self.run(&tcp_server::answering(bytes), format);
        assert_eq!(run.to_string(), format!("{expected}--- exit code 0"), "{}", self.name);
        self.documented();
    }

    /// Tests an answer that is not the first, which must be printed as `expected`; only the wait is
    /// reported.
    pub fn prints_in_the_end(&self, url: &str, format: &str, expected: &str) {
        let run = self.run(url, format);
        assert_eq!((run.code, run.stdout.as_str()), (0, expected), "{}: {run}", self.name);
        assert!(run.stderr.lines().all(is_notice), "{}: {run}", self.name);
        self.documented();
    }

    /// Runs `get 839` against `url` and compares the run with the expected one.
    fn meet(&self, url: &str, format: &str) {
        let run = self.run(url, format);
        let name = self.name;
        let place = url.split_once("//").map_or(url, |(_, place)| place);
        assert_eq!((run.code, run.stdout.as_str()), (self.code, ""), "{name}, {format}: {run}");
        let mut lines = run.stderr.lines().skip_while(|line| is_notice(line));
        let first = lines.next().unwrap_or_default().replace(place, "HOST:PORT");
        let message = first.strip_prefix("error: ").unwrap_or(&first);
        assert!(
            self.message.split(" / ").any(|known| matches(message, known)),
            "{name}, {format}: {run}"
        );
        let mut lines = lines.peekable();
        assert!(lines.peek().is_some(), "{name}: nothing is said of what to do next: {run}");
        assert!(lines.all(|line| line.starts_with("hint: ")), "{name}, {format}: {run}");
        for word in ["panicked", "internal error", TOKEN] {
            assert!(!run.stderr.contains(word), "{name}, {format}: {run}");
        }
        self.documented();
    }

    fn run(&self, url: &str, format: &str) -> Run {
        Run::of(&mut self.command(url, format))
    }

    /// Tests it again with `--out-file`, which must stay unchanged.
    fn leaves_the_file(&self, url: &str, format: &str) {
        let file = OutFile::old();
        let run = Run::of(self.command(url, format).args(file.arguments()));
        assert_eq!(run.code, self.code, "{}, {format}: {run}", self.name);
        file.assert_untouched(&run);
    }

    fn command(&self, url: &str, format: &str) -> Command {
        let mut command = sotickets();
        command.args(["get", "839", "--url", url, "-o", format]).args(self.arguments);
        // A run that hangs is killed, and has no exit code then.
        command.timeout(Duration::from_secs(60)).env("SOTICKETS_TOKEN", TOKEN);
        command
    }

    /// Prints the row of the table, and asserts that the documentation has it: `cargo test --test
    /// program fault_ -- --nocapture | grep '^|' | sort -u`.
    fn documented(&self) {
        let message = if self.code == 0 { "printed as sent" } else { self.message };
        documented(self.name, self.code, message);
    }
}

/// Prints a row of the matrix, and asserts that the documentation has it.
#[expect(clippy::print_stdout, reason = "the table is made from it")]
pub fn documented(name: &str, code: i32, message: &str) {
    let row = format!("| {name} | {code} | {message} |");
    println!("{row}");
    assert!(DOCUMENTED.contains(&row), "docs/security.md lacks this row:\n{row}");
}

/// Returns whether `line` reports a wait before another try.
fn is_notice(line: &str) -> bool {
    line.starts_with("retrying in ")
}

/// Returns whether `message` is the `known` one, or begins like one that ends with `…`.
fn matches(message: &str, known: &str) -> bool {
    known.strip_suffix('…').map_or(message == known, |start| message.starts_with(start))
}
