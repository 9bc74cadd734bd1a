//! An HTTP server on this machine: for the callback of a sign-in, and for the sample server.

use std::convert::Infallible;
use std::io;
use std::net::TcpListener as Listener;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::sync::{Semaphore, oneshot};

/// The time after which a silent connection is closed.
pub(crate) const IDLE_TIMEOUT: Duration = Duration::from_secs(4);

/// The maximum of simultaneous connections. A process may have few file descriptors (`ulimit -n
/// 64`), and a sign-in needs some of them to fetch its tokens.
const MAX_CONNECTIONS: usize = 32;

/// A running server. It stops when this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    /// Stops the thread when it is dropped.
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves `listeners` on a thread named `name`. `service` creates the service of each
    /// connection, which is dropped when the connection ends.
    ///
    /// # Errors
    /// If the thread cannot be started.
    pub(crate) fn start<S, F>(name: &str, listeners: Vec<Listener>, service: F) -> io::Result<Self>
    where
        F: Fn() -> S + Clone + Send + 'static,
        S: Service<Request<Incoming>, Response = Response<Full<Bytes>>, Error = Infallible>,
        S: Send + 'static,
        S::Future: Send,
    {
        let runtime = Builder::new_current_thread().enable_io().enable_time().build()?;
        let room = Arc::new(Semaphore::new(MAX_CONNECTIONS));
        for listener in listeners {
            listener.set_nonblocking(true)?;
            let _inside = runtime.enter();
            let listener = TcpListener::from_std(listener)?;
            runtime.spawn(accept(listener, Arc::clone(&room), service.clone()));
        }
        let (stop, stopped) = oneshot::channel();
        // The connections end with the runtime, when the thread does.
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            let _ = runtime.block_on(stopped);
        })?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }

    /// Serves until the process is interrupted.
    pub(crate) fn run(mut self) {
        if let Some(thread) = self.thread.take() {
            // It ends early only by a panic, which has printed itself.
            let _ = thread.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn accept<S, F>(listener: TcpListener, room: Arc<Semaphore>, service: F)
where
    F: Fn() -> S,
    S: Service<Request<Incoming>, Response = Response<Full<Bytes>>, Error = Infallible>,
    S: Send + 'static,
    S::Future: Send,
{
    loop {
        // Further connections wait in the queue of the system.
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors, most likely: not to be retried at once.
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        // Without it the end of an answer may wait for an acknowledgement.
        let _ = stream.set_nodelay(true);
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(IDLE_TIMEOUT)
            .serve_connection(TokioIo::new(stream), service());
        tokio::spawn(async move {
            // A client may close its connection at any time.
            let _ = connection.await;
            drop(permit);
        });
    }
}
