//! The origin of a secret for messages, which does not repeat what may be the secret itself.

use std::fmt;

use crate::escape;

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
        Self { before: before.into(), source: display(source), after: after.into() }
    }

    /// Returns the part that names the source.
    pub(super) fn source(&self) -> &str {
        &self.source
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

/// Returns `text`, a source, for messages: without the words of a command, of which one
/// may be a secret.
fn display(text: &str) -> String {
    match text.split_once(':') {
        Some((kind @ ("command" | "command-line"), _)) => format!("{kind}:…"),
        Some(("file", path)) if looks_like_a_secret(path) => "file:…".to_owned(),
        _ => escape::excerpt(text, 80),
    }
}

/// Checks whether `path` is more like a token, long or with a colon as in `7T:…`, than like
/// the name of a file.
fn looks_like_a_secret(path: &str) -> bool {
    let is_long = path.len() > 20 && !path.contains('.');
    !path.contains(['/', '\\']) && (is_long || path.contains(':'))
}
