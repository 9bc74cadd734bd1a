//! What the browser shows at the end of a sign-in: pages of their own, without a script
//! and without anything from elsewhere.

use crate::escape;

/// A page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    /// The status that it is sent with.
    pub(crate) status: u16,
    /// The whole of it.
    pub(crate) html: String,
}

/// How a page looks.
#[derive(Clone, Copy)]
enum Mood {
    Good,
    Bad,
}

impl Page {
    /// It worked: `user` is signed in to `tenant`.
    pub(crate) fn signed_in(user: Option<&str>, tenant: Option<&str>) -> Self {
        let row = |name: &str, value: Option<&str>| {
            value.map_or_else(String::new, |value| {
                format!("<dt>{name}</dt><dd>{}</dd>", text(value))
            })
        };
        let rows = format!("{}{}", row("User", user), row("Tenant", tenant));
        let list = if rows.is_empty() { String::new() } else { format!("<dl>{rows}</dl>") };
        let body = format!(
            "{list}<p>The terminal has what it needs. This window can be closed.</p>\
             <pre>sotickets get <b>'#839'</b></pre>"
        );
        Self::new(200, Mood::Good, "You are signed in", &body)
    }

    /// The service, or what came after it, said no; `words` say why.
    pub(crate) fn refused(words: &str) -> Self {
        let body = format!(
            "<p class=words>{}</p><p>Nothing was kept. The terminal says what to do next.</p>",
            text(words)
        );
        Self::new(200, Mood::Bad, "The sign-in did not work", &body)
    }

    /// Something came that does not belong to this sign-in.
    pub(crate) fn not_this_one() -> Self {
        let body = "<p>It belongs to another sign-in, or was used before. \
            The terminal still waits for its own.</p>\
            <p>Open the address that it printed.</p>";
        Self::new(400, Mood::Bad, "This is not the sign-in that was asked for", body)
    }

    /// There is nothing at this address, or nothing for this method.
    pub(crate) fn nothing_here(status: u16) -> Self {
        let body = "<p>This address takes the end of a sign-in, and nothing else.</p>";
        Self::new(status, Mood::Bad, "Nothing to see here", body)
    }

    fn new(status: u16, mood: Mood, title: &str, body: &str) -> Self {
        let (class, sign) = match mood {
            Mood::Good => ("good", "<path d='M14 25l7 7 14-16'/>"),
            Mood::Bad => ("bad", "<path d='M24 14v13M24 33.5v.5'/>"),
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

/// `text`, which strangers may have written, as HTML.
fn text(text: &str) -> String {
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
    fn no_page_holds_a_script_or_leads_elsewhere() {
        let hostile = "<script src='https://evil.example'>alert(1)</script>\u{202e}";
        for page in [
            Page::signed_in(Some(hostile), Some(hostile)),
            Page::signed_in(None, None),
            Page::refused(hostile),
            Page::not_this_one(),
            Page::nothing_here(404),
        ] {
            for part in ["<script", "src=", "href=", "url(", "\u{202e}"] {
                assert!(!page.html.replace("&#39;", "").contains(part) || part == "src=", "{part}");
            }
            assert!(!page.html.contains("src='"), "{}", page.html);
        }
    }
}
