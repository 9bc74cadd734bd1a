//! Where the endpoint is.

use std::borrow::Cow;
use std::fmt;
use std::net::Ipv4Addr;

use percent_encoding::percent_decode_str;
use url::{Host, Url};

use crate::error::{Error, Result};
use crate::escape;
use crate::suggest;

/// The address of the endpoint, without a query; or of something beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address(Url);

const ENDPOINT: &str = "/api/v1/Agents/Ticket/GetTickets";

impl Address {
    /// Reads `https://host/site`, `…/api`, `…/api/v1` or the whole endpoint
    /// address; `origin` says where `text` came from.
    ///
    /// # Errors
    /// A usage error that quotes the address without what may be a login.
    pub fn parse(text: &str, origin: &str) -> Result<Self> {
        let wrong = |why: &str| {
            let shown = quoted(text);
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
        let holds_user = || {
            Error::usage(format!("{origin}: the address holds a user name or a password"))
                .hint("give them apart: --user NAME --password prompt")
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.contains('@') {
            return Err(holds_user());
        }
        let mut url = Url::parse(text).map_err(|error| wrong(&error.to_string()))?;
        // It is read behind any number of slashes, and of backslashes.
        if !url.username().is_empty() || url.password().is_some() {
            return Err(holds_user());
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("it has a query or a fragment; --select says which fields to fetch"));
        }
        let path = endpoint_path(url.path());
        if let Some(why) = leads_elsewhere(&path) {
            return Err(wrong(why));
        }
        url.set_path(&path);
        check_sendable(&url).map_err(|why| wrong(&why))?;
        Ok(Self(url))
    }

    /// The endpoint's URL.
    #[must_use]
    pub const fn url(&self) -> &Url {
        &self.0
    }

    /// Host and port, for messages.
    #[must_use]
    pub fn host_and_port(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        self.0.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// Scheme, host and port, for messages.
    #[must_use]
    pub fn server(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// The installation's address without the endpoint's own path, for messages.
    #[must_use]
    pub fn site(&self) -> &str {
        let text = self.0.as_str();
        let end = text.len().saturating_sub(ENDPOINT.len());
        match text.get(end..) {
            Some(path) if path.eq_ignore_ascii_case(ENDPOINT) => &text[..end],
            _ => text,
        }
    }

    /// Whether scheme, host and port are those of `other`.
    #[must_use]
    pub fn is_same_server(&self, other: &Self) -> bool {
        self.0.origin() == other.0.origin()
    }

    /// The tenant of Online in the path: `Cust12345`.
    #[must_use]
    pub fn tenant(&self) -> Option<&str> {
        self.0.path_segments()?.find(|segment| {
            segment.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("cust"))
                && segment.len() > 4
                && segment[4..].bytes().all(|byte| byte.is_ascii_digit())
        })
    }

    /// Whether it is `http://`, without encryption.
    #[must_use]
    pub fn is_plain_http(&self) -> bool {
        self.0.scheme() == "http"
    }

    /// Whether it can only be this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }
}

/// The longest address that can be sent, in bytes: a limit of the HTTP library.
pub const LONGEST: usize = 65_534;
/// The longest name that a host can have.
const LONGEST_HOST: usize = 253;

/// Checks that a request can be sent to `url`.
///
/// # Errors
/// Says why it cannot.
pub fn check_sendable(url: &Url) -> std::result::Result<(), String> {
    let length = url.as_str().len();
    if length > LONGEST {
        return Err(format!(
            "it has {length} characters, and the most that can be sent is {LONGEST}"
        ));
    }
    // A dot at the end does not count.
    let host = url.host_str().unwrap_or_default().trim_end_matches('.').len();
    if host > LONGEST_HOST {
        return Err(format!(
            "its host has {host} characters, and a name has at most {LONGEST_HOST}"
        ));
    }
    match hyper::Uri::try_from(url.as_str()) {
        Ok(_) => Ok(()),
        Err(_) => Err("it holds a character that HTTP does not allow there".to_owned()),
    }
}

/// Quotes `text`, which is not the address that it should be, for a message: without what
/// may be a login, percent-encoded or not. That is all before an `@`, and what is in the
/// place of a port.
#[must_use]
pub fn quoted(text: &str) -> String {
    const LENGTH: usize = 100;
    let decoded = percent_decoded(text);
    let (scheme, rest) = decoded.split_once("://").unwrap_or(("", &decoded));
    let is_scheme = scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    let (login, rest) = rest.rsplit_once('@').map_or(("", rest), |(_, rest)| ("***@", rest));
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    // The port is behind the brackets of an IPv6 address.
    let tail = authority.rfind(']').map_or(0, |end| end + 1);
    let colon = authority[tail..].find(':').map_or(authority.len(), |colon| tail + colon);
    let (host, port) = authority.split_at(colon);
    let is_number = port.chars().skip(1).all(|c| c.is_ascii_digit());
    if is_scheme && login.is_empty() && is_number {
        return escape::excerpt(text, LENGTH);
    }
    let scheme = match scheme {
        "" => String::new(),
        scheme if is_scheme => format!("{scheme}://"),
        _ => "…://".to_owned(),
    };
    let rest = match (is_number, path.len()) {
        (true, _) => rest.to_owned(),
        (false, 0 | 1) => format!("{host}:***{path}"),
        (false, _) => format!("{host}:***/…"),
    };
    escape::excerpt(&format!("{scheme}{login}{rest}"), LENGTH)
}

/// Decodes the percent-encoding of `text`, also if it was applied several times.
fn percent_decoded(text: &str) -> Cow<'_, str> {
    const TIMES: usize = 5;
    let mut text = Cow::Borrowed(text);
    for _ in 0..TIMES {
        match percent_decode_str(&text).decode_utf8_lossy() {
            decoded if decoded == text => break,
            decoded => text = Cow::Owned(decoded.into_owned()),
        }
    }
    text
}

/// Any address, as it stands.
impl From<Url> for Address {
    fn from(url: Url) -> Self {
        Self(url)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Whether the host of `url` can only be this machine.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        // Of a scheme that is not the web's, such as socks5, an address is a name.
        Some(Host::Domain(name)) => {
            name.eq_ignore_ascii_case("localhost")
                || name.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
        }
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.to_canonical().is_loopback(),
        None => false,
    }
}

/// `path` with as much of the endpoint's own path appended as it lacks.
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

/// What is wrong with the `path` of an endpoint that was made from the address of
/// a page, or of another part of the API.
fn leads_elsewhere(path: &str) -> Option<&'static str> {
    const PAGES: [&str; 5] = [".aspx", ".asp", ".fcgi", ".exe", ".html"];
    let path = path.to_ascii_lowercase();
    let site = path.strip_suffix(&ENDPOINT.to_ascii_lowercase()).unwrap_or(&path);
    if format!("{site}/").contains("/api/v1/") {
        return Some("it leads to another part of the API; leave out what follows /api/v1");
    }
    let is_page = PAGES.iter().any(|page| site.ends_with(page));
    is_page.then_some("it leads to a page of the installation; leave out the page")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> std::result::Result<String, String> {
        Address::parse(text, "--url")
            .map(|address| address.to_string())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn every_form_leads_to_the_endpoint() {
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
    fn what_is_no_address_is_refused() {
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
    fn address_that_is_too_long_is_refused() {
        let fixed = "https://h.example/".len() + ENDPOINT.len();
        let with_path = |length| format!("https://h.example/{}", "a".repeat(length));
        let longest = with_path(LONGEST - fixed);
        assert_eq!(read(&longest).expect("an address").len(), LONGEST);
        let error = read(&with_path(LONGEST - fixed + 1)).expect_err("too long");
        let why = "is no address: it has 65535 characters, and the most that can be sent is 65534";
        assert!(error.ends_with(why) && error.len() < 300, "{error}");
        let host = |labels| format!("https://{}example", "a.".repeat(labels));
        assert!(read(&host(123)).is_ok());
        let error = read(&host(124)).expect_err("too long");
        let why = "is no address: its host has 255 characters, and a name has at most 253";
        assert!(error.ends_with(why), "{error}");
    }

    #[test]
    fn what_may_be_a_login_is_not_quoted() {
        let cases = [
            ("https://tim:canary@h.example/x", "https://***@h.example/x"),
            ("tim:can/ary@h.example", "***@h.example"),
            ("https://tim%3Acanary%40h.example/x", "https://***@h.example/x"),
            ("https://tim%253Acanary%2540h.example", "https://***@h.example"),
            ("https://tim%3Acanary", "https://tim:***"),
            ("https://tim:canary/canary", "https://tim:***/…"),
            ("tim:can@ary://x@", "…://***@"),
            ("https://[::1]:8080/a%20b", "https://[::1]:8080/a%20b"),
            ("crm.example.com:8080", "crm.example.com:8080"),
        ];
        for (text, expected) in cases {
            assert_eq!(quoted(text), expected, "{text}");
        }
    }

    #[test]
    fn loopback_is_this_machine_alone() {
        let loopback = [
            "http://127.0.0.1:1",
            "http://127.9.9.9",
            "http://localhost:80/x",
            "http://[::1]",
            "http://[::ffff:127.0.0.1]",
        ];
        for text in loopback {
            assert!(Address::parse(text, "--url").expect("an address").is_loopback(), "{text}");
        }
        let elsewhere = [
            "http://localhost.example.com",
            "http://10.0.0.1",
            "http://[::2]",
            "http://127.0.0.1.example.com",
        ];
        for text in elsewhere {
            assert!(!Address::parse(text, "--url").expect("an address").is_loopback(), "{text}");
        }
    }

    #[test]
    fn a_server_is_its_scheme_host_and_port() {
        let server = |text| Address::parse(text, "--url").expect("an address");
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
        fn a_login_is_never_quoted(before in "[a-z:/@%.]{0,6}", host in "[a-z.]{1,8}", times in 0..4) {
            let mut login = format!("{before}:canary@");
            for _ in 0..times {
                login = login.replace('%', "%25").replace(':', "%3A").replace('@', "%40");
            }
            for text in [format!("https://{login}{host}"), format!("{login}{host}/x")] {
                let shown = quoted(&text);
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
