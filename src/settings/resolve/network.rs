//! The network settings: limits, retries, proxies and TLS.

use std::time::{Duration, Instant};

use crate::cli::network::NetworkArgs;
use crate::deadline::Deadline;
use crate::error::{Error, Result};
use crate::http::address::Address;
use crate::http::network::{Limits, Network};
use crate::http::proxy::{Proxy, Route};

use crate::secret::secret_reader::SecretReader;
use crate::secret::secret_ref::SecretRef;
use crate::settings::layers::ConfigLayers;
use crate::settings::parse::limits;
use crate::settings::registry;

use super::{proxy, tls};

/// The network settings of a call whose proxy's password is not read yet.
#[derive(Clone, Debug)]
pub(crate) struct NetworkPlan {
    network: Network,
    /// The route to the address that is asked first.
    route: Route,
    password: Option<SecretRef>,
    /// A password that only the route to another host may need.
    spare_password: Option<SecretRef>,
    started: Instant,
}

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const READ_TIMEOUT: Duration = Duration::from_secs(60);
const MAX_BYTES: u64 = 2 << 30;

impl NetworkPlan {
    /// The secret that is to be read.
    pub(crate) const fn secret(&self) -> Option<&SecretRef> {
        self.password.as_ref()
    }

    /// The proxy for the address that is asked first, without its password.
    pub(crate) const fn proxy(&self) -> Option<&Proxy> {
        self.route.proxy.as_ref()
    }

    /// Returns the deadline of the whole command.
    pub(crate) const fn deadline(&self) -> Deadline {
        Deadline::new(self.started, self.network.limits.total)
    }

    /// Returns the network settings without the proxy's password.
    pub(crate) const fn network(&self) -> &Network {
        &self.network
    }

    /// Returns the route to the address that is asked first.
    pub(crate) const fn route(&self) -> &Route {
        &self.route
    }

    /// Returns the network settings with the proxy's password read.
    pub(crate) fn read(&self, reader: &mut SecretReader<'_, '_>) -> Result<Network> {
        let mut network = self.network.clone();
        let password = self.password.as_ref().or(self.spare_password.as_ref());
        network.proxies.password = password.map(|secret| reader.read(secret)).transpose()?;
        // The limit of the command includes everything before the first request.
        network.limits.since = Some(reader.deadline().start());
        Ok(network)
    }
}

/// Plans the network settings for `address`; without one, for the sample server.
pub(crate) fn plan(layers: &ConfigLayers<'_>, address: Option<&Address>) -> Result<NetworkPlan> {
    let retries = limits::retries(layers.find(&registry::RETRIES).as_ref())?;
    let network = Network { limits: limits(layers)?, retries, ..Network::default() };
    let (args, started) = (&layers.call.network, layers.started);
    let mut plan = NetworkPlan {
        network,
        route: Route::default(),
        password: None,
        spare_password: None,
        started,
    };
    let Some(address) = address else { return Ok(plan) };
    let proxies = proxy::rules(args, layers.environment);
    plan.route = proxies.route(address)?;
    proxy::check_option(&proxies)?;
    plan.password = proxy::password_for(args, layers.environment, &plan.route)?;
    if plan.route.bypass_reason.is_some() {
        let spare = proxy::password(args, layers.environment)?;
        plan.spare_password = spare.filter(SecretRef::is_immediate);
    }
    plan.network.proxies = proxies;
    let to_proxy = plan.proxy().is_some_and(Proxy::is_https);
    let uses_tls = !address.is_plain_http() || to_proxy;
    if args.insecure && address.is_plain_http() {
        return Err(does_nothing("--insecure"));
    }
    if uses_tls {
        plan.network.tls = tls::resolve(layers, to_proxy, &plan.deadline())?;
    } else {
        refuse_without_tls(args)?;
    }
    Ok(plan)
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

fn limits(layers: &ConfigLayers<'_>) -> Result<Limits> {
    let limit = |setting, default| limits::limit(layers.find(setting).as_ref(), default);
    Ok(Limits {
        connect: limit(&registry::CONNECT_TIMEOUT, Some(CONNECT_TIMEOUT))?,
        read: limit(&registry::READ_TIMEOUT, Some(READ_TIMEOUT))?,
        total: limit(&registry::TIMEOUT, None)?,
        since: None,
        max_bytes: limits::size(layers.find(&registry::MAX_BYTES).as_ref(), MAX_BYTES)?,
    })
}
