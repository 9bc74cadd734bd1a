//! `sotickets auth login` with the browser: the tokens are checked and stored, and the profile is
//! written.

use std::fs::File;

use anyhow::Result;
use chrono::{DateTime, Utc};
use url::Url;

use crate::auth::oauth::callback_page::CallbackPage;
use crate::auth::oauth::callback_server::CallbackServer;
use crate::auth::oauth::client::{OAuthClient, PendingAuthorization, random_text};
use crate::auth::oauth::id_token::{Identity, tenant_of_token};
use crate::auth::oauth::store::SessionStore;
use crate::auth::oauth::stored_session::{StoredSession, TokenLocation, Tokens};
use crate::cli::auth::LoginArgs;
use crate::clock::format_utc;
use crate::commands::messages;
use crate::commands::question::Asker;
use crate::commands::transport::with_transport;
use crate::context::{Context, Variables};
use crate::error::{Error, Kind};
use crate::escape;
use crate::fs::state_file::Reservation;
use crate::secret::Secret;
use crate::secret::secret_store::SecretStore;
use crate::settings::Settings;
use crate::settings::config_edit::KeyChange;
use crate::settings::plan::browser_login::{self, LoginPlan};
use crate::settings::plan::login;
use crate::settings::plan::profile_target::{ProfileTarget, Profiles};
use crate::settings::profile::Profile;

use super::questions::{self, Answers, ProfileQuestions};
use super::{browser_authorization, sign_in_check, written_profile};

/// Signs in, checks and stores the tokens, and writes the profile.
///
/// # Errors
/// Those of the parts; the old sign-in is stored as before then.
pub(super) fn run(
    args: &LoginArgs,
    settings: Settings<'_>,
    profiles: &Profiles,
    existing: Option<&Profile>,
    context: &mut Context<'_>,
) -> Result<()> {
    let mut plan = browser_login::plan(args, settings, profiles, existing, context)?;
    // A person is asked about the profile after the sign-in.
    let asks = Asker::at_terminal(context).is_some();
    // Before a person signs in for nothing.
    let replacing = LoginArgs { replace: args.replace || asks, ..args.clone() };
    let tenant = plan.tenant.as_deref();
    let first = plan.profile(tenant, None, profiles, &replacing, &context.variables)?;
    written_profile::preview(&first)?;
    if plan.store_choice == SecretStore::Keyring
        && let Err(error) = plan.provisional_store.check_keyring(login::store_origin(args))
    {
        questions::offer_file(error, &mut args.clone(), context)?;
        plan.store_choice = SecretStore::File;
    }
    let reservation = plan.provisional_store.reserve()?;
    let redirect = plan.redirect.listen()?;
    let client = discover(&plan, args.verbose, context)?;
    let state = random_text()?;
    let issuer = client.issuer().to_owned();
    let server = CallbackServer::start(redirect, state.clone(), issuer).map_err(|error| {
        Error::new(Kind::Output, "this machine cannot wait for the browser").caused_by(error)
    })?;
    let pending = client.authorize(server.address(), &state, plan.tenant.as_deref())?;
    browser_authorization::open(args, &pending.url, context)?;
    let (response, pending_line) = browser_authorization::wait(&server, args, &plan, context)?;
    let asker = Asker::at_terminal(context).map(|asker| asker.after(pending_line));
    let login = Login { args, plan: &plan, profiles, existing, client: &client };
    let exchanged = match &response.code {
        Ok(code) => login.exchange(pending, code, context),
        Err(words) => {
            let message = format!("{} refused the sign-in: {words}", plan.environment);
            Err(Error::new(Kind::Authentication, message).hint("nothing was kept"))
        }
    };
    let result = match (exchanged, asker) {
        // The browser does not wait for the answers.
        (Ok(exchanged), Some(asker)) => {
            server.end(response, page(Ok(&exchanged.session)));
            let answers = login.ask_profile(&exchanged, Some(asker), context)?;
            Login { args: &answers.args, ..login }
                .keep(exchanged, reservation, context)
                .map(|stored| (stored, answers.saw_changes))
        }
        (exchanged, _) => {
            let result = exchanged.and_then(|exchanged| {
                let args = login.ask_profile(&exchanged, None, context)?.args;
                Login { args: &args, ..login }.keep(exchanged, reservation, context)
            });
            server.end(response, page(result.as_ref().map(|stored| &stored.session)));
            result.map(|stored| (stored, false))
        }
    };
    let (stored, saw_changes) = result?;
    written_profile::remove_leftovers(&stored.profile, &context.variables);
    report_session(&stored, context);
    if !saw_changes {
        written_profile::report_changes(&stored.changes, context);
    }
    written_profile::report(&stored.profile, args, context);
    warn_about_end(&stored.tokens, context);
    Ok(())
}

/// Requests the addresses of the environment, and returns a client for it.
fn discover<'p>(
    plan: &'p LoginPlan,
    verbose: bool,
    context: &mut Context<'_>,
) -> crate::error::Result<OAuthClient<'p>> {
    messages::warn_if_unchecked(context, &plan.connection, &plan.environment.address());
    with_transport(context, &plan.connection, verbose, |transport| {
        OAuthClient::discover(&plan.environment, &plan.application, transport)
    })
}

/// A sign-in that a person has finished in the browser.
struct Login<'a> {
    args: &'a LoginArgs,
    plan: &'a LoginPlan,
    profiles: &'a Profiles,
    /// The profile that is signed in again.
    existing: Option<&'a Profile>,
    client: &'a OAuthClient<'a>,
}

/// A sign-in that is stored, with its profile.
struct StoredLogin {
    session: StoredSession,
    tokens: Tokens,
    /// The size of the tokens in bytes, if the keyring does not take them.
    oversize: Option<usize>,
    store: SessionStore,
    profile: ProfileTarget,
    changes: Vec<KeyChange>,
}

/// The tokens of a sign-in that are not stored yet.
struct Exchanged {
    session: StoredSession,
    tokens: Tokens,
    /// The size of the tokens in bytes, if the keyring does not take them.
    oversize: Option<usize>,
    /// The lock on the first store.
    lock: File,
}

impl Login<'_> {
    /// Exchanges the code for tokens, and checks them.
    fn exchange(
        &self,
        pending: PendingAuthorization,
        code: &Secret,
        context: &mut Context<'_>,
    ) -> crate::error::Result<Exchanged> {
        let plan = self.plan;
        let exchanged =
            with_transport(context, &plan.connection, self.args.verbose, |transport| {
                // Before the code is used, because it is valid once.
                let lock = plan.provisional_store.lock(transport)?;
                let (tokens, identity) = self.client.exchange_code(pending, code, transport)?;
                let oversize = plan.provisional_store.oversize(&tokens);
                let oversize = oversize.filter(|_| plan.store_choice == SecretStore::Keyring);
                let place = match (plan.store_choice, oversize) {
                    (SecretStore::Keyring, None) => TokenLocation::Keyring,
                    _ => TokenLocation::File(tokens.clone()),
                };
                let session = new_session(identity, plan, &tokens, place, transport.now())?;
                crate::error::Result::Ok(Exchanged { session, tokens, oversize, lock })
            })?;
        let Exchanged { session, tokens, .. } = &exchanged;
        sign_in_check::run(plan, session, tokens, self.args.verbose, context)?;
        Ok(exchanged)
    }

    /// Asks for what no option says about the profile, or if one that is signed in again may change.
    fn ask_profile(
        &self,
        exchanged: &Exchanged,
        asker: Option<Asker>,
        context: &mut Context<'_>,
    ) -> crate::error::Result<Answers> {
        let variables = context.variables.clone();
        let plan = |args: &LoginArgs| self.profile(&exchanged.session, args, &variables);
        let questions = ProfileQuestions { plan, profiles: self.profiles, asker };
        if self.existing.is_some() {
            return questions.confirm_change(self.args, context);
        }
        let replacing = LoginArgs { replace: true, ..self.args.clone() };
        let suggested = plan(&replacing)?.name;
        questions.complete(self.args, &suggested, context)
    }

    /// Plans the profile of `session`.
    fn profile(
        &self,
        session: &StoredSession,
        args: &LoginArgs,
        variables: &Variables,
    ) -> crate::error::Result<ProfileTarget> {
        let tenant = self.plan.tenant.as_deref().or(session.tenant.as_deref());
        self.plan.profile(tenant, session.user.as_deref(), self.profiles, args, variables)
    }

    /// Stores the tokens, and writes the profile.
    fn keep(
        &self,
        exchanged: Exchanged,
        reservation: Reservation,
        context: &mut Context<'_>,
    ) -> crate::error::Result<StoredLogin> {
        let Exchanged { session, tokens, oversize, lock } = exchanged;
        let profile = self.profile(&session, self.args, &context.variables)?;
        let store = self.plan.store(&profile);
        let is_first = store.profile() == self.plan.provisional_store.profile();
        let _lock = match is_first {
            true => lock,
            false => {
                let verbose = self.args.verbose;
                with_transport(context, &self.plan.connection, verbose, |it| store.lock(it))?
            }
        };
        let backup = store.backup();
        // Without a keyring there is nothing to restore.
        let written = store.replace_tokens(&session, &tokens);
        written.map_err(|error| error.hint("nothing was kept"))?;
        let changes = store
            .replace(&session, reservation)
            .and_then(|()| written_profile::write(&profile))
            .map_err(|error| match store.restore(&backup, &session) {
                Ok(()) => error.hint("nothing was kept"),
                Err(failure) => {
                    error.hint(format!("the sign-in before could not be restored: {failure}"))
                }
            })?;
        Ok(StoredLogin { session, tokens, oversize, store, profile, changes })
    }
}

/// Returns the last page of the browser.
fn page(result: std::result::Result<&StoredSession, &Error>) -> CallbackPage {
    match result {
        Ok(session) => CallbackPage::signed_in(session.user.as_deref(), session.tenant.as_deref()),
        Err(error) => CallbackPage::failed(&error.to_string()),
    }
}

fn new_session(
    identity: Identity,
    plan: &LoginPlan,
    tokens: &Tokens,
    token_location: TokenLocation,
    now: DateTime<Utc>,
) -> crate::error::Result<StoredSession> {
    let Identity { user, tenant, url } = identity;
    let named = tenant.or_else(|| tenant_of_token(tokens.access.expose()).map(str::to_owned));
    if let (Some(requested), Some(named)) = (&plan.tenant, &named)
        && !requested.eq_ignore_ascii_case(named)
    {
        let named = escape::excerpt(named, 60);
        let message = format!("the sign-in is for tenant {named}, and {requested} was requested");
        return Err(Error::new(Kind::Authentication, message)
            .hint("choose that tenant in the browser, or name the other one; nothing was kept"));
    }
    let environment = &plan.environment;
    let is_own = |url: &String| Url::parse(url).is_ok_and(|url| environment.owns(&url));
    Ok(StoredSession {
        service: environment.to_string(),
        client_id: plan.application.id.clone(),
        tenant: named.or_else(|| plan.tenant.clone()),
        url: url.filter(is_own),
        user,
        since: now,
        token_location,
    })
}

fn report_session(stored: &StoredLogin, context: &mut Context<'_>) {
    let session = &stored.session;
    let part = |word: &str, value: &Option<String>| match value {
        Some(value) => format!(" {word} {}", escape::excerpt(value, 100)),
        None => String::new(),
    };
    let (tenant, user) = (part("to", &session.tenant), part("as", &session.user));
    let place = stored.store.display_token_location(session);
    if let Some(size) = stored.oversize {
        messages::warning(context, &written_profile::oversize("tokens", size));
    }
    messages::line(context, &format!("signed in{tenant}{user}; kept in {place}"));
    if session.url.is_none() && session.tenant.is_none() {
        messages::hint(
            context,
            "get needs --tenant or --url, or a profile with one of them: the service named neither",
        );
    }
}

/// Warns about a sign-in that will probably not be renewed, and how to change that.
fn warn_about_end(tokens: &Tokens, context: &mut Context<'_>) {
    let (why, hint) = match (&tokens.refresh, &tokens.client_secret) {
        (Some(_), Some(_)) => return,
        (Some(_), None) => (
            "SuperOffice renews a sign-in only with the secret of the application",
            "to have it renewed, sign in with --client-secret SRC, or client_secret in the profile",
        ),
        (None, _) => {
            ("the service gave no refresh token", "have refresh tokens allowed for the application")
        }
    };
    let end = tokens.expires.map_or_else(|| "the service refuses its token".to_owned(), format_utc);
    messages::warning(context, &format!("the sign-in lasts until {end}: {why}"));
    messages::hint(context, hint);
}
