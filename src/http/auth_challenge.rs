//! The authentication schemes that a server or a proxy offers: `WWW-Authenticate` and
//! `Proxy-Authenticate`.

use reqwest::header::{HeaderMap, HeaderValue, PROXY_AUTHENTICATE, WWW_AUTHENTICATE};

use crate::secret::mask::Mask;

/// The maximum of schemes, and of characters in the name of one, that a message shows.
const MAX_SCHEMES: usize = 8;
const MAX_NAME: usize = 32;

/// Returns the names of the schemes that an answer of `status`, 407 or another, offers: each
/// once, without the secrets that `mask` hides.
pub(crate) fn offered(status: u16, headers: &HeaderMap, mask: &Mask) -> Vec<String> {
    let name = if status == 407 { PROXY_AUTHENTICATE } else { WWW_AUTHENTICATE };
    schemes(headers.get_all(name).iter().map(HeaderValue::as_bytes), mask)
}

fn schemes<'t>(values: impl IntoIterator<Item = &'t [u8]>, mask: &Mask) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for value in values {
        let value = mask.apply(&String::from_utf8_lossy(value));
        for (scheme, _) in challenges(&value) {
            let is_new = !has(&names, scheme);
            if is_new && names.len() < MAX_SCHEMES && scheme.len() <= MAX_NAME {
                names.push(scheme.to_owned());
            }
        }
    }
    names
}

/// Returns the header `value` with `***` in place of all parameters.
pub(crate) fn without_parameters(value: &str) -> String {
    let shown: Vec<String> = challenges(value)
        .iter()
        .map(|(scheme, is_bare)| scheme.to_string() + if *is_bare { "" } else { " ***" })
        .collect();
    if shown.is_empty() { "***".to_owned() } else { shown.join(", ") }
}

/// Returns true if one of `schemes` signs in to Windows.
pub(crate) fn is_windows(schemes: &[String]) -> bool {
    ["NTLM", "Negotiate", "Kerberos"].iter().any(|name| has(schemes, name))
}

/// Returns true if `name` is one of `schemes`.
pub(crate) fn has(schemes: &[String], name: &str) -> bool {
    schemes.iter().any(|scheme| scheme.eq_ignore_ascii_case(name))
}

/// Joins `schemes` to a text: `Negotiate and NTLM`.
pub(crate) fn join(schemes: &[String]) -> String {
    match schemes {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Parses a header value: challenges with commas between them, and between the parameters
/// of each (RFC 9110 11.6.1). Returns the schemes, each with true if it has no parameters: a
/// realm, a nonce, or a token.
fn challenges(value: &str) -> Vec<(&str, bool)> {
    let mut found = Vec::new();
    for element in elements(value) {
        let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        let end = element.find(|c| !is_token(c)).unwrap_or(element.len());
        let (token, rest) = element.split_at(end);
        let parameters = rest.trim_start();
        let is_challenge = !token.is_empty()
            && (parameters.is_empty()
                || (rest.len() > parameters.len() && !parameters.starts_with('=')));
        if is_challenge {
            found.push((token, parameters.is_empty()));
        } else if let Some((_, is_bare)) = found.last_mut() {
            *is_bare = false;
        }
    }
    found
}

/// Splits `value` at the commas outside quotes.
fn elements(value: &str) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    value
        .split(move |c| {
            let was_escaped = std::mem::take(&mut escaped);
            match c {
                '"' if !was_escaped => quoted = !quoted,
                '\\' if quoted && !was_escaped => escaped = true,
                ',' => return !quoted,
                _ => {}
            }
            false
        })
        .map(str::trim)
        .filter(|element| !element.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::escape;
    use crate::secret::Secret;

    fn names(values: &[&str]) -> Vec<String> {
        schemes(values.iter().map(|value| value.as_bytes()), &Mask::default())
    }

    #[test]
    fn schemes_are_found_among_their_parameters() {
        let cases: [(&[&str], &[&str]); 9] = [
            (&["NTLM"], &["NTLM"]),
            (&["Negotiate", "NTLM", "ntlm"], &["Negotiate", "NTLM"]),
            (&["Negotiate, NTLM"], &["Negotiate", "NTLM"]),
            (
                &[r#"Basic realm="a, Bearer b", charset="UTF-8", Digest nonce=x"#],
                &["Basic", "Digest"],
            ),
            (&[r#"Basic realm = "a \", NTLM", Bearer"#], &["Basic", "Bearer"]),
            (&["Negotiate YII/=="], &["Negotiate"]),
            (&[r#"realm="x""#], &[]),
            (&["", ",", "\"NTLM", "=x"], &[]),
            (&[&"x".repeat(33)], &[]),
        ];
        for (values, expected) in cases {
            assert_eq!(names(values), expected, "{values:?}");
        }
        let many: Vec<String> = (0..20).map(|number| format!("Scheme{number}")).collect();
        assert_eq!(names(&[&many.join(",")]).len(), MAX_SCHEMES);
    }

    #[test]
    fn parameters_and_secrets_are_masked() {
        assert_eq!(
            without_parameters(r#"Negotiate YII/==, NTLM, Basic realm="x", q=1"#),
            "Negotiate ***, NTLM, Basic ***"
        );
        assert_eq!(without_parameters("=x"), "***");
        let mask = Mask::new([Secret::new("canary".to_owned())]);
        assert_eq!(schemes([&b"canary, NTLM"[..]], &mask), ["***", "NTLM"]);
    }

    proptest! {
        #[test]
        fn no_value_can_control_a_terminal(value in any::<Vec<u8>>()) {
            for name in schemes([value.as_slice()], &Mask::default()) {
                prop_assert!(!name.contains(escape::is_unsafe));
            }
            let text = String::from_utf8_lossy(&value);
            prop_assert!(!without_parameters(&text).contains(escape::is_unsafe));
        }
    }
}
