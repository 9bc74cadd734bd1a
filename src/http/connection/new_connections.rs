//! New connections: those that were opened for the request that they carry.

use std::collections::{HashMap, HashSet};
use std::error::Error as StdError;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hyper::http::Extensions;
use hyper_util::client::legacy::Error as ClientError;
use hyper_util::client::legacy::connect::{Connected, Connection, HttpInfo};
use reqwest::{ClientBuilder, retry};
use tokio::task;
use tower::util::MapFutureLayer;

use crate::http::error;

/// A log of the new connections of a client.
///
/// The HTTP library itself keeps it, on its own thread, where each request is a task. Whoever
/// waits for an answer would be too late: the connection may carry another request by then.
#[derive(Clone, Debug, Default)]
pub(super) struct NewConnections(Arc<Mutex<Log>>);

#[derive(Debug, Default)]
struct Log {
    /// This machine's end of the connection that each task opened for its request.
    opened: HashMap<task::Id, SocketAddr>,
    /// The ends of new connections that failed.
    failed: HashSet<SocketAddr>,
}

impl NewConnections {
    /// Has the client of `builder` log its new connections here.
    pub(super) fn observe(&self, builder: ClientBuilder) -> ClientBuilder {
        let (opened, ended) = (self.clone(), self.clone());
        let layer = MapFutureLayer::new(move |opening| opened.clone().log_opened(opening));
        // It repeats nothing, but is called at the end of each request, by the task of that.
        let observer = retry::never().classify_fn(move |outcome| {
            ended.log_end(outcome.error());
            outcome.success()
        });
        builder.connector_layer(layer).retry(observer)
    }

    /// Returns true, once, if `error` came from a new connection.
    pub(super) fn take_failed(&self, error: &reqwest::Error) -> bool {
        local_address(error).is_some_and(|local| self.lock().failed.remove(&local))
    }

    /// Logs the connection that this task opens. A task that is given another one meanwhile
    /// leaves the opening to a further task, and the connection to any request.
    async fn log_opened<C: Connection, E>(
        self,
        opening: impl Future<Output = Result<C, E>>,
    ) -> Result<C, E> {
        let request = task::try_id();
        let connection = opening.await?;
        if let (Some(request), Some(local)) = (request, local_end(&connection.connected()))
            && task::try_id() == Some(request)
        {
            self.lock().opened.insert(request, local);
        }
        Ok(connection)
    }

    /// Logs the end of the request of this task, with the `error` that came in place of an answer.
    fn log_end(&self, error: Option<&(dyn StdError + 'static)>) {
        let mut log = self.lock();
        let opened = task::try_id().and_then(|request| log.opened.remove(&request));
        if let Some(opened) = opened
            && error.and_then(local_address) == Some(opened)
        {
            log.failed.insert(opened);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Log> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns this machine's end of the connection that failed with `error`.
fn local_address(error: &(dyn StdError + 'static)) -> Option<SocketAddr> {
    let error: &ClientError = error::find_cause(error)?;
    local_end(error.connect_info()?)
}

/// Returns this machine's end of `connection`.
fn local_end(connection: &Connected) -> Option<SocketAddr> {
    let mut extensions = Extensions::new();
    connection.get_extras(&mut extensions);
    extensions.get().map(HttpInfo::local_addr)
}
