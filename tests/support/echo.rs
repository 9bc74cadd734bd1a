//! A server that sends back what it received, and inspects its client meanwhile.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use std::{fs, thread};

use base64::Engine as _;

use super::server::{Listener, Request, close};
use super::{PATIENCE, canary};

/// The headers that carry secrets.
const SECRET: [&str; 6] =
    ["authorization", "cookie", "proxy-authorization", "so-apptoken", "x-gateway", "x-xsrf-token"];

impl Request {
    /// Returns the secrets as the server knows them: each header's value, with its scheme and
    /// without, and the text that Basic encodes.
    pub fn secrets(&self) -> Vec<String> {
        let mut secrets = Vec::new();
        for (_, value) in self.headers.iter().filter(|(name, _)| SECRET.contains(&name.as_str())) {
            if let Some(encoded) = value.strip_prefix("Basic ") {
                let decoded = base64::engine::general_purpose::STANDARD.decode(encoded);
                secrets.push(String::from_utf8(decoded.expect("base64")).expect("UTF-8"));
            }
            secrets.push(value.clone());
        }
        secrets
    }

    /// Returns as many of them, in as many forms, as fit into `room` characters once they are
    /// masked; `turn` decides which come first.
    pub fn quoted(&self, turn: usize, room: usize) -> String {
        let all = self.all_forms();
        let count = room / 20;
        let texts: Vec<&str> =
            all.iter().map(String::as_str).cycle().skip(turn * count).take(count).collect();
        texts.join(" ")
    }

    /// Each of them in each form.
    pub fn all_forms(&self) -> Vec<String> {
        let forms = |secret: &String| canary::forms(secret).into_iter().map(|(_, form)| form);
        self.secrets().iter().flat_map(forms).collect()
    }
}

/// The server's reaction to a request.
pub enum Answer {
    Bytes(Vec<u8>),
    /// Closes the connection.
    Reset,
    /// Sends nothing until the client closes.
    Silence,
}

/// The server.
pub struct Echo {
    pub port: u16,
    shared: Arc<Shared>,
    /// Ends with the server.
    _listener: Listener,
}

struct Shared {
    /// The folder of the client, and its process.
    folder: PathBuf,
    process: AtomicU32,
    /// The number of requests during which the client was inspected.
    looks: AtomicUsize,
    requests: Mutex<Vec<Request>>,
    seen: Mutex<Vec<(String, Vec<u8>)>>,
    connections: AtomicUsize,
}

impl Echo {
    /// Answers on a free port. Before each answer it inspects the client's command line and its
    /// `folder`.
    pub fn start(
        folder: &Path,
        answer: impl Fn(&Request, usize) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let shared = Arc::new(Shared {
            folder: folder.to_owned(),
            process: AtomicU32::new(0),
            looks: AtomicUsize::new(0),
            requests: Mutex::default(),
            seen: Mutex::default(),
            connections: AtomicUsize::new(0),
        });
        let own = Arc::clone(&shared);
        let listener = Listener::start(move |stream| {
            own.connections.fetch_add(1, Ordering::SeqCst);
            own.serve(stream, &answer);
        });
        Self { port: listener.port, shared, _listener: listener }
    }

    /// Sets the process of the client.
    pub fn watch(&self, process: u32) {
        self.shared.process.store(process, Ordering::SeqCst);
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn requests(&self) -> Vec<Request> {
        self.shared.requests.lock().expect("no panic").clone()
    }

    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// Returns what was found at the client meanwhile.
    pub fn seen(&self) -> Vec<(String, Vec<u8>)> {
        // A client with a short time-out may end meanwhile.
        let start = Instant::now();
        while self.shared.looks.load(Ordering::SeqCst) < self.requests().len()
            && start.elapsed() < PATIENCE
        {
            thread::sleep(Duration::from_millis(1));
        }
        self.shared.seen.lock().expect("no panic").clone()
    }
}

impl Shared {
    fn serve(&self, mut stream: TcpStream, answer: &dyn Fn(&Request, usize) -> Answer) {
        let _ = stream.set_read_timeout(Some(Duration::from_secs(20)));
        let Some(request) = Request::read_head(&mut stream) else { return };
        let number = {
            let mut requests = self.requests.lock().expect("no panic");
            requests.push(request.clone());
            requests.len() - 1
        };
        self.look();
        match answer(&request, number) {
            Answer::Bytes(bytes) => {
                let _ = stream.write_all(&bytes);
                close(&mut stream);
            }
            Answer::Reset => {
                // Some bytes must stay unread.
                let _ = stream.peek(&mut [0]);
            }
            Answer::Silence => {
                let _ = std::io::copy(&mut stream, &mut std::io::sink());
            }
        }
    }

    fn look(&self) {
        let start = Instant::now();
        while self.process.load(Ordering::SeqCst) == 0 && start.elapsed() < PATIENCE {
            thread::sleep(Duration::from_millis(1));
        }
        let mut seen = command_lines(self.process.load(Ordering::SeqCst));
        seen.extend(files(&self.folder));
        self.seen.lock().expect("no panic").append(&mut seen);
        self.looks.fetch_add(1, Ordering::SeqCst);
    }
}

/// Returns the command lines of a process and of its children, if the system shows them.
fn command_lines(process: u32) -> Vec<(String, Vec<u8>)> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    if process == 0 {
        return Vec::new();
    }
    let parents: Vec<(u32, u32)> = entries
        .filter_map(|entry| {
            let id = entry.ok()?.file_name().to_str()?.parse().ok()?;
            let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
            // The name in brackets may contain anything; state and parent follow it.
            Some((id, stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()?))
        })
        .collect();
    let mut family = vec![process];
    let mut next = 0;
    while let Some(parent) = family.get(next).copied() {
        family.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(id, _)| *id));
        next += 1;
    }
    let read = |id: u32| {
        let path = format!("/proc/{id}/cmdline");
        let line = fs::read(&path).unwrap_or_default();
        // On a loaded machine a client with a short time-out has ended by now.
        (path, if line.is_empty() { b"(ended)".to_vec() } else { line })
    };
    family.into_iter().map(read).collect()
}

/// Returns the names and the contents of the files in `folder`, except those in its folder
/// `secrets`.
pub fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = path.to_string_lossy().into_owned();
        if path.is_dir() {
            if entry.file_name() != "secrets" {
                found.append(&mut files(&path));
            }
        } else {
            found.push((name.clone(), fs::read(&path).unwrap_or_default()));
            found.push(("the name of a file".to_owned(), name.into_bytes()));
        }
    }
    found
}

/// A SOCKS5 proxy that reads user and password, and refuses them. Returns its port and the logins.
pub fn socks() -> (u16, Arc<Mutex<Vec<u8>>>) {
    let logins = Arc::new(Mutex::new(Vec::new()));
    let note = Arc::clone(&logins);
    let listener = Listener::start(move |mut stream| {
        let mut bytes = [0; 512];
        let _ = stream.read(&mut bytes);
        let _ = stream.write_all(&[5, 2]);
        let count = stream.read(&mut bytes).unwrap_or_default();
        note.lock().expect("no panic").extend_from_slice(&bytes[..count]);
        let _ = stream.write_all(&[1, 1]);
        close(&mut stream);
    });
    (listener.detach(), logins)
}
