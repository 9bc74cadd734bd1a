//! The plan of `sotickets get`.

use std::slice::Chunks;

use chrono::{DateTime, Utc};

use crate::api::get_tickets::Query;
use crate::api::response::Accept;
use crate::cli::get::GetArgs;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::output::OutputFormat;
use crate::source::{Source, Sourced};
use crate::ticket::column::Column;
use crate::ticket::date::{DateFormatter, Style};
use crate::ticket::ids::TicketId;

use crate::settings::Settings;
use crate::settings::plan::call::{self, CallPlan, refuse};
use crate::settings::registry::SELECT;
use crate::settings::resolve::credential;
use crate::settings::resolve::ids::{self, IdSources};
use crate::settings::resolve::links::Links;
use crate::settings::resolve::output::{self, OutputPlan, date_style, output_format};
use crate::settings::resolve::zone::ServerZone;

/// A call of `get` with its output, checked. Its secrets are not read yet.
pub(crate) struct GetPlan {
    /// The query, without its ids.
    pub(crate) query: Query,
    pub(crate) display: OutputPlan,
    pub(crate) dates: DateFormatter,
    /// The time of the call, as the output shows it.
    pub(crate) time: DateTime<Utc>,
    pub(crate) links: Links,
    pub(crate) call: CallPlan,
    /// The zone whose dates the server was asked to send with their offset, to warn about dates
    /// without one. `None` if the format prints dates as they are.
    pub(crate) marking_zone: Option<ServerZone>,
    /// The most ids in a call.
    pub(crate) batch_size: usize,
    /// The most calls at once.
    pub(crate) jobs: usize,
    pub(crate) allow_missing: bool,
    pub(crate) no_pager: bool,
    pub(crate) dry_run: bool,
    pub(crate) verbose: bool,
}

/// The calls at once without `--jobs`, and the most that can be chosen.
const JOBS: usize = 4;
const MAX_JOBS: usize = 16;

impl GetPlan {
    /// Returns the ids of each call.
    pub(crate) fn batches(&self) -> Chunks<'_, TicketId> {
        self.query.ids.chunks(self.batch_size)
    }

    /// Checks that the format can hold as many tickets as there are ids.
    ///
    /// # Errors
    /// A usage error.
    pub(crate) fn check_ids(&self) -> Result<()> {
        let count = self.query.ids.len();
        let Some(limits) = self.display.output_format.limits() else { return Ok(()) };
        if count <= limits.tickets {
            return Ok(());
        }
        let message = format!("{count} ids, and a sheet holds {} tickets", limits.tickets);
        Err(Error::usage(message).hint("use -o csv, or several files"))
    }
}

/// Resolves and checks `args`, with the plan of their call, whose error is reported with others.
/// Checks only those ids that are arguments.
pub(crate) fn resolve(
    args: &GetArgs,
    call: Result<CallPlan>,
    settings: &Settings<'_>,
    context: &Context<'_>,
) -> Result<GetPlan> {
    let display = checked_display(args, settings, context);
    let id_sources = IdSources::for_get(args);
    let ids = id_sources.check();
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
    let time = output::time(format, context)?;
    let dates = DateFormatter::new(
        date_style(args, format, zone),
        zone.and_then(|zone| zone.convert_to),
        time,
    );
    call::check_stdin(id_sources.stdin_origins(), &call.all_secrets())?;
    if call.lacks_credential(&args.call) && !args.demo {
        return Err(credential::no_credential(true, &call.login_command));
    }
    if let Some(zone) = server_zone.as_ref().filter(|zone| !zone.with_offset) {
        call.warnings.push(zone.advice());
    }
    let accept = if format == OutputFormat::Xml { Accept::Xml } else { Accept::Json };
    Ok(GetPlan {
        query: Query { select, ids: Vec::new(), accept, locale: call.locale.clone() },
        display,
        dates,
        time,
        links,
        call,
        marking_zone: server_zone.filter(|zone| zone.with_offset),
        batch_size: args.batch_size.unwrap_or(usize::MAX),
        jobs: args.jobs.unwrap_or(JOBS),
        allow_missing: args.allow_missing,
        no_pager: args.no_pager,
        dry_run: args.dry_run,
        verbose: args.verbose,
    })
}

/// Resolves the output and the columns to request, once their options fit each other.
fn checked_display(
    args: &GetArgs,
    settings: &Settings<'_>,
    context: &Context<'_>,
) -> Result<(OutputPlan, Option<Vec<Column>>)> {
    let format = output_format(args, settings)?;
    check(args, &format, settings, context)?;
    output::resolve(args, format.value, settings, context)
}

/// Checks that each option of `get` has an effect.
fn check(
    args: &GetArgs,
    chosen: &Sourced<OutputFormat>,
    settings: &Settings<'_>,
    context: &Context<'_>,
) -> Result<()> {
    let format = chosen.value;
    let separated_options = [
        (args.no_header, "--no-header"),
        (args.delimiter.is_some(), "--delimiter"),
        (args.bom, "--bom"),
        (args.guard_formulas, "--guard-formulas"),
    ];
    let separated_option = separated_options.iter().find(|(is_set, _)| *is_set);
    let refusal = if let Some((_, option)) = separated_option.filter(|_| !format.is_separated()) {
        Some(format!("{option} is for {}", OutputFormat::list(OutputFormat::is_separated)))
    } else if args.dates.is_some() && format.is_raw() {
        let formats = OutputFormat::list(OutputFormat::is_raw);
        Some(format!("--dates does nothing with {formats}, which are never rewritten"))
    } else if args.dates.is_some() && format.is_workbook() {
        let formats = OutputFormat::list(OutputFormat::is_workbook);
        Some(format!("--dates does nothing with {formats}, whose dates have no style of their own"))
    } else if args.dates == Some(Style::Relative) && !format.is_for_people() {
        let formats = OutputFormat::list(OutputFormat::is_for_people);
        Some(format!("--dates relative is for {formats}"))
    } else {
        None
    };
    if let Some(refusal) = refusal {
        return Err(Error::usage(refusal + &chosen_elsewhere(args, chosen)));
    }
    output::check_file(args, chosen, context)?;
    let selects = !args.select.is_empty() || settings.find(&SELECT).is_some();
    if args.any_field && !selects {
        return Err(Error::usage("--any-field goes with --select"));
    }
    check_batches(args, chosen)?;
    check_demo(args)
}

/// Checks the options for several calls.
fn check_batches(args: &GetArgs, format: &Sourced<OutputFormat>) -> Result<()> {
    if args.batch_size == Some(0) {
        return Err(Error::usage("--batch-size: '0' is no number of ids; a call has at least 1"));
    }
    if let Some(jobs) = args.jobs.filter(|jobs| !(1..=MAX_JOBS).contains(jobs)) {
        return Err(Error::usage(format!("--jobs: '{jobs}' is not a number from 1 to {MAX_JOBS}")));
    }
    if args.jobs.is_some() && args.batch_size.is_none() {
        return Err(Error::usage("--jobs goes with --batch-size, which makes several calls"));
    }
    if args.batch_size.is_some() && format.value == OutputFormat::Xml {
        let refusal =
            "--batch-size does nothing for -o xml: the answers of several calls cannot be joined";
        let refusal = refusal.to_owned() + &chosen_elsewhere(args, format);
        return Err(Error::usage(refusal).hint("every other format takes it: -o json, -o csv"));
    }
    Ok(())
}

/// Checks `--demo`: options for another server and for a connection do nothing with it.
fn check_demo(args: &GetArgs) -> Result<()> {
    const LOCAL: &str = "does nothing with --demo, which stays on this machine";
    const PLAIN: &str = "does nothing with --demo, which knows no proxy and no TLS";
    if !args.demo {
        return Ok(());
    }
    let (call, network) = (&args.call, &args.call.network);
    refuse(&[
        (call.url.is_some(), "--demo", "asks the built-in server, and --url names another"),
        (call.tenant.is_some(), "--demo", "asks the built-in server, and --tenant names another"),
        (call.environment.is_some(), "--environment", LOCAL),
        (call.allow_plain_http, "--allow-plain-http", LOCAL),
        (
            args.dry_run,
            "--dry-run",
            "would show a server that --demo ends with the call; start `sotickets demo` and give its --url",
        ),
        (network.proxy.is_some(), "--proxy", PLAIN),
        (network.proxy_password.is_some(), "--proxy-password", PLAIN),
        (network.cacert.is_some(), "--cacert", PLAIN),
        (network.client_cert.is_some(), "--client-cert", PLAIN),
        (network.client_key.is_some(), "--client-key", PLAIN),
        (network.insecure, "--insecure", PLAIN),
    ])
}

/// Names what chose the format, if that was no option.
fn chosen_elsewhere(args: &GetArgs, chosen: &Sourced<OutputFormat>) -> String {
    if args.output.is_some() || chosen.source == Source::Default {
        return String::new();
    }
    format!("; {} chose {}", chosen.source, chosen.value.name())
}
