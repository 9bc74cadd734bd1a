//! The HTTP side of the server, with TLS or without.

use std::io::{Read, Write};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use crate::support::server::{Listener, Request, close, over_tls};

use super::State;

/// An answer.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
}

impl Reply {
    pub fn new(status: u16, content_type: &str, body: impl Into<String>) -> Self {
        Self { status, headers: vec![("content-type", content_type.to_owned())], body: body.into() }
    }

    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Self::new(status, "application/json", body.to_string())
    }

    pub fn redirect(to: &str) -> Self {
        let mut reply = Self::new(303, "text/plain", "");
        reply.headers.push(("location", to.to_owned()));
        reply
    }

    fn bytes(&self) -> Vec<u8> {
        let Self { status, headers, body } = self;
        let headers = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n"));
        let headers: String = headers.collect();
        let (date, length) = (httpdate::fmt_http_date(SystemTime::now()), body.len());
        let rest = format!("date: {date}\r\ncontent-length: {length}\r\nconnection: close");
        format!("HTTP/1.1 {status} X\r\n{headers}{rest}\r\n\r\n{body}").into_bytes()
    }
}

/// Serves on a free port until the tests end. Returns the port.
pub(super) fn start(tls: Option<rustls::ServerConfig>, state: Arc<Mutex<State>>) -> u16 {
    let tls = tls.map(Arc::new);
    let server = Listener::start(move |mut stream| match &tls {
        Some(config) => over_tls(stream, Arc::clone(config), |stream| answer(stream, &state)),
        None => {
            answer(&mut stream, &state);
            close(&mut stream);
        }
    });
    server.detach()
}

fn answer(stream: &mut (impl Read + Write), state: &Mutex<State>) {
    let Some(request) = Request::read(stream) else { return };
    let reply = {
        let mut state = state.lock().expect("no panic");
        state.requests.push(request.clone());
        if state.is_closed(&request) {
            return;
        }
        state.answer(&request)
    };
    // A client may close the connection.
    let _ = stream.write_all(&reply.bytes());
}
