//! A profile of the configuration file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::context::Variables;
use crate::error::Result;
use crate::escape;
use crate::secret::profile_ref::{ConfigFileId, ProfileRef};
use crate::secret::secret_origin::SecretOrigin;
use crate::secret::secret_ref::{SecretRef, SecretSource, SecretSourceError};
use crate::settings::registry::{self, Setting};
use crate::source::{Source, Sourced};

/// The settings of `[profiles.NAME]`. It cannot be printed: an address may hold a password.
#[derive(Clone)]
pub(crate) struct Profile {
    pub(crate) name: String,
    /// The configuration file.
    pub(crate) file: PathBuf,
    /// The part of the names of stored secrets that is the file's.
    pub(crate) file_id: ConfigFileId,
    /// The texts as written, by the key of their setting; those of a list with commas between
    /// them.
    pub(crate) values: BTreeMap<&'static str, Sourced<String>>,
}

/// The rule of [`is_plain_name`], for a hint.
pub(crate) const NAME_HINT: &str =
    "a name has up to 50 letters, digits, '-' and '_': A-Z, a-z, 0-9";

/// The longest name of a new profile. The files of its secrets are named after it, with three
/// characters for a capital.
pub(crate) const MAX_NAME_LENGTH: usize = 50;

/// Returns true if a new profile may have this `name`: it needs no quotes in TOML nor in a shell.
pub(crate) fn is_plain_name(name: &str) -> bool {
    (1..=MAX_NAME_LENGTH).contains(&name.len()) && name.chars().all(is_plain_character)
}

/// Returns true for a character of a plain name.
pub(crate) const fn is_plain_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}

impl Profile {
    /// Returns the value of `setting`.
    pub(crate) fn find(&self, setting: &Setting) -> Option<Sourced<String>> {
        self.values.get(setting.key).cloned()
    }

    /// Returns the profile as its stored secrets are named after it.
    pub(crate) fn reference(&self) -> ProfileRef {
        ProfileRef::new(&self.name, &self.file_id)
    }

    /// Returns the secret `setting`. A relative path starts from the folder of the
    /// configuration file.
    pub(crate) fn secret(&self, setting: &Setting) -> Result<Option<SecretRef>> {
        let (Some(Sourced { value, source: Source::File { key, line } }), Some((label, kind))) =
            (self.values.get(setting.key), setting.secret())
        else {
            return Ok(None);
        };
        let line = line.to_string();
        let source = value.parse().map_err(|error: SecretSourceError| error.in_file(&line, key))?;
        let source = match source {
            SecretSource::File(path) if !path.starts_with("~") => {
                SecretSource::File(self.folder().join(path))
            }
            source => source,
        };
        let origin = SecretOrigin::new(format!("{key} "), value, format!(" of {line}"));
        let secret = SecretRef::new(source, origin, setting.variable, label).with_kind(kind);
        Ok(Some(SecretRef { profile: Some(Box::new(self.reference())), ..secret }))
    }

    /// Returns the secrets of the credential; none for a sign-in.
    pub(crate) fn credential_secrets(&self) -> Result<Vec<SecretRef>> {
        use registry::{APP_TOKEN, COOKIE, PASSWORD, SYSTEM_USER, TICKET, TOKEN, XSRF_TOKEN};
        let mut secrets = Vec::new();
        for setting in [&PASSWORD, &TICKET, &TOKEN, &XSRF_TOKEN, &COOKIE].iter().chain(&SYSTEM_USER)
        {
            secrets.extend(self.secret(setting)?);
        }
        if !secrets.is_empty() {
            secrets.extend(self.secret(&APP_TOKEN)?);
        }
        Ok(secrets)
    }

    /// Returns the path that is written as `text`: below the folder of the configuration
    /// file, or with `~/` below the home folder.
    pub(crate) fn path(&self, text: &str, variables: &Variables) -> PathBuf {
        self.folder().join(variables.expand_home(Path::new(text)))
    }

    fn folder(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new(""))
    }

    /// Returns the name for messages: `profile 'work'`.
    pub(crate) fn display_name(&self) -> String {
        format!("profile '{}'", escape::excerpt(&self.name, 60))
    }
}
