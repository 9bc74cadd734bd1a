//! Where the tenants are, and their endpoints.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};

use super::{Asked, Part};

/// A tenant that can move.
#[derive(Clone)]
pub struct Tenants(Arc<Mutex<Inner>>);

struct Inner {
    state: String,
    is_running: bool,
    /// The host and site that serve it.
    site: String,
    /// What is said instead of it.
    said: Option<String>,
    valid_until: String,
    /// The next statuses of the endpoint, before it answers with a ticket.
    statuses: Vec<u16>,
}

/// The tenant that there is.
pub const TENANT: &str = "Cust12345";
/// The answer of its endpoint.
pub const TICKETS: &str = r#"[{"TicketId":839,"Title":"Printer"}]"#;

impl Tenants {
    /// A tenant that runs, whose place holds for an hour.
    pub fn new() -> Self {
        Self(Arc::new(Mutex::new(Inner {
            state: "Running".to_owned(),
            is_running: true,
            site: format!("/online3/{TENANT}"),
            said: None,
            valid_until: time(super::now() + TimeDelta::hours(1)),
            statuses: Vec::new(),
        })))
    }

    /// Moves to another site; the one before answers 421.
    pub fn move_to(&self, site: &str) {
        self.change(|inner| site.clone_into(&mut inner.site));
    }

    /// Is in `state`.
    pub fn is(&self, state: &str, is_running: bool) {
        self.change(|inner| {
            state.clone_into(&mut inner.state);
            inner.is_running = is_running;
        });
    }

    /// Says that it is at `api`, whatever is so.
    pub fn say(&self, api: &str) {
        self.change(|inner| inner.said = Some(api.to_owned()));
    }

    /// Says that its place holds until then.
    pub fn until(&self, at: DateTime<Utc>) {
        self.change(|inner| inner.valid_until = time(at));
    }

    /// The endpoint answers so, one after the other, before it answers with a ticket.
    pub fn answer(&self, statuses: &[u16]) {
        self.change(|inner| inner.statuses = statuses.to_vec());
    }

    /// The part of the stand-in at `url`.
    pub fn part(&self, url: &str) -> Part {
        let (inner, url) = (Arc::clone(&self.0), url.to_owned());
        Box::new(move |asked: &Asked| {
            let mut inner = inner.lock().expect("no panic");
            if let Some(name) = asked.target.strip_prefix("/api/state/") {
                return Some(inner.state(name, &url));
            }
            let (site, _) = asked.target.split_once("/api/v1/Agents/Ticket/GetTickets")?;
            Some(inner.tickets(site))
        })
    }

    fn change(&self, change: impl FnOnce(&mut Inner)) {
        change(&mut self.0.lock().expect("no panic"));
    }
}

impl Inner {
    fn state(&self, name: &str, url: &str) -> (u16, String) {
        if !name.eq_ignore_ascii_case(TENANT) {
            return (404, r#"{"Message":"No such customer"}"#.to_owned());
        }
        let endpoint = format!("{url}{}", self.site);
        let api = self.said.clone().unwrap_or_else(|| format!("{endpoint}/api"));
        let answer = serde_json::json!({
            "ContextIdentifier": TENANT,
            "Endpoint": endpoint,
            "State": self.state,
            "IsRunning": self.is_running,
            "ValidUntil": self.valid_until,
            "Api": api,
        });
        (200, answer.to_string())
    }

    fn tickets(&mut self, site: &str) -> (u16, String) {
        if site != self.site {
            return (421, String::new());
        }
        if self.statuses.is_empty() {
            return (200, TICKETS.to_owned());
        }
        (self.statuses.remove(0), String::new())
    }
}

/// As the service writes it.
fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%S%.6f0Z").to_string()
}
