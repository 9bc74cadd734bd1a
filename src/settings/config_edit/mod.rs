//! Edits of the configuration file as a text: keys of a profile, whole profiles, the default
//! profile.
//!
//! New text is put in at the position of the old one, so that every other byte stays as it is.
//! The crate `toml_edit` would rewrite the whole text: with LF for CRLF, with a line end after the
//! last line, and with the keys of `work.url` in another order.

mod layout;
mod splice;

use toml::de::{DeTable, DeValue};
use toml_writer::{ToTomlValue as _, TomlStringBuilder};

use crate::error::{Error, Result};
use crate::escape;
use crate::settings::config_file::{DEFAULT_PROFILE, PROFILES};
use crate::settings::{profile, registry};

use layout::{Form, Layout};

/// Steps that change a configuration file, in their order.
///
/// ```ignore
/// let mut edit = ConfigEdit::default();
/// edit.set("work", "url", "https://crm.example.com").set_default_profile("work");
/// ```
#[derive(Clone, Debug, Default)]
pub(crate) struct ConfigEdit(Vec<Step>);

/// A value that is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ConfigValue {
    Text(String),
    Boolean(bool),
    List(Vec<String>),
}

/// A key whose value changed. It cannot be printed: an address may hold a password.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct KeyChange {
    /// The keys from the root of the file: `profiles`, `work`, `url`. An empty profile is one
    /// too.
    pub(crate) path: Vec<String>,
    /// The values as the file has them, in TOML; `None` where there is none.
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
}

#[derive(Clone, Debug)]
enum Step {
    Set(Vec<String>, ConfigValue),
    Remove(Vec<String>),
    RemoveProfile(String),
}

impl ConfigEdit {
    /// Sets `key` of `profile`, and creates the profile if there is none. A key in a table has a
    /// dot: `system_user.token`. A value that is there already stays as it is written.
    ///
    /// A profile has either `url` or `tenant`: remove the other one.
    pub(crate) fn set(
        &mut self,
        profile: &str,
        key: &str,
        value: impl Into<ConfigValue>,
    ) -> &mut Self {
        self.push(Step::Set(key_path(profile, key), value.into()))
    }

    /// Removes `key` of `profile`, if it is there, with the rest of its line.
    pub(crate) fn remove_key(&mut self, profile: &str, key: &str) -> &mut Self {
        self.push(Step::Remove(key_path(profile, key)))
    }

    /// Removes `profile`, if it is there, with the comments in it and directly above it. If it
    /// is the default profile, there is none then.
    pub(crate) fn remove_profile(&mut self, profile: &str) -> &mut Self {
        self.push(Step::RemoveProfile(profile.to_owned()))
    }

    /// Sets the default profile. Whether there is such a profile is not checked.
    pub(crate) fn set_default_profile(&mut self, profile: &str) -> &mut Self {
        self.push(Step::Set(vec![DEFAULT_PROFILE.to_owned()], profile.into()))
    }

    fn push(&mut self, step: Step) -> &mut Self {
        self.0.push(step);
        self
    }

    /// Returns `text`, which is valid TOML, with all steps done.
    ///
    /// # Errors
    /// A usage error for a new profile whose name is not of `[A-Za-z0-9_-]`.
    pub(crate) fn apply(&self, text: &str) -> Result<String> {
        let mut text = text.to_owned();
        for step in &self.0 {
            match step {
                Step::Remove(path) => text = splice::remove(&text, &as_strs(path)),
                Step::RemoveProfile(name) => {
                    // In the reverse order of adding them: a blank line goes with each.
                    if current(&text, &[DEFAULT_PROFILE]) == Some(name.as_str().into()) {
                        text = splice::remove(&text, &[DEFAULT_PROFILE]);
                    }
                    text = splice::remove(&text, &[PROFILES, name]);
                }
                Step::Set(path, value) => {
                    check_name(&text, path)?;
                    let path = as_strs(path);
                    if current(&text, &path).as_ref() != Some(value) {
                        text = splice::set(&text, &path, &value.to_toml());
                    }
                }
            }
        }
        Ok(text)
    }
}

impl From<&str> for ConfigValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for ConfigValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for ConfigValue {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

impl From<Vec<String>> for ConfigValue {
    fn from(list: Vec<String>) -> Self {
        Self::List(list)
    }
}

impl ConfigValue {
    /// Returns the value in TOML, on one line.
    fn to_toml(&self) -> String {
        match self {
            Self::Text(text) => quote(text),
            Self::Boolean(value) => value.to_string(),
            Self::List(list) => {
                let list: Vec<String> = list.iter().map(|text| quote(text)).collect();
                format!("[{}]", list.join(", "))
            }
        }
    }

    fn from_toml(value: &DeValue<'_>) -> Option<Self> {
        match value {
            DeValue::String(text) => Some(Self::Text(text.clone().into_owned())),
            DeValue::Boolean(value) => Some(Self::Boolean(*value)),
            DeValue::Array(list) => {
                let text =
                    |item: &toml::Spanned<DeValue<'_>>| item.get_ref().as_str().map(str::to_owned);
                list.iter().map(text).collect::<Option<_>>().map(Self::List)
            }
            _ => None,
        }
    }
}

impl KeyChange {
    /// Returns the change for a person, a line for each value: `- profiles.work.url = "…"`, then
    /// `+` for the new one. A value that may hold a password is hidden.
    pub(crate) fn lines(&self) -> Vec<String> {
        let name: Vec<String> = self.path.iter().map(|key| splice::quote_key(key)).collect();
        let name = name.join(".");
        let setting =
            registry::ALL.iter().find(|it| self.path.last().is_some_and(|key| key == it.key));
        let is_hidden =
            |value: &str| setting.is_some_and(|setting| setting.may_hold_a_password(value));
        let line = |sign: char, value: &Option<String>| {
            let value = value.as_deref()?;
            let value = if is_hidden(value) { "***" } else { value };
            Some(format!("{sign} {}", escape::visible(&format!("{name} = {value}"))))
        };
        [line('-', &self.before), line('+', &self.after)].into_iter().flatten().collect()
    }
}

/// Returns the keys that differ: first those of `before`, then new ones, both in their order.
pub(crate) fn changes(before: &str, after: &str) -> Vec<KeyChange> {
    let (old, new) = (leaves(before), leaves(after));
    let find = |leaves: &[(Vec<String>, String)], path: &[String]| {
        leaves.iter().find(|(it, _)| it == path).map(|(_, value)| value.clone())
    };
    let changed = old.iter().map(|(path, value)| KeyChange {
        path: path.clone(),
        before: Some(value.clone()),
        after: find(&new, path),
    });
    let added = new.iter().filter(|(path, _)| find(&old, path).is_none()).map(|(path, value)| {
        KeyChange { path: path.clone(), before: None, after: Some(value.clone()) }
    });
    changed.filter(|change| change.before != change.after).chain(added).collect()
}

/// Returns the values of `text` as they are written; an empty table is one too.
fn leaves(text: &str) -> Vec<(Vec<String>, String)> {
    let layout = Layout::new(text);
    let is_empty = |path: &[String]| {
        !layout.entries.iter().any(|it| it.path.len() > path.len() && it.path.starts_with(path))
    };
    let leaves = layout.entries.iter().filter_map(|entry| {
        let value = match entry.form {
            Form::Value => &text[entry.value.clone()],
            Form::Heading | Form::InlineTable if is_empty(&entry.path) => "{}",
            Form::Heading | Form::InlineTable => return None,
        };
        Some((entry.path.clone(), value.to_owned()))
    });
    leaves.collect()
}

/// Returns the value at `path`, if it is one that could be written.
fn current(text: &str, path: &[&str]) -> Option<ConfigValue> {
    let root = DeTable::parse(text).ok()?;
    let (last, tables) = path.split_last()?;
    let mut table = root.get_ref();
    for key in tables {
        table = table.get(*key)?.get_ref().as_table()?;
    }
    ConfigValue::from_toml(table.get(*last)?.get_ref())
}

/// Checks the name of a profile that would be new.
fn check_name(text: &str, path: &[String]) -> Result<()> {
    let [table, name, _, ..] = path else { return Ok(()) };
    if table != PROFILES || profile::is_plain_name(name) {
        return Ok(());
    }
    let layout = Layout::new(text);
    if layout.entries.iter().any(|entry| entry.path.starts_with(&path[..2])) {
        return Ok(());
    }
    let name = escape::excerpt(name, 60);
    Err(Error::usage(format!("'{name}' cannot be the name of a new profile"))
        .hint(profile::NAME_HINT))
}

fn key_path(profile: &str, key: &str) -> Vec<String> {
    [PROFILES, profile].into_iter().chain(key.split('.')).map(str::to_owned).collect()
}

fn as_strs(path: &[String]) -> Vec<&str> {
    path.iter().map(String::as_str).collect()
}

/// Returns a text in the quotes that need no escapes, if there are some.
fn quote(text: &str) -> String {
    let builder = TomlStringBuilder::new(text);
    let pretty = builder.as_basic_pretty().or_else(|| builder.as_literal());
    pretty.unwrap_or_else(|| builder.as_basic()).to_toml_value()
}

#[cfg(test)]
mod tests;
