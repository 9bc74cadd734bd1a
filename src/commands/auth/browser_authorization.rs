//! The part of `auth login` for which a person goes to the browser: it is opened, and the
//! authorization response awaited.

use std::time::Instant;

use anyhow::Result;
use url::Url;

use crate::auth::oauth::callback_server::{AuthorizationResponse, CallbackEvent, CallbackServer};
use crate::auth::oauth::redirect_uri::RedirectUri;
use crate::cli::auth::LoginArgs;
use crate::commands::question::PendingLine;
use crate::commands::{browser, messages, write};
use crate::context::Context;
use crate::error::{Error, Kind};
use crate::escape;
use crate::settings::plan::browser_login::LoginPlan;
use crate::settings::plan::login;

const OPEN_BY_HAND: &str = "Open this address in a browser on this machine; Ctrl-C ends the wait:";
const BROWSER_OPENS: &str =
    "A browser opens to sign in; Ctrl-C ends the wait. If none opens, this is the address:";

/// Opens the browser, or prints the address.
///
/// # Errors
/// If the address cannot be printed.
pub(super) fn open(args: &LoginArgs, url: &Url, context: &mut Context<'_>) -> Result<()> {
    if args.no_browser {
        messages::line(context, OPEN_BY_HAND);
        return Ok(write(context.stdout, format!("{url}\n").as_bytes())?);
    }
    let text = match browser::open(url.as_str(), &context.variables) {
        Ok(()) => BROWSER_OPENS,
        Err(error) => {
            messages::warning(context, &format!("no browser could be opened: {error}"));
            OPEN_BY_HAND
        }
    };
    messages::line(context, &format!("{text}\n  {url}"));
    Ok(())
}

/// Waits for the browser, or for a person to paste the address that it ended at. Returns the line
/// that the terminal still waits for.
///
/// # Errors
/// An error of [`Kind::Authentication`], if nobody signs in within the time limit.
pub(super) fn wait(
    server: &CallbackServer,
    args: &LoginArgs,
    plan: &LoginPlan,
    context: &mut Context<'_>,
) -> Result<(AuthorizationResponse, Option<PendingLine>)> {
    let deadline = plan.browser_timeout.map(|limit| Instant::now() + limit);
    let open = context.terminal.input.filter(|_| args.no_browser);
    let next_line = || {
        let (input, lines) = (open?().ok()?, server.lines());
        PendingLine::start(input, move |line| {
            let _ = lines.send(CallbackEvent::Line(line));
        })
        .ok()
    };
    let mut pending_line = next_line();
    if pending_line.is_some() {
        let address = server.address();
        messages::line(
            context,
            &format!(
                "With a browser on another machine, paste the address that it ends at here. It begins with {address}"
            ),
        );
    }
    loop {
        match server.next(deadline) {
            None => return Err(timed_out(args, &plan.redirect).into()),
            Some(CallbackEvent::Browser(response)) => return Ok((response, pending_line)),
            Some(CallbackEvent::Line(line)) => {
                if let Some(response) = server.parse_pasted(line.expose()) {
                    return Ok((response, None));
                }
                if !line.expose().trim().is_empty() {
                    messages::warning(
                        context,
                        "this is not the end of this sign-in; paste the whole address, with its code and state",
                    );
                }
                pending_line = next_line();
            }
        }
    }
}

fn timed_out(args: &LoginArgs, redirect: &RedirectUri) -> Error {
    let limit =
        escape::excerpt(args.timeout.as_deref().unwrap_or(login::DEFAULT_BROWSER_TIMEOUT), 20);
    let pattern = redirect.pattern();
    Error::new(Kind::Authentication, format!("nobody signed in within {limit}"))
        .hint(format!("if the browser showed InvalidRedirectUrl, have this redirect address registered with SuperOffice for the application: {pattern}"))
        .hint("or name the one that is registered: --redirect-uri http://127.0.0.1:PORT/PATH")
        .hint("--timeout 15m waits longer; nothing was kept")
}
