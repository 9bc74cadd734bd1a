//! `sotickets get`: one call, then a table, CSV or the server's own bytes.

use crate::api::address::Address;
use crate::api::credential::{Credential, HeldSecret};
use crate::api::curl::Lookup;
use crate::api::reader::Pieces;
use crate::api::request::{Accept, Request};
use crate::api::{answer, client, curl};
use crate::cli::get::GetArgs;
use crate::demo;
use crate::error::{Error, Kind, Result};
use crate::host::Host;
use crate::output::{Page, terminal};
use crate::secret::Secret;
use crate::settings::configuration;
use crate::settings::get::{GetSettings, resolve};
use crate::settings::target::Target;
use crate::ticket::account::{self, Account};
use crate::ticket::column::TICKET_ID;
use crate::ticket::ids::summary;
use crate::ticket::scanner::{self, Scanner};

use super::exchange::Exchange;
use super::online;
use super::watching::Clock;
use super::{print, report, write};

/// Fetches and prints tickets.
///
/// # Errors
/// One for each exit code; tickets that did not come back are one of
/// [`Kind::Missing`], after the others were printed.
pub fn run(args: &GetArgs, host: &mut Host<'_>) -> anyhow::Result<()> {
    let clock = Clock::start(host);
    let configuration = configuration::load(&args.call, &host.environment)?;
    report::advise(host, configuration.warning.as_ref());
    let mut settings = resolve(args, &configuration, host)?;
    settings.call.warnings.iter().for_each(|warning| report::advise(host, Some(warning)));
    let sample = start_sample_server(&mut settings)?;
    let display = &settings.display;
    let (wire, accept) = (display.wire.clone(), display.accept);
    let mut request = settings.call.request(wire, settings.ids.clone(), accept)?;
    if settings.dry_run {
        let lookup = online::stand_in(&settings.call, &mut request, host)?;
        return print_script(&request, lookup.as_ref(), host);
    }
    let exchange = Exchange::of(&settings.call, &args.call, &configuration, host);
    let mut scanner = Scanner::new(&settings.display.columns);
    if !asks_for_id(&settings) {
        scanner = scanner.without_ids();
    }
    let response = send(&mut request, exchange, &settings, &scanner, (&clock, host))?;
    drop(sample);
    answer::check(&response, &request)?;
    let scan = match settings.display.accept {
        Accept::Json => Some(
            scanner.finish(&response.body).map_err(|fault| answer::not_tickets(fault, &request))?,
        ),
        // XML is not looked into.
        Accept::Xml => None,
    };
    let (tickets, account) = match &scan {
        // Of an answer that is printed as it is only the ids are looked at.
        Some(scan) if settings.display.format.is_as_sent() => {
            let ids = scan.entries().map(|(id, _)| (id, ()));
            (Vec::new(), account::settle(&settings.ids, ids).1)
        }
        Some(scan) => account::settle(&settings.ids, scan.entries()),
        None => Default::default(),
    };
    let page = Page {
        answer: &response.body,
        tickets: &tickets,
        columns: &settings.display.columns,
        dates: &settings.dates,
    };
    let printed = print::page(&page, &settings, host)?;
    say_what_is_odd(&account, &settings, host);
    missing(&account, &settings, printed, host)
}

/// Starts the sample server where it is to be asked, and fills in its address and,
/// where no credential was typed, the sample one.
fn start_sample_server(settings: &mut GetSettings) -> Result<Option<demo::Server>> {
    if settings.call.target.is_some() {
        return Ok(None);
    }
    let server = demo::Server::start(0).map_err(|error| {
        Error::new(Kind::Network, format!("the sample server cannot be started: {error}"))
    })?;
    settings.call.target = Some(Target::Address(Address::parse(&server.address(), "--demo")?));
    if settings.call.credential.is_none() && !settings.no_auth {
        settings.call.credential = Some(Credential::Bearer(HeldSecret {
            value: Secret::new(demo::TOKEN.to_owned()),
            origin: "--demo".to_owned(),
            variable: "SOTICKETS_TOKEN".to_owned(),
            export: None,
        }));
    }
    Ok(Some(server))
}

fn print_script(
    request: &Request,
    lookup: Option<&Lookup>,
    host: &mut Host<'_>,
) -> anyhow::Result<()> {
    let script = curl::script(request, lookup);
    if host.terminal.stdout {
        terminal::check(script.as_bytes(), "script")
            .map_err(|error| error.hint("send it to a pipe or a file"))?;
    }
    Ok(write(host.stdout, script.as_bytes())?)
}

/// Makes the call, with what has to go before it; `scanner` checks the answer while it
/// arrives.
fn send(
    request: &mut Request,
    mut exchange: Exchange<'_>,
    settings: &GetSettings,
    scanner: &Scanner<'_>,
    (clock, host): (&Clock, &mut Host<'_>),
) -> Result<client::Response> {
    let is_json = settings.display.accept == Accept::Json;
    let take = |offset: usize, piece: &[u8]| {
        if is_json {
            scanner.feed(offset, piece);
        }
    };
    report::warn_if_unchecked(host, request);
    clock.watching(host, settings.verbose, |watch| {
        exchange.locate(request, watch)?;
        exchange.send(request, watch, || Pieces { end: scanner::piece_end, take: &take })
    })
}

/// Warnings about an answer that was understood, but is not quite what was asked
/// for.
fn say_what_is_odd(account: &Account, settings: &GetSettings, host: &mut Host<'_>) {
    let mut warn = |text: &str| report::warning(host, text);
    if !account.unasked.is_empty() {
        let ids = summary(account.unasked.iter().copied());
        warn(&format!("tickets came that were not asked for: {ids}"));
    }
    if account.unasked_unnamed > 0 {
        let count = account.unasked_unnamed;
        let s = if count == 1 { "" } else { "s" };
        warn(&format!("{count} ticket{s} more came than were asked for"));
    }
    if !account.repeated.is_empty() {
        let ids = summary(account.repeated.iter().copied());
        warn(&format!("tickets came more than once: {ids}"));
    }
    if settings.dates.met_one_without_offset() {
        warn("dates came without an offset and are printed as they are");
        let hint = match settings.call.locale.timezone {
            Some(_) => {
                "offsets were asked for; a server that sends none may have time zones switched off"
            }
            None => "--timezone Europe/Oslo asks for offsets",
        };
        report::hint(host, hint);
    }
}

/// The error for tickets that did not come back, once the others were printed;
/// with `--allow-missing` a warning.
fn missing(
    account: &Account,
    settings: &GetSettings,
    printed: bool,
    host: &mut Host<'_>,
) -> anyhow::Result<()> {
    if account.missing_count() == 0 || settings.display.accept == Accept::Xml {
        return Ok(());
    }
    let asked = settings.ids.len();
    let count = account.missing_count();
    let message = match (asked, account.missing.as_slice()) {
        (1, [id]) => format!("ticket {id} did not come back"),
        (_, ids) if account.missing_unnamed == 0 => {
            let ids = summary(ids.iter().map(|id| id.get().into()));
            format!("{count} of {asked} tickets did not come back: {ids}")
        }
        _ => format!("{count} of {asked} tickets did not come back"),
    };
    let hint = if asked == 1 {
        "it does not exist, or this user may not read it; --allow-missing takes that for success"
    } else if account.missing_unnamed == 0 {
        "they do not exist, or this user may not read them; --allow-missing takes that for success"
    } else if asks_for_id(settings) {
        "the tickets came without their ids, so the missing ones cannot be named"
    } else {
        "adding TicketId to --select would name them"
    };
    if settings.allow_missing {
        report::warning(host, &message);
        return Ok(());
    }
    let error = Error::new(Kind::Missing, message).hint(hint);
    Err(if printed { error.after_output() } else { error }.into())
}

/// Whether each ticket was asked for with its id.
fn asks_for_id(settings: &GetSettings) -> bool {
    let wire = settings.display.wire.as_ref();
    wire.is_none_or(|columns| columns.iter().any(|column| column.path() == TICKET_ID))
}
