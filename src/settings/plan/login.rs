//! The options of `auth` as those of a call, and the stored sign-in of a profile.

use std::time::Duration;

use crate::api::endpoint;
use crate::auth::oauth::redirect_uri::RedirectUri;
use crate::auth::oauth::session::OAuthSession;
use crate::auth::oauth::store::SessionStore;
use crate::cli::auth::{LoginArgs, ProfileArgs};
use crate::cli::get::CallArgs;
use crate::cli::network::NetworkArgs;
use crate::context::Context;
use crate::deadline::Deadline;
use crate::error::{Error, Result};
use crate::escape;
use crate::http::address::Address;
use crate::http::network::Network;
use crate::tenant::environment::OnlineEnvironment;

use crate::fs::dirs;
use crate::secret::profile_ref::ProfileRef;
use crate::secret::secret_reader::SecretReader;
use crate::secret::secret_store::SecretStore;
use crate::settings::Settings;
use crate::settings::registry;
use crate::settings::resolve::network;
use crate::source::{Source, Sourced};
use crate::ticket::ids;
use crate::ticket::url_template::UrlTemplate;

/// Returns the options of `auth login` that every call has.
pub(crate) fn login_call(args: &LoginArgs) -> CallArgs {
    CallArgs {
        url: args.url.clone(),
        tenant: args.tenant.clone(),
        environment: args.environment.clone(),
        user: args.user.clone(),
        password: args.password.clone(),
        ticket: args.ticket.clone(),
        token: args.token.clone(),
        app_token: args.app_token.clone(),
        system_user_token: args.system_user_token.clone(),
        private_key: args.private_key.clone(),
        basic_charset: args.basic_charset.clone(),
        language: args.language.clone(),
        timezone: args.timezone.clone(),
        ticket_url: args.ticket_url.clone(),
        allow_plain_http: args.allow_plain_http,
        ..call(&args.profile, Some(&args.network))
    }
}

/// Returns the address of the installation in `text`, and that of its tickets, with `{id}`, if
/// `text` is the address of a ticket. In Online that is known.
///
/// # Errors
/// A usage error for an address that is not valid, which `origin` gives.
pub(crate) fn split_address(text: &str, origin: &str) -> Result<(Address, Option<String>)> {
    let template = ids::web_template(text);
    let address = endpoint::parse(endpoint::before_page(text), origin)?;
    let template = template.filter(|template| {
        !OnlineEnvironment::is_online(address.url()) && UrlTemplate::parse(template, "").is_ok()
    });
    Ok((address, template))
}

/// Returns `args` with the address of the installation, if `--url` has that of a ticket.
///
/// # Errors
/// A usage error for an address that is not valid.
pub(crate) fn split_ticket_url(args: &LoginArgs) -> Result<LoginArgs> {
    let url = args.url.as_ref().filter(|url| ids::is_web_address(url));
    let Some(url) = url else { return Ok(args.clone()) };
    let (address, ticket_url) = split_address(url, registry::URL.option)?;
    let site = endpoint::site(&address).to_owned();
    Ok(LoginArgs { url: Some(site), ticket_url, ..args.clone() })
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

/// Returns the option that names the store for secrets, or the command, for messages.
pub(crate) fn store_origin(args: &LoginArgs) -> &'static str {
    args.store.map_or("auth login", SecretStore::option)
}

/// Returns the store for the sign-in of the profile in use.
pub(crate) fn store(settings: &Settings<'_>) -> Result<SessionStore> {
    store_of(settings, settings.profile_name())
}

/// Returns the store for the sign-in of `profile`.
pub(crate) fn store_of(settings: &Settings<'_>, profile: Option<&str>) -> Result<SessionStore> {
    let folder = dirs::require_state(&settings.variables)?;
    let profile = profile.map(|name| ProfileRef::new(name, &settings.file_id));
    Ok(SessionStore::new(&folder, profile))
}

/// Returns the stores of all sign-ins that there are, without those of another configuration file.
pub(crate) fn all_stores(settings: &Settings<'_>) -> Result<Vec<SessionStore>> {
    let folder = dirs::require_state(&settings.variables)?;
    SessionStore::all(&folder, &settings.file_id).map_err(|error| {
        let folder = escape::display_path(&folder);
        Error::usage(format!("the sign-ins in {folder} cannot be listed: {error}"))
    })
}

/// Returns the stored sign-in, which a call without another credential uses.
pub(crate) fn stored_session(settings: &Settings<'_>) -> Result<Option<OAuthSession>> {
    let Ok(store) = store(settings) else { return Ok(None) };
    Ok(store.load()?.map(|session| OAuthSession { store, session }))
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

/// The time limit for the browser, if none is typed.
pub(crate) const DEFAULT_BROWSER_TIMEOUT: &str = "5m";

/// Returns the time limit for the browser.
pub(super) fn browser_timeout(args: &LoginArgs) -> Result<Option<Duration>> {
    let text = args.timeout.clone().unwrap_or_else(|| DEFAULT_BROWSER_TIMEOUT.to_owned());
    network::limit(Some(&Sourced::new(text, Source::Option("--timeout"))), None)
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
pub(super) fn profile_address(
    setting: &Sourced<String>,
    service: &OnlineEnvironment,
) -> Result<Address> {
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
