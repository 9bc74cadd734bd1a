//! A server below HTTP, for what no decent server does.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

/// Listens on a free port, reads each request whole and lets `answer` do the rest;
/// the connection closes when it returns. Gives the address.
pub fn server(answer: impl Fn(&mut TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            read_request(&mut stream);
            answer(&mut stream);
        }
    });
    format!("http://{address}")
}

/// Answers every request with `bytes`, then closes.
pub fn answering(bytes: impl Into<Vec<u8>>) -> String {
    let bytes = bytes.into();
    server(move |stream| {
        let _ = stream.write_all(&bytes);
    })
}

/// Answers every request with `bytes`, then falls silent until the other side leaves.
pub fn silent_after(bytes: &'static [u8]) -> String {
    server(move |stream| {
        let _ = stream.write_all(bytes);
        let _ = std::io::copy(stream, &mut std::io::sink());
    })
}

/// A port that nobody listens on.
pub fn dead() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    format!("http://{}", listener.local_addr().expect("an address"))
}

/// The body ends in `]}`, as the endpoint's does.
fn read_request(stream: &mut TcpStream) {
    let mut request = Vec::new();
    let mut bytes = [0; 4096];
    while !request.ends_with(b"]}") {
        match stream.read(&mut bytes) {
            Ok(0) | Err(_) => return,
            Ok(count) => request.extend_from_slice(&bytes[..count]),
        }
    }
}
