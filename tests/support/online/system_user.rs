//! The exchange of a signed token for a ticket, as the service does it, and its key set.

use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::keys::{Key, is_signed, jwt};
use super::{Answer, Asked, Part};

/// The tokens that are taken.
pub const TOKEN: &str = "Sotickets test-canary-system";
pub const APPLICATION: &str = "canary-application-token";

/// What signs tickets out, and what the application signs with.
pub struct Desk {
    pub application: Key,
    pub service: Key,
    issued: Mutex<u32>,
    /// What is to be different about the next tokens.
    twist: Mutex<Twist>,
}

/// Changes the header and the claims of a token.
pub type Change = Box<dyn Fn(&mut Value, &mut Value) + Send>;

/// What is different about a token.
pub struct Twist {
    /// Changes header and claims.
    pub change: Change,
    /// Changes the token that was signed.
    pub after: Box<dyn Fn(String) -> String + Send>,
    /// The answer in place of any token.
    pub answer: Option<Answer>,
    /// The time at the service.
    pub now: Option<DateTime<Utc>>,
}

impl Default for Twist {
    fn default() -> Self {
        let after = |token| token;
        Self { change: Box::new(|_, _| {}), after: Box::new(after), answer: None, now: None }
    }
}

impl Desk {
    pub fn new(application: Key, service: Key) -> Arc<Self> {
        Arc::new(Self {
            application,
            service,
            issued: Mutex::new(0),
            twist: Mutex::new(Twist::default()),
        })
    }

    /// Has the next tokens be different.
    pub fn twist(&self, twist: Twist) {
        *self.twist.lock().expect("no panic") = twist;
    }

    /// The part of the stand-in at `url`.
    pub fn part(self: &Arc<Self>, url: &str) -> Part {
        let (desk, url) = (Arc::clone(self), url.to_owned());
        Box::new(move |asked: &Asked| match (asked.method.as_str(), asked.target.as_str()) {
            ("GET", "/login/.well-known/openid-configuration") => {
                let keys = format!("{url}/login/.well-known/jwks");
                Some((200, json!({ "issuer": url, "jwks_uri": keys }).to_string()))
            }
            ("GET", "/login/.well-known/jwks") => {
                Some((200, json!({ "keys": [desk.service.jwk("first")] }).to_string()))
            }
            ("POST", "/Login/api/PartnerSystemUser/Authenticate") => {
                Some(desk.exchange(&asked.body))
            }
            _ => None,
        })
    }

    fn exchange(&self, body: &str) -> Answer {
        let twist = self.twist.lock().expect("no panic");
        if let Some(answer) = twist.answer.clone() {
            return answer;
        }
        let now = twist.now.unwrap_or_else(super::now);
        if let Err(why) = self.check(body, now) {
            let answer = json!({ "IsSuccessful": false, "Token": null, "ErrorMessage": why });
            return (200, answer.to_string());
        }
        let mut issued = self.issued.lock().expect("no panic");
        *issued += 1;
        let mut header = json!({ "alg": "RS256", "typ": "JWT", "kid": "first" });
        let mut claims = json!({
            "iss": "SuperOffice AS",
            "aud": "spn:1234567",
            "nbf": now.timestamp(),
            "exp": now.timestamp() + 600,
            "http://schemes.superoffice.net/identity/serial": "1234567",
            "http://schemes.superoffice.net/identity/ticket": format!("7T:canary-ticket-{issued}"),
        });
        (twist.change)(&mut header, &mut claims);
        let token = (twist.after)(jwt(&header, &claims, &self.service));
        (200, json!({ "IsSuccessful": true, "Token": token, "ErrorMessage": null }).to_string())
    }

    /// Checks a request as the service would, with nothing of the program's own.
    fn check(&self, body: &str, now: DateTime<Utc>) -> Result<(), String> {
        let body: Value = serde_json::from_str(body).map_err(|error| error.to_string())?;
        let text = |name: &str| body[name].as_str().unwrap_or_default();
        let (signed, signature) =
            text("SignedSystemToken").rsplit_once('.').ok_or("the token is not signed")?;
        let (token, time) = signed.rsplit_once('.').ok_or("the token has no time")?;
        let time = NaiveDateTime::parse_from_str(&format!("{time}00"), "%Y%m%d%H%M%S")
            .map_err(|_| "the token's time is none")?;
        let signature = STANDARD.decode(signature).map_err(|_| "the signature is no base64")?;
        let checks = [
            (is_signed(signed, &signature, &self.application.public()), "the signature is wrong"),
            (token == TOKEN, "the token is not known"),
            ((time.and_utc() - now).abs() < TimeDelta::minutes(5), "the token's time is wrong"),
            (text("ApplicationToken") == APPLICATION, "the application is not known"),
            (text("ContextIdentifier") == super::state::TENANT, "the tenant is not known"),
            (text("ReturnTokenType") == "JWT", "the type is not known"),
        ];
        checks.iter().find(|(is_so, _)| !is_so).map_or(Ok(()), |(_, why)| Err((*why).to_owned()))
    }
}
