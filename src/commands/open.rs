//! `sotickets open`: tickets in the browser.

use std::io::{BufRead as _, BufReader};

use anyhow::Result;

use super::browser;
use crate::api::endpoint;
use crate::cli::open::OpenArgs;
use crate::context::Context;
use crate::error::Error;
use crate::settings::config;
use crate::settings::plan::open::{self, UrlSource};
use crate::tenant::locator::Locator;
use crate::ticket::url_template::UrlTemplate;

use super::transport::with_transport;
use super::{messages, write};

/// More tickets than these are opened only after a question.
const MANY: usize = 10;

/// Opens tickets in the browser, or prints their addresses.
///
/// # Errors
/// Of each kind, where a tenant has to be found; else of usage.
pub fn run(args: &OpenArgs, host: &mut Context<'_>) -> Result<()> {
    let call = open::call(args);
    let configuration = config::load(&call, host)?;
    messages::warn_with_hint(host, configuration.warning.as_ref());
    let settings = open::resolve(args, &call, &configuration, host)?;
    if !args.print && settings.ids.len() > MANY {
        confirm(settings.ids.len(), host)?;
    }
    let template = template(settings.source, args.verbose, host)?;
    let urls: Vec<String> = settings.ids.iter().map(|id| template.url(id.get())).collect();
    if args.print {
        return Ok(write(host.stdout, (urls.join("\n") + "\n").as_bytes())?);
    }
    for url in &urls {
        if let Err(error) = browser::open(url, &host.environment) {
            messages::warning(host, &format!("no browser could be opened: {error}"));
            messages::hint(host, "open the addresses by hand; BROWSER names a program for it");
            return Ok(write(host.stdout, (urls.join("\n") + "\n").as_bytes())?);
        }
    }
    Ok(())
}

/// Finds the addresses of tickets, by a call where the tenant is not known from before.
fn template(source: UrlSource, verbose: bool, host: &mut Context<'_>) -> Result<UrlTemplate> {
    let (tenant, connection) = match source {
        UrlSource::Known(template) => return Ok(template),
        UrlSource::Tenant(tenant, connection) => (tenant, connection),
    };
    let locator = Locator::new(&tenant, host);
    let location = with_transport(host, &connection, verbose, |it| locator.locate(it))?;
    Ok(UrlTemplate::online(endpoint::site(&location.address)))
}

/// Asks a person whether so many tickets are to be opened.
fn confirm(count: usize, host: &mut Context<'_>) -> Result<()> {
    if host.terminal.input.is_none() || !host.terminal.stderr {
        return Err(Error::usage(format!("{count} tickets are too many to open without a question"))
            .hint("at a terminal more than ten are opened after a question; --print prints their addresses")
            .into());
    }
    write(host.stderr, format!("Open {count} tickets in the browser? [y/N] ").as_bytes())?;
    let mut answer = String::new();
    // No answer is a no.
    let _ = BufReader::new(host.take_stdin()).read_line(&mut answer);
    match answer.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(Error::usage("no ticket was opened").into()),
    }
}
