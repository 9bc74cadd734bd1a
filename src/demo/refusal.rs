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

/// The body of an error, in one of the two shapes that the vendor's pages have.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Body {
    error: bool,
    error_type: &'static str,
    #[serde(flatten)]
    words: Words,
}

#[derive(Debug, Serialize)]
#[serde(untagged, rename_all_fields = "PascalCase")]
enum Words {
    /// Of a request that the server refuses.
    Refused { error_message: String, error_source: &'static str },
    /// Of a request that it does not understand.
    Malformed { message: String },
}

impl Refusal {
    pub(super) fn new(
        status: StatusCode,
        error_type: &'static str,
        message: impl Into<String>,
    ) -> Self {
        let (error_message, error_source) = (message.into(), "sotickets demo");
        let words = Words::Refused { error_message, error_source };
        Self { status, body: Body { error: true, error_type, words }, header: None }
    }

    /// A request that cannot be understood.
    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        let words = Words::Malformed { message: message.into() };
        let body = Body { error: true, error_type: "ArgumentException", words };
        Self { status: StatusCode::BAD_REQUEST, body, header: None }
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
        match &self.body.words {
            Words::Refused { error_message: message, .. } | Words::Malformed { message } => message,
        }
    }
}
