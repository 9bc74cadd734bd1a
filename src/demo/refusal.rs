//! An answer that is not tickets: the server's error body and its status.

use hyper::StatusCode;
use hyper::header::{HeaderName, HeaderValue};
use serde::Serialize;

/// Why a request is not answered with tickets.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    body: Body,
    header: Option<(HeaderName, &'static str)>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Body {
    error: bool,
    error_type: &'static str,
    error_message: String,
    error_source: &'static str,
}

impl Refusal {
    pub(super) fn new(
        status: StatusCode,
        error_type: &'static str,
        message: impl Into<String>,
    ) -> Self {
        let body = Body {
            error: true,
            error_type,
            error_message: message.into(),
            error_source: "sotickets demo",
        };
        Self { status, body, header: None }
    }

    /// A request that cannot be understood.
    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "ArgumentException", message)
    }

    pub(super) fn with_header(mut self, name: HeaderName, value: &'static str) -> Self {
        self.header = Some((name, value));
        self
    }

    pub(super) const fn status(&self) -> StatusCode {
        self.status
    }

    /// The header that the status calls for, such as `Allow` for 405.
    pub(super) fn header(&self) -> Option<(HeaderName, HeaderValue)> {
        let (name, value) = self.header.as_ref()?;
        Some((name.clone(), HeaderValue::from_static(value)))
    }

    pub(super) fn json(&self) -> Vec<u8> {
        serde_json::to_vec(&self.body).unwrap_or_default()
    }

    #[cfg(test)]
    pub(super) fn message(&self) -> &str {
        &self.body.error_message
    }
}
