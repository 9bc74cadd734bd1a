//! The HTTP trace of `-v`: events as lines, without secrets.

use std::time::Duration;

use reqwest::header::HeaderMap;

use crate::escape;
use crate::format_bytes::format_bytes;
use crate::secret::mask::Mask;

use super::auth_challenge;
use super::content_coding;
use super::event::Event;
use super::proxy::Route;
use super::request::Request;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Headers of an answer whose values are secrets.
const SECRET_HEADERS: [&str; 9] = [
    "authentication-info",
    "authorization",
    "proxy-authentication-info",
    "set-cookie",
    "set-cookie2",
    "so-apptoken",
    "x-auth-token",
    "x-csrf-token",
    "x-xsrf-token",
];

/// Returns the lines of `-v` for `event`.
pub(crate) fn lines(event: &Event<'_>) -> Vec<String> {
    match event {
        Event::Sending { request, route } => sending(request, route),
        Event::Answered { status, headers, mask, elapsed, .. } => {
            let mut lines = vec![format!("< HTTP {status} after {}", milliseconds(*elapsed))];
            lines.extend(answer_headers(headers, mask));
            lines
        }
        Event::Received { bytes, elapsed } => {
            vec![format!("< {} in {}", format_bytes(*bytes), milliseconds(*elapsed))]
        }
        Event::Waiting { subject } => vec![format!("* waiting for {subject}")],
        Event::Pausing { wait } => {
            let wait = seconds(*wait);
            vec![format!("* waiting {wait}: the server answered another call with Retry-After")]
        }
        Event::Note(text) => vec![format!("* {text}")],
        Event::Failed { .. }
        | Event::Receiving { .. }
        | Event::Retrying { .. }
        | Event::NotRetrying { .. }
        | Event::Warning { .. } => Vec::new(),
    }
}

/// Returns the line for an event that everyone should know of, with or without `-v`.
pub(crate) fn notice(event: &Event<'_>) -> Option<String> {
    match event {
        Event::Retrying { wait, cause, number, of } => {
            Some(format!("retrying in {}: {cause} ({number} of {of})", seconds(*wait)))
        }
        Event::NotRetrying { wait } => {
            // A server may ask for any number of seconds.
            let wait = if *wait > DAY { "more than a day".to_owned() } else { seconds(*wait) };
            Some(format!("not retrying: the wait of {wait} would outlast --timeout"))
        }
        _ => None,
    }
}

fn sending(request: &Request, route: &Route) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(proxy) = &route.proxy {
        lines.push(format!("* through the proxy {} ({})", proxy.address(), proxy.origin));
    }
    if let Some(reason) = &route.bypass_reason {
        lines.push(format!("* through no proxy: {reason}"));
    }
    lines.push(format!("> {} {}", request.method, request.url));
    for header in &request.headers {
        lines.push(format!("> {}: {}", header.name, header.masked_value()));
    }
    lines.push(format!("> Accept-Encoding: {}", content_coding::ACCEPTED));
    let size = format_bytes(request.body.len() as u64);
    match &request.summary {
        Some(summary) => lines.push(format!("> {summary}, {size}")),
        None if request.body.is_empty() => {}
        None => lines.push(format!("> {size}")),
    }
    lines
}

fn answer_headers(headers: &HeaderMap, mask: &Mask) -> impl Iterator<Item = String> {
    headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        let value = match name.as_str() {
            name if SECRET_HEADERS.contains(&name) => "***".to_owned(),
            "www-authenticate" | "proxy-authenticate" => {
                auth_challenge::without_parameters(&mask.apply(&value))
            }
            _ => escape::visible(&mask.apply(&value)).into_owned(),
        };
        format!("< {name}: {value}")
    })
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

fn milliseconds(duration: Duration) -> String {
    format!("{} ms", duration.as_millis())
}
