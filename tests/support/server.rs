//! A server for tests: a function handles each connection, on a thread of its own.

use std::io::Read;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A server on a free port of this machine. It ends when this is dropped.
pub struct Listener {
    pub port: u16,
    is_over: Arc<AtomicBool>,
}

impl Listener {
    /// Calls `serve` for each connection.
    pub fn start(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let is_over = Arc::new(AtomicBool::new(false));
        let (ends, serve) = (Arc::clone(&is_over), Arc::new(serve));
        thread::spawn(move || {
            for stream in listener.incoming() {
                if ends.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let serve = Arc::clone(&serve);
                thread::spawn(move || serve(stream));
            }
        });
        Self { port, is_over }
    }

    /// Lets it run until the tests end. Returns its port.
    pub fn detach(self) -> u16 {
        let port = self.port;
        std::mem::forget(self);
        port
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Request {
    /// Method, target and version.
    pub line: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Request {
    /// Reads the head, and nothing after it, so that closing can reset the connection.
    pub fn read_head(stream: &mut impl Read) -> Option<Self> {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            if stream.read(&mut byte).ok()? == 0 {
                return None;
            }
            head.push(byte[0]);
        }
        let head = String::from_utf8_lossy(&head);
        let mut lines = head.lines();
        let line = lines.next()?.to_owned();
        let header = |line: &str| {
            let (name, value) = line.split_once(": ")?;
            Some((name.to_ascii_lowercase(), value.to_owned()))
        };
        Some(Self { line, headers: lines.filter_map(header).collect(), body: String::new() })
    }

    /// Reads the whole request.
    pub fn read(stream: &mut impl Read) -> Option<Self> {
        let mut request = Self::read_head(stream)?;
        let length = request.header("content-length").map_or(Some(0), |length| length.parse().ok());
        stream.take(length?).read_to_string(&mut request.body).ok()?;
        Some(request)
    }

    pub fn method(&self) -> &str {
        self.line.split(' ').next().unwrap_or_default()
    }

    pub fn target(&self) -> &str {
        self.line.split(' ').nth(1).unwrap_or_default()
    }

    /// Returns the target without its query; through a proxy, also without the server.
    pub fn path(&self) -> &str {
        let path = self.target().split('?').next().unwrap_or_default();
        let server = path.find("://").map_or(0, |scheme| scheme + 3);
        path[server..].find('/').map_or(path, |start| &path[server + start..])
    }

    /// Returns the value of `name` in the query.
    pub fn query(&self, name: &str) -> Option<String> {
        value(self.target().split_once('?')?.1, name)
    }

    /// Returns the value of `name` in a form.
    pub fn form(&self, name: &str) -> Option<String> {
        value(&self.body, name)
    }

    /// Returns the value of the header `name`, in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

fn value(pairs: &str, name: &str) -> Option<String> {
    let mut pairs = url::form_urlencoded::parse(pairs.as_bytes());
    pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// Calls `answer` with `stream` inside TLS, and closes it so that the answer arrives.
pub fn over_tls(
    stream: TcpStream,
    config: Arc<ServerConfig>,
    answer: impl FnOnce(&mut StreamOwned<ServerConnection, TcpStream>),
) {
    let connection = ServerConnection::new(config).expect("a connection");
    let mut stream = StreamOwned::new(connection, stream);
    answer(&mut stream);
    stream.conn.send_close_notify();
    let _ = stream.conn.write_tls(&mut stream.sock);
    close(&mut stream.sock);
}

/// Ends the answer, and reads until the client closes: unread bytes would reset the connection.
pub fn close(stream: &mut TcpStream) {
    let _ = stream.shutdown(Shutdown::Write);
    let _ = std::io::copy(stream, &mut std::io::sink());
}
