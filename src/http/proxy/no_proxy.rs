//! The list of `NO_PROXY`: the hosts that are reached without a proxy.

use hyper_util::client::proxy::matcher::Matcher;
use url::Url;

/// Returns whether `list` holds the host of `url`.
///
/// Go and curl read the list differently; it is read as one of them does, where the other
/// finds no meaning in an entry.
pub(crate) fn contains(list: &str, url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches([']', '.']).to_ascii_lowercase();
    let port = url.port_or_known_default();
    // As in curl, blanks separate the entries as well as commas.
    let entries = list.split([',', ' ', '\t']).filter(|entry| !entry.is_empty());
    entries.map(Entry::parse).any(|entry| entry.matches(&host, port))
}

/// An entry of the list.
#[derive(Debug)]
struct Entry {
    /// A name, an address or a network, in lower case and without a dot at its end.
    host: String,
    /// The only port that it is about.
    port: Option<u16>,
}

impl Entry {
    /// Parses `HOST`, `HOST:PORT`, `[IPV6]` or `[IPV6]:PORT`.
    fn parse(text: &str) -> Self {
        // With more colons it is an IPv6 address, unless they are within brackets.
        let parts =
            text.rsplit_once(':').filter(|(host, _)| !host.contains(':') || host.ends_with(']'));
        let parts = parts.and_then(|(host, port)| Some((host, port.parse().ok()?)));
        let (host, port) = parts.map_or((text, None), |(host, port)| (host, Some(port)));
        let host = host.trim_start_matches('[').trim_end_matches([']', '.']);
        Self { host: host.to_ascii_lowercase(), port }
    }

    fn matches(&self, host: &str, port: Option<u16>) -> bool {
        if self.port.is_some() && self.port != port {
            return false;
        }
        if self.host == "*" {
            return true;
        }
        if let Some(domain) = self.host.strip_prefix("*.") {
            return host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
        }
        let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
        let matcher = Matcher::builder().all("http://proxy.invalid").no(self.host.as_str()).build();
        format!("http://{host}").parse().is_ok_and(|uri| matcher.intercept(&uri).is_none())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn listed(list: &str, url: &str) -> bool {
        contains(list, &Url::parse(url).expect("an address"))
    }

    const CRM: &str = "https://crm.corp.example/x";

    #[test]
    fn names_match_as_in_go_and_curl() {
        let matching = [
            "crm.corp.example",
            "CRM.Corp.Example",
            "corp.example",
            ".corp.example",
            "*.corp.example",
            "*.example",
            "crm.corp.example.",
            "*.corp.example.",
            "crm.corp.example:443",
            "*.corp.example:443",
            "*",
            "*:443",
            "other.test, *.corp.example",
            "other.test corp.example",
        ];
        for list in matching {
            assert!(listed(list, CRM), "{list}");
        }
        let others = [
            "",
            ",",
            ".",
            "orp.example",
            "*orp.example",
            "*.crm.corp.example",
            "crm.*.example",
            "crm.corp",
            "crm.corp.example:8443",
            "corp.example:80",
            "corp.example:https",
            "*.orp.example",
            "10.0.0.0/8",
        ];
        for list in others {
            assert!(!listed(list, CRM), "{list}");
        }
    }

    #[test]
    fn dot_at_the_end_of_a_name_is_ignored() {
        for list in ["crm.test", "crm.test.", ".test", "*.test", "test."] {
            for url in ["https://crm.test./", "https://crm.test/", "https://CRM.TEST./"] {
                assert!(listed(list, url), "{list} {url}");
            }
        }
    }

    #[test]
    fn star_matches_subdomains_only() {
        assert!(!listed("*.corp.example", "https://corp.example"));
        // As in curl; in Go it is for subdomains alone, too.
        assert!(listed(".corp.example", "https://corp.example"));
    }

    #[test]
    fn addresses_match_by_themselves_and_by_their_network() {
        let cases = [
            ("10.0.0.0/8", "http://10.1.2.3", true),
            ("10.1.2.3", "http://10.1.2.3", true),
            ("10.1.2.3:80", "http://10.1.2.3", true),
            ("10.1.2.3:81", "http://10.1.2.3", false),
            ("11.0.0.0/8", "http://10.1.2.3", false),
            (".2.3", "http://10.1.2.3", false),
            ("*", "http://10.1.2.3", true),
            ("fd00::/8", "http://[fd00::1]", true),
            ("fd00::1", "http://[fd00::1]:8080", true),
            ("[fd00::1]", "http://[fd00::1]:8080", true),
            ("[FD00::1]:8080", "http://[fd00::1]:8080", true),
            ("[fd00::1]:8081", "http://[fd00::1]:8080", false),
            ("fd01::/16", "http://[fd00::1]", false),
        ];
        for (list, url, expected) in cases {
            assert_eq!(listed(list, url), expected, "{list} {url}");
        }
    }

    proptest! {
        #[test]
        fn any_list_can_be_read(list in any::<String>(), port in any::<u16>()) {
            let _ = listed(&list, &format!("http://crm.corp.example:{port}"));
            let _ = listed(&list, "http://[fd00::1]");
        }

        #[test]
        fn a_domain_matches_its_subdomains(name in "[a-z]{1,8}(\\.[a-z]{1,8}){0,2}", sub in "[a-z]{1,8}") {
            let url = format!("https://{sub}.{name}.test");
            for list in [format!("{name}.test"), format!("*.{name}.test"), format!(".{name}.test.")] {
                prop_assert!(listed(&list, &url), "{list}");
            }
            let longer = format!("https://{sub}{name}.test");
            prop_assert!(!listed(&format!("{name}.test"), &longer), "{longer}");
        }
    }
}
