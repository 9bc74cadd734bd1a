//! Where sign-ins are kept: a file a profile, and the tokens in it or in the keyring.

use std::fmt::Display;
use std::fs;
use std::path::PathBuf;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::error::{Error, Kind, Result};
use crate::escape;
use crate::http::client::Limits;
use crate::http::trace::Trace;
use crate::secret::Secret;
use crate::secret::keyring;

use super::session::{Place, Session};
use super::token_request::Tokens;
use crate::auth::lock::{self, LockError, PATIENCE};
use crate::fs::lock::FileLock;
use crate::fs::read_limited::is_absent;
use crate::fs::state_file::{self, Reservation};

/// The place of one sign-in: of a profile, or of no profile.
#[derive(Clone, Debug)]
pub(crate) struct SessionStore {
    folder: PathBuf,
    profile: Option<String>,
}

/// A sign-in with its tokens, as far as they were whole.
pub(crate) type Taken = (Option<Session>, Option<Tokens>);

impl SessionStore {
    /// The slot of `profile`, below `folder`.
    pub(crate) fn new(folder: PathBuf, profile: Option<&str>) -> Self {
        Self { folder, profile: profile.map(str::to_owned) }
    }

    /// What is kept here; nothing where nobody is signed in.
    ///
    /// # Errors
    /// Of [`Kind::Authentication`] where the file cannot be read or understood.
    pub(crate) fn load(&self) -> Result<Option<Session>> {
        match state_file::read(&self.file()) {
            Ok(session) => Ok(Some(session)),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(self.unreadable(&error)),
        }
    }

    /// The tokens of `session`.
    ///
    /// # Errors
    /// Of [`Kind::Authentication`] where they are not there any more; of
    /// [`Kind::Usage`] where the keyring does not answer.
    pub(crate) fn tokens(&self, session: &Session) -> Result<Tokens> {
        if let Place::File(tokens) = &session.place {
            return Ok(tokens.clone());
        }
        let text = keyring::find(&self.entry(), &self.shown())?.ok_or_else(|| self.gone())?;
        serde_json::from_str(&text)
            .map_err(|_| self.unreadable(&"the keyring has something else in its place"))
    }

    /// Reserves the room for a sign-in, before anything is sent for it.
    ///
    /// # Errors
    /// A usage error where the folder does not take it, or there can be no lock in it.
    pub(crate) fn reserve(&self) -> Result<Reservation> {
        FileLock::check(&self.lock_file())
            .and_then(|()| Reservation::new(&self.file()))
            .map_err(|error| self.unwritten(Kind::Usage, &error))
    }

    /// Reserves the room that the new tokens of `session` will take; none in a keyring,
    /// which cannot reserve any.
    ///
    /// # Errors
    /// Of [`Kind::Authentication`]: the tokens are as they were.
    pub(crate) fn reserve_for(&self, session: &Session) -> Result<Option<Reservation>> {
        match session.place {
            Place::Keyring => Ok(None),
            Place::File(_) => Reservation::new(&self.file()).map(Some).map_err(|error| {
                let message = format!("{} was not renewed: {}", self.shown(), self.no_room(&error));
                Error::new(Kind::Authentication, message)
                    .hint(WRITABLE)
                    .hint("the refresh token was not used; nothing is lost")
            }),
        }
    }

    /// Keeps the new tokens of `session`, in the `room` that was reserved for them.
    ///
    /// # Errors
    /// The reason, in words.
    pub(crate) fn keep(
        &self,
        session: &Session,
        tokens: &Tokens,
        room: Option<Reservation>,
    ) -> std::result::Result<(), String> {
        match room {
            None => self.keep_in_keyring(tokens).map_err(|error| error.to_string()),
            Some(room) => {
                let session = Session { place: Place::File(tokens.clone()), ..session.clone() };
                room.write(&session).map_err(|error| self.no_room(&error))
            }
        }
    }

    /// Keeps a new sign-in in the `room` that was reserved for it, in place of the one that
    /// was here.
    ///
    /// # Errors
    /// Of [`Kind::Output`] where that cannot be written.
    pub(crate) fn replace(
        &self,
        session: &Session,
        tokens: &Tokens,
        room: Reservation,
    ) -> Result<()> {
        let before = self.load().ok().flatten();
        if matches!(session.place, Place::Keyring) {
            self.keep_in_keyring(tokens).map_err(|error| {
                Error::new(Kind::Output, error.to_string())
                    .hint("--store file keeps the tokens in a file that its owner alone can read")
            })?;
        }
        room.write(session).map_err(|error| self.unwritten(Kind::Output, &error))?;
        let left_in_keyring = before.is_some_and(|old| matches!(old.place, Place::Keyring))
            && !matches!(session.place, Place::Keyring);
        if left_in_keyring {
            // It is read no more; that it cannot be removed now is no reason to fail.
            let _ = keyring::remove(&self.entry(), &self.shown());
        }
        Ok(())
    }

    fn keep_in_keyring(&self, tokens: &Tokens) -> Result<()> {
        let text =
            serde_json::to_string(tokens).map_err(|error| self.unwritten(Kind::Output, &error))?;
        keyring::write(&self.entry(), &self.shown(), &Secret::new(text))
    }

    /// Whether anything is kept here.
    pub(crate) fn is_used(&self) -> bool {
        self.file().exists()
    }

    /// Removes what is kept here, and gives it as far as it was whole; nothing where
    /// nobody is signed in.
    ///
    /// # Errors
    /// Where it cannot be removed.
    pub(crate) fn take(&self) -> Result<Option<Taken>> {
        let taken = match self.load() {
            Ok(None) => return Ok(None),
            Ok(Some(session)) => {
                let tokens = match self.tokens(&session) {
                    // What a keyring that does not answer holds is not forgotten.
                    Err(error) if error.kind() == Kind::Usage => return Err(error),
                    tokens => tokens.ok(),
                };
                if matches!(session.place, Place::Keyring) {
                    keyring::remove(&self.entry(), &self.shown())?;
                }
                (Some(session), tokens)
            }
            Err(_) => (None, None),
        };
        match fs::remove_file(self.file()) {
            Err(error) if !is_absent(&error) => Err(self.unwritten(Kind::Usage, &error)),
            _ => Ok(Some(taken)),
        }
    }

    /// Checks that there is a keyring.
    ///
    /// # Errors
    /// A usage error that names the other store.
    pub(crate) fn check_keyring(&self) -> Result<()> {
        keyring::find(&self.entry(), "--store keyring").map(drop).map_err(|error| {
            error.hint("--store file keeps the tokens in a file that its owner alone can read")
        })
    }

    /// Waits for the right to change what is kept here, within `limits`.
    ///
    /// # Errors
    /// Where there can be no lock, or another has it for too long.
    pub(crate) fn lock(&self, limits: &Limits, watch: &mut Trace<'_>) -> Result<FileLock> {
        lock::acquire(&self.lock_file(), &self.shown(), limits, watch).map_err(|why| match why {
            LockError::Io(error) => self.unwritten(Kind::Authentication, &error),
            LockError::TimedOut(error) => error,
            LockError::Busy => self.held(),
        })
    }

    /// The file, for messages.
    pub(crate) fn path(&self) -> String {
        escape::excerpt(&self.file().to_string_lossy(), 200)
    }

    /// The sign-in, for messages.
    pub(crate) fn shown(&self) -> String {
        match &self.profile {
            Some(profile) => format!("the sign-in of profile '{}'", escape::excerpt(profile, 60)),
            None => "the sign-in".to_owned(),
        }
    }

    /// What a person does to sign in again.
    pub(crate) fn again(&self) -> String {
        format!("sign in again: {}", self.command())
    }

    /// The command that signs in.
    pub(crate) fn command(&self) -> String {
        let profile = self.profile.as_ref().map(|profile| {
            let shown = escape::excerpt(profile, 60);
            format!(" --profile {}", shlex::try_quote(&shown).unwrap_or_default())
        });
        format!("sotickets auth login{}", profile.unwrap_or_default())
    }

    /// The error for a sign-in that was forgotten meanwhile.
    pub(crate) fn gone(&self) -> Error {
        Error::new(Kind::Authentication, format!("{} is not there any more", self.shown()))
            .hint(self.again())
    }

    /// The entry of the keyring.
    fn entry(&self) -> String {
        self.profile
            .as_ref()
            .map_or_else(|| ENTRY.to_owned(), |profile| format!("{profile}/{ENTRY}"))
    }

    fn lock_file(&self) -> PathBuf {
        self.folder.join(format!("{}.lock", self.name()))
    }

    fn file(&self) -> PathBuf {
        self.folder.join(format!("{}.json", self.name()))
    }

    /// The file's name, which is another for every profile where case does not matter,
    /// too, and is never a path.
    fn name(&self) -> String {
        match &self.profile {
            None => ENTRY.to_owned(),
            Some(profile) => format!("{ENTRY}-{}", utf8_percent_encode(profile, &ESCAPED)),
        }
    }

    fn unreadable(&self, why: &dyn Display) -> Error {
        let message = format!("{} cannot be read: {}: {why}", self.shown(), self.path());
        Error::new(Kind::Authentication, message).hint(self.again())
    }

    fn unwritten(&self, kind: Kind, why: &dyn Display) -> Error {
        let message = format!("{} cannot be kept: {}", self.shown(), self.no_room(why));
        Error::new(kind, message).hint(WRITABLE)
    }

    /// The folder, with why it does not take a sign-in.
    fn no_room(&self, why: &dyn Display) -> String {
        format!("{}: {why}", escape::excerpt(&self.folder.to_string_lossy(), 200))
    }

    fn held(&self) -> Error {
        let seconds = PATIENCE.as_secs();
        let message = format!("another call has been using {} for {seconds} s", self.shown());
        Error::new(Kind::Authentication, message).hint("try again, or end the other sotickets")
    }
}

/// The hint for a folder that takes no file.
pub(crate) const WRITABLE: &str =
    "make room there, or that folder writable, or have XDG_STATE_HOME name another";

const ENTRY: &str = "sign-in";
/// What does not stand for itself in the name of a file: capitals neither, which some
/// file systems do not tell from small letters.
const ESCAPED: AsciiSet = {
    let mut set = NON_ALPHANUMERIC.remove(b'-').remove(b'_');
    let mut capital = b'A';
    while capital <= b'Z' {
        set = set.add(capital);
        capital += 1;
    }
    set
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_profile_has_a_file_of_its_own() {
        let name = |profile| SessionStore::new(PathBuf::new(), profile).name();
        assert_eq!(name(None), "sign-in");
        let profiles = ["work", "Work", "a/b", "..", "%57ork", "at work", "æ", "Æ", ""];
        let mut names: Vec<String> =
            profiles.iter().map(|profile| name(Some(profile)).to_lowercase()).collect();
        assert!(names.iter().all(|name| !name.contains(['/', '.', ' '])), "{names:?}");
        names.push("sign-in".to_owned());
        names.sort();
        names.dedup();
        assert_eq!(names.len(), profiles.len() + 1);
    }
}
