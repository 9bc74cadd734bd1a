//! What `sotickets get` means.

use std::fs;

use crate::cli::get::GetArgs;
use crate::error::{Error, Result};
use crate::escape;
use crate::host::Host;
use crate::ticket::date::Dates;
use crate::ticket::ids::{IdList, TicketId};

use super::configuration::Configuration;
use super::display::{self, Display, date_style, output_format};
use super::ready::{self, ReadyCall};
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
    let format = output_format(args, levels)?;
    combination::check(args, &format, levels)?;
    let format = format.value;
    let display = display::resolve(args, format, levels, host)?;
    let call = call::plan(levels, args.demo)?;
    let zone = call.zone.as_ref();
    let dates =
        Dates::new(date_style(args, format, zone), zone.and_then(|zone| zone.here), host.now);
    ready::check_stdin(ids_from_stdin(args), &call.all_secrets())?;
    let ids = ids(args, host)?;
    if call.lacks_credential(&args.call) && !args.demo {
        return Err(credential::none_configured());
    }
    Ok(GetSettings {
        ids,
        display,
        dates,
        call: ready::read(call, args.dry_run, host)?,
        no_auth: args.call.no_auth,
        allow_missing: args.allow_missing,
        dry_run: args.dry_run,
        verbose: args.verbose,
    })
}

/// What takes ids from standard input.
fn ids_from_stdin(args: &GetArgs) -> impl Iterator<Item = String> {
    let ids = args.ids.iter().filter(|id| *id == "-").map(|_| "the ids of -".to_owned());
    let file = args.ids_file.iter().filter(|path| path.as_os_str() == "-");
    ids.chain(file.map(|_| "--ids-file -".to_owned()))
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
