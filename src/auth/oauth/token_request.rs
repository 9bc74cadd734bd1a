//! Tokens: what a code, or a refresh token, is exchanged for.

use std::cell::RefCell;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use oauth2::TokenResponse as _;
use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse,
    BasicTokenType,
};
use oauth2::{
    AccessToken, AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken,
    HttpRequest, HttpResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RefreshToken,
    RequestTokenError, Scope, StandardRevocableToken, TokenUrl,
};
use serde::{Deserialize, Deserializer, Serialize};
use url::Url;

use crate::api::error_body;
use crate::error::{Error, Kind, Result};
use crate::http::client::Connection;
use crate::http::request::Request;
use crate::http::trace::Trace;
use crate::secret::Secret;

use super::discovery::{Discovery, own};
use crate::tenant::environment::Service;
use crate::tenant::service_error::{token_fault, unanswered};

/// An access token, and what renews it.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(try_from = "Written", into = "Written")]
pub(crate) struct Tokens {
    /// Goes with each call.
    pub(crate) access: Secret,
    /// Until when it holds, where the service said so.
    pub(crate) expires: Option<DateTime<Utc>>,
    /// Is exchanged for new tokens; none where the service gave none.
    pub(crate) refresh: Option<Secret>,
    /// The application's secret, which may be wanted for that.
    pub(crate) client_secret: Option<Secret>,
}

/// Tokens as they are kept.
#[derive(Deserialize, Serialize)]
struct Written {
    access_token: String,
    expires: Option<DateTime<Utc>>,
    refresh_token: Option<String>,
    client_secret: Option<String>,
}

impl TryFrom<Written> for Tokens {
    type Error = &'static str;

    /// Checks the tokens as if they had just come: somebody may have changed the file.
    fn try_from(written: Written) -> std::result::Result<Self, Self::Error> {
        let refresh = written.refresh_token.filter(|token| !token.is_empty());
        let fault = token_fault(&written.access_token);
        if let Some(fault) = fault.or_else(|| token_fault(refresh.as_deref()?)) {
            return Err(fault);
        }
        Ok(Self {
            access: Secret::new(written.access_token),
            expires: written.expires,
            refresh: refresh.map(Secret::new),
            client_secret: written.client_secret.map(Secret::new),
        })
    }
}

impl From<Tokens> for Written {
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

/// An application that people sign in for.
#[derive(Clone, Debug)]
pub(crate) struct Application {
    /// Its id.
    pub(crate) id: String,
    /// Its secret, where it has one.
    pub(crate) secret: Option<Secret>,
}

/// A sign-in that has been begun in a browser.
pub(crate) struct PendingAuthorization {
    /// What the browser opens.
    pub(crate) url: Url,
    verifier: PkceCodeVerifier,
    redirect: RedirectUrl,
}

/// What came for a code.
pub(crate) struct TokenResponse {
    /// The tokens.
    pub(crate) tokens: Tokens,
    /// Who signed in, signed by the service.
    pub(crate) id_token: Option<String>,
}

/// How a service's endpoint for tokens is asked.
pub(crate) struct Exchange<'a> {
    /// The service.
    pub(crate) service: &'a Service,
    /// What it says of its sign-in.
    pub(crate) discovery: &'a Discovery,
    /// How it is reached.
    pub(crate) connection: &'a Connection,
    /// The application.
    pub(crate) application: &'a Application,
}

/// The answer with tokens (RFC 6749, 5.1). It is parsed leniently, because the code is spent
/// by then. [`Exchange::tokens`] checks what is in it.
#[derive(Debug, Deserialize, Serialize)]
struct Answer {
    #[serde(default = "no_token", deserialize_with = "token_or_null")]
    access_token: AccessToken,
    token_type: Option<String>,
    #[serde(default, deserialize_with = "seconds")]
    expires_in: Option<u64>,
    refresh_token: Option<RefreshToken>,
    id_token: Option<String>,
}

impl oauth2::TokenResponse for Answer {
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

fn no_token() -> AccessToken {
    AccessToken::new(String::new())
}

fn token_or_null<'d, D: Deserializer<'d>>(
    deserializer: D,
) -> std::result::Result<AccessToken, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_else(no_token))
}

/// Parses `3600`, `3600.0` and `"3600"`. Anything else counts as not given: the token is then
/// used until the server refuses it.
fn seconds<'d, D: Deserializer<'d>>(deserializer: D) -> std::result::Result<Option<u64>, D::Error> {
    let seconds = match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::Number(number) => number.as_f64(),
        serde_json::Value::String(text) => text.trim().parse::<f64>().ok(),
        _ => None,
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is in range")]
    Ok(seconds.filter(|seconds| (0.0..LONGEST_LIFE).contains(seconds)).map(|it| it as u64))
}

/// No token lives longer, in seconds: three thousand years.
const LONGEST_LIFE: f64 = 1e11;

type Client = oauth2::Client<
    BasicErrorResponse,
    Answer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
>;
type Refusal = RequestTokenError<Error, BasicErrorResponse>;

/// A value for `state`, which nobody can guess.
pub(crate) fn state() -> String {
    CsrfToken::new_random().into_secret()
}

impl Exchange<'_> {
    /// Begins a sign-in that comes back to `redirect` with `state`; `tenant` is the one
    /// to sign in to.
    ///
    /// # Errors
    /// Where the service names no such endpoint, or one that is not its own.
    pub(crate) fn begin(
        &self,
        redirect: &str,
        state: &str,
        tenant: Option<&str>,
    ) -> Result<PendingAuthorization> {
        let authorize = self.endpoint(self.discovery.authorization_endpoint.as_deref())?;
        let redirect = RedirectUrl::new(redirect.to_owned())
            .map_err(|error| Error::new(Kind::Output, error.to_string()))?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let client = self.client().set_auth_uri(AuthUrl::from_url(authorize));
        let mut request = client
            .authorize_url(|| CsrfToken::new(state.to_owned()))
            .add_scope(Scope::new("openid".to_owned()))
            .set_redirect_uri(std::borrow::Cow::Borrowed(&redirect))
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

    /// Exchanges the `code` of a sign-in.
    ///
    /// # Errors
    /// Of [`Kind::Authentication`] where the service refuses it; as any other call.
    pub(crate) fn redeem(
        &self,
        begun: PendingAuthorization,
        code: Secret,
        watch: &mut Trace<'_>,
    ) -> Result<TokenResponse> {
        let client = self.with_token_endpoint()?;
        let secrets = [code.clone(), Secret::new(begun.verifier.secret().clone())];
        let watch = RefCell::new(watch);
        let answer = client
            .exchange_code(AuthorizationCode::new(code.expose().to_owned()))
            .set_redirect_uri(std::borrow::Cow::Borrowed(&begun.redirect))
            .set_pkce_verifier(begun.verifier)
            .request(&|request| self.post(request, &secrets, &mut watch.borrow_mut()))
            .map_err(|refusal| told(refusal, "the sign-in was refused"))?;
        let watch = watch.into_inner();
        let tokens = self.tokens(&answer, None, watch)?;
        Ok(TokenResponse { tokens, id_token: answer.id_token })
    }

    /// Exchanges a refresh token; the new one, if any, takes its place.
    ///
    /// # Errors
    /// Of [`Kind::Authentication`] where it is not taken any more; as any other call.
    pub(crate) fn renew(&self, refresh: &Secret, watch: &mut Trace<'_>) -> Result<Tokens> {
        let client = self.with_token_endpoint()?;
        let secrets = [refresh.clone()];
        let watch = RefCell::new(watch);
        let answer = client
            .exchange_refresh_token(&RefreshToken::new(refresh.expose().to_owned()))
            .request(&|request| self.post(request, &secrets, &mut watch.borrow_mut()))
            .map_err(|refusal| self.not_renewed(refusal))?;
        self.tokens(&answer, Some(refresh), watch.into_inner())
    }

    /// Has `token` revoked, where the service knows how; says whether it does.
    ///
    /// # Errors
    /// As any call.
    pub(crate) fn revoke(&self, token: &Secret, hint: &str, watch: &mut Trace<'_>) -> Result<bool> {
        let Some(endpoint) = self.discovery.revocation_endpoint.as_deref() else {
            return Ok(false);
        };
        let url = own(self.service, endpoint)?;
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("token", token.expose())
            .append_pair("token_type_hint", hint)
            .append_pair("client_id", &self.application.id);
        if let Some(secret) = &self.application.secret {
            form.append_pair("client_secret", secret.expose());
        }
        let secrets = self.application.secret.iter().chain([token]).cloned();
        let message = Request::post(url, FORM, form.finish(), secrets, self.connection);
        let response = message.send(self.connection, watch)?;
        match response.status {
            200 => Ok(true),
            _ => Err(unanswered(&response, "the sign-in was not revoked", &message.mask)),
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

    fn with_token_endpoint(&self) -> Result<ClientWithTokens> {
        let url = self.endpoint(self.discovery.token_endpoint.as_deref())?;
        Ok(self.client().set_token_uri(TokenUrl::from_url(url)))
    }

    fn endpoint(&self, named: Option<&str>) -> Result<Url> {
        let named = named.ok_or_else(|| {
            Error::new(Kind::Server, format!("{} does not say where to sign in", self.service))
                .hint("check --environment; -v shows the request")
        })?;
        own(self.service, named)
    }

    /// Sends what the crate made of an exchange.
    fn post(
        &self,
        request: HttpRequest,
        secrets: &[Secret],
        watch: &mut Trace<'_>,
    ) -> Result<HttpResponse> {
        let url = self.endpoint(self.discovery.token_endpoint.as_deref())?;
        let body = String::from_utf8_lossy(request.body()).into_owned();
        let secrets = secrets.iter().chain(&self.application.secret).cloned();
        let message = Request::post(url, FORM, body, secrets, self.connection);
        let response = message.send(self.connection, watch)?;
        let is_said =
            matches!(error_body::words(&response.body, &message.mask), error_body::Words::Error(_));
        if response.status != 200 && !((400..500).contains(&response.status) && is_said) {
            return Err(unanswered(&response, "the service gives no token", &message.mask));
        }
        // A server that repeats what it was sent is not to be quoted with it.
        let body = match response.status {
            200 => response.body.to_vec(),
            _ => message.mask.apply(&String::from_utf8_lossy(&response.body)).into_bytes(),
        };
        let answer = oauth2::http::Response::builder().status(response.status);
        // What the crate makes of a type that is not JSON is no better than a parser's word.
        answer.body(body).map_err(|error| Error::new(Kind::Output, error.to_string()))
    }

    /// Returns the tokens of `answer`; without a new refresh token, the one `before` is kept.
    ///
    /// # Errors
    /// Of [`Kind::Answer`] where one of them cannot be sent, or is not sent as Bearer.
    fn tokens(
        &self,
        answer: &Answer,
        before: Option<&Secret>,
        watch: &Trace<'_>,
    ) -> Result<Tokens> {
        let unusable = |what: &str| {
            Error::new(Kind::Answer, format!("{} gave {what}", self.service)).hint(
                "nothing was kept; check --environment, or whether a proxy answered in its place",
            )
        };
        let kind = answer.token_type.as_deref().map_or("", str::trim);
        if !kind.is_empty() && !kind.eq_ignore_ascii_case("bearer") {
            let kind = crate::escape::excerpt(kind, 40);
            return Err(unusable(&format!("a token of the type '{kind}', which is not Bearer")));
        }
        if let Some(fault) = token_fault(answer.access_token.secret()) {
            return Err(unusable(&format!("an access token that cannot be used: {fault}")));
        }
        let refresh = answer.refresh_token().map(RefreshToken::secret);
        if let Some(fault) = refresh.and_then(|token| token_fault(token)) {
            return Err(unusable(&format!("a refresh token that cannot be used: {fault}")));
        }
        let now = DateTime::<Utc>::from((watch.now)());
        let life = answer.expires_in().and_then(|life| TimeDelta::from_std(life).ok());
        Ok(Tokens {
            access: Secret::new(answer.access_token.secret().clone()),
            expires: life.and_then(|life| now.checked_add_signed(life)),
            refresh: refresh.map(|token| Secret::new(token.clone())).or_else(|| before.cloned()),
            client_secret: self.application.secret.clone(),
        })
    }

    fn not_renewed(&self, refusal: Refusal) -> Error {
        let wants_secret = matches!(&refusal, RequestTokenError::ServerResponse(_))
            && self.application.secret.is_none();
        let error = told(refusal, "the sign-in was not renewed");
        if wants_secret {
            return error.hint(
                "SuperOffice renews a sign-in only with the secret of the application: sotickets auth login --client-secret SRC",
            );
        }
        error
    }
}

type ClientWithTokens = oauth2::Client<
    BasicErrorResponse,
    Answer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    oauth2::EndpointNotSet,
    oauth2::EndpointNotSet,
    oauth2::EndpointNotSet,
    oauth2::EndpointNotSet,
    oauth2::EndpointSet,
>;

const FORM: &str = "application/x-www-form-urlencoded";

/// The error for an exchange that came to nothing.
fn told(refusal: Refusal, what: &str) -> Error {
    match refusal {
        RequestTokenError::Request(error) => error,
        RequestTokenError::ServerResponse(answer) => {
            let words = refused_with(answer.error().as_ref(), answer.error_description());
            Error::new(Kind::Authentication, format!("{what}: {words}"))
        }
        // What stands there may be a token, and so is not quoted.
        RequestTokenError::Parse(error, _) => {
            let path = error.path().to_string();
            let place = if path == "." { String::new() } else { format!(" at {path}") };
            Error::new(
                Kind::Answer,
                format!("the answer with the tokens was not understood{place}"),
            )
            .hint("check --environment; -v shows the request")
        }
        RequestTokenError::Other(_) => {
            Error::new(Kind::Answer, "the answer with the tokens is empty")
                .hint("check --environment; -v shows the request")
        }
    }
}

/// An error of RFC 6749 with the words that came with it, as visible text.
pub(crate) fn refused_with(error: &str, description: Option<&String>) -> String {
    let error = crate::escape::excerpt(error, 60);
    match description.map(|words| crate::escape::excerpt(words, 300)) {
        Some(words) if !words.is_empty() => format!("{error}: {words}"),
        _ => error,
    }
}
