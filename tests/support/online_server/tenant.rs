//! The tenant's address, and its endpoint for a valid token or ticket.

use std::collections::VecDeque;

use chrono::{DateTime, TimeDelta, Utc};

use crate::support::server::Request;

use super::{Reply, State, TENANT, TICKETS, system_user};

/// A tenant that can move.
pub struct Tenant {
    /// Its path on the host.
    pub site: String,
    /// True if its endpoint needs no credential, as behind a gateway.
    pub is_open: bool,
    /// The endpoint's answer to an invalid token.
    pub refused_with: u16,
    /// True if that answer is an error of the WebAPI which quotes the credential.
    pub quotes: bool,
    /// The endpoint's answer in place of tickets.
    pub failure: Option<(u16, &'static str)>,
    state: String,
    is_running: bool,
    /// The address in its state, if that is not its site.
    claimed_api: Option<String>,
    valid_until: DateTime<Utc>,
    /// The next statuses of the endpoint, before any check.
    statuses: VecDeque<u16>,
}

/// A running tenant, whose address is valid for an hour.
impl Default for Tenant {
    fn default() -> Self {
        Self {
            site: format!("/online3/{TENANT}"),
            is_open: false,
            refused_with: 401,
            quotes: false,
            failure: None,
            state: "Running".to_owned(),
            is_running: true,
            claimed_api: None,
            valid_until: super::now() + TimeDelta::hours(1),
            statuses: VecDeque::new(),
        }
    }
}

impl Tenant {
    /// Moves to another site; the one before answers 421.
    pub fn move_to(&mut self, site: &str) {
        site.clone_into(&mut self.site);
    }

    /// Is in `state`.
    pub fn is(&mut self, state: &str, is_running: bool) {
        state.clone_into(&mut self.state);
        self.is_running = is_running;
    }

    /// Makes its state name `api` as its address.
    pub fn say(&mut self, api: &str) {
        self.claimed_api = Some(api.to_owned());
    }

    /// Makes its address valid until then.
    pub fn until(&mut self, at: DateTime<Utc>) {
        self.valid_until = at;
    }

    /// Makes the endpoint answer so, one after the other, before any check.
    pub fn answer(&mut self, statuses: &[u16]) {
        self.statuses = statuses.iter().copied().collect();
    }

    /// Returns the state of the tenant `name` at the service at `address`.
    pub(super) fn place(&self, name: &str, address: &str) -> Reply {
        if !name.eq_ignore_ascii_case(TENANT) {
            return Reply::json(404, &serde_json::json!({ "Message": "No such customer" }));
        }
        let endpoint = format!("{address}{}", self.site);
        let api = self.claimed_api.clone().unwrap_or_else(|| format!("{endpoint}/api"));
        let answer = serde_json::json!({
            "ContextIdentifier": TENANT,
            "Endpoint": endpoint,
            "State": self.state,
            "IsRunning": self.is_running,
            // As the service writes it.
            "ValidUntil": self.valid_until.format("%Y-%m-%dT%H:%M:%S%.6f0Z").to_string(),
            "Api": api,
            "Version": "10.3.1",
        });
        Reply::json(200, &answer)
    }
}

/// Returns the version of the installation, without a credential.
pub(super) fn version() -> serde_json::Value {
    serde_json::json!({
        "Version": "v1",
        "NetServerVersion": "10.3.1.512",
        "NetServerDate": "2024-08-10",
    })
}

/// The endpoint at `site`.
pub(super) fn tickets(state: &mut State, request: &Request, site: &str) -> Reply {
    let json = |status, body: &str| Reply::new(status, "application/json; charset=utf-8", body);
    if site != state.tenant.site {
        return json(421, "");
    }
    if let Some(status) = state.tenant.statuses.pop_front() {
        return json(status, "");
    }
    if state.tenant.is_open || is_let_in(state, request) {
        let (status, body) = state.tenant.failure.unwrap_or((200, TICKETS));
        return json(status, body);
    }
    if state.tenant.quotes {
        let body = serde_json::json!({
            "Error": true, "ErrorType": "SoException",
            "ErrorMessage": request.header("authorization").unwrap_or_default(),
        });
        return json(state.tenant.refused_with, &body.to_string());
    }
    json(state.tenant.refused_with, r#"{"Message":"The token has expired."}"#)
}

fn is_let_in(state: &mut State, request: &Request) -> bool {
    let now = state.now();
    match request.header("authorization").and_then(|value| value.split_once(' ')) {
        Some(("Bearer", token)) => state.sign_in.access.get(token).is_some_and(|end| now < *end),
        Some(("SOTicket", ticket)) => {
            let is_the_application =
                request.header("so-apptoken") == Some(system_user::APPLICATION);
            is_the_application && state.system_user.uses(ticket, now)
        }
        _ => false,
    }
}
