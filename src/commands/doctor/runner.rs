//! From step to step: what each of them needs was found out before it.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use chrono::{DateTime, Utc};

use crate::api::error_body;
use crate::api::query::Query;
use crate::api::version::{self, Version};
use crate::context::Context;
use crate::error::Error;
use crate::http::address::Address;
use crate::http::client::{Connection, Response};
use crate::http::connection_log::{ConnectionLog, Notes};
use crate::http::request::Request;
use crate::secret::Mask;
use crate::settings::plan::resolved_call::ReadyCall;

use super::check::{Check, Step};
use super::connectivity::Way;
use super::report::Report;
use crate::commands::clock::Clock;
use crate::commands::exchange::Exchange;

/// A set-up that is being tried.
pub(crate) struct Rounds<'r, 'a> {
    /// The call that it is for.
    pub(crate) request: Query,
    /// What that needs of Online.
    pub(crate) exchange: Exchange<'a>,
    pub(crate) ready: &'a ReadyCall,
    pub(crate) lacks_credential: bool,
    /// Notes how the connections come about.
    pub(crate) witness: Arc<ConnectionLog>,
    pub(crate) clock: &'r Clock,
    pub(crate) verbose: bool,
    pub(crate) report: &'r mut Report,
    /// By how many seconds the clock of the host that answered last is ahead.
    pub(crate) skew: Option<(i64, String)>,
}

impl Rounds<'_, '_> {
    /// Goes through all that is left after address and settings.
    pub(crate) fn go(mut self, host: &mut Context<'_>) -> Result<()> {
        let service = self.request.address.clone();
        if self.exchange.online.is_some() {
            self.tenant(host)?;
        }
        if self.report.has_failed() {
            self.report.skip(Step::Version, host)?;
        } else {
            let is_known =
                self.exchange.online.is_some() && self.request.address.is_same_server(&service);
            self.version(is_known, host)?;
        }
        self.tickets(host)?;
        self.clock(host)
    }

    /// Notes of the last call, with the clock that it showed.
    pub(crate) fn notes(&mut self) -> Notes {
        let notes = self.witness.take();
        let date = notes.date.as_deref().and_then(|date| httpdate::parse_http_date(date).ok());
        if let Some(date) = date {
            let (there, here): (DateTime<Utc>, DateTime<Utc>) =
                (date.into(), self.clock.now().into());
            let ahead = there.signed_duration_since(here).num_seconds();
            self.skew = Some((ahead, notes.host.clone()));
        }
        notes
    }

    /// Tells how a request got there. Gives `error` back where it was not on its way
    /// that it failed.
    fn way(
        &mut self,
        (address, connection): (&Address, &Connection),
        error: Option<Error>,
        host: &mut Context<'_>,
    ) -> Result<Option<Error>> {
        let notes = self.notes();
        let now = self.clock.now().into();
        let way = Way { address, connection, notes: &notes, now };
        let failed = if error.is_some() { way.failed() } else { None };
        let (on_its_way, later) = if failed.is_some() { (error, None) } else { (None, error) };
        let mut next = Step::Name;
        for check in way.checks(on_its_way) {
            // What was not even begun is left out before what it lacked.
            while next < check.step {
                self.report.add(Check::skipped(next, "not tried"), host)?;
                next = after(next);
            }
            next = after(check.step);
            self.report.add(check, host)?;
        }
        while next <= Step::Tls {
            self.report.skip(next, host)?;
            next = after(next);
        }
        Ok(later)
    }

    /// Asks where the tenant is.
    fn tenant(&mut self, host: &mut Context<'_>) -> Result<()> {
        let Some(online) = &mut self.exchange.online else { return Ok(()) };
        let (service, connection) = (self.request.address.clone(), self.request.connection.clone());
        let request = &mut self.request;
        let outcome = self.clock.watching(host, self.verbose, |watch| online.ask(request, watch));
        let name = online.tenant().name.clone();
        let (place, error) = match outcome {
            Ok(place) => (Some(place), None),
            Err(error) => (None, Some(error)),
        };
        let error = self.way((&service, &connection), error, host)?;
        let check = match (place, error) {
            (_, Some(error)) => Check::failed(Step::Tenant, error),
            (None, None) => return self.report.skip(Step::Tenant, host).map_err(Into::into),
            (Some(place), None) => {
                let state = crate::escape::excerpt(place.state.as_deref().unwrap_or_default(), 60);
                let site = place.address.site();
                let message = format!("{name} is at {site}; its state is {state}");
                let check = if place.is_under_maintenance() {
                    let hint = "work is done on it, and it can be asked; some calls may fail";
                    Check::warned(Step::Tenant, message).hint(hint)
                } else {
                    Check::passed(Step::Tenant, message)
                };
                check.detail("state", state).detail("address", site)
            }
        };
        let check = check.detail("tenant", name);
        Ok(self.report.add(check.of_host(service.host_and_port()), host)?)
    }

    /// Asks the installation for its version, without a credential. How it is reached
    /// `is_known` where it is the host that was asked for the tenant.
    fn version(&mut self, is_known: bool, host: &mut Context<'_>) -> Result<()> {
        let (address, connection) = (self.request.address.clone(), self.request.connection.clone());
        let mut message = Request::get(version::url(&address), &connection);
        // A gateway before it may ask for these; they are for this server.
        message.headers.extend(self.request.extra.iter().cloned());
        message.mask = self.request.mask();
        let outcome =
            self.clock.watching(host, self.verbose, |watch| message.send(&connection, watch));
        let (response, error) = match outcome {
            Ok(response) => (Some(response), None),
            Err(error) => (None, Some(error)),
        };
        let error = if is_known {
            self.notes();
            error
        } else {
            self.way((&address, &connection), error, host)?
        };
        if self.exchange.online.is_none() {
            self.report.add(Check::skipped(Step::Tenant, "none is named"), host)?;
        }
        let check = match (response, error) {
            (_, Some(error)) => Check::failed(Step::Version, error),
            (None, None) => return self.report.skip(Step::Version, host).map_err(Into::into),
            (Some(response), None) => match version::read(&response, &message.mask) {
                Some(version) => told(&version),
                None => not_told(&response, &message.mask),
            },
        };
        Ok(self.report.add(check.of_host(address.host_and_port()), host)?)
    }

    /// Compares the clocks.
    fn clock(self, host: &mut Context<'_>) -> Result<()> {
        let Some((ahead, place)) = self.skew else {
            let check = match self.report.has_failed() {
                true => return Ok(self.report.skip(Step::Clock, host)?),
                false => Check::skipped(Step::Clock, "no answer had a date"),
            };
            return Ok(self.report.add(check, host)?);
        };
        let check = match ahead.unsigned_abs() {
            0..=CLOSE => {
                Check::passed(Step::Clock, format!("that of {place} differs by {CLOSE} s at most"))
            }
            seconds => {
                // An answer takes its time, and a date has no fraction: for a large
                // difference a minute is as good.
                let rounded = if seconds <= ALLOWED { seconds } else { (seconds + 30) / 60 * 60 };
                let by = humantime::format_duration(Duration::from_secs(rounded));
                let which = if ahead > 0 { "ahead" } else { "behind" };
                let message = format!("that of {place} is {by} {which}");
                if seconds <= ALLOWED {
                    Check::passed(Step::Clock, message)
                } else {
                    let message = format!("the clock of {place} is {by} {which} of this machine's");
                    Check::warned(Step::Clock, message.replace("behind of", "behind")).hint(
                        "set the one that is wrong: certificates, tokens and sign-ins go by it",
                    )
                }
            }
        };
        let check = check.detail("seconds_ahead", ahead).of_host(place);
        Ok(self.report.add(check, host)?)
    }
}

/// Clocks that differ by no more are as good as the same, in seconds.
const CLOSE: u64 = 5;
/// By this much they may differ before a sign-in suffers.
const ALLOWED: u64 = 120;

/// The step after `step`.
fn after(step: Step) -> Step {
    let next = Step::ALL.into_iter().find(|other| *other > step);
    next.unwrap_or(step)
}

fn told(version: &Version) -> Check {
    let Version { net_server, api, built } = version;
    let api_text = api.as_ref().map_or_else(String::new, |api| format!(", API {api}"));
    let built_text = built.as_ref().map_or_else(String::new, |built| format!(" of {built}"));
    let message = format!("NetServer {net_server}{built_text}{api_text}");
    Check::passed(Step::Version, message)
        .detail("net_server", net_server.clone())
        .detail("api", api.clone())
        .detail("built", built.clone())
}

/// A server may have its reasons to tell nobody, and still have tickets.
fn not_told(response: &Response, mask: &Mask) -> Check {
    let words = error_body::words(&response.body, mask).tail();
    let status = response.status;
    let (message, hint) = match status {
        200 => (
            format!("GET …/api names no version of NetServer{words}"),
            "a sign-in page or a proxy may have answered in the API's place",
        ),
        401 | 403 => (
            format!("HTTP {status}: GET …/api tells it to nobody without a credential{words}"),
            "tickets can be had all the same",
        ),
        404 => (
            format!("HTTP 404: there is no …/api{words}"),
            "check the address: https://host/site, as far as the part before /api/v1",
        ),
        _ => (format!("HTTP {status}: GET …/api was not answered{words}"), "-v shows the request"),
    };
    Check::warned(Step::Version, message).hint(hint).status(status)
}
