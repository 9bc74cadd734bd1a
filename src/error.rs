//! Errors with their kind, hints and exit code.

use std::fmt;
use std::io;

use serde::Serialize;

/// The kind of an error, numbered by its exit code. Programs read it as a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The output could not be written, a sign-in or a secret could not be stored, or an internal
    /// error.
    Output = 1,
    /// A wrong option, variable, profile or file; nothing was sent.
    Usage = 2,
    /// Some tickets did not come back; the others were printed.
    Missing = 3,
    /// No credential, or one that the server refused.
    Authentication = 4,
    /// The server refused or failed.
    Server = 5,
    /// The connection failed, between the name lookup and the last byte of the answer.
    Network = 6,
    /// The answer arrived completely and was not understood.
    Answer = 7,
}

impl Kind {
    /// All kinds in the order of their exit codes.
    pub const ALL: [Self; 7] = [
        Self::Output,
        Self::Usage,
        Self::Missing,
        Self::Authentication,
        Self::Server,
        Self::Network,
        Self::Answer,
    ];

    /// Returns the exit code of a command that ends with this kind of error.
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        self as u8
    }

    /// Returns the meaning of the exit code, for help and manual.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Output => {
                "the output, a sign-in or a secret could not be written; internal error"
            }
            Self::Usage => "usage: an option, a variable, a profile or a file; nothing was sent",
            Self::Missing => "some tickets did not come back; the others were printed",
            Self::Authentication => "no credential, or one that the server refused",
            Self::Server => "the server refused or failed",
            Self::Network => "network: name, connection, TLS, proxy or time-out",
            Self::Answer => "the answer was not understood",
        }
    }
}

/// An error for a person: what is wrong, and hints that say what to do next.
///
/// The message and each hint are one line without a full stop at the end. Text from outside
/// must have gone through [`crate::escape`].
#[derive(Debug)]
pub struct Error {
    kind: Kind,
    message: String,
    hints: Vec<String>,
    cause: Option<anyhow::Error>,
    after_output: bool,
    others: Vec<Error>,
}

/// The result of all modules below the commands.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// Creates an error without hints.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            hints: Vec::new(),
            cause: None,
            after_output: false,
            others: Vec::new(),
        }
    }

    /// Creates an error of [`Kind::Usage`].
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }

    /// Creates an error of [`Kind::Network`].
    pub fn network(message: impl Into<String>) -> Self {
        Self::new(Kind::Network, message)
    }

    /// Creates an error of [`Kind::Server`].
    pub fn server(message: impl Into<String>) -> Self {
        Self::new(Kind::Server, message)
    }

    /// Creates an error of [`Kind::Answer`].
    pub fn answer(message: impl Into<String>) -> Self {
        Self::new(Kind::Answer, message)
    }

    /// Returns the error inside an [`io::Error`]. One that comes from elsewhere becomes an error of
    /// [`Kind::Network`].
    pub fn from_stream(error: io::Error) -> Self {
        error.downcast().unwrap_or_else(|other| Self::network(other.to_string()))
    }

    /// Joins errors that a person can correct together. The first one decides the exit code.
    /// Returns `None` without errors.
    #[must_use]
    pub fn join(errors: impl IntoIterator<Item = Self>) -> Option<Self> {
        let mut errors = errors.into_iter();
        let mut first = errors.next()?;
        for mut error in errors {
            let others = std::mem::take(&mut error.others);
            first.others.push(error);
            first.others.extend(others);
        }
        Some(first)
    }

    /// Returns the errors that were joined to this one.
    #[must_use]
    pub fn others(&self) -> &[Self] {
        &self.others
    }

    /// Prefixes the messages with the source of the wrong value: `--select`, `SOTICKETS_SELECT`.
    #[must_use]
    pub fn with_source(mut self, source: &str) -> Self {
        self.message = format!("{source}: {}", self.message);
        self.others = self.others.into_iter().map(|other| other.with_source(source)).collect();
        self
    }

    /// Replaces the message by the result of `change`.
    #[must_use]
    pub(crate) fn map_message(mut self, change: impl FnOnce(&str) -> String) -> Self {
        self.message = change(&self.message);
        self
    }

    /// Adds a hint: what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds hints.
    #[must_use]
    pub fn hints_from(mut self, hints: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.hints.extend(hints.into_iter().map(Into::into));
        self
    }

    /// Sets the cause. Its chain is printed after the message.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<anyhow::Error>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// Marks the error as one after which some tickets were printed: it is shown as
    /// `warning:` instead of `error:`.
    #[must_use]
    pub const fn after_output(mut self) -> Self {
        self.after_output = true;
        self
    }

    /// Returns whether some tickets were printed nevertheless.
    #[must_use]
    pub const fn is_after_output(&self) -> bool {
        self.after_output
    }

    /// Returns the kind, which decides the exit code.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// Returns the hints of this error, without those of joined ones.
    #[must_use]
    pub fn hints(&self) -> &[String] {
        &self.hints
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_ref().map(|cause| &**cause as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_have_the_exit_codes_1_to_7_in_order() {
        assert_eq!(Kind::ALL.map(Kind::exit_code), [1, 2, 3, 4, 5, 6, 7]);
    }

    #[test]
    fn cause_chain_is_part_of_the_error() {
        let error = Error::new(Kind::Network, "could not connect")
            .caused_by(anyhow::anyhow!("refused").context("tcp"));
        let chain: Vec<String> =
            anyhow::Error::new(error).chain().map(ToString::to_string).collect();
        assert_eq!(chain, ["could not connect", "tcp", "refused"]);
    }
}
