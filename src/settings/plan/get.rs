//! The plan of `sotickets get`.

use crate::api::get_tickets::Query;
use crate::api::response::Accept;
use crate::cli::get::GetArgs;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::output::OutputFormat;
use crate::ticket::column::Column;
use crate::ticket::date::Dates;

use crate::settings::Settings;
use crate::settings::conflicts;
use crate::settings::parse::zone::ServerZone;
use crate::settings::plan::call::{self, CallPlan};
use crate::settings::resolve::credential;
use crate::settings::resolve::ids::{self, IdSources};
use crate::settings::resolve::links::Links;
use crate::settings::resolve::output::{self, OutputPlan, date_style, output_format};

/// A call of `get` with its output, checked. Its secrets are not read yet.
pub(crate) struct GetPlan {
    /// The query, without its ids.
    pub(crate) query: Query,
    pub(crate) display: OutputPlan,
    pub(crate) dates: Dates,
    pub(crate) links: Links,
    pub(crate) call: CallPlan,
    /// The zone whose dates the server was asked to send with their offset, to warn about dates
    /// without one. `None` if the format prints dates as they are.
    pub(crate) marking_zone: Option<ServerZone>,
    pub(crate) allow_missing: bool,
    pub(crate) dry_run: bool,
    pub(crate) verbose: bool,
}

/// Resolves and checks `args`. Of the ids, only those of the arguments are checked.
pub(crate) fn resolve(
    args: &GetArgs,
    settings: &Settings<'_>,
    context: &Context<'_>,
) -> Result<GetPlan> {
    let display = checked_display(args, settings, context);
    let call = call::plan(settings, args.demo);
    let ids = IdSources::for_get(args).check();
    let ((display, select), mut call) = match (ids, display, call) {
        (Ok(()), Ok(display), Ok(call)) => (display, call),
        (ids, display, call) => {
            let errors = [ids.err(), display.err(), call.err()].into_iter().flatten();
            return Err(Error::join(errors).unwrap_or_else(ids::no_ids));
        }
    };
    let format = display.output_format;
    let links = Links::resolve(args, format, settings, call.target.as_ref(), context)?;
    let zone = call.zone.as_ref();
    let server_zone = zone.and_then(|zone| zone.server.clone()).filter(|_| !format.is_raw());
    let dates = Dates::new(
        date_style(args, format, zone),
        zone.and_then(|zone| zone.convert_to),
        context.now,
    );
    call::check_stdin(ids_from_stdin(args), &call.all_secrets())?;
    if call.lacks_credential(&args.call) && !args.demo {
        return Err(credential::no_credential());
    }
    if let Some(zone) = server_zone.as_ref().filter(|zone| !zone.with_offset) {
        call.warnings.push(zone.advice());
    }
    let accept = if format == OutputFormat::Xml { Accept::Xml } else { Accept::Json };
    Ok(GetPlan {
        query: Query { select, ids: Vec::new(), accept, locale: call.locale.clone() },
        display,
        dates,
        links,
        call,
        marking_zone: server_zone.filter(|zone| zone.with_offset),
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

/// Resolves the output and the columns to request, once their options fit each other.
fn checked_display(
    args: &GetArgs,
    settings: &Settings<'_>,
    context: &Context<'_>,
) -> Result<(OutputPlan, Option<Vec<Column>>)> {
    let format = output_format(args, settings)?;
    conflicts::check(args, &format, settings)?;
    output::resolve(args, format.value, settings, context)
}
