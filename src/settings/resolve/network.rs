//! How the server is reached: limits, retries, proxy, and whom TLS trusts.

use std::time::{Duration, Instant};

use crate::api::credential::ResolvedSecret;
use crate::cli::network::NetworkArgs;
use crate::deadline::Deadline;
use crate::error::{Error, Result};
use crate::http::address::Address;
use crate::http::client::{Connection, Limits};
use crate::http::proxy::Proxy;
use crate::http::tls::Tls;

use crate::secret::secret_ref::SecretRef;
use crate::settings::layers::ConfigLayers;
use crate::settings::parse::limits;
use crate::settings::registry;
use crate::settings::resolve::proxy;
use crate::settings::resolve::tls;

/// A connection whose proxy's password is still where it is kept.
#[derive(Clone, Debug)]
pub struct Plan {
    limits: Limits,
    retries: u32,
    route: Option<proxy::Plan>,
    tls: Tls,
    started: Instant,
}

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const READ_TIMEOUT: Duration = Duration::from_secs(60);
const MAX_BYTES: u64 = 2 << 30;

impl Plan {
    /// The secret that is to be read.
    #[must_use]
    pub fn secret(&self) -> Option<&SecretRef> {
        self.route.as_ref().and_then(proxy::Plan::secret)
    }

    /// The proxy, without its password.
    #[must_use]
    pub fn proxy(&self) -> Option<&Proxy> {
        self.route.as_ref().and_then(proxy::Plan::proxy)
    }

    /// The deadline of the whole command.
    #[must_use]
    pub const fn deadline(&self) -> Deadline {
        Deadline::new(self.started, self.limits.total)
    }

    /// The connection, its secret turned into what is sent by `read`.
    ///
    /// # Errors
    /// Those of `read`.
    pub fn with(
        self,
        read: impl FnOnce(&SecretRef) -> Result<ResolvedSecret>,
    ) -> Result<Connection> {
        Ok(Connection {
            limits: self.limits,
            retries: self.retries,
            route: self.route.map(|route| route.with(read)).transpose()?.unwrap_or_default(),
            tls: self.tls,
            witness: None,
        })
    }
}

/// How `address` is reached; without one, how the sample server is.
///
/// # Errors
/// A usage error that names what said it.
pub fn plan(levels: &ConfigLayers<'_>, address: Option<&Address>) -> Result<Plan> {
    let limits = limits(levels)?;
    let (network, started) = (&levels.call.network, levels.started);
    let retries = limits::retries(levels.find(&registry::RETRIES).as_ref())?;
    let Some(address) = address else {
        return Ok(Plan { limits, retries, route: None, tls: Tls::default(), started });
    };
    let route = proxy::plan(network, levels.environment, address)?;
    let to_proxy = route.proxy().is_some_and(Proxy::is_https);
    let uses_tls = !address.is_plain_http() || to_proxy;
    if network.insecure && address.is_plain_http() {
        return Err(does_nothing("--insecure"));
    }
    let tls = if uses_tls {
        tls::resolve(levels, to_proxy, &Deadline::new(started, limits.total))?
    } else {
        refuse_without_tls(network)?;
        Tls::default()
    };
    Ok(Plan { limits, retries, route: Some(route), tls, started })
}

/// The same connection to `address`, which only became known by it. What it needs that
/// is not known yet comes from `read`.
///
/// # Errors
/// Those of the proxy and of `read`.
pub fn toward(
    levels: &ConfigLayers<'_>,
    address: &Address,
    connection: &Connection,
    read: impl FnOnce(&SecretRef) -> Result<ResolvedSecret>,
) -> Result<Connection> {
    let login = connection.route.proxy.as_ref().and_then(|proxy| proxy.login.as_ref());
    let known = login.and_then(|login| login.password.clone());
    let plan = proxy::plan(&levels.call.network, levels.environment, address)?;
    let route = plan.with(|unread| known.map_or_else(|| read(unread), Ok))?;
    Ok(Connection { route, ..connection.clone() })
}

/// Refuses what was typed for TLS where there is none.
fn refuse_without_tls(args: &NetworkArgs) -> Result<()> {
    let typed = [
        (args.cacert.is_some(), "--cacert"),
        (args.client_cert.is_some(), "--client-cert"),
        (args.client_key.is_some(), "--client-key"),
    ];
    match typed.iter().find(|(typed, _)| *typed) {
        Some((_, option)) => Err(does_nothing(option)),
        None => Ok(()),
    }
}

fn does_nothing(option: &str) -> Error {
    Error::usage(format!("{option} does nothing with an http:// address, which is not encrypted"))
        .hint("give the address with https://, or leave the option out")
}

fn limits(levels: &ConfigLayers<'_>) -> Result<Limits> {
    let limit = |setting, default| limits::limit(levels.find(setting).as_ref(), default);
    Ok(Limits {
        connect: limit(&registry::CONNECT_TIMEOUT, Some(CONNECT_TIMEOUT))?,
        read: limit(&registry::READ_TIMEOUT, Some(READ_TIMEOUT))?,
        total: limit(&registry::TIMEOUT, None)?,
        since: None,
        max_bytes: limits::size(levels.find(&registry::MAX_BYTES).as_ref(), MAX_BYTES)?,
        is_fixed: false,
    })
}
