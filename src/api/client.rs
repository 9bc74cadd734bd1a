//! The one HTTP call.

use std::error::Error as _;
use std::io::{self, Read};
use std::time::{Duration, Instant};

use bytesize::ByteSize;
use reqwest::blocking::{Client, ClientBuilder};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;

use crate::error::{Error, Kind, Result};
use crate::escape;

use super::body::Body;
use super::request::Request;

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

/// Takes the body of a 200 piece by piece while the rest is still on its way.
pub struct Pieces<'p> {
    /// Where a piece may end, given the answer's first bytes and what has arrived
    /// since the last one.
    pub end: fn(&[u8], &[u8]) -> Option<usize>,
    /// Takes the piece that stands at an offset. Pieces come in order, leave no gap,
    /// and may come on another thread; the last part of the body never comes.
    pub take: &'p mut (dyn FnMut(usize, &[u8]) + Send),
}

/// Pieces are at least this large.
const PIECE: usize = 512 * 1024;
/// From this size on pieces are taken on a thread of their own.
const LARGE: usize = 4 << 20;
/// The answer's first bytes, by which a piece's end is found.
const START: usize = 256;

/// The buffer's first size where the answer does not say how long it is.
const FIRST_BYTES: usize = 64 * 1024;

/// Of an answer that is not 200, this much of the body is read for its words.
const FAILURE_BYTES: u64 = 64 * 1024;

/// Sends `request` once and reads the answer whole. Redirects are not followed.
/// `trace` gets a line for each thing that happens, without secrets; `pieces` the
/// body while it arrives.
///
/// # Errors
/// Of [`Kind::Network`] for everything between here and the last byte of the
/// answer, of [`Kind::Answer`] where it is larger than allowed.
pub fn send(
    request: &Request,
    limits: &Limits,
    trace: &mut dyn FnMut(&str),
    pieces: Pieces<'_>,
) -> Result<Response> {
    let start = Instant::now();
    let call = Call { request, limits, start };
    let client = call.client()?;
    let url = request.url();
    let body = request.body();
    trace(&format!("> POST {url}"));
    for header in request.headers() {
        trace(&format!("> {}: {}", header.name, header.masked_value()));
    }
    trace(&format!("> {} ids, {}", request.ids.len(), size(body.len() as u64)));
    let mut response = client
        .post(url)
        .headers(header_map(request)?)
        .body(body)
        .send()
        .map_err(|error| call.network_error(&error))?;
    let status = response.status();
    trace(&format!("< HTTP {status} after {}", milliseconds(start)));
    for (name, value) in response.headers() {
        let value = String::from_utf8_lossy(value.as_bytes());
        let value = request.mask().apply(&escape::visible(&value));
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
        call.read(&mut response, length, pieces)?
    } else {
        // A broken body must not hide the status.
        let mut body = Vec::new();
        let _ = response.take(FAILURE_BYTES).read_to_end(&mut body);
        Body::from(body)
    };
    trace(&format!("< {} in {}", size(body.len() as u64), milliseconds(start)));
    Ok(Response { status: status.as_u16(), content_type, location, retry_after, body })
}

struct Call<'a> {
    request: &'a Request,
    limits: &'a Limits,
    start: Instant,
}

impl Call<'_> {
    fn client(&self) -> Result<Client> {
        // The whole command's limit holds while the body trickles in, so it has to
        // be the inner client's; the blocking one's own is for each wait and read.
        let mut builder = reqwest::ClientBuilder::new().redirect(Policy::none()).referer(false);
        if let Some(limit) = self.limits.connect {
            builder = builder.connect_timeout(limit);
        }
        if let Some(limit) = self.limits.total {
            builder = builder.timeout(limit);
        }
        if self.request.address.is_plain_http() {
            builder = builder.tls_backend_preconfigured(without_roots()?);
        } else {
            // It fails only where one is installed already, which serves as well.
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        if self.request.address.is_loopback() {
            // What is for this machine alone is not for a proxy.
            builder = builder.no_proxy();
        }
        ClientBuilder::from(builder).timeout(self.limits.read).build().map_err(|error| {
            Error::new(Kind::Network, format!("the connection cannot be set up: {}", root(&error)))
        })
    }

    /// Reads the body into one buffer, `length` bytes large where that is known.
    fn read(
        &self,
        response: &mut impl Read,
        length: Option<u64>,
        pieces: Pieces<'_>,
    ) -> Result<Body> {
        let limit = usize::try_from(self.limits.max_bytes).unwrap_or(usize::MAX - 1);
        match length.map(|length| usize::try_from(length).unwrap_or(usize::MAX)) {
            Some(length) if length > limit => Err(self.too_large()),
            Some(length) if length >= LARGE => self.read_large(response, length, pieces),
            length => self.read_growing(response, length.unwrap_or(FIRST_BYTES), limit, pieces),
        }
    }

    /// Reads `length` bytes, and has the pieces taken on another thread meanwhile.
    fn read_large(
        &self,
        response: &mut impl Read,
        length: usize,
        pieces: Pieces<'_>,
    ) -> Result<Body> {
        let mut body = Body::zeroed(length).map_err(no_memory)?;
        let Pieces { end, take } = pieces;
        let filled = std::thread::scope(|scope| -> io::Result<usize> {
            let (sender, receiver) = std::sync::mpsc::channel::<(usize, &[u8])>();
            scope.spawn(move || {
                for (offset, piece) in receiver {
                    take(offset, piece);
                }
            });
            let mut start = Vec::new();
            let (mut offset, mut filled, mut searched) = (0, 0, 0);
            let mut rest: &mut [u8] = &mut body;
            while filled < rest.len() {
                match read_once(response, &mut rest[filled..])? {
                    0 => break,
                    read => filled += read,
                }
                if start.is_empty() && filled >= START {
                    start.extend_from_slice(&rest[..START]);
                }
                if filled - searched < PIECE {
                    continue;
                }
                if let Some(end) = end(&start, &rest[searched..filled]) {
                    let end = searched + end;
                    let (piece, after) = std::mem::take(&mut rest).split_at_mut(end);
                    rest = after;
                    // A thread that is gone takes nothing; the rest is done at the end.
                    let _ = sender.send((offset, piece));
                    offset += end;
                    filled -= end;
                }
                searched = filled;
            }
            Ok(offset + filled)
        });
        body.truncate(filled.map_err(|error| self.read_error(&error))?);
        Ok(body)
    }

    /// Reads until the end, whatever `expected` says; the pieces are taken in between.
    fn read_growing(
        &self,
        response: &mut impl Read,
        expected: usize,
        limit: usize,
        pieces: Pieces<'_>,
    ) -> Result<Body> {
        // One byte more than there should be shows the end without growing.
        let mut body = Body::zeroed(expected.min(limit) + 1).map_err(no_memory)?;
        let (mut filled, mut taken, mut searched) = (0, 0, 0);
        loop {
            if filled == body.len() {
                body.grow(filled.saturating_mul(2).min(limit + 1)).map_err(no_memory)?;
            }
            match read_once(response, &mut body[filled..])
                .map_err(|error| self.read_error(&error))?
            {
                0 => break,
                read => filled += read,
            }
            if filled > limit {
                return Err(self.too_large());
            }
            if filled - searched >= PIECE {
                let start = &body[..START];
                if let Some(end) = (pieces.end)(start, &body[searched..filled]) {
                    (pieces.take)(taken, &body[taken..searched + end]);
                    taken = searched + end;
                }
                searched = filled;
            }
        }
        body.truncate(filled);
        Ok(body)
    }

    fn too_large(&self) -> Error {
        let limit = ByteSize::b(self.limits.max_bytes);
        Error::new(Kind::Answer, format!("the answer is larger than {}", limit.display().iec()))
            .hint("fetch fewer ids or --select fewer fields, or raise --max-bytes")
    }

    fn read_error(&self, error: &io::Error) -> Error {
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<reqwest::Error>());
        match inner {
            Some(inner) if is_timeout(inner) => self.network_error(inner),
            Some(inner) if inner.is_decode() && !is_cut_off(inner) => Error::new(
                Kind::Network,
                format!("the answer's compression is damaged: {}", root(inner)),
            ),
            _ => Error::new(Kind::Network, format!("the answer was cut off: {}", root(error)))
                .hint("nothing was printed; try again"),
        }
    }

    fn network_error(&self, error: &reqwest::Error) -> Error {
        let place = self.request.address.host_and_port();
        let limits = self.limits;
        let show = |limit: Option<Duration>| {
            humantime::format_duration(limit.unwrap_or_default()).to_string()
        };
        if is_timeout(error) {
            let message = if limits.total.is_some_and(|total| self.start.elapsed() >= total) {
                format!("{place}: not done within {} (--timeout)", show(limits.total))
            } else if error.is_connect() {
                format!(
                    "{place}: no connection within {} (--connect-timeout)",
                    show(limits.connect)
                )
            } else {
                format!("{place}: silent for {} (--read-timeout)", show(limits.read))
            };
            return Error::new(Kind::Network, message)
                .hint("try again, fetch fewer ids, or raise the limit");
        }
        let cause = root(error);
        if error.is_connect() {
            let error = Error::new(Kind::Network, format!("could not connect to {place}: {cause}"));
            return error.hint("check the address, the network and the proxy variables");
        }
        Error::new(Kind::Network, format!("{place} did not answer in HTTP: {cause}"))
            .hint("check the address: scheme, host and port")
    }
}

/// No certificate is read for an address that uses none.
fn without_roots() -> Result<rustls::ClientConfig> {
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::new(Kind::Network, format!("TLS cannot be set up: {error}")))?;
    Ok(builder.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth())
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

fn read_once(response: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match response.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

fn no_memory(error: io::Error) -> Error {
    Error::new(Kind::Answer, format!("there is no memory for the answer: {error}"))
        .hint("fetch fewer ids or --select fewer fields")
}

fn is_timeout(error: &reqwest::Error) -> bool {
    error.is_timeout()
}

/// Whether a decoding error stems from the transport below the decoder.
fn is_cut_off(error: &reqwest::Error) -> bool {
    let mut source = error.source();
    while let Some(cause) = source {
        if cause.downcast_ref::<reqwest::Error>().is_some_and(reqwest::Error::is_body) {
            return true;
        }
        source = cause.source();
    }
    false
}

/// The innermost cause: the words of the operating system, of TLS or of HTTP.
fn root(error: &(dyn std::error::Error + 'static)) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    escape::excerpt(&cause.to_string(), 200)
}

fn size(bytes: u64) -> String {
    ByteSize::b(bytes).display().iec().to_string()
}

fn milliseconds(start: Instant) -> String {
    format!("{} ms", start.elapsed().as_millis())
}
