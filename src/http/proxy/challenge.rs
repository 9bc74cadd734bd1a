//! The authentication schemes that a proxy offers for a tunnel.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};

use crate::secret::mask::Mask;

use super::super::{address, auth_challenge};
use super::Proxy;

/// The maximum of bytes that are read of an answer.
const MAX_HEAD: usize = 16 * 1024;

/// Asks `proxy` for a connection to `server`, host and port, without a credential, and
/// returns the schemes that it offers; none if it does not answer within `limit`. The HTTP
/// client keeps the headers of the refusal that it got itself.
pub(crate) fn request(
    proxy: &Proxy,
    server: &str,
    tls: &ClientConfig,
    limit: Duration,
    mask: &Mask,
) -> Vec<String> {
    let end = Instant::now() + limit;
    let Ok(head) = connect(proxy, tls, end).and_then(|mut stream| {
        let request = format!("CONNECT {server} HTTP/1.1\r\nHost: {server}\r\n\r\n");
        stream.write_all(request.as_bytes())?;
        read_head(&mut stream, end)
    }) else {
        return Vec::new();
    };
    let mut lines = head.split(|byte| *byte == b'\n');
    let status = lines.next().and_then(|line| line.split(|byte| *byte == b' ').nth(1));
    if status != Some(b"407") {
        return Vec::new();
    }
    let values = lines.filter_map(|line| {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let (name, value) = line.split_at(colon);
        name.eq_ignore_ascii_case(auth_challenge::PROXY_AUTHENTICATE.as_bytes())
            .then(|| value[1..].trim_ascii())
    });
    auth_challenge::schemes(values, mask)
}

/// A connection to a proxy.
trait Stream: Read + Write {
    /// Limits the wait of the next read.
    fn limit(&self, wait: Duration) -> io::Result<()>;
}

impl Stream for TcpStream {
    fn limit(&self, wait: Duration) -> io::Result<()> {
        self.set_read_timeout(Some(wait))
    }
}

impl Stream for StreamOwned<ClientConnection, TcpStream> {
    fn limit(&self, wait: Duration) -> io::Result<()> {
        self.sock.limit(wait)
    }
}

fn connect(proxy: &Proxy, tls: &ClientConfig, end: Instant) -> io::Result<Box<dyn Stream>> {
    let host = address::host(&proxy.url);
    let port = proxy.url.port_or_known_default().unwrap_or_default();
    let mut last = io::ErrorKind::NotFound.into();
    for address in (host, port).to_socket_addrs()? {
        let stream = match TcpStream::connect_timeout(&address, left(end)?) {
            Ok(stream) => stream,
            Err(error) => {
                last = error;
                continue;
            }
        };
        stream.set_read_timeout(Some(left(end)?))?;
        stream.set_write_timeout(Some(left(end)?))?;
        if !proxy.is_https() {
            return Ok(Box::new(stream));
        }
        let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
        let connection =
            ClientConnection::new(Arc::new(tls.clone()), name).map_err(io::Error::other)?;
        return Ok(Box::new(StreamOwned::new(connection, stream)));
    }
    Err(last)
}

/// Returns the time until `end`.
fn left(end: Instant) -> io::Result<Duration> {
    let left = end.saturating_duration_since(Instant::now());
    if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(left) }
}

/// Reads the status line and the headers of an answer.
fn read_head(stream: &mut Box<dyn Stream>, end: Instant) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    let mut bytes = [0; 1024];
    while head.len() < MAX_HEAD {
        stream.limit(left(end)?)?;
        let count = stream.read(&mut bytes)?;
        head.extend_from_slice(&bytes[..count]);
        if let Some(end) = memchr::memmem::find(&head, b"\r\n\r\n") {
            head.truncate(end);
            break;
        }
        if count == 0 {
            break;
        }
    }
    Ok(head)
}
