//! `sotickets get`: resolves the settings, makes the call, and prints the tickets.

mod answer;
mod batches;
mod dry_run;
mod messages;
mod received;
mod write_output;

use std::sync::Arc;

use crate::answer::MAX_THREADS;
use crate::api::credential::Credential;
use crate::api::endpoint;
use crate::cli::get::GetArgs;
use crate::context::Context;
use crate::demo;
use crate::error::{Error, Kind, Result};
use crate::http::client::Client;
use crate::output::{About, Document};
use crate::secret::{ResolvedSecret, Secret};
use crate::settings::Settings;
use crate::settings::plan::call::{self, ReadyCall};
use crate::settings::plan::get::{GetPlan, resolve};
use crate::settings::resolve::ids::IdSources;
use crate::settings::resolve::target::Target;
use crate::settings::resolve::zone::{self, ServerZone};

use super::messages::{warn_if_unchecked, warn_with_hint, warning};
use super::transport::with_transport;
use answer::{Answer, fetch_one};
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
    plan.check_ids()?;
    if plan.dry_run {
        return dry_run::run(&plan, context);
    }
    let sample = args.demo.then(|| start_sample_server(&mut plan)).transpose()?;
    let mut call = plan.call.read_secrets(context)?;
    if args.demo && !args.call.no_auth {
        call.authentication.credential.get_or_insert_with(sample_credential);
    }
    let call = Arc::new(call);
    let answers = fetch(&plan, &call, context)?;
    drop(sample);
    let mut received = Received::new(&answers, &plan);
    let [first, ..] = answers.as_slice() else { return Ok(()) };
    let urls = plan.links.urls(plan.call.target.as_ref(), &first.address);
    let bytes: Vec<&[u8]> = answers.iter().map(|answer| answer.content.bytes()).collect();
    let about = About {
        server: endpoint::site(&first.address),
        time: plan.time,
        zone: zone::describe(plan.call.zone.as_ref()),
        language: &plan.query.locale.language,
        requested: plan.query.ids.len(),
        missing: &received.differences.missing,
        missing_unnamed: received.differences.missing_unnamed,
    };
    let document = Document {
        answers: &bytes,
        tickets: &received.tickets,
        columns: &plan.display.columns,
        dates: &plan.dates,
        urls: urls.as_ref(),
        about: Some(&about),
    };
    let warnings = plan.display.format.check(&document)?;
    if received.count > 0 || plan.allow_missing || plan.display.writes_empty_list() {
        let encoding = first.content.encoding();
        let deadline = call.network.limits.deadline();
        write_output::write(&document, &encoding, (&plan, &deadline), context)?;
    }
    warnings.iter().for_each(|text| warning(context, text));
    messages::report_hidden_columns(plan.display.format.hidden_columns(&document), context);
    let marking_zone = plan.marking_zone.as_ref();
    let unmarked = marking_zone.filter(|_| received.has_date_without_offset());
    // Frees memory for messages that name very many tickets.
    received.tickets = Vec::new();
    warn_with_hint(context, unmarked.map(ServerZone::advice).as_ref());
    messages::warn_about_discrepancies(&received, &plan, context);
    messages::report_missing(&received, &plan, context)
}

/// Fetches the tickets of `plan`. Returns the answer of each call, in the order of their ids.
///
/// # Errors
/// Those of any call: of the first one that fails.
fn fetch(plan: &GetPlan, call: &Arc<ReadyCall>, context: &mut Context<'_>) -> Result<Vec<Answer>> {
    let address = plan.call.address()?;
    warn_if_unchecked(context, &call.network, &address);
    if plan.batches().len() > 1 {
        return batches::fetch(plan, call, address, context);
    }
    with_transport(context, &call.network, plan.verbose, |transport| {
        let client = Client::new(transport, call.middleware());
        let (columns, authentication) = (&plan.display.columns, &call.authentication);
        let threads = MAX_THREADS;
        Ok(vec![fetch_one(&client, &plan.query, columns, (authentication, &address), threads)?])
    })
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
    Credential::Bearer(ResolvedSecret { value, origin: "--demo".to_owned(), login_command: None })
}
