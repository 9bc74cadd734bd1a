//! Discovery, the authorize page, tokens: OpenID Connect as far as an application that
//! people sign in for sees it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::{CLIENT_ID, Reply, Seen, Signer, State, TENANT, claims};

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
    if state.revokes {
        document["revocation_endpoint"] = format!("{address}/login/common/oauth/revoke").into();
    }
    Reply::json(200, &document)
}

/// The page that a person signs in at. This one knows them already, and sends them back.
pub(super) fn authorize(state: &mut State, seen: &Seen) -> Reply {
    let is = |name: &str, value: &str| seen.query(name).as_deref() == Some(value);
    let redirect = seen.query("redirect_uri").unwrap_or_default();
    let is_registered = url::Url::parse(&redirect).is_ok_and(|url| {
        url.scheme() == "http" && url.host_str() == Some("127.0.0.1") && url.path() == "/callback"
    });
    // Nobody is sent to an address that is not registered.
    if !is("client_id", CLIENT_ID) || !is_registered {
        return Reply::new(400, "text/plain", "no such application");
    }
    let back = |pairs: &[(&str, &str)]| {
        let mut url = url::Url::parse(&redirect).expect("an address");
        url.query_pairs_mut()
            .extend_pairs(pairs)
            .append_pair("state", &seen.query("state").unwrap_or_default());
        Reply::redirect(url.as_str())
    };
    if let Some((error, words)) = &state.refusal {
        return back(&[("error", error), ("error_description", words)]);
    }
    let challenge = seen.query("code_challenge").unwrap_or_default();
    let is_whole = is("response_type", "code")
        && is("scope", "openid")
        && is("code_challenge_method", "S256")
        && challenge.len() == 43
        && seen.query("state").is_some_and(|state| state.len() >= 20);
    if !is_whole {
        return back(&[("error", "invalid_request")]);
    }
    let code = state.fresh("code");
    state
        .codes
        .insert(code.clone(), Code { challenge, redirect: redirect.clone(), is_used: false });
    back(&[("code", &code)])
}

pub(super) fn tokens(state: &mut State, seen: &Seen) -> Reply {
    if let Some(reply) = state.odd_tokens.clone() {
        return reply;
    }
    if seen.form("client_id").as_deref() != Some(CLIENT_ID)
        || seen.form("client_secret") != state.secret
    {
        return refused(401, "invalid_client", "The client's credentials are missing or wrong.");
    }
    match seen.form("grant_type").as_deref() {
        Some("authorization_code") => by_code(state, seen),
        Some("refresh_token") => by_refresh_token(state, seen),
        _ => refused(400, "unsupported_grant_type", ""),
    }
}

fn by_code(state: &mut State, seen: &Seen) -> Reply {
    let Some(code) = seen.form("code").and_then(|code| state.codes.get_mut(&code)) else {
        return refused(400, "invalid_grant", "There is no such code.");
    };
    let verifier = seen.form("code_verifier").unwrap_or_default();
    let digest = ring::digest::digest(&ring::digest::SHA256, verifier.as_bytes());
    let is_proved = URL_SAFE_NO_PAD.encode(digest) == code.challenge && verifier.len() >= 43;
    if code.is_used || !is_proved || seen.form("redirect_uri").as_ref() != Some(&code.redirect) {
        return refused(400, "invalid_grant", "The code was used, or is another's.");
    }
    code.is_used = true;
    let id_token = state.proves_who.then(|| {
        let token = Signer::own().sign(&claims(state));
        state.tamper.map_or(token.clone(), |tamper| tamper(state, token))
    });
    grant(state, id_token)
}

fn by_refresh_token(state: &mut State, seen: &Seen) -> Reply {
    let token = seen.form("refresh_token").unwrap_or_default();
    let rotates = state.rotates;
    let is_good = state.grants.get_mut(&token).is_some_and(|grant| {
        let is_good = !grant.is_used && !grant.is_revoked;
        grant.is_used |= rotates;
        is_good
    });
    if !is_good {
        // One that is used twice was stolen: all of them end.
        for grant in state.grants.values_mut() {
            grant.is_revoked = true;
        }
        return refused(400, "invalid_grant", "The refresh token was revoked.");
    }
    grant(state, None)
}

fn grant(state: &mut State, id_token: Option<String>) -> Reply {
    let access = format!("8A:{TENANT}.{}", state.fresh("access"));
    let end = state.life.map_or(u64::MAX, |life| state.now() + life);
    state.access.insert(access.clone(), end);
    let mut answer = json!({ "token_type": "Bearer", "access_token": access });
    if let (Some(life), true) = (state.life, state.says_life) {
        answer["expires_in"] = life.into();
    }
    if state.rotates || id_token.is_some() || state.grants.is_empty() {
        let refresh = state.fresh("refresh");
        state.grants.insert(refresh.clone(), Grant::default());
        answer["refresh_token"] = refresh.into();
    }
    if let Some(token) = id_token {
        answer["id_token"] = token.into();
    }
    Reply::json(200, &answer)
}

pub(super) fn revoke(state: &mut State, seen: &Seen) -> Reply {
    let token = seen.form("token").unwrap_or_default();
    if let Some(grant) = state.grants.get_mut(&token) {
        grant.is_revoked = true;
        state.access.clear();
    }
    // RFC 7009: what is not known is as good as revoked.
    Reply::new(200, "text/plain", "")
}

fn refused(status: u16, error: &str, words: &str) -> Reply {
    Reply::json(status, &json!({ "error": error, "error_description": words }))
}
