//! A server below HTTP, for what no decent server does.

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use super::server::{Listener, Request};

/// Reads each request whole and lets `answer` do the rest; the connection closes when it
/// returns. Returns the address.
pub fn server(answer: impl Fn(&mut TcpStream) + Send + Sync + 'static) -> String {
    listening(move |mut stream| {
        let _ = Request::read(&mut stream);
        answer(&mut stream);
    })
}

/// Lets `serve` meet each connection. Returns the address.
pub fn listening(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> String {
    format!("http://127.0.0.1:{}", Listener::start(serve).detach())
}

/// Answers every request with `bytes`, then closes.
pub fn answering(bytes: impl Into<Vec<u8>>) -> String {
    let bytes = bytes.into();
    server(move |stream| {
        let _ = stream.write_all(&bytes);
    })
}

/// Answers every request with `bytes`, then resets the connection in place of closing
/// it.
pub fn resetting(bytes: &'static [u8]) -> String {
    server(move |stream| {
        let _ = stream.write_all(bytes);
        reset(stream);
    })
}

/// Has the connection reset when it is dropped.
pub fn reset(stream: &TcpStream) {
    socket2::SockRef::from(stream).set_linger(Some(Duration::ZERO)).expect("a socket");
}

/// Answers every request with `bytes`, then falls silent until the other side leaves.
pub fn silent_after(bytes: &'static [u8]) -> String {
    server(move |stream| {
        let _ = stream.write_all(bytes);
        wait_for_end(stream);
    })
}

/// Reads until the other side has left.
pub fn wait_for_end(stream: &mut TcpStream) {
    let _ = std::io::copy(stream, &mut std::io::sink());
}

/// Answers every request with `start`, then with `more` again and again, `pause`
/// apart, until the other side leaves.
pub fn endless(start: &'static [u8], more: &'static [u8], pause: Duration) -> String {
    server(move |stream| {
        let mut result = stream.write_all(start);
        while result.is_ok() {
            result = stream.write_all(more);
            thread::sleep(pause);
        }
    })
}

/// A 200 with `body`, and `headers` each ended by a line break.
pub fn ok(headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{headers}\r\n");
    [head.as_bytes(), body.as_ref()].concat()
}

/// A 200 with `body`, whose length is told.
pub fn ok_with_length(headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    ok(&format!("content-length: {}\r\n{headers}", body.len()), body)
}

/// `body` in chunks of `size` bytes, with the last one that is empty.
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

/// Says nothing for `time`, then closes.
pub fn closing_after(time: Duration) -> String {
    server(move |_| thread::sleep(time))
}

/// A port that nobody listens on.
pub fn dead() -> String {
    format!("http://127.0.0.1:{}", free_port())
}

/// The number of such a port.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}
