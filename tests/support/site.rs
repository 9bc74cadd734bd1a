//! An installation for `doctor`: version, state of the tenant, tickets, clock.

use std::io::{Read, Write};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use rustls::ServerConfig;

use super::server::{Listener, Request, close, over_tls};

/// Its answers, each with its status.
#[derive(Clone)]
pub struct Conduct {
    pub version: (u16, String),
    pub tickets: (u16, String),
    /// The state of its tenant; `URL` in it stands for its own address.
    pub state: String,
    /// The seconds by which its clock is ahead.
    pub ahead: i64,
}

pub const VERSION: &str = r#"{"Version":"v1","NetServerVersion":"10.3.1.512","NetServerDate":"2024-08-10","Services":"Services88"}"#;

pub const TICKET: &str = r#"[{"TicketId":839,"TicketStatusDisplayValue":"Active","PriorityName":"High","LastChanged":"2026-03-29T14:52:00Z","CreatedAt":"2026-03-01T08:00:00Z"}]"#;

impl Conduct {
    /// Returns the answers of an installation without problems.
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

/// A running installation.
pub struct Site {
    pub url: String,
    port: u16,
    requests: Arc<Mutex<Vec<Request>>>,
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

    fn serve(host: &'static str, config: Option<Arc<ServerConfig>>, conduct: Conduct) -> Self {
        let requests = Arc::new(Mutex::new(Vec::new()));
        let notes = Arc::clone(&requests);
        let listener = Listener::start(move |mut stream| match &config {
            None => {
                answer(&mut stream, &conduct, host, &notes);
                close(&mut stream);
            }
            Some(config) => over_tls(stream, Arc::clone(config), |stream| {
                answer(stream, &conduct, host, &notes);
            }),
        });
        let port = listener.detach();
        Self { url: format!("{host}:{port}"), port, requests }
    }

    /// All requests, in order.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().expect("no panic").clone()
    }

    /// `text` with the port, which changes, written `PORT`.
    pub fn shown(&self, text: &impl ToString) -> String {
        text.to_string().replace(&format!(":{}", self.port), ":PORT")
    }
}

fn answer(
    stream: &mut (impl Read + Write),
    conduct: &Conduct,
    host: &str,
    notes: &Mutex<Vec<Request>>,
) {
    let Some(request) = Request::read(stream) else { return };
    let (scheme, _) = host.split_once("://").expect("a scheme");
    let url = format!("{scheme}://{}", request.header("host").unwrap_or_default());
    let (status, body) = conduct.answer(request.target(), &url);
    notes.lock().expect("no panic").push(request);
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
