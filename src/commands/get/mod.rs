//! `sotickets get`: resolves the settings, makes one call, and prints the tickets.

mod dry_run;
mod messages;
mod received;
mod write_output;

use crate::answer::{self, Buffer, Expected, ParallelParser, xml};
use crate::api::credential::Credential;
use crate::api::get_tickets::get_tickets;
use crate::api::query::{Accept, Query};
use crate::api::{endpoint, response};
use crate::cli::get::GetArgs;
use crate::context::Context;
use crate::demo;
use crate::error::{Error, Kind, Result};
use crate::http::address::Address;
use crate::http::client::Client;
use crate::http::response::Response;
use crate::output::{Document, terminal};
use crate::secret::Secret;
use crate::secret::resolved_secret::ResolvedSecret;
use crate::settings::config;
use crate::settings::parse::zone::ServerZone;
use crate::settings::plan::get::{GetSettings, resolve};
use crate::settings::resolve::target::Target;

use super::messages::{warn_if_unchecked, warn_with_hint};
use super::transport::with_transport;
use super::write;
use received::Received;

/// Fetches and prints tickets.
///
/// # Errors
/// Of any kind. [`Kind::Missing`] is returned after the tickets that came were printed.
pub(crate) fn run(args: &GetArgs, context: &mut Context<'_>) -> anyhow::Result<()> {
    let configuration = config::load(&args.call, context)?;
    warn_with_hint(context, configuration.warning.as_ref());
    let mut settings = resolve(args, &configuration, context)?;
    settings.call.warnings.iter().for_each(|warning| warn_with_hint(context, Some(warning)));
    let sample = start_sample_server(&mut settings)?;
    let display = &settings.display;
    let (wire, accept) = (display.wire.clone(), display.accept);
    let (query, address) = settings.call.query(wire, settings.ids.clone(), accept)?;
    if settings.dry_run {
        return print_dry_run(&settings, &query, &address, context);
    }
    let expected = Expected { ids: settings.ids.len(), has_ids: settings.display.requests_ids() };
    let parser = ParallelParser::new(&settings.display.columns, expected);
    let response = send(&query, &address, &settings, &parser, context)?;
    drop(sample);
    response::check_format(&response, &query)?;
    let scan;
    let mut encoding = xml::Encoding::default();
    let mut received = match settings.display.accept {
        Accept::Json => {
            scan = parser
                .finish(&response.body)
                .map_err(|fault| response::not_tickets(fault, &query, &response.mask))?;
            Received::from_json(&scan, &settings, &response.mask)
        }
        Accept::Xml => {
            encoding = response::xml_encoding(&response)?;
            let tickets = xml::read(&response.body, &encoding, expected)
                .map_err(|fault| response::not_xml_tickets(fault, &query, &response.mask))?;
            Received::from_xml(&tickets, &settings, &response.mask)
        }
    };
    let urls = settings.links.urls(settings.call.target.as_ref(), &response.address);
    let document = Document {
        answer: &response.body,
        tickets: &received.tickets,
        columns: &settings.display.columns,
        dates: &settings.dates,
        urls: urls.as_ref(),
    };
    if received.count > 0 || settings.allow_missing || settings.display.out_file.is_none() {
        write_output::write(&document, &encoding, &settings, context)?;
    }
    let marking_zone = settings.marking_zone.as_ref();
    let unmarked = marking_zone.filter(|_| received.has_date_without_offset());
    // Frees memory for messages that name very many tickets.
    received.tickets = Vec::new();
    warn_with_hint(context, unmarked.map(ServerZone::advice).as_ref());
    messages::warn_about_discrepancies(&received, &settings, context);
    messages::report_missing(&received, &settings, context)
}

/// Starts the sample server for `--demo`, and sets its address and, unless there is another
/// credential, its token.
fn start_sample_server(settings: &mut GetSettings) -> Result<Option<demo::Server>> {
    if settings.call.target.is_some() {
        return Ok(None);
    }
    let server = demo::Server::start(0).map_err(|error| {
        Error::new(Kind::Network, format!("the sample server cannot be started: {error}"))
    })?;
    settings.call.target = Some(Target::Address(endpoint::parse(&server.address(), "--demo")?));
    if settings.call.credential.is_none() && !settings.no_auth {
        settings.call.credential = Some(Credential::Bearer(ResolvedSecret {
            value: Secret::new(demo::TOKEN.to_owned()),
            origin: "--demo".to_owned(),
            variable: "SOTICKETS_TOKEN".to_owned(),
            export: None,
        }));
    }
    Ok(Some(server))
}

/// Prints the call as a curl script.
fn print_dry_run(
    settings: &GetSettings,
    query: &Query,
    address: &Address,
    context: &mut Context<'_>,
) -> anyhow::Result<()> {
    let network = &settings.call.network;
    let (route, mut request) = (network.proxies.route(address)?, query.request(address));
    let target = settings.call.target.as_ref();
    let lookup = dry_run::set_address(&mut request, target, context)?;
    let script = dry_run::script(request, network, route, lookup.as_ref());
    if context.terminal.stdout {
        terminal::check(script.as_bytes(), "script", &xml::Encoding::default())
            .map_err(|error| error.hint("send it to a pipe or a file"))?;
    }
    Ok(write(context.stdout, script.as_bytes())?)
}

/// Makes the call; `parser` checks the answer while it arrives.
fn send(
    query: &Query,
    address: &Address,
    settings: &GetSettings,
    parser: &ParallelParser<'_>,
    context: &mut Context<'_>,
) -> Result<Response<Buffer>> {
    let call = &settings.call;
    warn_if_unchecked(context, &call.network, address);
    let (locator, session) = (call.locator(context), call.session(context));
    let parser = Some(parser).filter(|_| settings.display.accept == Accept::Json);
    with_transport(context, &call.network, settings.verbose, |transport| {
        let client =
            Client::new(transport, [locator.as_ref().map(|it| it as _), session.as_deref()]);
        let response = get_tickets(&client, query, address)?;
        response.try_map(|mut body| {
            let length = body.length();
            answer::read(&mut body, length, parser)
        })
    })
}
