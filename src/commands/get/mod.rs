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
use crate::output::Document;
use crate::secret::Secret;
use crate::secret::resolved_secret::ResolvedSecret;
use crate::settings::config;
use crate::settings::parse::zone::ServerZone;
use crate::settings::plan::get::{GetPlan, resolve};
use crate::settings::plan::resolved_call::ResolvedCall;
use crate::settings::resolve::target::Target;

use super::messages::{warn_if_unchecked, warn_with_hint};
use super::transport::with_transport;
use received::Received;

/// Fetches and prints tickets.
///
/// # Errors
/// Errors of any kind. [`Kind::Missing`] is returned after the tickets that came were printed.
pub(crate) fn run(args: &GetArgs, context: &mut Context<'_>) -> anyhow::Result<()> {
    let configuration = config::load(&args.call, context)?;
    warn_with_hint(context, configuration.warning.as_ref());
    let plan = resolve(args, &configuration, context)?;
    plan.call.warnings.iter().for_each(|warning| warn_with_hint(context, Some(warning)));
    if plan.dry_run {
        return dry_run::run(&plan, context);
    }
    let mut call = plan.call.read_secrets(context)?;
    let sample = start_sample_server(&mut call, plan.no_auth)?;
    let (requested_columns, accept) = (plan.display.requested_columns.clone(), plan.display.accept);
    let (query, address) = call.query(requested_columns, plan.ids.clone(), accept)?;
    let expected = Expected { ids: plan.ids.len(), has_ids: plan.display.requests_ids() };
    let parser = ParallelParser::new(&plan.display.columns, expected);
    let response = send(&query, &address, (&call, &plan), &parser, context)?;
    drop(sample);
    response::check_format(&response, &query)?;
    let scan;
    let mut encoding = xml::Encoding::default();
    let mut received = match plan.display.accept {
        Accept::Json => {
            scan = parser
                .finish(&response.body)
                .map_err(|fault| response::not_tickets(fault, &query, &response.mask))?;
            Received::from_json(&scan, &plan, &response.mask)
        }
        Accept::Xml => {
            encoding = response::xml_encoding(&response)?;
            let tickets = xml::read(&response.body, &encoding, expected)
                .map_err(|fault| response::not_xml_tickets(fault, &query, &response.mask))?;
            Received::from_xml(&tickets, &plan, &response.mask)
        }
    };
    let urls = plan.links.urls(call.target.as_ref(), &response.address);
    let document = Document {
        answer: &response.body,
        tickets: &received.tickets,
        columns: &plan.display.columns,
        dates: &plan.dates,
        urls: urls.as_ref(),
    };
    if received.count > 0 || plan.allow_missing || plan.display.out_file.is_none() {
        write_output::write(
            &document,
            &encoding,
            (&plan, &call.network.limits.deadline()),
            context,
        )?;
    }
    let marking_zone = plan.marking_zone.as_ref();
    let unmarked = marking_zone.filter(|_| received.has_date_without_offset());
    // Frees memory for messages that name very many tickets.
    received.tickets = Vec::new();
    warn_with_hint(context, unmarked.map(ServerZone::advice).as_ref());
    messages::warn_about_discrepancies(&received, &plan, context);
    messages::report_missing(&received, &plan, context)
}

/// Starts the sample server for `--demo`, and sets its address and, unless there is another
/// credential, its token.
fn start_sample_server(call: &mut ResolvedCall, no_auth: bool) -> Result<Option<demo::Server>> {
    if call.target.is_some() {
        return Ok(None);
    }
    let server = demo::Server::start(0).map_err(|error| {
        Error::new(Kind::Network, format!("the sample server cannot be started: {error}"))
    })?;
    call.target = Some(Target::Address(endpoint::parse(&server.address(), "--demo")?));
    if call.credential.is_none() && !no_auth {
        call.credential = Some(Credential::Bearer(ResolvedSecret {
            value: Secret::new(demo::TOKEN.to_owned()),
            origin: "--demo".to_owned(),
        }));
    }
    Ok(Some(server))
}

/// Makes the call; `parser` checks the answer while it arrives.
fn send(
    query: &Query,
    address: &Address,
    (call, plan): (&ResolvedCall, &GetPlan),
    parser: &ParallelParser<'_>,
    context: &mut Context<'_>,
) -> Result<Response<Buffer>> {
    warn_if_unchecked(context, &call.network, address);
    let (locator, session) = (call.locator(context), call.session(context));
    let parser = Some(parser).filter(|_| plan.display.accept == Accept::Json);
    with_transport(context, &call.network, plan.verbose, |transport| {
        let client =
            Client::new(transport, [locator.as_ref().map(|it| it as _), session.as_deref()]);
        let response = get_tickets(&client, query, address)?;
        response.try_map(|mut body| {
            let length = body.length();
            answer::read(&mut body, length, parser)
        })
    })
}
