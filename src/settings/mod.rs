//! What the command line means: options, variables, profile and defaults resolved
//! and checked into plain values.

pub mod auth;
pub mod call;
pub mod call_setting;
pub mod config;
pub mod config_file;
pub mod conflicts;
pub mod connection;
pub mod credential;
pub mod doctor;
pub mod export;
pub mod fact;
pub mod get;
pub mod header;
pub mod ids;
pub mod language;
pub mod links;
pub mod no_proxy;
pub mod open;
pub mod output;
pub mod parse;
pub mod pem;
pub mod profile;
pub mod proxy;
pub mod resolved_call;
pub mod secret_ref;
pub mod setting;
pub mod target;
pub mod tls;
pub mod trust;
pub mod zone;
pub mod zone_codes;

use crate::error::{Error, Result};
use crate::escape;

/// A setting's value with its origin, for messages.
#[derive(Clone, Debug)]
pub struct Origin<T> {
    /// The value.
    pub value: T,
    /// The option, the variable or the line of a profile that said it.
    pub origin: String,
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
