//! HTTP below the stand-in, with TLS or without.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::State;

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub query: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Asked {
    /// The value of the header `name`, in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// Path and query, undecoded.
    pub fn target(&self) -> String {
        match self.query.as_str() {
            "" => self.path.clone(),
            query => format!("{}?{query}", self.path),
        }
    }

    /// The value of `name` in the query.
    pub fn query(&self, name: &str) -> Option<String> {
        value(&self.query, name)
    }

    /// The value of `name` in a form.
    pub fn form(&self, name: &str) -> Option<String> {
        value(&self.body, name)
    }
}

fn value(pairs: &str, name: &str) -> Option<String> {
    let mut pairs = url::form_urlencoded::parse(pairs.as_bytes());
    pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

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
}

/// Serves on a free port, which is given, until the process ends.
pub(super) fn start(tls: Option<rustls::ServerConfig>, state: Arc<Mutex<State>>) -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.set_nonblocking(true).expect("no waiting");
    let port = listener.local_addr().expect("an address").port();
    let acceptor = tls.map(|config| TlsAcceptor::from(Arc::new(config)));
    std::thread::spawn(move || {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_io().build().expect("a runtime");
        runtime.block_on(async move {
            let listener = TcpListener::from_std(listener).expect("a listener");
            loop {
                let Ok((stream, _)) = listener.accept().await else { continue };
                tokio::spawn(serve(stream, acceptor.clone(), Arc::clone(&state)));
            }
        });
    });
    port
}

async fn serve(stream: TcpStream, acceptor: Option<TlsAcceptor>, state: Arc<Mutex<State>>) {
    let service = service_fn(move |request| respond(request, Arc::clone(&state)));
    // A client may close the connection.
    match acceptor {
        None => {
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        }
        Some(acceptor) => {
            let Ok(stream) = acceptor.accept(stream).await else { return };
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        }
    }
}

async fn respond(
    request: Request<Incoming>,
    state: Arc<Mutex<State>>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let asked = Asked {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), text(value.as_bytes())))
            .collect(),
        body: text(&body),
    };
    let reply = {
        let mut state = state.lock().expect("no panic");
        state.asked.push(asked.clone());
        state.answer(&asked)
    };
    let mut response = Response::builder().status(reply.status);
    for (name, value) in &reply.headers {
        response = response.header(*name, value);
    }
    Ok(response.body(Full::from(reply.body)).expect("an answer"))
}
