//! The stores in which this program keeps secrets.

use clap::ValueEnum;

/// A store for tokens and other secrets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum SecretStore {
    /// The platform's own store of secrets
    #[default]
    Keyring,
    /// A file that only its owner can read
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
}
