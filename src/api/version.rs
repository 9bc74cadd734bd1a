//! `GET …/api`: the version of the server, which it names to anyone.

use url::Url;

use crate::answer::Value;
use crate::answer::value;
use crate::encoding::without_utf8_bom;
use crate::http::address::Address;
use crate::secret::mask::Mask;

use super::{endpoint, error_body};

/// The version of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Version {
    /// The version of NetServer: `10.3.1.512`.
    pub(crate) net_server: String,
    /// The version of the API: `v1`.
    pub(crate) api: Option<String>,
    /// The day on which it was built: `2024-08-10`.
    pub(crate) built: Option<String>,
}

/// The longest text that can be a version, in characters.
const MAX_CHARS: usize = 60;

/// Returns the address at which the installation of `endpoint` names its version.
pub(crate) fn url(endpoint: &Address) -> Url {
    let mut url = endpoint.url().clone();
    let site = Url::parse(endpoint::site(endpoint));
    let path = site.map_or_else(|_| String::new(), |site| site.path().trim_end_matches('/').into());
    url.set_path(&format!("{path}/api"));
    url
}

/// Parses the body of a 200; `None` if it names no version.
pub(crate) fn parse(body: &[u8], mask: &Mask) -> Option<Version> {
    let body = without_utf8_bom(body).trim_ascii();
    let json = std::str::from_utf8(body).ok()?;
    serde_json::from_str::<&serde_json::value::RawValue>(json).ok()?;
    if !json.starts_with('{') {
        return None;
    }
    let (mut net_server, mut api, mut built) = (None, None, None);
    value::each_member(json, |key, value| {
        let place = match key.to_ascii_lowercase().as_str() {
            "netserverversion" => &mut net_server,
            "version" => &mut api,
            "netserverdate" => &mut built,
            _ => return,
        };
        if let Value::Text(text) = Value::new(value)
            && !text.trim().is_empty()
        {
            *place = Some(error_body::quote(&text, MAX_CHARS, mask));
        }
    });
    Some(Version { net_server: net_server?, api, built })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_address_is_next_to_the_endpoint() {
        for (given, expected) in [
            ("https://crm.example.com", "https://crm.example.com/api"),
            ("https://crm.example.com/SuperOffice/", "https://crm.example.com/SuperOffice/api"),
            ("https://h.example:8443/x/API/v1", "https://h.example:8443/x/api"),
        ] {
            let address = endpoint::parse(given, "--url").expect("an address");
            assert_eq!(url(&address).as_str(), expected);
        }
    }

    #[test]
    fn other_body_has_no_version() {
        let read = |body: &str| parse(body.as_bytes(), &Mask::default());
        let whole = r#"{"v1":"http://h/api/v1","Version":"v1","NetServerVersion":"8.1.6431.038","netserverdate":"2017-08-10","Services":"Services83"}"#;
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            read(whole),
            Some(Version {
                net_server: "8.1.6431.038".to_owned(),
                api: some("v1"),
                built: some("2017-08-10")
            })
        );
        let bad = r#"{"NetServerVersion":"8\u001b[31m"}"#;
        let version = read(bad).expect("a version");
        assert_eq!(version.net_server, "8\\x1b[31m");
        for body in ["", "null", "[]", "<html>", r#"{"Version":"v1"}"#, r#"{"NetServerVersion":8}"#]
        {
            assert_eq!(read(body), None, "{body}");
        }
    }
}
