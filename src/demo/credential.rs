//! Whether a request carries one of the sample credentials.

use hyper::StatusCode;
use hyper::header::{AUTHORIZATION, COOKIE, HeaderMap};

use super::refusal::Refusal;
use super::{APP_TOKEN, TICKET, TOKEN, XSRF_TOKEN};

/// `USER:PASSWORD` in Base64; spelled out to do without a crate for one value.
const BASIC: &str = "ZGVtbzpzYW1wbGUtcGFzc3dvcmQ=";

/// Lets a request through that carries a sample credential, or says which
/// part of what it carries is wrong.
pub(super) fn check(headers: &HeaderMap) -> Result<(), Refusal> {
    match (text(headers, AUTHORIZATION.as_str()), text(headers, "x-xsrf-token")) {
        (Some(authorization), _) => check_authorization(authorization)?,
        (None, Some(token)) => check_xsrf(token, headers)?,
        (None, None) => {
            return Err(unauthorized(
                "The request carries no credential: neither Authorization nor X-XSRF-TOKEN.",
            ));
        }
    }
    match text(headers, "so-apptoken") {
        Some(token) if token != APP_TOKEN => Err(Refusal::new(
            StatusCode::FORBIDDEN,
            "SoAccessDeniedException",
            "The application token in SO-AppToken is not the sample one.",
        )),
        _ => Ok(()),
    }
}

fn check_authorization(value: &str) -> Result<(), Refusal> {
    let (scheme, credential) = value.trim().split_once(' ').unwrap_or((value, ""));
    let (name, expected) = match scheme.to_ascii_lowercase().as_str() {
        "basic" => ("Basic", BASIC),
        "soticket" => ("SOTicket", TICKET),
        "bearer" => ("Bearer", TOKEN),
        // Not quoted: a credential without its scheme would be in there.
        _ => {
            return Err(unauthorized(
                "The scheme in Authorization is none of Basic, SOTicket and Bearer.",
            ));
        }
    };
    if credential.trim() == expected {
        return Ok(());
    }
    Err(unauthorized(format!("The {name} credential is not the sample one.")))
}

fn check_xsrf(token: &str, headers: &HeaderMap) -> Result<(), Refusal> {
    if token != XSRF_TOKEN {
        return Err(unauthorized("The XSRF value in X-XSRF-TOKEN is not the sample one."));
    }
    if cookies(headers).any(|(name, value)| name == "XSRF-TOKEN" && value == token) {
        return Ok(());
    }
    Err(unauthorized("The XSRF value in X-XSRF-TOKEN needs the cookie XSRF-TOKEN beside it."))
}

fn cookies(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    headers
        .get_all(COOKIE)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
}

/// A value that is not text cannot be right: it counts as empty, not absent.
fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).map(|value| value.to_str().unwrap_or_default())
}

fn unauthorized(message: impl Into<String>) -> Refusal {
    Refusal::new(StatusCode::UNAUTHORIZED, "SoAuthenticationException", message).with_header(
        hyper::header::WWW_AUTHENTICATE,
        r#"Basic realm="sotickets demo", SOTicket, Bearer"#,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::COOKIE as SAMPLE_COOKIE;

    fn answer(headers: &[(&'static str, String)]) -> Result<(), (StatusCode, String)> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        check(&map).map_err(|refusal| (refusal.status(), refusal.message().to_owned()))
    }

    #[test]
    fn each_scheme_lets_its_sample_credential_in() {
        for scheme in [
            format!("Basic {BASIC}"),
            format!("basic  {BASIC}"),
            format!("SOTicket {TICKET}"),
            format!("soticket {TICKET}"),
            format!("SoTicket {TICKET}"),
            format!("Bearer {TOKEN}"),
            format!("BEARER {TOKEN}"),
        ] {
            assert_eq!(answer(&[("authorization", scheme.clone())]), Ok(()), "{scheme}");
        }
    }

    #[test]
    fn a_wrong_credential_is_refused_by_the_name_of_its_scheme() {
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
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{value}");
            assert!(message.contains(named), "{value}: {message}");
            assert!(!message.contains(TOKEN) && !message.contains(TICKET), "{message}");
        }
    }

    #[test]
    fn xsrf_needs_the_header_and_the_cookie() {
        let header = ("x-xsrf-token", XSRF_TOKEN.to_owned());
        assert_eq!(answer(&[header.clone(), ("cookie", SAMPLE_COOKIE.to_owned())]), Ok(()));
        let among_others = format!("theme=dark; XSRF-TOKEN={XSRF_TOKEN}; a=b");
        assert_eq!(answer(&[header.clone(), ("cookie", among_others)]), Ok(()));

        let other = format!("XSRF-TOKEN={XSRF_TOKEN}x");
        for headers in [
            vec![header.clone()],
            vec![header.clone(), ("cookie", other)],
            vec![header, ("cookie", "theme=dark".to_owned())],
            vec![("x-xsrf-token", "guess".to_owned()), ("cookie", "XSRF-TOKEN=guess".to_owned())],
        ] {
            let (status, message) = answer(&headers).unwrap_err();
            assert_eq!(status, StatusCode::UNAUTHORIZED);
            assert!(message.contains("XSRF"), "{message}");
        }
    }

    #[test]
    fn nothing_is_refused_and_the_cookie_alone_is_nothing() {
        let (status, message) = answer(&[]).unwrap_err();
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        assert!(message.contains("no credential"), "{message}");
        assert!(answer(&[("cookie", SAMPLE_COOKIE.to_owned())]).is_err());
    }

    #[test]
    fn the_app_token_stands_beside_a_credential_and_must_be_right() {
        let bearer = ("authorization", format!("Bearer {TOKEN}"));
        let right = ("so-apptoken", APP_TOKEN.to_owned());
        let wrong = ("so-apptoken", "other".to_owned());
        assert_eq!(answer(&[bearer.clone(), right.clone()]), Ok(()));
        assert_eq!(answer(&[bearer, wrong.clone()]).unwrap_err().0, StatusCode::FORBIDDEN);
        assert_eq!(answer(&[right]).unwrap_err().0, StatusCode::UNAUTHORIZED);
        assert_eq!(answer(&[wrong]).unwrap_err().0, StatusCode::UNAUTHORIZED);
    }
}
