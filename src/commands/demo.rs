//! `sotickets demo`.

use std::io;
use std::time::Duration;

use crate::cli::demo::DemoArgs;
use crate::context::Context;
use crate::demo::{self, Behavior, Server};
use crate::error::{Error, Kind, Result};
use crate::escape;
use crate::settings::resolve::network;

use super::write;

/// Serves sample tickets until the process is interrupted.
///
/// # Errors
/// If the port is not available, `--delay` or `--max-ids` is invalid, or standard output cannot be written.
pub(crate) fn run(args: &DemoArgs, context: &mut Context<'_>) -> anyhow::Result<()> {
    let delay = args.delay.as_deref().map_or(Ok(Duration::ZERO), parse_delay)?;
    if args.max_ids == Some(0) {
        return Err(Error::usage("--max-ids: a server that takes no ids answers no call")
            .hint("give a number from 1 on")
            .into());
    }
    let behavior = Behavior { max_ids: args.max_ids, delay };
    let server =
        Server::start(args.port, behavior).map_err(|error| not_started(args.port, error))?;
    print_variables(&server, context)?;
    if !args.quiet {
        // A closed standard error is no reason to stop.
        let _ = print_summary(&server, context);
    }
    server.run();
    Ok(())
}

fn parse_delay(text: &str) -> Result<Duration> {
    network::parse_duration(text).ok_or_else(|| {
        let shown = escape::excerpt(text, 40);
        Error::usage(format!("--delay: '{shown}' is not a valid duration"))
            .hint("a duration is 10s, 500ms or 2m")
    })
}

fn not_started(port: u16, error: io::Error) -> Error {
    let hint = "leave out --port, or give --port 0, for a free one";
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            Error::usage(format!("port {port} is in use by another program")).hint(hint)
        }
        io::ErrorKind::PermissionDenied => {
            Error::usage(format!("port {port} may not be used without more rights")).hint(hint)
        }
        _ => Error::new(Kind::Output, "could not start the sample server").caused_by(error),
    }
}

fn print_variables(server: &Server, context: &mut Context<'_>) -> Result<()> {
    let lines = format!(
        "export SOTICKETS_URL={}\nexport SOTICKETS_TOKEN={}\n",
        server.address(),
        demo::TOKEN
    );
    write(context.stdout, lines.as_bytes())
}

fn print_summary(server: &Server, context: &mut Context<'_>) -> io::Result<()> {
    let (user, password) = (demo::USER, demo::PASSWORD);
    let (ticket, token) = (demo::TICKET, demo::TOKEN);
    let (xsrf, cookie, app) = (demo::XSRF_TOKEN, demo::COOKIE, demo::APP_TOKEN);
    let (first, last) = (demo::IDS.start(), demo::IDS.end());
    write!(
        context.stderr,
        "
Sample tickets {first} to {last} are at {address}, for this machine only.
Paste the two lines above into another terminal, then: sotickets get 839 249

Credentials that it takes, one at a time (unset SOTICKETS_TOKEN to try another):
  Bearer       SOTICKETS_TOKEN='{token}'
  Basic        --user {user}, SOTICKETS_PASSWORD='{password}'
  SOTicket     SOTICKETS_TICKET='{ticket}'
  XSRF         SOTICKETS_XSRF_TOKEN='{xsrf}'
               SOTICKETS_COOKIE='{cookie}'
  SO-AppToken  SOTICKETS_APP_TOKEN='{app}', in addition to any of them

Ctrl-C stops it.
",
        address = server.address(),
    )?;
    context.stderr.flush()
}
