//! A secret that was read.

use super::Secret;

/// A secret that was read.
#[derive(Clone, Debug)]
pub(crate) struct ResolvedSecret {
    pub(crate) value: Secret,
    /// The option, the variable or the line of a profile, for messages: `--token env:MY_TOKEN`.
    pub(crate) origin: String,
}
