//! A secret that has not been read yet, and its source as it is written: `env:NAME`,
//! `file:PATH`, `prompt` and others.

use std::path::PathBuf;
use std::str::FromStr;

use crate::context::Variables;
use crate::error::{Error, Result};
use crate::platform::Platform;
use crate::shell_words;

use super::profile_ref::{LOGIN_COMMAND, ProfileRef};
use super::secret_kind::{OtherScheme, SecretKind};
use super::secret_origin::SecretOrigin;
use super::{ResolvedSecret, Secret, secret_error};

/// A secret that has not been read yet.
#[derive(Clone, Debug)]
pub(crate) struct SecretRef {
    pub(crate) source: SecretSource,
    pub(crate) origin: SecretOrigin,
    /// The `SOTICKETS_…` variable for such a secret. Its entry in the keyring is named
    /// after it.
    pub(crate) variable: String,
    /// The name of the secret at a prompt and in messages.
    pub(crate) label: String,
    pub(crate) kind: SecretKind,
    /// The profile that it belongs to, and so to the profile's server alone.
    pub(crate) profile: Option<Box<ProfileRef>>,
}

impl SecretRef {
    /// Parses `text`, which `option` names as the source of a secret.
    pub(crate) fn from_option(
        option: &str,
        text: &str,
        variable: &str,
        label: &str,
    ) -> Result<Self> {
        let source = text.parse().map_err(|error: SecretSourceError| {
            let is_of_ids = |byte: u8| byte.is_ascii_digit() || b"#,.".contains(&byte);
            if option == "--ticket" && text.bytes().all(is_of_ids) {
                return Error::usage("--ticket is for the ticket of a sign-in, not for an id")
                    .hint("ids are written without an option: sotickets get 839 249");
            }
            error.in_option(option)
        })?;
        let origin = SecretOrigin::new(format!("{option} "), text, "");
        Ok(Self::new(source, origin, variable, label))
    }

    /// Returns the secret in the variable `name`, if it is set. A token of nothing but
    /// blanks counts as not set.
    pub(crate) fn from_variable(
        name: &'static str,
        label: &str,
        kind: SecretKind,
        variables: &Variables,
    ) -> Option<Self> {
        variables.get(name).filter(|value| !kind.is_unset(value))?;
        let origin = SecretOrigin::new("", name, "");
        Some(Self::new(SecretSource::Variable(name), origin, name, label).with_kind(kind))
    }

    /// Creates a secret of the kind [`SecretKind::Password`].
    pub(crate) fn new(
        source: SecretSource,
        origin: SecretOrigin,
        variable: &str,
        label: &str,
    ) -> Self {
        Self {
            source,
            origin,
            variable: variable.to_owned(),
            label: label.to_owned(),
            kind: SecretKind::Password,
            profile: None,
        }
    }

    pub(crate) fn with_kind(self, kind: SecretKind) -> Self {
        Self { kind, ..self }
    }

    /// Binds a plain `keyring` or `stored` to the entry of `profile`, if one is in use. The
    /// secret then is for the profile's server alone.
    pub(crate) fn with_profile(mut self, profile: Option<&ProfileRef>) -> Self {
        if self.profile.is_none() && self.source.is_stored() {
            self.profile = profile.cloned().map(Box::new);
        }
        self
    }

    pub(crate) fn takes_stdin(&self) -> bool {
        self.source == SecretSource::Stdin
    }

    /// Returns true if a person types it, or standard input has it once.
    pub(crate) const fn is_typed(&self) -> bool {
        self.source.is_typed()
    }

    /// Returns true if reading it neither waits nor takes standard input.
    pub(crate) const fn is_immediate(&self) -> bool {
        matches!(
            self.source,
            SecretSource::Variable(_)
                | SecretSource::Env(_)
                | SecretSource::File(_)
                | SecretSource::Stored
        )
    }

    /// Returns the origin without what may be the secret itself: the name of a variable or
    /// of a file that does not exist.
    pub(crate) fn safe_origin(&self, variables: &Variables) -> String {
        self.origin.with_source(&self.safe_source(variables))
    }

    /// Returns the source as it is written, such as `env:NAME`, without what may be the secret
    /// itself.
    pub(crate) fn safe_source(&self, variables: &Variables) -> String {
        let hidden = match &self.source {
            SecretSource::Env(name) => {
                secret_error::hidden_variable(name, variables).map(str::to_owned)
            }
            SecretSource::File(path) => secret_error::hidden_file(&variables.expand_home(path)),
            _ => None,
        };
        hidden.unwrap_or_else(|| self.origin.source().to_owned())
    }

    /// Returns the key of the secret in a profile, such as `app_token`.
    pub(crate) fn key(&self) -> String {
        self.variable.trim_start_matches("SOTICKETS_").to_ascii_lowercase()
    }

    /// Returns the name of the entry in the keyring or among the stored files: that of the profile,
    /// or the key without one.
    pub(crate) fn entry(&self) -> String {
        let key = self.key();
        match &self.profile {
            Some(profile) => profile.entry(&key),
            None => key,
        }
    }

    /// Turns the text that was read into the secret that is sent. One newline at its end is
    /// dropped.
    pub(super) fn resolve(&self, text: String) -> Result<ResolvedSecret> {
        let mut value = text.as_str();
        if matches!(self.source, SecretSource::CommandLine(_)) {
            value = value.split('\n').next().unwrap_or_default();
            value = value.strip_suffix('\r').unwrap_or(value);
        } else if let Some(line) = value.strip_suffix('\n') {
            value = line.strip_suffix('\r').unwrap_or(line);
        }
        value = self.kind.strip(value).map_err(|other| self.other_scheme(other))?;
        let value = Secret::new(value.to_owned());
        // A secret is wiped when it is dropped.
        drop(Secret::new(text));
        self.check(value.expose())?;
        let login_command = Some(self.login_command());
        Ok(ResolvedSecret { value, origin: self.origin.to_string(), login_command })
    }

    /// Returns the command that asks a person for the secret, and keeps it.
    pub(crate) fn login_command(&self) -> String {
        let command = self.profile.as_deref().map(ProfileRef::login_command);
        let command = command.unwrap_or_else(|| LOGIN_COMMAND.to_owned());
        if self.source.is_stored() && self.profile.is_some() {
            return command;
        }
        // Another source would be read again.
        format!("{command} --{} prompt", self.key().replace('_', "-"))
    }

    /// Checks that `value` can be sent.
    fn check(&self, value: &str) -> Result<()> {
        let wrong = |what| Error::usage(format!("the {} from {} {what}", self.label, self.origin));
        if value.is_empty() {
            return Err(wrong("is empty"));
        }
        // Bytes of a variable that are no text were replaced by this character.
        if value.contains(char::REPLACEMENT_CHARACTER) {
            return Err(wrong("is not valid UTF-8"));
        }
        if self.kind != SecretKind::Key && value.contains(|c: char| c.is_control()) {
            let error = wrong("holds a line break or another control character")
                .hint("a secret is one line of text");
            return Err(if value.contains('\n') { error.hint(FIRST_LINE) } else { error });
        }
        Ok(())
    }

    fn other_scheme(&self, other: OtherScheme) -> Error {
        Error::usage(format!(
            "the {} from {} begins with {}, so it is {}",
            self.label, self.origin, other.name, other.content
        ))
        .hint(other.hint)
    }

    /// Returns the text of the variable `name`.
    pub(super) fn variable(&self, name: &str, variables: &Variables) -> Result<String> {
        variables.get(name).ok_or_else(|| {
            let error = secret_error::variable(name, &self.origin, variables);
            error.hints_from(self.keep_hint())
        })
    }

    /// Returns the hint for a credential of a profile whose source does not have it.
    pub(super) fn keep_hint(&self) -> Option<String> {
        let is_credential = ["password", "ticket", "token"].contains(&self.key().as_str());
        (is_credential && self.profile.is_some())
            .then(|| format!("{} keeps one", self.login_command()))
    }
}

const FIRST_LINE: &str = "if the first line is the secret: command-line:PROGRAM ARG…, such as command-line:pass show NAME";

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
    /// `keyring`.
    Keyring,
    /// `stored`.
    Stored,
    /// `command:PROGRAM ARG…`.
    Command(Vec<String>),
    /// `command-line:PROGRAM ARG…`: the first line of the output counts.
    CommandLine(Vec<String>),
}

/// The forms of a source as a person types them, with their meanings.
pub(crate) const FORMS: [(&str, &str); 8] = [
    ("env:NAME", "a variable"),
    ("file:PATH", "a file; one newline at its end is removed"),
    ("stdin", "standard input"),
    ("prompt", "typed at the terminal, without echo"),
    (
        "keyring",
        "the platform's own store: service sotickets, account PROFILE/KEY (work/token), without a profile KEY alone",
    ),
    ("stored", "this program's own file, which `auth login --store file` writes"),
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

    fn from_str(text: &str) -> std::result::Result<Self, SecretSourceError> {
        Ok(match text.split_once(':') {
            _ if text == "stdin" => Self::Stdin,
            _ if text == "prompt" => Self::Prompt,
            _ if text == "keyring" => Self::Keyring,
            _ if text == "stored" => Self::Stored,
            Some(("env", name)) if is_shell_name(name) => Self::Env(name.to_owned()),
            Some(("file", path)) if !path.is_empty() => Self::File(PathBuf::from(path)),
            Some(("command", line)) => Self::Command(words(line)?),
            Some(("command-line", line)) => Self::CommandLine(words(line)?),
            _ => return Err(SecretSourceError::Literal),
        })
    }
}

impl SecretSource {
    /// Returns true if a person types the secret, or standard input has it once.
    pub(crate) const fn is_typed(&self) -> bool {
        matches!(self, Self::Prompt | Self::Stdin)
    }

    /// Returns true if this program stores the secret.
    pub(crate) const fn is_stored(&self) -> bool {
        matches!(self, Self::Keyring | Self::Stored)
    }

    pub(crate) const fn is_command(&self) -> bool {
        matches!(self, Self::Command(_) | Self::CommandLine(_))
    }
}

/// Returns the program and the arguments in `line`.
fn words(line: &str) -> std::result::Result<Vec<String>, SecretSourceError> {
    shell_words::split_program(line, Platform::CURRENT).ok_or(SecretSourceError::NoProgram)
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
    fn one_newline_is_dropped_and_more_are_refused() {
        let secret = SecretRef::from_option("--token", "stdin", "V", "token").expect("a source");
        let resolve = |text: &str| {
            secret.resolve(text.to_owned()).map(|it| it.value.expose().to_owned()).ok()
        };
        assert_eq!(resolve("a b\n").as_deref(), Some("a b"));
        assert_eq!(resolve("a\r\n").as_deref(), Some("a"));
        assert_eq!(resolve("\n"), None);
        assert_eq!(resolve("a\n\n"), None);
        assert_eq!(resolve("a\tb"), None);
    }

    #[test]
    fn each_source_is_parsed_and_a_literal_is_not_repeated() {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let cases = [
            ("env:X", SecretSource::Env("X".to_owned())),
            ("file:/a b", SecretSource::File("/a b".into())),
            ("stdin", SecretSource::Stdin),
            ("prompt", SecretSource::Prompt),
            ("keyring", SecretSource::Keyring),
            ("stored", SecretSource::Stored),
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
