//! The layers that may hold a setting: options, below them variables, below those a profile.

use std::time::Instant;

use crate::cli::get::CallArgs;
use crate::context::Environment;
use crate::error::Result;
use crate::secret::secret_kind::SecretKind;
use crate::secret::secret_ref::SecretRef;
use crate::settings::profile::Profile;
use crate::settings::registry::Setting;
use crate::source::{Source, Sourced};

/// A layer of the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layer {
    Options,
    Variables,
    Profile,
}

impl Layer {
    /// All layers; an earlier one overrides a later one.
    pub(crate) const ALL: [Self; 3] = [Self::Options, Self::Variables, Self::Profile];
}

/// The values of all layers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConfigLayers<'a> {
    /// The options of every call.
    pub(crate) call: &'a CallArgs,
    pub(crate) environment: &'a Environment,
    /// The profile in use.
    pub(crate) profile: Option<&'a Profile>,
    /// The names of all profiles in the configuration file.
    pub(crate) names: &'a [String],
    /// The time at which the command began.
    pub(crate) started: Instant,
}

impl ConfigLayers<'_> {
    /// Returns the value of `setting` in the first layer that has one.
    pub(crate) fn find(&self, setting: &Setting) -> Option<Sourced<String>> {
        Layer::ALL.into_iter().find_map(|layer| self.get(layer, setting))
    }

    /// Returns the value of `setting` in `layer`.
    pub(crate) fn get(&self, layer: Layer, setting: &Setting) -> Option<Sourced<String>> {
        match layer {
            Layer::Options => {
                let value = (setting.typed)(self.call)?.to_owned();
                Some(Sourced::new(value, Source::Option(setting.option)))
            }
            Layer::Variables => {
                let value = self.environment.get(setting.variable)?;
                Some(Sourced::new(value, Source::Variable(setting.variable)))
            }
            Layer::Profile => self.profile?.find(setting),
        }
    }

    /// Returns the secret `setting` of the first layer that has one.
    pub(crate) fn find_secret(&self, setting: &Setting) -> Result<Option<SecretRef>> {
        for layer in Layer::ALL {
            if let Some(secret) = self.secret(layer, setting)? {
                return Ok(Some(secret));
            }
        }
        Ok(None)
    }

    /// Returns the secret `setting` of `layer`.
    pub(crate) fn secret(&self, layer: Layer, setting: &Setting) -> Result<Option<SecretRef>> {
        match layer {
            Layer::Options => {
                let text = (setting.typed)(self.call);
                text.map(|text| self.secret_option(setting, text)).transpose()
            }
            Layer::Variables => {
                let (label, kind) = setting.secret().unwrap_or(("", SecretKind::Password));
                Ok(SecretRef::from_variable(setting.variable, label, kind, self.environment))
            }
            Layer::Profile => match self.profile {
                Some(profile) => profile.secret(setting),
                None => Ok(None),
            },
        }
    }

    /// Parses `text`, the value of the option of `setting`.
    pub(crate) fn secret_option(&self, setting: &Setting, text: &str) -> Result<SecretRef> {
        let (label, kind) = setting.secret().unwrap_or((setting.key, SecretKind::Password));
        let secret = SecretRef::from_option(setting.option, text, setting.variable, label)?;
        Ok(secret.with_kind(kind).with_profile(self.profile.map(|profile| profile.name.as_str())))
    }
}
