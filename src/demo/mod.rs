//! The sample server: made-up tickets over real HTTP on this machine.
//!
//! It speaks the contract of GetTickets as far as a client can see it, so
//! that every option of the tool has something to act on. A ticket is made
//! when it is asked for and is the same every time; nothing is stored.

mod answer;
#[cfg(test)]
mod consistency;
mod credential;
mod data;
mod fields;
mod language;
mod refusal;
mod request;
mod select;
mod service;
mod ticket;
mod timeline;
mod titles;
mod wording;
mod xml;
mod zone;

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use hyper::service::service_fn;

use crate::http::loopback_server;

/// The user name that the server takes by Basic.
pub const USER: &str = "demo";

/// The password that goes with [`USER`].
pub const PASSWORD: &str = "sample-password";

/// The ticket that the server takes by SOTicket.
pub const TICKET: &str = "7T:c2FtcGxlLXRpY2tldC1vbmx5LWZvci10aGUtZGVtbw";

/// The token that the server takes by Bearer.
pub const TOKEN: &str = "8A:Cust12345.sample-token-only-for-the-demo";

/// The XSRF value that the server takes, with [`COOKIE`] beside it.
pub const XSRF_TOKEN: &str = "sample-xsrf-token";

/// The cookies of a browser session, as the header `Cookie` holds them.
pub const COOKIE: &str = "XSRF-TOKEN=sample-xsrf-token; .ASPXAUTH=sample-session";

/// The application token that the server takes beside a credential.
pub const APP_TOKEN: &str = "sample-app-token";

/// The tickets that exist.
pub const IDS: std::ops::RangeInclusive<i32> = 1..=1000;

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
    /// Where the port cannot be bound, or the thread not be started.
    pub fn start(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let address = listener.local_addr()?;
        let service = || service_fn(service::respond);
        let server = loopback_server::Server::start("sample server", vec![listener], service)?;
        Ok(Self { address, server })
    }

    /// The address to give to `--url`.
    #[must_use]
    pub fn address(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Serves until the process is interrupted.
    pub fn run(self) {
        self.server.run();
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpStream;

    use super::*;

    fn ask(server: &Server, request: &str) -> String {
        let mut stream = TcpStream::connect(server.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    #[test]
    fn it_listens_when_start_returns_and_says_what_it_is() {
        let server = Server::start(0).unwrap();
        assert_eq!(server.address(), format!("http://127.0.0.1:{}", server.address.port()));
        let answer = ask(&server, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.contains("sample server"), "{answer}");
    }

    #[test]
    fn a_dropped_server_ends_its_connections_and_frees_its_port() {
        let server = Server::start(0).unwrap();
        let address = server.address;
        let mut idle = TcpStream::connect(address).unwrap();
        idle.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
        assert!(idle.read(&mut [0; 4096]).unwrap() > 0);
        drop(server);
        assert_eq!(idle.read(&mut [0; 4096]).unwrap_or(0), 0);
        assert!(TcpStream::connect(address).is_err());
    }

    #[test]
    fn a_port_in_use_is_an_error() {
        let server = Server::start(0).unwrap();
        let error = Server::start(server.address.port()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
    }

    #[test]
    fn the_sample_values_fit_a_shell_and_a_header() {
        assert!(COOKIE.starts_with(&format!("XSRF-TOKEN={XSRF_TOKEN}; ")));
        let plain = |char: char| char.is_ascii_alphanumeric() || "-_.:".contains(char);
        for value in [USER, PASSWORD, TICKET, TOKEN, XSRF_TOKEN, APP_TOKEN] {
            assert!(value.chars().all(plain), "{value}");
        }
        assert!(TICKET.starts_with("7T:") && TOKEN.starts_with("8A:Cust12345."));
    }
}
