//! Secrets that are found in every form in which they may be written, and the search for them.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use memchr::memmem::Finder;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// A secret with a value of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Canary {
    pub name: &'static str,
    /// The option and the variable for it; none for the secret in the address of a proxy.
    pub option: Option<&'static str>,
    pub variable: Option<&'static str>,
}

const fn canary(
    name: &'static str,
    option: Option<&'static str>,
    variable: Option<&'static str>,
) -> Canary {
    Canary { name, option, variable }
}

pub const PASSWORD: Canary = canary("password", Some("--password"), Some("SOTICKETS_PASSWORD"));
pub const TICKET: Canary = canary("ticket", Some("--ticket"), Some("SOTICKETS_TICKET"));
pub const TOKEN: Canary = canary("token", Some("--token"), Some("SOTICKETS_TOKEN"));
pub const XSRF: Canary = canary("xsrf", Some("--xsrf-token"), Some("SOTICKETS_XSRF_TOKEN"));
pub const COOKIE: Canary = canary("cookie", Some("--cookie"), Some("SOTICKETS_COOKIE"));
pub const APP_TOKEN: Canary =
    canary("application", Some("--app-token"), Some("SOTICKETS_APP_TOKEN"));
pub const HEADER: Canary = canary("gateway", Some("-H"), None);
pub const PROXY: Canary =
    canary("proxyoption", Some("--proxy-password"), Some("SOTICKETS_PROXY_PASSWORD"));
pub const PROXY_VARIABLE: Canary = canary("proxyvariable", None, None);
pub const SYSTEM_USER: Canary = canary("systemuser", Some("--system-user-token"), None);
pub const PRIVATE_KEY: Canary = canary("privatekey", Some("--private-key"), None);
pub const CLIENT_SECRET: Canary =
    canary("client", Some("--client-secret"), Some("SOTICKETS_CLIENT_SECRET"));

/// Those of `get`.
pub const OF_GET: [Canary; 9] =
    [PASSWORD, TICKET, TOKEN, XSRF, COOKIE, APP_TOKEN, HEADER, PROXY, PROXY_VARIABLE];

pub const ALL: [Canary; 12] = {
    let [a, b, c, d, e, f, g, h, i] = OF_GET;
    [a, b, c, d, e, f, g, h, i, SYSTEM_USER, PRIVATE_KEY, CLIENT_SECRET]
};

impl Canary {
    /// A half of it is found as well: the part before and after the characters that encodings write
    /// differently.
    fn ends(&self) -> [String; 2] {
        [format!("cnry{}", self.name), format!("{}yrnc", self.name)]
    }

    pub fn value(&self) -> String {
        let [head, tail] = self.ends();
        format!("{head}+/%\"<é&'\\>{tail}")
    }

    /// The content of its source: cookies have names.
    pub fn kept(&self) -> String {
        if *self == COOKIE { format!("sid={}; theme=plain", self.value()) } else { self.value() }
    }
}

/// Returns `text` in each form in which it may be written.
pub fn forms(text: &str) -> Vec<(&'static str, String)> {
    let percent = utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let json = serde_json::to_string(text).expect("JSON").trim_matches('"').to_owned();
    let each = |form: &dyn Fn(char) -> String| -> String {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == ' ';
        text.chars().map(|c| if is_plain(c) { c.to_string() } else { form(c) }).collect()
    };
    let html = |c: char| match c {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '"' => "&quot;".to_owned(),
        '\'' => "&#39;".to_owned(),
        c => c.to_string(),
    };
    vec![
        ("plain", text.to_owned()),
        ("percent", percent.clone()),
        ("percent, lower case", percent.to_lowercase()),
        ("form", url::form_urlencoded::byte_serialize(text.as_bytes()).collect()),
        ("JSON", json.clone()),
        ("JSON of PHP", json.replace('/', "\\/")),
        ("JSON of .NET", each(&|c| format!("\\u{:04X}", u32::from(c)))),
        ("HTML", each(&html)),
        ("HTML, decimal", each(&|c| format!("&#{};", u32::from(c)))),
        ("HTML, hexadecimal", each(&|c| format!("&#x{:X};", u32::from(c)))),
        ("Latin-1", text.bytes().map(char::from).filter(|c| !c.is_control()).collect()),
        ("base64", STANDARD.encode(text)),
        ("base64 behind one byte", STANDARD.encode(format!("x{text}"))),
        ("base64 behind two bytes", STANDARD.encode(format!("xy{text}"))),
        ("base64url", URL_SAFE_NO_PAD.encode(text)),
        ("base64url behind one byte", URL_SAFE_NO_PAD.encode(format!("x{text}"))),
        ("base64url behind two bytes", URL_SAFE_NO_PAD.encode(format!("xy{text}"))),
    ]
}

/// Returns the characters of base64 that depend on `text` alone, with `before` bytes in front of
/// it.
fn core(text: &str, before: usize, engine: &impl base64::Engine) -> String {
    let encoded = engine.encode(format!("{}{text}", "\0".repeat(before)));
    encoded[(before * 8).div_ceil(6)..(before + text.len()) * 8 / 6].to_owned()
}

static FINDERS: LazyLock<Vec<(Canary, String, Finder<'static>)>> = LazyLock::new(|| {
    let mut all = Vec::new();
    for canary in ALL {
        let mut add = |form: &str, needle: &str| {
            let needle = needle.to_ascii_lowercase();
            all.push((canary, form.to_owned(), Finder::new(needle.as_bytes()).into_owned()));
        };
        for (form, needle) in forms(&canary.value()) {
            if !form.starts_with("base64") {
                add(form, &needle);
            }
        }
        for part in [canary.value()].iter().chain(&canary.ends()) {
            for before in 0..3 {
                add("base64", &core(part, before, &STANDARD_NO_PAD));
                add("base64url", &core(part, before, &URL_SAFE_NO_PAD));
            }
        }
        for end in canary.ends() {
            add("a half", &end);
        }
    }
    all
});

/// The canaries in `text`, with the form that they were found in first.
pub fn search(text: &[u8]) -> Vec<String> {
    let text = text.to_ascii_lowercase();
    let mut found: Vec<(Canary, String)> = Vec::new();
    for (canary, form, finder) in FINDERS.iter() {
        if found.iter().all(|(known, _)| known != canary) && finder.find(&text).is_some() {
            found.push((*canary, form.clone()));
        }
    }
    found.into_iter().map(|(canary, form)| format!("{} ({form})", canary.name)).collect()
}
