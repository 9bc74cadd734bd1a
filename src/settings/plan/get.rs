//! The plan of `sotickets get`.

use crate::cli::get::GetArgs;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::output::OutputFormat;
use crate::ticket::date::Dates;
use crate::ticket::ids::TicketId;

use crate::settings::config::Config;
use crate::settings::conflicts;
use crate::settings::layers::ConfigLayers;
use crate::settings::parse::zone::ServerZone;
use crate::settings::plan::call::{self, CallPlan};
use crate::settings::plan::resolved_call;
use crate::settings::resolve::credential;
use crate::settings::resolve::ids;
use crate::settings::resolve::links::Links;
use crate::settings::resolve::output::{self, OutputPlan, date_style, output_format};

/// A call of `get` with its output, checked. Its secrets are not read yet.
pub(crate) struct GetPlan {
    pub(crate) ids: Vec<TicketId>,
    pub(crate) display: OutputPlan,
    pub(crate) dates: Dates,
    pub(crate) links: Links,
    pub(crate) call: CallPlan,
    /// True for `--no-auth`.
    pub(crate) no_auth: bool,
    /// The zone whose dates the server was asked to send with their offset, to warn about dates
    /// without one. `None` if the format prints dates as they are.
    pub(crate) marking_zone: Option<ServerZone>,
    pub(crate) allow_missing: bool,
    pub(crate) dry_run: bool,
    pub(crate) verbose: bool,
}

/// Resolves and checks `args`. Ids from standard input and files are read last.
pub(crate) fn resolve(
    args: &GetArgs,
    configuration: &Config,
    context: &mut Context<'_>,
) -> Result<GetPlan> {
    let environment = context.environment.clone();
    let layers = &configuration.layers(&args.call, &environment);
    let display = checked_display(args, layers, context);
    let call = call::plan(layers, args.demo);
    let id_sources = ids::IdSources {
        arguments: &args.ids,
        file: args.ids_file.as_deref(),
        limit: args.max_ids,
    };
    let (display, format, mut call) = match (id_sources.check(), display, call) {
        (Ok(()), Ok((display, format)), Ok(call)) => (display, format, call),
        (ids, display, call) => {
            let errors = [ids.err(), display.err(), call.err()].into_iter().flatten();
            return Err(Error::join(errors).unwrap_or_else(ids::no_ids));
        }
    };
    let links = Links::resolve(args, format, layers, call.target.as_ref(), context)?;
    let zone = call.zone.as_ref();
    let server_zone = zone.and_then(|zone| zone.server.clone()).filter(|_| !format.is_raw());
    let dates = Dates::new(
        date_style(args, format, zone),
        zone.and_then(|zone| zone.convert_to),
        context.now,
    );
    resolved_call::check_stdin(ids_from_stdin(args), &call.all_secrets())?;
    let ids = id_sources.read(&call.network.deadline(), context)?;
    if call.lacks_credential(&args.call) && !args.demo {
        return Err(credential::no_credential());
    }
    if let Some(zone) = server_zone.as_ref().filter(|zone| !zone.with_offset) {
        call.warnings.push(zone.advice());
    }
    Ok(GetPlan {
        ids,
        display,
        dates,
        links,
        call,
        marking_zone: server_zone.filter(|zone| zone.with_offset),
        no_auth: args.call.no_auth,
        allow_missing: args.allow_missing,
        dry_run: args.dry_run,
        verbose: args.verbose,
    })
}

/// Returns the arguments that read ids from standard input.
fn ids_from_stdin(args: &GetArgs) -> impl Iterator<Item = String> {
    let ids = args.ids.iter().filter(|id| *id == ids::STDIN).map(|_| "the ids of -".to_owned());
    let file = args.ids_file.iter().filter(|path| path.as_os_str() == ids::STDIN);
    ids.chain(file.map(|_| "--ids-file -".to_owned()))
}

/// The output with its format, once their options fit each other.
fn checked_display(
    args: &GetArgs,
    layers: &ConfigLayers<'_>,
    context: &Context<'_>,
) -> Result<(OutputPlan, OutputFormat)> {
    let format = output_format(args, layers)?;
    conflicts::check(args, &format, layers)?;
    Ok((output::resolve(args, format.value, layers, context)?, format.value))
}
