//! A group of calls that are made at once: they share a client with its open connections, the
//! pauses that the server asks for, and the limit on the size of their answers.

use std::mem::ManuallyDrop;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use reqwest::blocking;

use crate::error::{Error, Kind, Result};
use crate::http::address::Address;
use crate::http::error;
use crate::http::event::{Event, Listener};
use crate::http::retry;

use super::connector::Connector;
use super::new_connections::NewConnections;

/// The state that calls at once share.
#[derive(Default)]
pub(crate) struct CallGroup {
    client: Mutex<Option<SharedClient>>,
    new_connections: NewConnections,
    /// The time until which no call is made.
    pause: Mutex<Option<Instant>>,
    /// The bytes of all answers so far, after decompression.
    received: AtomicU64,
    /// Held while the middleware is asked, which may look a tenant up or renew a sign-in: the other
    /// calls need the result.
    middleware: Mutex<MiddlewareState>,
}

/// The state of the middleware that all calls share.
#[derive(Default)]
struct MiddlewareState {
    /// True once no call may ask it any more.
    is_stopped: bool,
    /// The failure of the middleware, which is one of all calls.
    failure: Option<Error>,
}

/// A client that many calls use, with the address that it was made for.
#[derive(Clone)]
pub(in crate::http) struct SharedClient {
    address: Address,
    pub(in crate::http) connector: Connector,
    /// Never dropped: that would wait for the end of its thread.
    pub(in crate::http) client: ManuallyDrop<blocking::Client>,
}

impl CallGroup {
    /// Returns the client for `address`; that of another server is replaced.
    ///
    /// # Errors
    /// Those of `connector`, and of a client that cannot be created.
    pub(in crate::http) fn client(
        &self,
        address: &Address,
        connector: impl FnOnce() -> Result<Connector>,
    ) -> Result<SharedClient> {
        let mut shared = lock(&self.client);
        if let Some(client) = shared.as_ref().filter(|it| it.address.is_same_server(address)) {
            return Ok(client.clone());
        }
        let connector = connector()?;
        let client = ManuallyDrop::new(connector.shared_client(&self.new_connections)?);
        let client = SharedClient { address: address.clone(), connector, client };
        *shared = Some(client.clone());
        Ok(client)
    }

    /// Returns true if `error` is the end of a connection that was open before the request, and
    /// brought nothing of an answer: the server may have closed it while it was idle.
    pub(in crate::http) fn is_stale(&self, error: &reqwest::Error) -> bool {
        let is_new = self.new_connections.take_failed(error);
        error::is_closed(error) && !error.is_connect() && !is_new
    }

    /// Lets no call begin for the time `wait`.
    pub(in crate::http) fn pause(&self, wait: Duration) {
        let end = Instant::now() + wait;
        let mut pause = lock(&self.pause);
        *pause = Some(pause.map_or(end, |known| known.max(end)));
    }

    /// Waits until a pause is over, and then a little, so that not all calls begin at once.
    pub(in crate::http) fn wait(&self, listener: Listener<'_>) {
        loop {
            let end = *lock(&self.pause);
            let left = end.map(|end| end.saturating_duration_since(Instant::now()));
            let Some(left) = left.filter(|left| !left.is_zero()) else { return };
            let wait = left + retry::jitter();
            listener(&Event::Pausing { wait });
            thread::sleep(wait);
        }
    }

    /// Adds `count` bytes of an answer, and returns their number in all answers.
    pub(in crate::http) fn add_received(&self, count: u64) -> u64 {
        self.received.fetch_add(count, Ordering::Relaxed) + count
    }

    /// Runs `operation`, which asks the middleware. After a failure no other call asks it: that
    /// would only fail again, as slowly.
    ///
    /// # Errors
    /// Without meaning for a person: [`CallGroup::stop_middleware`] returns the failure.
    pub(in crate::http) fn with_middleware<T>(
        &self,
        operation: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        let stopped = || Error::new(Kind::Network, "the call was given up");
        let mut middleware = lock(&self.middleware);
        if middleware.is_stopped {
            return Err(stopped());
        }
        operation().map_err(|error| {
            *middleware = MiddlewareState { is_stopped: true, failure: Some(error) };
            stopped()
        })
    }

    /// Returns true once no call may ask the middleware, because it failed.
    pub(crate) fn is_middleware_stopped(&self) -> bool {
        lock(&self.middleware).is_stopped
    }

    /// Waits until no middleware is at work, and lets none begin any more: a renewed sign-in
    /// must be stored before the process ends, because the old one is spent. Returns the failure
    /// of the middleware, if there is one.
    pub(crate) fn stop_middleware(&self) -> Option<Error> {
        let mut middleware = lock(&self.middleware);
        middleware.is_stopped = true;
        middleware.failure.take()
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
