//! The kinds of secret, and what is trimmed from each before it is sent.

/// The kind of a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretKind {
    /// One line, sent as it is: a password may begin or end with a blank.
    Password,
    /// One line, sent without the blanks around it.
    Token {
        /// The header that it is sent in.
        header: &'static str,
        /// The scheme that the header names before it; empty for none.
        scheme: &'static str,
    },
    /// Several lines.
    Key,
}

/// A token of `Authorization: Bearer`.
pub(crate) const BEARER: SecretKind =
    SecretKind::Token { header: "Authorization", scheme: "Bearer" };
/// A ticket of `Authorization: SOTicket`.
pub(crate) const SO_TICKET: SecretKind =
    SecretKind::Token { header: "Authorization", scheme: "SOTicket" };

/// Returns the kind of a token that is the whole value of `header`, which is empty for one that is
/// in no header.
pub(crate) const fn header_value(header: &'static str) -> SecretKind {
    SecretKind::Token { header, scheme: "" }
}

/// A scheme of `Authorization`, with the options for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OtherScheme {
    /// The scheme.
    pub(crate) name: &'static str,
    /// The kind of text after it.
    pub(crate) content: &'static str,
    /// A hint that names the options for it.
    pub(crate) hint: &'static str,
}

const SCHEMES: [OtherScheme; 3] = [
    OtherScheme {
        name: "Bearer",
        content: "an access token",
        hint: "give it with --token, or in SOTICKETS_TOKEN",
    },
    OtherScheme {
        name: "SOTicket",
        content: "a ticket",
        hint: "give it with --ticket, or in SOTICKETS_TICKET",
    },
    OtherScheme {
        name: "Basic",
        content: "a user name and a password in base64",
        hint: "give them with --user and --password",
    },
];

const BLANKS: [char; 2] = [' ', '\t'];

impl SecretKind {
    /// Returns true if `text` counts as no secret at all.
    pub(crate) fn is_unset(self, text: &str) -> bool {
        matches!(self, Self::Token { .. }) && text.trim().is_empty()
    }

    /// Returns `text` as it is sent: a token without blanks around it, and without the name of
    /// its header and its scheme, which may have been copied with it.
    pub(crate) fn strip(self, text: &str) -> Result<&str, OtherScheme> {
        let Self::Token { header, scheme } = self else { return Ok(text) };
        let text = text.trim_matches(BLANKS);
        let value = text
            .split_once(':')
            .filter(|(name, _)| !name.is_empty() && name.eq_ignore_ascii_case(header));
        let value = value.map_or(text, |(_, value)| value.trim_start_matches(BLANKS));
        if let Some(token) = without_scheme(value, scheme) {
            return Ok(token);
        }
        match SCHEMES.into_iter().find(|other| without_scheme(value, other.name).is_some()) {
            Some(other) => Err(other),
            None => Ok(value),
        }
    }
}

/// Returns the text after `scheme`, if `text` begins with it.
fn without_scheme<'a>(text: &'a str, scheme: &str) -> Option<&'a str> {
    let (start, rest) = text.split_at_checked(scheme.len())?;
    let is_it = !scheme.is_empty()
        && start.eq_ignore_ascii_case(scheme)
        && (rest.is_empty() || rest.starts_with(BLANKS));
    is_it.then(|| rest.trim_start_matches(BLANKS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_and_scheme_are_stripped_from_a_token() {
        let cookie = header_value("Cookie");
        let cases = [
            (BEARER, "8A:x", "8A:x"),
            (BEARER, " \t8A:x ", "8A:x"),
            (BEARER, "Bearer 8A:x", "8A:x"),
            (BEARER, " bearer \t 8A:x\t", "8A:x"),
            (BEARER, "Authorization: Bearer 8A:x", "8A:x"),
            (BEARER, "Bearer ", ""),
            (BEARER, "Bearer8A:x", "Bearer8A:x"),
            (SO_TICKET, "SOTICKET 7T:x", "7T:x"),
            (SO_TICKET, "7T: x", "7T: x"),
            (cookie, " sid=a b; c=d ", "sid=a b; c=d"),
            (cookie, "cookie:sid=a", "sid=a"),
            (SecretKind::Password, " Bearer x ", " Bearer x "),
            (SecretKind::Key, "\nBearer x \n", "\nBearer x \n"),
        ];
        for (kind, text, stripped) in cases {
            assert_eq!(kind.strip(text), Ok(stripped), "{text:?}");
        }
    }

    #[test]
    fn scheme_of_another_credential_is_refused() {
        let app_token = header_value("SO-AppToken");
        for (kind, text, scheme) in [
            (BEARER, "SOTicket 7T:x", "SOTicket"),
            (BEARER, "basic dGltOng=", "Basic"),
            (SO_TICKET, "Authorization: Bearer 8A:x", "Bearer"),
            (app_token, " Bearer 8A:x", "Bearer"),
        ] {
            assert_eq!(kind.strip(text).map_err(|other| other.name), Err(scheme), "{text:?}");
        }
    }

    #[test]
    fn blanks_alone_are_a_password_but_no_token() {
        assert!(BEARER.is_unset(" \t\n") && BEARER.is_unset(""));
        assert!(!BEARER.is_unset(" x") && !SecretKind::Password.is_unset(" "));
    }
}
