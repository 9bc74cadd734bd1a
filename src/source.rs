//! The source of a setting's value: an option, a variable, the configuration file, a
//! sign-in or the default.

use std::fmt;
use std::path::PathBuf;

use crate::escape;

/// A value with its source.
#[derive(Clone, Debug)]
pub(crate) struct Sourced<T> {
    /// The value.
    pub(crate) value: T,
    /// Its source.
    pub(crate) source: Source,
}

impl<T> Sourced<T> {
    /// Joins a value with its source.
    pub(crate) const fn new(value: T, source: Source) -> Self {
        Self { value, source }
    }
}

/// The source of a value. Its text, for messages, is made here alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// An option of the command line: `--url`.
    Option(&'static str),
    /// An environment variable: `SOTICKETS_URL`.
    Variable(&'static str),
    /// A key of the configuration file: `url of profile 'work' (config.toml, line 3)`.
    File {
        /// The key.
        key: &'static str,
        /// Its line.
        line: ConfigLine,
    },
    /// A stored sign-in, by its description.
    SignIn(String),
    /// The default.
    Default,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Option(name) | Self::Variable(name) => f.write_str(name),
            Self::File { key, line } if line.profile.is_some() => write!(f, "{key} of {line}"),
            Self::File { key, line } => write!(f, "{key} {line}"),
            Self::SignIn(description) => f.write_str(description),
            Self::Default => f.write_str("default"),
        }
    }
}

/// A line of the configuration file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ConfigLine {
    /// The name of the profile that the line belongs to.
    pub(crate) profile: Option<String>,
    /// The file.
    pub(crate) file: PathBuf,
    /// The number of the line, from 1.
    pub(crate) number: usize,
}

impl fmt::Display for ConfigLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = &self.profile {
            write!(f, "profile '{}' ", escape::excerpt(name, 60))?;
        }
        write!(f, "({}, line {})", escape::display_path(&self.file), self.number)
    }
}
