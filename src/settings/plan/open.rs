//! The plan of `sotickets open`.

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
use crate::settings::Settings;
use crate::settings::plan::call::check_stdin;
use crate::settings::plan::login;
use crate::settings::resolve::ids;
use crate::settings::resolve::links;
use crate::settings::resolve::network;
use crate::settings::resolve::target::{self, Target};

/// The tickets to open, checked.
pub(crate) struct OpenPlan {
    pub(crate) ids: Vec<TicketId>,
    pub(crate) source: UrlSource,
}

/// The source of the addresses of tickets.
pub(crate) enum UrlSource {
    /// A known template.
    Known(UrlTemplate),
    /// A tenant that has to be located, and the network settings for that.
    Tenant(Tenant, Box<Network>),
}

const MAX_IDS: usize = 10_000;

/// Returns the options of `open` that every call has.
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
    settings: &Settings<'_>,
    context: &mut Context<'_>,
) -> Result<OpenPlan> {
    let id_sources = ids::IdSources { arguments: &args.ids, file: None, limit: MAX_IDS };
    let found = source(settings, context);
    let (source, deadline) = match (id_sources.check(), found) {
        (Ok(()), Ok(found)) => found,
        (checked, found) => {
            let errors = [checked.err(), found.err()].into_iter().flatten();
            return Err(Error::join(errors).unwrap_or_else(ids::no_ids));
        }
    };
    check_stdin(id_sources.stdin_origins(), &[])?;
    Ok(OpenPlan { ids: id_sources.read(&deadline, context)?, source })
}

fn source(settings: &Settings<'_>, context: &mut Context<'_>) -> Result<(UrlSource, Deadline)> {
    if let Some(template) = links::ticket_url(settings)? {
        let plan = network::plan(settings, None)?;
        return Ok((UrlSource::Known(template), plan.deadline()));
    }
    let sign_in = login::stored_session(settings)?;
    let target = target::find(settings, sign_in.as_ref())?.value;
    let plan = network::plan(settings, Some(&target.first()))?;
    let deadline = plan.deadline();
    let source = match target {
        Target::Address(ref address) => match links::online_template(&target, address) {
            Some(template) => UrlSource::Known(template),
            None => return Err(links::unknown(address)),
        },
        Target::Tenant(tenant) => {
            let connection = plan.read(&mut SecretReader::new(context, deadline))?;
            UrlSource::Tenant(tenant, Box::new(connection))
        }
    };
    Ok((source, deadline))
}
