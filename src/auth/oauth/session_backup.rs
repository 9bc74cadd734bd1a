//! The backup of a stored sign-in, which is put back if the new one cannot be kept.

use std::fs;
use std::path::Path;

use crate::error::{Error, Kind, Result};
use crate::fs::read_limited::is_absent;
use crate::fs::state_file;
use crate::secret::{Secret, keyring};

use super::store::SessionStore;
use super::stored_session::StoredSession;

/// A stored sign-in as it was.
pub(crate) struct SessionBackup {
    /// The content of the file; `None` if there was none.
    file: Option<Secret>,
    /// The tokens in the keyring.
    entry: Option<Secret>,
}

impl SessionStore {
    /// Returns the stored sign-in as it is, as far as it can be read.
    pub(crate) fn backup(&self) -> SessionBackup {
        let file = fs::read_to_string(self.file()).ok().map(Secret::new);
        let uses_keyring = self.load().ok().flatten().is_some_and(|old| old.uses_keyring());
        let entry = match uses_keyring {
            true => keyring::find(&self.keyring_entry(), &self.label()).ok().flatten(),
            false => None,
        };
        SessionBackup { file, entry: entry.map(Secret::new) }
    }

    /// Puts `backup` back in place of `new`.
    ///
    /// # Errors
    /// If that is not possible.
    pub(crate) fn restore(&self, backup: &SessionBackup, new: &StoredSession) -> Result<()> {
        let entry = match &backup.entry {
            Some(entry) => keyring::write(&self.keyring_entry(), &self.label(), entry),
            None if new.uses_keyring() => keyring::remove(&self.keyring_entry(), &self.label()),
            None => Ok(()),
        };
        let path: &Path = self.file();
        let result = match &backup.file {
            Some(text) => state_file::write_text(path, text.expose()),
            None => fs::remove_file(path).or_else(|error| match is_absent(&error) {
                true => Ok(()),
                false => Err(error),
            }),
        };
        let file =
            result.map_err(|error| Error::new(Kind::Output, state_file::describe(path, &error)));
        entry.and(file)
    }
}
