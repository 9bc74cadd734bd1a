//! The HTTP side of the sample server: reads requests, writes responses.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderName, HeaderValue, WWW_AUTHENTICATE};
use hyper::http::request::Parts;
use hyper::service::service_fn;
use hyper::{Method, Response, StatusCode};
use tokio::time::{sleep, timeout};

use crate::http::loopback_server::{self, IDLE_TIMEOUT};

use super::answer;
use super::locale::Zone;
use super::request::{self, Request, RequestError};

const MAX_BODY_BYTES: usize = 1 << 20;

/// A body that is too large is read on to here, so that its sender, who may
/// still be writing, gets the answer and not a broken connection.
const MAX_DISCARDED_BYTES: usize = 64 << 20;

const WELCOME: &str = "The sample server of sotickets: made-up SuperOffice Service tickets, \
    1 to 1000.\nAsk it with: sotickets get 839 249\n";

/// The version information. The number is the version of the last field or value that is sent.
const VERSION: &str =
    r#"{"Version":"v1","NetServerVersion":"11.13","NetServer":"the sample server of sotickets"}"#;

const TEXT: &str = "text/plain; charset=utf-8";
const JSON: &str = "application/json; charset=utf-8";
const XML: &str = "application/xml; charset=utf-8";

/// The ways in which a real server is less patient or slower than this one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Behavior {
    /// The most ids that a call may have; more are refused with 413. `None` for any number.
    pub max_ids: Option<usize>,
    /// The time before each answer to a call.
    pub delay: Duration,
}

/// A running server. It stops when this is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    server: loopback_server::Server,
}

impl Server {
    /// Serves on 127.0.0.1 at `port`, or at a free one where it is 0, on a
    /// thread of its own. The port accepts connections when this returns.
    ///
    /// # Errors
    /// If the port cannot be bound, or the thread not be started.
    pub fn start(port: u16, behavior: Behavior) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let address = listener.local_addr()?;
        let service = move || service_fn(move |request| respond(request, behavior));
        let server = loopback_server::Server::start("sample server", vec![listener], service)?;
        Ok(Self { address, server })
    }

    /// Returns the address of the installation, to give to `--url`.
    #[must_use]
    pub fn address(&self) -> String {
        format!("http://{}{}", self.address, request::SITE)
    }

    /// Serves until the process is interrupted.
    pub fn run(self) {
        self.server.run();
    }
}

async fn respond(
    request: hyper::Request<Incoming>,
    behavior: Behavior,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    // The whole body is read before anything is checked, see `MAX_DISCARDED_BYTES`.
    let body = read(body).await;
    if parts.method == Method::POST && !behavior.delay.is_zero() {
        sleep(behavior.delay).await;
    }
    Ok(response(&parts, body, behavior.max_ids))
}

async fn read(mut body: Incoming) -> Result<Vec<u8>, RequestError> {
    let cut_off = || RequestError::new(StatusCode::BAD_REQUEST, "The body is cut off.");
    let mut bytes = Vec::new();
    let mut length = 0;
    loop {
        // A sender that has stopped must not keep its connection for ever.
        let Ok(frame) = timeout(IDLE_TIMEOUT, body.frame()).await else { return Err(cut_off()) };
        let Some(frame) = frame else { break };
        let Ok(frame) = frame else { return Err(cut_off()) };
        let Some(data) = frame.data_ref() else { continue };
        length += data.len();
        if length <= MAX_BODY_BYTES {
            bytes.extend_from_slice(data);
        } else if length > MAX_DISCARDED_BYTES {
            break;
        }
    }
    if length > MAX_BODY_BYTES {
        let message = "The body is larger than 1 MiB.";
        return Err(RequestError::new(StatusCode::PAYLOAD_TOO_LARGE, message));
    }
    Ok(bytes)
}

fn response(
    parts: &Parts,
    body: Result<Vec<u8>, RequestError>,
    max_ids: Option<usize>,
) -> Response<Full<Bytes>> {
    let (status, content_type, bytes, header) = match Request::read(parts, body, max_ids) {
        Ok(Request::Welcome) => (StatusCode::OK, TEXT, WELCOME.into(), None),
        Ok(Request::Version) => (StatusCode::OK, JSON, VERSION.into(), None),
        Ok(Request::GetTickets(query)) => {
            let zone = (HeaderName::from_static("so-timezone"), Zone::SERVER_CODE);
            let header = query.zone.is_none().then_some(zone);
            let content_type = if query.is_xml { XML } else { JSON };
            (StatusCode::OK, content_type, answer::body(&query), header)
        }
        Err(error) => (error.status, JSON, error.json().into_bytes(), error_header(&error)),
    };
    let mut response = Response::new(Full::new(Bytes::from(bytes)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    if let Some((name, value)) = header {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Returns the header that HTTP requires with the status of `error`.
fn error_header(error: &RequestError) -> Option<(HeaderName, &'static str)> {
    match error.status {
        StatusCode::METHOD_NOT_ALLOWED => Some((ALLOW, "POST")),
        StatusCode::UNAUTHORIZED => {
            Some((WWW_AUTHENTICATE, r#"Basic realm="sotickets demo", SOTicket, Bearer"#))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpStream;

    use super::*;

    #[test]
    fn dropped_server_ends_its_connections_and_frees_its_port() {
        let server = Server::start(0, Behavior::default()).unwrap();
        let address = server.address;
        assert_eq!(server.address(), format!("http://127.0.0.1:{}/sample", address.port()));
        let mut idle = TcpStream::connect(address).unwrap();
        idle.write_all(b"GET /sample HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
        let mut answer = [0; 4096];
        let length = idle.read(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer[..length]);
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        drop(server);
        assert_eq!(idle.read(&mut [0; 4096]).unwrap_or(0), 0);
        assert!(TcpStream::connect(address).is_err());
    }

    #[test]
    fn port_in_use_is_an_error() {
        let server = Server::start(0, Behavior::default()).unwrap();
        let error = Server::start(server.address.port(), Behavior::default()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
    }
}
