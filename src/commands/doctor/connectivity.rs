//! How the server was reached: name, connection, TLS.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use url::Host;

use crate::error::Error;
use crate::escape;
use crate::http::address::Address;
use crate::http::client::Connection;
use crate::http::connection_log::{Certificate, Notes, Stage};
use crate::http::proxy::Proxy;

use super::check::{Check, Step};

/// A certificate that ends sooner is worth a warning: those that are renewed by
/// themselves have long been by then.
const FEW_DAYS: i64 = 14;
/// More addresses of a name are not told.
const MOST_ADDRESSES: usize = 4;

/// The way of a request that was sent.
pub(crate) struct Way<'a> {
    /// Where to.
    pub(crate) address: &'a Address,
    /// How.
    pub(crate) connection: &'a Connection,
    /// What was noted of it.
    pub(crate) notes: &'a Notes,
    /// The time.
    pub(crate) now: DateTime<Utc>,
}

impl Way<'_> {
    /// The step that failed, if the request failed on its way at all.
    pub(crate) fn failed(&self) -> Option<Step> {
        match self.notes.failed {
            Some(Stage::Name) => Some(Step::Name),
            Some(Stage::Connection) => Some(Step::Connection),
            Some(Stage::Answer) => None,
            None if self.notes.is_answered => None,
            None if self.address.is_plain_http() => Some(Step::Connection),
            // Or it was not even begun, for want of something that TLS needs.
            Some(Stage::Tls) | None => Some(Step::Tls),
        }
    }

    /// The checks of the three steps as far as they went; `error` is what the last of
    /// them failed with.
    pub(crate) fn checks(&self, error: Option<Error>) -> Vec<Check> {
        let failed = self.failed();
        let begun = self.notes.is_answered || self.notes.failed.is_some();
        let passed = [
            (Step::Name, Self::name as fn(&Self) -> Check),
            (Step::Connection, Self::made),
            (Step::Tls, Self::tls),
        ];
        let mut checks: Vec<Check> = passed
            .into_iter()
            .take_while(|(step, _)| begun && Some(*step) != failed)
            .map(|(_, check)| check(self))
            .collect();
        if let (Some(step), Some(error)) = (failed, error) {
            let details = if step == Step::Tls { self.details_of_tls() } else { Map::new() };
            checks.push(Check { details, ..Check::failed(step, error) });
        }
        let host = self.address.host_and_port();
        checks.into_iter().map(|check| check.of_host(host.clone())).collect()
    }

    fn proxy(&self) -> Option<&Proxy> {
        self.connection.route.proxy.as_ref()
    }

    fn name(&self) -> Check {
        let name = self.address.url().host_str().unwrap_or_default();
        let is_name = matches!(self.address.url().host(), Some(Host::Domain(_)));
        let mut found: Vec<String> = Vec::new();
        let mut by_name = Map::new();
        let mut is_known = false;
        for look_up in &self.notes.names {
            let addresses = look_up.addresses.as_deref().unwrap_or_default();
            let texts: Vec<Value> = addresses.iter().map(|ip| ip.to_string().into()).collect();
            is_known |= look_up.name == name;
            found.push(format!("{} is {}", look_up.name, listed(addresses)));
            by_name.insert(look_up.name.clone(), texts.into());
        }
        if let (Some(proxy), true, false) = (self.proxy(), is_name, is_known) {
            found.push(format!("the proxy {} looks {name} up", proxy.host_and_port()));
        }
        let told = if found.is_empty() {
            format!("{name} is an address already")
        } else {
            found.join("; ")
        };
        if self.notes.names.is_empty() {
            return Check::skipped(Step::Name, told);
        }
        Check::passed(Step::Name, told).detail("addresses", by_name)
    }

    fn made(&self) -> Check {
        let route = &self.connection.route;
        let peer = self.notes.peer.map(|peer| peer.to_string());
        let message = match (&route.proxy, &peer, &route.passed_over) {
            (Some(proxy), ..) => {
                format!("made through the proxy {} ({})", proxy.host_and_port(), proxy.origin)
            }
            (None, Some(peer), None) => format!("made to {peer}"),
            (None, Some(peer), Some(reason)) => {
                format!("made to {peer}, through no proxy: {reason}")
            }
            (None, None, _) => format!("made to {}", self.address.host_and_port()),
        };
        Check::passed(Step::Connection, message)
            .detail("peer", peer)
            .detail("proxy", route.proxy.as_ref().map(Proxy::address))
    }

    /// The certificate of the server, and not of a proxy before it.
    fn certificate(&self) -> Option<&Certificate> {
        let host = self.address.url().host_str().unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let mut certificates = self.notes.certificates.iter().rev();
        let of_server = certificates.clone().find(|it| it.server == host);
        // A name can be written in more than one way.
        let only = certificates.next().filter(|_| !self.proxy().is_some_and(Proxy::is_https));
        of_server.or(only)
    }

    fn tls(&self) -> Check {
        if self.address.is_plain_http() {
            return Check::skipped(Step::Tls, "http:// is not encrypted");
        }
        let certificate = self.certificate();
        let version = certificate.and_then(|it| it.version).unwrap_or_default();
        let issuer = certificate.and_then(issuer);
        let issuer = issuer.map_or_else(|| "nobody".to_owned(), |issuer| format!("'{issuer}'"));
        let (end, days) = match certificate.and_then(end) {
            Some(end) => (end.format("%Y-%m-%d").to_string(), Some(self.days_until(end))),
            None => ("an unknown day".to_owned(), None),
        };
        let left = days.map_or_else(String::new, in_days);
        let told = format!("TLS {version}; the certificate by {issuer} ends on {end}{left}");
        let check = if self.connection.tls.insecure {
            Check::warned(Step::Tls, format!("the certificate is not checked (--insecure): {told}"))
                .hint("--cacert FILE trusts one authority, in place of anyone")
        } else if days.is_some_and(|days| days < FEW_DAYS) {
            Check::warned(Step::Tls, told).hint("whoever runs the server has to renew it in time")
        } else {
            Check::passed(Step::Tls, told)
        };
        Check { details: self.details_of_tls(), ..check }
    }

    fn details_of_tls(&self) -> Map<String, Value> {
        let certificate = self.certificate();
        let end = certificate.and_then(end);
        let mut details = Map::new();
        let mut put = |name: &str, value: Value| details.insert(name.to_owned(), value);
        put("version", certificate.and_then(|it| it.version).into());
        put("issuer", certificate.and_then(issuer).into());
        put("not_after", end.map(|end| end.format("%Y-%m-%dT%H:%M:%SZ").to_string()).into());
        put("days_left", end.map(|end| self.days_until(end)).into());
        details
    }

    fn days_until(&self, end: DateTime<Utc>) -> i64 {
        let seconds = end.signed_duration_since(self.now).num_seconds();
        seconds.div_euclid(24 * 60 * 60)
    }
}

fn listed(addresses: &[IpAddr]) -> String {
    let shown: Vec<String> =
        addresses.iter().take(MOST_ADDRESSES).map(ToString::to_string).collect();
    let more = if addresses.len() > MOST_ADDRESSES { ", …" } else { "" };
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

fn issuer(certificate: &Certificate) -> Option<String> {
    certificate.issuer.as_deref().map(|issuer| escape::excerpt(issuer, 80))
}

fn end(certificate: &Certificate) -> Option<DateTime<Utc>> {
    let seconds = i64::try_from(certificate.not_after?.as_secs()).ok()?;
    DateTime::from_timestamp(seconds, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_for_a_person() {
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
