//! `--batch-size`: several calls that together act as one.

mod connections;
mod failures;
mod options;
mod output;
mod sign_in;
#[cfg(unix)]
mod terminal;

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rustls::ServerConfig;

use crate::support::server::{Listener, Request, close, over_tls};
use crate::support::tcp_server::{self, ok_with_length};
use crate::support::tls::{Authority, Folder};
use crate::support::{Run, TOKEN, sotickets};

/// Half a second after a failure the calls before it are no longer waited for, and a pause is one
/// of all calls.
const SLOW_CALLS: &str = "some calls take half a second longer than others under wine";

/// A call as it arrived.
struct Call {
    ids: Vec<i64>,
    /// The number of calls on the same connection before it.
    before: usize,
    /// The number of all calls before it.
    number: usize,
}

/// The reaction to a call.
enum Reaction {
    /// Sends these bytes, and waits for the next call.
    Answer(Vec<u8>),
    /// Sends these bytes after a while.
    Late(Duration, Vec<u8>),
    /// Sends these bytes, and closes the connection.
    Last(Vec<u8>),
    /// Sends these bytes, and closes the connection if no call comes for this time.
    Brief(Duration, Vec<u8>),
    /// Closes the connection without an answer.
    Close,
    /// Resets it.
    Reset,
    /// Sends these bytes and then nothing, until the client closes.
    Silent(Vec<u8>),
    /// Sends these bytes, and then a digit now and then, until the client closes.
    Trickle(Vec<u8>),
}

/// The ids of each call, with the time at which it came.
type Calls = Mutex<Vec<(Instant, Vec<i64>)>>;

/// Returns the settings of TLS for a connection, by the number of those before it.
type Tls = Box<dyn Fn(usize) -> Arc<ServerConfig> + Send + Sync>;

/// A server that keeps connections open.
struct BatchServer {
    url: String,
    /// The certificate to trust, if it speaks TLS, in a folder that ends with it.
    certificate: Option<(String, Folder)>,
    calls: Arc<Calls>,
    connections: Arc<AtomicUsize>,
    _listener: Listener,
}

impl BatchServer {
    fn start(react: impl Fn(&Call) -> Reaction + Send + Sync + 'static) -> Self {
        Self::listen(None, react)
    }

    /// Starts one that speaks TLS; `Reaction::Reset` is not for it.
    fn start_tls(react: impl Fn(&Call) -> Reaction + Send + Sync + 'static) -> Self {
        Self::start_tls_until(usize::MAX, react)
    }

    /// Does the same, but after so many connections it has a certificate of a stranger.
    fn start_tls_until(
        connections: usize,
        react: impl Fn(&Call) -> Reaction + Send + Sync + 'static,
    ) -> Self {
        let authority = Authority::new("the server's authority");
        let config =
            |authority: &Authority| Arc::new(authority.issue(&["localhost"], |_| {}).config(None));
        let (good, bad) = (config(&authority), config(&Authority::new("a stranger")));
        let tls = move |before| if before < connections { Arc::clone(&good) } else { bad.clone() };
        let folder = Folder::new();
        let certificate = Some((folder.file("authority.pem", &authority.pem), folder));
        Self { certificate, ..Self::listen(Some(Box::new(tls)), react) }
    }

    fn listen(tls: Option<Tls>, react: impl Fn(&Call) -> Reaction + Send + Sync + 'static) -> Self {
        let calls = Arc::new(Mutex::new(Vec::new()));
        let connections = Arc::new(AtomicUsize::new(0));
        let (seen, count) = (Arc::clone(&calls), Arc::clone(&connections));
        let host = if tls.is_some() { "https://localhost" } else { "http://127.0.0.1" };
        let listener = Listener::start(move |mut stream| {
            let before = count.fetch_add(1, Ordering::SeqCst);
            let socket = stream.try_clone().expect("a copy");
            match &tls {
                None => serve(&mut stream, socket, &seen, &react),
                Some(tls) => over_tls(stream, tls(before), |stream| {
                    serve(stream, socket, &seen, &react);
                }),
            }
        });
        let url = format!("{host}:{}", listener.port);
        Self { url, certificate: None, calls, connections, _listener: listener }
    }

    /// Answers each call with the tickets that it asks for.
    fn sound() -> Self {
        Self::start(|call| Reaction::Answer(tickets(&call.ids)))
    }

    fn run(&self, arguments: &[&str]) -> Run {
        let mut command = sotickets();
        command.arg("get").args(arguments).args(["--url", &self.url]);
        if let Some((file, _)) = &self.certificate {
            command.args(["--cacert", file]);
        }
        Run::of(command.env("SOTICKETS_TOKEN", TOKEN))
    }

    fn calls(&self) -> Vec<(Instant, Vec<i64>)> {
        self.calls.lock().expect("no panic").clone()
    }

    /// Returns the ids of all calls, sorted.
    fn batches(&self) -> Vec<Vec<i64>> {
        let mut batches: Vec<_> = self.calls().into_iter().map(|(_, ids)| ids).collect();
        batches.sort();
        batches
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Returns `run` with `HOST:PORT` in place of the address.
    fn shown(&self, run: &Run) -> String {
        run.to_string().replace(self.url.trim_start_matches("http://"), "HOST:PORT")
    }
}

/// Reacts to the calls of `stream`, which is that of `socket` or TLS over it.
fn serve(
    stream: &mut (impl Read + Write),
    mut socket: TcpStream,
    calls: &Calls,
    react: &impl Fn(&Call) -> Reaction,
) {
    let _ = socket.set_nodelay(true);
    for before in 0.. {
        let Some(request) = Request::read(stream) else { return };
        let body: serde_json::Value = serde_json::from_str(&request.body).expect("JSON");
        let ids: Vec<i64> = serde_json::from_value(body["TicketIds"].clone()).expect("ids");
        let number = {
            let mut calls = calls.lock().expect("no panic");
            calls.push((Instant::now(), ids.clone()));
            calls.len() - 1
        };
        let sent = match react(&Call { ids, before, number }) {
            Reaction::Answer(bytes) => stream.write_all(&bytes),
            Reaction::Late(time, bytes) => {
                thread::sleep(time);
                stream.write_all(&bytes)
            }
            Reaction::Last(bytes) => {
                let _ = stream.write_all(&bytes);
                return close(&mut socket);
            }
            Reaction::Brief(time, bytes) => {
                let _ = socket.set_read_timeout(Some(time));
                stream.write_all(&bytes)
            }
            Reaction::Close => {
                let _ = socket.shutdown(Shutdown::Both);
                return;
            }
            Reaction::Reset => return tcp_server::reset(&socket),
            Reaction::Silent(bytes) => {
                let _ = stream.write_all(&bytes);
                return tcp_server::wait_for_end(stream);
            }
            Reaction::Trickle(bytes) => {
                let mut sent = stream.write_all(&bytes);
                while sent.is_ok() {
                    thread::sleep(Duration::from_millis(20));
                    sent = stream.write_all(b"1");
                }
                return;
            }
        };
        if sent.is_err() {
            return;
        }
    }
}

/// Returns an answer with these tickets.
fn tickets(ids: &[i64]) -> Vec<u8> {
    ok_with_length("", array(ids))
}

/// Returns an answer with this `status` and these `headers`, each of which ends with a line break.
fn status(status: u16, headers: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\n{headers}\r\n").into_bytes()
}

/// Returns an array of tickets with these ids.
fn array(ids: &[i64]) -> String {
    let ticket = |id: &i64| format!("{{\"TicketId\":{id},\"Title\":\"title {id}\"}}");
    format!("[{}]", ids.iter().map(ticket).collect::<Vec<_>>().join(","))
}

/// Returns the csv of these tickets, for `-s TicketId,Title -o csv`.
fn csv(ids: impl IntoIterator<Item = i64>) -> String {
    let rows = ids.into_iter().map(|id| format!("{id},title {id}\n"));
    ["TicketId,Title\n".to_owned()].into_iter().chain(rows).collect()
}

/// The arguments for a csv of two columns.
const CSV: [&str; 4] = ["-s", "TicketId,Title", "-o", "csv"];
