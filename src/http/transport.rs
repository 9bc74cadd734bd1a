//! The transport: sends one request, with the retries that were asked for.

use std::thread;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use reqwest::Method;
use reqwest::blocking::{self, Client};
use reqwest::header::HeaderMap;

use crate::clock::Clock;
use crate::deadline::Deadline;
use crate::error::{Error, Result};
use crate::secret::mask::Mask;

use super::address;
use super::auth_challenge;
use super::body::Body;
use super::connection::call_group::{CallGroup, SharedClient};
use super::connection::connector::{self, Alarm, Connector};
use super::connection::log::Connection;
use super::content_coding;
use super::error::{RequestContext, Stage, TransportError};
use super::event::{Event, Listener};
use super::network::Network;
use super::proxy::{Login, Proxy};
use super::request::Request;
use super::response::{Response, header};
use super::retry::{self, Backoff};

/// The network, the clock and the listener that all requests of a command share.
pub(crate) struct Transport<'t> {
    pub(crate) network: &'t Network,
    pub(crate) clock: Clock,
    /// The deadline of the whole command.
    pub(crate) deadline: Deadline,
    listener: Listener<'t>,
    alarm: Option<Alarm>,
}

/// The longest time for the question which schemes a proxy offers.
const MAX_CHALLENGE_TIME: Duration = Duration::from_secs(5);

impl<'t> Transport<'t> {
    pub(crate) fn new(
        network: &'t Network,
        clock: Clock,
        listener: Listener<'t>,
        alarm: Option<Alarm>,
    ) -> Self {
        Self { network, clock, deadline: network.limits.deadline(), listener, alarm }
    }

    /// Returns the time.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Adds a line with `text` to the trace of `-v`.
    pub(crate) fn note(&self, text: &str) {
        (self.listener)(&Event::Note(text));
    }

    /// Reports that the call waits for `subject`, which is no server.
    pub(crate) fn waiting(&self, subject: &str) {
        (self.listener)(&Event::Waiting { subject });
    }

    /// Reports a problem that does not end the call.
    pub(crate) fn warn(&self, message: &str, hint: &str) {
        (self.listener)(&Event::Warning { message, hint });
    }

    /// Sends `request` as [`Transport::send`] does, and reads the body of the answer.
    ///
    /// # Errors
    /// As [`Transport::send`], and for a body that is too large or does not arrive whole.
    pub(crate) fn fetch(&self, request: &Request) -> Result<Response<Vec<u8>>> {
        self.send(request)?.read_all()
    }

    /// Sends `request`, and again as often as the retries allow while it fails for a reason
    /// that may pass. Redirects are not followed.
    ///
    /// # Errors
    /// A [`Kind::Network`](crate::error::Kind::Network) error if no answer comes.
    pub(crate) fn send(&self, request: &Request) -> Result<Response<Body<'t>>> {
        self.send_in(request, None)
    }

    /// Sends `request` as [`Transport::send`] does, as a call of `group`, if there is one.
    ///
    /// # Errors
    /// As [`Transport::send`].
    pub(super) fn send_in(
        &self,
        request: &Request,
        group: Option<&'t CallGroup>,
    ) -> Result<Response<Body<'t>>> {
        let attempt = Attempt::new(self, request, group)?;
        let mut backoff = Backoff::new(self.network.retries);
        let (client, response) = loop {
            if let Some(group) = group {
                group.wait(self.listener);
            }
            let outcome = attempt.run();
            let (cause, requested) = match &outcome {
                Ok((_, response)) => {
                    let status = response.status().as_u16();
                    if !retry::is_retryable(status) {
                        break outcome;
                    }
                    (format!("HTTP {status}"), self.retry_after(response.headers()))
                }
                Err(error) if !error.is_retryable => break outcome,
                Err(error) => (error.error.to_string(), None),
            };
            let Some(mut wait) = backoff.next_wait(requested) else { break outcome };
            if let (Some(group), Some(_)) = (group, requested) {
                // The server wants a pause of all calls.
                group.pause(wait);
                wait += retry::jitter();
            }
            // The server still refuses a call before the time that it asks for.
            let needed = requested.map_or(wait, |requested| requested.max(wait));
            if self.deadline.remaining().is_some_and(|left| needed >= left) {
                (self.listener)(&Event::NotRetrying { wait: needed });
                break outcome;
            }
            // Closes the connection: none is kept open during the wait.
            drop(outcome);
            let (number, of) = backoff.position();
            (self.listener)(&Event::Retrying { wait, cause: &cause, number, of });
            thread::sleep(wait);
        }
        .map_err(|error| error.error)?;
        if group.is_none() {
            // Waiting for the end of its thread would take a tenth of a small call. Of many
            // calls, each might leave such a thread.
            std::mem::forget(client);
        }
        attempt.into_response(response)
    }

    /// Returns the time of an answer by the server's clock, or by this machine's if it names
    /// none.
    fn server_time(&self, headers: &HeaderMap) -> DateTime<Utc> {
        let date = header(headers, "date");
        let date = date.and_then(|date| httpdate::parse_http_date(date.trim()).ok());
        date.map_or_else(|| self.now(), DateTime::from)
    }

    /// Returns the wait that `Retry-After` asks for.
    fn retry_after(&self, headers: &HeaderMap) -> Option<Duration> {
        let time = self.server_time(headers);
        retry::requested_wait(&header(headers, "retry-after")?, time.into())
    }
}

/// A request on its way: all that its attempts have in common.
struct Attempt<'a, 't> {
    transport: &'a Transport<'t>,
    request: &'a Request,
    context: RequestContext<'t>,
    headers: HeaderMap,
    connector: Connector,
    /// The calls that it is one of, with their client.
    shared: Option<(&'t CallGroup, SharedClient)>,
    mask: Mask,
    start: Instant,
}

impl<'a, 't> Attempt<'a, 't> {
    fn new(
        transport: &'a Transport<'t>,
        request: &'a Request,
        group: Option<&'t CallGroup>,
    ) -> Result<Self> {
        let address = request.address();
        // An address that was typed has been checked; one that a service gave has not.
        address::check_sendable(&request.url).map_err(|why| {
            let place = address.host_and_port();
            Error::answer(format!("the address of {place} cannot be used: {why}"))
                .hint("a service gave it; with --url the right one can be given")
        })?;
        let network = transport.network;
        let route = network.proxies.route(&address)?;
        let login = route.proxy.as_ref().and_then(|proxy| proxy.login.as_ref());
        let of_proxy = login.into_iter().flat_map(Login::secrets);
        let mask = Mask::new(request.secrets().into_iter().chain(of_proxy));
        let headers = request.header_map()?;
        let connector = |alarm| Connector::new(&address, &route, network, alarm);
        let (connector, shared) = match group {
            None => (connector(transport.alarm)?, None),
            Some(group) => {
                let shared = group.client(&address, || connector(None))?;
                (shared.connector.clone(), Some((group, shared)))
            }
        };
        let max_bytes = network.limits.max_bytes;
        let context = RequestContext {
            address,
            route,
            network,
            deadline: transport.deadline,
            hints: request.limit_hints,
            max_bytes: request.max_bytes.map_or(max_bytes, |most| most.min(max_bytes)),
        };
        let start = Instant::now();
        Ok(Self { transport, request, context, headers, connector, shared, mask, start })
    }

    /// Sends the request once and waits for the head of the answer. If it is sent over a
    /// connection that was open and has ended, it is sent over another one.
    fn run(&self) -> std::result::Result<(Client, blocking::Response), TransportError> {
        if let Some((group, shared)) = &self.shared {
            let client: Client = (*shared.client).clone();
            match self.send(client) {
                Ok(answer) => return Ok(answer),
                Err(error) if !group.is_stale(&error) => return Err(self.failure(&error)),
                Err(_) => self.transport.note("the connection had ended; trying another one"),
            }
        }
        let client = self.connector.client(self.transport.deadline);
        let client = client.map_err(|error| {
            let error = connector::not_set_up(&error);
            TransportError { stage: Stage::Connect, is_retryable: false, error }
        })?;
        self.send(client).map_err(|error| self.failure(&error))
    }

    /// Sends the request with `client` and waits for the head of the answer.
    fn send(&self, client: Client) -> reqwest::Result<(Client, blocking::Response)> {
        let start = Instant::now();
        let (request, listener) = (self.request, self.transport.listener);
        let RequestContext { address, route, .. } = &self.context;
        // A request for the schemes of a proxy may have been logged since the last attempt.
        drop(self.connection());
        listener(&Event::Sending { request, route });
        let mut builder = client.request(request.method.clone(), request.url.clone());
        builder = builder.headers(self.headers.clone());
        if !request.body.is_empty() {
            builder = builder.body(request.body.clone());
        }
        let response = match builder.send() {
            Ok(response) => response,
            Err(error) => {
                // Its thread ends no sooner than a name lookup, which may exceed any limit.
                std::mem::forget(client);
                return Err(error);
            }
        };
        listener(&Event::Answered {
            address,
            status: response.status(),
            headers: response.headers(),
            peer: response.remote_addr(),
            connection: self.connection(),
            route,
            mask: &self.mask,
            elapsed: start.elapsed(),
        });
        Ok((client, response))
    }

    /// Returns the log of the connection, and starts another one. That of a shared client remains:
    /// other calls need its certificates, too.
    fn connection(&self) -> Connection {
        match self.shared {
            Some(_) => self.connector.log.get(),
            None => self.connector.log.take(),
        }
    }

    /// Describes `error`, which came in place of an answer.
    fn failure(&self, error: &reqwest::Error) -> TransportError {
        let connection = self.connection();
        let error = self.context.transport_error(error, &connection, |proxy| {
            self.offered_schemes(proxy).unwrap_or_default()
        });
        let RequestContext { address, route, .. } = &self.context;
        let event = Event::Failed { address, stage: error.stage, connection, route };
        (self.transport.listener)(&event);
        error
    }

    /// Asks `proxy`, without a credential, for the authentication schemes that it offers for a
    /// tunnel to the server; `None` if it does not answer. The HTTP library drops the headers of
    /// a refused tunnel, but not those of the answer to a request by CONNECT.
    fn offered_schemes(&self, proxy: &Proxy) -> Option<Vec<String>> {
        if proxy.is_socks() {
            return None;
        }
        let server = self.context.address.url();
        let target = format!("http://{}:{}", server.host_str()?, server.port_or_known_default()?);
        let remaining = self.transport.deadline.remaining();
        let limit = remaining.map_or(MAX_CHALLENGE_TIME, |left| left.min(MAX_CHALLENGE_TIME));
        let without_login = Proxy { login: None, ..proxy.clone() }.to_reqwest().ok()?;
        let deadline = self.transport.deadline;
        let client = self.connector.client_by(Some(without_login), deadline).ok()?;
        let answer = client.request(Method::CONNECT, target).timeout(limit).send();
        std::mem::forget(client);
        let answer = answer.ok().filter(|answer| answer.status().as_u16() == 407)?;
        let schemes = auth_challenge::offered(407, answer.headers(), &self.mask);
        if !schemes.is_empty() {
            let (place, schemes) = (proxy.host_and_port(), auth_challenge::join(&schemes));
            self.transport.note(&format!("the proxy {place} offers {schemes}"));
        }
        Some(schemes)
    }

    /// Returns `response` with a body that is decoded while it is read.
    fn into_response(self, response: blocking::Response) -> Result<Response<Body<'t>>> {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let codings = content_coding::codings(&headers, &self.mask);
        // The length of a coded answer is not that of its text.
        let is_identity = codings.as_ref().is_ok_and(Vec::is_empty);
        let length = response.content_length().filter(|_| is_identity);
        let reader =
            codings.and_then(|it| content_coding::decode(&it, response, self.context.max_bytes));
        let group = self.shared.as_ref().map(|(group, _)| *group);
        let proxy = self.context.route.proxy.clone();
        let is_plain = self.context.address.is_plain_http();
        Ok(Response {
            address: self.context.address.clone(),
            status,
            retry_after: self.transport.retry_after(&headers),
            retry_hint: retry::hint(status, self.transport.network.retries),
            time: self.transport.server_time(&headers),
            headers,
            plain_proxy: proxy.filter(|proxy| is_plain && !proxy.is_socks()),
            mask: self.mask,
            body: Body::new(reader, length, self.context, self.transport.listener, self.start)
                .in_group(group),
            omitted_body: None,
        })
    }
}
