//! What `sotickets get` means.

use std::fs;

use crate::api::address::Address;
use crate::api::client::Connection;
use crate::api::credential::{Credential, HeldSecret};
use crate::api::proxy::Proxy;
use crate::api::request::{Header, Locale};
use crate::cli::get::{CallArgs, GetArgs};
use crate::error::{Error, Result};
use crate::escape;
use crate::host::{Environment, Host};
use crate::ticket::date::Dates;
use crate::ticket::ids::{IdList, TicketId};

use super::configuration::Configuration;
use super::display::{self, Display, date_style, output_format};
use super::setting::{self, Levels};
use super::source::Unread;
use super::zone::{self, Zone};
use super::{Origin, check_header_value, combination, connection, credential, header};

/// Everything that `get` needs to know, checked.
pub struct GetSettings {
    /// The ids asked for.
    pub ids: Vec<TicketId>,
    /// What is fetched for the output, and how it is written.
    pub display: Display,
    /// How dates are shown.
    pub dates: Dates,
    /// Language, culture and zone.
    pub locale: Locale,
    /// Where to ask; `None` for the built-in sample server.
    pub address: Option<Address>,
    /// Who is asking.
    pub credential: Option<Credential>,
    /// Sends none on purpose.
    pub no_auth: bool,
    /// `SO-AppToken`.
    pub app_token: Option<HeldSecret>,
    /// Further headers.
    pub headers: Vec<Header>,
    /// How the server is reached.
    pub connection: Connection,
    /// Missing tickets do not change the exit code.
    pub allow_missing: bool,
    /// Print the request instead of sending it.
    pub dry_run: bool,
    /// Show what happens on the wire.
    pub verbose: bool,
}

/// Resolves and checks `args`. Secrets are read last, when nothing else can be
/// wrong with the command line.
///
/// # Errors
/// Of [`crate::error::Kind::Usage`], and of authentication where there is no
/// credential.
pub fn resolve(
    args: &GetArgs,
    configuration: &Configuration,
    host: &mut Host<'_>,
) -> Result<GetSettings> {
    let environment = host.environment.clone();
    let levels = &configuration.levels(&environment);
    let format = output_format(args, levels)?;
    combination::check(args, &format, levels)?;
    let format = format.value;
    let display = display::resolve(args, format, levels, host)?;
    let zone = levels
        .find(&setting::TIMEZONE, args.call.timezone.as_deref())
        .map(|setting| zone::read(&setting, &environment))
        .transpose()?;
    let locale = locale(&args.call, levels, zone.as_ref())?;
    let dates = Dates::new(
        date_style(args, format, zone.as_ref()),
        zone.and_then(|zone| zone.here),
        host.now,
    );
    // The secrets below the options belong to the installation that they were set for.
    let none = Environment::default();
    let secret_levels =
        if args.demo { &Levels { environment: &none, profile: None } } else { levels };
    let plan = credential::plan(&args.call, secret_levels)?;
    let app_token = credential::app_token(&args.call, secret_levels)?;
    let given =
        args.call.headers.iter().map(|text| header::read(text)).collect::<Result<Vec<_>>>()?;
    let named = address(args, levels)?;
    let address = named.as_ref().map(|named| named.value.clone());
    let connection = connection::plan(&args.call, levels, address.as_ref())?;
    let mut unread: Vec<&Unread> = plan
        .iter()
        .flat_map(credential::Plan::secrets)
        .chain(&app_token)
        .chain(given.iter().filter_map(|given| match given {
            header::Given::Plain(_) => None,
            header::Given::Secret(_, unread) => Some(unread),
        }))
        .collect();
    check_home(named.as_ref(), &unread, levels)?;
    check_plain_http(args, address.as_ref(), connection.proxy(), &unread)?;
    unread.extend(connection.secret());
    check_stdin(args, &unread)?;
    let ids = ids(args, host)?;
    if plan.is_none() && !args.call.no_auth && !args.demo {
        return Err(credential::none_configured());
    }
    let mut read = |unread: &Unread| {
        if args.dry_run { unread.placeholder(host) } else { unread.read(host) }
    };
    Ok(GetSettings {
        ids,
        display,
        dates,
        locale,
        address,
        credential: plan.map(|plan| plan.with(&mut read)).transpose()?,
        no_auth: args.call.no_auth,
        app_token: app_token.map(|unread| read(&unread)).transpose()?,
        headers: given.into_iter().map(|given| given.with(&mut read)).collect::<Result<_>>()?,
        connection: connection.with(&mut read)?,
        allow_missing: args.allow_missing,
        dry_run: args.dry_run,
        verbose: args.verbose,
    })
}

fn locale(call: &CallArgs, levels: &Levels<'_>, zone: Option<&Zone>) -> Result<Locale> {
    let language = levels.find(&setting::LANGUAGE, call.language.as_deref());
    let culture = levels.find(&setting::CULTURE, call.culture.as_deref());
    for setting in language.iter().chain(&culture) {
        check_header_value(&setting.value, &setting.origin)?;
    }
    Ok(Locale {
        language: language.map_or_else(|| "en".to_owned(), |setting| setting.value),
        culture: culture.map(|setting| setting.value),
        timezone: zone.map(|zone| zone.header.clone()),
    })
}

fn address(args: &GetArgs, levels: &Levels<'_>) -> Result<Option<Origin<Address>>> {
    if args.demo {
        return Ok(None);
    }
    let Some(Origin { value, origin }) = levels.find(&setting::URL, args.call.url.as_deref())
    else {
        return Err(Error::usage("no address is given")
            .hint("--url https://crm.example.com/SuperOffice, or SOTICKETS_URL, or a profile with a url")
            .hint("to try the tool without a server: --demo"));
    };
    Ok(Some(Origin { value: Address::parse(&value, &origin)?, origin }))
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
    args: &GetArgs,
    address: Option<&Address>,
    proxy: Option<&Proxy>,
    unread: &[&Unread],
) -> Result<()> {
    let Some(address) = address else { return Ok(()) };
    if args.call.allow_plain_http && args.call.url.is_some() && !address.is_plain_http() {
        return Err(Error::usage("--allow-plain-http does nothing with an https:// address"));
    }
    let to = match proxy {
        _ if !address.is_loopback() => address.host_and_port(),
        Some(proxy) if !proxy.is_loopback() => format!("the proxy {}", proxy.host_and_port()),
        _ => return Ok(()),
    };
    let open = address.is_plain_http() && !args.call.allow_plain_http;
    match unread.first() {
        Some(secret) if open => {
            Err(Error::usage(format!("the {} would travel unencrypted to {to}", secret.label))
                .hint("use https://, or, where the network is to be trusted, --allow-plain-http"))
        }
        _ => Ok(()),
    }
}

/// Refuses a second consumer of standard input.
fn check_stdin(args: &GetArgs, unread: &[&Unread]) -> Result<()> {
    let ids = args.ids.iter().filter(|id| *id == "-").map(|_| "the ids of -".to_owned());
    let file = args.ids_file.iter().filter(|path| path.as_os_str() == "-");
    let secrets = unread.iter().filter(|unread| unread.takes_stdin());
    let consumers: Vec<String> = ids
        .chain(file.map(|_| "--ids-file -".to_owned()))
        .chain(secrets.map(|unread| unread.origin.clone()))
        .collect();
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

fn ids(args: &GetArgs, host: &mut Host<'_>) -> Result<Vec<TicketId>> {
    let mut list = IdList::new(args.max_ids);
    for argument in &args.ids {
        if argument == "-" {
            add_stdin(&mut list, host)?;
        } else {
            list.add_argument(argument)?;
        }
    }
    match &args.ids_file {
        Some(path) if path.as_os_str() == "-" => add_stdin(&mut list, host)?,
        Some(path) => {
            let name = escape::excerpt(&path.to_string_lossy(), 80);
            let bytes = fs::read(path)
                .map_err(|error| Error::usage(format!("--ids-file {name}: {error}")))?;
            list.add_input(&name, &bytes)?;
        }
        None if args.ids.is_empty() => {
            return Err(Error::usage("no ticket id is given")
                .hint("sotickets get 839 249, or - for ids from standard input"));
        }
        None => {}
    }
    Ok(list.into_ids())
}

fn add_stdin(list: &mut IdList, host: &mut Host<'_>) -> Result<()> {
    let mut bytes = Vec::new();
    host.stdin
        .read_to_end(&mut bytes)
        .map_err(|error| Error::usage(format!("standard input: {error}")))?;
    list.add_input("standard input", &bytes)
}
