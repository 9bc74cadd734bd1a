//! The address of the endpoint, made from that of an installation.

use url::Url;

use crate::error::{Error, Result};
use crate::escape;
use crate::http::address::{Address, check_sendable, quote_without_login};
use crate::suggest;

const ENDPOINT: &str = "/api/v1/Agents/Ticket/GetTickets";

/// Parses `https://host/site`, `…/api`, `…/api/v1` or the whole address of the endpoint;
/// `origin` is the origin of `text`.
///
/// # Errors
/// A usage error that quotes the address without a possible login.
pub fn parse(text: &str, origin: &str) -> Result<Address> {
    let wrong = |why: &str| {
        let shown = quote_without_login(text);
        Error::usage(format!("{origin}: '{shown}' is no address: {why}")).hint(
            "give the installation's address, for example https://crm.example.com/SuperOffice",
        )
    };
    let text = text.trim();
    if text.contains(|c: char| c.is_whitespace() || escape::is_unsafe(c)) {
        return Err(wrong("it holds white space or control characters"));
    }
    let Some((scheme, rest)) = text.split_once("://") else {
        return Err(wrong("it does not begin with https://"));
    };
    if !matches!(scheme.to_ascii_lowercase().as_str(), "http" | "https") {
        let why = if scheme.contains('@') {
            "it does not begin with https://".to_owned()
        } else {
            format!("'{}' is not a scheme it can have", escape::excerpt(scheme, 20))
        };
        let error = wrong(&why);
        return Err(match suggest::did_you_mean(scheme, ["https", "http"]) {
            Some(hint) => error.hint(hint),
            None => error,
        });
    }
    let has_login = || {
        Error::usage(format!("{origin}: the address holds a user name or a password"))
            .hint("give them apart: --user NAME --password prompt")
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err(has_login());
    }
    let mut url = Url::parse(text).map_err(|error| wrong(&error.to_string()))?;
    // A login may follow any number of slashes and backslashes.
    if !url.username().is_empty() || url.password().is_some() {
        return Err(has_login());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("it has a query or a fragment; --select says which fields to fetch"));
    }
    let path = endpoint_path(url.path());
    if let Some(why) = foreign_path(&path) {
        return Err(wrong(why));
    }
    url.set_path(&path);
    check_sendable(&url).map_err(|why| wrong(&why))?;
    Ok(Address::from(url))
}

/// Returns the part of `text` that is the address of an installation: of a ticket's address from
/// the browser the part before the page.
pub(crate) fn before_page(text: &str) -> &str {
    const PARTS: [&str; 3] = ["/cs/", "/scripts/", "/api/v1/"];
    let text = text.trim();
    let text = text.split(['?', '#']).next().unwrap_or_default();
    let start = text.find("://").map_or(0, |at| at + 3);
    // The same length: no other letters are changed.
    let lower = text[start..].to_ascii_lowercase();
    let part = PARTS.iter().filter_map(|part| lower.find(part)).min();
    let page = lower.rsplit_once('/').filter(|(_, last)| is_page(last)).map(|(site, _)| site.len());
    let end = part.or(page).map_or(text.len(), |at| start + at);
    &text[..end]
}

/// Returns the address of the installation, without the endpoint's own path, for messages.
pub(crate) fn site(address: &Address) -> &str {
    let text = address.url().as_str();
    let end = text.len().saturating_sub(ENDPOINT.len());
    match text.get(end..) {
        Some(path) if path.eq_ignore_ascii_case(ENDPOINT) => &text[..end],
        _ => text,
    }
}

/// Returns the tenant of SuperOffice Online in the path: `Cust12345`.
pub fn tenant(address: &Address) -> Option<&str> {
    address.url().path_segments()?.find(|segment| {
        segment.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("cust"))
            && segment.len() > 4
            && segment[4..].bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Appends to `path` what it lacks of the endpoint's own path.
fn endpoint_path(path: &str) -> String {
    let path = path.trim_end_matches('/');
    let known = [ENDPOINT, "/api/v1", "/api", ""];
    let lower = path.to_ascii_lowercase();
    let present = known
        .iter()
        .find(|known| lower.ends_with(&known.to_ascii_lowercase()))
        .map_or(0, |known| known.len());
    format!("{path}{}", &ENDPOINT[present..])
}

/// Returns what is wrong with the `path` of an endpoint that was made from the address of a
/// page, or of another part of the API.
fn foreign_path(path: &str) -> Option<&'static str> {
    let path = path.to_ascii_lowercase();
    let site = path.strip_suffix(&ENDPOINT.to_ascii_lowercase()).unwrap_or(&path);
    if format!("{site}/").contains("/api/v1/") {
        return Some("it leads to another part of the API; leave out what follows /api/v1");
    }
    is_page(site).then_some("it leads to a page of the installation; leave out the page")
}

/// Returns true if `path`, in lower case, ends in a page.
fn is_page(path: &str) -> bool {
    const PAGES: [&str; 5] = [".aspx", ".asp", ".fcgi", ".exe", ".html"];
    PAGES.iter().any(|page| path.ends_with(page))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::http::address::MAX_BYTES;

    fn read(text: &str) -> std::result::Result<String, String> {
        parse(text, "--url").map(|address| address.to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn page_of_an_installation_is_cut_off() {
        let site = "https://crm.example.com/SuperOffice";
        for page in [
            "",
            "/CS/scripts/ticket.fcgi?_sf=0&action=listTicket&ticketId=839",
            "/scripts/ticket.exe?action=listTicketLog2&ticketId=839#top",
            "/default.aspx?ticket_id=839",
            "/Default.aspx??ticket_id=839",
            "?ticketId=839",
            "/api/v1/Ticket/839",
        ] {
            assert_eq!(before_page(&format!(" {site}{page} ")), site);
        }
        for text in ["", "x", "://", "https://ticket.exe.example", "https://crm.example.com/api"] {
            assert_eq!(before_page(text), text);
        }
        assert_eq!(before_page("https://crm.example.com/cs/Å.aspx"), "https://crm.example.com");
    }

    #[test]
    fn every_form_gives_the_endpoint() {
        let endpoint = "https://crm.example.com/SuperOffice/api/v1/Agents/Ticket/GetTickets";
        let forms = [
            "https://crm.example.com/SuperOffice",
            "https://crm.example.com/SuperOffice/",
            "https://crm.example.com/SuperOffice/api",
            "https://crm.example.com/SuperOffice/api/v1/",
            endpoint,
        ];
        for form in forms {
            assert_eq!(read(form).as_deref(), Ok(endpoint));
        }
        assert_eq!(
            read("HTTP://127.0.0.1:8080").as_deref(),
            Ok("http://127.0.0.1:8080/api/v1/Agents/Ticket/GetTickets")
        );
        assert_eq!(
            read("https://h.example/API/V1/agents/ticket/gettickets").as_deref(),
            Ok("https://h.example/API/V1/agents/ticket/gettickets")
        );
    }

    #[test]
    fn invalid_address_is_rejected() {
        let cases = [
            (
                "crm.example.com",
                "--url: 'crm.example.com' is no address: it does not begin with https://",
            ),
            (
                "localhost:80",
                "--url: 'localhost:80' is no address: it does not begin with https://",
            ),
            (
                "htps://crm.example.com",
                "--url: 'htps://crm.example.com' is no address: 'htps' is not a scheme it can have",
            ),
            (
                "https://tim:secret@crm.example.com/x",
                "--url: the address holds a user name or a password",
            ),
            (
                "tim:secret@crm.example.com",
                "--url: '***@crm.example.com' is no address: it does not begin with https://",
            ),
            ("https://tim@crm.example.com", "--url: the address holds a user name or a password"),
            ("https://", "--url: 'https://' is no address: empty host"),
            (
                "https://h.example/?$select=Title",
                "--url: 'https://h.example/?$select=Title' is no address: it has a query or a fragment; --select says which fields to fetch",
            ),
            (
                "https://h.example/x/API/v1/Agents",
                "--url: 'https://h.example/x/API/v1/Agents' is no address: it leads to another part of the API; leave out what follows /api/v1",
            ),
            (
                "https://h.example/api/v1/Agents/Ticket/",
                "--url: 'https://h.example/api/v1/Agents/Ticket/' is no address: it leads to another part of the API; leave out what follows /api/v1",
            ),
            (
                "https://h.example/x/Default.aspx",
                "--url: 'https://h.example/x/Default.aspx' is no address: it leads to a page of the installation; leave out the page",
            ),
            (
                "https://h.ex\nample/",
                "--url: 'https://h.ex\\nample/' is no address: it holds white space or control characters",
            ),
            (
                "https://a{b}.example",
                "--url: 'https://a{b}.example' is no address: it holds a character that HTTP does not allow there",
            ),
            (
                "https://h.example:99999",
                "--url: 'https://h.example:99999' is no address: invalid port number",
            ),
        ];
        for (text, message) in cases {
            assert_eq!(read(text), Err(message.to_owned()));
        }
    }

    #[test]
    fn address_beyond_the_length_limit_is_rejected() {
        let fixed = "https://h.example/".len() + ENDPOINT.len();
        let with_path = |length| format!("https://h.example/{}", "a".repeat(length));
        let longest = with_path(MAX_BYTES - fixed);
        assert_eq!(read(&longest).expect("an address").len(), MAX_BYTES);
        let error = read(&with_path(MAX_BYTES - fixed + 1)).expect_err("too long");
        let why = "is no address: it has 65535 characters, and the most that can be sent is 65534";
        assert!(error.ends_with(why) && error.len() < 300, "{error}");
        let host = |labels| format!("https://{}example", "a.".repeat(labels));
        assert!(read(&host(123)).is_ok());
        let error = read(&host(124)).expect_err("too long");
        let why = "is no address: its host has 255 characters, and a name has at most 253";
        assert!(error.ends_with(why), "{error}");
    }

    #[test]
    fn loopback_is_only_this_machine() {
        let loopback = [
            "http://127.0.0.1:1",
            "http://127.9.9.9",
            "http://localhost:80/x",
            "http://[::1]",
            "http://[::ffff:127.0.0.1]",
        ];
        for text in loopback {
            assert!(parse(text, "--url").expect("an address").is_loopback(), "{text}");
        }
        let elsewhere = [
            "http://localhost.example.com",
            "http://10.0.0.1",
            "http://[::2]",
            "http://127.0.0.1.example.com",
        ];
        for text in elsewhere {
            assert!(!parse(text, "--url").expect("an address").is_loopback(), "{text}");
        }
    }

    #[test]
    fn same_server_has_the_same_scheme_host_and_port() {
        let server = |text| parse(text, "--url").expect("an address");
        let home = server("https://crm.example.com/SuperOffice");
        for same in [
            "https://crm.example.com",
            "https://crm.example.com:443/other/api/v1",
            "HTTPS://CRM.Example.COM/",
            "https://crm%2Eexample.com",
        ] {
            assert!(server(same).is_same_server(&home), "{same}");
        }
        for other in [
            "http://crm.example.com",
            "http://crm.example.com:443",
            "https://crm.example.com:8443",
            "https://crm.example.com.",
            "https://example.com",
            "https://a.crm.example.com",
            "https://crm.example.com.evil.example",
            "https://cr\u{43c}.example.com",
        ] {
            assert!(!server(other).is_same_server(&home), "{other}");
        }
        assert!(server("http://[::1]:80").is_same_server(&server("http://[0:0:0:0:0:0:0:1]")));
        assert!(!server("http://[::1]").is_same_server(&server("http://127.0.0.1")));
    }

    proptest! {
        #[test]
        fn login_is_never_quoted(before in "[a-z:/@%.]{0,6}", host in "[a-z.]{1,8}", times in 0..4) {
            let mut login = format!("{before}:canary@");
            for _ in 0..times {
                login = login.replace('%', "%25").replace(':', "%3A").replace('@', "%40");
            }
            for text in [format!("https://{login}{host}"), format!("{login}{host}/x")] {
                let shown = quote_without_login(&text);
                prop_assert!(!shown.contains("canary"), "{shown}");
                if let Err(error) = read(&text) {
                    prop_assert!(!error.contains("canary"), "{error}");
                }
            }
        }

        #[test]
        fn any_text_is_an_address_or_refused(text in any::<String>()) {
            let _ = read(&text);
            let _ = read(&format!("https://{text}"));
        }
    }
}
