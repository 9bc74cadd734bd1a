//! Errors in the configuration file, with line and column. They repeat no value.

use std::ops::Range;

use toml::Spanned;
use toml::de::DeValue;

use crate::error::{Error, Result};
use crate::escape;
use crate::suggest;

use super::config_file::{DEFAULT_PROFILE, Key, PROFILES, Reader};
use super::registry::{self, Setting};

/// The hint for a Windows path in double quotes.
const BACKSLASH: &str = r"inside double quotes a backslash begins an escape; write a path in single quotes: 'file:C:\Users\NAME\token'";

impl Reader<'_> {
    pub(super) fn not_toml(&self, error: &toml::de::Error) -> Error {
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
    pub(super) fn check_path(
        &self,
        setting: &Setting,
        text: &str,
        span: &Range<usize>,
    ) -> Result<()> {
        if !text.contains(char::is_control) {
            return Ok(());
        }
        let key = setting.key;
        Err(Error::usage(format!("{}: {key} holds a control character", self.at(span)))
            .hint(BACKSLASH))
    }

    pub(super) fn wrong_type(
        &self,
        key: &Key<'_>,
        value: &Spanned<DeValue<'_>>,
        expected: &str,
    ) -> Error {
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

    pub(super) fn unknown_at_top(&self, key: &Key<'_>) -> Error {
        let error = self.unknown_key(key, "");
        if registry::ALL.iter().any(|setting| setting.key == key.get_ref()) {
            return error.hint("it belongs in a profile, below a line [profiles.NAME]");
        }
        let hint = suggest::did_you_mean(key.get_ref(), [DEFAULT_PROFILE, PROFILES]);
        let names = || format!("there are {DEFAULT_PROFILE} and [{PROFILES}.NAME]");
        error.hint(hint.unwrap_or_else(names))
    }

    pub(super) fn unknown_in_profile(&self, key: &Key<'_>, profile: &str) -> Error {
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
    pub(super) fn unknown(&self, key: &Key<'_>, within: &str, keys: &[&str]) -> Error {
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
    pub(super) fn at(&self, span: &Range<usize>) -> String {
        let (line, column) = self.position(span);
        format!("{}, line {line}, column {column}", escape::display_path(self.file))
    }

    /// Returns line and column of the start of `span`, from 1, in characters.
    pub(super) fn position(&self, span: &Range<usize>) -> (usize, usize) {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        (before.matches('\n').count() + 1, before[start..].chars().count() + 1)
    }
}
