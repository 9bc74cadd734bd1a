//! The settings that the questions of one sign-in start from, and the way to ask them.

use crate::api::endpoint;
use crate::cli::auth::LoginArgs;
use crate::commands::messages;
use crate::commands::question::{Asker, TextQuestion};
use crate::context::Context;
use crate::error::Result;
use crate::http::address::Address;
use crate::secret::secret_kind::SecretKind;
use crate::settings::plan::profile_target::Profiles;
use crate::settings::registry::{self, Setting};
use crate::settings::{Layer, Settings};

/// The questions to one person, and what is known before them.
pub(super) struct Interview<'a> {
    pub(super) asker: Asker,
    /// Options and variables.
    pub(super) settings: &'a Settings<'a>,
    pub(super) profiles: &'a Profiles,
}

impl Interview<'_> {
    /// Returns true if an option or a variable has `setting`.
    pub(super) fn has(&self, setting: &Setting) -> bool {
        self.settings.find(setting).is_some_and(|found| {
            setting.secret().is_none_or(|(_, kind)| !kind.is_unset(&found.value))
        })
    }

    /// Returns true if a variable or the profile of `args` has `setting`.
    pub(super) fn is_known(&self, args: &LoginArgs, setting: &Setting) -> bool {
        let profile = args.profile.profile.as_deref().and_then(|name| self.profiles.find(name));
        self.has(setting) || profile.is_some_and(|profile| profile.find(setting).is_some())
    }

    /// Returns true if an option or a variable has a credential other than a password.
    pub(super) fn has_token(&self) -> bool {
        let settings = [&registry::TICKET, &registry::TOKEN, &registry::XSRF_TOKEN];
        let has_system_user = self.settings.call.system_user_token.is_some();
        has_system_user || settings.iter().any(|setting| self.has(setting))
    }

    /// Returns the setting of a credential that only a variable has.
    pub(super) fn token_variable(&self) -> Option<&'static Setting> {
        let settings = [&registry::TICKET, &registry::TOKEN, &registry::XSRF_TOKEN];
        let is_option = |setting: &Setting| self.settings.get(Layer::Options, setting).is_some();
        if settings.into_iter().chain([&registry::SYSTEM_USER_TOKEN]).any(is_option) {
            return None;
        }
        settings.into_iter().find(|setting| self.has(setting))
    }

    /// Asks if the secret that a variable has for `setting` may be sent to `address`, which was
    /// typed.
    pub(super) fn confirm_variable(
        &self,
        setting: &Setting,
        address: &Address,
        context: &mut Context<'_>,
    ) -> Result<bool> {
        let (label, _) = setting.secret().unwrap_or((setting.key, SecretKind::Password));
        let (variable, site) = (setting.variable, endpoint::site(address));
        let question = format!("Use the {label} of {variable} for {site}?");
        self.asker.confirm(&question, true, context)
    }

    /// Asks `question` until `parse` accepts the answer.
    pub(super) fn ask_until<T>(
        &self,
        question: &TextQuestion<'_>,
        parse: impl Fn(&str) -> Result<T>,
        context: &mut Context<'_>,
    ) -> Result<T> {
        ask_until(&self.asker, question, parse, context)
    }
}

/// Asks `question` until `parse` accepts the answer; its errors are printed.
pub(super) fn ask_until<T>(
    asker: &Asker,
    question: &TextQuestion<'_>,
    parse: impl Fn(&str) -> Result<T>,
    context: &mut Context<'_>,
) -> Result<T> {
    loop {
        let answer = asker.text(question, context)?;
        match parse(&answer) {
            Ok(value) => return Ok(value),
            Err(error) => messages::error_as_warning(context, &error),
        }
    }
}
