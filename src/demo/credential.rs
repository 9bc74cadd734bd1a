//! The sample credentials, and the check for them.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use hyper::StatusCode;
use hyper::header::{self, AUTHORIZATION, HeaderMap};

/// The user name for Basic.
pub const USER: &str = "demo";

/// The password of [`USER`].
pub const PASSWORD: &str = "sample-password";

/// The ticket for SOTicket.
pub const TICKET: &str = "7T:c2FtcGxlLXRpY2tldC1vbmx5LWZvci10aGUtZGVtbw";

/// The token for Bearer.
pub const TOKEN: &str = "8A:Cust12345.sample-token-only-for-the-demo";

/// The XSRF value, which needs [`COOKIE`].
pub const XSRF_TOKEN: &str = "sample-xsrf-token";

/// The cookies of a browser session, as the header `Cookie` holds them.
pub const COOKIE: &str = "XSRF-TOKEN=sample-xsrf-token; .ASPXAUTH=sample-session";

/// The application token, which is optional.
pub const APP_TOKEN: &str = "sample-app-token";

/// Checks that a request carries one of the sample credentials.
///
/// # Errors
/// The status and a message that names the wrong part, without its value.
pub(super) fn check(headers: &HeaderMap) -> Result<(), (StatusCode, String)> {
    let unauthorized = |message| (StatusCode::UNAUTHORIZED, message);
    let authorization = text(headers, AUTHORIZATION.as_str());
    match (authorization, text(headers, "x-xsrf-token")) {
        (Some(value), _) => check_authorization(value).map_err(unauthorized)?,
        (None, Some(token)) => check_xsrf(token, headers).map_err(|it| unauthorized(it.into()))?,
        (None, None) => {
            let message =
                "The request carries no credential: neither Authorization nor X-XSRF-TOKEN.";
            return Err(unauthorized(message.to_owned()));
        }
    }
    if text(headers, "so-apptoken").is_some_and(|token| token != APP_TOKEN) {
        let message = "The application token in SO-AppToken is not the sample one.";
        return Err((StatusCode::FORBIDDEN, message.to_owned()));
    }
    Ok(())
}

fn check_authorization(value: &str) -> Result<(), String> {
    let (scheme, credential) = value.trim().split_once(' ').unwrap_or((value, ""));
    let (name, expected) = match scheme.to_ascii_lowercase().as_str() {
        "basic" => ("Basic", BASE64_STANDARD.encode(format!("{USER}:{PASSWORD}"))),
        "soticket" => ("SOTicket", TICKET.to_owned()),
        "bearer" => ("Bearer", TOKEN.to_owned()),
        // Not quoted, because it may be a credential without its scheme.
        _ => {
            return Err("The scheme in Authorization is none of Basic, SOTicket and Bearer.".into());
        }
    };
    if credential.trim() == expected {
        return Ok(());
    }
    Err(format!("The {name} credential is not the sample one."))
}

fn check_xsrf(token: &str, headers: &HeaderMap) -> Result<(), &'static str> {
    if token != XSRF_TOKEN {
        return Err("The XSRF value in X-XSRF-TOKEN is not the sample one.");
    }
    let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|it| it.to_str().ok());
    let mut pairs = cookies.flat_map(|it| it.split(';')).filter_map(|it| it.trim().split_once('='));
    if pairs.any(|pair| pair == ("XSRF-TOKEN", token)) {
        return Ok(());
    }
    Err("The XSRF value in X-XSRF-TOKEN needs the cookie XSRF-TOKEN with it.")
}

/// Returns the value of a header. A value that is not text cannot be right: it counts as empty,
/// not as absent.
fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).map(|value| value.to_str().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASIC: &str = "ZGVtbzpzYW1wbGUtcGFzc3dvcmQ=";

    fn answer(headers: &[(&'static str, String)]) -> Result<(), (u16, String)> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        check(&map).map_err(|(status, message)| (status.as_u16(), message))
    }

    #[test]
    fn each_scheme_accepts_its_sample_credential() {
        for value in [
            format!("Basic {BASIC}"),
            format!("basic  {BASIC}"),
            format!("SoTicket {TICKET}"),
            format!("Bearer {TOKEN}"),
            format!("BEARER {TOKEN}"),
        ] {
            assert_eq!(answer(&[("authorization", value.clone())]), Ok(()), "{value}");
        }
    }

    #[test]
    fn wrong_credential_is_rejected_by_the_name_of_its_scheme() {
        for (value, named) in [
            (format!("Basic {TOKEN}"), "Basic"),
            (format!("SOTicket {TOKEN}"), "SOTicket"),
            (format!("Bearer {TICKET}"), "Bearer"),
            ("Bearer".to_owned(), "Bearer"),
            (TOKEN.to_owned(), "Authorization"),
            (format!("Digest {BASIC}"), "Authorization"),
            (String::new(), "Authorization"),
        ] {
            let (status, message) = answer(&[("authorization", value.clone())]).unwrap_err();
            assert_eq!(status, 401, "{value}");
            assert!(message.contains(named), "{value}: {message}");
            assert!(!message.contains(TOKEN) && !message.contains(TICKET), "{message}");
        }
        for none in [vec![], vec![("cookie", COOKIE.to_owned())]] {
            let (status, message) = answer(&none).unwrap_err();
            assert!(status == 401 && message.contains("no credential"), "{message}");
        }
    }

    #[test]
    fn xsrf_needs_the_header_and_the_cookie() {
        let header = ("x-xsrf-token", XSRF_TOKEN.to_owned());
        assert_eq!(answer(&[header.clone(), ("cookie", COOKIE.to_owned())]), Ok(()));
        let among_others = format!("theme=dark; XSRF-TOKEN={XSRF_TOKEN}; a=b");
        assert_eq!(answer(&[header.clone(), ("cookie", among_others)]), Ok(()));
        for headers in [
            vec![header.clone()],
            vec![header.clone(), ("cookie", format!("XSRF-TOKEN={XSRF_TOKEN}x"))],
            vec![header, ("cookie", "theme=dark".to_owned())],
            vec![("x-xsrf-token", "guess".to_owned()), ("cookie", "XSRF-TOKEN=guess".to_owned())],
        ] {
            let (status, message) = answer(&headers).unwrap_err();
            assert!(status == 401 && message.contains("XSRF"), "{message}");
        }
    }

    #[test]
    fn application_token_is_checked_after_the_credential() {
        let bearer = ("authorization", format!("Bearer {TOKEN}"));
        let right = ("so-apptoken", APP_TOKEN.to_owned());
        let wrong = ("so-apptoken", "other".to_owned());
        assert_eq!(answer(&[bearer.clone(), right.clone()]), Ok(()));
        assert_eq!(answer(&[bearer, wrong.clone()]).unwrap_err().0, 403);
        assert_eq!(answer(&[right]).unwrap_err().0, 401);
        assert_eq!(answer(&[wrong]).unwrap_err().0, 401);
    }

    #[test]
    fn sample_values_fit_a_shell_and_a_header() {
        assert!(COOKIE.starts_with(&format!("XSRF-TOKEN={XSRF_TOKEN}; ")));
        let is_plain = |char: char| char.is_ascii_alphanumeric() || "-_.:".contains(char);
        for value in [USER, PASSWORD, TICKET, TOKEN, XSRF_TOKEN, APP_TOKEN] {
            assert!(value.chars().all(is_plain), "{value}");
        }
        assert!(TICKET.starts_with("7T:") && TOKEN.starts_with("8A:Cust12345."));
    }
}
