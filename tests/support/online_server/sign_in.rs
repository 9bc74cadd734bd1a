//! Discovery, the authorize page and tokens: OpenID Connect as an application for people sees it.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use regex::Regex;
use serde_json::{Value, json};

use super::keys::{self, Key, jwt};
use crate::support::server::Request;

use super::{CLIENT_ID, Reply, State, TENANT, USER};

/// The state of sign-ins.
pub struct SignIns {
    /// How many seconds an access token lives; without them `expires_in` is left out.
    pub life: Option<i64>,
    /// True if `expires_in` is sent.
    pub says_life: bool,
    /// True if a refresh gives a new refresh token, and ends the old one.
    pub rotates: bool,
    /// True if an id token comes with a code's tokens.
    pub proves_who: bool,
    /// Changes the id token before it is sent.
    pub tamper: Option<fn(&State, String) -> String>,
    /// True if there is an endpoint for revocation.
    pub revokes: bool,
    /// The redirect addresses that are registered, each as a regular expression.
    pub redirects: Vec<String>,
    /// The response modes that discovery lists; no list without them.
    pub response_modes: Option<Vec<&'static str>>,
    /// True if the browser comes back by a POST with a form.
    pub posts: bool,
    /// The application's secret. A code is exchanged without it, a refresh token is not.
    pub secret: String,
    /// Runs when tokens are requested, before they are given.
    pub before_tokens: Option<Box<dyn FnMut() + Send>>,
    /// True if the user has a session and has allowed the application before: then there is no
    /// page, and the browser is sent back at once.
    pub knows_the_person: bool,
    /// The error that the browser is sent back with in place of a page.
    pub refusal: Option<(String, String)>,
    /// An answer in place of the one for tokens.
    pub odd_tokens: Option<Reply>,
    /// Pages that wait for an answer, with the data that a code will be bound to.
    pub pages: BTreeMap<String, Asking>,
    /// Codes that were given.
    pub codes: BTreeMap<String, Code>,
    /// Refresh tokens, used or not.
    pub grants: BTreeMap<String, Grant>,
    /// Access tokens with their end.
    pub access: BTreeMap<String, DateTime<Utc>>,
}

impl Default for SignIns {
    fn default() -> Self {
        Self {
            life: Some(3600),
            says_life: true,
            rotates: true,
            proves_who: true,
            tamper: None,
            revokes: true,
            redirects: vec![r"^http://127.0.0.1\:\d{4,10}$".to_owned()],
            response_modes: Some(vec!["form_post", "fragment", "query"]),
            posts: false,
            secret: SECRET.to_owned(),
            before_tokens: None,
            knows_the_person: false,
            refusal: None,
            odd_tokens: None,
            pages: BTreeMap::new(),
            codes: BTreeMap::new(),
            grants: BTreeMap::new(),
            access: BTreeMap::new(),
        }
    }
}

/// The request that a page asks a user to allow.
pub struct Asking {
    challenge: String,
    redirect: String,
    state: String,
}

/// The application's secret.
pub const SECRET: &str = "canary-of-the-application";

/// The words of the page for a redirect address that is not registered.
pub const INVALID_REDIRECT: &str = "InvalidRedirectUrl (2)";

/// The error if the user does not allow it.
pub const DENIED: &str = "The user did not allow it.";

const PAGE: &str = r#"<!doctype html>
<html lang="en">
<title>Sign in (stand-in)</title>
<h1>Sign in</h1>
<p>An application wants to read the tickets of TENANT as USER.</p>
<form method="post" action="/login/common/oauth/authorize">
<input type="hidden" name="page" value="NAME">
<button name="answer" value="allow">Allow</button>
<button name="answer" value="deny">Do not allow</button>
</form>
</html>
"#;

/// A code that was given, with what it is bound to.
pub struct Code {
    pub challenge: String,
    pub redirect: String,
    pub is_used: bool,
}

/// A refresh token.
#[derive(Default)]
pub struct Grant {
    /// It was exchanged for another.
    pub is_used: bool,
    /// It, or one before or after it, was revoked.
    pub is_revoked: bool,
}

pub(super) fn discovery(state: &State) -> Reply {
    let address = &state.address;
    let mut document = json!({
        "issuer": address,
        "authorization_endpoint": format!("{address}/login/common/oauth/authorize"),
        "token_endpoint": format!("{address}/login/common/oauth/tokens"),
        "jwks_uri": format!("{address}/login/.well-known/jwks"),
        "scopes_supported": ["openid"],
        "response_types_supported": ["code"],
        "id_token_signing_alg_values_supported": ["RS256"],
    });
    if let Some(modes) = &state.sign_in.response_modes {
        document["response_modes_supported"] = modes.clone().into();
    }
    if state.sign_in.revokes {
        document["revocation_endpoint"] = format!("{address}/login/common/oauth/revoke").into();
    }
    Reply::json(200, &document)
}

/// The sign-in page. The requested tenant does not matter here: the user chooses their own.
pub(super) fn authorize(state: &mut State, request: &Request) -> Reply {
    let is = |name: &str, value: &str| request.query(name).as_deref() == Some(value);
    let redirect = request.query("redirect_uri").unwrap_or_default();
    if !is("client_id", CLIENT_ID) {
        return Reply::new(400, "text/plain", "no such application");
    }
    let fits = |pattern: &String| Regex::new(pattern).expect("a pattern").is_match(&redirect);
    // A browser is not sent to an unregistered address; the page shows the error.
    if !state.sign_in.redirects.iter().any(fits) {
        return Reply::new(400, "text/html; charset=utf-8", INVALID_REDIRECT);
    }
    let is_known = |mode: String| {
        let modes = state.sign_in.response_modes.as_deref().unwrap_or_default();
        modes.contains(&mode.as_str())
    };
    if !request.query("response_mode").is_none_or(is_known) {
        return Reply::new(400, "text/plain", "no such response mode");
    }
    let challenge = request.query("code_challenge").unwrap_or_default();
    let is_whole = is("response_type", "code")
        && is("scope", "openid")
        && is("code_challenge_method", "S256")
        && challenge.len() == 43
        && request.query("state").is_some_and(|state| state.len() >= 20);
    let page = Asking { challenge, redirect, state: request.query("state").unwrap_or_default() };
    if let Some((error, words)) = &state.sign_in.refusal {
        return page.back(state, &[("error", error), ("error_description", words)]);
    }
    if !is_whole {
        return page.back(state, &[("error", "invalid_request")]);
    }
    if state.sign_in.knows_the_person {
        return page.allowed(state);
    }
    let name = state.fresh("page");
    let html = PAGE.replace("NAME", &name).replace("USER", USER).replace("TENANT", TENANT);
    state.sign_in.pages.insert(name, page);
    Reply::new(200, "text/html; charset=utf-8", html)
}

/// The answer of a user on the page.
pub(super) fn answered(state: &mut State, request: &Request) -> Reply {
    let page = request.form("page").and_then(|name| state.sign_in.pages.remove(&name));
    let Some(page) = page else {
        return Reply::new(400, "text/plain", "there is no such page, or it was answered");
    };
    match request.form("answer").as_deref() {
        Some("allow") => page.allowed(state),
        _ => page.back(state, &[("error", "access_denied"), ("error_description", DENIED)]),
    }
}

impl Asking {
    fn allowed(&self, state: &mut State) -> Reply {
        let code = state.fresh("code");
        let (challenge, redirect) = (self.challenge.clone(), self.redirect.clone());
        let bound = Code { challenge, redirect, is_used: false };
        state.sign_in.codes.insert(code.clone(), bound);
        self.back(state, &[("code", &code)])
    }

    /// Sends the browser back, by a redirect or by a form that a script submits.
    fn back(&self, state: &State, pairs: &[(&str, &str)]) -> Reply {
        if state.sign_in.posts {
            let state = [("state", self.state.as_str())];
            let inputs = pairs.iter().chain(&state).map(|(name, value)| {
                format!(r#"<input type="hidden" name="{name}" value="{value}">"#)
            });
            let (inputs, redirect) = (inputs.collect::<String>(), &self.redirect);
            let html = format!(
                r#"<form method="post" action="{redirect}">{inputs}</form><script>document.forms[0].submit()</script>"#
            );
            return Reply::new(200, "text/html; charset=utf-8", html);
        }
        let mut url = url::Url::parse(&self.redirect).expect("an address");
        url.query_pairs_mut().extend_pairs(pairs).append_pair("state", &self.state);
        Reply::redirect(url.as_str())
    }
}

pub(super) fn tokens(state: &mut State, request: &Request) -> Reply {
    if let Some(run) = &mut state.sign_in.before_tokens {
        run();
    }
    if let Some(reply) = state.sign_in.odd_tokens.clone() {
        return reply;
    }
    let secret = request.form("client_secret");
    let is_refresh = request.form("grant_type").as_deref() == Some("refresh_token");
    let is_proved = secret.as_ref().map_or(!is_refresh, |secret| *secret == state.sign_in.secret);
    if request.form("client_id").as_deref() != Some(CLIENT_ID) || !is_proved {
        return refused(401, "invalid_client", "The client's credentials are missing or wrong.");
    }
    match request.form("grant_type").as_deref() {
        Some("authorization_code") => by_code(state, request),
        Some("refresh_token") => by_refresh_token(state, request),
        _ => refused(400, "unsupported_grant_type", ""),
    }
}

fn by_code(state: &mut State, request: &Request) -> Reply {
    let Some(code) = request.form("code").and_then(|code| state.sign_in.codes.get_mut(&code))
    else {
        return refused(400, "invalid_grant", "There is no such code.");
    };
    let verifier = request.form("code_verifier").unwrap_or_default();
    let digest = ring::digest::digest(&ring::digest::SHA256, verifier.as_bytes());
    let is_proved = URL_SAFE_NO_PAD.encode(digest) == code.challenge && verifier.len() >= 43;
    if code.is_used || !is_proved || request.form("redirect_uri").as_ref() != Some(&code.redirect) {
        return refused(400, "invalid_grant", "The code was used, or is another's.");
    }
    code.is_used = true;
    let id_token = state.sign_in.proves_who.then(|| {
        let token = signed(&claims(state));
        state.sign_in.tamper.map_or(token.clone(), |tamper| tamper(state, token))
    });
    grant(state, id_token)
}

fn by_refresh_token(state: &mut State, request: &Request) -> Reply {
    let token = request.form("refresh_token").unwrap_or_default();
    let rotates = state.sign_in.rotates;
    let is_good = state.sign_in.grants.get_mut(&token).is_some_and(|grant| {
        let is_good = !grant.is_used && !grant.is_revoked;
        grant.is_used |= rotates;
        is_good
    });
    if !is_good {
        // A token that is used twice was stolen, so all of them end.
        for grant in state.sign_in.grants.values_mut() {
            grant.is_revoked = true;
        }
        return refused(400, "invalid_grant", "The refresh token was revoked.");
    }
    grant(state, None)
}

fn grant(state: &mut State, id_token: Option<String>) -> Reply {
    let access = format!("8A:{TENANT}.{}", state.fresh("access"));
    let now = state.now();
    let end =
        state.sign_in.life.map_or(DateTime::<Utc>::MAX_UTC, |life| now + TimeDelta::seconds(life));
    state.sign_in.access.insert(access.clone(), end);
    let mut answer = json!({ "token_type": "Bearer", "access_token": access });
    if let (Some(life), true) = (state.sign_in.life, state.sign_in.says_life) {
        answer["expires_in"] = life.into();
    }
    answer["refresh_token"] = Value::Null;
    if state.sign_in.rotates || id_token.is_some() || state.sign_in.grants.is_empty() {
        let refresh = state.fresh("refresh");
        state.sign_in.grants.insert(refresh.clone(), Grant::default());
        answer["refresh_token"] = refresh.into();
    }
    if let Some(token) = id_token {
        answer["id_token"] = token.into();
    }
    Reply::json(200, &answer)
}

pub(super) fn revoke(state: &mut State, request: &Request) -> Reply {
    let token = request.form("token").unwrap_or_default();
    if let Some(grant) = state.sign_in.grants.get_mut(&token) {
        grant.is_revoked = true;
        state.sign_in.access.clear();
    }
    // RFC 7009: an unknown token counts as revoked.
    Reply::new(200, "text/plain", "")
}

fn refused(status: u16, error: &str, words: &str) -> Reply {
    Reply::json(status, &json!({ "error": error, "error_description": words }))
}

/// The claims of an id token.
pub fn claims(state: &State) -> Value {
    let own = |name: &str| format!("http://schemes.superoffice.net/identity/{name}");
    let now = state.now().timestamp();
    let mut claims = json!({
        "iss": state.address, "aud": CLIENT_ID, "sub": USER,
        "iat": now, "nbf": now, "exp": now + 300,
    });
    claims[own("upn")] = USER.into();
    claims[own("ctx")] = TENANT.into();
    claims[own("webapi_url")] = format!("{}{}/api/", state.address, state.tenant.site).into();
    claims
}

/// A token of these claims, signed by the stand-in.
pub fn signed(claims: &Value) -> String {
    jwt(&keys::header(), claims, &Key::service())
}
