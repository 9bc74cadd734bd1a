//! From a request on the wire to the response.

use std::convert::Infallible;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Request, Response, StatusCode};
use tokio::time::timeout;

use crate::http::loopback_server::PATIENCE;

use super::answer;
use super::refusal::Refusal;
use super::request::{Body, Question};
use super::zone::Zone;

const MOST_OF_A_BODY: usize = 1 << 20;

/// A body that is too large is read on to here, so that its sender, who may
/// still be writing, gets the answer and not a broken connection.
const MOST_THAT_IS_DISCARDED: usize = 64 << 20;

const WELCOME: &str = "The sample server of sotickets: made-up SuperOffice Service tickets, \
    1 to 1000.\nAsk it with: sotickets get 839 249\n";

/// The version that this server reports: that of the last field or value that it sends.
const VERSION: &str =
    r#"{"Version":"v1","NetServerVersion":"11.13","NetServer":"the sample server of sotickets"}"#;

/// Answers one request.
pub(super) async fn respond(
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    // Before anything is judged, for the same reason as above.
    let body = read(body).await;
    Ok(answer(&parts, &body))
}

fn answer(parts: &Parts, body: &Body) -> Response<Full<Bytes>> {
    match Question::read(parts, body) {
        Ok(Question::Welcome) => {
            response(StatusCode::OK, "text/plain; charset=utf-8", WELCOME.into())
        }
        Ok(Question::Version) => response(StatusCode::OK, JSON, VERSION.into()),
        Ok(Question::Tickets(wanted)) => {
            let kind = if wanted.xml { "application/xml; charset=utf-8" } else { JSON };
            let mut response = response(StatusCode::OK, kind, answer::body(&wanted));
            if wanted.zone.is_none() {
                let code = HeaderValue::from_static(Zone::SERVER_CODE);
                response.headers_mut().insert("so-timezone", code);
            }
            response
        }
        Err(refusal) => refused(&refusal),
    }
}

const JSON: &str = "application/json; charset=utf-8";

fn refused(refusal: &Refusal) -> Response<Full<Bytes>> {
    let mut response = response(refusal.status(), JSON, refusal.json());
    if let Some((name, value)) = refusal.header() {
        response.headers_mut().insert(name, value);
    }
    response
}

fn response(status: StatusCode, kind: &'static str, body: Vec<u8>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

async fn read(mut body: Incoming) -> Body {
    let mut bytes = Vec::new();
    let mut length = 0;
    loop {
        // A sender that has stopped must not keep its connection for ever.
        let Ok(frame) = timeout(PATIENCE, body.frame()).await else { return Body::CutOff };
        let Some(frame) = frame else { break };
        let Ok(frame) = frame else { return Body::CutOff };
        let Some(data) = frame.data_ref() else { continue };
        length += data.len();
        if length <= MOST_OF_A_BODY {
            bytes.extend_from_slice(data);
        } else if length > MOST_THAT_IS_DISCARDED {
            break;
        }
    }
    if length > MOST_OF_A_BODY { Body::TooLarge } else { Body::Whole(bytes) }
}
