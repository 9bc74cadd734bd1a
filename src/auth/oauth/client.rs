//! The OAuth client: sign-in with PKCE, renewal and revocation of tokens.

use std::borrow::Cow;

use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse,
};
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet,
    EndpointSet, HttpRequest, HttpResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl,
    RefreshToken, RequestTokenError, Scope, StandardRevocableToken, TokenUrl,
};
use url::Url;

use crate::api::error_body;
use crate::error::{Error, Kind, Result};
use crate::http::request::Request;
use crate::http::transport::Transport;
use crate::secret::Secret;
use crate::tenant::environment::OnlineEnvironment;
use crate::tenant::service_response::unexpected_status;

use super::discovery::Discovery;
use super::id_token::Identity;
use super::stored_session::Tokens;
use super::token_response::{TokenResponse, describe_error};

/// An application at an environment, which signs a person in.
pub(crate) struct OAuthClient<'a> {
    environment: &'a OnlineEnvironment,
    discovery: Discovery,
    application: &'a Application,
}

/// An application that is registered with SuperOffice.
#[derive(Clone, Debug)]
pub(crate) struct Application {
    pub(crate) id: String,
    pub(crate) secret: Option<Secret>,
}

/// A sign-in that continues in a browser.
pub(crate) struct PendingAuthorization {
    /// The address that the browser opens.
    pub(crate) url: Url,
    verifier: PkceCodeVerifier,
    redirect: RedirectUrl,
}

/// Returns a value for `state` that nobody can guess.
pub(crate) fn random_state() -> String {
    CsrfToken::new_random().into_secret()
}

impl<'a> OAuthClient<'a> {
    /// Asks `environment` for its endpoints.
    ///
    /// # Errors
    /// Those of [`Discovery::request`].
    pub(crate) fn discover(
        environment: &'a OnlineEnvironment,
        application: &'a Application,
        transport: &Transport<'_>,
    ) -> Result<Self> {
        let discovery = Discovery::request(environment, transport)?;
        Ok(Self { environment, discovery, application })
    }

    pub(crate) fn issuer(&self) -> &str {
        &self.discovery.issuer
    }

    /// Begins a sign-in to `tenant`, or to one that the person chooses. It ends at `redirect`
    /// with `state`.
    ///
    /// # Errors
    /// If the environment names no endpoint of its own.
    pub(crate) fn authorize(
        &self,
        redirect: &str,
        state: &str,
        tenant: Option<&str>,
    ) -> Result<PendingAuthorization> {
        let endpoint = self.endpoint(self.discovery.authorization_endpoint.as_deref())?;
        let redirect = RedirectUrl::new(redirect.to_owned())
            .map_err(|error| Error::new(Kind::Output, error.to_string()))?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let client = self.client().set_auth_uri(AuthUrl::from_url(endpoint));
        let mut request = client
            .authorize_url(|| CsrfToken::new(state.to_owned()))
            .add_scope(Scope::new("openid".to_owned()))
            .set_redirect_uri(Cow::Borrowed(&redirect))
            .set_pkce_challenge(challenge);
        if let Some(tenant) = tenant {
            request = request.add_extra_param("acr_values", format!("tenant:{tenant}"));
        }
        let modes = self.discovery.response_modes_supported.as_deref().unwrap_or_default();
        if modes.iter().any(|mode| mode == "query") {
            request = request.add_extra_param("response_mode", "query");
        }
        let (url, _) = request.url();
        Ok(PendingAuthorization { url, verifier, redirect })
    }

    /// Exchanges the `code` of a sign-in for tokens, and checks who signed in.
    ///
    /// # Errors
    /// An error of [`Kind::Authentication`] if the environment refuses the code, or its signature
    /// is wrong; those of any request.
    pub(crate) fn exchange_code(
        &self,
        pending: PendingAuthorization,
        code: &Secret,
        transport: &Transport<'_>,
    ) -> Result<(Tokens, Identity)> {
        let client = self.client_for_tokens()?;
        let secrets = [code.clone(), Secret::new(pending.verifier.secret().clone())];
        let response = client
            .exchange_code(AuthorizationCode::new(code.expose().to_owned()))
            .set_redirect_uri(Cow::Borrowed(&pending.redirect))
            .set_pkce_verifier(pending.verifier)
            .request(&|request| self.post(request, &secrets, transport))
            .map_err(|error| describe_error(error, "the sign-in was refused"))?;
        let id_token = response.id_token.clone();
        let tokens = self.tokens(response, None, transport)?;
        let Some(id_token) = id_token else { return Ok((tokens, Identity::default())) };
        let (environment, client_id) = (self.environment, &self.application.id);
        let keys = self.discovery.keys(environment, transport)?;
        let signed_by = (&self.discovery, &keys);
        let now = transport.now();
        let identity = Identity::from_id_token(&id_token, client_id, environment, signed_by, now)?;
        Ok((tokens, identity))
    }

    /// Exchanges a refresh token for new tokens.
    ///
    /// # Errors
    /// An error of [`Kind::Authentication`] if the environment refuses it; those of any request.
    pub(crate) fn renew(&self, refresh: &Secret, transport: &Transport<'_>) -> Result<Tokens> {
        let client = self.client_for_tokens()?;
        let secrets = [refresh.clone()];
        let response = client
            .exchange_refresh_token(&RefreshToken::new(refresh.expose().to_owned()))
            .request(&|request| self.post(request, &secrets, transport))
            .map_err(|error| {
                let is_refused = matches!(error, RequestTokenError::ServerResponse(_));
                let error = describe_error(error, "the sign-in was not renewed");
                match &self.application.secret {
                    None if is_refused => error.hint(
                        "SuperOffice renews a sign-in only with the secret of the application: sotickets auth login --client-secret SRC",
                    ),
                    _ => error,
                }
            })?;
        self.tokens(response, Some(refresh), transport)
    }

    /// Revokes `token`, of the type `type_hint`. Returns false if the environment has no
    /// endpoint for that.
    ///
    /// # Errors
    /// Those of any request.
    pub(crate) fn revoke(
        &self,
        token: &Secret,
        type_hint: &str,
        transport: &Transport<'_>,
    ) -> Result<bool> {
        let Some(endpoint) = self.discovery.revocation_endpoint.as_deref() else {
            return Ok(false);
        };
        let url = self.environment.own_url(endpoint)?;
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("token", token.expose())
            .append_pair("token_type_hint", type_hint)
            .append_pair("client_id", &self.application.id);
        if let Some(secret) = &self.application.secret {
            form.append_pair("client_secret", secret.expose());
        }
        let secrets = self.application.secret.iter().chain([token]).cloned();
        let request = Request::post(url, FORM, form.finish(), secrets);
        let response = transport.fetch(&request)?;
        match response.status {
            200 => Ok(true),
            _ => Err(unexpected_status(&response, "the sign-in was not revoked")),
        }
    }

    fn client(&self) -> Client {
        let client = Client::new(ClientId::new(self.application.id.clone()))
            .set_auth_type(AuthType::RequestBody);
        match &self.application.secret {
            Some(secret) => client.set_client_secret(ClientSecret::new(secret.expose().to_owned())),
            None => client,
        }
    }

    fn client_for_tokens(&self) -> Result<Client<EndpointSet>> {
        let url = self.endpoint(self.discovery.token_endpoint.as_deref())?;
        Ok(self.client().set_token_uri(TokenUrl::from_url(url)))
    }

    fn endpoint(&self, url: Option<&str>) -> Result<Url> {
        let environment = self.environment;
        let url = url.ok_or_else(|| {
            Error::new(Kind::Server, format!("{environment} does not say where to sign in"))
                .hint("check --environment; -v shows the request")
        })?;
        environment.own_url(url)
    }

    /// Sends a request of the `oauth2` crate.
    fn post(
        &self,
        request: HttpRequest,
        secrets: &[Secret],
        transport: &Transport<'_>,
    ) -> Result<HttpResponse> {
        let url = self.endpoint(self.discovery.token_endpoint.as_deref())?;
        let body = String::from_utf8_lossy(request.body()).into_owned();
        let secrets = secrets.iter().chain(&self.application.secret).cloned();
        let request = Request::post(url, FORM, body, secrets);
        let response = transport.fetch(&request)?;
        let is_refusal = (400..500).contains(&response.status)
            && matches!(
                error_body::read_text(&response.body, &response.mask),
                error_body::BodyText::Error(_)
            );
        if response.status != 200 && !is_refusal {
            return Err(unexpected_status(&response, "the service gives no token"));
        }
        // A refusal may repeat what was sent.
        let body = match response.status {
            200 => response.body.clone(),
            _ => response.mask.apply(&String::from_utf8_lossy(&response.body)).into_bytes(),
        };
        let response = oauth2::http::Response::builder().status(response.status);
        response.body(body).map_err(|error| Error::new(Kind::Output, error.to_string()))
    }

    fn tokens(
        &self,
        response: TokenResponse,
        old_refresh: Option<&Secret>,
        transport: &Transport<'_>,
    ) -> Result<Tokens> {
        let secret = self.application.secret.clone();
        response.into_tokens(old_refresh, secret, self.environment, transport.now())
    }
}

type Client<HasTokenUrl = EndpointNotSet> = oauth2::Client<
    BasicErrorResponse,
    TokenResponse,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    HasTokenUrl,
>;

const FORM: &str = "application/x-www-form-urlencoded";
