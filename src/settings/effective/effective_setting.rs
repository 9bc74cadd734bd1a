//! A setting in effect with its source, for `doctor`.

use crate::source::Source;

/// A setting in effect.
#[derive(Clone, Debug)]
pub(crate) struct EffectiveSetting {
    /// The name: the key in a profile, if it has one.
    pub(crate) name: &'static str,
    pub(crate) value: EffectiveValue,
    /// The source: an option, a variable, a line of a profile, or `default`. Without a
    /// value: the reason, if one is known.
    pub(crate) origin: Option<String>,
    /// True if the source is the default.
    pub(crate) is_default: bool,
    /// The reason why a call does not use the value.
    pub(crate) unused: Option<String>,
}

/// The value of a setting.
#[derive(Clone, Debug)]
pub(crate) enum EffectiveValue {
    Unset,
    Text(String),
    /// A text that may hold a password.
    Hidden,
    Secret {
        is_sent: bool,
    },
    /// A secret that cannot be read, with the reason and the source.
    Unreadable {
        reason: String,
        is_sent: bool,
    },
}

impl EffectiveSetting {
    /// Creates a setting without a value.
    pub(crate) const fn unset(name: &'static str) -> Self {
        let value = EffectiveValue::Unset;
        Self { name, value, origin: None, is_default: false, unused: None }
    }

    /// Creates a setting with a value that `origin` names.
    pub(crate) fn new(
        name: &'static str,
        value: EffectiveValue,
        origin: impl Into<String>,
    ) -> Self {
        Self { value, origin: Some(origin.into()), ..Self::unset(name) }
    }

    /// Creates a setting with a value from `source`.
    pub(crate) fn from_source(name: &'static str, value: EffectiveValue, source: &Source) -> Self {
        let is_default = *source == Source::Default;
        Self { is_default, ..Self::new(name, value, source.to_string()) }
    }
}
