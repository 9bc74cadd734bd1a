//! `GET …/api`: what the server says of its version, to anyone.

use url::Url;

use crate::answer::Value;
use crate::answer::value;
use crate::secret::Mask;

use super::error_body;
use crate::http::address::Address;
use crate::http::client::Response;

/// What a server says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// The version of NetServer: `10.3.1.512`.
    pub net_server: String,
    /// The version of the API: `v1`.
    pub api: Option<String>,
    /// The day on which it was built: `2024-08-10`.
    pub built: Option<String>,
}

/// The longest that is believed to be a version, in characters.
const LONGEST: usize = 60;

/// Where the installation at `address` says its version.
#[must_use]
pub fn url(address: &Address) -> Url {
    let mut url = address.url().clone();
    let site = Url::parse(address.site());
    let path = site.map_or_else(|_| String::new(), |site| site.path().trim_end_matches('/').into());
    url.set_path(&format!("{path}/api"));
    url
}

/// What `response` says, where it says a version.
#[must_use]
pub fn read(response: &Response, mask: &Mask) -> Option<Version> {
    let body = response.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&response.body).trim_ascii();
    let json = std::str::from_utf8(body).ok().filter(|_| response.status == 200)?;
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
            *place = Some(error_body::quote(&text, LONGEST, mask));
        }
    });
    Some(Version { net_server: net_server?, api, built })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_asked_for_beside_the_endpoint() {
        for (given, expected) in [
            ("https://crm.example.com", "https://crm.example.com/api"),
            ("https://crm.example.com/SuperOffice/", "https://crm.example.com/SuperOffice/api"),
            ("https://h.example:8443/x/API/v1", "https://h.example:8443/x/api"),
        ] {
            let address = Address::parse(given, "--url").expect("an address");
            assert_eq!(url(&address).as_str(), expected);
        }
    }

    #[test]
    fn only_a_version_is_one() {
        let response = |status, body: &str| Response {
            status,
            content_type: None,
            location: None,
            retry_after: None,
            time: std::time::SystemTime::UNIX_EPOCH,
            time_zone: None,
            schemes: Vec::new(),
            body: body.as_bytes().to_vec().into(),
            unread: None,
        };
        let whole = r#"{"v1":"http://h/api/v1","Version":"v1","NetServerVersion":"8.1.6431.038","netserverdate":"2017-08-10","Services":"Services83"}"#;
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            read(&response(200, whole), &Mask::default()),
            Some(Version {
                net_server: "8.1.6431.038".to_owned(),
                api: some("v1"),
                built: some("2017-08-10")
            })
        );
        let bad = r#"{"NetServerVersion":"8\u001b[31m"}"#;
        let version = read(&response(200, bad), &Mask::default()).expect("a version");
        assert_eq!(version.net_server, "8\\x1b[31m");
        for body in ["", "null", "[]", "<html>", r#"{"Version":"v1"}"#, r#"{"NetServerVersion":8}"#]
        {
            assert_eq!(read(&response(200, body), &Mask::default()), None, "{body}");
        }
        assert_eq!(read(&response(401, whole), &Mask::default()), None);
    }
}
