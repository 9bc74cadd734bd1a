//! A profile of one configuration file, as the places of kept secrets are named after it.

use std::path::{Path, PathBuf};

use crate::escape;
use crate::fs::state_file;
use crate::shell_words::quote;

/// The command that signs in.
pub(crate) const LOGIN_COMMAND: &str = "sotickets auth login";

/// What tells a configuration file from the default one.
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

    /// Returns the part with `separator` before it; empty for the default file.
    pub(crate) fn suffix(&self, separator: char) -> String {
        self.digest.as_ref().map_or_else(String::new, |digest| format!("{separator}{digest}"))
    }
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
        let name = escape::excerpt(&self.name, 60);
        let config = self.file.option.as_ref().map_or_else(String::new, |path| {
            format!(" --config {}", quote(&escape::excerpt(&path.to_string_lossy(), 200)))
        });
        format!("{LOGIN_COMMAND} --profile {}{config}", quote(&name))
    }

    /// Returns the name of the entry `key` in the keyring or among the stored files: `work/token`.
    /// A third part is that of the file.
    pub(crate) fn entry(&self, key: &str) -> String {
        format!("{}/{key}{}", self.name, self.file.suffix('/'))
    }
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
