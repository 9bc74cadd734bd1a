//! A stored sign-in: who signed in, where, and the tokens.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::auth::token;
use crate::error::{Error, Result};
use crate::http::address::Address;
use crate::secret::Secret;
use crate::tenant::environment::OnlineEnvironment;

/// A stored sign-in. Its tokens are in the keyring or in `token_location`.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct StoredSession {
    /// The address of the environment.
    pub(crate) service: String,
    /// The id of the application.
    pub(crate) client_id: String,
    pub(crate) tenant: Option<String>,
    /// The address of the tenant's API, as the environment named it at the sign-in.
    pub(crate) url: Option<String>,
    pub(crate) user: Option<String>,
    /// The time of the sign-in.
    pub(crate) since: DateTime<Utc>,
    #[serde(rename = "place")]
    pub(crate) token_location: TokenLocation,
}

/// The place of the tokens.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TokenLocation {
    /// The platform's keyring.
    Keyring,
    /// The file of the session itself.
    File(Tokens),
}

/// An access token, and what renews it.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(try_from = "TokensJson", into = "TokensJson")]
pub(crate) struct Tokens {
    pub(crate) access: Secret,
    /// The end of the access token, if the environment named it.
    pub(crate) expires: Option<DateTime<Utc>>,
    pub(crate) refresh: Option<Secret>,
    /// The application's secret, without which SuperOffice renews no sign-in.
    pub(crate) client_secret: Option<Secret>,
}

#[derive(Deserialize, Serialize)]
struct TokensJson {
    access_token: String,
    expires: Option<DateTime<Utc>>,
    refresh_token: Option<String>,
    client_secret: Option<String>,
}

impl TryFrom<TokensJson> for Tokens {
    type Error = &'static str;

    /// Checks the tokens like new ones: somebody may have changed the file.
    fn try_from(json: TokensJson) -> std::result::Result<Self, Self::Error> {
        let refresh_token = json.refresh_token.filter(|token| !token.is_empty());
        for token in [Some(&json.access_token), refresh_token.as_ref()].into_iter().flatten() {
            token::check(token)?;
        }
        Ok(Self {
            access: Secret::new(json.access_token),
            expires: json.expires,
            refresh: refresh_token.map(Secret::new),
            client_secret: json.client_secret.map(Secret::new),
        })
    }
}

impl From<Tokens> for TokensJson {
    fn from(tokens: Tokens) -> Self {
        let text = |secret: Secret| secret.expose().to_owned();
        Self {
            access_token: text(tokens.access),
            expires: tokens.expires,
            refresh_token: tokens.refresh.map(text),
            client_secret: tokens.client_secret.map(text),
        }
    }
}

impl StoredSession {
    /// Returns the environment that the tokens are for.
    ///
    /// # Errors
    /// If somebody changed the file.
    pub(crate) fn environment(&self) -> Result<OnlineEnvironment> {
        OnlineEnvironment::parse(&self.service, "the sign-in")
    }

    pub(crate) const fn uses_keyring(&self) -> bool {
        matches!(self.token_location, TokenLocation::Keyring)
    }

    /// Checks that the token may be sent to `address`, which `origin` named: only the hosts
    /// of its environment may receive it.
    ///
    /// # Errors
    /// A usage error that names both.
    pub(crate) fn check(&self, address: &Address, origin: &str) -> Result<()> {
        let environment = self.environment()?;
        if environment.owns(address.url()) {
            return Ok(());
        }
        Err(Error::usage(format!(
            "{origin} leads to {}, and the sign-in is for {} alone",
            address.server(),
            environment.domain()
        ))
        .hint("leave the address to the sign-in, or give a credential for this server"))
    }
}
