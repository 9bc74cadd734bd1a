//! A secret that this program keeps for a profile: an entry of the keyring, or a stored file.

use crate::context::Variables;
use crate::error::{Error, Kind, Result};
use crate::escape;
use crate::platform::Platform;
use crate::secret::profile_ref::ProfileRef;
use crate::secret::secret_ref::{SecretRef, SecretSource};
use crate::secret::secret_store::SecretStore;
use crate::secret::{Secret, keyring, secret_file, secret_reader};

/// The entry of a stored secret.
#[derive(Clone, Debug)]
pub(crate) struct StoredSecret {
    entry: String,
    /// The option or the key that names the place, for messages.
    origin: String,
    store: SecretStore,
    /// The hint that leads to a file, if the keyring fails.
    file_hint: String,
}

impl StoredSecret {
    /// Creates the entry of `secret` for `profile`; `origin` names it.
    pub(crate) fn new(
        secret: &SecretRef,
        profile: &ProfileRef,
        store: SecretStore,
        origin: String,
    ) -> Self {
        let file_hint = SecretStore::file_hint("secret", Platform::CURRENT);
        Self { entry: profile.entry(&secret.key()), origin, store, file_hint }
    }

    /// Returns the entry that `secret` of a profile names; `None` for one that is the user's own.
    pub(crate) fn of_profile(secret: &SecretRef) -> Option<Self> {
        let store = match secret.source {
            SecretSource::Keyring => SecretStore::Keyring,
            SecretSource::Stored => SecretStore::File,
            _ => return None,
        };
        let profile = secret.profile.as_deref()?;
        let stored = Self::new(secret, profile, store, secret.origin.to_string());
        Some(Self { file_hint: profile.file_hint(), ..stored })
    }

    /// Returns the size of `secret`, in bytes, if the keyring does not take it.
    pub(crate) fn oversize(&self, secret: &Secret) -> Option<usize> {
        let limit = keyring::MAX_SIZE.filter(|_| self.store == SecretStore::Keyring);
        keyring::oversize(secret.expose(), limit)
    }

    /// Returns true if the keyring keeps it.
    pub(crate) fn uses_keyring(&self) -> bool {
        self.store == SecretStore::Keyring
    }

    /// Returns the place of the same secret in a stored file.
    pub(crate) fn into_file(self) -> Self {
        Self { store: SecretStore::File, ..self }
    }

    /// Reads the secret; `None` if none is kept.
    ///
    /// # Errors
    /// A usage error that names the other place, if this one cannot be read.
    pub(crate) fn find(&self, variables: &Variables) -> Result<Option<Secret>> {
        match self.store {
            SecretStore::Keyring => keyring::find(&self.entry, &self.origin)
                .map(|found| found.map(Secret::new))
                .map_err(|error| error.hint(&self.file_hint)),
            SecretStore::File => {
                let found = secret_file::find(&self.entry, &self.origin, variables)?;
                let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
                Ok(found.map(text).map(Secret::new))
            }
        }
    }

    /// Reads `secret` where that asks no person, except to unlock the keyring, and runs no program;
    /// `None` elsewhere, or if it is missing.
    pub(crate) fn peek(secret: &SecretRef, variables: &Variables) -> Option<Secret> {
        match Self::of_profile(secret) {
            Some(stored) => stored.find(variables).ok().flatten(),
            None => secret_reader::peek(secret, variables).ok().flatten().map(|(_, value)| value),
        }
    }

    /// Keeps `secret` in place of an old one.
    ///
    /// # Errors
    /// An error of [`Kind::Output`] that names the other place.
    pub(crate) fn write(&self, secret: &Secret, variables: &Variables) -> Result<()> {
        let result = match self.store {
            SecretStore::Keyring => keyring::write(&self.entry, &self.origin, secret)
                .map_err(|error| error.hint(&self.file_hint)),
            SecretStore::File => secret_file::write(&self.entry, &self.origin, secret, variables),
        };
        result.map_err(|error| {
            Error::new(Kind::Output, error.to_string()).hints_from(error.hints().to_vec())
        })
    }

    /// Keeps `old`, the result of an earlier [`Self::find`], again.
    ///
    /// # Errors
    /// If that is not possible.
    pub(crate) fn restore(&self, old: Option<&Secret>, variables: &Variables) -> Result<()> {
        match old {
            Some(old) => self.write(old, variables),
            None => self.remove(variables),
        }
    }

    /// Removes the secret, if one is kept.
    ///
    /// # Errors
    /// If it is kept, and cannot be removed.
    pub(crate) fn remove(&self, variables: &Variables) -> Result<()> {
        match self.store {
            SecretStore::Keyring => keyring::remove(&self.entry, &self.origin),
            SecretStore::File => secret_file::remove(&self.entry, &self.origin, variables),
        }
    }

    /// Returns the place, for messages: `the keyring`, or the path of the file.
    pub(crate) fn display_location(&self, variables: &Variables) -> String {
        match (self.store, secret_file::path(&self.entry, variables)) {
            (SecretStore::File, Ok(path)) => escape::display_path(&path),
            (SecretStore::File, Err(_)) => "a stored file".to_owned(),
            (SecretStore::Keyring, _) => "the keyring".to_owned(),
        }
    }
}
