//! The token response (RFC 6749, section 5). It is parsed leniently, because the code is
//! spent by then.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value};

use crate::auth::token;
use crate::error::{Error, Kind, Result};
use crate::escape;
use crate::secret::Secret;
use crate::tenant::environment::OnlineEnvironment;

use super::stored_session::Tokens;

/// The members of a token response. They cannot be printed.
pub(super) struct TokenResponse(pub(super) Map<String, Value>);

impl TokenResponse {
    /// Checks the tokens that `environment` gave. They come without a secret of the application.
    ///
    /// # Errors
    /// An error of [`Kind::Answer`] for a token that cannot be sent, or not as Bearer.
    pub(super) fn tokens(
        &self,
        environment: &OnlineEnvironment,
        now: DateTime<Utc>,
    ) -> Result<Tokens> {
        let unusable = |what: &str| {
            Error::new(Kind::Answer, format!("{environment} gave {what}")).hint(
                "nothing was kept; check --environment, or whether a proxy answered in its place",
            )
        };
        let kind = self.text("token_type")?.unwrap_or_default().trim();
        if !kind.is_empty() && !kind.eq_ignore_ascii_case("bearer") {
            let kind = escape::excerpt(kind, 40);
            return Err(unusable(&format!("a token of the type '{kind}', which is not Bearer")));
        }
        let checked = |label: &str, token: &str| {
            token::check(token)
                .map_err(|error| unusable(&format!("{label} that cannot be used: {error}")))?;
            Ok(Secret::new(token.to_owned()))
        };
        let access = checked("an access token", self.text("access_token")?.unwrap_or_default())?;
        let refresh = self.text("refresh_token")?.filter(|token| !token.is_empty());
        let refresh = refresh.map(|token| checked("a refresh token", token)).transpose()?;
        let expires = self.lifetime().and_then(|lifetime| now.checked_add_signed(lifetime));
        Ok(Tokens { access, expires, refresh, client_secret: None })
    }

    /// Returns the text `name`; null counts as missing.
    ///
    /// # Errors
    /// An error of [`Kind::Answer`] for another type.
    pub(super) fn text(&self, name: &str) -> Result<Option<&str>> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(not_understood(&format!(" at {name}"))),
        }
    }

    /// Parses the lifetime `3600`, `3600.0` or `"3600"`. Any other value counts as missing: the
    /// token is then used until the server refuses it.
    fn lifetime(&self) -> Option<TimeDelta> {
        let seconds = match self.0.get("expires_in")? {
            Value::String(text) => text.trim().parse().ok()?,
            value => value.as_f64()?,
        };
        #[expect(clippy::cast_possible_truncation, reason = "it is in range")]
        (0.0..MAX_LIFETIME).contains(&seconds).then(|| TimeDelta::seconds(seconds as i64))
    }
}

/// The longest lifetime of a token, in seconds: three thousand years.
const MAX_LIFETIME: f64 = 1e11;

/// Returns the error for an answer that holds no tokens; `place` names the member that is not
/// what it should be. Its text may be a token, so it is not quoted.
pub(super) fn not_understood(place: &str) -> Error {
    Error::new(Kind::Answer, format!("the answer with the tokens was not understood{place}"))
        .hint("check --environment; -v shows the request")
}

/// Returns an error of RFC 6749 with its description, as visible text.
pub(super) fn error_text(error: &str, description: Option<&str>) -> String {
    let error = escape::excerpt(error, 60);
    match description.map(|text| escape::excerpt(text, 300)) {
        Some(text) if !text.is_empty() => format!("{error}: {text}"),
        _ => error,
    }
}
