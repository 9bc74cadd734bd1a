//! `sotickets get`: resolves the settings, makes one call, and prints the tickets.

mod dry_run;
mod messages;
mod received;
mod write_output;

use crate::answer::{self, Buffer, Expected, ParallelParser, xml};
use crate::api::credential::Credential;
use crate::api::endpoint;
use crate::api::get_tickets::get_tickets;
use crate::api::response::{self, Accept};
use crate::cli::get::GetArgs;
use crate::context::Context;
use crate::demo;
use crate::error::{Error, Kind, Result};
use crate::http::client::Client;
use crate::http::response::Response;
use crate::output::{About, Document};
use crate::secret::{ResolvedSecret, Secret};
use crate::settings::Settings;
use crate::settings::plan::call::{self, ReadyCall};
use crate::settings::plan::get::{GetPlan, resolve};
use crate::settings::resolve::ids::IdSources;
use crate::settings::resolve::target::Target;
use crate::settings::resolve::zone::{self, ServerZone};

use super::messages::{warn_if_unchecked, warn_with_hint};
use super::transport::with_transport;
use received::Received;

/// Fetches and prints tickets.
///
/// # Errors
/// Errors of any kind. [`Kind::Missing`] is returned after the tickets that came were printed.
pub(crate) fn run(args: &GetArgs, context: &mut Context<'_>) -> anyhow::Result<()> {
    let settings = Settings::load(&args.call, context)?;
    warn_with_hint(context, settings.warning.as_ref());
    let call = call::plan(&settings, args.demo);
    let mut plan = resolve(args, call, &settings, context)?;
    plan.query.ids = IdSources::for_get(args).read(&plan.call.network.deadline(), context)?;
    plan.call.warnings.iter().for_each(|warning| warn_with_hint(context, Some(warning)));
    if plan.dry_run {
        return dry_run::run(&plan, context);
    }
    let sample = args.demo.then(|| start_sample_server(&mut plan)).transpose()?;
    let mut call = plan.call.read_secrets(context)?;
    if args.demo && !args.call.no_auth {
        call.authentication.credential.get_or_insert_with(sample_credential);
    }
    let query = &plan.query;
    let expected = Expected { ids: query.ids.len(), has_ids: query.requests_ids() };
    let parser = ParallelParser::new(&plan.display.columns, expected);
    let response = send(&plan, &call, &parser, context)?;
    drop(sample);
    response::check_format(&response, query.accept)?;
    let not_tickets =
        |error| response::not_tickets(error, query.accept, expected.ids, &response.mask);
    let scan;
    let mut encoding = xml::Encoding::default();
    let mut received = match query.accept {
        Accept::Json => {
            scan = parser.finish(&response.body).map_err(not_tickets)?;
            Received::from_json(&scan, &plan, &response.mask)
        }
        Accept::Xml => {
            encoding = response::xml_encoding(&response)?;
            let tickets = xml::read(&response.body, &encoding, expected).map_err(not_tickets)?;
            Received::from_xml(&tickets, &plan, &response.mask)
        }
    };
    let urls = plan.links.urls(plan.call.target.as_ref(), &response.address);
    let about = About {
        server: endpoint::site(&response.address),
        time: plan.time,
        zone: zone::describe(plan.call.zone.as_ref()),
        language: &plan.query.locale.language,
        requested: plan.query.ids.len(),
        missing: &received.differences.missing,
        missing_unnamed: received.differences.missing_unnamed,
    };
    let document = Document {
        answer: &response.body,
        tickets: &received.tickets,
        columns: &plan.display.columns,
        dates: &plan.dates,
        urls: urls.as_ref(),
        about: Some(&about),
    };
    if received.count > 0 || plan.allow_missing || plan.display.out_file.is_none() {
        write_output::write(
            &document,
            &encoding,
            (&plan, &call.network.limits.deadline()),
            context,
        )?;
    }
    messages::report_hidden_columns(plan.display.format.hidden_columns(&document), context);
    let marking_zone = plan.marking_zone.as_ref();
    let unmarked = marking_zone.filter(|_| received.has_date_without_offset());
    // Frees memory for messages that name very many tickets.
    received.tickets = Vec::new();
    warn_with_hint(context, unmarked.map(ServerZone::advice).as_ref());
    messages::warn_about_discrepancies(&received, &plan, context);
    messages::report_missing(&received, &plan, context)
}

/// Starts the sample server for `--demo`, which becomes the target.
fn start_sample_server(plan: &mut GetPlan) -> Result<demo::Server> {
    let server = demo::Server::start(0, demo::Behavior::default()).map_err(|error| {
        Error::new(Kind::Network, format!("the sample server cannot be started: {error}"))
    })?;
    plan.call.target = Some(Target::Address(endpoint::parse(&server.address(), "--demo")?));
    Ok(server)
}

/// Returns the credential for the sample server.
fn sample_credential() -> Credential {
    let value = Secret::new(demo::TOKEN.to_owned());
    Credential::Bearer(ResolvedSecret { value, origin: "--demo".to_owned(), kept_for: None })
}

/// Makes the call; `parser` checks the answer while it arrives.
fn send(
    plan: &GetPlan,
    call: &ReadyCall,
    parser: &ParallelParser<'_>,
    context: &mut Context<'_>,
) -> Result<Response<Buffer>> {
    let address = plan.call.address()?;
    warn_if_unchecked(context, &call.network, &address);
    let parser = Some(parser).filter(|_| plan.query.accept == Accept::Json);
    with_transport(context, &call.network, plan.verbose, |transport| {
        let client = Client::new(transport, call.middleware());
        let response = get_tickets(&client, &plan.query, &call.authentication, &address)?;
        response.try_map(|mut body| {
            let length = body.length();
            answer::read(&mut body, length, parser)
        })
    })
}
