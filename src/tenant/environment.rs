//! The environments of SuperOffice Online: production, its two others, and stand-ins.

use std::fmt;

use url::Url;

use crate::error::{Error, Kind, Result};
use crate::escape;
use crate::http::address::{self, Address, is_loopback};
use crate::suggest;

/// An environment of SuperOffice Online, or a server that stands in for one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OnlineEnvironment(Url);

/// The environments: name, purpose and address.
pub(crate) const NAMED: [(&str, &str, &str); 3] = [
    ("online", "production", "https://online.superoffice.com"),
    ("sod", "development", "https://sod.superoffice.com"),
    ("stage", "staging", "https://qaonline.superoffice.com"),
];

/// The domain of all tenants.
const DOMAIN: &str = "superoffice.com";

impl OnlineEnvironment {
    /// Parses `online`, `sod`, `stage`, or the address of a stand-in. `origin` gave `text`.
    ///
    /// # Errors
    /// A usage error that quotes `text` without a login.
    pub(crate) fn parse(text: &str, origin: &str) -> Result<Self> {
        let text = text.trim();
        let named = NAMED.iter().find(|(name, ..)| name.eq_ignore_ascii_case(text));
        let shown = address::quote_without_login(text);
        let address = named.map_or(text, |(.., address)| address);
        if !address.contains("://") {
            let error =
                Error::usage(format!("{origin}: '{shown}' is not an environment of Online"));
            let names = NAMED.map(|(name, ..)| name);
            return Err(match suggest::did_you_mean(text, names) {
                Some(hint) => error.hint(hint),
                None => error,
            }
            .hint("there are online, sod (development) and stage; https://… for a server that stands in for one"));
        }
        let wrong =
            |why: &str| Error::usage(format!("{origin}: '{shown}' is not a valid address: {why}"));
        let mut url = Url::parse(address).map_err(|error| wrong(&error.to_string()))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Error::usage(format!("{origin}: the address holds a user or a password")));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("it has a query or a fragment"));
        }
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&url) => {}
            "http" => {
                return Err(wrong("secrets would travel there unencrypted")
                    .hint("use https://; http:// is for this machine alone"));
            }
            _ => return Err(wrong("it does not begin with https://")),
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        address::check_sendable(&url).map_err(|why| wrong(&why))?;
        Ok(Self(url))
    }

    /// Returns the name of the environment whose own host is in `url`.
    pub(crate) fn name_at(url: &Url) -> Option<&'static str> {
        let host = url.host_str()?.trim_end_matches('.');
        let is_at = |address: &str| address.strip_prefix("https://") == Some(host);
        NAMED.iter().find(|(.., address)| is_at(address)).map(|(name, ..)| *name)
    }

    /// Returns the name of the environment that has tenants at the host of `url`: those of `online`
    /// are at `online3` and the like.
    pub(crate) fn name_of_tenant_host(url: &Url) -> Option<&'static str> {
        let (label, domain) = url.host_str()?.trim_end_matches('.').split_once('.')?;
        let label = label.trim_end_matches(|c: char| c.is_ascii_digit());
        let address = format!("https://{label}.{domain}");
        NAMED.iter().find(|(.., named)| *named == address).map(|(name, ..)| *name)
    }

    /// Returns true if `url` is at a host of Online, in any environment.
    pub(crate) fn is_online(url: &Url) -> bool {
        url.host_str().is_some_and(is_within_domain)
    }

    /// Returns the address of `path`, such as `/api/state/Cust12345`.
    pub(crate) fn url(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        url.set_path(&format!("{}{path}", self.0.path().trim_end_matches('/')));
        url
    }

    pub(crate) fn address(&self) -> Address {
        Address::from(self.0.clone())
    }

    /// Returns true if a credential may be sent to `url`: a host of this domain, with the same
    /// encryption.
    pub(crate) fn owns(&self, url: &Url) -> bool {
        let is_plain = url.username().is_empty() && url.password().is_none();
        let (Some(own), Some(host)) = (self.0.host_str(), url.host_str()) else { return false };
        let is_own = if is_within_domain(own) { is_within_domain(host) } else { own == host };
        is_plain && is_own && url.scheme() == self.0.scheme()
    }

    /// Parses the address of an endpoint that the environment names.
    ///
    /// # Errors
    /// An error of [`Kind::Server`] for the address of a foreign host.
    pub(crate) fn own_url(&self, address: &str) -> Result<Url> {
        Url::parse(address).ok().filter(|url| self.owns(url)).ok_or_else(|| {
            let (shown, domain) = (escape::excerpt(address, 120), self.domain());
            let message =
                format!("{self} names {shown} for its sign-in, which is outside {domain}");
            Error::new(Kind::Server, message).hint("nothing was sent there")
        })
    }

    /// Returns the domain of [`OnlineEnvironment::owns`], for messages.
    pub(crate) fn domain(&self) -> &str {
        match self.0.host_str() {
            Some(host) if !is_within_domain(host) => host,
            _ => DOMAIN,
        }
    }
}

impl fmt::Display for OnlineEnvironment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

fn is_within_domain(host: &str) -> bool {
    host.strip_suffix(DOMAIN).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(text: &str) -> OnlineEnvironment {
        OnlineEnvironment::parse(text, "--environment").expect(text)
    }

    #[test]
    fn names_and_addresses_are_parsed() {
        for (text, address) in [
            ("online", "https://online.superoffice.com"),
            (" SOD ", "https://sod.superoffice.com"),
            ("stage", "https://qaonline.superoffice.com"),
            ("https://gateway.example/so/", "https://gateway.example/so"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://[::1]:8080/", "http://[::1]:8080"),
        ] {
            assert_eq!(environment(text).to_string(), address);
        }
        let state = environment("https://gateway.example/so/").url("/api/state/Cust1");
        assert_eq!(state.as_str(), "https://gateway.example/so/api/state/Cust1");
    }

    #[test]
    fn other_text_is_rejected() {
        for (text, message) in [
            ("prod", "'prod' is not an environment of Online"),
            ("stge", "'stge' is not an environment of Online"),
            ("online.superoffice.com", "'online.superoffice.com' is not an environment of Online"),
            (
                "http://gateway.example",
                "'http://gateway.example' is not a valid address: secrets would travel there unencrypted",
            ),
            (
                "ftp://127.0.0.1",
                "'ftp://127.0.0.1' is not a valid address: it does not begin with https://",
            ),
            (
                "https://h/?a=b",
                "'https://h/?a=b' is not a valid address: it has a query or a fragment",
            ),
            ("https://tim:canary@h", "the address holds a user or a password"),
            ("tim:canary@h", "'***@h' is not an environment of Online"),
        ] {
            let error = OnlineEnvironment::parse(text, "--environment").expect_err(text);
            assert_eq!(error.to_string(), format!("--environment: {message}"));
        }
    }

    #[test]
    fn host_of_a_tenant_has_the_name_of_its_environment() {
        for (host, name) in [
            ("online", Some("online")),
            ("online3", Some("online")),
            ("sod", Some("sod")),
            ("sod3", Some("sod")),
            ("qaonline12", Some("stage")),
            ("app", None),
            ("onlinex", None),
            ("3", None),
        ] {
            let url = format!("https://{host}.superoffice.com/Cust12345");
            let url = Url::parse(&url).expect("an address");
            assert_eq!(OnlineEnvironment::name_of_tenant_host(&url), name, "{host}");
        }
        let url = Url::parse("https://online3.superoffice.com.evil.example/").expect("an address");
        assert_eq!(OnlineEnvironment::name_of_tenant_host(&url), None);
    }

    #[test]
    fn environment_owns_its_domain_only() {
        let url = |text: &str| Url::parse(text).expect(text);
        for own in [
            "https://online3.superoffice.com/Cust1/api",
            "https://app.superoffice.com/Cust1/api",
            "https://disasterrecovery.superoffice.com/Cust1/api",
            "https://superoffice.com:444/",
        ] {
            assert!(environment("sod").owns(&url(own)), "{own}");
        }
        for other in [
            "http://online3.superoffice.com/Cust1/api",
            "https://evilsuperoffice.com/",
            "https://superoffice.com.evil.example/",
            "https://tim@online3.superoffice.com/",
            "https://online3.superoffice.com./",
            "https://127.0.0.1/",
            "file:///etc/passwd",
        ] {
            assert!(!environment("online").owns(&url(other)), "{other}");
        }
        let stand_in = environment("http://127.0.0.1:8080");
        assert!(stand_in.owns(&url("http://127.0.0.1:9090/Cust1/api")));
        for other in
            ["https://online.superoffice.com/", "http://localhost:8080", "https://127.0.0.1:1"]
        {
            assert!(!stand_in.owns(&url(other)), "{other}");
        }
        assert_eq!(
            (environment("sod").domain(), stand_in.domain()),
            ("superoffice.com", "127.0.0.1")
        );
    }
}
