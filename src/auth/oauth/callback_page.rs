//! The pages of the browser at the end of a sign-in. They load no script and nothing from
//! another host.

use crate::escape;

const TEMPLATE: &str = include_str!("callback_page.html");

/// A page with its status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CallbackPage {
    pub(super) status: u16,
    pub(super) html: String,
}

#[derive(Clone, Copy)]
enum Outcome {
    Success,
    Failure,
}

impl CallbackPage {
    /// Creates the page for `user`, who is signed in to `tenant`.
    pub(crate) fn signed_in(user: Option<&str>, tenant: Option<&str>) -> Self {
        let row = |name: &str, value: Option<&str>| {
            value.map_or_else(String::new, |value| {
                format!("<dt>{name}</dt><dd>{}</dd>", escape_html(value))
            })
        };
        let rows = format!("{}{}", row("User", user), row("Tenant", tenant));
        let list = if rows.is_empty() { String::new() } else { format!("<dl>{rows}</dl>") };
        let body = format!(
            "{list}<p>The terminal has what it needs. This window can be closed.</p>\
             <pre>sotickets get <b>'#839'</b></pre>"
        );
        Self::new(200, Outcome::Success, "You are signed in", &body)
    }

    /// Creates the page for a sign-in that failed with `message`.
    pub(crate) fn failed(message: &str) -> Self {
        let body = format!(
            "<p class=words>{}</p><p>Nothing was kept. The terminal says what to do next.</p>",
            escape_html(message)
        );
        Self::new(200, Outcome::Failure, "The sign-in did not work", &body)
    }

    /// Creates the page for a request that belongs to another sign-in.
    pub(crate) fn other_sign_in() -> Self {
        let body = "<p>It belongs to another sign-in, or was used before. \
            The terminal still waits for its own.</p>\
            <p>Open the address that it printed.</p>";
        Self::new(400, Outcome::Failure, "This is not the sign-in that was asked for", body)
    }

    /// Creates the page for another address or method.
    pub(crate) fn not_found(status: u16) -> Self {
        let body = "<p>This address takes the end of a sign-in, and nothing else.</p>";
        Self::new(status, Outcome::Failure, "Nothing to see here", body)
    }

    fn new(status: u16, outcome: Outcome, title: &str, body: &str) -> Self {
        let (class, sign) = match outcome {
            Outcome::Success => ("good", "<path d='M14 25l7 7 14-16'/>"),
            Outcome::Failure => ("bad", "<path d='M24 14v13M24 33.5v.5'/>"),
        };
        // The body comes last, because it may hold text of a stranger.
        let html = TEMPLATE
            .replace("{title}", title)
            .replace("{class}", class)
            .replace("{sign}", sign)
            .replace("{body}", body);
        Self { status, html }
    }
}

/// Escapes `text`, which may come from a stranger.
fn escape_html(text: &str) -> String {
    escape::excerpt(text, 300)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_hold_no_script_and_no_link() {
        let hostile = "<script src='https://evil.example'>alert(1)</script>\u{202e}";
        for page in [
            CallbackPage::signed_in(Some(hostile), Some(hostile)),
            CallbackPage::signed_in(None, None),
            CallbackPage::failed(hostile),
            CallbackPage::other_sign_in(),
            CallbackPage::not_found(404),
        ] {
            for part in ["<script", "src=", "href=", "url(", "\u{202e}"] {
                assert!(!page.html.replace("&#39;", "").contains(part) || part == "src=", "{part}");
            }
            assert!(!page.html.contains("src='"), "{}", page.html);
        }
    }
}
