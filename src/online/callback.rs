//! Where the browser comes back to: a server on this machine that waits for the end of
//! one sign-in.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::sync::oneshot;
use tokio::task::AbortHandle;

use crate::secret::Secret;

use super::page::Page;
use super::tokens::refused_with;

/// The server. It stops when this is dropped.
#[derive(Debug)]
pub struct Callback {
    address: SocketAddr,
    answers: Receiver<Answer>,
    sent: Receiver<()>,
    accepting: AbortHandle,
    thread: Option<JoinHandle<()>>,
}

/// What the browser came back with. It waits for a page.
#[derive(Debug)]
pub struct Answer {
    /// A code; or why there is none, as visible text.
    pub outcome: Result<Secret, String>,
    reply: oneshot::Sender<Page>,
}

/// The path that is registered with the service.
const PATH: &str = "/callback";

/// For the browser to fetch the last page.
const LAST: Duration = Duration::from_secs(5);

impl Callback {
    /// Listens on a free port for a sign-in with this `state`.
    ///
    /// # Errors
    /// Where there is no port to be had.
    pub fn start(state: String, issuer: String) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = Builder::new_current_thread().enable_io().enable_time().build()?;
        let listener = {
            let _inside = runtime.enter();
            TcpListener::from_std(listener)?
        };
        let (answer, answers) = mpsc::channel();
        let (done, sent) = mpsc::channel();
        let waiting = Arc::new(Waiting { state, issuer, is_taken: AtomicBool::new(false), answer });
        let task = runtime.spawn(accept(listener, waiting, done));
        let accepting = task.abort_handle();
        let thread = std::thread::Builder::new()
            .name("sign-in".to_owned())
            .spawn(move || drop(runtime.block_on(task)))?;
        Ok(Self { address, answers, sent, accepting, thread: Some(thread) })
    }

    /// Where the browser is to come back to.
    #[must_use]
    pub fn address(&self) -> String {
        format!("http://{}{PATH}", self.address)
    }

    /// Waits for the browser; gives nothing where it does not come within `limit`.
    #[must_use]
    pub fn wait(&self, limit: Option<Duration>) -> Option<Answer> {
        match limit {
            Some(limit) => self.answers.recv_timeout(limit).ok(),
            None => self.answers.recv().ok(),
        }
    }

    /// Shows the browser the last page, and stops.
    pub fn end(self, answer: Answer, page: Page) {
        // A browser that has gone away needs none.
        if answer.reply.send(page).is_ok() {
            let _ = self.sent.recv_timeout(LAST);
        }
    }
}

impl Drop for Callback {
    fn drop(&mut self) {
        self.accepting.abort();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// What is waited for.
struct Waiting {
    state: String,
    issuer: String,
    is_taken: AtomicBool,
    answer: Sender<Answer>,
}

async fn accept(listener: TcpListener, waiting: Arc<Waiting>, done: Sender<()>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors, most likely: not to be retried at once.
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        let (waiting, done) = (Arc::clone(&waiting), done.clone());
        tokio::spawn(async move {
            let is_last = Arc::new(AtomicBool::new(false));
            let last = Arc::clone(&is_last);
            let service = service_fn(move |request| {
                let (waiting, last) = (Arc::clone(&waiting), Arc::clone(&last));
                async move { Ok::<_, Infallible>(respond(request, &waiting, &last).await) }
            });
            // A browser that breaks off is its own affair.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
            if is_last.load(Ordering::SeqCst) {
                let _ = done.send(());
            }
        });
    }
}

async fn respond(
    request: Request<Incoming>,
    waiting: &Waiting,
    is_last: &AtomicBool,
) -> Response<Full<Bytes>> {
    if request.uri().path() != PATH {
        return response(Page::nothing_here(404));
    }
    if request.method() != Method::GET {
        return response(Page::nothing_here(405));
    }
    let query = request.uri().query().unwrap_or_default();
    let Some(outcome) = waiting.outcome(query) else { return response(Page::not_this_one()) };
    // A page that is loaded anew brings the same code, which is good for once.
    if waiting.is_taken.swap(true, Ordering::SeqCst) {
        return response(Page::not_this_one());
    }
    let (reply, page) = oneshot::channel();
    let is_waited_for = waiting.answer.send(Answer { outcome, reply }).is_ok();
    is_last.store(true, Ordering::SeqCst);
    match page.await {
        Ok(page) if is_waited_for => response(page),
        _ => response(Page::not_this_one()),
    }
}

impl Waiting {
    /// What `query` brings, where it belongs to this sign-in.
    fn outcome(&self, query: &str) -> Option<Result<Secret, String>> {
        let pairs: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).collect();
        let all = |name: &str| {
            let mut values = pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value);
            let first = values.next().map(ToString::to_string);
            // What is said twice is said by two.
            (first, values.next().is_some())
        };
        let ((state, two), (issuer, two_issuers)) = (all("state"), all("iss"));
        let is_own = state? == self.state && issuer.is_none_or(|issuer| issuer == self.issuer);
        if !is_own || two || two_issuers {
            return None;
        }
        match (all("error").0, all("code")) {
            (Some(error), _) => {
                Some(Err(refused_with(&error, all("error_description").0.as_ref())))
            }
            (None, (Some(code), false)) if !code.is_empty() => Some(Ok(Secret::new(code))),
            _ => None,
        }
    }
}

fn response(page: Page) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(page.html));
    *response.status_mut() = StatusCode::from_u16(page.status).unwrap_or(StatusCode::BAD_REQUEST);
    let policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; \
        form-action 'none'; frame-ancestors 'none'";
    for (name, value) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONNECTION, "close"),
    ] {
        response.headers_mut().insert(name, header::HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_state_counts() {
        let (answer, _answers) = mpsc::channel();
        let waiting = Waiting {
            state: "right".to_owned(),
            issuer: "https://sod.superoffice.com".to_owned(),
            is_taken: AtomicBool::new(false),
            answer,
        };
        let told = |query: &str| match waiting.outcome(query) {
            None => "another".to_owned(),
            Some(Ok(code)) => format!("code {}", code.expose()),
            Some(Err(words)) => format!("refused {words}"),
        };
        for (query, expected) in [
            ("state=right&code=c", "code c"),
            ("code=c%2B1&state=right&iss=https://sod.superoffice.com", "code c+1"),
            ("state=wrong&code=c", "another"),
            ("state=&code=c", "another"),
            ("code=c", "another"),
            ("state=right&state=right&code=c", "another"),
            ("state=right&code=c&code=d", "another"),
            ("state=right&code=", "another"),
            ("state=right", "another"),
            ("", "another"),
            ("state=right&code=c&iss=https://evil.example", "another"),
            ("state=wrong&error=access_denied", "another"),
            ("state=right&error=access_denied", "refused access_denied"),
            (
                "state=right&error=access_denied&error_description=No%0Away%1b",
                "refused access_denied: No\\nway\\x1b",
            ),
        ] {
            assert_eq!(told(query), expected, "{query}");
        }
    }
}
