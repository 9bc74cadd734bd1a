//! The origin of a secret: what names its source, for messages.

use std::fmt;

use super::secret_source::SecretSource;

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
