//! A TCP server, for answers that are malformed, slow or cut off.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use socket2::{Domain, SockRef, Socket, Type};

use super::server::{Listener, Request};

/// Starts a server that reads each request and calls `answer`; the connection closes when that
/// returns. Returns its address.
pub fn start(answer: impl Fn(&mut TcpStream) + Send + Sync + 'static) -> String {
    listening(move |mut stream| {
        let _ = Request::read(&mut stream);
        answer(&mut stream);
    })
}

/// Starts a server that calls `serve` for each connection. Returns its address.
pub fn listening(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> String {
    format!("http://127.0.0.1:{}", Listener::start(serve).detach())
}

/// Answers every request with `bytes`, then closes.
pub fn answering(bytes: impl Into<Vec<u8>>) -> String {
    let bytes = bytes.into();
    start(move |stream| {
        let _ = stream.write_all(&bytes);
    })
}

/// Answers every request with `bytes`, then resets the connection.
pub fn resetting(bytes: &'static [u8]) -> String {
    start(move |stream| {
        let _ = stream.write_all(bytes);
        reset(stream);
    })
}

/// Makes the connection reset when it is dropped.
pub fn reset(stream: &TcpStream) {
    SockRef::from(stream).set_linger(Some(Duration::ZERO)).expect("a socket");
}

/// Answers every request with `bytes`, then sends nothing until the client closes.
pub fn silent_after(bytes: &'static [u8]) -> String {
    start(move |stream| {
        let _ = stream.write_all(bytes);
        wait_for_end(stream);
    })
}

/// Reads until the client has closed the connection.
pub fn wait_for_end(stream: &mut impl Read) {
    let _ = std::io::copy(stream, &mut std::io::sink());
}

/// Answers every request with `first`, then with `more` again and again, `pause`
/// apart, until the client closes.
pub fn endless(first: &'static [u8], more: &[u8], pause: Duration) -> String {
    // Many at once, unless there is a pause: a system takes its time for each.
    let count = if pause.is_zero() { 8192 / more.len() + 1 } else { 1 };
    let more = more.repeat(count);
    start(move |stream| {
        let mut result = stream.write_all(first);
        while result.is_ok() {
            result = stream.write_all(&more);
            thread::sleep(pause);
        }
    })
}

/// Returns an answer with status 200, `body`, and `headers`, each of which ends with a line break.
pub fn ok(headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{headers}\r\n");
    [head.as_bytes(), body.as_ref()].concat()
}

/// Returns the same with a Content-Length.
pub fn ok_with_length(headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    ok(&format!("content-length: {}\r\n{headers}", body.len()), body)
}

/// Returns `body` in chunks of `size` bytes, and the empty last one.
pub fn chunked(body: &[u8], size: usize) -> Vec<u8> {
    let mut chunks = Vec::new();
    for chunk in body.chunks(size) {
        chunks.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        chunks.extend_from_slice(chunk);
        chunks.extend_from_slice(b"\r\n");
    }
    chunks.extend_from_slice(b"0\r\n\r\n");
    chunks
}

/// Answers every request with `status` and `body`.
pub fn server_with_status(status: u16, body: &str) -> String {
    let length = body.len();
    answering(format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\n\r\n{body}"))
}

/// Sends nothing for `time`, then closes.
pub fn closing_after(time: Duration) -> String {
    start(move |_| thread::sleep(time))
}

/// Returns an address that nobody listens on. Its port stays taken until the tests end, so that no
/// other test gets it.
pub fn dead() -> String {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    socket.bind(&any_port.into()).expect("a port");
    let address = Box::leak(Box::new(socket)).local_addr().expect("an address");
    format!("http://{}", address.as_socket().expect("an address of TCP"))
}

/// Returns a port that nobody listens on.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}
