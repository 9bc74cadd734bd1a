//! The server's own words about a failure, in any of the shapes it has for them.

use crate::escape;
use crate::secret::Mask;
use crate::ticket::row;
use crate::ticket::value::Value;

/// What a body that holds no tickets says.
#[derive(Debug, PartialEq, Eq)]
pub enum Words {
    /// An error object, with type and message as visible text.
    Error(String),
    /// A web page, with its title where it has one.
    Page(Option<String>),
    /// Some other text, its beginning.
    Text(String),
    /// Nothing.
    None,
}

/// How much of the server's text is quoted, in characters.
const LIMIT: usize = 300;

/// How much of a body is looked at, in bytes: words stand at the beginning.
const SEARCHED: usize = 64 * 1024;

/// The words in `body`, without what `mask` hides.
#[must_use]
pub fn words(body: &[u8], mask: &Mask) -> Words {
    let text = String::from_utf8_lossy(&body[..body.len().min(SEARCHED)]);
    let text = text.trim_start_matches('\u{feff}').trim();
    match text.bytes().next() {
        None => Words::None,
        Some(b'{') => match error_object(text, mask) {
            Some(words) => Words::Error(words),
            None => Words::Text(quote(text, LIMIT, mask)),
        },
        Some(b'<') if is_page(text) => Words::Page(title(text, mask)),
        Some(_) => Words::Text(quote(text, LIMIT, mask)),
    }
}

/// The beginning of `text` as visible text. Masked before it is cut: a secret that
/// lost its end would not be known again.
#[must_use]
pub fn quote(text: &str, limit: usize, mask: &Mask) -> String {
    escape::excerpt(&mask.apply(text), limit)
}

impl Words {
    /// The words after a colon, as the tail of a message; empty for none.
    #[must_use]
    pub fn tail(&self) -> String {
        match self {
            Self::Error(text) | Self::Text(text) => format!(": {text}"),
            Self::Page(Some(title)) => format!(", with the web page '{title}'"),
            Self::Page(None) => ", with a web page".to_owned(),
            Self::None => String::new(),
        }
    }
}

/// What an object says that looks like an error: `Error`/`ErrorType`/`ErrorMessage`
/// as SuperOffice writes it, `Message`/`MessageDetail` as its web framework does,
/// `error`/`error_description` and `title`/`detail` as gateways do.
fn error_object(json: &str, mask: &Mask) -> Option<String> {
    // Only a whole object is one; an answer that was cut off is not.
    serde_json::from_str::<&serde_json::value::RawValue>(json).ok()?;
    let mut found: [Option<String>; 8] = Default::default();
    const NAMES: [&str; 8] = [
        "errortype",
        "errormessage",
        "message",
        "messagedetail",
        "title",
        "detail",
        "error",
        "error_description",
    ];
    let mut marked = false;
    row::each_member(json, |key, value| {
        let key = key.to_ascii_lowercase();
        let value = Value::new(value);
        marked |= key == "error" && value == Value::Bool(true);
        if let Some(place) = NAMES.iter().position(|name| *name == key)
            && let Value::Text(text) = value
            && !text.trim().is_empty()
        {
            found[place] = Some(quote(&text, LIMIT, mask));
        }
    });
    let parts: Vec<String> = found.into_iter().flatten().collect();
    match parts.is_empty() {
        false => Some(joined(&parts)),
        true if marked => Some("an error without a message".to_owned()),
        true => None,
    }
}

/// `parts` with a colon between them, but none behind the end of a sentence.
fn joined(parts: &[String]) -> String {
    let mut text = String::new();
    for part in parts {
        if !text.is_empty() {
            text.push_str(if text.ends_with(['.', '!', '?', ':']) { " " } else { ": " });
        }
        text.push_str(part);
    }
    text
}

fn is_page(text: &str) -> bool {
    let start: String = text.chars().take(1024).collect::<String>().to_ascii_lowercase();
    start.starts_with("<!doctype html") || start.contains("<html") || start.contains("<head")
}

fn title(page: &str, mask: &Mask) -> Option<String> {
    // ASCII case folding keeps every position.
    let lower = page.to_ascii_lowercase();
    let start = lower.find("<title")?;
    let start = start + lower[start..].find('>')? + 1;
    let end = start + lower[start..].find("</title")?;
    let title = mask.apply(&page[start..end]);
    let words: Vec<&str> = title.split_whitespace().collect();
    let title = escape::excerpt(&words.join(" "), 120);
    (!title.is_empty()).then_some(title)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_shape_gives_its_words() {
        let cases = [
            (
                r#"{"Error":true,"ErrorType":"SoNotFoundException","ErrorMessage":"No\nsuch","ErrorSource":"x"}"#,
                Words::Error("SoNotFoundException: No\\nsuch".to_owned()),
            ),
            (
                r#"{"Message":"An error has occurred.","MessageDetail":"Bad select"}"#,
                Words::Error("An error has occurred. Bad select".to_owned()),
            ),
            (r#"{"Error":true}"#, Words::Error("an error without a message".to_owned())),
            (
                r#"{"error":"invalid_token","error_description":"gone"}"#,
                Words::Error("invalid_token: gone".to_owned()),
            ),
            (r#"{"a":1}"#, Words::Text(r#"{"a":1}"#.to_owned())),
            (
                "<!DOCTYPE html><HTML><Title>\n 404 -  Not\u{1b} found </TITLE>",
                Words::Page(Some("404 - Not\\x1b found".to_owned())),
            ),
            ("<html><body>x", Words::Page(None)),
            ("<xml/>", Words::Text("<xml/>".to_owned())),
            ("\u{feff} \n", Words::None),
            ("", Words::None),
            ("Bad gateway\x07", Words::Text("Bad gateway\\x07".to_owned())),
        ];
        for (body, words_) in cases {
            assert_eq!(words(body.as_bytes(), &Mask::default()), words_, "{body:?}");
        }
    }

    proptest! {
        #[test]
        fn no_body_can_drive_a_terminal(body in proptest::collection::vec(any::<u8>(), 0..200), title in any::<String>()) {
            prop_assert!(!words(&body, &Mask::default()).tail().contains(escape::is_unsafe));
            let page = format!("<html><title>{title}</title>");
            prop_assert!(!words(page.as_bytes(), &Mask::default()).tail().contains(escape::is_unsafe));
        }
    }
}
