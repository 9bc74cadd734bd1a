//! What `sotickets get` means.

use std::fs::File;
use std::io::{self, Read};

use crate::cli::get::{GetArgs, OutputFormat};
use crate::deadline::Deadline;
use crate::error::{Error, Result};
use crate::escape;
use crate::host::Host;
use crate::ticket::date::Dates;
use crate::ticket::ids::{IdList, TicketId};

use super::configuration::Configuration;
use super::display::{self, Display, date_style, output_format};
use super::ready::{self, ReadyCall};
use super::setting::Levels;
use super::zone::ServerZone;
use super::{call, combination, credential};

/// Everything that `get` needs to know, checked.
pub struct GetSettings {
    /// The ids asked for.
    pub ids: Vec<TicketId>,
    /// What is fetched for the output, and how it is written.
    pub display: Display,
    /// How dates are shown.
    pub dates: Dates,
    /// Where to ask, as whom, and how.
    pub call: ReadyCall,
    /// Sends no credential on purpose.
    pub no_auth: bool,
    /// A zone that is left to the server, which is to mark the dates with their offset; none
    /// where dates are not looked at.
    pub marking_zone: Option<ServerZone>,
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
    let levels = &configuration.levels(&args.call, &environment);
    let display = checked_display(args, levels, host);
    let call = call::plan(levels, args.demo);
    let (display, format, call) = match (check_arguments(args), display, call) {
        (Ok(()), Ok((display, format)), Ok(call)) => (display, format, call),
        (ids, display, call) => {
            let errors = [ids.err(), display.err(), call.err()].into_iter().flatten();
            return Err(Error::join(errors).unwrap_or_else(no_id));
        }
    };
    let zone = call.zone.as_ref();
    let server_zone = zone.and_then(|zone| zone.server.clone()).filter(|_| !format.is_raw());
    let dates =
        Dates::new(date_style(args, format, zone), zone.and_then(|zone| zone.here), host.now);
    ready::check_stdin(ids_from_stdin(args), &call.all_secrets())?;
    let ids = ids(args, &call.connection.deadline(), host)?;
    if call.lacks_credential(&args.call) && !args.demo {
        return Err(credential::none_configured());
    }
    let mut call = ready::read(call, args.dry_run, host)?;
    if let Some(zone) = server_zone.as_ref().filter(|zone| !zone.with_offset) {
        call.warnings.push(zone.advice());
    }
    Ok(GetSettings {
        ids,
        display,
        dates,
        call,
        marking_zone: server_zone.filter(|zone| zone.with_offset),
        no_auth: args.call.no_auth,
        allow_missing: args.allow_missing,
        dry_run: args.dry_run,
        verbose: args.verbose,
    })
}

/// What takes ids from standard input.
fn ids_from_stdin(args: &GetArgs) -> impl Iterator<Item = String> {
    let ids = args.ids.iter().filter(|id| *id == STDIN).map(|_| "the ids of -".to_owned());
    let file = args.ids_file.iter().filter(|path| path.as_os_str() == STDIN);
    ids.chain(file.map(|_| "--ids-file -".to_owned()))
}

/// The output with its format, once their options fit each other.
fn checked_display(
    args: &GetArgs,
    levels: &Levels<'_>,
    host: &Host<'_>,
) -> Result<(Display, OutputFormat)> {
    let format = output_format(args, levels)?;
    combination::check(args, &format, levels)?;
    Ok((display::resolve(args, format.value, levels, host)?, format.value))
}

/// Checks the ids that were typed, before anything is read.
fn check_arguments(args: &GetArgs) -> Result<()> {
    if args.ids.is_empty() && args.ids_file.is_none() {
        return Err(no_id());
    }
    let mut list = IdList::new(args.max_ids);
    args.ids.iter().filter(|id| *id != STDIN).for_each(|id| list.add_argument(id));
    list.into_ids().map(drop)
}

fn no_id() -> Error {
    Error::usage("no ticket id is given")
        .hint("sotickets get 839 249, or - for ids from standard input")
}

/// Reads the ids, in the order of the arguments and then of the file.
fn ids(args: &GetArgs, deadline: &Deadline, host: &mut Host<'_>) -> Result<Vec<TicketId>> {
    let mut list = IdList::new(args.max_ids);
    for argument in &args.ids {
        if argument == STDIN {
            list = read_stdin(list, deadline, host)?;
        } else {
            list.add_argument(argument);
        }
    }
    match &args.ids_file {
        Some(path) if path.as_os_str() == STDIN => list = read_stdin(list, deadline, host)?,
        Some(path) => {
            let name = escape::excerpt(&path.to_string_lossy(), 80);
            let file = path.clone();
            let open = move || File::open(file);
            list = read_input(list, &name, &format!("--ids-file {name}"), open, deadline)?;
        }
        None => {}
    }
    list.into_ids()
}

/// The argument that stands for standard input.
const STDIN: &str = "-";

fn read_stdin(list: IdList, deadline: &Deadline, host: &mut Host<'_>) -> Result<IdList> {
    let stdin = host.take_stdin();
    read_input(list, "standard input", "standard input", move || Ok(stdin), deadline)
}

/// Adds the ids of an input, called `name`; `origin` is for errors of the system.
fn read_input<R: Read>(
    mut list: IdList,
    name: &str,
    origin: &str,
    open: impl FnOnce() -> io::Result<R> + Send + 'static,
    deadline: &Deadline,
) -> Result<IdList> {
    let name = name.to_owned();
    let read = move || {
        list.add_input(&name, open()?);
        Ok(list)
    };
    deadline.run(read).map_err(|error| {
        let failed = Error::usage(format!("{origin}: {error}"));
        match error.kind() {
            io::ErrorKind::TimedOut => failed.hint("an input has to end; nothing was sent"),
            _ => failed,
        }
    })
}
