//! Request headers whose secrets are masked wherever a person may read them.

use base64::Engine as _;

use crate::escape;
use crate::secret::{ResolvedSecret, Secret};

/// A header of a request.
#[derive(Clone, Debug)]
pub(crate) struct Header {
    pub(crate) name: String,
    pub(crate) text: HeaderText,
}

/// The value of a header.
#[derive(Clone, Debug)]
pub(crate) enum HeaderText {
    /// A value that anyone may read.
    Plain(String),
    /// A secret after an open prefix: `Bearer ` and the token.
    Secret {
        /// The open part.
        prefix: &'static str,
        /// The secret.
        secret: ResolvedSecret,
    },
    /// User and password, which Basic authentication joins and encodes.
    Basic {
        /// The user name.
        user: String,
        /// The password.
        password: ResolvedSecret,
        /// The encoding of both.
        charset: BasicCharset,
    },
}

impl Header {
    pub(crate) fn plain(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), text: HeaderText::Plain(value.into()) }
    }

    pub(crate) fn secret(
        name: impl Into<String>,
        prefix: &'static str,
        secret: ResolvedSecret,
    ) -> Self {
        Self { name: name.into(), text: HeaderText::Secret { prefix, secret } }
    }

    /// Returns the secret in the value, if it holds one.
    pub(crate) const fn resolved(&self) -> Option<&ResolvedSecret> {
        match &self.text {
            HeaderText::Plain(_) => None,
            HeaderText::Secret { secret, .. } => Some(secret),
            HeaderText::Basic { password, .. } => Some(password),
        }
    }

    /// Returns the value that is sent.
    pub(crate) fn wire_value(&self) -> Secret {
        match &self.text {
            HeaderText::Plain(value) => Secret::new(value.clone()),
            HeaderText::Secret { prefix, secret } => {
                Secret::new(format!("{prefix}{}", secret.value.expose()))
            }
            HeaderText::Basic { user, password, charset } => {
                charset.authorization(user, password.value.expose())
            }
        }
    }

    /// Returns the value for a person, with its secret masked.
    pub(crate) fn masked_value(&self) -> String {
        match &self.text {
            HeaderText::Plain(value) => escape::visible(value).into_owned(),
            HeaderText::Secret { prefix, .. } => format!("{prefix}***"),
            HeaderText::Basic { .. } => "Basic ***".to_owned(),
        }
    }

    /// Returns all forms of the secret that a server could repeat: bare, as sent, and each
    /// cookie by itself.
    pub(crate) fn secrets(&self) -> Vec<Secret> {
        let Some(resolved) = self.resolved() else { return Vec::new() };
        let wire = self.wire_value();
        let bare = wire.expose().split_once(' ').map(|(_, value)| value);
        let cookies = resolved.value.expose().split(';').filter_map(|it| it.split_once('='));
        let parts = bare.into_iter().chain(cookies.map(|(_, value)| value.trim()));
        let mut secrets: Vec<Secret> = parts.map(|part| Secret::new(part.to_owned())).collect();
        secrets.push(resolved.value.clone());
        secrets.push(wire);
        secrets
    }
}

/// The encoding of user and password in Basic authentication.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum BasicCharset {
    /// UTF-8.
    #[default]
    Utf8,
    /// ISO-8859-1, as older clients send it.
    Latin1,
}

impl BasicCharset {
    /// Encodes `text`; `None` if it holds a character that the encoding lacks.
    pub(crate) fn encode(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Self::Utf8 => Some(text.as_bytes().to_vec()),
            Self::Latin1 => text.chars().map(|c| u8::try_from(c).ok()).collect(),
        }
    }

    /// Returns the value of `Authorization` or `Proxy-Authorization`. The settings have
    /// refused characters that the encoding lacks.
    pub(super) fn authorization(self, user: &str, password: &str) -> Secret {
        let pair = Secret::new(format!("{user}:{password}"));
        let bytes = self.encode(pair.expose()).unwrap_or_default();
        Secret::new(format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(bytes)))
    }
}
