//! The callback server: the browser returns to it at the end of a sign-in, by GET or by POST
//! with a form.

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

use crate::http::loopback_server::{self, IDLE_TIMEOUT};
use crate::secret::Secret;

use super::callback_page::CallbackPage;
use super::redirect_uri::BoundRedirect;
use super::token_response::error_text;

/// A running server, which stops on drop.
#[derive(Debug)]
pub(crate) struct CallbackServer {
    /// The redirect address with its port.
    address: String,
    sign_in: Arc<PendingSignIn>,
    events: Receiver<CallbackEvent>,
    last_page_sent: Receiver<()>,
    #[expect(dead_code, reason = "the server stops on drop")]
    server: loopback_server::Server,
}

/// The authorization response (RFC 6749, section 4.1.2).
#[derive(Debug)]
pub(crate) struct AuthorizationResponse {
    /// The code, or the error as visible text.
    pub(crate) code: Result<Secret, String>,
    /// The browser that waits for a page; `None` for a pasted address.
    browser: Option<oneshot::Sender<CallbackPage>>,
}

/// An event during the wait for the end of a sign-in.
#[derive(Debug)]
pub(crate) enum CallbackEvent {
    Browser(AuthorizationResponse),
    /// A line that a person entered; it may hold a code.
    Line(Secret),
}

/// The time for the browser to fetch the last page.
const LAST_PAGE_TIMEOUT: Duration = Duration::from_secs(5);

/// The largest form, as long as an address can be.
const MAX_FORM_BYTES: usize = 64 * 1024;

impl CallbackServer {
    /// Starts a server at `redirect` for the end of a sign-in with this `state` at `issuer`.
    ///
    /// # Errors
    /// If no thread can be started.
    pub(crate) fn start(
        redirect: BoundRedirect,
        state: String,
        issuer: String,
    ) -> io::Result<Self> {
        let (sender, events) = mpsc::channel();
        let (done, last_page_sent) = mpsc::channel();
        let sign_in = Arc::new(PendingSignIn {
            path: redirect.path,
            state: Secret::new(state),
            issuer,
            is_finished: AtomicBool::new(false),
            events: sender,
        });
        let shared = Arc::clone(&sign_in);
        let service = move || {
            let connection = Arc::new(Connection {
                sign_in: Arc::clone(&shared),
                is_last: AtomicBool::new(false),
                done: done.clone(),
            });
            service_fn(move |request| {
                let connection = Arc::clone(&connection);
                async move { Ok::<_, Infallible>(connection.respond(request).await) }
            })
        };
        let server = loopback_server::Server::start("sign-in", redirect.listeners, service)?;
        Ok(Self { address: redirect.address, sign_in, events, last_page_sent, server })
    }

    /// Returns the redirect address for the browser.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Returns the sender for lines that a person enters.
    pub(crate) fn lines(&self) -> Sender<CallbackEvent> {
        self.sign_in.events.clone()
    }

    /// Waits until `deadline` for the next event.
    pub(crate) fn next(&self, deadline: Option<Instant>) -> Option<CallbackEvent> {
        let Some(deadline) = deadline else { return self.events.recv().ok() };
        let left = deadline.saturating_duration_since(Instant::now());
        self.events.recv_timeout(left).ok()
    }

    /// Parses the address that a browser ended at, or its query alone. `None` if it belongs to
    /// another sign-in.
    pub(crate) fn parse_pasted(&self, text: &str) -> Option<AuthorizationResponse> {
        let text = text.trim().trim_matches(['"', '\'', '<', '>']);
        let query = text.split_once('?').map_or(text, |(_, query)| query);
        let query = query.split('#').next().unwrap_or_default();
        let code = self.sign_in.parse_response(query)?;
        let is_first = !self.sign_in.is_finished.swap(true, Ordering::SeqCst);
        is_first.then_some(AuthorizationResponse { code, browser: None })
    }

    /// Sends the browser its last page, and stops.
    pub(crate) fn end(self, response: AuthorizationResponse, page: CallbackPage) {
        if response.browser.is_some_and(|browser| browser.send(page).is_ok()) {
            let _ = self.last_page_sent.recv_timeout(LAST_PAGE_TIMEOUT);
        }
    }
}

/// The pending sign-in.
#[derive(Debug)]
struct PendingSignIn {
    path: String,
    state: Secret,
    issuer: String,
    /// True once a response has come. A page that is loaded again brings the same code, which
    /// is valid once.
    is_finished: AtomicBool,
    events: Sender<CallbackEvent>,
}

/// A connection of a browser.
struct Connection {
    sign_in: Arc<PendingSignIn>,
    /// True if the last page is sent to it.
    is_last: AtomicBool,
    done: Sender<()>,
}

/// Reports the end of the connection: the last page was sent by then.
impl Drop for Connection {
    fn drop(&mut self) {
        if *self.is_last.get_mut() {
            let _ = self.done.send(());
        }
    }
}

impl Connection {
    async fn respond(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let sign_in = &self.sign_in;
        if request.uri().path() != sign_in.path {
            return response(CallbackPage::not_found(404));
        }
        let pairs = match *request.method() {
            Method::GET => request.uri().query().unwrap_or_default().to_owned(),
            Method::POST => match form(request).await {
                Ok(pairs) => pairs,
                Err(status) => return response(CallbackPage::not_found(status)),
            },
            _ => return response(CallbackPage::not_found(405)),
        };
        let code = sign_in.parse_response(&pairs);
        let Some(code) = code.filter(|_| !sign_in.is_finished.swap(true, Ordering::SeqCst)) else {
            return response(CallbackPage::other_sign_in());
        };
        let (browser, page) = oneshot::channel();
        let event = CallbackEvent::Browser(AuthorizationResponse { code, browser: Some(browser) });
        let is_expected = sign_in.events.send(event).is_ok();
        self.is_last.store(true, Ordering::SeqCst);
        match page.await {
            Ok(page) if is_expected => response(page),
            _ => response(CallbackPage::other_sign_in()),
        }
    }
}

/// Reads the form that `request` posts.
///
/// # Errors
/// The status of the answer.
async fn form(request: Request<Incoming>) -> Result<String, u16> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default();
    if !kind.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(415);
    }
    let body = Limited::new(request.into_body(), MAX_FORM_BYTES).collect();
    let body = timeout(IDLE_TIMEOUT, body).await.map_err(|_| 408_u16)?.map_err(|_| 413_u16)?;
    Ok(String::from_utf8_lossy(&body.to_bytes()).into_owned())
}

impl PendingSignIn {
    /// Parses the `pairs` of a query or a form; `None` if they belong to another sign-in.
    fn parse_response(&self, pairs: &str) -> Option<Result<Secret, String>> {
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
                Some(Err(error_text(&error, all("error_description").0.as_deref())))
            }
            (None, (Some(code), false)) if !code.is_empty() => Some(Ok(Secret::new(code))),
            _ => None,
        }
    }
}

fn response(page: CallbackPage) -> Response<Full<Bytes>> {
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
    fn response_with_another_state_is_ignored() {
        let (sender, _events) = mpsc::channel();
        let sign_in = PendingSignIn {
            path: "/".to_owned(),
            state: Secret::new("right".to_owned()),
            issuer: "https://sod.superoffice.com".to_owned(),
            is_finished: AtomicBool::new(false),
            events: sender,
        };
        let outcome = |query: &str| match sign_in.parse_response(query) {
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
