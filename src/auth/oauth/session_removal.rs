//! The removal of a stored sign-in, from its file and from the keyring.

use std::fs;

use crate::error::{Error, Kind, Result};
use crate::fs::read_limited::is_absent;
use crate::secret::keyring;

use super::store::SessionStore;
use super::stored_session::{StoredSession, Tokens};

/// A sign-in that is removed, with its tokens; each is `None` if it could not be read.
pub(crate) struct RemovedSession {
    pub(crate) session: Option<StoredSession>,
    pub(crate) tokens: Option<Tokens>,
    /// The reason for which the tokens may still be in the keyring.
    pub(crate) leftover: Option<Error>,
}

impl SessionStore {
    /// Removes the sign-in; `None` if nobody is signed in. With `ignores_keyring_errors`, a keyring
    /// that does not answer keeps the tokens: it may be gone for good. Otherwise its error gets
    /// `hint`.
    ///
    /// # Errors
    /// If it cannot be removed.
    pub(crate) fn remove(
        &self,
        ignores_keyring_errors: bool,
        hint: Option<&'static str>,
    ) -> Result<Option<RemovedSession>> {
        let session = match self.load() {
            Ok(None) => return Ok(None),
            session => session.ok().flatten(),
        };
        let (tokens, leftover) = match session.as_ref().map(|session| self.find_tokens(session)) {
            // The tokens in a keyring that does not answer would stay there.
            Some(Err(error)) if error.kind() == Kind::Usage => (None, Some(error)),
            tokens => {
                let is_in_keyring = session.as_ref().is_some_and(StoredSession::uses_keyring);
                let remove = || keyring::remove(&self.keyring_entry(), &self.label());
                let leftover = is_in_keyring.then(remove).and_then(Result::err);
                (tokens.and_then(Result::ok), leftover)
            }
        };
        let leftover = match leftover {
            Some(error) if !ignores_keyring_errors => return Err(error.hints_from(hint)),
            leftover => leftover,
        };
        match fs::remove_file(self.file()) {
            Err(error) if !is_absent(&error) => Err(self.write_error(Kind::Usage, &error)),
            _ => Ok(Some(RemovedSession { session, tokens, leftover })),
        }
    }
}
