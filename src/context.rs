//! The context of a command: variables, streams, terminal and clock.
//!
//! Tests set them here, so that no other code reads them from the process.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use chrono::{DateTime, Utc};

use crate::clock::Clock;
use crate::platform::Platform;

/// The environment variables, read once.
#[derive(Clone, Default)]
pub struct Variables {
    values: BTreeMap<OsString, OsString>,
    platform: Platform,
}

impl Variables {
    /// Collects the variables of a process on `platform`. On Windows case makes no difference to
    /// a name; the names are kept in upper case.
    pub(crate) fn for_platform(
        platform: Platform,
        variables: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Self {
        let mut values = BTreeMap::new();
        for (name, value) in variables {
            let name = if platform == Platform::Windows { name.to_ascii_uppercase() } else { name };
            values.insert(name, value);
        }
        Self { values, platform }
    }

    /// Returns the value of `name`; an empty one counts as unset. Bytes that are not UTF-8 are
    /// replaced, so a value that is used must be checked by [`Variables::not_utf8`] before.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<String> {
        self.raw(name)
            .filter(|value| !value.is_empty())
            .map(|value| value.to_string_lossy().into_owned())
    }

    /// Returns the path in `name` unchanged; an empty one counts as unset.
    #[must_use]
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        self.raw(name).filter(|value| !value.is_empty()).map(PathBuf::from)
    }

    /// Returns the value of `name` unchanged, also an empty one.
    #[must_use]
    pub fn raw(&self, name: &str) -> Option<&OsStr> {
        let name = match self.platform {
            Platform::Windows => name.to_ascii_uppercase().into(),
            _ => Cow::Borrowed(name),
        };
        self.values.get(OsStr::new(&*name)).map(OsString::as_os_str)
    }

    /// Replaces `~/` at the beginning of `path` by the home folder. A shell does not do it after
    /// a colon, and in a file there is no shell.
    #[must_use]
    pub fn expand_home(&self, path: &Path) -> PathBuf {
        let home = match self.platform {
            // Only some shells set HOME there.
            Platform::Windows => self.path("USERPROFILE").or_else(|| self.path("HOME")),
            _ => self.path("HOME"),
        };
        match (path.strip_prefix("~"), home) {
            // With one separator on Windows.
            (Ok(rest), Some(home)) => home.join(rest).components().collect(),
            _ => path.to_owned(),
        }
    }

    /// Returns the kind of system of the process.
    #[must_use]
    pub const fn platform(&self) -> Platform {
        self.platform
    }

    /// Returns the characters of the locale, for messages and tables.
    ///
    /// Without a locale, as in a container, they are not the ASCII of POSIX: tickets are UTF-8
    /// in any case, and so are current terminals.
    #[must_use]
    pub fn charset(&self) -> Charset {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(|name| self.get(name));
        match locale {
            Some(locale) if self.platform != Platform::Windows && !names_utf8(&locale) => {
                Charset::Ascii
            }
            _ => Charset::Utf8,
        }
    }

    /// Returns whether a stream is colored: `forced` by the command line, else by the usual
    /// variables, else if it is a terminal.
    #[must_use]
    pub fn wants_color(&self, forced: Option<bool>, is_terminal: bool) -> bool {
        forced.unwrap_or_else(|| {
            let is_forced = self.get("CLICOLOR_FORCE").is_some_and(|value| value != "0");
            let is_dumb = self.get("TERM").is_some_and(|term| term == "dumb");
            let is_off = is_dumb || self.get("CLICOLOR").is_some_and(|value| value == "0");
            self.get("NO_COLOR").is_none() && (is_forced || (is_terminal && !is_off))
        })
    }

    /// Returns the variables without `names`.
    #[must_use]
    pub(crate) fn without(&self, names: &[&str]) -> Self {
        let mut variables = self.clone();
        variables.values.retain(|name, _| names.iter().all(|removed| name != removed));
        variables
    }

    /// Returns true if the terminal cannot move its cursor.
    #[must_use]
    pub fn has_dumb_terminal(&self) -> bool {
        self.get("TERM").map_or(self.platform != Platform::Windows, |term| term == "dumb")
    }

    /// Returns true in a job of continuous integration.
    #[must_use]
    pub fn is_ci(&self) -> bool {
        self.get("CI").is_some_and(|value| !value.eq_ignore_ascii_case("false"))
    }

    /// Returns the names of all variables that are UTF-8.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.values.keys().filter_map(|name| name.to_str())
    }

    /// Removes the variables of this program from those that `command` gets, because some of them
    /// hold secrets.
    pub(crate) fn remove_program_variables(&self, command: &mut Command) {
        for name in self.names().filter(|name| name.starts_with("SOTICKETS_")) {
            command.env_remove(name);
        }
    }

    /// Returns the first variable whose name begins with `prefix` and whose value is not UTF-8.
    #[must_use]
    pub fn not_utf8(&self, prefix: &str) -> Option<String> {
        self.values
            .iter()
            .map(|(name, value)| (name.to_string_lossy(), value))
            .find(|(name, value)| name.starts_with(prefix) && value.to_str().is_none())
            .map(|(name, _)| name.into_owned())
    }
}

impl<K: Into<OsString>, V: Into<OsString>> FromIterator<(K, V)> for Variables {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(variables: I) -> Self {
        let variables = variables.into_iter().map(|(name, value)| (name.into(), value.into()));
        Self::for_platform(Platform::CURRENT, variables)
    }
}

/// Shows only the names, because values may be secrets.
impl fmt::Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.values.keys()).finish()
    }
}

/// The characters of a locale.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Charset {
    /// All of Unicode.
    #[default]
    Utf8,
    /// ASCII; others are not known.
    Ascii,
}

/// Returns whether the name of `locale` says UTF-8: `nb_NO.UTF-8`, `C.utf8`, or `UTF-8` alone, as
/// on macOS.
fn names_utf8(locale: &str) -> bool {
    let name = locale.split('@').next().unwrap_or_default();
    let codeset = name.split_once('.').map_or(name, |(_, codeset)| codeset);
    ["UTF-8", "UTF8"].iter().any(|utf8| codeset.eq_ignore_ascii_case(utf8))
}

/// The terminal, if there is one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Terminal {
    /// True if standard output is a terminal.
    pub stdout: bool,
    /// True if standard error is a terminal.
    pub stderr: bool,
    /// Opens the terminal of standard input again, for a thread that waits for lines; `None` if
    /// standard input is not a terminal.
    pub input: Option<fn() -> io::Result<File>>,
    /// The width of standard output in columns.
    pub width: Option<usize>,
    /// The height of standard output in rows.
    pub height: Option<usize>,
    /// Returns the width of standard error in columns, which may change; `None` if standard error
    /// is not a terminal.
    pub stderr_width: Option<fn() -> Option<usize>>,
    /// True if the command line switches progress off.
    pub no_progress: bool,
    /// The color that the command line forces on or off.
    pub color: Option<bool>,
}

/// The process in which a command runs.
pub struct Context<'a> {
    /// The environment variables.
    pub variables: Variables,
    /// Standard input, which is read only if the command line names it.
    pub stdin: Box<dyn Read + Send>,
    /// Standard output: data only.
    pub stdout: &'a mut dyn Write,
    /// Standard error: everything else.
    pub stderr: &'a mut dyn Write,
    /// The terminal.
    pub terminal: Terminal,
    /// The time at the start of the process.
    pub now: DateTime<Utc>,
    /// The same on the monotonic clock.
    pub started: Instant,
    /// The servers that a warning has named because their certificates are not checked.
    pub unchecked_servers: Vec<String>,
}

impl Context<'_> {
    /// Returns the clock of the process.
    pub(crate) const fn clock(&self) -> Clock {
        Clock::new(self.now, self.started)
    }

    /// Takes standard input, which has one reader. Later readers find it empty.
    pub fn take_stdin(&mut self) -> Box<dyn Read + Send> {
        std::mem::replace(&mut self.stdin, Box::new(io::empty()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(platform: Platform, variables: &[(&str, &str)]) -> Variables {
        let variables = variables.iter().map(|(name, value)| (name.into(), value.into()));
        Variables::for_platform(platform, variables)
    }

    #[test]
    fn case_of_a_name_makes_no_difference_on_windows() {
        let set = [("sotickets_Url", "https://crm.example.com"), ("my_pw", "x")];
        let on_windows = variables(Platform::Windows, &set);
        assert_eq!(on_windows.get("SOTICKETS_URL").as_deref(), Some("https://crm.example.com"));
        assert_eq!(on_windows.get("My_PW").as_deref(), Some("x"));
        // Programs that are started do not get these.
        assert!(on_windows.names().any(|name| name.starts_with("SOTICKETS_")));
        assert_eq!(variables(Platform::Linux, &set).get("SOTICKETS_URL"), None);
    }

    #[test]
    fn home_is_the_profile_of_the_user_on_windows() {
        let home = |platform, set: &[(&str, &str)]| {
            let path = variables(platform, set).expand_home(Path::new("~/token"));
            path.to_string_lossy().replace('\\', "/")
        };
        let (unix, windows) = (("HOME", "/home/u"), ("USERPROFILE", "C:/Users/u"));
        assert_eq!(home(Platform::Windows, &[unix, windows]), "C:/Users/u/token");
        assert_eq!(home(Platform::Windows, &[unix]), "/home/u/token");
        assert_eq!(home(Platform::Linux, &[unix, windows]), "/home/u/token");
        assert_eq!(home(Platform::Linux, &[windows]), "~/token");
    }

    #[test]
    fn charset_is_that_of_the_locale_except_on_windows() {
        let charset = |set: &[(&str, &str)]| variables(Platform::Linux, set).charset();
        assert_eq!(variables(Platform::Windows, &[("LANG", "C")]).charset(), Charset::Utf8);
        for locale in ["nb_NO.UTF-8", "C.utf8", "de_DE.utf-8@euro", "UTF-8"] {
            assert_eq!(charset(&[("LANG", locale)]), Charset::Utf8, "{locale}");
        }
        for locale in ["C", "POSIX", "nb_NO", "ja_JP.eucJP", "de_DE@euro", "en_US.ISO-8859-1"] {
            assert_eq!(charset(&[("LANG", locale)]), Charset::Ascii, "{locale}");
        }
        let three =
            |all, ctype, lang| charset(&[("LC_ALL", all), ("LC_CTYPE", ctype), ("LANG", lang)]);
        assert_eq!(three("C", "C.UTF-8", "C.UTF-8"), Charset::Ascii);
        assert_eq!(three("", "C", "C.UTF-8"), Charset::Ascii);
        assert_eq!(three("", "C.UTF-8", "C"), Charset::Utf8);
        assert_eq!(three("", "", ""), Charset::Utf8);
        assert_eq!(charset(&[("LC_MESSAGES", "C")]), Charset::Utf8);
    }

    #[test]
    fn values_of_variables_are_not_printed() {
        let variables: Variables = [("SOTICKETS_TOKEN", "canary")].into_iter().collect();
        assert_eq!(format!("{variables:?}"), r#"{"SOTICKETS_TOKEN"}"#);
    }
}
