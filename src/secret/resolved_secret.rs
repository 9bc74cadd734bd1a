//! A secret that was read, with its origin.

use super::Secret;

/// A secret with its origin.
#[derive(Clone, Debug)]
pub struct ResolvedSecret {
    /// The value; empty in a dry run, which reads no secret.
    pub value: Secret,
    /// The option, the variable or the line of a profile, for messages: `--token env:MY_TOKEN`.
    pub origin: String,
    /// The shell variable that holds it in the script of a dry run.
    pub variable: String,
    /// The shell command that sets this variable, unless it is set already.
    pub export: Option<String>,
}
