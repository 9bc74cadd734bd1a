//! `sotickets demo`.

use std::io;
use std::time::Duration;

use crate::cli::demo::DemoArgs;
use crate::context::Context;
use crate::demo::{self, Behavior, Server};
use crate::error::{Error, Kind, Result};
use crate::escape;
use crate::settings::resolve::network;
use crate::shell_words::Shell;

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
    let shell = Shell::find(&context.variables);
    let url = shell.export("SOTICKETS_URL", &server.address());
    let token = shell.export("SOTICKETS_TOKEN", demo::TOKEN);
    write(context.stdout, format!("{url}\n{token}\n").as_bytes())
}

fn print_summary(server: &Server, context: &mut Context<'_>) -> io::Result<()> {
    let summary = summary(&server.address(), Shell::find(&context.variables));
    context.stderr.write_all(summary.as_bytes())?;
    context.stderr.flush()
}

fn summary(address: &str, shell: Shell) -> String {
    let (user, password) = (demo::USER, demo::PASSWORD);
    let (ticket, token) = (demo::TICKET, demo::TOKEN);
    let (xsrf, cookie, app) = (demo::XSRF_TOKEN, demo::COOKIE, demo::APP_TOKEN);
    let (first, last) = (demo::IDS.start(), demo::IDS.end());
    let (prefix, unset, of_cmd) = match shell {
        Shell::Posix => ("", "unset SOTICKETS_TOKEN", String::new()),
        Shell::PowerShell => (
            "$env:",
            "Remove-Item Env:SOTICKETS_TOKEN",
            format!("In cmd:\n  set SOTICKETS_URL={address}\n  set SOTICKETS_TOKEN={token}\n\n"),
        ),
    };
    format!(
        "
Sample tickets {first} to {last} are at {address}, for this machine only.
Paste the two lines above into another terminal, then: sotickets get 839 249

{of_cmd}Credentials that it takes, one at a time ({unset} to try another):
  Bearer       {prefix}SOTICKETS_TOKEN='{token}'
  Basic        --user {user}, {prefix}SOTICKETS_PASSWORD='{password}'
  SOTicket     {prefix}SOTICKETS_TICKET='{ticket}'
  XSRF         {prefix}SOTICKETS_XSRF_TOKEN='{xsrf}'
               {prefix}SOTICKETS_COOKIE='{cookie}'
  SO-AppToken  {prefix}SOTICKETS_APP_TOKEN='{app}', in addition to any of them

Ctrl-C stops it.
",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summary_has_lines_for_the_shells_of_windows() {
        let summary = summary("http://127.0.0.1:80/sample", Shell::PowerShell);
        for line in [
            "  set SOTICKETS_URL=http://127.0.0.1:80/sample\n",
            "  Bearer       $env:SOTICKETS_TOKEN='",
            "(Remove-Item Env:SOTICKETS_TOKEN to try another)",
        ] {
            assert!(summary.contains(line), "{summary}");
        }
    }
}
