//! The kinds of error, and the one match from a kind to an exit code.

use std::fmt;

/// What sort of thing went wrong. Decides the exit code, and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The output could not be written, or an internal fault.
    Output,
    /// The command line, a variable, a file named by them; nothing was sent.
    Usage,
    /// Some tickets did not come back; the others were printed.
    Missing,
    /// No credential, or one that the server does not take.
    Authentication,
    /// The server refused or failed.
    Server,
    /// The connection, from the name look-up to the last byte of the answer.
    Network,
    /// The answer arrived whole and was not understood.
    Answer,
}

impl Kind {
    /// Every kind, by its exit code.
    pub const ALL: [Self; 7] = [
        Self::Output,
        Self::Usage,
        Self::Missing,
        Self::Authentication,
        Self::Server,
        Self::Network,
        Self::Answer,
    ];

    /// The exit code of a command that ends with this kind of error.
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Output => 1,
            Self::Usage => 2,
            Self::Missing => 3,
            Self::Authentication => 4,
            Self::Server => 5,
            Self::Network => 6,
            Self::Answer => 7,
        }
    }

    /// The kind as a word, for machines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Output => "output",
            Self::Usage => "usage",
            Self::Missing => "missing",
            Self::Authentication => "authentication",
            Self::Server => "server",
            Self::Network => "network",
            Self::Answer => "answer",
        }
    }

    /// What the exit code tells, as help and manual have it.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Output => "the output could not be written",
            Self::Usage => "usage: an option, a variable, a profile or a file; nothing was sent",
            Self::Missing => "some tickets did not come back; the others were printed",
            Self::Authentication => "no credential, or one that the server refused",
            Self::Server => "the server refused or failed",
            Self::Network => "network: name, connection, TLS, proxy or time-out",
            Self::Answer => "the answer was not understood",
        }
    }
}

/// An error as a person reads it: what went wrong and what to do next.
///
/// The message and the hints are a line each, without a full stop at the end.
/// Text that came from outside must have gone through [`crate::escape`].
#[derive(Debug)]
pub struct Error {
    kind: Kind,
    message: String,
    hints: Vec<String>,
    cause: Option<anyhow::Error>,
    after_output: bool,
    others: Vec<Error>,
}

/// The result of everything below the commands.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error of `kind` that says `message`.
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

    /// An error of [`Kind::Usage`].
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }

    /// Joins errors that a person can correct together; the first one decides the exit code.
    /// Returns `None` for no errors.
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

    /// The errors that were joined to this one.
    #[must_use]
    pub fn others(&self) -> &[Self] {
        &self.others
    }

    /// Puts what said so before the message: `--select`, `SOTICKETS_SELECT`.
    #[must_use]
    pub fn said_by(mut self, origin: &str) -> Self {
        self.message = format!("{origin}: {}", self.message);
        self.others = self.others.into_iter().map(|other| other.said_by(origin)).collect();
        self
    }

    /// Adds a line that says what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds lines that say what to do next.
    #[must_use]
    pub fn hints_from(mut self, hints: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.hints.extend(hints.into_iter().map(Into::into));
        self
    }

    /// Keeps the error underneath; its chain is printed after the message.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<anyhow::Error>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// Marks the error as one after which some tickets were printed: a person then reads
    /// `warning:` in place of `error:`.
    #[must_use]
    pub const fn after_output(mut self) -> Self {
        self.after_output = true;
        self
    }

    /// Whether some tickets were printed all the same.
    #[must_use]
    pub const fn is_after_output(&self) -> bool {
        self.after_output
    }

    /// The kind, which decides the exit code.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// What to do next, a line each; without that of other errors.
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
    fn every_exit_code_has_one_kind() {
        assert_eq!(Kind::ALL.map(Kind::exit_code), [1, 2, 3, 4, 5, 6, 7]);
    }

    #[test]
    fn the_chain_below_an_error_can_be_walked() {
        let error = Error::new(Kind::Network, "could not connect")
            .caused_by(anyhow::anyhow!("refused").context("tcp"));
        let chain: Vec<String> =
            anyhow::Error::new(error).chain().map(ToString::to_string).collect();
        assert_eq!(chain, ["could not connect", "tcp", "refused"]);
    }
}
