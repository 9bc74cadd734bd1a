//! A profile of the configuration file.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::context::Environment;
use crate::error::Result;
use crate::escape;
use crate::secret::secret_ref::SecretRef;
use crate::secret::secret_source::SecretOrigin;
use crate::secret::secret_source::{SecretSource, SecretSourceError};
use crate::settings::registry::Setting;
use crate::source::{ConfigLine, Source, Sourced};

/// The settings of `[profiles.NAME]`.
#[derive(Clone, Debug)]
pub(crate) struct Profile {
    pub(crate) name: String,
    /// The configuration file.
    pub(crate) file: PathBuf,
    /// The values by the key of their setting.
    pub(crate) values: BTreeMap<&'static str, ProfileValue>,
}

/// A value as written.
#[derive(Clone)]
pub(crate) struct ProfileValue {
    /// The text; the texts of a list with commas between them.
    pub(crate) text: String,
    /// The line of its key.
    pub(crate) line: usize,
}

/// Leaves out the text: an address may hold a password.
impl fmt::Debug for ProfileValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProfileValue").field("line", &self.line).finish_non_exhaustive()
    }
}

impl Profile {
    /// Returns the value of `setting`.
    pub(crate) fn find(&self, setting: &Setting) -> Option<Sourced<String>> {
        let ProfileValue { text, line } = self.values.get(setting.key)?;
        let source = Source::File { key: setting.key, line: self.line(*line) };
        Some(Sourced::new(text.clone(), source))
    }

    /// Returns the secret `setting`. A relative path starts from the folder of the
    /// configuration file.
    pub(crate) fn secret(&self, setting: &Setting) -> Result<Option<SecretRef>> {
        let (Some(ProfileValue { text, line }), Some((label, kind))) =
            (self.values.get(setting.key), setting.secret())
        else {
            return Ok(None);
        };
        let line = self.line(*line).to_string();
        let source =
            text.parse().map_err(|error: SecretSourceError| error.in_file(&line, setting.key))?;
        let source = match source {
            SecretSource::File(path) if !path.starts_with("~") => {
                SecretSource::File(self.folder().join(path))
            }
            source => source,
        };
        let origin = SecretOrigin::new(format!("{} ", setting.key), text, format!(" of {line}"));
        let secret = SecretRef::new(source, origin, setting.variable, label).with_kind(kind);
        Ok(Some(SecretRef { belongs_to_profile: true, ..secret.with_profile(Some(&self.name)) }))
    }

    /// Returns the path that is written as `text`: below the folder of the configuration
    /// file, or with `~/` below the home folder.
    pub(crate) fn path(&self, text: &str, environment: &Environment) -> PathBuf {
        self.folder().join(environment.expand_home(Path::new(text)))
    }

    fn folder(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new(""))
    }

    fn line(&self, number: usize) -> ConfigLine {
        ConfigLine { profile: Some(self.name.clone()), file: self.file.clone(), number }
    }

    /// Returns the name for messages: `profile 'work'`.
    pub(crate) fn display_name(&self) -> String {
        format!("profile '{}'", escape::excerpt(&self.name, 60))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_a_profile_are_not_printed() {
        let value = ProfileValue { text: "https://tim:canary@h".to_owned(), line: 7 };
        assert_eq!(format!("{value:?}"), "ProfileValue { line: 7, .. }");
    }
}
