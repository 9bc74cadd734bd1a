//! Who signed in, as the service says and signs.

use chrono::{DateTime, Utc};

use crate::error::{Error, Kind, Result};

use super::discovery::Discovery;
use crate::auth::jwt::{self, Claims, KeySet};
use crate::tenant::environment::Service;

/// Who signed in, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Identity {
    /// The user.
    pub(crate) user: Option<String>,
    /// The tenant.
    pub(crate) tenant: Option<String>,
    /// The address of the tenant's API.
    pub(crate) url: Option<String>,
}

/// The claims of SuperOffice's own begin with this.
const OWN: &str = "http://schemes.superoffice.net/identity/";

impl Identity {
    /// Reads `id_token`, after it was checked that `service` signed it, for
    /// `client_id`, and that it holds at `now`.
    ///
    /// # Errors
    /// Of [`Kind::Authentication`].
    pub(crate) fn read(
        id_token: &str,
        client_id: &str,
        (service, discovery, keys): (&Service, &Discovery, &KeySet),
        now: DateTime<Utc>,
    ) -> Result<Self> {
        let claims = jwt::verify(id_token, keys, now)
            .and_then(|claims| {
                claims.check_issuer(&[&discovery.issuer])?;
                claims.check_audience(client_id)?;
                Ok(claims)
            })
            .map_err(|fault| {
                let message = format!("{service} does not prove who signed in: {fault}");
                let error = Error::new(Kind::Authentication, message);
                if fault.is_about_time() {
                    error.hint("check the clock of this machine")
                } else {
                    error.hint("nothing was kept; check --environment and --client-id")
                }
            })?;
        Ok(Self::of(&claims))
    }

    fn of(claims: &Claims) -> Self {
        let text = |name: &str| {
            claims.text(name).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let own = |name: &str| text(&format!("{OWN}{name}"));
        Self {
            user: own("upn")
                .or_else(|| own("email"))
                .or_else(|| text("email"))
                .or_else(|| text("sub")),
            tenant: own("ctx"),
            url: own("webapi_url"),
        }
    }
}

/// The tenant that an access token names: `8A:Cust12345.…`.
pub(crate) fn tenant_of(access_token: &str) -> Option<&str> {
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
    fn an_access_token_names_its_tenant() {
        for (token, tenant) in [
            ("8A:Cust12345.secret.more", Some("Cust12345")),
            ("8A:Cust12345", None),
            ("8A:.secret", None),
            ("8A:a b.secret", None),
            ("opaque", None),
        ] {
            assert_eq!(tenant_of(token), tenant, "{token}");
        }
    }
}
