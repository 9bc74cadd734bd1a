//! A setting in effect, with its source, for `doctor`.

/// A setting in effect.
#[derive(Clone, Debug)]
pub(crate) struct Fact {
    /// The name: the key in a profile, where it has one.
    pub(crate) name: &'static str,
    /// The value.
    pub(crate) value: Held,
    /// The source: an option, a variable, a line of a profile, or `default`. Without a
    /// value: the reason, where one is known.
    pub(crate) origin: Option<String>,
    /// The reason why a call does not use the value.
    pub(crate) unused: Option<String>,
}

/// The value of a setting.
#[derive(Clone, Debug)]
pub(crate) enum Held {
    /// No value.
    Nothing,
    /// This text.
    Value(String),
    /// A text that may hold a password.
    Hidden,
    /// A secret, and whether a call would carry it.
    Secret(bool),
    /// A secret that cannot be read.
    Unreadable {
        /// The reason, with the source.
        reason: String,
        /// Whether a call would carry it.
        is_carried: bool,
    },
}

impl Fact {
    /// A setting without a value.
    pub(crate) const fn unset(name: &'static str) -> Self {
        Self { name, value: Held::Nothing, origin: None, unused: None }
    }

    /// A setting with a value from `origin`.
    pub(crate) fn new(name: &'static str, value: Held, origin: impl Into<String>) -> Self {
        Self { name, value, origin: Some(origin.into()), unused: None }
    }
}
