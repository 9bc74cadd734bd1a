//! The configuration file: its default profile and its profiles.
//!
//! It is parsed as a tree with positions and not derived by serde: an error of serde quotes
//! the value that it did not expect, and that may be a secret.

use std::collections::BTreeMap;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::{Error, Result};
use crate::secret::profile_ref::ConfigFileId;
use crate::secret::secret_ref::SecretSource;
use crate::settings::profile::Profile;
use crate::settings::registry::{self, Setting, ValueType};
use crate::source::{ConfigLine, Source, Sourced};

/// The parsed file.
#[derive(Default)]
pub(crate) struct ConfigFile {
    /// The profile that is used if nothing names one.
    pub(crate) default_profile: Option<Sourced<String>>,
    /// The profiles, in the order of the file. One with an error has the settings before it.
    pub(crate) profiles: Vec<Profile>,
    /// True if a secret of any profile comes from a program.
    pub(crate) names_command: bool,
    /// The errors, in the order of the file.
    pub(crate) errors: Vec<ConfigError>,
}

/// An error in the file.
pub(crate) struct ConfigError {
    /// The profile that it is in, if it is in one.
    pub(crate) profile: Option<String>,
    pub(crate) error: Error,
}

/// The key that names the default profile.
pub(super) const DEFAULT_PROFILE: &str = "default_profile";
/// The table of the profiles.
pub(super) const PROFILES: &str = "profiles";

impl ConfigFile {
    /// Returns the file, if it has no errors.
    ///
    /// # Errors
    /// The first error.
    pub(crate) fn checked(mut self) -> Result<Self> {
        match self.errors.is_empty() {
            true => Ok(self),
            false => Err(self.errors.swap_remove(0).error),
        }
    }

    fn add_error(&mut self, profile: Option<String>, error: Error) {
        self.errors.push(ConfigError { profile, error });
    }
}

/// Parses `text`, the content of `file`.
///
/// # Errors
/// The first error in the file.
pub(crate) fn parse(text: &str, file: &Path) -> Result<ConfigFile> {
    parse_each(text, file).checked()
}

/// Parses `text`, the content of `file`, as far as possible. Errors have line and column, and
/// repeat no value that may be a secret.
pub(crate) fn parse_each(text: &str, file: &Path) -> ConfigFile {
    let reader = Reader { text, file };
    let mut config_file = ConfigFile::default();
    let root = match DeTable::parse(text) {
        Ok(root) => root,
        Err(error) => {
            for name in profile_names(text) {
                config_file.add_error(Some(name.clone()), reader.not_toml(&error));
                config_file.profiles.push(reader.empty_profile(name));
            }
            if config_file.profiles.is_empty() {
                config_file.add_error(None, reader.not_toml(&error));
            }
            return config_file;
        }
    };
    for (key, value) in in_order(root.get_ref()) {
        match (key.get_ref().as_ref(), value.get_ref()) {
            (DEFAULT_PROFILE, DeValue::String(name)) => {
                let source = reader.source(None, DEFAULT_PROFILE, key);
                config_file.default_profile = Some(Sourced::new(name.as_ref().to_owned(), source));
            }
            (PROFILES, DeValue::Table(profiles)) => {
                for (name, table) in in_order(profiles) {
                    let mut profile = reader.empty_profile(name.get_ref().clone().into_owned());
                    if let Err(error) = reader.fill(&mut profile, name, table) {
                        config_file.add_error(Some(profile.name.clone()), error);
                    }
                    config_file.profiles.push(profile);
                }
            }
            (name, _) => {
                let error = match name {
                    DEFAULT_PROFILE => reader.wrong_type(key, value, "the name of one profile"),
                    PROFILES => reader.wrong_type(key, value, "tables: [profiles.NAME]"),
                    _ => reader.unknown_at_top(key),
                };
                config_file.add_error(None, error);
            }
        }
    }
    let secrets =
        registry::ALL.iter().chain(&registry::SYSTEM_USER).filter(|it| it.secret().is_some());
    config_file.names_command = secrets
        .flat_map(|setting| config_file.profiles.iter().filter_map(|it| it.find(setting)))
        .any(|text| text.value.parse().is_ok_and(|source: SecretSource| source.is_command()));
    config_file
}

/// Returns the names of the profiles in `text`, which need not be valid.
pub(crate) fn profile_names(text: &str) -> Vec<String> {
    let (root, errors) = DeTable::parse_recoverable(text);
    let profiles = root.get_ref().get(PROFILES).and_then(|profiles| profiles.get_ref().as_table());
    let profiles = profiles.map(in_order).unwrap_or_default();
    let mut names: Vec<String> =
        profiles.iter().map(|(name, _)| name.get_ref().clone().into_owned()).collect();
    if !errors.is_empty() {
        // An open bracket hides the tables after it from the parser.
        let headings = text.lines().filter_map(|line| line.trim().strip_prefix("[profiles."));
        let lost = headings.filter_map(|line| line.split([']', '.']).next().map(str::trim));
        for name in lost.map(|name| name.trim_matches(['"', '\''])) {
            if !name.is_empty() && !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
    }
    names
}

pub(super) type Key<'a> = Spanned<std::borrow::Cow<'a, str>>;

/// Returns the entries of `table` in the order of the file, so that its first error is
/// reported.
fn in_order<'t, 'i>(table: &'t DeTable<'i>) -> Vec<(&'t Key<'i>, &'t Spanned<DeValue<'i>>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

/// The file that is parsed.
pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) file: &'a Path,
}

impl Reader<'_> {
    fn empty_profile(&self, name: String) -> Profile {
        let file_id = ConfigFileId::default();
        Profile { name, file: self.file.to_owned(), file_id, values: BTreeMap::new() }
    }

    /// Adds the settings in the table of `profile`, up to the first error.
    fn fill(
        &self,
        profile: &mut Profile,
        name: &Key<'_>,
        table: &Spanned<DeValue<'_>>,
    ) -> Result<()> {
        let Some(table) = table.get_ref().as_table() else {
            return Err(self.wrong_type(name, table, "a table: [profiles.NAME]"));
        };
        for (key, value) in in_order(table) {
            if key.get_ref() == registry::SYSTEM_USER_TABLE {
                self.system_user(key, value, profile)?;
                continue;
            }
            let setting = registry::ALL
                .iter()
                .chain(&registry::PROFILE_ONLY)
                .find(|setting| setting.key == key.get_ref());
            let setting = setting.ok_or_else(|| self.unknown_in_profile(key, &profile.name))?;
            self.add(profile, setting, key, value)?;
            let both = [&registry::URL, &registry::TENANT];
            if both.iter().all(|one| profile.find(one).is_some()) {
                let (at, name) = (self.at(&key.span()), profile.display_name());
                return Err(Error::usage(format!("{at}: {name} has a url and a tenant"))
                    .hint("the address of a tenant is looked up; leave one of them out"));
            }
        }
        Ok(())
    }

    /// Adds the settings in the table of a system user, which needs all of its keys.
    fn system_user(
        &self,
        key: &Key<'_>,
        value: &Spanned<DeValue<'_>>,
        profile: &mut Profile,
    ) -> Result<()> {
        let name = |setting: &Setting| setting.key.rsplit('.').next().unwrap_or_default();
        let names = registry::SYSTEM_USER.map(name);
        let Some(table) = value.get_ref().as_table() else {
            return Err(self.wrong_type(
                key,
                value,
                "a table: { token = SRC, private_key = SRC, application_token = SRC }",
            ));
        };
        for (key, value) in in_order(table) {
            match names.iter().position(|name| name == key.get_ref()) {
                Some(index) => self.add(profile, registry::SYSTEM_USER[index], key, value)?,
                None => return Err(self.unknown(key, " in system_user", &names)),
            }
        }
        let is_missing = |setting: &&&Setting| profile.find(setting).is_none();
        match registry::SYSTEM_USER.iter().find(is_missing) {
            Some(missing) => {
                let (at, name) = (self.at(&key.span()), name(missing));
                Err(Error::usage(format!("{at}: system_user has no {name}"))
                    .hint(format!("it needs {}, each with a SRC", names.join(", "))))
            }
            None => Ok(()),
        }
    }

    /// Adds the value of `setting` to `profile`.
    fn add(
        &self,
        profile: &mut Profile,
        setting: &'static Setting,
        key: &Key<'_>,
        value: &Spanned<DeValue<'_>>,
    ) -> Result<()> {
        let text = self.value(setting, key, value)?;
        let source = self.source(Some(&profile.name), setting.key, key);
        profile.values.insert(setting.key, Sourced::new(text, source));
        Ok(())
    }

    fn source(&self, profile: Option<&str>, key: &'static str, at: &Key<'_>) -> Source {
        let (number, _) = self.position(&at.span());
        let line =
            ConfigLine { profile: profile.map(str::to_owned), file: self.file.to_owned(), number };
        Source::File { key, line }
    }

    /// Returns the value of `setting` as the text that its option would take.
    fn value(
        &self,
        setting: &Setting,
        key: &Key<'_>,
        value: &Spanned<DeValue<'_>>,
    ) -> Result<String> {
        let wrong = |expected| Err(self.wrong_type(key, value, expected));
        match (setting.value_type, value.get_ref()) {
            (ValueType::Secret(..), written) => {
                let place = written.as_str().unwrap_or_default();
                place
                    .parse::<SecretSource>()
                    .map_err(|error| error.in_file(&self.at(&value.span()), setting.key))?;
                if place.starts_with("file:") {
                    self.check_path(setting, place, &value.span())?;
                }
                Ok(place.to_owned())
            }
            (ValueType::Path, DeValue::String(text)) => {
                self.check_path(setting, text, &value.span())?;
                Ok(text.as_ref().to_owned())
            }
            (ValueType::Flag, DeValue::Boolean(flag)) => Ok(flag.to_string()),
            (ValueType::Flag, _) => wrong("true or false"),
            (_, DeValue::String(text)) => Ok(text.as_ref().to_owned()),
            (ValueType::Number, DeValue::Integer(number)) if number.radix() == 10 => {
                Ok(number.as_str().to_owned())
            }
            (ValueType::Number, DeValue::Float(number)) => Ok(number.as_str().to_owned()),
            (ValueType::List, DeValue::Array(list)) => {
                let texts: Option<Vec<&str>> =
                    list.iter().map(|item| item.get_ref().as_str()).collect();
                texts.map_or_else(|| wrong("a list of texts"), |texts| Ok(texts.join(",")))
            }
            (ValueType::List, _) => wrong("a list of texts, or a text with commas"),
            (ValueType::Number, _) => wrong("a text or a number"),
            _ => wrong("a text"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn message(text: &str) -> String {
        let path = Path::new("/c.toml");
        let Err(error) = parse(text, path) else { return String::new() };
        format!("{error} {:?}", error.hints())
    }

    proptest! {
        #[test]
        fn errors_repeat_no_value(
            before in "[a-z\\[\\]=\"' .\n#,{}]{0,20}",
            after in "[a-z\\[\\]=\"' .\n#,{}]{0,20}",
        ) {
            for written in ["\"7T:CANARY\"", "7T:CANARY", "'7T:CANARY", "[\"CANARY\"]", "{ a = \"CANARY\" }"] {
                let text = format!("{before}\n[profiles.x]\ntoken = {written}\n{after}");
                let message = message(&text);
                prop_assert!(!message.contains("CANARY"), "{}: {}", text, message);
            }
        }
    }
}
