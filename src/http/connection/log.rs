//! The log of a connection: the names that were looked up and the certificates that came.
//!
//! The resolver and the certificate verifier of the HTTP library write it while they work for a
//! request. A client of one request has a log of its own, which describes the connection of that
//! request and no second one. A client that many calls share has one log, of all its connections.

use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use rustls::pki_types::CertificateDer;

/// A log that the resolver and the verifier share.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConnectionLog(Arc<Mutex<Connection>>);

/// The facts about a connection, whether it was made or not. Of several, the last name and
/// certificate of each kind count: a log does not grow with their number.
#[derive(Clone, Debug, Default)]
pub(crate) struct Connection {
    /// The names that were looked up, in order.
    pub(crate) lookups: Vec<Lookup>,
    /// The certificates that came, in order; that of a proxy may be the first.
    pub(crate) certificates: Vec<ServerCertificate>,
}

/// A name that was looked up.
#[derive(Clone, Debug)]
pub(crate) struct Lookup {
    pub(crate) name: String,
    /// The addresses; `None` if it has none, or if they did not come in time.
    pub(crate) addresses: Option<Vec<IpAddr>>,
}

/// A certificate that a server presented, accepted or not.
#[derive(Clone, Debug)]
pub(crate) struct ServerCertificate {
    /// The name of the server.
    pub(crate) server: String,
    pub(crate) der: CertificateDer<'static>,
    /// The last certificate that came with it, or the same one.
    pub(crate) top: CertificateDer<'static>,
    /// The version of TLS; `None` if the handshake ended before its key was used.
    pub(crate) tls_version: Option<&'static str>,
}

impl ConnectionLog {
    /// Returns the log of the last connection, and starts another one.
    pub(in crate::http) fn take(&self) -> Connection {
        std::mem::take(&mut *self.lock())
    }

    /// Returns the log so far.
    pub(in crate::http) fn get(&self) -> Connection {
        self.lock().clone()
    }

    pub(in crate::http) fn add_certificate(
        &self,
        server: String,
        certificate: &CertificateDer<'_>,
        top: &CertificateDer<'_>,
    ) {
        let (der, top) = (certificate.clone().into_owned(), top.clone().into_owned());
        let certificates = &mut self.lock().certificates;
        certificates.retain(|known| known.server != server || known.der != der);
        certificates.push(ServerCertificate { server, der, top, tls_version: None });
    }

    /// Sets the version of TLS for the last certificate.
    pub(in crate::http) fn set_tls_version(&self, version: &'static str) {
        if let Some(last) = self.lock().certificates.last_mut() {
            last.tls_version = Some(version);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks names up as the HTTP library does, and logs them.
impl Resolve for ConnectionLog {
    fn resolve(&self, name: Name) -> Resolving {
        let name = name.as_str().to_owned();
        let log = self.clone();
        {
            let lookups = &mut log.lock().lookups;
            lookups.retain(|known| known.name != name);
            lookups.push(Lookup { name: name.clone(), addresses: None });
        }
        Box::pin(async move {
            // The library replaces the port 0.
            let host = name.clone();
            let look_up = move || (host.as_str(), 0).to_socket_addrs();
            let found: Vec<SocketAddr> = tokio::task::spawn_blocking(look_up).await??.collect();
            let lookups = &mut log.lock().lookups;
            if let Some(lookup) = lookups.iter_mut().find(|lookup| lookup.name == name) {
                lookup.addresses = Some(found.iter().map(SocketAddr::ip).collect());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}
