//! What `sotickets get` means.

use std::fs;
use std::time::{Duration, Instant};

use crate::api::client::Connection;
use crate::api::credential::{Credential, HeldSecret};
use crate::api::request::{Header, Locale};
use crate::cli::get::GetArgs;
use crate::error::{Error, Result};
use crate::escape;
use crate::host::Host;
use crate::online::private_key::PrivateKey;
use crate::online::session::SignIn;
use crate::online::system_user::SystemUser;
use crate::secret::Secret;
use crate::ticket::date::Dates;
use crate::ticket::ids::{IdList, TicketId};

use super::configuration::Configuration;
use super::credential::SystemUserPlan;
use super::display::{self, Display, date_style, output_format};
use super::target::Target;
use super::unread::Unread;
use super::{call, combination, credential};

/// Everything that `get` needs to know, checked.
pub struct GetSettings {
    /// The ids asked for.
    pub ids: Vec<TicketId>,
    /// What is fetched for the output, and how it is written.
    pub display: Display,
    /// How dates are shown.
    pub dates: Dates,
    /// Language, culture and zone.
    pub locale: Locale,
    /// Where to ask; `None` for the built-in sample server.
    pub target: Option<Target>,
    /// Who signs in first, to have the credential.
    pub system_user: Option<SystemUser>,
    /// The sign-in whose token is the credential.
    pub sign_in: Option<SignIn>,
    /// Who is asking.
    pub credential: Option<Credential>,
    /// Sends none on purpose.
    pub no_auth: bool,
    /// `SO-AppToken`.
    pub app_token: Option<HeldSecret>,
    /// Further headers.
    pub headers: Vec<Header>,
    /// How the server is reached.
    pub connection: Connection,
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
    check_stdin(args, &call.all_secrets())?;
    let ids = ids(args, host)?;
    let is_known = call.credential.is_some() || call.sign_in.is_some();
    if !is_known && !args.call.no_auth && !args.demo {
        return Err(credential::none_configured());
    }
    let total = call.connection.total();
    let mut spent = Duration::ZERO;
    let mut read = |unread: &Unread| secret(unread, args.dry_run, total, &mut spent, host);
    let user = match &call.credential {
        Some(credential::Plan::SystemUser(plan)) => Some(SystemUserSecrets::read(plan, &mut read)?),
        _ => None,
    };
    let credential = match &call.sign_in {
        Some(sign_in) => Some(placeholder(sign_in)),
        None => call.credential.map(|plan| plan.with(&mut read)).transpose()?,
    };
    let app_token = match call.app_token {
        Some(unread) => Some(read(&unread)?),
        None => user.as_ref().map(|user| user.application_token.clone()),
    };
    let headers =
        call.headers.into_iter().map(|given| given.with(&mut read)).collect::<Result<_>>()?;
    let mut connection = call.connection.with(&mut read)?;
    // What goes before the call, of a sign-in or to find a tenant, is within the limit.
    connection.limits.since = Instant::now().checked_sub(spent);
    Ok(GetSettings {
        ids,
        display,
        dates,
        locale: call.locale,
        target: call.target,
        system_user: match user {
            // Of a dry run there is no key.
            Some(user) if !args.dry_run => Some(user.check()?),
            _ => None,
        },
        credential,
        sign_in: call.sign_in,
        no_auth: args.call.no_auth,
        app_token,
        headers,
        connection,
        allow_missing: args.allow_missing,
        dry_run: args.dry_run,
        verbose: args.verbose,
    })
}

/// Stands for the token of `sign_in` until there is one, and in a dry run.
fn placeholder(sign_in: &SignIn) -> Credential {
    let export = "SOTICKETS_TOKEN=… # an access token; sotickets does not show the sign-in's";
    Credential::SignedIn(HeldSecret {
        value: Secret::new(String::new()),
        origin: sign_in.slot.shown(),
        variable: "SOTICKETS_TOKEN".to_owned(),
        export: Some(export.to_owned()),
    })
}

/// The secrets of a system user, read.
struct SystemUserSecrets {
    token: HeldSecret,
    private_key: HeldSecret,
    application_token: HeldSecret,
}

impl SystemUserSecrets {
    fn read(
        plan: &SystemUserPlan,
        mut read: impl FnMut(&Unread) -> Result<HeldSecret>,
    ) -> Result<Self> {
        Ok(Self {
            token: read(&plan.token)?,
            private_key: read(&plan.private_key)?,
            application_token: read(&plan.application_token)?,
        })
    }

    fn check(self) -> Result<SystemUser> {
        let private_key = PrivateKey::parse(&self.private_key.value, &self.private_key.origin)?;
        Ok(SystemUser { token: self.token, private_key, application_token: self.application_token })
    }
}

/// The secret, or what stands for it in a dry run. What a program took to print it is
/// taken off the time for everything; a person may take theirs.
fn secret(
    unread: &Unread,
    dry_run: bool,
    total: Option<Duration>,
    spent: &mut Duration,
    host: &mut Host<'_>,
) -> Result<HeldSecret> {
    if dry_run {
        return unread.placeholder(host);
    }
    let start = Instant::now();
    let secret = unread.read(host, total.map(|total| total.saturating_sub(*spent)));
    if unread.runs_a_program() {
        *spent += start.elapsed();
    }
    secret
}

/// Refuses a second consumer of standard input.
fn check_stdin(args: &GetArgs, unread: &[&Unread]) -> Result<()> {
    let ids = args.ids.iter().filter(|id| *id == "-").map(|_| "the ids of -".to_owned());
    let file = args.ids_file.iter().filter(|path| path.as_os_str() == "-");
    let secrets = unread.iter().filter(|unread| unread.takes_stdin());
    let consumers: Vec<String> = ids
        .chain(file.map(|_| "--ids-file -".to_owned()))
        .chain(secrets.map(|unread| unread.origin.clone()))
        .collect();
    match consumers.as_slice() {
        [first, second, ..] if first == second => {
            Err(Error::usage(format!("standard input is asked for twice, as {first}")))
        }
        [first, second, ..] => Err(Error::usage(format!(
            "standard input is asked for twice: by {first} and by {second}"
        ))
        .hint("take one of them from somewhere else, such as file:PATH or env:NAME")),
        _ => Ok(()),
    }
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
