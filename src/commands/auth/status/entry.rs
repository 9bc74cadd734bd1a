//! A profile in the list of `auth status`: its credential, and where that is kept.

use serde::Serialize;

use crate::auth::oauth::store::SessionStore;
use crate::auth::stored_secret::StoredSecret;
use crate::context::{Context, Variables};
use crate::error::{Error, Kind};
use crate::http::address::quote_without_login;
use crate::secret::secret_reader;
use crate::secret::secret_ref::{SecretRef, SecretSource};
use crate::settings::Settings;
use crate::settings::plan::overriding::overriding;
use crate::settings::plan::status;
use crate::settings::registry::{self, Setting};
use crate::settings::resolve::credential::{self, CredentialPlan};
use crate::tenant::environment::OnlineEnvironment;

use super::sign_in::SignIn;

/// A profile, or the sign-in without one.
pub(super) struct Entry {
    pub(super) name: Option<String>,
    /// True if commands use it without `--profile`.
    pub(super) is_default: bool,
    /// True if the configuration file has the profile.
    pub(super) is_configured: bool,
    pub(super) kind: Option<CredentialKind>,
    pub(super) user: Option<String>,
    pub(super) url: Option<String>,
    pub(super) tenant: Option<String>,
    pub(super) environment: Option<String>,
    pub(super) secrets: Vec<SecretStatus>,
    pub(super) sign_in: Option<SignIn>,
    /// The variables that a call uses in its place.
    pub(super) overridden_by: Vec<&'static str>,
    /// The result of `--check`.
    pub(super) check: Option<CheckResult>,
    pub(super) failure: Option<Error>,
    pub(super) store: SessionStore,
}

/// The kind of a credential. `-o json` has these words, so they must not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum CredentialKind {
    Basic,
    Ticket,
    Token,
    Xsrf,
    SystemUser,
    SignIn,
}

impl CredentialKind {
    fn from_plan(plan: &CredentialPlan) -> Self {
        match plan {
            CredentialPlan::Basic { .. } => Self::Basic,
            CredentialPlan::SoTicket(_) => Self::Ticket,
            CredentialPlan::Bearer(_) => Self::Token,
            CredentialPlan::Xsrf { .. } => Self::Xsrf,
            CredentialPlan::SystemUser(_) => Self::SystemUser,
            CredentialPlan::SignedIn(_) => Self::SignIn,
        }
    }
}

/// The result of `--check`. `-o json` has these words, so they must not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum CheckResult {
    Accepted,
    Refused,
    /// There was no verdict on the credential.
    Failed,
}

/// A secret of a credential.
pub(super) struct SecretStatus {
    /// The key in the profile.
    pub(super) key: String,
    /// The source as the profile names it.
    pub(super) source: String,
    /// The place of a stored secret, or the source.
    pub(super) place: String,
    pub(super) state: SecretState,
}

/// The state of a secret.
pub(super) enum SecretState {
    Present,
    Missing,
    /// The reason why it cannot be read.
    Unreadable(String),
    /// Only a call finds out, because the source asks a person, runs a program or is read once.
    Unknown(&'static str),
}

impl Entry {
    /// Creates an entry with the address of the profile in use in `own`.
    pub(super) fn new(
        own: &Settings<'_>,
        store: SessionStore,
        default: Option<&str>,
        context: &Context<'_>,
    ) -> Self {
        let profile = own.profile();
        let value = |setting: &Setting| Some(profile?.find(setting)?.value);
        let name = store.profile().map(str::to_owned);
        let is_default = name.as_deref() == default;
        let overridden_by = overriding(name.as_deref(), is_default, value, &context.variables);
        let tenant = value(&registry::TENANT);
        let environment = value(&registry::ENVIRONMENT)
            .or_else(|| tenant.as_ref().and(registry::ENVIRONMENT.default).map(str::to_owned));
        Self {
            is_default,
            is_configured: profile.is_some(),
            kind: None,
            user: None,
            url: value(&registry::URL).map(|url| quote_without_login(&url)),
            environment: environment.map(|environment| quote_without_login(&environment)),
            tenant,
            secrets: Vec::new(),
            sign_in: None,
            overridden_by,
            check: None,
            failure: None,
            name,
            store,
        }
    }

    /// Adds the credential. Asks no person, except to unlock a keyring, and runs no program.
    pub(super) fn describe(&mut self, own: &Settings<'_>, context: &Context<'_>) {
        match credential::plan(own) {
            Ok(Some(plan)) => self.failure = self.describe_secrets(&plan, own, context).err(),
            Ok(None) => self.describe_sign_in(context),
            Err(error) => self.failure = Some(error),
        }
    }

    fn describe_secrets(
        &mut self,
        plan: &CredentialPlan,
        own: &Settings<'_>,
        context: &Context<'_>,
    ) -> Result<(), Error> {
        self.kind = Some(CredentialKind::from_plan(plan));
        if let CredentialPlan::Basic { user, .. } = plan {
            self.user = Some(user.clone());
        }
        let app_token = credential::app_token(own)?;
        let mut failure = None;
        for secret in plan.secrets().into_iter().chain(&app_token) {
            let (status, error) = self.find_secret(secret, &context.variables);
            self.secrets.push(status);
            failure = failure.or(error);
        }
        failure.map_or(Ok(()), Err)
    }

    /// Returns the status of `secret`, with an error if it is missing.
    fn find_secret(
        &self,
        secret: &SecretRef,
        variables: &Variables,
    ) -> (SecretStatus, Option<Error>) {
        let key = secret.key();
        let key = key.strip_prefix("system_user_").unwrap_or(&key).to_owned();
        let source = secret.safe_source(variables);
        let missing = || {
            let message = format!("the {} of {} is missing", secret.label, self.display_name());
            Error::new(Kind::Authentication, message)
        };
        let unreadable = |error: &Error| {
            let (message, origin) = (error.to_string(), secret.safe_origin(variables));
            let reason = message.strip_prefix(&origin).map(|rest| rest.trim_start_matches(": "));
            SecretState::Unreadable(reason.unwrap_or(&message).to_owned())
        };
        let stored = StoredSecret::of_profile(secret);
        let place = stored.as_ref().map(|stored| stored.display_location(variables));
        let (state, error) = match &stored {
            Some(stored) => match stored.find(variables) {
                Ok(Some(_)) => (SecretState::Present, None),
                Ok(None) => {
                    let hint = format!("keep it again: {}", self.store.login_command());
                    (SecretState::Missing, Some(missing().hint(hint)))
                }
                Err(error) => (unreadable(&error), Some(error)),
            },
            None => match secret_reader::peek(secret, variables) {
                Ok(Some(_)) => (SecretState::Present, None),
                Ok(None) => (SecretState::Unknown(when_read(&secret.source)), None),
                Err(error) => (unreadable(&error), Some(missing().hints_from(error.hints()))),
            },
        };
        (SecretStatus { key, place: place.unwrap_or_else(|| source.clone()), source, state }, error)
    }

    /// Adds the stored sign-in, which a call without another credential uses.
    pub(super) fn describe_sign_in(&mut self, context: &Context<'_>) {
        let session = match self.store.load() {
            Ok(Some(session)) => session,
            Ok(None) => {
                if !status::hold_credential(&self.overridden_by) {
                    let message = format!("{} has no credential", self.display_name());
                    let hint = format!("sign in: {}", self.store.login_command());
                    self.failure = Some(Error::new(Kind::Authentication, message).hint(hint));
                }
                return;
            }
            Err(error) => {
                self.kind = Some(CredentialKind::SignIn);
                self.failure = Some(error);
                return;
            }
        };
        self.kind = Some(CredentialKind::SignIn);
        let (sign_in, failure) = SignIn::new(&self.store, &session, context.clock().now());
        self.failure = failure;
        let environment = session.environment().ok();
        self.user = session.user;
        self.tenant = self.tenant.take().or(session.tenant);
        self.url = self.url.take().or(session.url);
        let named = environment.and_then(|it| OnlineEnvironment::name_at(it.address().url()));
        self.environment = Some(named.map_or(session.service, str::to_owned));
        self.sign_in = Some(sign_in);
    }

    /// Returns true if a call with the credential is possible, as far as that is known.
    pub(super) const fn can_be_checked(&self) -> bool {
        self.failure.is_none() && self.kind.is_some()
    }

    /// Returns true if the credential is there; `None` if only a call can find out.
    pub(super) fn is_present(&self) -> Option<bool> {
        if let Some(sign_in) = &self.sign_in {
            return Some(sign_in.is_present);
        }
        if self.check == Some(CheckResult::Accepted) {
            return Some(true);
        }
        let is_bad = |it: &SecretStatus| {
            matches!(it.state, SecretState::Missing | SecretState::Unreadable(_))
        };
        if self.secrets.is_empty() || self.secrets.iter().any(is_bad) {
            return Some(false);
        }
        let is_known = |it: &SecretStatus| matches!(it.state, SecretState::Present);
        self.secrets.iter().all(is_known).then_some(true)
    }

    /// Returns the source of the credential: that of its first secret.
    pub(super) fn source(&self) -> Option<&str> {
        match &self.sign_in {
            Some(sign_in) => Some(sign_in.source),
            None => self.secrets.first().map(|secret| secret.source.as_str()),
        }
    }

    /// Returns the error, which names the profile.
    pub(super) fn into_failure(mut self) -> Option<Error> {
        self.failure.take()
    }

    /// Returns the name for messages.
    pub(super) fn display_name(&self) -> String {
        match &self.name {
            Some(name) => format!("profile '{}'", crate::escape::excerpt(name, 60)),
            None => self.store.label(),
        }
    }
}

/// Returns when a call reads a secret that nobody can look at before.
const fn when_read(source: &SecretSource) -> &'static str {
    match source {
        SecretSource::Command(_) | SecretSource::CommandLine(_) => "each call runs it",
        SecretSource::Prompt => "each call asks for it",
        _ => "each call reads it",
    }
}
