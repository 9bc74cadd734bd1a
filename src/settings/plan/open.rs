//! What `sotickets open` means.

use crate::cli::get::CallArgs;
use crate::cli::open::OpenArgs;
use crate::context::Context;
use crate::deadline::Deadline;
use crate::error::{Error, Result};
use crate::http::network::Network;
use crate::tenant::Tenant;
use crate::ticket::ids::TicketId;
use crate::ticket::url_template::UrlTemplate;

use crate::secret::secret_reader::SecretReader;
use crate::settings::config::Config;
use crate::settings::plan::login;
use crate::settings::plan::resolved_call;
use crate::settings::resolve::ids;
use crate::settings::resolve::links;
use crate::settings::resolve::network;
use crate::settings::resolve::target::{self, Target};

/// Everything that `open` needs to know, checked.
pub(crate) struct OpenSettings {
    /// The tickets.
    pub(crate) ids: Vec<TicketId>,
    /// Where their addresses come from.
    pub(crate) source: UrlSource,
}

/// Where the addresses of tickets come from.
pub(crate) enum UrlSource {
    /// They are known.
    Known(UrlTemplate),
    /// A tenant that has to be found, and how its service is reached.
    Tenant(Tenant, Box<Network>),
}

/// The most ids.
const MAX_IDS: usize = 10_000;

/// The options that every call has, as far as `open` has them.
pub(crate) fn call(args: &OpenArgs) -> CallArgs {
    CallArgs {
        url: args.url.clone(),
        tenant: args.tenant.clone(),
        environment: args.environment.clone(),
        ticket_url: args.ticket_url.clone(),
        ..login::call(&args.profile, Some(&args.network))
    }
}

/// Resolves and checks `args`. Ids from standard input are read last.
pub(crate) fn resolve(
    args: &OpenArgs,
    call: &CallArgs,
    configuration: &Config,
    host: &mut Context<'_>,
) -> Result<OpenSettings> {
    let words = ids::Words { arguments: &args.ids, file: None, limit: MAX_IDS };
    let found = source(call, configuration, host);
    let (source, deadline) = match (words.check(), found) {
        (Ok(()), Ok(found)) => found,
        (checked, found) => {
            let errors = [checked.err(), found.err()].into_iter().flatten();
            return Err(Error::join(errors).unwrap_or_else(ids::none));
        }
    };
    let stdin = args.ids.iter().filter(|id| *id == ids::STDIN).map(|_| "the ids of -".to_owned());
    resolved_call::check_stdin(stdin, &[])?;
    Ok(OpenSettings { ids: words.read(&deadline, host)?, source })
}

fn source(
    call: &CallArgs,
    configuration: &Config,
    host: &mut Context<'_>,
) -> Result<(UrlSource, Deadline)> {
    let environment = host.environment.clone();
    let levels = &configuration.levels(call, &environment);
    if let Some(template) = links::ticket_url(levels)? {
        let plan = network::plan(levels, None)?;
        return Ok((UrlSource::Known(template), plan.deadline()));
    }
    let sign_in = login::kept(levels)?;
    let target = target::find(levels, sign_in.as_ref())?.value;
    let plan = network::plan(levels, Some(&target.first()))?;
    let deadline = plan.deadline();
    let source = match target {
        Target::Address(ref address) => match links::of_online(&target, address) {
            Some(template) => UrlSource::Known(template),
            None => return Err(links::unknown(address)),
        },
        Target::Tenant(tenant) => {
            let connection = plan.read(&mut SecretReader::new(host, deadline))?;
            UrlSource::Tenant(tenant, Box::new(connection))
        }
    };
    Ok((source, deadline))
}
