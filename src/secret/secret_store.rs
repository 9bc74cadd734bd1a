//! The stores in which this program keeps secrets.

use clap::ValueEnum;

use crate::platform::Platform;

/// A store for tokens and other secrets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum SecretStore {
    /// The platform's own store of secrets
    #[default]
    Keyring,
    /// A file of this program
    #[value(help = Self::file_help(Platform::CURRENT))]
    File,
}

impl SecretStore {
    /// Returns the source that a profile names for it.
    pub(crate) const fn source(self) -> &'static str {
        match self {
            Self::Keyring => "keyring",
            Self::File => "stored",
        }
    }

    /// Returns the option that names it.
    pub(crate) const fn option(self) -> &'static str {
        match self {
            Self::Keyring => "--store keyring",
            Self::File => "--store file",
        }
    }

    /// Returns the store that the `source` in a profile names; `None` for a source that is the
    /// user's own.
    pub(crate) fn from_source(source: &str) -> Option<Self> {
        [Self::Keyring, Self::File].into_iter().find(|store| store.source() == source)
    }

    /// Returns the help for a file.
    fn file_help(platform: Platform) -> String {
        format!("A file {}", file_protection(platform))
    }

    /// Returns the hint for a keyring that does not keep the `secret`.
    pub(crate) fn file_hint(secret: &str, platform: Platform) -> String {
        format!(
            "{} keeps the {secret} in a file {}",
            Self::File.option(),
            file_protection(platform)
        )
    }

    /// Returns the question that offers a file in place of a keyring.
    pub(crate) fn file_question(platform: Platform) -> String {
        format!("Keep the secret in a file {}?", file_protection(platform))
    }
}

/// Returns the words after "a file" that say how a secret in it is protected: by its own mode, or
/// on Windows by its folder, where administrators can read it as well.
fn file_protection(platform: Platform) -> &'static str {
    match platform {
        Platform::Windows => "with the rights of its folder, by default %LOCALAPPDATA%",
        Platform::Linux | Platform::Apple => "that only you can read",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn protection_of_a_file_is_that_of_the_platform() {
        let texts = |platform| {
            [
                SecretStore::file_help(platform),
                SecretStore::file_hint("tokens", platform),
                SecretStore::file_question(platform),
            ]
        };
        let mode = [
            "A file that only you can read",
            "--store file keeps the tokens in a file that only you can read",
            "Keep the secret in a file that only you can read?",
        ];
        assert_eq!(texts(Platform::Linux), mode);
        assert_eq!(texts(Platform::Apple), mode);
        let folder = [
            "A file with the rights of its folder, by default %LOCALAPPDATA%",
            "--store file keeps the tokens in a file with the rights of its folder, by default %LOCALAPPDATA%",
            "Keep the secret in a file with the rights of its folder, by default %LOCALAPPDATA%?",
        ];
        assert_eq!(texts(Platform::Windows), folder);
    }
}
