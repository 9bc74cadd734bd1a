//! The settings: options, variables, profile and defaults, resolved and checked into typed
//! values.

pub(crate) mod config;
pub(crate) mod config_edit;
mod config_error;
pub(crate) mod config_file;
pub(crate) mod config_writer;
pub(crate) mod effective;
pub(crate) mod plan;
pub(crate) mod profile;
pub mod registry;
pub(crate) mod resolve;

use std::path::PathBuf;
use std::time::Instant;

use crate::cli::get::CallArgs;
use crate::context::Variables;
use crate::error::Result;
use crate::secret::profile_ref::{ConfigFileId, ProfileRef};
use crate::secret::secret_kind::SecretKind;
use crate::secret::secret_ref::SecretRef;
use crate::source::{Source, Sourced};

use profile::Profile;
use registry::Setting;

/// The settings of a command in their layers: options, below them variables, below those the
/// profile in use.
#[derive(Clone)]
pub(crate) struct Settings<'a> {
    /// The options of every call.
    pub(crate) call: &'a CallArgs,
    pub(crate) variables: Variables,
    /// The profile in use, and what selected it.
    pub(crate) profile: Option<Sourced<Profile>>,
    /// The configuration file that was read, or that an option or a variable names to be created.
    pub(crate) file: Option<Sourced<PathBuf>>,
    /// The part of the names of stored secrets that is the file's.
    pub(crate) file_id: ConfigFileId,
    /// The names of all profiles in the file.
    pub(crate) profile_names: Vec<String>,
    /// A warning about the file, with a hint.
    pub(crate) warning: Option<(String, String)>,
    /// The time at which the command began.
    pub(crate) started: Instant,
}

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

impl<'a> Settings<'a> {
    /// Creates the settings of options and variables.
    fn without_profile(call: &'a CallArgs, variables: Variables, started: Instant) -> Self {
        let (profile, file, profile_names, warning) = (None, None, Vec::new(), None);
        let file_id = ConfigFileId::default();
        Self { call, variables, profile, file, file_id, profile_names, warning, started }
    }

    /// Returns the settings of the options alone.
    pub(crate) fn options_only(&self) -> Self {
        Self::without_profile(self.call, Variables::default(), self.started)
    }

    /// Returns the profile in use.
    pub(crate) fn profile(&self) -> Option<&Profile> {
        self.profile.as_ref().map(|profile| &profile.value)
    }

    /// Returns the command that keeps a credential for the profile in use, or sets up one.
    pub(crate) fn login_command(&self) -> String {
        self.file_id.login_command(self.profile_name())
    }

    /// Returns the name of the profile in use.
    pub(crate) fn profile_name(&self) -> Option<&str> {
        self.profile().map(|profile| profile.name.as_str())
    }

    /// Returns the profile in use as its stored secrets are named after it.
    pub(crate) fn profile_ref(&self) -> Option<ProfileRef> {
        self.profile().map(Profile::reference)
    }

    /// Returns the value of `setting` in the first layer that has one.
    pub(crate) fn find(&self, setting: &Setting) -> Option<Sourced<String>> {
        Layer::ALL.into_iter().find_map(|layer| self.get(layer, setting))
    }

    /// Returns the value of `setting` in `layer`.
    pub(crate) fn get(&self, layer: Layer, setting: &Setting) -> Option<Sourced<String>> {
        match layer {
            Layer::Options => {
                let value = setting.option_text(self.call)?.into_owned();
                Some(Sourced::new(value, Source::Option(setting.option)))
            }
            Layer::Variables => {
                let value = self.variables.get(setting.variable)?;
                Some(Sourced::new(value, Source::Variable(setting.variable)))
            }
            Layer::Profile => self.profile()?.find(setting),
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
        let (label, kind) = setting.secret().unwrap_or((setting.key, SecretKind::Password));
        match layer {
            Layer::Options => {
                let text = setting.option_text(self.call);
                text.map(|text| self.secret_option(setting, &text)).transpose()
            }
            Layer::Variables => {
                Ok(SecretRef::from_variable(setting.variable, label, kind, &self.variables))
            }
            Layer::Profile => self.profile().map_or(Ok(None), |profile| profile.secret(setting)),
        }
    }

    /// Parses `text`, the value of the option of `setting`.
    pub(crate) fn secret_option(&self, setting: &Setting, text: &str) -> Result<SecretRef> {
        let (label, kind) = setting.secret().unwrap_or((setting.key, SecretKind::Password));
        let secret = SecretRef::from_option(setting.option, text, setting.variable, label)?;
        Ok(secret.with_kind(kind).with_profile(self.profile_ref().as_ref()))
    }
}
