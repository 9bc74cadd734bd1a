//! The reason why a text has no ticket ids.

use crate::error::Error;
use crate::escape;

/// The reason why a text has no ticket ids, with a hint.
#[derive(Debug)]
pub(super) struct IdError {
    message: String,
    hint: String,
    /// The hint in place of `hint` for an argument of the command line.
    argument_hint: Option<String>,
}

pub(super) const FORMS: &str = "an id is 839, '#839', a range 840..860 or a ticket's URL";

impl IdError {
    pub(super) fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { message: message.into(), hint: hint.into(), argument_hint: None }
    }

    /// Creates the error for `token`, which is not an id because of `reason`.
    pub(super) fn not_an_id(token: &str, reason: &str) -> Self {
        let quoted = escape::excerpt(token, 60);
        Self::new(format!("'{quoted}' is not a ticket id: {reason}"), FORMS)
    }

    /// Creates the error for a separator in `text` without an id before it.
    pub(super) fn empty_id(text: &str) -> Self {
        Self::new(format!("an empty ticket id in '{}'", escape::excerpt(text, 60)), FORMS)
    }

    pub(super) fn with_hint(self, hint: impl Into<String>) -> Self {
        Self { hint: hint.into(), ..self }
    }

    /// Sets the hint for an argument of the command line.
    pub(super) fn with_argument_hint(self, hint: impl Into<String>) -> Self {
        Self { argument_hint: Some(hint.into()), ..self }
    }

    /// Returns the error of text at `place`, such as `ids.txt, line 3: `; empty for an argument.
    pub(super) fn into_error(self, place: &str) -> Error {
        let argument_hint = self.argument_hint.filter(|_| place.is_empty());
        Error::usage(format!("{place}{}", self.message)).hint(argument_hint.unwrap_or(self.hint))
    }
}
