//! The source of a secret, as it is written: `env:NAME`, `file:PATH`, `prompt` and others.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use crate::error::Error;
use crate::escape;

/// The source of a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SecretSource {
    /// A `SOTICKETS_…` variable, which holds the secret.
    Variable(&'static str),
    /// `env:NAME`.
    Env(String),
    /// `file:PATH`.
    File(PathBuf),
    /// `stdin`.
    Stdin,
    /// `prompt`.
    Prompt,
    /// `keyring`, with the profile that the entry belongs to.
    Keyring(Option<String>),
    /// `command:PROGRAM ARG…`.
    Command(Vec<String>),
    /// `command-line:PROGRAM ARG…`: the first line of the output counts.
    CommandLine(Vec<String>),
}

/// The forms of a source as a person types them, with their meanings.
pub(crate) const FORMS: [(&str, &str); 7] = [
    ("env:NAME", "a variable"),
    ("file:PATH", "a file; one newline at its end is removed"),
    ("stdin", "standard input"),
    ("prompt", "typed at the terminal, without echo"),
    (
        "keyring",
        "the platform's own store: service sotickets, account PROFILE/KEY (work/token), without a profile KEY alone",
    ),
    ("command:PROGRAM ARG…", "the output of a program; no shell is involved"),
    (
        "command-line:PROGRAM ARG…",
        "the first line of the output of a program, as pass has the password there",
    ),
];

/// The reason why a text is not the source of a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SecretSourceError {
    /// The text names no source, and so may be the secret itself.
    Literal,
    /// No program follows `command:`.
    NoProgram,
}

impl SecretSourceError {
    /// Creates the error for the value of `option`.
    pub(crate) fn in_option(self, option: &str) -> Error {
        self.error(option, "arguments can be read by every user of this machine")
    }

    /// Creates the error for the key `key` at the position `at` of the configuration file.
    pub(crate) fn in_file(self, at: &str, key: &str) -> Error {
        self.error(&format!("{at}: {key}"), "files are copied, backed up and committed")
    }

    fn error(self, origin: &str, hint: &str) -> Error {
        match self {
            Self::Literal => Error::usage(format!(
                "{origin} takes the place where the secret is kept, not the secret itself"
            ))
            .hint(hint)
            .hint("name the place: env:NAME, file:PATH, stdin, prompt, keyring or command:PROGRAM ARG…"),
            Self::NoProgram => Error::usage(format!(
                "{origin}: no program follows the colon, or a quote is open"
            )),
        }
    }
}

impl FromStr for SecretSource {
    type Err = SecretSourceError;

    fn from_str(text: &str) -> Result<Self, SecretSourceError> {
        Ok(match text.split_once(':') {
            _ if text == "stdin" => Self::Stdin,
            _ if text == "prompt" => Self::Prompt,
            _ if text == "keyring" => Self::Keyring(None),
            Some(("env", name)) if is_shell_name(name) => Self::Env(name.to_owned()),
            Some(("file", path)) if !path.is_empty() => Self::File(PathBuf::from(path)),
            Some(("command", line)) => Self::Command(words(line)?),
            Some(("command-line", line)) => Self::CommandLine(words(line)?),
            _ => return Err(SecretSourceError::Literal),
        })
    }
}

impl SecretSource {
    pub(crate) const fn is_command(&self) -> bool {
        matches!(self, Self::Command(_) | Self::CommandLine(_))
    }

    /// Returns `text`, a source, for messages: without the words of a command, of which one
    /// may be a secret.
    fn display(text: &str) -> String {
        match text.split_once(':') {
            Some((kind @ ("command" | "command-line"), _)) => format!("{kind}:…"),
            Some(("file", path)) if looks_like_a_secret(path) => "file:…".to_owned(),
            _ => escape::excerpt(text, 80),
        }
    }
}

/// The option, variable or line that names the source of a secret, for messages:
/// `--token env:MY_TOKEN`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SecretOrigin {
    before: String,
    /// The part that names the source, such as `env:MY_TOKEN`.
    source: String,
    after: String,
}

impl SecretOrigin {
    pub(crate) fn new(before: impl Into<String>, source: &str, after: impl Into<String>) -> Self {
        Self { before: before.into(), source: SecretSource::display(source), after: after.into() }
    }

    /// Returns the text with `shown` in place of the part that names the source.
    pub(super) fn with_source(&self, shown: &str) -> String {
        format!("{}{shown}{}", self.before, self.after)
    }
}

impl fmt::Display for SecretOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.with_source(&self.source))
    }
}

/// Returns the program and the arguments in `line`.
fn words(line: &str) -> Result<Vec<String>, SecretSourceError> {
    shlex::split(line).filter(|words| !words.is_empty()).ok_or(SecretSourceError::NoProgram)
}

/// Checks whether `path` is more like a token, long or with a colon as in `7T:…`, than like
/// the name of a file.
fn looks_like_a_secret(path: &str) -> bool {
    let is_long = path.len() > 20 && !path.contains('.');
    !path.contains(['/', '\\']) && (is_long || path.contains(':'))
}

/// Checks whether a shell could have a variable of this name. Anything else after `env:` is
/// a secret that a shell put there: `env:$TOKEN`.
pub(crate) fn is_shell_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_source_is_parsed_and_a_literal_is_not_repeated() {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let cases = [
            ("env:X", SecretSource::Env("X".to_owned())),
            ("file:/a b", SecretSource::File("/a b".into())),
            ("stdin", SecretSource::Stdin),
            ("prompt", SecretSource::Prompt),
            ("keyring", SecretSource::Keyring(None)),
            ("command:pass show 'a b'", SecretSource::Command(words(&["pass", "show", "a b"]))),
            ("command-line:pass x", SecretSource::CommandLine(words(&["pass", "x"]))),
        ];
        for (text, source) in cases {
            assert_eq!(text.parse(), Ok(source), "{text}");
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
            let error = literal.parse::<SecretSource>().expect_err("a literal");
            for error in [error.in_option("--token"), error.in_file("f, line 1", "token")] {
                let text = format!("{error} {:?}", error.hints());
                assert!(!text.contains("canary"), "{text}");
            }
        }
    }
}
