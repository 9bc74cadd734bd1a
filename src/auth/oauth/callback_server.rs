//! The end of a sign-in: a server on this machine that the browser comes back to, by GET
//! or by POST with a form.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::{Duration, Instant};

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{self, HeaderValue};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::http::loopback_server::{self, PATIENCE};
use crate::secret::Secret;

use super::callback_page::Page;
use super::redirect_uri::Listening;
use super::token_request::refused_with;

/// The server. It stops when this is dropped.
#[derive(Debug)]
pub(crate) struct Callback {
    /// The redirect address, for the service.
    address: String,
    waiting: Arc<Waiting>,
    arrivals: Receiver<Arrival>,
    sent: Receiver<()>,
    #[expect(dead_code, reason = "it stops when this is dropped")]
    server: loopback_server::Server,
}

/// The end of a sign-in.
#[derive(Debug)]
pub(crate) struct Answer {
    /// A code; or why there is none, as visible text.
    pub(crate) outcome: Result<Secret, String>,
    /// The browser that waits for a page, where one does.
    browser: Option<oneshot::Sender<Page>>,
}

/// An event during the wait for the end of a sign-in.
#[derive(Debug)]
pub(crate) enum Arrival {
    /// The browser, with the end of the sign-in.
    Browser(Answer),
    /// A line that a person entered; it may hold a code.
    Line(Secret),
}

/// The time for the browser to fetch the last page.
const LAST: Duration = Duration::from_secs(5);

/// The largest form, as long as an address can be.
const MOST: usize = 64 * 1024;

impl Callback {
    /// Waits at `listening` for the end of a sign-in with this `state` at `issuer`.
    ///
    /// # Errors
    /// Where no thread can be started.
    pub(crate) fn start(listening: Listening, state: String, issuer: String) -> io::Result<Self> {
        let (arrival, arrivals) = mpsc::channel();
        let (done, sent) = mpsc::channel();
        let is_taken = AtomicBool::new(false);
        let waiting = Arc::new(Waiting {
            path: listening.path,
            state: Secret::new(state),
            issuer,
            is_taken,
            arrival,
        });
        let visited = Arc::clone(&waiting);
        let service = move || {
            let waiting = Arc::clone(&visited);
            let visit = Visit { waiting, is_last: AtomicBool::new(false), done: done.clone() };
            let visit = Arc::new(visit);
            service_fn(move |request| {
                let visit = Arc::clone(&visit);
                async move { Ok::<_, Infallible>(visit.respond(request).await) }
            })
        };
        let server = loopback_server::Server::start("sign-in", listening.listeners, service)?;
        Ok(Self { address: listening.address, waiting, arrivals, sent, server })
    }

    /// The address that the browser is to come back to.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Takes the lines that a person enters.
    pub(crate) fn lines(&self) -> Sender<Arrival> {
        self.waiting.arrival.clone()
    }

    /// Waits until `deadline` for what comes next.
    pub(crate) fn next(&self, deadline: Option<Instant>) -> Option<Arrival> {
        let Some(deadline) = deadline else { return self.arrivals.recv().ok() };
        let left = deadline.saturating_duration_since(Instant::now());
        self.arrivals.recv_timeout(left).ok()
    }

    /// Reads the address that a browser came to at the end, or its query alone; returns
    /// nothing where it is not of this sign-in.
    pub(crate) fn pasted(&self, text: &str) -> Option<Answer> {
        let text = text.trim().trim_matches(['"', '\'', '<', '>']);
        let query = text.split_once('?').map_or(text, |(_, query)| query);
        let query = query.split('#').next().unwrap_or_default();
        let outcome = self.waiting.outcome(query)?;
        let is_first = !self.waiting.is_taken.swap(true, Ordering::SeqCst);
        is_first.then_some(Answer { outcome, browser: None })
    }

    /// Shows the browser the last page, and stops.
    pub(crate) fn end(self, answer: Answer, page: Page) {
        // A browser that has gone away needs none.
        if answer.browser.is_some_and(|browser| browser.send(page).is_ok()) {
            let _ = self.sent.recv_timeout(LAST);
        }
    }
}

/// The sign-in that is waited for, and where its end is reported.
#[derive(Debug)]
struct Waiting {
    path: String,
    state: Secret,
    issuer: String,
    is_taken: AtomicBool,
    arrival: Sender<Arrival>,
}

/// A connection.
struct Visit {
    waiting: Arc<Waiting>,
    /// Whether the last page goes to it.
    is_last: AtomicBool,
    done: Sender<()>,
}

/// The connection has ended, and so the last page was sent.
impl Drop for Visit {
    fn drop(&mut self) {
        if *self.is_last.get_mut() {
            let _ = self.done.send(());
        }
    }
}

impl Visit {
    async fn respond(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let waiting = &self.waiting;
        if request.uri().path() != waiting.path {
            return response(Page::nothing_here(404));
        }
        let pairs = match *request.method() {
            Method::GET => request.uri().query().unwrap_or_default().to_owned(),
            Method::POST => match form(request).await {
                Ok(pairs) => pairs,
                Err(status) => return response(Page::nothing_here(status)),
            },
            _ => return response(Page::nothing_here(405)),
        };
        let Some(outcome) = waiting.outcome(&pairs) else { return response(Page::not_this_one()) };
        // A page that is loaded again brings the same code, which is good for once.
        if waiting.is_taken.swap(true, Ordering::SeqCst) {
            return response(Page::not_this_one());
        }
        let (browser, page) = oneshot::channel();
        let answer = Answer { outcome, browser: Some(browser) };
        let is_waited_for = waiting.arrival.send(Arrival::Browser(answer)).is_ok();
        self.is_last.store(true, Ordering::SeqCst);
        match page.await {
            Ok(page) if is_waited_for => response(page),
            _ => response(Page::not_this_one()),
        }
    }
}

/// Reads the form that `request` posts.
///
/// # Errors
/// The status that says why it was not read.
async fn form(request: Request<Incoming>) -> Result<String, u16> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default();
    if !kind.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(415);
    }
    let body = Limited::new(request.into_body(), MOST).collect();
    let body = timeout(PATIENCE, body).await.map_err(|_| 408_u16)?.map_err(|_| 413_u16)?;
    Ok(String::from_utf8_lossy(&body.to_bytes()).into_owned())
}

impl Waiting {
    /// Returns what the `pairs` of a query or a form bring, where they belong to this
    /// sign-in.
    fn outcome(&self, pairs: &str) -> Option<Result<Secret, String>> {
        let pairs: Vec<_> = url::form_urlencoded::parse(pairs.as_bytes()).collect();
        let all = |name: &str| {
            let mut values = pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value);
            let first = values.next().map(ToString::to_string);
            // A repeated value may have been added by somebody else.
            (first, values.next().is_some())
        };
        let ((state, two), (issuer, two_issuers)) = (all("state"), all("iss"));
        let is_own =
            state? == self.state.expose() && issuer.is_none_or(|issuer| issuer == self.issuer);
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
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_state_counts() {
        let (arrival, _arrivals) = mpsc::channel();
        let waiting = Waiting {
            path: "/".to_owned(),
            state: Secret::new("right".to_owned()),
            issuer: "https://sod.superoffice.com".to_owned(),
            is_taken: AtomicBool::new(false),
            arrival,
        };
        let outcome = |query: &str| match waiting.outcome(query) {
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
            assert_eq!(outcome(query), expected, "{query}");
        }
    }
}
