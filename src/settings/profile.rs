//! A profile: what the configuration file says under one name.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::context::Environment;
use crate::escape;

use crate::settings::registry::Setting;
use crate::source::{ConfigLine, Source, Sourced};

/// The settings of `[profiles.NAME]`.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// The configuration file.
    pub file: PathBuf,
    /// What it says, by key.
    pub values: BTreeMap<&'static str, Value>,
}

/// A value as written.
#[derive(Clone)]
pub struct Value {
    /// The text; the texts of a list with commas between them.
    pub text: String,
    /// The line of its key.
    pub line: usize,
}

/// Without the text: somebody may have written a password into an address.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Value").field("line", &self.line).finish_non_exhaustive()
    }
}

impl Profile {
    /// What it says of `setting`.
    #[must_use]
    pub fn find(&self, setting: &Setting) -> Option<Sourced<String>> {
        let Value { text, line } = self.values.get(setting.key)?;
        let source = Source::File { key: setting.key, line: self.line(*line) };
        Some(Sourced::new(text.clone(), source))
    }

    /// The path that is written as `text`: from the folder of the configuration file,
    /// or with `~/` from the home folder.
    #[must_use]
    pub fn path(&self, text: &str, environment: &Environment) -> PathBuf {
        self.folder().join(environment.in_home(Path::new(text)))
    }

    /// The folder that the paths in it start from.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new(""))
    }

    /// Returns a line of the profile.
    #[must_use]
    pub fn line(&self, number: usize) -> ConfigLine {
        ConfigLine { profile: Some(self.name.clone()), file: self.file.clone(), number }
    }

    /// The name, for messages.
    #[must_use]
    pub fn shown_name(&self) -> String {
        format!("profile '{}'", escape::excerpt(&self.name, 60))
    }
}

/// `path`, for messages.
#[must_use]
pub fn shown(path: &Path) -> String {
    escape::display_path(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_profile_says_is_not_printed() {
        let value = Value { text: "https://tim:canary@h".to_owned(), line: 7 };
        assert_eq!(format!("{value:?}"), "Value { line: 7, .. }");
    }
}
