//! An installation as `doctor` looks at one: version, state of the tenant, tickets, clock.

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, SystemTime};

use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// What it answers, each with its status.
#[derive(Clone)]
pub struct Conduct {
    pub version: (u16, String),
    pub tickets: (u16, String),
    /// The state of its tenant; `URL` in it stands for its own address.
    pub state: String,
    /// By how many seconds its clock is ahead.
    pub ahead: i64,
}

pub const VERSION: &str = r#"{"Version":"v1","NetServerVersion":"10.3.1.512","NetServerDate":"2024-08-10","Services":"Services88"}"#;

pub const TICKET: &str = r#"[{"TicketId":839,"TicketStatusDisplayValue":"Active","PriorityName":"High","LastChanged":"2026-03-29T14:52:00Z","CreatedAt":"2026-03-01T08:00:00Z"}]"#;

impl Conduct {
    /// One that nothing is wrong with.
    pub fn good() -> Self {
        let state = r#"{"ContextIdentifier":"Cust12345","Endpoint":"URL/Cust12345","State":"Running","IsRunning":true,"ValidUntil":"2999-01-01T00:00:00Z","Api":"URL/Cust12345/api"}"#;
        Self {
            version: (200, VERSION.to_owned()),
            tickets: (200, TICKET.to_owned()),
            state: state.to_owned(),
            ahead: 0,
        }
    }

    fn answer(&self, target: &str, url: &str) -> (u16, String) {
        if target.contains("/api/state/") {
            (200, self.state.replace("URL", url))
        } else if target.ends_with("/api") {
            self.version.clone()
        } else {
            self.tickets.clone()
        }
    }
}

/// A request as it arrived: its first line, its headers, its body.
#[derive(Clone, Debug)]
pub struct Asked {
    pub line: String,
    pub headers: Vec<String>,
    pub body: String,
}

/// A running installation.
pub struct Site {
    pub url: String,
    port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Site {
    /// Answers on 127.0.0.1, without TLS.
    pub fn start(conduct: Conduct) -> Self {
        Self::serve("http://127.0.0.1", None, conduct)
    }

    /// Answers as `localhost`, over TLS.
    pub fn start_tls(config: ServerConfig, conduct: Conduct) -> Self {
        Self::serve("https://localhost", Some(Arc::new(config)), conduct)
    }

    fn serve(host: &str, config: Option<Arc<ServerConfig>>, conduct: Conduct) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (url, asked) = (format!("{host}:{port}"), Arc::new(Mutex::new(Vec::new())));
        let (own, notes) = (url.clone(), Arc::clone(&asked));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (config, conduct) = (config.clone(), conduct.clone());
                let (url, notes) = (own.clone(), Arc::clone(&notes));
                let stream = stream.expect("a connection");
                thread::spawn(move || meet(stream, config, &conduct, &url, &notes));
            }
        });
        Self { url, port, asked }
    }

    /// All requests, in order.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("no panic").clone()
    }

    /// `text` with the port, which changes, written `PORT`.
    pub fn shown(&self, text: &impl ToString) -> String {
        text.to_string().replace(&format!(":{}", self.port), ":PORT")
    }
}

fn meet(
    mut stream: TcpStream,
    config: Option<Arc<ServerConfig>>,
    conduct: &Conduct,
    url: &str,
    notes: &Mutex<Vec<Asked>>,
) {
    let Some(config) = config else { return answer(&mut stream, conduct, url, notes) };
    let connection = ServerConnection::new(config).expect("a connection");
    let mut stream = StreamOwned::new(connection, stream);
    answer(&mut stream, conduct, url, notes);
    stream.conn.send_close_notify();
    let _ = stream.conn.write_tls(&mut stream.sock);
    // An alert of the other side that is left unread would take the answer back.
    let _ = stream.sock.shutdown(std::net::Shutdown::Write);
    let _ = std::io::copy(&mut stream.sock, &mut std::io::sink());
}

fn answer(
    stream: &mut (impl Read + Write),
    conduct: &Conduct,
    url: &str,
    notes: &Mutex<Vec<Asked>>,
) {
    let Some(asked) = read(stream) else { return };
    let target = asked.line.split(' ').nth(1).unwrap_or_default().to_owned();
    notes.lock().expect("no panic").push(asked);
    let (status, body) = conduct.answer(&target, url);
    let ahead = Duration::from_secs(conduct.ahead.unsigned_abs());
    let now = SystemTime::now();
    let date = if conduct.ahead < 0 { now - ahead } else { now + ahead };
    let head = format!(
        "HTTP/1.1 {status} X\r\nDate: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        httpdate::fmt_http_date(date),
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
            line => lines.push(line.to_ascii_lowercase()),
        }
    }
    let line = lines.remove(0);
    let length = lines.iter().find_map(|line| line.strip_prefix("content-length: "));
    let length = length.map_or(0, |length| length.parse().expect("a number"));
    let mut body = String::new();
    reader.take(length).read_to_string(&mut body).ok()?;
    Some(Asked { line, headers: lines, body })
}
