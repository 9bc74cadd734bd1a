//! A question whose answer is a text, and the errors of a question without an answer.

use std::fmt::Display;

use crate::error::Error;

/// A question whose answer is a text.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct TextQuestion<'a> {
    /// The question, without punctuation at its end.
    pub(crate) label: &'a str,
    /// A description of a valid answer.
    pub(crate) help: &'a str,
    /// The answer to Enter alone; empty if there is none.
    pub(crate) default: &'a str,
}

/// Returns the error for a question without an answer.
pub(super) fn no_answer() -> Error {
    Error::usage("no answer was given").hint("nothing was kept")
}

/// Returns the error for a terminal that cannot be read.
pub(super) fn unreadable(error: &impl Display) -> Error {
    Error::usage(format!("the terminal cannot be read: {error}")).hint("nothing was kept")
}
