//! The OAuth client: sign-in with PKCE, renewal and revocation of tokens.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom as _, SystemRandom};
use serde_json::{Map, Value};
use url::Url;
use url::form_urlencoded::Serializer;

use crate::error::{Error, Kind, Result};
use crate::http::request::Request;
use crate::http::response::Response;
use crate::http::transport::Transport;
use crate::secret::Secret;
use crate::tenant::environment::OnlineEnvironment;
use crate::tenant::service_response::unexpected_status;

use super::discovery::Discovery;
use super::id_token::Identity;
use super::stored_session::Tokens;
use super::token_response::{TokenResponse, error_text, not_understood};

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
    /// The code verifier of PKCE (RFC 7636).
    verifier: Secret,
    redirect: String,
}

/// Returns 256 random bits as text, for `state` or the code verifier of PKCE.
///
/// # Errors
/// If the operating system has no random numbers.
pub(crate) fn random_text() -> Result<String> {
    let mut bytes = [0; 32];
    SystemRandom::new().fill(&mut bytes).map_err(|_| {
        Error::new(Kind::Output, "the operating system has no random numbers for the sign-in")
    })?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
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
        let mut url = self.endpoint(self.discovery.authorization_endpoint.as_deref())?;
        let verifier = Secret::new(random_text()?);
        let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.expose().as_bytes()));
        url.query_pairs_mut().extend_pairs([
            ("response_type", "code"),
            ("client_id", &self.application.id),
            ("state", state),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("redirect_uri", redirect),
            ("scope", "openid"),
        ]);
        if let Some(tenant) = tenant {
            url.query_pairs_mut().append_pair("acr_values", &format!("tenant:{tenant}"));
        }
        let modes = self.discovery.response_modes_supported.as_deref().unwrap_or_default();
        if modes.iter().any(|mode| mode == "query") {
            url.query_pairs_mut().append_pair("response_mode", "query");
        }
        Ok(PendingAuthorization { url, verifier, redirect: redirect.to_owned() })
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
        let open = [("grant_type", "authorization_code"), ("redirect_uri", &*pending.redirect)];
        let secret = [("code", code), ("code_verifier", &pending.verifier)];
        let response = self.request_tokens(&open, &secret, "the sign-in was refused", transport)?;
        let tokens = self.tokens(&response, None, transport)?;
        let Some(id_token) = response.text("id_token")? else {
            return Ok((tokens, Identity::default()));
        };
        let (environment, client_id) = (self.environment, &self.application.id);
        let identity =
            Identity::from_id_token(id_token, client_id, environment, &self.discovery, transport)?;
        Ok((tokens, identity))
    }

    /// Exchanges a refresh token for new tokens.
    ///
    /// # Errors
    /// An error of [`Kind::Authentication`] if the environment refuses it; those of any request.
    pub(crate) fn renew(&self, refresh: &Secret, transport: &Transport<'_>) -> Result<Tokens> {
        let (open, secret) = ([("grant_type", "refresh_token")], [("refresh_token", refresh)]);
        let response =
            self.request_tokens(&open, &secret, "the sign-in was not renewed", transport);
        let response = response.map_err(|error| match error.kind() {
            Kind::Authentication if self.application.secret.is_none() => error.hint(
                "SuperOffice renews a sign-in only with the secret of the application: sotickets auth login --client-secret SRC",
            ),
            _ => error,
        })?;
        self.tokens(&response, Some(refresh), transport)
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
        let open = [("token_type_hint", type_hint)];
        let response = self.post(url, &open, &[("token", token)], transport)?;
        match response.status {
            200 => Ok(true),
            _ => Err(unexpected_status(&response, "the sign-in was not revoked")),
        }
    }

    fn endpoint(&self, url: Option<&str>) -> Result<Url> {
        let environment = self.environment;
        let url = url.ok_or_else(|| {
            Error::new(Kind::Server, format!("{environment} does not say where to sign in"))
                .hint("check --environment; -v shows the request")
        })?;
        environment.own_url(url)
    }

    /// Posts a form with `open` and `secret` values, and the application's own. The server
    /// checks a public application by its id alone.
    fn post(
        &self,
        url: Url,
        open: &[(&str, &str)],
        secret: &[(&str, &Secret)],
        transport: &Transport<'_>,
    ) -> Result<Response<Vec<u8>>> {
        let of_application = self.application.secret.as_ref();
        let secret =
            || secret.iter().copied().chain(of_application.map(|it| ("client_secret", it)));
        let mut form = Serializer::new(String::new());
        form.extend_pairs(open).append_pair("client_id", &self.application.id);
        form.extend_pairs(secret().map(|(name, value)| (name, value.expose())));
        let secrets = secret().map(|(_, value)| value.clone());
        transport.fetch(&Request::post(url, FORM, form.finish(), secrets))
    }

    /// Requests tokens. `failure` names what a refusal (RFC 6749, section 5.2) prevents.
    fn request_tokens(
        &self,
        open: &[(&str, &str)],
        secret: &[(&str, &Secret)],
        failure: &str,
        transport: &Transport<'_>,
    ) -> Result<TokenResponse> {
        let url = self.endpoint(self.discovery.token_endpoint.as_deref())?;
        let response = self.post(url, open, secret, transport)?;
        let members: Option<Map<String, Value>> = serde_json::from_slice(&response.body).ok();
        match (response.status, members) {
            (200, Some(members)) => Ok(TokenResponse(members)),
            (200, None) if response.body.is_empty() => {
                Err(Error::new(Kind::Answer, "the answer with the tokens is empty")
                    .hint("check --environment; -v shows the request"))
            }
            (200, None) => Err(not_understood("")),
            (400..500, Some(members)) if members.get("error").is_some_and(Value::is_string) => {
                // A refusal may repeat what was sent.
                let text = |name| {
                    let text = members.get(name)?.as_str()?;
                    Some(response.mask.beginning(text, MAX_QUOTED))
                };
                let error = text("error").unwrap_or_default();
                let text = error_text(&error, text("error_description").as_deref());
                Err(Error::new(Kind::Authentication, format!("{failure}: {text}")))
            }
            _ => Err(unexpected_status(&response, "the service gives no token")),
        }
    }

    fn tokens(
        &self,
        response: &TokenResponse,
        old_refresh: Option<&Secret>,
        transport: &Transport<'_>,
    ) -> Result<Tokens> {
        let tokens = response.tokens(self.environment, transport.now())?;
        Ok(Tokens {
            refresh: tokens.refresh.or_else(|| old_refresh.cloned()),
            client_secret: self.application.secret.clone(),
            ..tokens
        })
    }
}

/// The longest text of a refusal that is quoted, in characters.
const MAX_QUOTED: usize = 301;
const FORM: &str = "application/x-www-form-urlencoded";
