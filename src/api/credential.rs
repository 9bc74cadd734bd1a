//! The credential of a call, and the headers that carry it.

use crate::escape;
use crate::http::request::{BasicCharset, Header, HeaderText};
use crate::secret::ResolvedSecret;
use crate::secret::profile_ref::LOGIN_COMMAND;

/// The header of all schemes but XSRF.
pub(crate) const AUTHORIZATION: &str = "Authorization";
/// The schemes of a ticket and of a token, as the header begins with them.
pub(crate) const SO_TICKET: &str = "SOTicket ";
pub(crate) const BEARER: &str = "Bearer ";

/// The headers of a call that its settings hold: the credential, the application token and
/// further headers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Authentication {
    /// The credential; `None` behind a gateway that adds it.
    pub(crate) credential: Option<Credential>,
    /// The value of `SO-AppToken`.
    pub(crate) app_token: Option<ResolvedSecret>,
    pub(crate) further_headers: Vec<Header>,
    /// True if `auth login` checks the credential: no hint leads to that command.
    pub(crate) is_login: bool,
}

impl Authentication {
    /// Returns what to do if the server answers `status`, 401 or 403, to the credential.
    pub(crate) fn hint(&self, status: u16) -> Option<String> {
        let credential = self.credential.as_ref()?;
        match self.is_login {
            true => credential.login_hint(status).map(str::to_owned),
            false => Some(credential.hint(status)),
        }
    }

    /// Returns all of the headers.
    pub(crate) fn headers(&self) -> impl Iterator<Item = Header> {
        let app_token = self.app_token.clone();
        let app_token = app_token.map(|token| Header::secret("SO-AppToken", "", token));
        let credential = self.credential.iter().flat_map(Credential::headers);
        credential.chain(app_token).chain(self.further_headers.iter().cloned())
    }
}

/// The credential of a call: one of the endpoint's four schemes.
#[derive(Clone, Debug)]
pub(crate) enum Credential {
    /// `Authorization: Basic`, Onsite.
    Basic {
        /// The user name, without a colon.
        user: String,
        /// The password.
        password: ResolvedSecret,
        /// The encoding of both, which has all their characters.
        charset: BasicCharset,
    },
    /// `Authorization: SOTicket`.
    SoTicket(ResolvedSecret),
    /// The same with the ticket that a session gets for a system user, Online.
    SystemUser {
        /// The origin of the system user's token.
        origin: String,
    },
    /// `Authorization: Bearer`, Online.
    Bearer(ResolvedSecret),
    /// The same with the token that a session has of a sign-in, Online.
    SignedIn {
        /// The name of the sign-in.
        origin: String,
        /// The command that signs in again.
        login: String,
    },
    /// `X-XSRF-TOKEN` with the cookies of a browser session.
    Xsrf {
        /// The value of the header.
        token: ResolvedSecret,
        /// The `Cookie` header.
        cookie: ResolvedSecret,
    },
}

impl Credential {
    /// Returns the headers that carry the credential; none if a session adds them.
    fn headers(&self) -> Vec<Header> {
        match self.clone() {
            Self::Basic { user, password, charset } => vec![Header {
                name: AUTHORIZATION.to_owned(),
                text: HeaderText::Basic { user, password, charset },
            }],
            Self::SoTicket(ticket) => vec![Header::secret(AUTHORIZATION, SO_TICKET, ticket)],
            Self::Bearer(token) => vec![Header::secret(AUTHORIZATION, BEARER, token)],
            Self::SystemUser { .. } | Self::SignedIn { .. } => Vec::new(),
            Self::Xsrf { token, cookie } => {
                vec![
                    Header::secret("X-XSRF-TOKEN", "", token),
                    Header::secret("Cookie", "", cookie),
                ]
            }
        }
    }

    /// Returns scheme and origin, for messages.
    pub(crate) fn description(&self) -> String {
        match self {
            Self::Basic { user, password, .. } => {
                let user = escape::excerpt(user, 60);
                format!("user {user} with the password from {} (Basic)", password.origin)
            }
            Self::SoTicket(ticket) => format!("ticket from {} (SOTicket)", ticket.origin),
            Self::SystemUser { origin } => {
                format!("ticket of the system user from {origin} (SOTicket)")
            }
            Self::Bearer(token) => format!("token from {} (Bearer)", token.origin),
            Self::SignedIn { origin, .. } => format!("token of {origin} (Bearer)"),
            Self::Xsrf { token, cookie } => {
                format!("XSRF token from {} with cookies from {}", token.origin, cookie.origin)
            }
        }
    }

    /// Returns what to do if the server answers `status`, 401 or 403, to a call.
    fn hint(&self, status: u16) -> String {
        let login = self.login_command();
        match self {
            Self::Basic { .. } if status == 403 => {
                "the user may lack the right to read tickets; ask the administrator".to_owned()
            }
            Self::Basic { .. } => format!(
                "{login} keeps a new password; or check --user and --password; Online does not know Basic: --token there"
            ),
            Self::SoTicket(_) => {
                format!("tickets expire: {login} keeps a new one")
            }
            Self::SystemUser { .. } => {
                "the ticket is a new one: the application may lack the right to read tickets; ask the tenant's administrator".to_owned()
            }
            Self::Bearer(_) => format!(
                "access tokens live 20 to 60 minutes: {login} keeps a new one; Onsite does not know Bearer, use --user there"
            ),
            Self::SignedIn { .. } if status == 403 => format!(
                "the user, or the application, may lack the right to read tickets; or sign in again: {login}"
            ),
            Self::SignedIn { .. } => format!("sign in again: {login}"),
            Self::Xsrf { .. } => {
                "sign in again in the browser, then copy the XSRF-TOKEN cookie's value and all cookies again".to_owned()
            }
        }
    }

    /// Returns what to do if the server answers `status`, 401 or 403, to `auth login`.
    const fn login_hint(&self, status: u16) -> Option<&'static str> {
        Some(match self {
            Self::Basic { .. } if status == 403 => {
                "the user may lack the right to read tickets; ask the administrator"
            }
            Self::Basic { .. } => {
                "check user and password; Online does not know Basic: --token there"
            }
            Self::SoTicket(_) => "tickets expire: sign in with a new one",
            Self::Bearer(_) => {
                "access tokens live 20 to 60 minutes: sign in with a new one; Onsite does not know Bearer, use --user there"
            }
            Self::SystemUser { .. } => {
                "the ticket is a new one: the application may lack the right to read tickets; ask the tenant's administrator"
            }
            Self::SignedIn { .. } if status == 403 => {
                "the user, or the application, may lack the right to read tickets"
            }
            Self::SignedIn { .. } => return None,
            Self::Xsrf { .. } => {
                "sign in again in the browser, then copy the XSRF-TOKEN cookie's value and all cookies again"
            }
        })
    }

    /// Returns the command that signs in again: for the profile, if the credential is kept for one.
    fn login_command(&self) -> String {
        match self {
            Self::SignedIn { login, .. } => login.clone(),
            Self::Basic { password: secret, .. }
            | Self::SoTicket(secret)
            | Self::Bearer(secret) => {
                secret.login_command.clone().unwrap_or_else(|| LOGIN_COMMAND.to_owned())
            }
            _ => LOGIN_COMMAND.to_owned(),
        }
    }

    /// Returns further causes for a 401 to a user and a password.
    pub(crate) fn basic_hints(&self) -> Vec<&'static str> {
        let Self::Basic { user, password, charset } = self else { return Vec::new() };
        let mut hints = vec![
            "IIS's own Basic authentication may check Windows accounts there, and refuse SuperOffice's users: have it switched off for the API",
        ];
        let texts = [user.as_str(), password.value.expose()];
        let has_latin1 = texts.iter().all(|text| BasicCharset::Latin1.encode(text).is_some());
        match charset {
            _ if texts.iter().all(|text| text.is_ascii()) => {}
            BasicCharset::Utf8 if has_latin1 => hints.push(
                "user or password is not ASCII, and the server may expect it in ISO-8859-1: --basic-charset latin1",
            ),
            BasicCharset::Utf8 => {}
            BasicCharset::Latin1 => hints.push(
                "user or password is not ASCII, and the server may expect it in UTF-8: --basic-charset utf-8",
            ),
        }
        hints
    }
}
