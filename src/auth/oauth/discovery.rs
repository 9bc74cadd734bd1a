//! OpenID Connect Discovery: the endpoints and keys of an environment's sign-in.

use serde::Deserialize;

use crate::auth::jwt::KeySet;
use crate::error::Result;
use crate::http::transport::Transport;
use crate::tenant::environment::OnlineEnvironment;
use crate::tenant::service_response::get_json;

/// The discovery document.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Discovery {
    pub(crate) issuer: String,
    jwks_uri: String,
    pub(super) authorization_endpoint: Option<String>,
    pub(super) token_endpoint: Option<String>,
    pub(super) revocation_endpoint: Option<String>,
    pub(super) response_modes_supported: Option<Vec<String>>,
}

impl Discovery {
    /// Requests the document of `environment`.
    ///
    /// # Errors
    /// Those of any request, and for an answer that is not understood.
    pub(crate) fn request(
        environment: &OnlineEnvironment,
        transport: &Transport<'_>,
    ) -> Result<Self> {
        let url = environment.url("/login/.well-known/openid-configuration");
        let subject = format!("the sign-in of {environment}");
        let failure = format!("{environment} does not describe its sign-in");
        get_json(url, &subject, &failure, transport)
    }

    /// Requests the keys that the environment signs with.
    ///
    /// # Errors
    /// As [`Discovery::request`], and if they are at a foreign host.
    pub(crate) fn keys(
        &self,
        environment: &OnlineEnvironment,
        transport: &Transport<'_>,
    ) -> Result<KeySet> {
        let url = environment.own_url(&self.jwks_uri)?;
        let subject = format!("the key set of {environment}");
        let failure = format!("{environment} does not show its keys");
        get_json(url, &subject, &failure, transport)
    }
}
