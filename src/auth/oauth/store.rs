//! The store of sign-ins: a file for each profile, with the tokens in it or in the keyring.

use std::fmt::Display;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use percent_encoding::percent_decode_str;

use crate::auth::lock::{self, LOCK_TIMEOUT, LockError};
use crate::error::{Error, Kind, Result};
use crate::escape;
use crate::fs::lock::open as open_lock;
use crate::fs::read_limited::is_absent;
use crate::fs::state_file::{self, Reservation};
use crate::http::transport::Transport;
use crate::platform::Platform;
use crate::secret::profile_ref::{self, ConfigFileId, LOGIN_COMMAND, ProfileRef};
use crate::secret::secret_store::SecretStore;
use crate::secret::{Secret, keyring};

use super::stored_session::{StoredSession, TokenLocation, Tokens};

/// The place of one sign-in: that of a profile, or that without a profile.
#[derive(Clone, Debug)]
pub(crate) struct SessionStore {
    file: PathBuf,
    profile: Option<ProfileRef>,
}

impl SessionStore {
    /// Creates the store of `profile` in the folder `dir`.
    pub(crate) fn new(dir: &Path, profile: Option<ProfileRef>) -> Self {
        let file = dir.join(file_name(profile.as_ref()));
        Self { file, profile }
    }

    /// Returns the stores in the folder `dir` that have a sign-in: first that without a profile,
    /// then by profile those of the configuration file `config`.
    ///
    /// # Errors
    /// Those of the folder.
    pub(crate) fn all(dir: &Path, config: &ConfigFileId) -> io::Result<Vec<Self>> {
        let mut profiles = Vec::new();
        match fs::read_dir(dir) {
            Ok(entries) => {
                for entry in entries {
                    let name = entry?.file_name();
                    profiles.extend(name.to_str().and_then(|name| profile_in(name, config)));
                }
            }
            Err(error) if is_absent(&error) => {}
            Err(error) => return Err(error),
        }
        profiles.sort();
        let profiles = profiles.into_iter();
        let profiles = profiles.map(|name| name.map(|name| ProfileRef::new(&name, config)));
        Ok(profiles.map(|profile| Self::new(dir, profile)).collect())
    }

    /// Returns the name of the profile.
    pub(crate) fn profile(&self) -> Option<&str> {
        self.profile.as_ref().map(ProfileRef::name)
    }

    /// Loads the session; `None` if nobody is signed in.
    ///
    /// # Errors
    /// An error of [`Kind::Authentication`] for a file that cannot be read or understood.
    pub(crate) fn load(&self) -> Result<Option<StoredSession>> {
        match state_file::read(&self.file) {
            Ok(session) => Ok(Some(session)),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(self.read_error(&error)),
        }
    }

    /// Loads the tokens of `session`.
    ///
    /// # Errors
    /// An error of [`Kind::Authentication`] if they are missing or damaged; of [`Kind::Usage`] if
    /// the keyring does not answer.
    pub(crate) fn tokens(&self, session: &StoredSession) -> Result<Tokens> {
        self.find_tokens(session).map_err(|error| match error.kind() {
            Kind::Usage => error.hint(profile_ref::file_hint(&self.login_command())),
            _ => error,
        })
    }

    /// As [`Self::tokens`], without the hint that leads to a file.
    pub(super) fn find_tokens(&self, session: &StoredSession) -> Result<Tokens> {
        if let TokenLocation::File(tokens) = &session.token_location {
            return Ok(tokens.clone());
        }
        let text = keyring::find(&self.keyring_entry(), &self.label())?;
        serde_json::from_str(&text.ok_or_else(|| self.missing_error())?)
            .map_err(|_| self.read_error(&"the keyring has something else in its place"))
    }

    /// Reserves space for a new sign-in, before anything is sent for it.
    ///
    /// # Errors
    /// A usage error if the folder cannot be written to.
    pub(crate) fn reserve(&self) -> Result<Reservation> {
        open_lock(&self.file.with_extension("lock"))
            .and_then(|_| Reservation::new(&self.file))
            .map_err(|error| self.write_error(Kind::Usage, &error))
    }

    /// Reserves space for the next tokens of `session`; a keyring cannot reserve any.
    ///
    /// # Errors
    /// An error of [`Kind::Authentication`]; the stored tokens stay valid.
    pub(crate) fn reserve_for(&self, session: &StoredSession) -> Result<Option<Reservation>> {
        match session.token_location {
            TokenLocation::Keyring => Ok(None),
            TokenLocation::File(_) => Reservation::new(&self.file).map(Some).map_err(|error| {
                let message = format!(
                    "{} was not renewed: {}",
                    self.label(),
                    state_file::describe(&self.file, &error)
                );
                Error::new(Kind::Authentication, message)
                    .hint(WRITABLE_HINT)
                    .hint("the refresh token was not used; nothing is lost")
            }),
        }
    }

    /// Writes the renewed tokens of `session`.
    ///
    /// # Errors
    /// The reason, as text.
    pub(crate) fn write_tokens(
        &self,
        session: &StoredSession,
        tokens: &Tokens,
        reservation: Option<Reservation>,
    ) -> std::result::Result<(), String> {
        let reservation = match reservation {
            Some(reservation) => reservation,
            None if self.oversize(tokens).is_none() => {
                return self.write_keyring(tokens).map_err(|error| error.to_string());
            }
            None => Reservation::new(&self.file)
                .map_err(|error| state_file::describe(&self.file, &error))?,
        };
        let token_location = TokenLocation::File(tokens.clone());
        let renewed = StoredSession { token_location, ..session.clone() };
        reservation.write(&renewed).map_err(|error| state_file::describe(&self.file, &error))?;
        self.remove_leftover(session);
        Ok(())
    }

    /// Writes the tokens of a new `session` into the keyring, if they belong there.
    ///
    /// # Errors
    /// An error of [`Kind::Output`], after which the keyring is as it was.
    pub(crate) fn replace_tokens(&self, session: &StoredSession, tokens: &Tokens) -> Result<()> {
        if !session.uses_keyring() {
            return Ok(());
        }
        self.write_keyring(tokens)
            .map_err(|error| Error::new(Kind::Output, error.to_string()).hint(store_file_hint()))
    }

    /// Replaces the stored sign-in, if there is one; its tokens are in their place. The
    /// `reservation` may be that of another store in the same folder.
    ///
    /// # Errors
    /// An error of [`Kind::Output`] if the new one cannot be written.
    pub(crate) fn replace(&self, session: &StoredSession, reservation: Reservation) -> Result<()> {
        let old = self.load().ok().flatten();
        let written = reservation.at(&self.file).write(session);
        written.map_err(|error| self.write_error(Kind::Output, &error))?;
        if let Some(old) = old.filter(|_| !session.uses_keyring()) {
            self.remove_leftover(&old);
        }
        Ok(())
    }

    /// Removes the tokens of the `old` session from the keyring; the new ones are in the file.
    fn remove_leftover(&self, old: &StoredSession) {
        if old.uses_keyring() {
            // A leftover is never read: it is no reason to fail.
            let _ = keyring::remove(&self.keyring_entry(), &self.label());
        }
    }

    fn write_keyring(&self, tokens: &Tokens) -> Result<()> {
        keyring::write(&self.keyring_entry(), &self.label(), &self.entry_text(tokens)?)
    }

    /// Returns `tokens` as the keyring has them.
    fn entry_text(&self, tokens: &Tokens) -> Result<Secret> {
        let text = serde_json::to_string(tokens);
        text.map(Secret::new).map_err(|error| self.write_error(Kind::Output, &error))
    }

    /// Returns the size of `tokens`, in bytes, if the keyring does not take them.
    pub(crate) fn oversize(&self, tokens: &Tokens) -> Option<usize> {
        let text = self.entry_text(tokens).ok()?;
        keyring::oversize(text.expose(), keyring::MAX_SIZE)
    }

    /// Returns true if there is a sign-in, or what is left of one.
    pub(crate) fn exists(&self) -> bool {
        self.file.exists()
    }

    /// Checks that there is a keyring, for the option or the command `origin`.
    ///
    /// # Errors
    /// A usage error that names the other store.
    pub(crate) fn check_keyring(&self, origin: &str) -> Result<()> {
        keyring::find(&self.keyring_entry(), origin)
            .map(drop)
            .map_err(|error| error.hint(store_file_hint()))
    }

    /// Waits for the right to change the sign-in, within `limits`.
    ///
    /// # Errors
    /// If there can be no lock, or another process holds it for too long.
    pub(crate) fn lock(&self, transport: &Transport<'_>) -> Result<File> {
        lock::acquire(&self.file.with_extension("lock"), &self.label(), transport).map_err(
            |error| match error {
                LockError::Io(error) => self.write_error(Kind::Authentication, &error),
                LockError::TimedOut(error) => error,
                LockError::Busy => {
                    let (label, seconds) = (self.label(), LOCK_TIMEOUT.as_secs());
                    let message = format!("another call has been using {label} for {seconds} s");
                    Error::new(Kind::Authentication, message)
                        .hint("try again, or end the other sotickets")
                }
            },
        )
    }

    /// Returns the place of the tokens of `session`, for messages.
    pub(crate) fn display_token_location(&self, session: &StoredSession) -> String {
        if session.uses_keyring() { "the keyring".to_owned() } else { self.display_path() }
    }

    pub(super) fn file(&self) -> &Path {
        &self.file
    }

    /// Returns the path of the file, for messages.
    pub(crate) fn display_path(&self) -> String {
        escape::display_path(&self.file)
    }

    /// Returns the name of the sign-in, for messages.
    pub(crate) fn label(&self) -> String {
        match self.profile() {
            Some(profile) => format!("the sign-in of profile '{}'", escape::excerpt(profile, 60)),
            None => "the sign-in".to_owned(),
        }
    }

    /// Returns the hint to sign in again.
    pub(crate) fn login_hint(&self) -> String {
        format!("sign in again: {}", self.login_command())
    }

    /// Returns the command that signs in.
    pub(crate) fn login_command(&self) -> String {
        let command = self.profile.as_ref().map(ProfileRef::login_command);
        command.unwrap_or_else(|| LOGIN_COMMAND.to_owned())
    }

    /// Returns the error for a sign-in that another process has removed.
    pub(crate) fn missing_error(&self) -> Error {
        Error::new(Kind::Authentication, format!("{} is not there any more", self.label()))
            .hint(self.login_hint())
    }

    pub(super) fn keyring_entry(&self) -> String {
        self.profile.as_ref().map_or_else(|| NAME.to_owned(), |profile| profile.entry(NAME))
    }

    fn read_error(&self, why: &dyn Display) -> Error {
        let message = format!("{} cannot be read: {}: {why}", self.label(), self.display_path());
        Error::new(Kind::Authentication, message).hint(self.login_hint())
    }

    pub(super) fn write_error(&self, kind: Kind, why: &dyn Display) -> Error {
        let message =
            format!("{} cannot be kept: {}", self.label(), state_file::describe(&self.file, why));
        Error::new(kind, message).hint(WRITABLE_HINT)
    }
}

/// The hint for a folder that cannot be written to.
pub(crate) const WRITABLE_HINT: &str =
    "make room there, or that folder writable, or have XDG_STATE_HOME name another";

/// Returns the hint for a keyring that does not keep the tokens.
fn store_file_hint() -> String {
    SecretStore::file_hint("tokens", Platform::CURRENT)
}

/// The name of the file and of the entry in the keyring.
const NAME: &str = "sign-in";

/// Returns the file name of the sign-in: never a path, and distinct for every profile even if
/// the file system ignores case.
fn file_name(profile: Option<&ProfileRef>) -> String {
    match profile {
        None => format!("{NAME}.json"),
        Some(profile) => {
            // No escaped name has a dot.
            let (name, file) =
                (state_file::escape_name(profile.name()), profile.file().suffix('.'));
            format!("{NAME}-{name}{file}.json")
        }
    }
}

/// Returns the name of the profile of the configuration file `config` whose sign-in has this file
/// `name`, or no name for the sign-in without a profile; `None` for another file.
fn profile_in(name: &str, config: &ConfigFileId) -> Option<Option<String>> {
    let encoded = name.strip_prefix(NAME)?.strip_suffix(".json")?;
    let profile = match encoded.strip_prefix('-') {
        Some(encoded) => {
            let encoded = encoded.strip_suffix(&config.suffix('.'))?;
            Some(percent_decode_str(encoded).decode_utf8().ok()?.into_owned())
        }
        None => None,
    };
    let expected = profile.as_ref().map(|profile| ProfileRef::new(profile, config));
    (file_name(expected.as_ref()) == name).then_some(profile)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sign_ins_of_another_configuration_file_are_apart() {
        let (first, second) = (ConfigFileId::default(), ConfigFileId::new(Path::new("/b.toml")));
        let (a, b) = (ProfileRef::new("work", &first), ProfileRef::new("work", &second));
        let (a, b) = (file_name(Some(&a)), file_name(Some(&b)));
        assert_eq!((profile_in(&a, &second), profile_in(&b, &first)), (None, None));
        let work = Some(Some("work".to_owned()));
        assert_eq!((profile_in(&a, &first), profile_in(&b, &second)), (work.clone(), work));
        assert_eq!(profile_in("sign-in.json", &second), Some(None));
    }

    #[test]
    fn profiles_have_distinct_file_names() {
        let config = ConfigFileId::default();
        let reference = |profile: &str| ProfileRef::new(profile, &config);
        let profile_of = |name: &str| profile_in(name, &config);
        let stem = |profile: Option<&str>| {
            let name = file_name(profile.map(reference).as_ref());
            name.trim_end_matches(".json").to_owned()
        };
        assert_eq!(stem(None), "sign-in");
        let profiles = ["work", "Work", "a/b", "..", "%57ork", "at work", "æ", "Æ", ""];
        for profile in profiles {
            let name = file_name(Some(&reference(profile)));
            assert_eq!(profile_of(&name), Some(Some(profile.to_owned())));
        }
        assert_eq!(profile_of("sign-in.json"), Some(None));
        for other in ["sign-in.lock", "sign-in-Work.json", "sign-in-%.json", "sign-in2.json", ""] {
            assert_eq!(profile_of(other), None, "{other}");
        }
        let mut names: Vec<String> =
            profiles.iter().map(|profile| stem(Some(profile)).to_lowercase()).collect();
        assert!(names.iter().all(|name| !name.contains(['/', '.', ' '])), "{names:?}");
        names.push("sign-in".to_owned());
        names.sort();
        names.dedup();
        assert_eq!(names.len(), profiles.len() + 1);
    }
}
