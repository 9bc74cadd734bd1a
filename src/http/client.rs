//! The one HTTP call, and its repetitions where they were asked for.

use std::io::Read as _;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use reqwest::blocking::{Client, ClientBuilder};
use reqwest::header::{ACCEPT_ENCODING, HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use rustls::ClientConfig;

use crate::deadline::Deadline;
use crate::error::{Error, Kind, Result};
use crate::escape;
use crate::secret::{Mask, Secret};

use super::address::{self, Address};
use super::auth_challenge;
use super::connection_log::{ConnectionLog, Resolver};
use super::content_coding::{self, Codings};
use super::error::transport::{self, Call, Failure};
use super::proxy::{Login, Proxy, Route};
use super::proxy_challenge;
use super::request::Request;
use super::retry::{self, Attempt};
use super::tls::{self, Tls};
use super::trace::Trace;
use crate::api::body::Body;
use crate::api::query::{Header, Query};
use crate::api::reader::{self, Fault, Pieces};

/// How long and how much the call may take.
#[derive(Clone, Copy, Debug, Default)]
pub struct Limits {
    /// For the connection with its TLS handshake.
    pub connect: Option<Duration>,
    /// For silence while waiting or reading.
    pub read: Option<Duration>,
    /// For everything.
    pub total: Option<Duration>,
    /// When `total` began, where that was before the call.
    pub since: Option<Instant>,
    /// For the answer, after decompression, in bytes.
    pub max_bytes: u64,
    /// Whether `max_bytes` is the program's own limit, which no option raises.
    pub is_fixed: bool,
}

impl Limits {
    /// The deadline of the whole command.
    #[must_use]
    pub fn deadline(&self) -> Deadline {
        Deadline::new(self.since.unwrap_or_else(Instant::now), self.total)
    }

    /// What is left of `total`; all of it where it has not begun.
    #[must_use]
    pub fn left(&self) -> Option<Duration> {
        let passed = self.since.map_or(Duration::ZERO, |since| since.elapsed());
        self.total.map(|total| total.saturating_sub(passed))
    }
}

/// How the server is reached, and within what limits.
#[derive(Clone, Debug, Default)]
pub struct Connection {
    /// Time and size limits.
    pub limits: Limits,
    /// How often a call that failed for a passing reason is repeated.
    pub retries: u32,
    /// Straight, or through a proxy.
    pub route: Route,
    /// Whom TLS trusts, and as whom it signs in.
    pub tls: Tls,
    /// Who wants to know how it came about.
    pub witness: Option<Arc<ConnectionLog>>,
}

impl Connection {
    /// Takes `secrets` and those of the proxy out of text.
    #[must_use]
    pub fn mask(&self, secrets: impl IntoIterator<Item = Secret>) -> Mask {
        let login = self.route.proxy.as_ref().and_then(|proxy| proxy.login.as_ref());
        Mask::new(secrets.into_iter().chain(login.into_iter().flat_map(Login::secrets)))
    }
}

/// An answer that arrived whole.
#[derive(Debug)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// `Content-Type`, as sent.
    pub content_type: Option<String>,
    /// `Location`, as sent.
    pub location: Option<String>,
    /// The wait that `Retry-After` asks for.
    pub retry_after: Option<Duration>,
    /// The time of the answer by the server's clock, or by this machine's where it has none.
    pub time: SystemTime,
    /// `SO-TimeZone`, as sent: the zone of the dates, where the request named none.
    pub time_zone: Option<String>,
    /// The authentication schemes that a 401 or a 407 offers.
    pub schemes: Vec<String>,
    /// The body, decoded.
    pub body: Body,
    /// The reason why the body of an answer other than 200 was left out.
    pub unread: Option<String>,
}

/// The longest time that a proxy is asked which schemes it offers.
const LONGEST_QUESTION: Duration = Duration::from_secs(5);

/// Of an answer that is not 200, this much of the body is read for its words.
const FAILURE_BYTES: u64 = 64 * 1024;

/// Sends `request` once, and again as often as it may be repeated, and reads the
/// answer whole. Redirects are not followed. `pieces` gets the body of a 200 while it
/// arrives; once that has begun nothing is repeated.
///
/// # Errors
/// Of [`Kind::Network`] for everything between here and the last byte of the
/// answer, of [`Kind::Answer`] where it is larger than allowed.
pub fn send(request: &Query, watch: &mut Trace<'_>, pieces: Pieces<'_>) -> Result<Response> {
    send_message(&request.message(), &request.address, &request.connection, watch, pieces)
}

/// The same for any request; `address` is the one that it is told by.
///
/// # Errors
/// As [`send`].
pub fn send_message(
    message: &Request,
    address: &Address,
    connection: &Connection,
    watch: &mut Trace<'_>,
    pieces: Pieces<'_>,
) -> Result<Response> {
    let call = Call { address, connection, start: Instant::now() };
    let line = Line::new(message, call)?;
    let mut tries = Attempt::new(connection.retries);
    let (client, answer) = loop {
        let outcome = line.call_once(message, watch);
        let (cause, asked) = match &outcome {
            Ok((_, answer)) if !retry::is_passing(answer.status().as_u16()) => break outcome,
            Ok((_, answer)) => (format!("HTTP {}", answer.status().as_u16()), asked(answer, watch)),
            Err(failure) if !failure.is_passing => break outcome,
            Err(failure) => (failure.error.to_string(), None),
        };
        let Some(wait) = tries.next_wait(asked) else { break outcome };
        if !line.has_time_for(wait) {
            watch.gives_up(wait);
            break outcome;
        }
        // Closes the connection: nothing is held open meanwhile.
        drop(outcome);
        watch.waits(wait, &cause, &tries);
    }
    .map_err(|failure| failure.error)?;
    let response = line.read(answer, message, watch, pieces)?;
    // Waiting for its thread to end would take a tenth of a small call; the process
    // ends soon enough.
    std::mem::forget(client);
    Ok(response)
}

/// All that the tries of a call have in common.
struct Line<'a> {
    call: Call<'a>,
    tls: ClientConfig,
    proxy: Option<reqwest::Proxy>,
    headers: HeaderMap,
}

impl<'a> Line<'a> {
    fn new(message: &Request, call: Call<'a>) -> Result<Self> {
        let connection = call.connection;
        // An address that was typed has been checked; one that a service gave has not.
        address::check_sendable(&message.url).map_err(|why| {
            let place = call.address.host_and_port();
            Error::new(Kind::Answer, format!("the address of {place} cannot be used: {why}"))
                .hint("a service gave it; with --url the right one can be given")
        })?;
        let proxy = connection.route.proxy.as_ref();
        let mut headers = header_map(&message.headers)?;
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(content_coding::ACCEPTED));
        Ok(Self {
            call,
            tls: tls::config(call.address, proxy, &connection.tls, connection.witness.as_ref())?,
            proxy: proxy.map(Proxy::for_client).transpose()?,
            headers,
        })
    }

    /// What is left of the whole command's limit.
    fn time_left(&self) -> Option<Duration> {
        let total = self.call.connection.limits.total?;
        Some(total.saturating_sub(self.call.begun().elapsed()))
    }

    fn has_time_for(&self, wait: Duration) -> bool {
        self.time_left().is_none_or(|left| wait < left)
    }

    /// Sends the request and gets as far as the answer's headers.
    fn call_once(
        &self,
        message: &Request,
        watch: &mut Trace<'_>,
    ) -> std::result::Result<(Client, reqwest::blocking::Response), Failure> {
        let start = Instant::now();
        let client = self.client()?;
        let witness = self.call.connection.witness.as_deref();
        if let Some(witness) = witness {
            witness.begin(self.call.address.host_and_port());
        }
        watch.request(message, self.call.connection);
        let mut builder = client.request(message.method.clone(), message.url.clone());
        builder = builder.headers(self.headers.clone());
        if !message.body.is_empty() {
            builder = builder.body(message.body.clone());
        }
        let sent = builder.send();
        let answer = match sent {
            Ok(answer) => answer,
            Err(error) => {
                // Its thread ends no sooner than a name look-up that it has begun, which
                // may take longer than any limit.
                std::mem::forget(client);
                if let Some(witness) = witness {
                    witness.failed(&error);
                }
                let ask = |proxy: &Proxy| self.offered_by(proxy, watch);
                return Err(self.call.no_answer(&error, ask));
            }
        };
        if let Some(witness) = witness {
            witness.answered(answer.remote_addr(), |name| text(&answer, name));
        }
        watch.answer(&answer, message, start);
        Ok((client, answer))
    }

    /// Returns the authentication schemes that `proxy` offers for the way to the server.
    fn offered_by(&self, proxy: &Proxy, watch: &mut Trace<'_>) -> Vec<String> {
        if proxy.is_socks() {
            return Vec::new();
        }
        let url = self.call.address.url();
        let host = url.host_str().unwrap_or_default();
        let server = format!("{host}:{}", url.port_or_known_default().unwrap_or_default());
        let connect = self.call.connection.limits.connect.unwrap_or(LONGEST_QUESTION);
        let limit = self.time_left().map_or(connect, |left| left.min(connect));
        let mask = self.call.connection.mask([]);
        let offered =
            proxy_challenge::ask(proxy, &server, &self.tls, limit.min(LONGEST_QUESTION), &mask);
        if !offered.is_empty() {
            let (place, offered) = (proxy.host_and_port(), auth_challenge::words(&offered));
            watch.trace(&format!("* the proxy {place} offers {offered}"));
        }
        offered
    }

    /// A client for one call.
    fn client(&self) -> Result<Client> {
        let limits = &self.call.connection.limits;
        // The whole command's limit holds while the body trickles in, so it has to be
        // the inner client's; the blocking one's own is for each wait and read.
        let mut builder = reqwest::ClientBuilder::new().redirect(Policy::none()).referer(false);
        if let Some(limit) = limits.connect {
            builder = builder.connect_timeout(limit);
        }
        if let Some(limit) = self.time_left() {
            builder = builder.timeout(limit);
        }
        // Which proxy there is was settled before; the client looks for none.
        builder = builder.tls_backend_preconfigured(self.tls.clone()).no_proxy();
        if let Some(proxy) = self.proxy.clone() {
            builder = builder.proxy(proxy);
        }
        if let Some(witness) = self.call.connection.witness.clone() {
            builder = builder.dns_resolver(Resolver(witness));
        }
        ClientBuilder::from(builder)
            .timeout(limits.read)
            .build()
            .map_err(|error| self.call.not_set_up(&error))
    }

    /// Reads and decodes the answer's body. An answer other than 200 is read without
    /// errors: a broken body must not hide the status.
    fn read(
        &self,
        answer: reqwest::blocking::Response,
        message: &Request,
        watch: &mut Trace<'_>,
        pieces: Pieces<'_>,
    ) -> Result<Response> {
        let status = answer.status().as_u16();
        let header = |name| text(&answer, name);
        let (content_type, location) = (header("content-type"), header("location"));
        let (retry_after, time_zone) = (asked(&answer, watch), header("so-timezone"));
        let name = if status == 407 { auth_challenge::OF_PROXY } else { auth_challenge::OF_SERVER };
        let offered = answer.headers().get_all(name).iter().map(HeaderValue::as_bytes);
        let schemes = auth_challenge::schemes(offered, &message.mask);
        let date = header("date").and_then(|date| httpdate::parse_http_date(date.trim()).ok());
        let time = date.unwrap_or_else(|| (watch.now)());
        let codings = Codings::from_headers(answer.headers());
        let limit = self.call.connection.limits.max_bytes;
        let (body, unread) = match codings {
            Ok(codings) if status == 200 => {
                // The length of a coded answer is not that of its text.
                let length = answer.content_length().filter(|_| codings.is_identity());
                let body = codings.decode(answer, limit).map_err(Fault::Stream);
                let body = body.and_then(|mut body| reader::read(&mut body, length, limit, pieces));
                (body.map_err(|fault| self.call.unread(&fault))?, None)
            }
            Err(unsupported) if status == 200 => {
                return Err(transport::unsupported_coding(&unsupported, &message.mask));
            }
            Ok(codings) => match read_failure(&codings, answer) {
                Some(text) => (Body::from(text), None),
                None => (Body::from(vec![]), Some("its compression is damaged".to_owned())),
            },
            Err(unsupported) => {
                let coding = transport::describe_coding(&unsupported, &message.mask);
                (Body::from(vec![]), Some(format!("it has {coding}")))
            }
        };
        watch.body(body.len(), self.call.start);
        Ok(Response {
            status,
            content_type,
            location,
            retry_after,
            time,
            time_zone,
            schemes,
            body,
            unread,
        })
    }
}

/// Reads the beginning of the body of a failure; `None` where it cannot be decoded. Text
/// that was cut off on its way is still text.
fn read_failure(codings: &Codings, answer: reqwest::blocking::Response) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    let read = codings
        .decode(answer, FAILURE_BYTES)
        .and_then(|body| body.take(FAILURE_BYTES).read_to_end(&mut text));
    match read {
        Err(error) if transport::transport_error(&error).is_none() => None,
        _ => Some(text),
    }
}

/// The value of the header `name`.
fn text(answer: &reqwest::blocking::Response, name: &str) -> Option<String> {
    let value = answer.headers().get(name)?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// How long the server asks to be left alone.
fn asked(answer: &reqwest::blocking::Response, watch: &Trace<'_>) -> Option<Duration> {
    let date = text(answer, "date");
    retry::asked_wait(&text(answer, "retry-after")?, date.as_deref(), (watch.now)())
}

fn header_map(headers: &[Header]) -> Result<HeaderMap> {
    let mut map = HeaderMap::new();
    for header in headers {
        let name = HeaderName::from_bytes(header.name.as_bytes()).map_err(|_| {
            let name = escape::excerpt(&header.name, 60);
            Error::usage(format!("'{name}' is not the name of a header"))
        })?;
        let value = header.wire_value();
        let mut value = HeaderValue::from_bytes(value.expose().as_bytes())
            .map_err(|_| Error::usage(format!("the value of {name} holds a control character")))?;
        value.set_sensitive(header.held().is_some());
        map.append(name, value);
    }
    Ok(map)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::credential::{Credential, ResolvedSecret};
    use crate::api::query::{Accept, Header, Locale};
    use crate::http::address::Address;
    use crate::secret::Secret;

    #[test]
    fn each_header_with_a_secret_is_marked() {
        let held = || ResolvedSecret {
            value: Secret::new("canary".to_owned()),
            origin: "test".to_owned(),
            variable: "V".to_owned(),
            export: None,
        };
        let request = Query {
            address: Address::parse("https://crm.example.com", "--url").expect("an address"),
            select: None,
            ids: Vec::new(),
            accept: Accept::Json,
            locale: Locale { language: "en".to_owned(), ..Locale::default() },
            credential: Some(Credential::Xsrf { token: held(), cookie: held() }),
            app_token: Some(held()),
            extra: vec![Header::secret("X-Gateway", "", held()), Header::plain("X-Trace", "1")],
            connection: Connection::default(),
        };
        let map = header_map(&request.headers()).expect("headers");
        let mut marked: Vec<&str> = map
            .iter()
            .filter(|(_, value)| value.is_sensitive())
            .map(|(name, _)| name.as_str())
            .collect();
        marked.sort_unstable();
        assert_eq!(marked, ["cookie", "so-apptoken", "x-gateway", "x-xsrf-token"]);
        assert!(!format!("{map:?}").contains("canary"));
    }
}
