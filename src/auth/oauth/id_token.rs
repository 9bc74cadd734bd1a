//! The ID token: the user who signed in, signed by the environment.

use crate::auth::jwt::{self, Claims};
use crate::error::Result;
use crate::http::transport::Transport;
use crate::tenant::environment::OnlineEnvironment;

use super::discovery::Discovery;

/// A user, with the tenant and the address of its API.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) user: Option<String>,
    pub(crate) tenant: Option<String>,
    pub(crate) url: Option<String>,
}

impl Identity {
    /// Reads `id_token`, after checking that `environment` signed it for the application
    /// `client_id`, and that it is valid now.
    ///
    /// # Errors
    /// An error of [`crate::error::Kind::Authentication`]; those of the request for the keys.
    pub(super) fn from_id_token(
        id_token: &str,
        client_id: &str,
        environment: &OnlineEnvironment,
        discovery: &Discovery,
        transport: &Transport<'_>,
    ) -> Result<Self> {
        let keys = discovery.keys(environment, transport)?;
        let claims = jwt::verify(id_token, &keys, &[&discovery.issuer], transport.now())
            .and_then(|claims| claims.for_audience(client_id))
            .map_err(|error| {
                let message = format!("{environment} does not prove who signed in");
                error.describe(&message, "nothing was kept; check --environment and --client-id")
            })?;
        Ok(Self::from_claims(&claims))
    }

    fn from_claims(claims: &Claims) -> Self {
        let text = |value: Option<&str>| {
            value.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let users = [
            claims.superoffice("upn"),
            claims.superoffice("email"),
            claims.text("email"),
            claims.text("sub"),
        ];
        Self {
            user: users.into_iter().find_map(text),
            tenant: text(claims.superoffice("ctx")),
            url: text(claims.superoffice("webapi_url")),
        }
    }
}

/// Returns the tenant in an access token: `8A:Cust12345.…`.
pub(crate) fn tenant_of_token(access_token: &str) -> Option<&str> {
    let (_, rest) = access_token.split_once(':')?;
    let (tenant, _) = rest.split_once('.')?;
    let is_name = !tenant.is_empty()
        && tenant.len() <= 64
        && tenant.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_name.then_some(tenant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tenant_is_read_from_access_token() {
        for (token, tenant) in [
            ("8A:Cust12345.secret.more", Some("Cust12345")),
            ("8A:Cust12345", None),
            ("8A:.secret", None),
            ("8A:a b.secret", None),
            ("opaque", None),
        ] {
            assert_eq!(tenant_of_token(token), tenant, "{token}");
        }
    }
}
