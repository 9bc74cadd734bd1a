//! Headers of the command line: `-H 'Name: value'`.

use std::fmt::Display;

use crate::error::{Error, Result};
use crate::escape;
use crate::http::request::Header;
use crate::secret::profile_ref::ProfileRef;
use crate::secret::secret_origin::SecretOrigin;
use crate::secret::secret_reader::SecretReader;
use crate::secret::secret_ref::SecretRef;

/// A header of the command line.
#[derive(Clone, Debug)]
pub(crate) enum HeaderArg {
    Plain(Header),
    /// The name, and the source of the value.
    Secret(String, SecretRef),
}

impl HeaderArg {
    /// Binds a plain `keyring` to the entry of `profile`.
    pub(crate) fn with_profile(self, profile: Option<&ProfileRef>) -> Self {
        match self {
            Self::Secret(name, secret) => Self::Secret(name, secret.with_profile(profile)),
            plain @ Self::Plain(_) => plain,
        }
    }

    /// Returns the header with its secret read.
    pub(crate) fn read(&self, reader: &mut SecretReader<'_, '_>) -> Result<Header> {
        match self {
            Self::Plain(header) => Ok(header.clone()),
            Self::Secret(name, secret) => Ok(Header::secret(name, "", reader.read(secret)?)),
        }
    }
}

/// Headers that -H cannot set, with the reason.
const RESERVED: [(&str, &str); 22] = [
    ("accept", "-o says what the answer is to be"),
    ("accept-encoding", "compressed answers are accepted as it is"),
    ("accept-language", "--language sets it"),
    ("authorization", "--user, --ticket or --token sets it, from a place where the secret is kept"),
    ("connection", "the connection sets it"),
    ("content-encoding", "the body is sent as it is"),
    ("content-length", "the connection sets it"),
    ("content-type", "the body is always JSON"),
    ("cookie", "--cookie sets it, from a place where the secret is kept"),
    ("expect", "the body is sent at once"),
    ("host", "--url sets it"),
    ("proxy-authorization", "it belongs to the proxy, and would go to the server"),
    ("so-apptoken", "--app-token sets it, from a place where the secret is kept"),
    ("so-culture", "--culture sets it"),
    ("so-language", "--language sets it"),
    ("so-timezone", "--timezone sets it"),
    ("te", "the connection sets it"),
    ("trailer", "the connection sets it"),
    ("transfer-encoding", "the connection sets it"),
    ("upgrade", "the connection sets it"),
    ("user-agent", "it names this program"),
    ("x-xsrf-token", "--xsrf-token sets it, from a place where the secret is kept"),
];

/// The HTTP library accepts longer names, but no server does.
const MAX_NAME_LENGTH: usize = 1000;

/// Parses one `-H`. Errors quote the name, but no value that may be a secret.
pub(crate) fn parse(text: &str) -> Result<HeaderArg> {
    let Some((name, value)) = text.split_once(':') else {
        return Err(Error::usage("a header of -H has no colon after its name")
            .hint("-H 'Name: value', or -H 'Name: @env:VARIABLE' for a secret one"));
    };
    let (name, value) = (name.trim(), value.trim_start_matches([' ', '\t']));
    let shown = escape::excerpt(name, 60);
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(is_token) {
        return Err(Error::usage(format!("-H: '{shown}' is not the name of a header")));
    }
    if name.len() > MAX_NAME_LENGTH {
        let length = name.len();
        return Err(Error::usage(format!(
            "-H: the name '{shown}' has {length} characters, and a header's name has at most {MAX_NAME_LENGTH}"
        )));
    }
    let lower = name.to_ascii_lowercase();
    if let Some((_, why)) = RESERVED.iter().find(|(reserved, _)| *reserved == lower) {
        return Err(Error::usage(format!("-H cannot set {shown}: {why}")));
    }
    if let Some(place) = value.strip_prefix('@') {
        let variable = format!(
            "SOTICKETS_HEADER_{}",
            name.to_ascii_uppercase().replace(|c: char| !c.is_ascii_alphanumeric(), "_")
        );
        let mut secret = SecretRef::from_option(
            &format!("-H '{shown}: @SRC'"),
            place,
            &variable,
            &format!("header {shown}"),
        )?;
        secret.origin = SecretOrigin::new(format!("-H '{shown}: @"), place, "'");
        return Ok(HeaderArg::Secret(name.to_owned(), secret));
    }
    check_header_value(value, &format_args!("-H {shown}"))?;
    Ok(HeaderArg::Plain(Header::plain(name, value)))
}

/// Checks that `text` can be the value of a header.
pub(crate) fn check_header_value(text: &str, source: &dyn Display) -> Result<()> {
    if text.trim().is_empty() {
        return Err(Error::usage(format!("{source} is empty")));
    }
    if text.contains(|c: char| c.is_control()) {
        let shown = escape::excerpt(text, 60);
        return Err(Error::usage(format!("{source}: '{shown}' holds a control character"))
            .hint("a header's value is one line of text"));
    }
    Ok(())
}

/// Checks that `user` can be the user of Basic.
pub(crate) fn check_user(user: &str, source: &dyn Display) -> Result<()> {
    // This comes before any error that quotes the user: the rest may be the password.
    if user.contains(':') {
        return Err(Error::usage(format!("{source}: a user name of Basic has no colon")));
    }
    check_header_value(user, source)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> std::result::Result<String, String> {
        match parse(text) {
            Ok(HeaderArg::Plain(header)) => {
                Ok(format!("{}={}", header.name, header.masked_value()))
            }
            Ok(HeaderArg::Secret(name, secret)) => {
                Ok(format!("{name}={:?} {}", secret.source, secret.variable))
            }
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn headers_are_read() {
        assert_eq!(shown("X-Trace: a b:c").as_deref(), Ok("X-Trace=a b:c"));
        assert_eq!(
            shown("X-Api-Key:@env:KEY").as_deref(),
            Ok("X-Api-Key=Env(\"KEY\") SOTICKETS_HEADER_X_API_KEY")
        );
        assert_eq!(
            shown("X-Api-Key: @stdin").as_deref(),
            Ok("X-Api-Key=Stdin SOTICKETS_HEADER_X_API_KEY")
        );
        let cases = [
            ("X-Trace", "a header of -H has no colon after its name"),
            ("X Trace: a", "-H: 'X Trace' is not the name of a header"),
            (": a", "-H: '' is not the name of a header"),
            ("X:", "-H X is empty"),
            ("X: a\nY: b", "-H X: 'a\\nY: b' holds a control character"),
            ("accept: */*", "-H cannot set accept: -o says what the answer is to be"),
            (
                "X: @canary",
                "-H 'X: @SRC' takes the place where the secret is kept, not the secret itself",
            ),
        ];
        for (text, message) in cases {
            assert_eq!(shown(text), Err(message.to_owned()));
        }
        let error = shown("Authorization: Bearer canary").expect_err("reserved");
        assert!(error.contains("--token") && !error.contains("canary"), "{error}");
    }
}
