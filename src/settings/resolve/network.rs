//! The network settings: limits, retries, proxies and TLS.

use std::time::Duration;

use bytesize::ByteSize;

use crate::deadline::Deadline;
use crate::error::{Error, Result};
use crate::escape;
use crate::http::address::Address;
use crate::http::network::{Limits, Network};
use crate::http::proxy::{Proxy, Route};
use crate::secret::secret_reader::SecretReader;
use crate::secret::secret_ref::SecretRef;
use crate::settings::{Settings, registry};
use crate::source::Sourced;

use super::{progress, proxy, tls};

/// The network settings of a call whose proxy's password is not read yet.
#[derive(Clone, Debug)]
pub(crate) struct NetworkPlan {
    /// The settings without the proxy's password.
    pub(crate) network: Network,
    /// The route to the address that is asked first.
    pub(crate) route: Route,
    /// The password of the proxy on that route.
    pub(crate) password: Option<SecretRef>,
    /// A password that only the route to another host may need.
    spare_password: Option<SecretRef>,
}

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const READ_TIMEOUT: Duration = Duration::from_secs(60);
const MAX_BYTES: u64 = 2 << 30;

impl NetworkPlan {
    /// The proxy for the address that is asked first, without its password.
    pub(crate) const fn proxy(&self) -> Option<&Proxy> {
        self.route.proxy.as_ref()
    }

    /// Returns the deadline of the whole command.
    pub(crate) fn deadline(&self) -> Deadline {
        self.network.limits.deadline()
    }

    /// Returns the network settings with the proxy's password read.
    pub(crate) fn read(&self, reader: &mut SecretReader<'_, '_>) -> Result<Network> {
        let mut network = self.network.clone();
        let password = self.password.as_ref().or(self.spare_password.as_ref());
        network.proxies.password = password.map(|secret| reader.read(secret)).transpose()?;
        // Without the time of a person at a prompt.
        network.limits.since = Some(reader.deadline().start());
        Ok(network)
    }
}

/// Plans the network settings for `address`; without one, for the sample server.
pub(crate) fn plan(settings: &Settings<'_>, address: Option<&Address>) -> Result<NetworkPlan> {
    progress::check(&settings.variables)?;
    let retries = retries(settings.find(&registry::RETRIES).as_ref())?;
    let network = Network { limits: limits(settings)?, retries, ..Network::default() };
    let args = &settings.call.network;
    let (route, password, spare_password) = (Route::default(), None, None);
    let mut plan = NetworkPlan { network, route, password, spare_password };
    let Some(address) = address else { return Ok(plan) };
    let proxies = proxy::rules(settings);
    plan.route = proxies.route(address)?;
    proxy::check_own(&proxies)?;
    plan.password = proxy::password_for(args, &settings.variables, &plan.route)?;
    if plan.route.bypass_reason.is_some() {
        let spare = proxy::password(args, &settings.variables)?;
        plan.spare_password = spare.filter(SecretRef::is_immediate);
    }
    plan.network.proxies = proxies;
    let to_proxy = plan.proxy().is_some_and(Proxy::is_https);
    let has_tls = !address.is_plain_http() || to_proxy;
    let without_effect = [
        (args.insecure && address.is_plain_http(), "--insecure"),
        (args.cacert.is_some() && !has_tls, "--cacert"),
        (args.client_cert.is_some() && !has_tls, "--client-cert"),
        (args.client_key.is_some() && !has_tls, "--client-key"),
    ];
    if let Some((_, option)) = without_effect.iter().find(|(is_refused, _)| *is_refused) {
        return Err(Error::usage(format!(
            "{option} does nothing with an http:// address, which is not encrypted"
        ))
        .hint("give the address with https://, or leave the option out"));
    }
    if has_tls {
        plan.network.tls = tls::resolve(settings, to_proxy, &plan.deadline())?;
    }
    Ok(plan)
}

fn limits(settings: &Settings<'_>) -> Result<Limits> {
    let limit = |setting, default| limit(settings.find(setting).as_ref(), default);
    Ok(Limits {
        connect: limit(&registry::CONNECT_TIMEOUT, Some(CONNECT_TIMEOUT))?,
        read: limit(&registry::READ_TIMEOUT, Some(READ_TIMEOUT))?,
        total: limit(&registry::TIMEOUT, None)?,
        // The limit of the command includes everything before the first request.
        since: Some(settings.started),
        max_bytes: size(settings.find(&registry::MAX_BYTES).as_ref(), MAX_BYTES)?,
    })
}

/// Parses a time limit such as `10s`, `500ms`, `2m` or `1.5`, in seconds without a unit; `0`
/// is no limit.
pub(crate) fn limit(
    setting: Option<&Sourced<String>>,
    default: Option<Duration>,
) -> Result<Option<Duration>> {
    let Some(Sourced { value, source }) = setting else { return Ok(default) };
    match parse_duration(value) {
        Some(duration) if duration.is_zero() => Ok(None),
        Some(duration) => Ok(Some(duration)),
        None => Err(Error::usage(format!(
            "{source}: '{}' is not a valid duration",
            escape::excerpt(value, 40)
        ))
        .hint("a duration is 10s, 500ms, 2m, or 0 for no limit")),
    }
}

/// Parses `10s`, `500ms`, `2m` or `1.5`, in seconds without a unit.
pub(crate) fn parse_duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    match text.parse::<f64>() {
        Ok(seconds) => Duration::try_from_secs_f64(seconds).ok(),
        Err(_) => humantime::parse_duration(text).ok(),
    }
}

/// Parses a size such as `2GiB` or `500MB`, in bytes.
fn size(setting: Option<&Sourced<String>>, default: u64) -> Result<u64> {
    let Some(Sourced { value, source }) = setting else { return Ok(default) };
    match value.trim().parse::<ByteSize>() {
        Ok(size) if size.as_u64() > 0 => Ok(size.as_u64()),
        _ => Err(Error::usage(format!(
            "{source}: '{}' is not a valid size",
            escape::excerpt(value, 40)
        ))
        .hint("a size is 2GiB, 500MB or a number of bytes")),
    }
}

/// More retries would be an attack.
const MAX_RETRIES: u32 = 100;

/// Parses the number of retries; 0 by default.
fn retries(setting: Option<&Sourced<String>>) -> Result<u32> {
    let Some(Sourced { value, source }) = setting else { return Ok(0) };
    match value.trim().parse::<u32>() {
        Ok(retries) if retries <= MAX_RETRIES => Ok(retries),
        _ => Err(Error::usage(format!(
            "{source}: '{}' is not a number from 0 to {MAX_RETRIES}",
            escape::excerpt(value, 40)
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sourced(text: &str, option: &'static str) -> Sourced<String> {
        Sourced::new(text.to_owned(), crate::source::Source::Option(option))
    }

    fn read(text: &str) -> std::result::Result<Option<Duration>, String> {
        limit(Some(&sourced(text, "--timeout")), None).map_err(|error| error.to_string())
    }

    #[test]
    fn durations_are_parsed() {
        let cases = [
            ("10s", Some(10_000)),
            ("500ms", Some(500)),
            ("2m", Some(120_000)),
            ("1.5", Some(1_500)),
            ("0", None),
            ("0s", None),
        ];
        for (text, milliseconds) in cases {
            assert_eq!(read(text), Ok(milliseconds.map(Duration::from_millis)), "{text}");
        }
        for text in ["", "soon", "-1", "10 parsecs", "nan", "inf"] {
            assert_eq!(read(text), Err(format!("--timeout: '{text}' is not a valid duration")));
        }
    }

    #[test]
    fn sizes_are_parsed() {
        for (text, bytes) in [("2GiB", 2 << 30), ("1 kB", 1000), ("42", 42)] {
            assert_eq!(size(Some(&sourced(text, "--max-bytes")), 1).ok(), Some(bytes));
        }
        for text in ["", "0", "-1", "many", "1 zorp"] {
            assert!(size(Some(&sourced(text, "--max-bytes")), 1).is_err(), "{text}");
        }
    }
}
