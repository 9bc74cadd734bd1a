//! The steps of `doctor` after address and settings: each needs what an earlier one found out.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::api::endpoint;
use crate::api::get_tickets::Query;
use crate::error::Result;
use crate::escape;
use crate::http::address::Address;
use crate::http::transport::Transport;
use crate::settings::plan::call::{CallPlan, ReadyCall};

use super::check::{Check, Step};
use super::connectivity::{self, Observation};
use super::report::Report;
use super::version_check;

/// A set-up that is being tried.
pub(super) struct Runner<'r> {
    pub(super) plan: &'r CallPlan,
    pub(super) call: &'r ReadyCall,
    pub(super) query: Query,
    /// The address of the endpoint; of the service until the tenant is found.
    pub(super) address: Address,
    pub(super) lacks_credential: bool,
    pub(super) verbose: bool,
    /// The seconds by which the clock of the last server is ahead, and its host.
    pub(super) skew: Option<(i64, String)>,
}

impl Runner<'_> {
    /// Runs all steps after address and settings. None is tried after a failure, except that
    /// clocks are compared if there was an answer.
    pub(super) fn run(mut self, report: &mut Report<'_, '_>) {
        let service = self.address.clone();
        if self.call.locator.is_some() {
            self.check_tenant(report);
        }
        if !report.has_failed() {
            let is_known = self.call.locator.is_some() && self.address.is_same_server(&service);
            self.check_version(is_known, report);
        }
        if !report.has_failed() {
            self.check_tickets(report);
        }
        match self.skew {
            Some((ahead, host)) => report.add(clock_check(ahead, host)),
            None if report.has_failed() => {}
            None => report.add(Check::skipped(Step::Clock, "no answer had a date")),
        }
    }

    /// Runs `operation`, and returns with its result the facts about its last request.
    pub(super) fn observe<T>(
        &mut self,
        report: &mut Report<'_, '_>,
        operation: impl FnOnce(&Self, &Transport<'_>) -> T,
    ) -> (T, Option<Observation>) {
        let network = &self.call.network;
        let operation = |transport: &Transport<'_>| operation(self, transport);
        let (result, observed) =
            connectivity::observe(report.context, network, self.verbose, operation);
        let now = report.context.clock().now();
        self.skew = observed.as_ref().and_then(|it| skew(it, now)).or(self.skew.take());
        (result, observed)
    }

    /// Adds the checks of the connection to `address`. Returns the `outcome` of the request,
    /// or `None` if that is an error of the connection, which is reported then.
    fn add_connectivity<T>(
        &self,
        address: &Address,
        observed: Option<&Observation>,
        outcome: Result<T>,
        report: &mut Report<'_, '_>,
    ) -> Option<Result<T>> {
        let has_failed = connectivity::failed_step(observed, address).is_some();
        let (error, outcome) = match outcome {
            Err(error) if has_failed => (Some(error), None),
            outcome => (None, Some(outcome)),
        };
        let insecure = self.call.network.tls.insecure;
        connectivity::add_checks(report, observed, address, error, insecure);
        outcome
    }

    /// Asks where the tenant is.
    fn check_tenant(&mut self, report: &mut Report<'_, '_>) {
        let service = self.address.clone();
        let (outcome, observed) = self.observe(report, |runner, transport| {
            let locator = runner.call.locator.as_ref();
            locator.map(|it| (it.request(transport), it.tenant.name.clone()))
        });
        let Some((outcome, name)) = outcome else { return };
        let check = match self.add_connectivity(&service, observed.as_ref(), outcome, report) {
            None => return,
            Some(Err(error)) => Check::failed(Step::Tenant, error),
            Some(Ok(location)) => {
                let state = escape::excerpt(location.state.as_deref().unwrap_or_default(), 60);
                let site = endpoint::site(&location.address);
                let message = format!("{name} is at {site}; its state is {state}");
                let check = if location.is_under_maintenance() {
                    let hint = "work is done on it, and it can be asked; some calls may fail";
                    Check::warning(Step::Tenant, message).hint(hint)
                } else {
                    Check::passed(Step::Tenant, message)
                };
                let check = check.detail("state", state).detail("address", site);
                self.address = location.address;
                check
            }
        };
        report.add(check.detail("tenant", name).with_host(service.host_and_port()));
    }

    /// Asks the installation for its version, without a credential. If `is_known`, the host is
    /// the one that was asked for the tenant, and its connection is checked already.
    fn check_version(&mut self, is_known: bool, report: &mut Report<'_, '_>) {
        let address = self.address.clone();
        let request = version_check::request(&address, &self.call.authentication);
        let (outcome, observed) = self.observe(report, |_, transport| transport.fetch(&request));
        let outcome = match is_known {
            true => Some(outcome),
            false => self.add_connectivity(&address, observed.as_ref(), outcome, report),
        };
        if self.call.locator.is_none() {
            report.add(Check::skipped(Step::Tenant, "none is named").omitted());
        }
        let check = match outcome {
            None => return,
            Some(Err(error)) => Check::failed(Step::Version, error),
            Some(Ok(response)) => version_check::check(&response),
        };
        report.add(check.with_host(address.host_and_port()));
    }
}

/// The difference of clocks that counts as none, in seconds.
const CLOSE: u64 = 5;
/// The difference that does not matter to a sign-in, in seconds.
const ALLOWED: u64 = 120;

/// Compares the clock of `host`, which is `ahead` by these seconds, with that of this machine.
fn clock_check(ahead: i64, host: String) -> Check {
    let seconds = ahead.unsigned_abs();
    // An answer takes its time, and a date has no fraction: for a large difference a
    // minute is as good.
    let rounded = if seconds <= ALLOWED { seconds } else { (seconds + 30) / 60 * 60 };
    let by = humantime::format_duration(Duration::from_secs(rounded));
    let (which, of) = if ahead > 0 { ("ahead", "ahead of") } else { ("behind", "behind") };
    let check = if seconds <= CLOSE {
        Check::passed(Step::Clock, format!("the clock of {host} differs by at most {CLOSE} s"))
    } else if seconds <= ALLOWED {
        Check::passed(Step::Clock, format!("the clock of {host} is {by} {which}"))
    } else {
        Check::warning(Step::Clock, format!("the clock of {host} is {by} {of} this machine's"))
            .hint("set the one that is wrong: certificates, tokens and sign-ins depend on it")
    };
    check.detail("seconds_ahead", ahead).with_host(host)
}

/// Returns the seconds by which the clock of the server is ahead of `now`, and its host.
fn skew(observed: &Observation, now: DateTime<Utc>) -> Option<(i64, String)> {
    let date = httpdate::parse_http_date(&observed.header("date")?).ok()?;
    let ahead = DateTime::<Utc>::from(date).signed_duration_since(now).num_seconds();
    Some((ahead, observed.host()))
}
