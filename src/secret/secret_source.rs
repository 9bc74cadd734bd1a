//! The places where a secret may be kept, as they are written: `env:NAME` and its kin.

use std::path::PathBuf;

use crate::error::Error;
use crate::escape;

/// The place where a secret is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A `SOTICKETS_…` variable, which holds it.
    Variable(&'static str),
    /// `env:NAME`.
    Env(String),
    /// `file:PATH`.
    File(PathBuf),
    /// `stdin`.
    Stdin,
    /// `prompt`.
    Prompt,
    /// `keyring`, with the profile whose entry it is.
    Keyring(Option<String>),
    /// `command:PROGRAM ARG…`.
    Command(Vec<String>),
    /// `command-line:PROGRAM ARG…`, of whose output the first line counts.
    CommandLine(Vec<String>),
}

/// What is wrong with a text that is to name the place of a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It names none, and so may be the secret itself.
    Literal,
    /// No program follows `command:`.
    NoProgram,
}

impl Fault {
    /// The error for what `option` says.
    #[must_use]
    pub fn in_option(self, option: &str) -> Error {
        match self {
            Self::Literal => Error::usage(format!("{option} {IS_NO_PLACE}"))
                .hint("arguments can be read by every user of this machine")
                .hint(PLACES),
            Self::NoProgram => Error::usage(format!("{option}: {HAS_NO_PROGRAM}")),
        }
    }

    /// The error for the key `key` of the configuration file; `at` says where in it.
    #[must_use]
    pub fn in_file(self, at: &str, key: &str) -> Error {
        match self {
            Self::Literal => Error::usage(format!("{at}: {key} {IS_NO_PLACE}"))
                .hint("files are copied, backed up and committed")
                .hint(PLACES),
            Self::NoProgram => Error::usage(format!("{at}: {key}: {HAS_NO_PROGRAM}")),
        }
    }
}

const IS_NO_PLACE: &str = "takes the place where the secret is kept, not the secret itself";
const PLACES: &str =
    "name the place: env:NAME, file:PATH, stdin, prompt, keyring or command:PROGRAM ARG…";
const HAS_NO_PROGRAM: &str = "no program follows the colon, or a quote is open";

/// Checks that `text` names a place.
///
/// # Errors
/// What is wrong with it.
pub fn check(text: &str) -> Result<(), Fault> {
    parse(text).map(drop)
}

/// Whether `text` has a program run.
#[must_use]
pub fn is_command(text: &str) -> bool {
    matches!(parse(text), Ok(Source::Command(_) | Source::CommandLine(_)))
}

/// The place that `text` names.
///
/// # Errors
/// What is wrong with it.
pub fn parse(text: &str) -> Result<Source, Fault> {
    Ok(match text.split_once(':') {
        _ if text == "stdin" => Source::Stdin,
        _ if text == "prompt" => Source::Prompt,
        _ if text == "keyring" => Source::Keyring(None),
        Some(("env", name)) if is_shell_name(name) => Source::Env(name.to_owned()),
        Some(("file", path)) if !path.is_empty() => Source::File(PathBuf::from(path)),
        Some(("command", line)) => Source::Command(words(line)?),
        Some(("command-line", line)) => Source::CommandLine(words(line)?),
        _ => return Err(Fault::Literal),
    })
}

/// The program and the arguments in `line`.
fn words(line: &str) -> Result<Vec<String>, Fault> {
    shlex::split(line).filter(|words| !words.is_empty()).ok_or(Fault::NoProgram)
}

/// The source `text` for messages, without the words of a command, of which one may
/// be a secret.
pub fn shown(text: &str) -> String {
    match text.split_once(':') {
        Some((kind @ ("command" | "command-line"), _)) => format!("{kind}:…"),
        Some(("file", path)) if looks_like_a_secret(path) => "file:…".to_owned(),
        _ => escape::excerpt(text, 80),
    }
}

/// Whether `path` is more like a token, long or with a colon as in `7T:…`, than like
/// the name of a file.
fn looks_like_a_secret(path: &str) -> bool {
    let is_long = path.len() > 20 && !path.contains('.');
    !path.contains(['/', '\\']) && (is_long || path.contains(':'))
}

/// Whether a shell could have a variable of this name. Anything else behind `env:` is a
/// secret that a shell put there: `env:$TOKEN`.
#[must_use]
pub fn is_shell_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_source_is_known_and_a_literal_is_not_repeated() {
        let cases = [
            ("env:X", Source::Env("X".to_owned())),
            ("file:/a b", Source::File("/a b".into())),
            ("stdin", Source::Stdin),
            ("prompt", Source::Prompt),
            ("keyring", Source::Keyring(None)),
            (
                "command:pass show 'a b'",
                Source::Command(["pass", "show", "a b"].map(str::to_owned).into()),
            ),
            ("command-line:pass x", Source::CommandLine(["pass", "x"].map(str::to_owned).into())),
        ];
        for (text, source) in cases {
            assert_eq!(parse(text), Ok(source), "{text}");
        }
        for literal in [
            "canary",
            "7T:canary",
            "env:",
            "env:8A:canary",
            "env:1canary",
            "file:",
            "Stdin",
            "command:",
            "command:'canary",
            "command-line:",
            "command-line:'canary",
        ] {
            let fault = parse(literal).expect_err("a literal");
            for error in [fault.in_option("--token"), fault.in_file("f, line 1", "token")] {
                let text = format!("{error} {:?}", error.hints());
                assert!(!text.contains("canary"), "{text}");
            }
        }
    }
}
