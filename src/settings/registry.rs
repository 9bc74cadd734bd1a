//! Each setting once: its option, its variable, its key in a profile, its default.

use std::borrow::Cow;
use std::ffi::OsStr;

use crate::cli::get::CallArgs;
use crate::secret::secret_kind::{self, SecretKind};

/// A setting that an option, a variable or a profile may hold.
#[derive(Debug)]
pub struct Setting {
    /// The key in a profile.
    pub key: &'static str,
    /// The option; empty for a setting that only a profile holds.
    pub option: &'static str,
    /// The variable.
    pub variable: &'static str,
    /// The type of the value in a profile.
    pub value_type: ValueType,
    /// The value if nothing sets it.
    pub default: Option<&'static str>,
    /// The description, for documentation.
    pub meaning: &'static str,
    /// Returns the value of the option, if every call has that option. A path need not be UTF-8.
    pub(crate) option_value: fn(&CallArgs) -> Option<&OsStr>,
}

/// The type of a setting's value in a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueType {
    /// A text.
    Text,
    /// An address, in which somebody may have left a password.
    Address,
    /// The path of a file.
    Path,
    /// A text or a number.
    Number,
    /// True or false.
    Flag,
    /// A list of texts, or one text with commas.
    List,
    /// The source of a secret, with its name at a prompt.
    Secret(&'static str, SecretKind),
}

impl ValueType {
    /// Returns the name of the type, for documentation.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text | Self::Address => "text",
            Self::Path => "path",
            Self::Number => "text or number",
            Self::Flag => "true or false",
            Self::List => "list, or text with commas",
            Self::Secret(..) => "SRC",
        }
    }
}

impl Setting {
    /// Returns the name of a secret at a prompt and in errors, and its kind; `None` for a
    /// setting that is no secret.
    pub(crate) const fn secret(&self) -> Option<(&'static str, SecretKind)> {
        match self.value_type {
            ValueType::Secret(label, kind) => Some((label, kind)),
            _ => None,
        }
    }

    /// Returns the text of the option. Bytes of a path that are not UTF-8 are replaced.
    pub(crate) fn option_text<'a>(&self, call: &'a CallArgs) -> Option<Cow<'a, str>> {
        (self.option_value)(call).map(OsStr::to_string_lossy)
    }

    /// Returns true if `value` looks like `https://tim:secret@host` or like
    /// `https://host/?token=secret`, or like curl's `tim:secret`.
    pub(crate) fn may_hold_a_password(&self, value: &str) -> bool {
        match self.value_type {
            ValueType::Address => value.contains(['@', '?', '#']),
            _ => self.key == USER.key && value.contains(':'),
        }
    }
}

macro_rules! settings {
    ($(#[$doc:meta])* $all:ident: $($name:ident = $key:literal, $option:literal, $variable:literal, $form:ident $(($label:literal, $kind:expr))?, $default:expr, $meaning:literal, |$call:pat_param| $option_value:expr;)*) => {
        $(
            pub(crate) const $name: Setting = Setting {
                key: $key,
                option: $option,
                variable: $variable,
                value_type: ValueType::$form $(($label, $kind))?,
                default: $default,
                meaning: $meaning,
                option_value: |$call| $option_value.map(AsRef::as_ref),
            };
        )*
        $(#[$doc])*
        pub const $all: [&Setting; [$($key),*].len()] = [$(&$name),*];
    };
}

settings! {
    /// Every setting of options and profiles, in the order in which `doctor` and documentation
    /// list it.
    ALL:
    URL = "url", "--url", "SOTICKETS_URL", Address, None,
        "the installation's address",
        |call| call.url.as_deref();
    TENANT = "tenant", "--tenant", "SOTICKETS_TENANT", Text, None,
        "the tenant of Online, whose address is looked up, in place of `url`",
        |call| call.tenant.as_deref();
    ENVIRONMENT = "environment", "--environment", "SOTICKETS_ENVIRONMENT", Address, Some("online"),
        "the tenant's environment: `online`, `sod`, `stage`, or the address of a stand-in",
        |call| call.environment.as_deref();
    USER = "user", "--user", "SOTICKETS_USER", Text, None,
        "the user of Basic (Onsite)",
        |call| call.user.as_deref();
    PASSWORD = "password", "--password", "SOTICKETS_PASSWORD", Secret("password", SecretKind::Password), None,
        "the password of Basic (Onsite)",
        |call| call.password.as_deref();
    BASIC_CHARSET = "basic_charset", "--basic-charset", "SOTICKETS_BASIC_CHARSET", Text, Some("utf-8"),
        "the encoding of user and password in Basic: `utf-8` or `latin1`",
        |call| call.basic_charset.as_deref();
    TICKET = "ticket", "--ticket", "SOTICKETS_TICKET", Secret("ticket", secret_kind::SO_TICKET), None,
        "a SuperOffice ticket (SOTicket)",
        |call| call.ticket.as_deref();
    TOKEN = "token", "--token", "SOTICKETS_TOKEN", Secret("token", secret_kind::BEARER), None,
        "an access token (Bearer, Online)",
        |call| call.token.as_deref();
    XSRF_TOKEN = "xsrf_token", "--xsrf-token", "SOTICKETS_XSRF_TOKEN", Secret("XSRF token", secret_kind::header_value("X-XSRF-TOKEN")), None,
        "the XSRF token of a browser session",
        |call| call.xsrf_token.as_deref();
    COOKIE = "cookie", "--cookie", "SOTICKETS_COOKIE", Secret("cookie", secret_kind::header_value("Cookie")), None,
        "the cookies of the browser session",
        |call| call.cookie.as_deref();
    APP_TOKEN = "app_token", "--app-token", "SOTICKETS_APP_TOKEN", Secret("application token", secret_kind::header_value("SO-AppToken")), None,
        "the application token, in addition to any of them",
        |call| call.app_token.as_deref();
    CLIENT_ID = "client_id", "--client-id", "SOTICKETS_CLIENT_ID", Text, None,
        "the application that `auth login` signs in for (Online)",
        |_| None::<&str>;
    CLIENT_SECRET = "client_secret", "--client-secret", "SOTICKETS_CLIENT_SECRET", Secret("client secret", SecretKind::Password), None,
        "the secret of the application (Online)",
        |_| None::<&str>;
    REDIRECT_URI = "redirect_uri", "--redirect-uri", "SOTICKETS_REDIRECT_URI", Text, None,
        "the redirect address that the application is registered with (Online)",
        |_| None::<&str>;
    LANGUAGE = "language", "--language", "SOTICKETS_LANGUAGE", Text, Some("en"),
        "the language of names and statuses",
        |call| call.language.as_deref();
    CULTURE = "culture", "--culture", "SOTICKETS_CULTURE", Text, None,
        "the culture of numbers and dates inside texts",
        |call| call.culture.as_deref();
    TIMEZONE = "timezone", "--timezone", "SOTICKETS_TIMEZONE", Number, None,
        "the time zone of dates",
        |call| call.timezone.as_deref();
    SELECT = "select", "--select", "SOTICKETS_SELECT", List, None,
        "the fields to fetch and print",
        |_| None::<&str>;
    OUTPUT = "output", "--output", "SOTICKETS_OUTPUT", Text, Some("table"),
        "the format",
        |_| None::<&str>;
    LINKS = "links", "--links", "SOTICKETS_LINKS", Text, Some("auto"),
        "links to the tickets: `auto`, `always` or `never`",
        |_| None::<&str>;
    TICKET_URL = "ticket_url", "--ticket-url", "SOTICKETS_TICKET_URL", Address, None,
        "the address of a ticket in the web client, with `{id}` in it (Onsite)",
        |call| call.ticket_url.as_deref();
    CONNECT_TIMEOUT = "connect_timeout", "--connect-timeout", "SOTICKETS_CONNECT_TIMEOUT", Number, Some("10s"),
        "the limit of the connection with its TLS handshake",
        |call| call.connect_timeout.as_deref();
    READ_TIMEOUT = "read_timeout", "--read-timeout", "SOTICKETS_READ_TIMEOUT", Number, Some("60s"),
        "the limit of silence while waiting or reading",
        |call| call.read_timeout.as_deref();
    TIMEOUT = "timeout", "--timeout", "SOTICKETS_TIMEOUT", Number, Some("0"),
        "the limit of the whole command; 0 means no limit",
        |call| call.timeout.as_deref();
    MAX_BYTES = "max_bytes", "--max-bytes", "SOTICKETS_MAX_BYTES", Number, Some("2GiB"),
        "the largest answer, after decompression",
        |call| call.max_bytes.as_deref();
    RETRIES = "retries", "--retries", "SOTICKETS_RETRIES", Number, Some("0"),
        "how often a failed call is repeated",
        |call| call.network.retries.as_deref();
    PROXY = "proxy", "--proxy", "SOTICKETS_PROXY", Address, None,
        "the proxy; the variable may hold a login, the key of a profile may not",
        |call| call.network.proxy.as_deref();
    CACERT = "cacert", "--cacert", "SOTICKETS_CACERT", Path, None,
        "the certificates to trust, in place of the system's",
        |call| call.network.cacert.as_deref();
    CLIENT_CERT = "client_cert", "--client-cert", "SOTICKETS_CLIENT_CERT", Path, None,
        "the certificate to show the server",
        |call| call.network.client_cert.as_deref();
    CLIENT_KEY = "client_key", "--client-key", "SOTICKETS_CLIENT_KEY", Path, None,
        "the file of its key",
        |call| call.network.client_key.as_deref();
}

/// The variables of a call that no profile replaces, a few with the same meaning in one text,
/// with their meanings.
pub const OTHER_VARIABLES: [(&str, &str); 6] = [
    ("HTTPS_PROXY, HTTP_PROXY", "the proxy for https:// or http:// addresses; upper or lower case"),
    ("ALL_PROXY", "the proxy if neither is set"),
    ("SOTICKETS_PROXY_PASSWORD", "the password of the proxy's user"),
    ("NO_PROXY", "hosts without a proxy"),
    ("SSL_CERT_FILE", "a file of the certificates to trust, in place of the system's"),
    ("SSL_CERT_DIR", "folders of such certificates"),
];

settings! {
    /// The settings that a profile holds in place of an option, without a variable.
    PROFILE_ONLY:
    ALLOW_PLAIN_HTTP = "allow_plain_http", "--allow-plain-http", "", Flag, None,
        "whether a credential may be sent to the `http://` address of this profile",
        |_| None::<&str>;
}

/// The key of the table with the settings of [`SYSTEM_USER`].
pub(crate) const SYSTEM_USER_TABLE: &str = "system_user";

settings! {
    /// The settings of unattended sign-in, which only a profile holds. Their options are those of
    /// `auth login`.
    SYSTEM_USER:
    SYSTEM_USER_TOKEN = "system_user.token", "--system-user-token", "SOTICKETS_SYSTEM_USER_TOKEN", Secret("system user token", secret_kind::header_value("")), None,
        "the system user token of application and tenant (Online)",
        |call| call.system_user_token.as_deref();
    SYSTEM_USER_PRIVATE_KEY = "system_user.private_key", "--private-key", "SOTICKETS_SYSTEM_USER_PRIVATE_KEY", Secret("private key", SecretKind::Key), None,
        "the application's RSA key, in XML or PEM",
        |call| call.private_key.as_deref();
    SYSTEM_USER_APPLICATION_TOKEN = "system_user.application_token", "--app-token", "SOTICKETS_SYSTEM_USER_APPLICATION_TOKEN", Secret("application token", secret_kind::header_value("SO-AppToken")), None,
        "the application's token, its client secret",
        |call| call.app_token.as_deref().filter(|_| call.system_user_token.is_some());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn option_and_variable_are_named_after_the_key() {
        for setting in ALL {
            let option = format!("--{}", setting.key.replace('_', "-"));
            let variable = format!("SOTICKETS_{}", setting.key.to_uppercase());
            assert_eq!((setting.option, setting.variable), (option.as_str(), variable.as_str()));
        }
    }
}
