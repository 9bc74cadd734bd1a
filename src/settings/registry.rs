//! Each setting once: its option, its variable, its key in a profile, its default.

use std::time::Instant;

use crate::cli::get::CallArgs;
use crate::context::Environment;

use crate::secret::secret_kind::{self, SecretKind};
use crate::settings::profile::Profile;
use crate::source::{Source, Sourced};

/// A setting that an option, a variable or a profile may say.
#[derive(Debug)]
pub struct Setting {
    /// Its key in a profile.
    pub key: &'static str,
    /// Its option.
    pub option: &'static str,
    /// Its variable.
    pub variable: &'static str,
    /// What a profile writes it as.
    pub form: Form,
    /// What holds where nothing says it.
    pub default: Option<&'static str>,
    /// What it is.
    pub meaning: &'static str,
    /// What its option says, where that is one of every call.
    pub typed: fn(&CallArgs) -> Option<&str>,
}

/// What a profile writes a setting as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A text.
    Text,
    /// The same for an address, in which somebody may have left a password.
    Address,
    /// The path of a file.
    Path,
    /// A text or a number.
    Number,
    /// A list of texts, or one text with commas.
    List,
    /// The place where a secret is kept, with the name that a prompt shows.
    Secret(&'static str, SecretKind),
}

impl Form {
    /// What is to stand in a profile.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text | Self::Address => "text",
            Self::Path => "path",
            Self::Number => "text or number",
            Self::List => "list, or text with commas",
            Self::Secret(..) => "SRC",
        }
    }
}

impl Setting {
    /// What a prompt and an error call a secret.
    #[must_use]
    pub const fn label(&self) -> &'static str {
        match self.form {
            Form::Secret(label, _) => label,
            _ => self.key,
        }
    }

    /// The kind of secret that it is.
    #[must_use]
    pub const fn secret_kind(&self) -> SecretKind {
        match self.form {
            Form::Secret(_, kind) => kind,
            _ => SecretKind::Password,
        }
    }

    /// Whether it is the place where a secret is kept.
    #[must_use]
    pub const fn is_secret(&self) -> bool {
        matches!(self.form, Form::Secret(..))
    }
}

macro_rules! settings {
    ($($name:ident = $key:literal, $option:literal, $variable:literal, $form:ident $(($label:literal, $kind:expr))?, $default:expr, $meaning:literal, $typed:expr;)*) => {
        $(
            #[doc = concat!("`", $key, "`.")]
            pub const $name: Setting = Setting {
                key: $key,
                option: $option,
                variable: $variable,
                form: Form::$form $(($label, $kind))?,
                default: $default,
                meaning: $meaning,
                typed: $typed,
            };
        )*
        /// Every setting, in the order in which it is shown.
        pub const ALL: &[&Setting] = &[$(&$name),*];
    };
}

settings! {
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
    XSRF_TOKEN = "xsrf_token", "--xsrf-token", "SOTICKETS_XSRF_TOKEN", Secret("XSRF token", secret_kind::whole("X-XSRF-TOKEN")), None,
        "the XSRF token of a browser session",
        |call| call.xsrf_token.as_deref();
    COOKIE = "cookie", "--cookie", "SOTICKETS_COOKIE", Secret("cookie", secret_kind::whole("Cookie")), None,
        "the cookies of the browser session",
        |call| call.cookie.as_deref();
    APP_TOKEN = "app_token", "--app-token", "SOTICKETS_APP_TOKEN", Secret("application token", secret_kind::whole("SO-AppToken")), None,
        "the application token, beside any of them",
        |call| call.app_token.as_deref();
    CLIENT_ID = "client_id", "--client-id", "SOTICKETS_CLIENT_ID", Text, None,
        "the application that `auth login` signs in for (Online)",
        |_| None;
    CLIENT_SECRET = "client_secret", "--client-secret", "SOTICKETS_CLIENT_SECRET", Secret("client secret", SecretKind::Password), None,
        "the secret of the application (Online)",
        |_| None;
    REDIRECT_URI = "redirect_uri", "--redirect-uri", "SOTICKETS_REDIRECT_URI", Text, None,
        "the redirect address that the application is registered with (Online)",
        |_| None;
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
        |_| None;
    OUTPUT = "output", "--output", "SOTICKETS_OUTPUT", Text, Some("table"),
        "the format",
        |_| None;
    LINKS = "links", "--links", "SOTICKETS_LINKS", Text, Some("auto"),
        "links to the tickets: `auto`, `always` or `never`",
        |_| None;
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
        "the limit of the whole command, none where it is 0",
        |call| call.timeout.as_deref();
    MAX_BYTES = "max_bytes", "--max-bytes", "SOTICKETS_MAX_BYTES", Number, Some("2GiB"),
        "the largest answer, after decompression",
        |call| call.max_bytes.as_deref();
    RETRIES = "retries", "--retries", "SOTICKETS_RETRIES", Number, Some("0"),
        "how often a failed call is repeated",
        |call| call.network.retries.as_deref();
    CACERT = "cacert", "--cacert", "SOTICKETS_CACERT", Path, None,
        "the certificates to trust, in place of the system's",
        |call| call.network.cacert.as_deref()?.to_str();
    CLIENT_CERT = "client_cert", "--client-cert", "SOTICKETS_CLIENT_CERT", Path, None,
        "the certificate to show the server",
        |call| call.network.client_cert.as_deref()?.to_str();
    CLIENT_KEY = "client_key", "--client-key", "SOTICKETS_CLIENT_KEY", Path, None,
        "the file of its key",
        |call| call.network.client_key.as_deref()?.to_str();
}

/// The key of the table that holds [`SYSTEM_USER`].
pub const SYSTEM_USER_TABLE: &str = "system_user";

/// What a profile alone says, in a table of its own: who signs in unattended.
pub const SYSTEM_USER: [&Setting; 3] =
    [&SYSTEM_USER_TOKEN, &SYSTEM_USER_PRIVATE_KEY, &SYSTEM_USER_APPLICATION_TOKEN];

const fn of_system_user(
    key: &'static str,
    variable: &'static str,
    label: &'static str,
    kind: SecretKind,
    meaning: &'static str,
) -> Setting {
    let form = Form::Secret(label, kind);
    Setting { key, option: "", variable, form, default: None, meaning, typed: |_| None }
}

/// `system_user.token`.
pub const SYSTEM_USER_TOKEN: Setting = of_system_user(
    "system_user.token",
    "SOTICKETS_SYSTEM_USER_TOKEN",
    "system user token",
    secret_kind::whole(""),
    "the system user token of application and tenant (Online)",
);
/// `system_user.private_key`.
pub const SYSTEM_USER_PRIVATE_KEY: Setting = of_system_user(
    "system_user.private_key",
    "SOTICKETS_SYSTEM_USER_PRIVATE_KEY",
    "private key",
    SecretKind::Key,
    "the application's RSA key, in XML or PEM",
);
/// `system_user.application_token`.
pub const SYSTEM_USER_APPLICATION_TOKEN: Setting = of_system_user(
    "system_user.application_token",
    "SOTICKETS_SYSTEM_USER_APPLICATION_TOKEN",
    "application token",
    secret_kind::whole("SO-AppToken"),
    "the application's token, its client secret",
);

/// What may say a setting: the options, below them the variables, and below those a
/// profile.
#[derive(Clone, Copy, Debug)]
pub struct ConfigLayers<'a> {
    /// The options of every call.
    pub call: &'a CallArgs,
    /// The variables.
    pub environment: &'a Environment,
    /// The profile, where one is in use.
    pub profile: Option<&'a Profile>,
    /// The names of the profiles that there are to choose from.
    pub names: &'a [String],
    /// The time at which the command began.
    pub started: Instant,
}

impl ConfigLayers<'_> {
    /// What the option says of `setting`, or else its variable, or else the
    /// profile.
    #[must_use]
    pub fn find(&self, setting: &Setting) -> Option<Sourced<String>> {
        self.each(setting).into_iter().flatten().next()
    }

    /// What option, variable and profile say of `setting`, each for itself.
    #[must_use]
    pub fn each(&self, setting: &Setting) -> [Option<Sourced<String>>; 3] {
        let typed = (setting.typed)(self.call).map(str::to_owned);
        let variable = self.environment.get(setting.variable);
        [
            typed.map(|value| Sourced::new(value, Source::Option(setting.option))),
            variable.map(|value| Sourced::new(value, Source::Variable(setting.variable))),
            self.profile.and_then(|profile| profile.find(setting)),
        ]
    }
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
