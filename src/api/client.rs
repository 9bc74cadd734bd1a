//! The one HTTP call.

use std::io::Read as _;
use std::time::{Duration, Instant};

use bytesize::ByteSize;
use reqwest::blocking::{Client, ClientBuilder};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;

use crate::error::{Error, Result};
use crate::escape;

use super::body::Body;
use super::network::Call;
use super::reader::{self, Pieces};
use super::request::Request;
use super::tls;

/// How long and how much the call may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For the connection with its TLS handshake.
    pub connect: Option<Duration>,
    /// For silence while waiting or reading.
    pub read: Option<Duration>,
    /// For everything.
    pub total: Option<Duration>,
    /// For the answer, after decompression, in bytes.
    pub max_bytes: u64,
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
    /// `Retry-After`, as sent.
    pub retry_after: Option<String>,
    /// The body, decompressed.
    pub body: Body,
}

/// Headers of an answer whose values are secrets.
const SECRET_ANSWERS: [&str; 5] =
    ["set-cookie", "x-xsrf-token", "so-apptoken", "authentication-info", "www-authenticate"];

/// Of an answer that is not 200, this much of the body is read for its words.
const FAILURE_BYTES: u64 = 64 * 1024;

/// Sends `request` once and reads the answer whole. Redirects are not followed.
/// `trace` gets a line for each thing that happens, without secrets; `pieces` the
/// body while it arrives.
///
/// # Errors
/// Of [`Kind::Network`](crate::error::Kind::Network) for everything between here and the last byte of the
/// answer, of [`Kind::Answer`](crate::error::Kind::Answer) where it is larger than allowed.
pub fn send(
    request: &Request,
    limits: &Limits,
    trace: &mut dyn FnMut(&str),
    pieces: Pieces<'_>,
) -> Result<Response> {
    let start = Instant::now();
    let call = Call { address: &request.address, limits, start };
    let client = client(&call)?;
    let url = request.url();
    let body = request.body();
    trace(&format!("> POST {url}"));
    for header in request.headers() {
        trace(&format!("> {}: {}", header.name, header.masked_value()));
    }
    trace(&format!("> {}, {}", count(request.ids.len()), size(body.len() as u64)));
    let mut response = client
        .post(url)
        .headers(header_map(request)?)
        .body(body)
        .send()
        .map_err(|error| call.no_answer(&error))?;
    let status = response.status();
    trace(&format!("< HTTP {status} after {}", milliseconds(start)));
    let mask = request.mask();
    for (name, value) in response.headers() {
        let value = String::from_utf8_lossy(value.as_bytes());
        let value = if SECRET_ANSWERS.contains(&name.as_str()) {
            "***".to_owned()
        } else {
            escape::visible(&mask.apply(&value)).into_owned()
        };
        trace(&format!("< {name}: {value}"));
    }
    let text = |name: &str| {
        let value = response.headers().get(name)?;
        Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    let (content_type, location, retry_after) =
        (text("content-type"), text("location"), text("retry-after"));
    let body = if status == 200 {
        let length = response.content_length();
        reader::read(&mut response, length, limits.max_bytes, pieces)
            .map_err(|fault| call.unread(&fault))?
    } else {
        // A broken body must not hide the status.
        let mut body = Vec::new();
        let _ = response.take(FAILURE_BYTES).read_to_end(&mut body);
        Body::from(body)
    };
    // Waiting for its thread to end would take a tenth of a small call; the process
    // ends soon enough.
    std::mem::forget(client);
    trace(&format!("< {} in {}", size(body.len() as u64), milliseconds(start)));
    Ok(Response { status: status.as_u16(), content_type, location, retry_after, body })
}

/// A client for this one call.
fn client(call: &Call<'_>) -> Result<Client> {
    let limits = call.limits;
    // The whole command's limit holds while the body trickles in, so it has to be the
    // inner client's; the blocking one's own is for each wait and read.
    let mut builder = reqwest::ClientBuilder::new().redirect(Policy::none()).referer(false);
    if let Some(limit) = limits.connect {
        builder = builder.connect_timeout(limit);
    }
    if let Some(limit) = limits.total {
        builder = builder.timeout(limit);
    }
    if let Some(config) = tls::config(call.address)? {
        builder = builder.tls_backend_preconfigured(config);
    }
    if call.address.is_loopback() {
        // What is for this machine alone is not for a proxy.
        builder = builder.no_proxy();
    }
    ClientBuilder::from(builder)
        .timeout(limits.read)
        .build()
        .map_err(|error| call.not_set_up(&error))
}

fn header_map(request: &Request) -> Result<HeaderMap> {
    let mut map = HeaderMap::new();
    for header in request.headers() {
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

fn count(ids: usize) -> String {
    if ids == 1 { "1 id".to_owned() } else { format!("{ids} ids") }
}

fn size(bytes: u64) -> String {
    ByteSize::b(bytes).display().iec().to_string()
}

fn milliseconds(start: Instant) -> String {
    format!("{} ms", start.elapsed().as_millis())
}
