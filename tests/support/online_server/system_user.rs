//! The exchange of a system user's signed token for a ticket. It uses nothing of the program but
//! the crate that checks the signature.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::keys::{self, Key, is_signed, jwt};
use crate::support::server::Request;

use super::{Reply, State, TENANT};

/// The tokens that are accepted.
pub const TOKEN: &str = "Sotickets test-canary-system";
pub const APPLICATION: &str = "canary-application-token";

/// The state of system users.
#[derive(Default)]
pub struct SystemUsers {
    /// The public key of the application, in PEM.
    pub key: String,
    /// The changes to the next tokens.
    pub twist: Twist,
    /// Tickets with their last use.
    pub tickets: BTreeMap<String, DateTime<Utc>>,
    /// How many tickets were given.
    issued: usize,
}

/// Changes the header and the claims of a token.
pub type Change = Box<dyn Fn(&mut Value, &mut Value) + Send>;

/// The changes to a token.
pub struct Twist {
    /// Changes header and claims.
    pub change: Change,
    /// Changes the token that was signed.
    pub after: Box<dyn Fn(String) -> String + Send>,
    /// The answer in place of any token.
    pub answer: Option<Reply>,
}

impl Default for Twist {
    fn default() -> Self {
        Self { change: Box::new(|_, _| {}), after: Box::new(|token| token), answer: None }
    }
}

impl SystemUsers {
    /// Returns whether `ticket` is valid, which it is for six hours after its last use.
    pub(super) fn uses(&mut self, ticket: &str, now: DateTime<Utc>) -> bool {
        let Some(used) = self.tickets.get_mut(ticket) else { return false };
        let holds = now - *used < TimeDelta::hours(6);
        *used = now;
        holds
    }
}

pub(super) fn exchange(state: &mut State, request: &Request) -> Reply {
    if let Some(answer) = state.system_user.twist.answer.clone() {
        return answer;
    }
    let now = state.now();
    if let Err(why) = check(&request.body, &state.system_user.key, now) {
        let answer = json!({ "IsSuccessful": false, "Token": null, "ErrorMessage": why });
        return Reply::json(200, &answer);
    }
    state.system_user.issued += 1;
    let ticket = format!("7T:canary-ticket-{}", state.system_user.issued);
    state.system_user.tickets.insert(ticket.clone(), now);
    let mut header = keys::header();
    let mut claims = json!({
        "iss": "SuperOffice AS",
        "aud": "spn:1234567",
        "nbf": now.timestamp(),
        "exp": now.timestamp() + 600,
        "http://schemes.superoffice.net/identity/serial": "1234567",
        "http://schemes.superoffice.net/identity/ticket": ticket,
    });
    let twist = &state.system_user.twist;
    (twist.change)(&mut header, &mut claims);
    let token = (twist.after)(jwt(&header, &claims, &Key::service()));
    Reply::json(200, &json!({ "IsSuccessful": true, "Token": token, "ErrorMessage": null }))
}

/// Checks the `body` of a request.
fn check(body: &str, key: &str, now: DateTime<Utc>) -> Result<(), String> {
    let body: Value = serde_json::from_str(body).map_err(|error| error.to_string())?;
    let text = |name: &str| body[name].as_str().unwrap_or_default();
    let (signed, signature) =
        text("SignedSystemToken").rsplit_once('.').ok_or("the token is not signed")?;
    let (token, time) = signed.rsplit_once('.').ok_or("the token has no time")?;
    let time = NaiveDateTime::parse_from_str(&format!("{time}00"), "%Y%m%d%H%M%S")
        .map_err(|_| "the token's time is none")?;
    let signature = STANDARD.decode(signature).map_err(|_| "the signature is no base64")?;
    let checks = [
        (is_signed(signed, &signature, key), "the signature is wrong"),
        (token == TOKEN, "the token is not known"),
        ((time.and_utc() - now).abs() < TimeDelta::minutes(5), "the token's time is wrong"),
        (text("ApplicationToken") == APPLICATION, "the application is not known"),
        (text("ContextIdentifier") == TENANT, "the tenant is not known"),
        (text("ReturnTokenType") == "JWT", "the type is not known"),
    ];
    checks.iter().find(|(is_so, _)| !is_so).map_or(Ok(()), |(_, why)| Err((*why).to_owned()))
}
