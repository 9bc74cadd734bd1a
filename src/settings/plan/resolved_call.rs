//! A call that is ready to be made: its secrets are read.

use std::time::Instant;

use crate::api::credential::Credential;
use crate::api::query::{Accept, Locale, Query};
use crate::auth::oauth::session::OAuthSession;
use crate::auth::system_user::private_key::PrivateKey;
use crate::auth::system_user::{SystemUser, SystemUserSession};
use crate::context::Context;
use crate::deadline::Deadline;
use crate::error::{Error, Result};
use crate::http::address::{self, Address};
use crate::http::header::Header;
use crate::http::middleware::Middleware;
use crate::http::network::Network;
use crate::secret::Secret;
use crate::secret::resolved_secret::ResolvedSecret;
use crate::tenant::locator::Locator;
use crate::ticket::column::Column;
use crate::ticket::ids::TicketId;

use crate::secret::secret_ref::SecretRef;
use crate::settings::export;
use crate::settings::plan::call::CallPlan;
use crate::settings::resolve::credential::{CredentialPlan, SystemUserPlan};
use crate::settings::resolve::target::Target;

/// A call whose secrets are read.
pub struct ReadyCall {
    /// Language, culture and zone.
    pub locale: Locale,
    /// Where to ask; `None` for the built-in sample server.
    pub target: Option<Target>,
    /// Who signs in first, to have the credential.
    pub system_user: Option<SystemUser>,
    /// The sign-in whose token is the credential.
    pub sign_in: Option<OAuthSession>,
    /// Who is asking.
    pub credential: Option<Credential>,
    /// `SO-AppToken`.
    pub app_token: Option<ResolvedSecret>,
    /// Further headers.
    pub headers: Vec<Header>,
    /// How the server is reached.
    pub network: Network,
    /// Values that the server may not know, each with what to do.
    pub warnings: Vec<(String, String)>,
}

/// Reads the secrets of `call`; in a dry run what stands for them.
///
/// # Errors
/// A usage error that names the place of a secret that is not to be had.
pub fn read(call: CallPlan, dry_run: bool, host: &mut Context<'_>) -> Result<ReadyCall> {
    let mut deadline = call.connection.deadline();
    let mut read = |unread: &SecretRef| secret(unread, dry_run, &mut deadline, host);
    let user = match &call.credential {
        Some(CredentialPlan::SystemUser(plan)) => Some(SystemUserSecrets::read(plan, &mut read)?),
        _ => None,
    };
    let credential = match &call.sign_in {
        Some(sign_in) => Some(placeholder(sign_in)),
        None => call.credential.map(|plan| plan.with(&mut read)).transpose()?,
    };
    let app_token = match call.app_token {
        Some(unread) => Some(read(&unread)?),
        None => user.as_ref().map(|user| user.application_token.clone()),
    };
    let headers =
        call.headers.into_iter().map(|given| given.with(&mut read)).collect::<Result<_>>()?;
    let mut network = call.connection.with(&mut read)?;
    // Everything before the call is within the limit: reading, a sign-in, finding a tenant.
    network.limits.since = Some(deadline.start());
    Ok(ReadyCall {
        locale: call.locale,
        target: call.target,
        system_user: match user {
            // Of a dry run there is no key.
            Some(user) if !dry_run => Some(user.check()?),
            _ => None,
        },
        sign_in: call.sign_in,
        credential,
        app_token,
        headers,
        network,
        warnings: call.warnings,
    })
}

impl ReadyCall {
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

    /// Returns the query for the tickets `ids` and the address that is asked first; `select` as
    /// in [`Query::select`].
    ///
    /// # Errors
    /// A usage error if there is no address, or if it is too long with its `$select`.
    pub(crate) fn query(
        &self,
        select: Option<Vec<Column>>,
        ids: Vec<TicketId>,
        accept: Accept,
    ) -> Result<(Query, Address)> {
        let address = self.target.as_ref().map(Target::first);
        let address = address.ok_or_else(|| Error::usage("no address is given"))?;
        let query = Query {
            select,
            ids,
            accept,
            locale: self.locale.clone(),
            credential: self.credential.clone(),
            app_token: self.app_token.clone(),
            further_headers: self.headers.clone(),
        };
        address::check_sendable(&query.url(&address)).map_err(|why| {
            Error::usage(format!("the address cannot be used with its $select: {why}"))
                .hint("--select fewer fields in a call")
        })?;
        Ok((query, address))
    }
}

/// Refuses a second consumer of standard input: `others`, and the secrets.
///
/// # Errors
/// A usage error that names both.
pub fn check_stdin(others: impl Iterator<Item = String>, unread: &[&SecretRef]) -> Result<()> {
    let secrets = unread.iter().filter(|unread| unread.takes_stdin());
    let consumers: Vec<String> =
        others.chain(secrets.map(|unread| unread.origin.to_string())).collect();
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

/// Stands for the token of `sign_in` until there is one, and in a dry run.
fn placeholder(sign_in: &OAuthSession) -> Credential {
    let export = "SOTICKETS_TOKEN=... # an access token; sotickets does not show the sign-in's";
    Credential::SignedIn(ResolvedSecret {
        value: Secret::new(String::new()),
        origin: sign_in.store.label(),
        variable: "SOTICKETS_TOKEN".to_owned(),
        export: Some(export.to_owned()),
    })
}

/// The secrets of a system user, read.
struct SystemUserSecrets {
    token: ResolvedSecret,
    private_key: ResolvedSecret,
    application_token: ResolvedSecret,
}

impl SystemUserSecrets {
    fn read(
        plan: &SystemUserPlan,
        mut read: impl FnMut(&SecretRef) -> Result<ResolvedSecret>,
    ) -> Result<Self> {
        Ok(Self {
            token: read(&plan.token)?,
            private_key: read(&plan.private_key)?,
            application_token: read(&plan.application_token)?,
        })
    }

    fn check(self) -> Result<SystemUser> {
        let private_key = PrivateKey::parse(&self.private_key.value, &self.private_key.origin)?;
        Ok(SystemUser { token: self.token, private_key, application_token: self.application_token })
    }
}

/// Reads the secret; in a dry run returns its placeholder. The time that a person takes at
/// a prompt does not count.
fn secret(
    unread: &SecretRef,
    dry_run: bool,
    deadline: &mut Deadline,
    host: &mut Context<'_>,
) -> Result<ResolvedSecret> {
    if dry_run {
        return export::placeholder(unread, &host.environment);
    }
    let start = Instant::now();
    let secret = unread.read(host, deadline);
    if unread.asks_a_person() {
        deadline.exclude(start.elapsed());
    }
    secret
}
