//! The token response (RFC 6749, section 5). It is parsed leniently, because the code is
//! spent by then.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use oauth2::basic::{BasicErrorResponse, BasicTokenType};
use oauth2::{AccessToken, RefreshToken, RequestTokenError, Scope};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::auth::token;
use crate::error::{Error, Kind, Result};
use crate::escape;
use crate::secret::Secret;
use crate::tenant::environment::OnlineEnvironment;

use super::stored_session::Tokens;

#[derive(Debug, Deserialize, Serialize)]
pub(super) struct TokenResponse {
    #[serde(default = "no_token", deserialize_with = "token_or_null")]
    access_token: AccessToken,
    token_type: Option<String>,
    #[serde(default, deserialize_with = "seconds")]
    expires_in: Option<u64>,
    refresh_token: Option<RefreshToken>,
    pub(super) id_token: Option<String>,
}

impl oauth2::TokenResponse for TokenResponse {
    type TokenType = BasicTokenType;

    fn access_token(&self) -> &AccessToken {
        &self.access_token
    }

    fn token_type(&self) -> &BasicTokenType {
        &BasicTokenType::Bearer
    }

    fn expires_in(&self) -> Option<Duration> {
        self.expires_in.map(Duration::from_secs)
    }

    fn refresh_token(&self) -> Option<&RefreshToken> {
        self.refresh_token.as_ref().filter(|token| !token.secret().is_empty())
    }

    fn scopes(&self) -> Option<&Vec<Scope>> {
        None
    }
}

impl TokenResponse {
    /// Checks the tokens. Without a new refresh token, `old_refresh` stays valid.
    ///
    /// # Errors
    /// An error of [`Kind::Answer`] for a token that cannot be sent, or not as Bearer.
    pub(super) fn into_tokens(
        self,
        old_refresh: Option<&Secret>,
        client_secret: Option<Secret>,
        environment: &OnlineEnvironment,
        now: DateTime<Utc>,
    ) -> Result<Tokens> {
        let unusable = |what: &str| {
            Error::new(Kind::Answer, format!("{environment} gave {what}")).hint(
                "nothing was kept; check --environment, or whether a proxy answered in its place",
            )
        };
        let kind = self.token_type.as_deref().map_or("", str::trim);
        if !kind.is_empty() && !kind.eq_ignore_ascii_case("bearer") {
            let kind = escape::excerpt(kind, 40);
            return Err(unusable(&format!("a token of the type '{kind}', which is not Bearer")));
        }
        token::check(self.access_token.secret())
            .map_err(|error| unusable(&format!("an access token that cannot be used: {error}")))?;
        let refresh = oauth2::TokenResponse::refresh_token(&self).map(RefreshToken::secret);
        refresh
            .map(|refresh| token::check(refresh))
            .transpose()
            .map_err(|error| unusable(&format!("a refresh token that cannot be used: {error}")))?;
        let lifetime = self.expires_in.and_then(|seconds| i64::try_from(seconds).ok());
        let lifetime = lifetime.and_then(TimeDelta::try_seconds);
        Ok(Tokens {
            access: Secret::new(self.access_token.secret().clone()),
            expires: lifetime.and_then(|lifetime| now.checked_add_signed(lifetime)),
            refresh: refresh.map(|token| Secret::new(token.clone())).or(old_refresh.cloned()),
            client_secret,
        })
    }
}

fn no_token() -> AccessToken {
    AccessToken::new(String::new())
}

fn token_or_null<'d, D: Deserializer<'d>>(
    deserializer: D,
) -> std::result::Result<AccessToken, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_else(no_token))
}

/// Parses `3600`, `3600.0` and `"3600"`. Any other value counts as missing: the token is then
/// used until the server refuses it.
fn seconds<'d, D: Deserializer<'d>>(deserializer: D) -> std::result::Result<Option<u64>, D::Error> {
    let seconds = match Value::deserialize(deserializer)? {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse::<f64>().ok(),
        _ => None,
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is in range")]
    Ok(seconds.filter(|seconds| (0.0..MAX_LIFETIME).contains(seconds)).map(|it| it as u64))
}

/// The longest lifetime of a token, in seconds: three thousand years.
const MAX_LIFETIME: f64 = 1e11;

/// Describes a token request that failed; `summary` names what was not done.
pub(super) fn describe_error(
    error: RequestTokenError<Error, BasicErrorResponse>,
    summary: &str,
) -> Error {
    match error {
        RequestTokenError::Request(error) => error,
        RequestTokenError::ServerResponse(answer) => {
            let text = error_text(answer.error().as_ref(), answer.error_description());
            Error::new(Kind::Authentication, format!("{summary}: {text}"))
        }
        // The text at that place may be a token, so it is not quoted.
        RequestTokenError::Parse(error, _) => {
            let path = error.path().to_string();
            let place = if path == "." { String::new() } else { format!(" at {path}") };
            let message = format!("the answer with the tokens was not understood{place}");
            Error::new(Kind::Answer, message).hint("check --environment; -v shows the request")
        }
        RequestTokenError::Other(_) => {
            Error::new(Kind::Answer, "the answer with the tokens is empty")
                .hint("check --environment; -v shows the request")
        }
    }
}

/// Returns an error of RFC 6749 with its description, as visible text.
pub(super) fn error_text(error: &str, description: Option<&String>) -> String {
    let error = escape::excerpt(error, 60);
    match description.map(|text| escape::excerpt(text, 300)) {
        Some(text) if !text.is_empty() => format!("{error}: {text}"),
        _ => error,
    }
}
