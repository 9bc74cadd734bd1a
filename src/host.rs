//! What the process was given: variables, streams, terminal and clock.
//!
//! Everything that a test would want to choose comes in through here.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

/// The environment variables, read once.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<OsString, OsString>);

impl Environment {
    /// The value of `name`; an empty one counts as unset. Bytes that are not
    /// UTF-8 are replaced: what is sent or acted upon has to pass
    /// [`Environment::not_utf8`], or be looked through for replacements, first.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<String> {
        self.0
            .get(OsStr::new(name))
            .filter(|value| !value.is_empty())
            .map(|value| value.to_string_lossy().into_owned())
    }

    /// The path in `name`, as it is; an empty one counts as unset.
    #[must_use]
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        self.0.get(OsStr::new(name)).filter(|value| !value.is_empty()).map(PathBuf::from)
    }

    /// `path` with `~/` at its beginning as the home folder: a shell leaves it alone
    /// behind a colon, and in a file there is none.
    #[must_use]
    pub fn in_home(&self, path: &Path) -> PathBuf {
        match (path.strip_prefix("~"), self.path("HOME")) {
            (Ok(rest), Some(home)) => home.join(rest),
            _ => path.to_owned(),
        }
    }

    /// The names of all variables, those that are text.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().filter_map(|name| name.to_str())
    }

    /// The first variable whose name begins with `prefix` and whose value is not
    /// UTF-8.
    #[must_use]
    pub fn not_utf8(&self, prefix: &str) -> Option<String> {
        self.0
            .iter()
            .map(|(name, value)| (name.to_string_lossy(), value))
            .find(|(name, value)| name.starts_with(prefix) && value.to_str().is_none())
            .map(|(name, _)| name.into_owned())
    }
}

impl<K: Into<OsString>, V: Into<OsString>> FromIterator<(K, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(variables: I) -> Self {
        Self(variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

/// The names alone: the values may be secrets.
impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// What is known of the terminal, if there is one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Terminal {
    /// Standard output is a terminal.
    pub stdout: bool,
    /// Standard error is a terminal.
    pub stderr: bool,
    /// The width in columns of the terminal behind standard output.
    pub width: Option<usize>,
}

/// The process around a command.
pub struct Host<'a> {
    /// The environment variables.
    pub environment: Environment,
    /// Standard input; read only where the command line names it.
    pub stdin: &'a mut dyn BufRead,
    /// Standard output: data only.
    pub stdout: &'a mut dyn Write,
    /// Standard error: everything else.
    pub stderr: &'a mut dyn Write,
    /// The terminal.
    pub terminal: Terminal,
    /// The time at the start of the process.
    pub now: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_values_of_variables_are_not_printed() {
        let environment: Environment = [("SOTICKETS_TOKEN", "canary")].into_iter().collect();
        assert_eq!(format!("{environment:?}"), r#"{"SOTICKETS_TOKEN"}"#);
    }
}
