//! The addresses of tickets in the web client.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use url::Url;

use crate::error::{Error, Result};
use crate::escape;

/// The web address of a ticket, with a placeholder for its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UrlTemplate {
    before: String,
    after: String,
}

/// The placeholder of the id in a template.
const PLACEHOLDER: &str = "{id}";
/// The id while the address is checked. In the host it would change to lower case.
const MARKER: &str = "TICKETID";
/// The characters that would end an address in a terminal's link or in Markdown.
const ESCAPED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'\'')
    .add(b'(')
    .add(b')')
    .add(b';')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

impl UrlTemplate {
    /// An example, for messages.
    pub const EXAMPLE: &str =
        "https://crm.example.com/CS/scripts/ticket.fcgi?action=listTicket&ticketId={id}";

    /// Parses an address with one `{id}`; `origin` is the source of `text`.
    ///
    /// # Errors
    /// A usage error. It quotes the address, unless that may have a password.
    pub(crate) fn parse(text: &str, origin: &str) -> Result<Self> {
        let wrong = |why: &str| {
            let quoted = if text.contains('@') {
                "this".to_owned()
            } else {
                format!("'{}'", escape::excerpt(text, 100))
            };
            Error::usage(format!("{origin}: {quoted} is no address of tickets: {why}"))
                .hint(format!("an example: {}", Self::EXAMPLE))
        };
        let text = text.trim();
        if text.contains(|c: char| c.is_whitespace() || escape::is_unsafe(c)) {
            return Err(wrong("it holds white space or control characters"));
        }
        if text.matches(PLACEHOLDER).count() != 1 || text.contains(MARKER) {
            return Err(wrong("it has to have {id} once, in place of the id"));
        }
        let url = Url::parse(&text.replace(PLACEHOLDER, MARKER))
            .map_err(|error| wrong(&error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(wrong("it does not begin with https://"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("it holds a user name or a password"));
        }
        let address = utf8_percent_encode(url.as_str(), ESCAPED).to_string();
        match address.split_once(MARKER) {
            Some((before, after)) => {
                Ok(Self { before: before.to_owned(), after: after.to_owned() })
            }
            None => Err(wrong("the id cannot be in the host")),
        }
    }

    /// Returns the template for Online, where `site` is the address of the tenant:
    /// `https://online3.superoffice.com/Cust12345`.
    pub(crate) fn online(site: &str) -> Self {
        let site = utf8_percent_encode(site.trim_end_matches('/'), ESCAPED);
        let path = "CS/scripts/ticket.fcgi?action=listTicket&ticketId=";
        Self { before: format!("{site}/{path}"), after: String::new() }
    }

    /// Returns the address of the ticket `id`.
    pub(crate) fn url(&self, id: i32) -> String {
        format!("{}{id}{}", self.before, self.after)
    }

    /// Returns the length of an address without its id.
    pub(crate) const fn length(&self) -> usize {
        self.before.len() + self.after.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(template: &str) -> std::result::Result<String, String> {
        UrlTemplate::parse(template, "ticket_url")
            .map(|template| template.url(839))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn characters_that_end_a_link_are_encoded() {
        for (template, address) in [
            ("https://a.example/t?id={id}", "https://a.example/t?id=839"),
            ("https://a.example/{id}/x?a=(b);c", "https://a.example/839/x?a=%28b%29%3Bc"),
            ("https://bücher.example/ü?id={id}", "https://xn--bcher-kva.example/%C3%BC?id=839"),
            ("HTTP://A.example:8080/?q='{id}'", "http://a.example:8080/?q=%27839%27"),
        ] {
            assert_eq!(url(template).as_deref(), Ok(address));
        }
        let online = UrlTemplate::online("https://online3.superoffice.com/Cust12345/");
        assert_eq!(
            online.url(839),
            "https://online3.superoffice.com/Cust12345/CS/scripts/ticket.fcgi?action=listTicket&ticketId=839"
        );
    }

    #[test]
    fn template_that_is_no_address_is_rejected() {
        for (template, why) in [
            ("https://a.example/", "it has to have {id} once, in place of the id"),
            ("https://a.example/{id}/{id}", "it has to have {id} once, in place of the id"),
            ("a.example/{id}", "relative URL without a base"),
            ("ftp://a.example/{id}", "it does not begin with https://"),
            ("https://{id}.example/", "the id cannot be in the host"),
            ("https://a.example/ {id}", "it holds white space or control characters"),
            ("https://a.example/\u{1b}{id}", "it holds white space or control characters"),
        ] {
            let error = url(template).expect_err(template);
            assert!(error.ends_with(&format!(" is no address of tickets: {why}")), "{error}");
        }
        let error = url("https://tim:canary@a.example/{id}").expect_err("a password");
        assert!(!error.contains("canary"), "{error}");
    }
}
