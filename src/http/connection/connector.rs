//! The connector: how the server of a request is connected to, as clients of the HTTP library.

use std::time::Duration;

use reqwest::Proxy;
use reqwest::blocking::{Client, ClientBuilder};
use reqwest::redirect::Policy;
use rustls::ClientConfig;
use tower::util::MapRequestLayer;

use crate::deadline::Deadline;
use crate::error::{Error, Result};
use crate::http::address::Address;
use crate::http::error;
use crate::http::network::{Limits, Network};
use crate::http::proxy::{self, Route};

use super::log::ConnectionLog;
use super::new_connections::NewConnections;

/// The time after which a connection that no call uses is closed: a server may have closed it
/// by then, or take no other connection.
const IDLE_TIMEOUT: Duration = Duration::from_secs(1);

/// A function that is called once a connection was begun `delay` ago, on the HTTP library's own
/// thread: whoever waits for a call may need something to be done without a further thread.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Alarm {
    pub(crate) delay: Duration,
    /// It must not take long.
    pub(crate) callback: fn(),
}

/// The proxy, the TLS settings and the limits for a server, and the log of its connections.
#[derive(Clone)]
pub(in crate::http) struct Connector {
    proxy: Option<Proxy>,
    tls: ClientConfig,
    pub(in crate::http) log: ConnectionLog,
    limits: Limits,
    alarm: Option<Alarm>,
}

impl Connector {
    /// Creates the connector for `address` by `route`.
    ///
    /// # Errors
    /// Those of the proxy and of the TLS settings.
    pub(in crate::http) fn new(
        address: &Address,
        route: &Route,
        network: &Network,
        alarm: Option<Alarm>,
    ) -> Result<Self> {
        let has_tls_proxy = route.proxy.as_ref().is_some_and(proxy::Proxy::is_https);
        let log = ConnectionLog::default();
        let tls = network.tls.config(address, has_tls_proxy, &log)?;
        let proxy = route.proxy.as_ref().map(proxy::Proxy::to_reqwest).transpose()?;
        Ok(Self { proxy, tls, log, limits: network.limits, alarm })
    }

    /// Creates a client for one request, within the `deadline`.
    pub(in crate::http) fn client(&self, deadline: Deadline) -> reqwest::Result<Client> {
        self.client_by(self.proxy.clone(), deadline)
    }

    /// Creates a client for one request by `proxy`.
    pub(in crate::http) fn client_by(
        &self,
        proxy: Option<Proxy>,
        deadline: Deadline,
    ) -> reqwest::Result<Client> {
        let mut builder = self.builder(proxy);
        // The blocking client's own limit is for each wait and read. That of the whole command
        // has to hold while the body trickles in, so it is the inner client's.
        if let Some(limit) = deadline.remaining() {
            builder = builder.timeout(limit);
        }
        ClientBuilder::from(builder).timeout(self.limits.read).build()
    }

    /// Creates a client for many requests, which keeps connections open, and notes the new ones
    /// in `new_connections`. It knows no limit of the whole command: whoever waits for the
    /// requests has to.
    ///
    /// # Errors
    /// If it cannot be created.
    pub(super) fn shared_client(&self, new_connections: &NewConnections) -> Result<Client> {
        let builder = self.builder(self.proxy.clone()).pool_idle_timeout(IDLE_TIMEOUT);
        let builder = new_connections.observe(builder);
        let client = ClientBuilder::from(builder).timeout(self.limits.read).build();
        client.map_err(|error| not_set_up(&error))
    }

    fn builder(&self, proxy: Option<Proxy>) -> reqwest::ClientBuilder {
        let mut builder = reqwest::ClientBuilder::new()
            .redirect(Policy::none())
            .referer(false)
            .tls_backend_preconfigured(self.tls.clone())
            .dns_resolver(self.log.clone())
            // The rules have chosen the proxy; the library looks for none itself.
            .no_proxy();
        if let Some(limit) = self.limits.connect {
            builder = builder.connect_timeout(limit);
        }
        if let Some(proxy) = proxy {
            builder = builder.proxy(proxy);
        }
        if let Some(Alarm { delay, callback }) = self.alarm {
            builder = builder.connector_layer(MapRequestLayer::new(move |address| {
                tokio::spawn(async move {
                    tokio::time::sleep(delay).await;
                    callback();
                });
                address
            }));
        }
        builder
    }
}

/// Returns the error for a client that cannot be created.
pub(in crate::http) fn not_set_up(error: &reqwest::Error) -> Error {
    Error::network(format!("the connection cannot be set up: {}", error::root(error)))
}
