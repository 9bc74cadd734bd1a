//! A call with its secrets read.

use crate::api::credential::Credential;
use crate::api::query::{Accept, Locale, Query};
use crate::auth::oauth::session::OAuthSession;
use crate::auth::system_user::{SystemUser, SystemUserSession};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::http::address::Address;
use crate::http::header::Header;
use crate::http::middleware::Middleware;
use crate::http::network::Network;
use crate::secret::Secret;
use crate::secret::resolved_secret::ResolvedSecret;
use crate::tenant::locator::Locator;
use crate::ticket::column::Column;
use crate::ticket::ids::TicketId;

use crate::secret::secret_reader::SecretReader;
use crate::secret::secret_ref::SecretRef;
use crate::settings::plan::call::{self, CallPlan};
use crate::settings::resolve::credential::CredentialPlan;
use crate::settings::resolve::target::Target;

/// A call with its secrets read.
pub(crate) struct ResolvedCall {
    pub(crate) locale: Locale,
    /// The target; `None` for the built-in sample server.
    pub(crate) target: Option<Target>,
    /// The system user that signs in for the credential.
    pub(crate) system_user: Option<SystemUser>,
    /// The stored sign-in whose token is the credential.
    pub(crate) sign_in: Option<OAuthSession>,
    pub(crate) credential: Option<Credential>,
    pub(crate) app_token: Option<ResolvedSecret>,
    pub(crate) headers: Vec<Header>,
    pub(crate) network: Network,
}

impl CallPlan {
    /// Reads the secrets of the call. The time that a person takes does not count towards the
    /// limit of the command.
    pub(crate) fn read_secrets(&self, context: &mut Context<'_>) -> Result<ResolvedCall> {
        let reader = &mut SecretReader::new(context, self.network.deadline());
        let system_user = match &self.credential {
            Some(CredentialPlan::SystemUser(user)) => Some(user.read(reader)?),
            _ => None,
        };
        let credential = match (&self.sign_in, &self.credential) {
            (Some(session), _) => {
                let (value, origin) = (Secret::new(String::new()), session.store.label());
                Some(Credential::SignedIn(ResolvedSecret { value, origin }))
            }
            (None, credential) => credential.as_ref().map(|it| it.read(reader)).transpose()?,
        };
        let app_token = match &self.app_token {
            Some(secret) => Some(reader.read(secret)?),
            None => system_user.as_ref().map(|user| user.application_token.clone()),
        };
        let headers = self.headers.iter().map(|it| it.read(reader)).collect::<Result<_>>()?;
        Ok(ResolvedCall {
            locale: self.locale.clone(),
            target: self.target.clone(),
            system_user,
            sign_in: self.sign_in.clone(),
            credential,
            app_token,
            headers,
            network: self.network.read(reader)?,
        })
    }
}

impl ResolvedCall {
    /// Returns the locator of the tenant; `None` if the address is known.
    pub(crate) fn locator(&self, context: &Context<'_>) -> Option<Locator<'_>> {
        match &self.target {
            Some(Target::Tenant(tenant)) => Some(Locator::new(tenant, context)),
            _ => None,
        }
    }

    /// Returns the sign-in that provides the credential; `None` if that is known.
    pub(crate) fn session(&self, context: &Context<'_>) -> Option<Box<dyn Middleware + '_>> {
        if let Some(session) = self.sign_in.clone() {
            return Some(Box::new(session));
        }
        match (&self.target, &self.system_user) {
            (Some(Target::Tenant(tenant)), Some(user)) => {
                Some(Box::new(SystemUserSession::new(user, tenant, context)))
            }
            _ => None,
        }
    }

    /// Returns the query for the tickets `ids`, with its credential, and the address that is
    /// asked first.
    pub(crate) fn query(
        &self,
        select: Option<Vec<Column>>,
        ids: Vec<TicketId>,
        accept: Accept,
    ) -> Result<(Query, Address)> {
        let (query, address) =
            call::query(self.target.as_ref(), &self.locale, select, ids, accept)?;
        let credential = self.credential.clone();
        let (app_token, further_headers) = (self.app_token.clone(), self.headers.clone());
        Ok((Query { credential, app_token, further_headers, ..query }, address))
    }
}

/// Checks that standard input has one reader among `others` and `secrets`.
pub(crate) fn check_stdin(
    others: impl Iterator<Item = String>,
    secrets: &[&SecretRef],
) -> Result<()> {
    let secrets = secrets.iter().filter(|secret| secret.takes_stdin());
    let consumers: Vec<String> =
        others.chain(secrets.map(|secret| secret.origin.to_string())).collect();
    match consumers.as_slice() {
        [first, second, ..] if first == second => {
            Err(Error::usage(format!("standard input is asked for twice, as {first}")))
        }
        [first, second, ..] => Err(Error::usage(format!(
            "standard input is asked for twice: by {first} and by {second}"
        ))
        .hint("take one of them from somewhere else, such as file:PATH or env:NAME")),
        _ => Ok(()),
    }
}
