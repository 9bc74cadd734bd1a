//! What stands in for SuperOffice Online: a small server over real HTTP, and what it knows.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its own part of it")]

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

#[cfg(unix)]
pub mod keys;
pub mod state;
#[cfg(unix)]
pub mod system_user;

/// The time; the crate is built without a clock of its own.
pub fn now() -> chrono::DateTime<chrono::Utc> {
    std::time::SystemTime::now().into()
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    /// Path and query, undecoded.
    pub target: String,
    /// `name: value` a header, names in lower case.
    pub headers: Vec<String>,
    pub body: String,
}

impl Asked {
    /// The value of the header `name`, in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

/// Status and JSON.
pub type Answer = (u16, String);

/// What is asked of a part of the stand-in; nothing where it is not its part.
pub type Part = Box<dyn Fn(&Asked) -> Option<Answer> + Send + Sync>;

/// A server that asks each of its parts in turn.
pub struct Online {
    /// `http://127.0.0.1:PORT`.
    pub url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Online {
    /// Listens on a free port; `parts` gets the address.
    pub fn start(parts: impl FnOnce(&str) -> Vec<Part>) -> Self {
        Self::serve("http://127.0.0.1", parts, |stream, parts, notes| serve(stream, parts, notes))
    }

    /// The same over TLS, as `localhost`.
    pub fn start_tls(config: ServerConfig, parts: impl FnOnce(&str) -> Vec<Part>) -> Self {
        let config = Arc::new(config);
        Self::serve("https://localhost", parts, move |stream, parts, notes| {
            let connection = ServerConnection::new(Arc::clone(&config)).expect("a connection");
            let mut stream = StreamOwned::new(connection, stream);
            serve(&mut stream, parts, notes);
            stream.conn.send_close_notify();
            let _ = stream.conn.write_tls(&mut stream.sock);
        })
    }

    fn serve(
        host: &str,
        parts: impl FnOnce(&str) -> Vec<Part>,
        serve: impl Fn(TcpStream, &[Part], &Mutex<Vec<Asked>>) + Clone + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("{host}:{}", listener.local_addr().expect("an address").port());
        let (parts, asked) = (Arc::new(parts(&url)), Arc::new(Mutex::new(Vec::new())));
        let notes = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (parts, notes) = (Arc::clone(&parts), Arc::clone(&notes));
                let serve = serve.clone();
                thread::spawn(move || serve(stream.expect("a connection"), &parts, &notes));
            }
        });
        Self { url, asked }
    }

    /// All requests, in order.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("no panic").clone()
    }

    /// What was asked for since the last time, a word a request.
    pub fn steps(&self) -> Vec<&'static str> {
        let asked = std::mem::take(&mut *self.asked.lock().expect("no panic"));
        asked.iter().map(|asked| word(&asked.target)).collect()
    }
}

fn word(target: &str) -> &'static str {
    let words = [
        ("/api/state/", "state"),
        ("/openid-configuration", "discovery"),
        ("/jwks", "keys"),
        ("/PartnerSystemUser/Authenticate", "exchange"),
        ("/GetTickets", "tickets"),
    ];
    words.iter().find(|(part, _)| target.contains(part)).map_or("?", |(_, word)| word)
}

fn serve(mut stream: impl Read + Write, parts: &[Part], notes: &Mutex<Vec<Asked>>) {
    let Some(asked) = read(&mut stream) else { return };
    notes.lock().expect("no panic").push(asked.clone());
    let answer = parts.iter().find_map(|part| part(&asked));
    let (status, body) = answer.unwrap_or((404, String::new()));
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all((head + &body).as_bytes());
    let _ = stream.flush();
}

fn read(stream: &mut impl Read) -> Option<Asked> {
    let mut reader = BufReader::new(stream);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|count| *count > 0)?;
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let first = lines.remove(0);
    let mut words = first.split(' ').map(str::to_owned);
    let (method, target) = (words.next()?, words.next()?);
    // A proxy is asked for whole addresses.
    let path = target.split_once("://").and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..]));
    let target = path.unwrap_or(&target).to_owned();
    let lower = |line: String| {
        line.split_once(':').map(|(name, value)| format!("{}:{value}", name.to_ascii_lowercase()))
    };
    let headers = lines.into_iter().filter_map(lower).collect();
    let mut asked = Asked { method, target, headers, body: String::new() };
    let length =
        asked.header("content-length").map_or(0, |length| length.parse().expect("a number"));
    reader.take(length).read_to_string(&mut asked.body).ok()?;
    Some(asked)
}
