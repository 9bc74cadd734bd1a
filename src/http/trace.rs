//! What is told of a call under way, and what it needs of its surroundings.

use std::time::{Duration, Instant, SystemTime};

use reqwest::blocking::Response;

use crate::escape;

use super::auth_challenge;
use super::client::Connection;
use super::content_coding;
use super::request::Request;
use super::retry::Attempt;
use crate::format_bytes::size;

/// What a call says while it goes on, and what it needs of its surroundings.
pub struct Trace<'w> {
    /// Whether anyone wants to know what goes over the wire.
    pub is_traced: bool,
    /// Takes each line.
    pub say: &'w mut dyn FnMut(Event<'_>),
    /// The time.
    pub now: &'w dyn Fn() -> SystemTime,
    /// Waits.
    pub sleep: &'w mut dyn FnMut(Duration),
}

/// A line about a call under way, without secrets.
#[derive(Clone, Copy, Debug)]
pub enum Event<'t> {
    /// What goes over the wire, for those who want to know.
    Trace(&'t str),
    /// What everyone should know.
    Notice(&'t str),
    /// A problem that does not end the call, with what to do next.
    Warning(&'t str, &'t str),
}

/// Headers of an answer whose values are secrets.
const SECRET_ANSWERS: [&str; 9] = [
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

impl Trace<'_> {
    /// Tells of the request.
    pub fn request(&mut self, message: &Request, connection: &Connection) {
        if !self.is_traced {
            return;
        }
        let route = &connection.route;
        if let Some(proxy) = &route.proxy {
            self.trace(&format!("* through the proxy {} ({})", proxy.address(), proxy.origin));
        }
        if let Some(reason) = &route.passed_over {
            self.trace(&format!("* through no proxy: {reason}"));
        }
        self.trace(&format!("> {} {}", message.method, message.url));
        for header in &message.headers {
            self.trace(&format!("> {}: {}", header.name, header.masked_value()));
        }
        self.trace(&format!("> Accept-Encoding: {}", content_coding::ACCEPTED));
        let body = size(message.body.len() as u64);
        match &message.summary {
            Some(summary) => self.trace(&format!("> {summary}, {body}")),
            None if message.body.is_empty() => {}
            None => self.trace(&format!("> {body}")),
        }
    }

    /// Tells of the answer's status and headers.
    pub fn answer(&mut self, answer: &Response, message: &Request, start: Instant) {
        if !self.is_traced {
            return;
        }
        self.trace(&format!("< HTTP {} after {}", answer.status(), milliseconds(start)));
        for (name, value) in answer.headers() {
            let value = String::from_utf8_lossy(value.as_bytes());
            let value = match name.as_str() {
                name if SECRET_ANSWERS.contains(&name) => "***".to_owned(),
                auth_challenge::OF_SERVER | auth_challenge::OF_PROXY => {
                    auth_challenge::without_parameters(&message.mask.apply(&value))
                }
                _ => escape::visible(&message.mask.apply(&value)).into_owned(),
            };
            self.trace(&format!("< {name}: {value}"));
        }
    }

    /// Tells of the answer's body.
    pub fn body(&mut self, length: usize, start: Instant) {
        self.trace(&format!("< {} in {}", size(length as u64), milliseconds(start)));
    }

    /// Tells of a wait before the next try, and waits.
    pub fn waits(&mut self, wait: Duration, cause: &str, tries: &Attempt) {
        let place = tries.place();
        self.notice(&format!("retrying in {}: {cause} ({place})", seconds(wait)));
        (self.sleep)(wait);
    }

    /// Tells of a wait that is not begun.
    pub fn gives_up(&mut self, wait: Duration) {
        let wait = seconds(wait);
        self.notice(&format!("not retrying: the wait of {wait} would outlast --timeout"));
    }

    /// Tells those who want to know.
    pub fn trace(&mut self, line: &str) {
        (self.say)(Event::Trace(line));
    }

    /// Reports a problem that does not end the call, with what to do next.
    pub fn warn(&mut self, warning: &str, hint: &str) {
        (self.say)(Event::Warning(warning, hint));
    }

    fn notice(&mut self, line: &str) {
        (self.say)(Event::Notice(line));
    }
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

fn milliseconds(start: Instant) -> String {
    format!("{} ms", start.elapsed().as_millis())
}
