//! The pages of the browser at the end of a sign-in. They load no script and nothing from
//! another host.

use crate::escape;

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
        let html = format!(
            "<!doctype html>\n<html lang=en><head><meta charset=utf-8>\
             <meta name=viewport content='width=device-width,initial-scale=1'>\
             <title>{title} – sotickets</title><style>{STYLE}</style></head>\
             <body class={class}><main><svg viewBox='0 0 48 48' aria-hidden=true>\
             <circle cx=24 cy=24 r=22 />{sign}</svg>\
             <h1>{title}</h1>{body}</main><footer>sotickets</footer></body></html>\n"
        );
        Self { status, html }
    }
}

const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#16231f;--soft:#5a6b65;--paper:#fff;--ground:#eef3f1;\
--line:#d9e2de;--good:#0a6e5c;--bad:#b3401f}\
@media(prefers-color-scheme:dark){:root{--ink:#e8f0ed;--soft:#9db0a9;--paper:#17211e;\
--ground:#0d1412;--line:#2b3935;--good:#4cc7ac;--bad:#ff9a75}}\
*{box-sizing:border-box}\
body{margin:0;min-height:100vh;display:flex;flex-direction:column;align-items:center;\
justify-content:center;gap:1.25rem;padding:1.5rem;background:var(--ground);color:var(--ink);\
font:1.0625rem/1.55 system-ui,-apple-system,'Segoe UI',Roboto,'Liberation Sans',sans-serif}\
main{width:100%;max-width:30rem;padding:2.5rem 2.75rem;background:var(--paper);\
border:1px solid var(--line);border-radius:1rem;box-shadow:0 1.5rem 3rem -1.5rem #0005}\
svg{width:3.25rem;height:3.25rem;fill:none;stroke:var(--mood);stroke-width:3;\
stroke-linecap:round;stroke-linejoin:round}\
circle{opacity:.35;stroke-width:2.5}\
.good{--mood:var(--good)}.bad{--mood:var(--bad)}\
h1{margin:1rem 0 1.25rem;font-size:1.7rem;line-height:1.2;letter-spacing:-.015em}\
p{margin:.75rem 0 0;color:var(--soft);overflow-wrap:anywhere}\
.words{color:var(--ink);border-left:3px solid var(--mood);padding-left:.9rem}\
dl{display:grid;grid-template-columns:auto 1fr;gap:.35rem 1.25rem;margin:0 0 1.25rem;\
padding:1rem 0;border:solid var(--line);border-width:1px 0}\
dt{color:var(--soft)}dd{margin:0;font-weight:600;overflow-wrap:anywhere}\
pre{margin:1.25rem 0 0;padding:.8rem 1rem;border-radius:.6rem;background:var(--ground);\
color:var(--soft);font:.95rem/1.4 ui-monospace,'SF Mono','Liberation Mono',Menlo,monospace;\
white-space:pre-wrap}pre b{color:var(--ink);font-weight:600}\
footer{color:var(--soft);font-size:.875rem;letter-spacing:.06em}";

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
