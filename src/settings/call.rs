//! What every call needs: where to ask, as whom, in which language, within what limits.

use crate::api::address::Address;
use crate::api::proxy::Proxy;
use crate::api::request::Locale;
use crate::cli::get::CallArgs;
use crate::error::{Error, Result};
use crate::escape;
use crate::host::Environment;

use super::header::{self, Given};
use super::setting::{self, Levels};
use super::source::Unread;
use super::zone::{self, Zone};
use super::{Origin, check_header_value, connection, credential};

/// A call, checked; its secrets are still where they are kept.
#[derive(Debug)]
pub struct CallPlan {
    /// Where to ask; `None` for the built-in sample server.
    pub address: Option<Address>,
    /// Language, culture and zone, as they are sent.
    pub locale: Locale,
    /// The zone.
    pub zone: Option<Zone>,
    /// How the server is reached.
    pub connection: connection::Plan,
    /// Who is asking.
    pub credential: Option<credential::Plan>,
    /// `SO-AppToken`.
    pub app_token: Option<Unread>,
    /// Further headers.
    pub headers: Vec<Given>,
}

impl CallPlan {
    /// The secrets that the call carries.
    #[must_use]
    pub fn secrets(&self) -> Vec<&Unread> {
        self.credential
            .iter()
            .flat_map(credential::Plan::secrets)
            .chain(&self.app_token)
            .chain(self.headers.iter().filter_map(|given| match given {
                Given::Plain(_) => None,
                Given::Secret(_, unread) => Some(unread),
            }))
            .collect()
    }

    /// The same with that of the proxy.
    #[must_use]
    pub fn all_secrets(&self) -> Vec<&Unread> {
        self.secrets().into_iter().chain(self.connection.secret()).collect()
    }
}

/// Plans the call that `levels` describe; with `demo` to the built-in sample server.
///
/// # Errors
/// Of [`crate::error::Kind::Usage`].
pub fn plan(levels: &Levels<'_>, demo: bool) -> Result<CallPlan> {
    let zone = levels
        .find(&setting::TIMEZONE)
        .map(|setting| zone::read(&setting, levels.environment))
        .transpose()?;
    // The secrets below the options belong to the installation that they were set for.
    let none = Environment::default();
    let typed = Levels { environment: &none, profile: None, ..*levels };
    let secret_levels = if demo { &typed } else { levels };
    let address = address(levels, demo)?;
    let plan = CallPlan {
        locale: locale(levels, zone.as_ref())?,
        zone,
        connection: connection::plan(levels, address.as_ref().map(|address| &address.value))?,
        credential: credential::plan(secret_levels)?,
        app_token: credential::app_token(secret_levels)?,
        headers: headers(secret_levels)?,
        address: address.as_ref().map(|address| address.value.clone()),
    };
    let secrets = plan.secrets();
    check_home(address.as_ref(), &secrets, levels)?;
    check_plain_http(levels.call, plan.address.as_ref(), plan.connection.proxy(), &secrets)?;
    Ok(plan)
}

fn headers(levels: &Levels<'_>) -> Result<Vec<Given>> {
    let read = |text: &String| Ok(header::read(text)?.beside(levels.profile));
    levels.call.headers.iter().map(read).collect()
}

fn locale(levels: &Levels<'_>, zone: Option<&Zone>) -> Result<Locale> {
    let language = levels.find(&setting::LANGUAGE);
    let culture = levels.find(&setting::CULTURE);
    for setting in language.iter().chain(&culture) {
        check_header_value(&setting.value, &setting.origin)?;
    }
    Ok(Locale {
        language: language.map_or_else(|| "en".to_owned(), |setting| setting.value),
        culture: culture.map(|setting| setting.value),
        timezone: zone.map(|zone| zone.header.clone()),
    })
}

fn address(levels: &Levels<'_>, demo: bool) -> Result<Option<Origin<Address>>> {
    if demo {
        return Ok(None);
    }
    let Some(Origin { value, origin }) = levels.find(&setting::URL) else {
        return Err(no_address(levels));
    };
    Ok(Some(Origin { value: Address::parse(&value, &origin)?, origin }))
}

fn no_address(levels: &Levels<'_>) -> Error {
    let error = Error::usage("no address is given").hint(
        "--url https://crm.example.com/SuperOffice, or SOTICKETS_URL, or a profile with a url",
    );
    let error = match (levels.profile, levels.names.first()) {
        (None, Some(name)) => error.hint(format!(
            "no profile is in use: --profile {}, or default_profile in the configuration file",
            shlex::try_quote(&escape::excerpt(name, 60)).unwrap_or_default()
        )),
        _ => error,
    };
    error.hint("to try the tool without a server: --demo")
}

/// Refuses to send a secret of the profile anywhere but to the profile's own server.
fn check_home(
    address: Option<&Origin<Address>>,
    unread: &[&Unread],
    levels: &Levels<'_>,
) -> Result<()> {
    let secret = unread.iter().find(|unread| unread.of_profile);
    let (Some(address), Some(secret), Some(profile)) = (address, secret, levels.profile) else {
        return Ok(());
    };
    let name = profile.shown_name();
    let Some(home) = profile.find(&setting::URL) else {
        return Err(Error::usage(format!(
            "the {} of {name} belongs to no server: the profile has no url",
            secret.label
        ))
        .hint(
            "a secret is sent to the server of its profile alone; add url = \"https://…\" to it",
        ));
    };
    let home = Address::parse(&home.value, &home.origin)?;
    if address.value.is_same_server(&home) {
        return Ok(());
    }
    Err(Error::usage(format!(
        "{} leads to {}, and the {} of {name} is for {} alone",
        address.origin,
        address.value.server(),
        secret.label,
        home.server()
    ))
    .hint("leave the address to the profile, name another --profile, or give a credential for this server"))
}

/// Refuses a credential that would travel unencrypted: to the server, or to the proxy
/// on the way there.
fn check_plain_http(
    call: &CallArgs,
    address: Option<&Address>,
    proxy: Option<&Proxy>,
    unread: &[&Unread],
) -> Result<()> {
    let Some(address) = address else { return Ok(()) };
    if call.allow_plain_http && call.url.is_some() && !address.is_plain_http() {
        return Err(Error::usage("--allow-plain-http does nothing with an https:// address"));
    }
    let to = match proxy {
        _ if !address.is_loopback() => address.host_and_port(),
        Some(proxy) if !proxy.is_loopback() => format!("the proxy {}", proxy.host_and_port()),
        _ => return Ok(()),
    };
    let open = address.is_plain_http() && !call.allow_plain_http;
    match unread.first() {
        Some(secret) if open => {
            Err(Error::usage(format!("the {} would travel unencrypted to {to}", secret.label))
                .hint("use https://, or, where the network is to be trusted, --allow-plain-http"))
        }
        _ => Ok(()),
    }
}
