//! What the command line means: options, variables and defaults resolved and
//! checked into plain values.

pub mod combination;
pub mod connection;
pub mod credential;
pub mod display;
pub mod get;
pub mod header;
pub mod proxy;
pub mod quantity;
pub mod source;
pub mod tls;
pub mod zone;

use crate::error::{Error, Result};
use crate::escape;
use crate::host::Environment;

/// An option's value with its origin, for messages.
#[derive(Clone, Debug)]
pub struct Origin<T> {
    /// The value.
    pub value: T,
    /// The option or the variable that said it.
    pub origin: String,
}

/// What an option says, or the variable below it.
#[must_use]
pub fn setting(
    typed: Option<&str>,
    option: &str,
    environment: &Environment,
    variable: &str,
) -> Option<Origin<String>> {
    match typed {
        Some(value) => Some(Origin { value: value.to_owned(), origin: option.to_owned() }),
        None => {
            environment.get(variable).map(|value| Origin { value, origin: variable.to_owned() })
        }
    }
}

/// Checks that `text` can be the value of a header.
///
/// # Errors
/// A usage error that quotes it.
pub fn check_header_value(text: &str, origin: &str) -> Result<()> {
    if text.trim().is_empty() {
        return Err(Error::usage(format!("{origin} is empty")));
    }
    if text.contains(|c: char| c.is_control()) {
        let shown = escape::excerpt(text, 60);
        return Err(Error::usage(format!("{origin}: '{shown}' holds a control character"))
            .hint("a header's value is one line of text"));
    }
    Ok(())
}
