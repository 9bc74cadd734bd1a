//! The authentication of a system user: a signed token is exchanged for a ticket.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::json;

use crate::api::error_body;
use crate::auth::jwt::{self, Claims};
use crate::auth::oauth::discovery::Discovery;
use crate::auth::token;
use crate::error::{Error, Kind, Result};
use crate::http::request::Request;
use crate::http::response::Response;
use crate::http::transport::Transport;
use crate::secret::{ResolvedSecret, Secret};
use crate::tenant::Tenant;
use crate::tenant::service_response::unexpected_status;

use super::private_key::PrivateKey;

/// The issuer of a system user's JWT, as in the vendor's own library.
const ISSUER: &str = "SuperOffice AS";

/// The secrets of a system user. They cannot be printed.
pub(crate) struct SystemUser {
    /// The token that SuperOffice gave the application for the tenant.
    pub(crate) token: ResolvedSecret,
    pub(crate) private_key: PrivateKey,
    pub(crate) application_token: ResolvedSecret,
}

impl SystemUser {
    /// Returns a new ticket for `tenant`.
    ///
    /// # Errors
    /// An error of [`Kind::Authentication`] if the user is refused, or the answer is not
    /// trustworthy; those of any request.
    pub(super) fn request_ticket(
        &self,
        tenant: &Tenant,
        transport: &Transport<'_>,
    ) -> Result<Secret> {
        let environment = &tenant.environment;
        let token = self.request_jwt(tenant, transport)?;
        let discovery = Discovery::request(environment, transport)?;
        let keys = discovery.keys(environment, transport)?;
        let issuers = [ISSUER, &discovery.issuer];
        let claims = jwt::verify(token.expose(), &keys, &issuers, transport.now())
            .and_then(Claims::for_own_database)
            .map_err(|error| {
                let message = format!(
                    "the token that {environment} gave the system user is not trustworthy"
                );
                let hint = "something between here and the service may have changed it; the ticket was not used";
                error.describe(&message, hint)
            })?;
        let unusable = |what: &str| {
            let message = format!("{environment} let the system user in, and gave it {what}");
            Error::new(Kind::Answer, message).hint("-v shows the requests")
        };
        let ticket = claims.superoffice("ticket").or_else(|| claims.text("ticket"));
        let ticket = ticket.ok_or_else(|| unusable("no ticket"))?;
        token::check(ticket)
            .map_err(|error| unusable(&format!("a ticket that cannot be used: {error}")))?;
        Ok(Secret::new(ticket.to_owned()))
    }

    /// Exchanges the signed token for a JWT.
    fn request_jwt(&self, tenant: &Tenant, transport: &Transport<'_>) -> Result<Secret> {
        let signed = Secret::new(self.signed_token(transport.now())?);
        let body = json!({
            "SignedSystemToken": signed.expose(),
            "ApplicationToken": self.application_token.value.expose(),
            "ContextIdentifier": tenant.name,
            "ReturnTokenType": "JWT",
        });
        let request = Request::post(
            tenant.environment.url("/Login/api/PartnerSystemUser/Authenticate"),
            "application/json; charset=utf-8",
            body.to_string(),
            [signed, self.token.value.clone(), self.application_token.value.clone()],
        );
        let response = transport.fetch(&request)?;
        match response.status {
            200 => parse_jwt(&response, tenant),
            400 | 401 | 403 => {
                let words = error_body::as_suffix(&response);
                Err(refused(tenant, &format!(": HTTP {}{words}", response.status)))
            }
            _ => {
                let environment = &tenant.environment;
                let failure = format!("{environment} did not take the system user's token");
                Err(unexpected_status(&response, &failure))
            }
        }
    }

    /// Returns the signed token: `TOKEN.yyyyMMddHHmm.SIGNATURE`.
    fn signed_token(&self, now: DateTime<Utc>) -> Result<String> {
        let text = format!("{}.{}", self.token.value.expose(), now.format("%Y%m%d%H%M"));
        let signature = self
            .private_key
            .sign(&text)
            .ok_or_else(|| Error::new(Kind::Output, "the system user's token cannot be signed"))?;
        Ok(format!("{text}.{signature}"))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    is_successful: Option<bool>,
    token: Option<String>,
    error_message: Option<String>,
}

/// Returns the JWT in an answer of 200: in an object, or alone. Only the words of a refusal
/// are quoted.
fn parse_jwt(response: &Response<Vec<u8>>, tenant: &Tenant) -> Result<Secret> {
    let body = String::from_utf8_lossy(&response.body);
    let body = body.trim_start_matches('\u{feff}').trim();
    if let Ok(answer) = serde_json::from_str::<Answer>(body) {
        if let Some(token) = answer.token.filter(|_| answer.is_successful != Some(false)) {
            return Ok(Secret::new(token));
        }
        let words = answer.error_message.filter(|words| !words.trim().is_empty());
        if words.is_some() || answer.is_successful == Some(false) {
            let words =
                words.map(|words| format!(": {}", error_body::quote(&words, 300, &response.mask)));
            return Err(refused(tenant, &words.unwrap_or_default()));
        }
    } else if let Ok(token) = serde_json::from_str::<String>(body) {
        return Ok(Secret::new(token));
    } else if body.split('.').count() == 3 && !body.contains(char::is_whitespace) {
        return Ok(Secret::new(body.to_owned()));
    }
    let environment = &tenant.environment;
    let message = format!("the answer of {environment} to the system user was not understood");
    Err(Error::new(Kind::Answer, message).hint("a proxy may have answered in its place"))
}

fn refused(tenant: &Tenant, words: &str) -> Error {
    let Tenant { name, environment } = tenant;
    let message = format!("{environment} refused the system user of {name}{words}");
    Error::new(Kind::Authentication, message)
        .hint("check token, private_key and application_token of system_user: they belong to one application, and the token to this tenant")
        .hint("the signed token holds the time: check the clock of this machine, too")
}
