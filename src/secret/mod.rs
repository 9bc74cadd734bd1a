//! Secrets: a value that cannot be printed, its sources, and the mask for texts of servers.

mod decoded_text;
pub(crate) mod keyring;
pub mod mask;
pub(crate) mod profile_ref;
pub(crate) mod prompt;
mod secret_error;
pub(crate) mod secret_file;
pub mod secret_kind;
pub(crate) mod secret_origin;
pub(crate) mod secret_reader;
pub(crate) mod secret_ref;
pub mod secret_store;

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

/// The longest secret. A longer input is another file, or has no end.
const MAX_BYTES: u64 = 64 * 1024;

/// A password, token or cookie. It cannot be printed, and is wiped when it is dropped. Code that
/// sends it calls [`Secret::expose`].
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Creates a secret from `value`.
    #[must_use]
    pub fn new(value: String) -> Self {
        Self(SecretString::from(value))
    }

    /// Returns the value, for the one place that it is sent to.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// A secret that was read.
#[derive(Clone, Debug)]
pub(crate) struct ResolvedSecret {
    pub(crate) value: Secret,
    /// The option, the variable or the line of a profile, for messages: `--token env:MY_TOKEN`.
    pub(crate) origin: String,
    /// The command that asks a person for another one, and keeps it.
    pub(crate) login_command: Option<String>,
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_is_not_printed() {
        let secret = Secret::new("canary".to_owned());
        assert_eq!(format!("{secret:?} {:?}", Some(&secret)), "*** Some(***)");
    }
}
