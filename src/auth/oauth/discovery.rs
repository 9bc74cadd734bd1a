//! What a service says of its own sign-in.

use serde::Deserialize;
use url::Url;

use crate::error::{Error, Kind, Result};
use crate::escape;
use crate::http::client::Connection;
use crate::http::request::Request;
use crate::http::trace::Trace;

use crate::auth::jwt::KeySet;
use crate::tenant::environment::Service;
use crate::tenant::service_error::{parse, unanswered};

/// The document of OpenID Connect Discovery, as far as it is needed here.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Discovery {
    /// Who signs.
    pub(crate) issuer: String,
    /// Where the keys are that it signs with.
    pub(crate) jwks_uri: String,
    /// Where a person signs in.
    pub(crate) authorization_endpoint: Option<String>,
    /// Where a code is exchanged for tokens.
    pub(crate) token_endpoint: Option<String>,
    /// Where a token is revoked.
    pub(crate) revocation_endpoint: Option<String>,
    /// How the browser may bring the code back.
    pub(crate) response_modes_supported: Option<Vec<String>>,
}

impl Discovery {
    /// Asks `service`.
    ///
    /// # Errors
    /// As any call, and where the answer is not understood.
    pub(crate) fn ask(
        service: &Service,
        connection: &Connection,
        watch: &mut Trace<'_>,
    ) -> Result<Self> {
        let url = service.at("/login/.well-known/openid-configuration");
        let message = Request::get(url, connection);
        let response = message.send(connection, watch)?;
        if response.status != 200 {
            let what = format!("{service} does not describe its sign-in");
            return Err(unanswered(&response, &what, &message.mask));
        }
        parse(&response, &format!("the sign-in of {service}"), &message.mask)
    }

    /// Asks for the keys.
    ///
    /// # Errors
    /// As [`Discovery::ask`], and where they are said to be at another host.
    pub(crate) fn keys(
        &self,
        service: &Service,
        connection: &Connection,
        watch: &mut Trace<'_>,
    ) -> Result<KeySet> {
        let url = own(service, &self.jwks_uri)?;
        let message = Request::get(url, connection);
        let response = message.send(connection, watch)?;
        if response.status != 200 {
            let what = format!("{service} does not show its keys");
            return Err(unanswered(&response, &what, &message.mask));
        }
        parse(&response, &format!("the key set of {service}"), &message.mask)
    }
}

/// `address`, which `service` names, as far as it is its own.
///
/// # Errors
/// Of [`Kind::Server`].
pub(crate) fn own(service: &Service, address: &str) -> Result<Url> {
    let url = Url::parse(address).ok().filter(|url| service.owns(url));
    url.ok_or_else(|| {
        let shown = escape::excerpt(address, 120);
        let realm = service.realm();
        let message = format!("{service} names {shown} for its sign-in, which is outside {realm}");
        Error::new(Kind::Server, message).hint("nothing was sent there")
    })
}
