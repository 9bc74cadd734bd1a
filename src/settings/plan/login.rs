//! The plan of `sotickets auth login`, and the stored sign-in of a profile.

use std::time::Duration;

use crate::api::endpoint;
use crate::auth::oauth::client::Application;
use crate::auth::oauth::redirect_uri::RedirectUri;
use crate::auth::oauth::session::OAuthSession;
use crate::auth::oauth::store::SessionStore;
use crate::cli::auth::{LoginArgs, ProfileArgs, StoreChoice};
use crate::cli::get::CallArgs;
use crate::cli::network::NetworkArgs;
use crate::context::Context;
use crate::deadline::Deadline;
use crate::error::{Error, Result};
use crate::escape;
use crate::http::address::Address;
use crate::http::network::Network;
use crate::tenant::Tenant;
use crate::tenant::environment::OnlineEnvironment;

use crate::fs::dirs;
use crate::secret::secret_reader::SecretReader;
use crate::settings::Settings;
use crate::settings::registry;
use crate::settings::resolve::header::check_header_value;
use crate::settings::resolve::{network, target};
use crate::source::{Source, Sourced};

/// A sign-in, checked.
pub(crate) struct LoginPlan {
    pub(crate) store: SessionStore,
    /// In which store.
    pub(crate) store_choice: StoreChoice,
    /// The environment to sign in at.
    pub(crate) environment: OnlineEnvironment,
    /// The tenant to sign in to, where one is named.
    pub(crate) tenant: Option<String>,
    /// The application.
    pub(crate) application: Application,
    /// The redirect address.
    pub(crate) redirect: RedirectUri,
    /// The time limit for the browser.
    pub(crate) patience: Option<Duration>,
    pub(crate) connection: Network,
}

/// The time limit for the browser, if none is typed.
pub(crate) const DEFAULT_PATIENCE: &str = "5m";

/// Returns the options of `auth login` that every call has.
pub(crate) fn login_call(args: &LoginArgs) -> CallArgs {
    CallArgs {
        tenant: args.tenant.clone(),
        environment: args.environment.clone(),
        ..call(&args.profile, Some(&args.network))
    }
}

/// Returns the options of `auth` that every call has.
pub(crate) fn call(profile: &ProfileArgs, network: Option<&NetworkArgs>) -> CallArgs {
    CallArgs {
        profile: profile.profile.clone(),
        config: profile.config.clone(),
        network: network.cloned().unwrap_or_default(),
        ..CallArgs::default()
    }
}

/// Returns the store for the sign-in of the profile in use.
pub(crate) fn store(settings: &Settings<'_>) -> Result<SessionStore> {
    store_of(settings, settings.profile_name())
}

/// Returns the store for the sign-in of `profile`.
pub(crate) fn store_of(settings: &Settings<'_>, profile: Option<&str>) -> Result<SessionStore> {
    let folder = dirs::require_state(&settings.variables)?;
    Ok(SessionStore::new(&folder, profile))
}

/// Returns the stores of all sign-ins that there are.
pub(crate) fn all_stores(settings: &Settings<'_>) -> Result<Vec<SessionStore>> {
    let folder = dirs::require_state(&settings.variables)?;
    SessionStore::all(&folder).map_err(|error| {
        let folder = escape::display_path(&folder);
        Error::usage(format!("the sign-ins in {folder} cannot be listed: {error}"))
    })
}

/// Returns the stored sign-in, which a call without another credential uses.
pub(crate) fn stored_session(settings: &Settings<'_>) -> Result<Option<OAuthSession>> {
    let Ok(store) = store(settings) else { return Ok(None) };
    Ok(store.load()?.map(|session| OAuthSession { store, session }))
}

/// Resolves and checks `args`. Secrets are read last.
pub(crate) fn login(
    args: &LoginArgs,
    settings: &Settings<'_>,
    context: &mut Context<'_>,
) -> Result<LoginPlan> {
    check_options(args)?;
    let service = target::environment(settings.find(&registry::ENVIRONMENT))?;
    let url = settings.find(&registry::URL);
    let url = url.map(|setting| profile_address(&setting, &service)).transpose()?;
    let tenant = settings
        .find(&registry::TENANT)
        .map(|setting| Tenant::new(&setting.value, &setting.source.to_string(), service.clone()))
        .transpose()?
        .map(|tenant| tenant.name)
        .or_else(|| url.as_ref().and_then(endpoint::tenant).map(str::to_owned));
    let typed = |value: &Option<String>, option| {
        value.clone().map(|value| Sourced::new(value, Source::Option(option)))
    };
    let client_id = typed(&args.client_id, "--client-id")
        .or_else(|| settings.find(&registry::CLIENT_ID))
        .ok_or_else(no_client_id)?;
    check_header_value(&client_id.value, &client_id.source)?;
    let redirect = redirect(typed(&args.redirect_uri, "--redirect-uri"), settings)?;
    let client_secret = match &args.client_secret {
        Some(text) => Some(settings.secret_option(&registry::CLIENT_SECRET, text)?),
        None => settings.find_secret(&registry::CLIENT_SECRET)?,
    };
    let patience = args.timeout.clone().unwrap_or_else(|| DEFAULT_PATIENCE.to_owned());
    let patience = Sourced::new(patience, Source::Option("--timeout"));
    let patience = network::limit(Some(&patience), None)?;
    let plan = network::plan(settings, Some(&service.address()))?;
    let store = store(settings)?;
    let reader = &mut SecretReader::new(context, Deadline::never());
    let connection = plan.read(reader)?;
    let secret = client_secret.map(|secret| reader.read(&secret)).transpose()?;
    let application =
        Application { id: client_id.value, secret: secret.map(|secret| secret.value) };
    let store_choice = args.store;
    Ok(LoginPlan {
        store,
        store_choice,
        environment: service,
        tenant,
        application,
        redirect,
        patience,
        connection,
    })
}

/// Checks that no option is given that goes with `--url`.
fn check_options(args: &LoginArgs) -> Result<()> {
    let given = [
        (args.user.is_some(), "--user"),
        (args.password.is_some(), "--password"),
        (args.ticket.is_some(), "--ticket"),
        (args.token.is_some(), "--token"),
        (args.app_token.is_some(), "--app-token"),
        (args.basic_charset.is_some(), "--basic-charset"),
        (args.language.is_some(), "--language"),
        (args.timezone.is_some(), "--timezone"),
        (args.default, "--default"),
        (args.replace, "--replace"),
        (args.allow_plain_http, "--allow-plain-http"),
    ];
    match given.iter().find(|(is_given, _)| *is_given) {
        Some((_, option)) => {
            Err(Error::usage(format!("{option} goes with --url, and none is given"))
                .hint("name the installation: --url https://crm.example.com/SuperOffice"))
        }
        None => Ok(()),
    }
}

/// Resolves the network settings for requests to `service`.
pub(crate) fn connection(
    settings: &Settings<'_>,
    service: &OnlineEnvironment,
    context: &mut Context<'_>,
) -> Result<Network> {
    let plan = network::plan(settings, Some(&service.address()))?;
    plan.read(&mut SecretReader::new(context, Deadline::never()))
}

/// Returns the redirect address that is `typed`, or set elsewhere, or the default.
pub(crate) fn redirect(
    typed: Option<Sourced<String>>,
    settings: &Settings<'_>,
) -> Result<RedirectUri> {
    let text = typed.or_else(|| settings.find(&registry::REDIRECT_URI));
    let redirect =
        text.map(|text| RedirectUri::parse(&text.value, &text.source.to_string())).transpose()?;
    Ok(redirect.unwrap_or_default())
}

/// Parses the address of the profile, and checks that a sign-in at `service` is of use there.
fn profile_address(setting: &Sourced<String>, service: &OnlineEnvironment) -> Result<Address> {
    let address = endpoint::parse(&setting.value, &setting.source.to_string())?;
    if service.owns(address.url()) {
        return Ok(address);
    }
    Err(Error::usage(format!(
        "{} leads to {}, and a sign-in at {service} is for {} alone",
        setting.source,
        address.server(),
        service.domain()
    ))
    .hint("Onsite: sotickets auth login --url URL --user NAME --password prompt"))
}

fn no_client_id() -> Error {
    Error::usage("no client id is given")
        .hint("--client-id ID, or SOTICKETS_CLIENT_ID, or client_id in a profile")
        .hint("Onsite: sotickets auth login --url URL --user NAME --password prompt")
        .hint("it is the id that SuperOffice gives an application at its registration")
}
