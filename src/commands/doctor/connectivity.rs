//! Connectivity checks: name, connection and TLS of a request.

use std::cell::RefCell;
use std::net::{IpAddr, SocketAddr};

use chrono::{DateTime, Utc};
use reqwest::header::HeaderMap;
use serde_json::{Map, Value};
use url::Host;

use crate::context::Context;
use crate::error::Error;
use crate::escape;
use crate::http::address::Address;
use crate::http::connection::log::{Connection, ServerCertificate};
use crate::http::error::Stage;
use crate::http::event::Event;
use crate::http::network::Network;
use crate::http::proxy::{Proxy, Route};
use crate::http::response;
use crate::http::tls::certificate;
use crate::http::transport::Transport;

use super::super::progress::Progress;
use super::super::transport;
use super::check::{Check, Step};
use super::report::Report;

/// A certificate that ends sooner is worth a warning: those that are renewed automatically
/// have been by then.
const MIN_DAYS_LEFT: i64 = 14;
/// The most addresses of a name that are shown.
const MAX_ADDRESSES: usize = 4;

/// The facts about the last attempt of a request.
pub(super) struct Observation {
    address: Address,
    route: Route,
    connection: Connection,
    peer: Option<SocketAddr>,
    status: Option<u16>,
    /// The headers of the answer, or the stage that failed.
    outcome: Result<HeaderMap, Stage>,
}

impl Observation {
    /// Returns the facts in `event`, if it ends an attempt.
    pub(super) fn from_event(event: &Event<'_>) -> Option<Self> {
        let (address, route, connection, peer, status, outcome) = match event {
            Event::Answered { address, route, connection, peer, status, headers, .. } => {
                let status = Some(status.as_u16());
                (address, route, connection, *peer, status, Ok((*headers).clone()))
            }
            Event::Failed { address, route, connection, stage } => {
                (address, route, connection, None, None, Err(*stage))
            }
            _ => return None,
        };
        let (address, route) = ((*address).clone(), (*route).clone());
        Some(Self { address, route, connection: connection.clone(), peer, status, outcome })
    }

    /// Returns host and port of the server.
    pub(super) fn host(&self) -> String {
        self.address.host_and_port()
    }

    /// Returns the status of the answer, if `address` gave it.
    pub(super) fn status_of(&self, address: &Address) -> Option<u16> {
        self.status.filter(|_| self.address == *address)
    }

    /// Returns the header `name` of the answer.
    pub(super) fn header(&self, name: &str) -> Option<String> {
        response::header(self.outcome.as_ref().ok()?, name)
    }
}

/// Runs `operation`, and returns with its result the facts about its last request.
pub(super) fn observe<T>(
    context: &mut Context<'_>,
    network: &Network,
    verbose: bool,
    operation: impl FnOnce(&Transport<'_>) -> T,
) -> (T, Option<Observation>) {
    let clock = context.clock();
    let progress = Progress::for_call(context, verbose);
    let state = RefCell::new((context, None));
    let listener = |event: &Event<'_>| {
        progress.update(event);
        let (context, observed) = &mut *state.borrow_mut();
        if let Some(observation) = Observation::from_event(event) {
            *observed = Some(observation);
        }
        transport::report(context, verbose, event);
    };
    let result = operation(&Transport::new(network, clock, &listener, progress.alarm()));
    (result, state.into_inner().1)
}

/// Returns the step at which a request to `address` failed; `None` if the failure came later.
pub(super) fn failed_step(observed: Option<&Observation>, address: &Address) -> Option<Step> {
    match observed.map(|observed| &observed.outcome) {
        Some(Err(Stage::Name)) => Some(Step::Name),
        Some(Err(Stage::Connect | Stage::Proxy)) => Some(Step::Connection),
        Some(Err(Stage::Exchange) | Ok(_)) => None,
        // Something that the connection needs is missing.
        None if address.is_plain_http() => Some(Step::Connection),
        Some(Err(Stage::Tls)) | None => Some(Step::Tls),
    }
}

/// Adds the steps of a connection to `address`: those that an attempt passed, the one that it
/// failed at with `error`, and those after it. `insecure` is true if certificates are not
/// verified.
pub(super) fn add_checks(
    report: &mut Report<'_, '_>,
    observed: Option<&Observation>,
    address: &Address,
    error: Option<Error>,
    insecure: bool,
) {
    let now = report.context.clock().now();
    let mut failure = error.and_then(|error| Some((failed_step(observed, address)?, error)));
    let failed = failure.as_ref().map(|(step, _)| *step);
    for (step, passed) in checks(observed, failed, insecure, now) {
        let check = match (failure.take_if(|(failed, _)| *failed == step), passed) {
            (Some((_, error)), _) => {
                let mut check = Check::failed(step, error);
                if step == Step::Tls {
                    check.details = tls_details(observed.and_then(server_certificate), now);
                }
                check
            }
            (None, Some(check)) => check,
            (None, None) => {
                report.skip(step);
                continue;
            }
        };
        report.add(check.with_host(address.host_and_port()));
    }
}

/// Returns the steps of a connection, each with its check if an attempt passed it before it
/// `failed`.
pub(super) fn checks(
    observed: Option<&Observation>,
    failed: Option<Step>,
    insecure: bool,
    now: DateTime<Utc>,
) -> [(Step, Option<Check>); 3] {
    [Step::Name, Step::Connection, Step::Tls].map(|step| {
        let is_passed = failed.is_none_or(|failed| step < failed);
        let check = observed.filter(|_| is_passed).map(|observed| match step {
            Step::Name => name(observed),
            Step::Connection => connection(observed),
            _ => tls(observed, insecure, now),
        });
        (step, check)
    })
}

fn name(observed: &Observation) -> Check {
    let url = observed.address.url();
    let name = url.host_str().unwrap_or_default();
    let mut found: Vec<String> = Vec::new();
    let mut by_name = Map::new();
    for lookup in &observed.connection.lookups {
        let addresses = lookup.addresses.as_deref().unwrap_or_default();
        let texts: Vec<Value> = addresses.iter().map(|ip| ip.to_string().into()).collect();
        found.push(format!("{} is {}", lookup.name, join(addresses)));
        by_name.insert(lookup.name.clone(), texts.into());
    }
    let is_name = matches!(url.host(), Some(Host::Domain(_)));
    if let Some(proxy) = observed.route.proxy.as_ref().filter(|_| is_name)
        && !by_name.contains_key(name)
    {
        found.push(format!("the proxy {} looks {name} up", proxy.host_and_port()));
    }
    if found.is_empty() {
        return Check::skipped(Step::Name, format!("{name} is an address already")).omitted();
    }
    let message = found.join("; ");
    if by_name.is_empty() {
        return Check::skipped(Step::Name, message);
    }
    Check::passed(Step::Name, message).detail("addresses", by_name)
}

fn connection(observed: &Observation) -> Check {
    let Route { proxy, bypass_reason } = &observed.route;
    let peer = observed.peer.map(|peer| peer.to_string());
    let message = match (proxy, &peer, bypass_reason) {
        (Some(proxy), ..) => {
            format!("made through the proxy {} ({})", proxy.host_and_port(), proxy.origin)
        }
        (None, Some(peer), None) => format!("made to {peer}"),
        (None, Some(peer), Some(reason)) => format!("made to {peer}, through no proxy: {reason}"),
        (None, None, _) => format!("made to {}", observed.address.host_and_port()),
    };
    let proxy = proxy.as_ref().map(Proxy::address);
    Check::passed(Step::Connection, message).detail("peer", peer).detail("proxy", proxy)
}

/// Returns the certificate of the server, and not of a proxy before it.
fn server_certificate(observed: &Observation) -> Option<&ServerCertificate> {
    let certificates = &observed.connection.certificates;
    let host = observed.address.host();
    let by_name = certificates.iter().rfind(|certificate| certificate.server == host);
    let has_tls_proxy = observed.route.proxy.as_ref().is_some_and(Proxy::is_https);
    // A name can be written in more than one way.
    by_name.or_else(|| certificates.last().filter(|_| !has_tls_proxy))
}

fn tls(observed: &Observation, insecure: bool, now: DateTime<Utc>) -> Check {
    if observed.address.is_plain_http() {
        return Check::skipped(Step::Tls, "http:// is not encrypted");
    }
    let certificate = server_certificate(observed);
    let version = certificate.and_then(|it| it.tls_version).unwrap_or_default();
    let issuer = certificate.and_then(issuer);
    let issuer = issuer.map_or_else(|| "nobody".to_owned(), |issuer| format!("'{issuer}'"));
    let end = certificate.and_then(end);
    let days = end.map(|end| days_until(end, now));
    let end =
        end.map_or_else(|| "an unknown day".to_owned(), |it| it.format("%Y-%m-%d").to_string());
    let left = days.map_or_else(String::new, in_days);
    let message = format!("TLS {version}; the certificate by {issuer} ends on {end}{left}");
    let mut check = if insecure {
        Check::warning(Step::Tls, format!("the certificate is not checked (--insecure): {message}"))
            .hint("--cacert FILE trusts one authority, in place of anyone")
    } else if days.is_some_and(|days| days < MIN_DAYS_LEFT) {
        Check::warning(Step::Tls, message).hint("whoever runs the server has to renew it in time")
    } else {
        Check::passed(Step::Tls, message)
    };
    check.details = tls_details(certificate, now);
    check
}

fn tls_details(certificate: Option<&ServerCertificate>, now: DateTime<Utc>) -> Map<String, Value> {
    let end = certificate.and_then(end);
    let details: [(&str, Value); 4] = [
        ("version", certificate.and_then(|it| it.tls_version).into()),
        ("issuer", certificate.and_then(issuer).into()),
        ("not_after", end.map(|end| end.format("%Y-%m-%dT%H:%M:%SZ").to_string()).into()),
        ("days_left", end.map(|end| days_until(end, now)).into()),
    ];
    details.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn days_until(end: DateTime<Utc>, now: DateTime<Utc>) -> i64 {
    end.signed_duration_since(now).num_seconds().div_euclid(24 * 60 * 60)
}

fn join(addresses: &[IpAddr]) -> String {
    let shown: Vec<String> =
        addresses.iter().take(MAX_ADDRESSES).map(ToString::to_string).collect();
    let more = if addresses.len() > MAX_ADDRESSES { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}

fn in_days(days: i64) -> String {
    match days {
        0 => ", within a day".to_owned(),
        1 => ", in 1 day".to_owned(),
        -1 => ", which was within the last day".to_owned(),
        days if days < 0 => format!(", which was {} days ago", -days - 1),
        days => format!(", in {days} days"),
    }
}

fn issuer(certificate: &ServerCertificate) -> Option<String> {
    certificate::issuer(&certificate.der).map(|issuer| escape::excerpt(&issuer, 80))
}

fn end(certificate: &ServerCertificate) -> Option<DateTime<Utc>> {
    let seconds = certificate::not_after(&certificate.der)?.as_secs();
    DateTime::from_timestamp(i64::try_from(seconds).ok()?, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_until_the_end_are_worded_for_people() {
        let cases = [
            (90, ", in 90 days"),
            (1, ", in 1 day"),
            (0, ", within a day"),
            (-1, ", which was within the last day"),
            (-4, ", which was 3 days ago"),
        ];
        for (days, text) in cases {
            assert_eq!(in_days(days), text);
        }
    }
}
