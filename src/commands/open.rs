//! `sotickets open`: tickets in the browser.

use std::io::{BufRead as _, BufReader};

use anyhow::Result;

use super::browser;
use crate::api::endpoint;
use crate::cli::open::OpenArgs;
use crate::context::Context;
use crate::error::Error;
use crate::settings::Settings;
use crate::settings::plan::open::{self, UrlSource};
use crate::tenant::locator::Locator;
use crate::ticket::url_template::UrlTemplate;

use super::transport::with_transport;
use super::{messages, write};

/// More tickets than these are opened only after a confirmation.
const MAX_UNCONFIRMED: usize = 10;

/// Opens tickets in the browser, or prints their addresses.
///
/// # Errors
/// A usage error, or any error of the tenant lookup.
pub(crate) fn run(args: &OpenArgs, context: &mut Context<'_>) -> Result<()> {
    let call = open::call(args);
    let settings = Settings::load(&call, context)?;
    messages::warn_with_hint(context, settings.warning.as_ref());
    let plan = open::resolve(args, &settings, context)?;
    if !args.print && plan.ids.len() > MAX_UNCONFIRMED {
        confirm(plan.ids.len(), context)?;
    }
    let template = template(plan.source, args.verbose, context)?;
    let urls: Vec<String> = plan.ids.iter().map(|id| template.url(id.get())).collect();
    if args.print {
        return Ok(write(context.stdout, (urls.join("\n") + "\n").as_bytes())?);
    }
    for url in &urls {
        if let Err(error) = browser::open(url, &context.variables) {
            messages::warning(context, &format!("no browser could be opened: {error}"));
            messages::hint(context, "open the addresses by hand; BROWSER names a program for it");
            return Ok(write(context.stdout, (urls.join("\n") + "\n").as_bytes())?);
        }
    }
    Ok(())
}

/// Finds the addresses of tickets, by a call if the tenant is not cached.
fn template(source: UrlSource, verbose: bool, context: &mut Context<'_>) -> Result<UrlTemplate> {
    let (tenant, connection) = match source {
        UrlSource::Known(template) => return Ok(template),
        UrlSource::Tenant(tenant, connection) => (tenant, connection),
    };
    let locator = Locator::new(&tenant, context);
    if locator.cached().is_none() {
        messages::warn_if_unchecked(context, &connection, &tenant.environment.address());
    }
    let location = with_transport(context, &connection, verbose, |it| locator.locate(it))?;
    Ok(UrlTemplate::online(endpoint::site(&location.address)))
}

/// Asks for a confirmation.
fn confirm(count: usize, context: &mut Context<'_>) -> Result<()> {
    if context.terminal.input.is_none() || !context.terminal.stderr {
        return Err(Error::usage(format!("{count} tickets are too many to open without a question"))
            .hint("at a terminal more than ten are opened after a question; --print prints their addresses")
            .into());
    }
    write(context.stderr, format!("Open {count} tickets in the browser? [y/N] ").as_bytes())?;
    let mut answer = String::new();
    // No answer means no.
    let _ = BufReader::new(context.take_stdin()).read_line(&mut answer);
    match answer.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(Error::usage("no ticket was opened").into()),
    }
}
