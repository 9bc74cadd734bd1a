//! The configuration file: its default profile and its profiles.
//!
//! It is parsed as a tree with positions and not derived by serde: an error of serde quotes
//! the value that it did not expect, and that may be a secret.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::{Error, Result};
use crate::escape;
use crate::secret::secret_ref::SecretSource;
use crate::settings::profile::Profile;
use crate::settings::registry::{self, Setting, ValueType};
use crate::source::{ConfigLine, Source, Sourced};
use crate::suggest;

/// The parsed file.
pub(crate) struct ConfigFile {
    /// The profile that is used if nothing names one.
    pub(crate) default_profile: Option<Sourced<String>>,
    /// The profiles, in the order of the file.
    pub(crate) profiles: Vec<Profile>,
    /// True if a secret of any profile comes from a program.
    pub(crate) names_command: bool,
}

/// The hint for a Windows path in double quotes.
const BACKSLASH: &str = r"inside double quotes a backslash begins an escape; write a path in single quotes: 'file:C:\Users\NAME\token'";

const DEFAULT_PROFILE: &str = "default_profile";
const PROFILES: &str = "profiles";

/// Parses `text`, the content of `file`. Errors have line and column, and repeat no value that
/// may be a secret.
pub(crate) fn parse(text: &str, file: &Path) -> Result<ConfigFile> {
    let reader = Reader { text, file };
    let root = DeTable::parse(text).map_err(|error| reader.not_toml(&error))?;
    let mut config_file =
        ConfigFile { default_profile: None, profiles: Vec::new(), names_command: false };
    for (key, value) in in_order(root.get_ref()) {
        match key.get_ref().as_ref() {
            DEFAULT_PROFILE => {
                let Some(name) = value.get_ref().as_str() else {
                    return Err(reader.wrong_type(key, value, "the name of one profile"));
                };
                let source = reader.source(None, DEFAULT_PROFILE, key);
                config_file.default_profile = Some(Sourced::new(name.to_owned(), source));
            }
            PROFILES => {
                let Some(profiles) = value.get_ref().as_table() else {
                    return Err(reader.wrong_type(key, value, "tables: [profiles.NAME]"));
                };
                for (name, table) in in_order(profiles) {
                    config_file.profiles.push(reader.profile(name, table)?);
                }
            }
            _ => return Err(reader.unknown_at_top(key)),
        }
    }
    let secrets =
        registry::ALL.iter().chain(&registry::SYSTEM_USER).filter(|it| it.secret().is_some());
    config_file.names_command = secrets
        .flat_map(|setting| config_file.profiles.iter().filter_map(|it| it.find(setting)))
        .any(|text| text.value.parse().is_ok_and(|source: SecretSource| source.is_command()));
    Ok(config_file)
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

type Key<'a> = Spanned<std::borrow::Cow<'a, str>>;

/// Returns the entries of `table` in the order of the file, so that its first error is
/// reported.
fn in_order<'t, 'i>(table: &'t DeTable<'i>) -> Vec<(&'t Key<'i>, &'t Spanned<DeValue<'i>>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

struct Reader<'a> {
    text: &'a str,
    file: &'a Path,
}

impl Reader<'_> {
    fn profile(&self, name: &Key<'_>, table: &Spanned<DeValue<'_>>) -> Result<Profile> {
        let Some(table) = table.get_ref().as_table() else {
            return Err(self.wrong_type(name, table, "a table: [profiles.NAME]"));
        };
        let (name, values) = (name.get_ref().clone().into_owned(), BTreeMap::new());
        let mut profile = Profile { name, file: self.file.to_owned(), values };
        for (key, value) in in_order(table) {
            if key.get_ref() == registry::SYSTEM_USER_TABLE {
                self.system_user(key, value, &mut profile)?;
                continue;
            }
            let setting = registry::ALL
                .iter()
                .chain(&registry::PROFILE_ONLY)
                .find(|setting| setting.key == key.get_ref());
            let setting = setting.ok_or_else(|| self.unknown_in_profile(key, &profile.name))?;
            self.add(&mut profile, setting, key, value)?;
            let both = [&registry::URL, &registry::TENANT];
            if both.iter().all(|one| profile.find(one).is_some()) {
                let (at, name) = (self.at(&key.span()), profile.display_name());
                return Err(Error::usage(format!("{at}: {name} has a url and a tenant"))
                    .hint("the address of a tenant is looked up; leave one of them out"));
            }
        }
        Ok(profile)
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

    fn not_toml(&self, error: &toml::de::Error) -> Error {
        let span = error.span().unwrap_or_default();
        let at = self.at(&span);
        // The message of the parser names what it expected, and not what it found.
        if error.message() == "duplicate key" {
            let key = self.text.get(span).unwrap_or_default();
            return Error::usage(format!("{at}: '{}' is there twice", escape::excerpt(key, 60)))
                .hint("a key and a profile may be in the file once; leave one of them out");
        }
        let hint = if self.has_backslash(&span) {
            BACKSLASH
        } else {
            "a line is KEY = \"VALUE\", below a line [profiles.NAME]"
        };
        Error::usage(format!("{at}: this is not TOML: {}", escape::excerpt(error.message(), 200)))
            .hint(hint)
    }

    /// Returns true if the line of `span` has a backslash after a double quote.
    fn has_backslash(&self, span: &Range<usize>) -> bool {
        let (line, _) = self.position(span);
        let text = self.text.lines().nth(line - 1).unwrap_or_default();
        text.split_once('"').is_some_and(|(_, value)| value.contains('\\'))
    }

    /// Checks a path for control characters: escapes such as `\t` in `"C:\temp"` make them.
    fn check_path(&self, setting: &Setting, text: &str, span: &Range<usize>) -> Result<()> {
        if !text.contains(char::is_control) {
            return Ok(());
        }
        let key = setting.key;
        Err(Error::usage(format!("{}: {key} holds a control character", self.at(span)))
            .hint(BACKSLASH))
    }

    fn wrong_type(&self, key: &Key<'_>, value: &Spanned<DeValue<'_>>, expected: &str) -> Error {
        let found = match value.get_ref().type_str() {
            "array" => "a list",
            "boolean" => "true or false",
            "datetime" => "a date",
            "float" | "integer" => "a number",
            "table" => "a table",
            _ => "a text",
        };
        let key = escape::excerpt(key.get_ref(), 60);
        Error::usage(format!("{}: {key} is {expected}, not {found}", self.at(&value.span())))
    }

    fn unknown_at_top(&self, key: &Key<'_>) -> Error {
        let error = self.unknown_key(key, "");
        if registry::ALL.iter().any(|setting| setting.key == key.get_ref()) {
            return error.hint("it belongs in a profile, below a line [profiles.NAME]");
        }
        let hint = suggest::did_you_mean(key.get_ref(), [DEFAULT_PROFILE, PROFILES]);
        let names = || format!("there are {DEFAULT_PROFILE} and [{PROFILES}.NAME]");
        error.hint(hint.unwrap_or_else(names))
    }

    fn unknown_in_profile(&self, key: &Key<'_>, profile: &str) -> Error {
        let within = format!(" in profile '{}'", escape::excerpt(profile, 60));
        if key.get_ref() == DEFAULT_PROFILE {
            return self
                .unknown_key(key, &within)
                .hint("it belongs above the first line [profiles.NAME]");
        }
        let keys = registry::ALL.iter().chain(&registry::PROFILE_ONLY).map(|setting| setting.key);
        let keys: Vec<&str> = keys.chain([registry::SYSTEM_USER_TABLE]).collect();
        self.unknown(key, &within, &keys)
    }

    /// Returns the error for a key that is none of `keys`.
    fn unknown(&self, key: &Key<'_>, within: &str, keys: &[&str]) -> Error {
        let name = key.get_ref().replace('-', "_");
        let hint = suggest::did_you_mean(&name, keys.iter().copied());
        self.unknown_key(key, within)
            .hint(hint.unwrap_or_else(|| format!("the keys are {}", keys.join(", "))))
    }

    fn unknown_key(&self, key: &Key<'_>, within: &str) -> Error {
        let name = escape::excerpt(key.get_ref(), 60);
        Error::usage(format!("{}: unknown key '{name}'{within}", self.at(&key.span())))
    }

    /// Returns a position for a message: `PATH, line 3, column 7`.
    fn at(&self, span: &Range<usize>) -> String {
        let (line, column) = self.position(span);
        format!("{}, line {line}, column {column}", escape::display_path(self.file))
    }

    /// Returns line and column of the start of `span`, from 1, in characters.
    fn position(&self, span: &Range<usize>) -> (usize, usize) {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        (before.matches('\n').count() + 1, before[start..].chars().count() + 1)
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
