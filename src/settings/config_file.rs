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
use crate::suggest;

use crate::secret::secret_source::SecretSource;
use crate::settings::profile::{Profile, ProfileValue};
use crate::settings::registry::{self, Setting, ValueType};
use crate::source::{ConfigLine, Source, Sourced};

/// The parsed file.
#[derive(Clone, Debug)]
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
                let (number, _) = reader.position(&key.span());
                let line = ConfigLine { profile: None, file: file.to_owned(), number };
                let source = Source::File { key: DEFAULT_PROFILE, line };
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
        .flat_map(|setting| config_file.profiles.iter().filter_map(|p| p.values.get(setting.key)))
        .any(|value| value.text.parse().is_ok_and(|source: SecretSource| source.is_command()));
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
        let name = name.get_ref().as_ref();
        let mut values = BTreeMap::new();
        for (key, value) in in_order(table) {
            if key.get_ref().as_ref() == registry::SYSTEM_USER_TABLE {
                self.system_user(key, value, &mut values)?;
                continue;
            }
            let setting = registry::ALL
                .iter()
                .find(|setting| setting.key == key.get_ref().as_ref())
                .ok_or_else(|| self.unknown_in_profile(key, name))?;
            let (line, _) = self.position(&key.span());
            values
                .insert(setting.key, ProfileValue { text: self.value(setting, key, value)?, line });
            let both = [&registry::URL, &registry::TENANT];
            if both.iter().all(|one| values.contains_key(one.key)) {
                let name = escape::excerpt(name, 60);
                return Err(Error::usage(format!(
                    "{}: profile '{name}' has a url and a tenant",
                    self.at(&key.span())
                ))
                .hint("the address of a tenant is looked up; leave one of them out"));
            }
        }
        Ok(Profile { name: name.to_owned(), file: self.file.to_owned(), values })
    }

    /// Parses the table of a system user, which needs all of its keys.
    fn system_user(
        &self,
        key: &Key<'_>,
        value: &Spanned<DeValue<'_>>,
        values: &mut BTreeMap<&'static str, ProfileValue>,
    ) -> Result<()> {
        let short = |setting: &'static Setting| {
            setting.key.rsplit_once('.').map_or(setting.key, |(_, short)| short)
        };
        let names = || registry::SYSTEM_USER.into_iter().map(short);
        let Some(table) = value.get_ref().as_table() else {
            return Err(self.wrong_type(
                key,
                value,
                "a table: { token = SRC, private_key = SRC, application_token = SRC }",
            ));
        };
        for (key, value) in in_order(table) {
            let name = key.get_ref().as_ref();
            let setting = registry::SYSTEM_USER.into_iter().find(|setting| short(setting) == name);
            let Some(setting) = setting else {
                let error = self.unknown(key, " in system_user");
                return Err(match suggest::did_you_mean(&name.replace('-', "_"), names()) {
                    Some(hint) => error.hint(hint),
                    None => error
                        .hint(format!("the keys are {}", names().collect::<Vec<_>>().join(", "))),
                });
            };
            let (line, _) = self.position(&key.span());
            values
                .insert(setting.key, ProfileValue { text: self.value(setting, key, value)?, line });
        }
        match registry::SYSTEM_USER.into_iter().find(|setting| !values.contains_key(setting.key)) {
            Some(lacking) => Err(Error::usage(format!(
                "{}: system_user has no {}",
                self.at(&key.span()),
                short(lacking)
            ))
            .hint(format!("it needs {}, each with a SRC", names().collect::<Vec<_>>().join(", ")))),
            None => Ok(()),
        }
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
        let name = key.get_ref().as_ref();
        let error = self.unknown(key, "");
        if registry::ALL.iter().any(|setting| setting.key == name) {
            return error.hint("it belongs in a profile, below a line [profiles.NAME]");
        }
        match suggest::did_you_mean(name, [DEFAULT_PROFILE, PROFILES]) {
            Some(hint) => error.hint(hint),
            None => error.hint(format!("there are {DEFAULT_PROFILE} and [{PROFILES}.NAME]")),
        }
    }

    fn unknown_in_profile(&self, key: &Key<'_>, profile: &str) -> Error {
        let name = key.get_ref().as_ref();
        let error = self.unknown(key, &format!(" in profile '{}'", escape::excerpt(profile, 60)));
        if name == DEFAULT_PROFILE {
            return error.hint("it belongs above the first line [profiles.NAME]");
        }
        let keys =
            || registry::ALL.iter().map(|setting| setting.key).chain([registry::SYSTEM_USER_TABLE]);
        match suggest::did_you_mean(&name.replace('-', "_"), keys()) {
            Some(hint) => error.hint(hint),
            None => error.hint(format!("the keys are {}", keys().collect::<Vec<_>>().join(", "))),
        }
    }

    fn unknown(&self, key: &Key<'_>, within: &str) -> Error {
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
