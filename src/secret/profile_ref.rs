//! A profile of one configuration file, as the places of stored secrets are named after it.

use std::path::{Path, PathBuf};

use crate::escape;
use crate::fs::state_file;
use crate::shell_words::{quote, quote_path};

/// The command that signs in.
pub(crate) const LOGIN_COMMAND: &str = "sotickets auth login";

/// The identity of a configuration file; that of the default file is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ConfigFileId {
    /// The part of the names that is the file's; none for the default file.
    digest: Option<String>,
    /// The path that `--config` gives.
    option: Option<PathBuf>,
}

impl ConfigFileId {
    /// Creates the part for the file at `path`, which is not the default one. `path` is behind all
    /// links, so that the file always has the same part.
    pub(crate) fn new(path: &Path) -> Self {
        let digest = state_file::digest(&[path.as_os_str().as_encoded_bytes()]);
        Self { digest: Some(digest), option: None }
    }

    /// Returns the file as `--config` names it.
    pub(crate) fn named_by_option(self, path: &Path) -> Self {
        Self { option: Some(path.to_owned()), ..self }
    }

    /// Returns the command that signs in to `profile` of this file, or sets up one. It is not
    /// shortened, because people paste it.
    pub(crate) fn login_command(&self, profile: Option<&str>) -> String {
        let mut command = LOGIN_COMMAND.to_owned();
        if let Some(profile) = profile {
            command.push_str(" --profile ");
            command.push_str(&quote(&escape::visible(profile)));
        }
        command + &self.config_option()
    }

    /// Returns ` --config PATH` as it was given, for a command of a hint; else nothing.
    pub(crate) fn config_option(&self) -> String {
        config_option(self.option.as_deref())
    }

    /// Returns the part with `separator` before it; empty for the default file.
    pub(crate) fn suffix(&self, separator: char) -> String {
        self.digest.as_ref().map_or_else(String::new, |digest| format!("{separator}{digest}"))
    }
}

/// Returns ` --config PATH` for a command of a hint, if there is a `path`.
pub(crate) fn config_option(path: Option<&Path>) -> String {
    path.map_or_else(String::new, |path| format!(" --config {}", quote_path(path)))
}

/// A profile of one configuration file. Profiles of the same name in two files have each their own
/// secrets, which may be for two servers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProfileRef {
    name: String,
    file: ConfigFileId,
}

impl ProfileRef {
    pub(crate) fn new(name: &str, file: &ConfigFileId) -> Self {
        Self { name: name.to_owned(), file: file.clone() }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) const fn file(&self) -> &ConfigFileId {
        &self.file
    }

    /// Returns the command that signs in again.
    pub(crate) fn login_command(&self) -> String {
        self.file.login_command(Some(&self.name))
    }

    /// Returns the hint for a keyring that fails.
    pub(crate) fn file_hint(&self) -> String {
        file_hint(&self.login_command())
    }

    /// Returns the name of the entry `key` in the keyring or among the stored files: `work/token`.
    /// A third part is that of the file.
    pub(crate) fn entry(&self, key: &str) -> String {
        format!("{}/{key}{}", self.name, self.file.suffix('/'))
    }
}

/// Returns the hint for a keyring that fails, where `login` is the command that signs in.
pub(crate) fn file_hint(login: &str) -> String {
    format!("{login} --store file keeps it in a file")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entry_is_that_of_one_file() {
        let entry = |file: &ConfigFileId| ProfileRef::new("work", file).entry("token");
        assert_eq!(entry(&ConfigFileId::default()), "work/token");
        let (a, b) = (ConfigFileId::new(Path::new("/a")), ConfigFileId::new(Path::new("/b")));
        assert_eq!(entry(&a).len(), "work/token/".len() + 32);
        assert_eq!(entry(&a), entry(&ConfigFileId::new(Path::new("/a"))));
        assert_ne!(entry(&a), entry(&b));
    }
}
