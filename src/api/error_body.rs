//! Error bodies: the server's own text about a failure, in each of its formats.

use crate::answer::Value;
use crate::answer::value;
use crate::encoding::without_utf8_bom;
use crate::escape;
use crate::http::response::Response;
use crate::secret::mask::Mask;

use crate::format_bytes::format_bytes;

/// The text of a body that holds no tickets.
#[derive(Debug, PartialEq, Eq)]
pub enum BodyText {
    /// An error object, with type and message as visible text.
    Error(String),
    /// A web page, with its title where it has one.
    Page(Option<String>),
    /// Some other text, its beginning.
    Text(String),
    /// Bytes that are no text, such as compressed ones, with their number.
    Binary(usize),
    /// No text.
    None,
}

/// The maximum of characters of the server's text that are quoted.
const LIMIT: usize = 300;

/// The maximum of bytes of a page or a text that are searched: the text is at the beginning.
const SEARCHED: usize = 64 * 1024;

/// Returns the text in `body`, without what `mask` hides.
#[must_use]
pub fn read_text(body: &[u8], mask: &Mask) -> BodyText {
    let body = without_utf8_bom(body).trim_ascii();
    let object = std::str::from_utf8(body).ok().filter(|text| text.starts_with('{'));
    if let Some(text) = object.and_then(|text| error_object(text, mask)) {
        return BodyText::Error(text);
    }
    let text = String::from_utf8_lossy(&body[..body.len().min(SEARCHED)]);
    match text.bytes().next() {
        None => BodyText::None,
        Some(_) if is_binary(&text) => BodyText::Binary(body.len()),
        Some(b'<') if is_page(&text) => BodyText::Page(title(&text, mask)),
        Some(_) => BodyText::Text(quote(&text, LIMIT, mask)),
    }
}

/// Returns the beginning of `text` as visible text. It is masked before it is cut, because a
/// secret without its end would not be recognized.
#[must_use]
pub fn quote(text: &str, limit: usize, mask: &Mask) -> String {
    // One character more, since an excerpt says that it was cut.
    escape::excerpt(&mask.beginning(text.trim(), limit + 1), limit)
}

/// Returns the text in the body of `response` for the end of a message; empty without text.
pub(crate) fn as_suffix(response: &Response<Vec<u8>>) -> String {
    read_text(&response.body, &response.mask).as_suffix()
}

impl BodyText {
    /// Returns the text after a colon, for the end of a message; empty without text.
    #[must_use]
    pub fn as_suffix(&self) -> String {
        match self {
            Self::Error(text) | Self::Text(text) => format!(": {text}"),
            Self::Page(Some(title)) => format!(", with the web page '{title}'"),
            Self::Page(None) => ", with a web page".to_owned(),
            Self::Binary(length) => {
                format!(": {} that are not readable as text", format_bytes(*length as u64))
            }
            Self::None => String::new(),
        }
    }
}

/// The members of an error object, in the order in which they are quoted.
const MEMBERS: [&str; 11] = [
    "errortype",
    "errormessage",
    "message",
    "messagedetail",
    "exceptionmessage",
    "title",
    "detail",
    "error",
    "error_description",
    "modelstate",
    "errors",
];

/// Returns the text of an object that is an error: `Error`/`ErrorType`/`ErrorMessage` as
/// SuperOffice writes it, `Message`/`MessageDetail` as its web framework does,
/// `error`/`error_description` and `title`/`detail` with a status as gateways do. Data
/// has such members too, but not without others.
fn error_object(json: &str, mask: &Mask) -> Option<String> {
    // Only a whole object is one; an answer that was cut off is not.
    serde_json::from_str::<&serde_json::value::RawValue>(json).ok()?;
    let mut found: [Option<String>; MEMBERS.len()] = Default::default();
    let (mut is_error, mut is_problem, mut others) = (false, false, 0);
    value::each_member(json, |key, value| {
        let key = key.to_ascii_lowercase();
        let value = Value::new(value);
        is_error |= key.starts_with("error") && !matches!(value, Value::Null | Value::Bool(false));
        is_problem |= matches!(key.as_str(), "status" | "type");
        let known =
            ["exception", "stacktrace", "innerexception", "modelstate", "instance", "traceid"];
        let Some(place) = MEMBERS.iter().position(|name| *name == key) else {
            others += usize::from(!known.iter().any(|name| key.starts_with(name)));
            return;
        };
        let text = match value {
            Value::Text(text) => text.into_owned(),
            Value::Json(json) if ["modelstate", "errors"].contains(&&*key) => field_errors(json),
            _ => return,
        };
        if !text.trim().is_empty() {
            found[place] = Some(quote(&text, LIMIT, mask));
        }
    });
    let [_, _, message, message_detail, exception, title, detail, _, _, model_state, _] = &found;
    let framework = [message, message_detail, exception, model_state];
    let of_framework = framework.iter().any(|text| text.is_some()) && others == 0;
    let of_gateway = (title.is_some() || detail.is_some()) && is_problem;
    if !(is_error || of_framework || of_gateway) {
        return None;
    }
    let parts: Vec<String> = found.into_iter().flatten().collect();
    if parts.is_empty() {
        Some("an error without a message".to_owned())
    } else {
        Some(joined(&parts))
    }
}

/// An error that the WebAPI itself wrote, and not a gateway or the web framework before it, which
/// may not have checked the credential.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct WebApiError {
    /// `ErrorType` in small letters; empty without one.
    error_type: String,
}

impl WebApiError {
    /// Finds the error in `body`; `None` if that is something else.
    pub(crate) fn find(body: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(without_utf8_bom(body).trim_ascii()).ok()?;
        let object = text.starts_with('{').then_some(text)?;
        serde_json::from_str::<&serde_json::value::RawValue>(object).ok()?;
        let (mut is_error, mut error_type) = (false, String::new());
        value::each_member(object, |key, value| {
            let key = key.to_ascii_lowercase();
            match (key.as_str(), Value::new(value)) {
                ("error", Value::Bool(true)) | ("errormessage", Value::Text(_)) => is_error = true,
                ("errortype", Value::Text(text)) => {
                    is_error = true;
                    error_type = text.to_ascii_lowercase();
                }
                _ => {}
            }
        });
        is_error.then_some(Self { error_type })
    }

    /// Returns true if the type says that the credential is refused:
    /// `SoAuthenticationException`, `UnauthorizedAccessException`, `SecurityException`.
    pub(crate) fn refuses_credential(&self) -> bool {
        ["authentication", "authorization", "unauthorized", "security"]
            .iter()
            .any(|word| self.error_type.contains(word))
    }
}

/// Returns the errors that ASP.NET lists by field:
/// `{"ids[0]":["Not a number."]}` gives `ids[0]: Not a number.`
fn field_errors(json: &str) -> String {
    let mut errors = Vec::new();
    // Each text is copied, and whatever is this long is no message.
    if json.len() <= SEARCHED {
        value::each_member(json, |field, value| {
            let texts = match Value::new(value) {
                Value::Text(text) => text.into_owned(),
                _ => serde_json::from_str::<Vec<String>>(value).unwrap_or_default().join(" "),
            };
            errors.push(format!("{field}: {texts}"));
        });
    }
    errors.join("; ")
}

/// Joins `parts` with a colon, but without one after the end of a sentence.
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

/// Checks whether the beginning of `text` holds more bytes that are not UTF-8, or are zero,
/// than a few letters in another encoding. Other control characters are shown as escapes.
fn is_binary(text: &str) -> bool {
    let start = || text.chars().take(LIMIT);
    let odd = start().filter(|c| matches!(*c, '\0' | char::REPLACEMENT_CHARACTER)).count();
    odd > 3 && odd > start().count() / 8
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
    fn text_of_each_shape_is_read() {
        let cases = [
            (
                r#"{"Error":true,"ErrorType":"SoNotFoundException","ErrorMessage":"No\nsuch","ErrorSource":"x"}"#,
                BodyText::Error("SoNotFoundException: No\\nsuch".to_owned()),
            ),
            (
                r#"{"Message":"An error has occurred.","MessageDetail":"Bad select"}"#,
                BodyText::Error("An error has occurred. Bad select".to_owned()),
            ),
            (r#"{"Error":true}"#, BodyText::Error("an error without a message".to_owned())),
            (
                r#"{"error":"invalid_token","error_description":"gone"}"#,
                BodyText::Error("invalid_token: gone".to_owned()),
            ),
            (r#"{"a":1}"#, BodyText::Text(r#"{"a":1}"#.to_owned())),
            (
                r#"{"TicketId":839,"Title":"Printer broken"}"#,
                BodyText::Text(r#"{"TicketId":839,"Title":"Printer broken"}"#.to_owned()),
            ),
            (
                r#"{"value":[],"message":"ok"}"#,
                BodyText::Text(r#"{"value":[],"message":"ok"}"#.to_owned()),
            ),
            (
                r#"{"title":"Bad Gateway","status":502,"detail":"upstream"}"#,
                BodyText::Error("Bad Gateway: upstream".to_owned()),
            ),
            (
                r#"{"Message":"It failed","ExceptionMessage":"x","StackTrace":"y"}"#,
                BodyText::Error("It failed: x".to_owned()),
            ),
            (
                r#"{"Message":"The request is invalid.","ModelState":{"r.Ids[0]":["Not a number.","Too long."],"x":"y"}}"#,
                BodyText::Error(
                    "The request is invalid. r.Ids[0]: Not a number. Too long.; x: y".to_owned(),
                ),
            ),
            (
                r#"{"type":"x","title":"Not valid.","status":400,"errors":{"ids":["Empty."]},"traceId":"1"}"#,
                BodyText::Error("Not valid. ids: Empty.".to_owned()),
            ),
            (
                r#"{"Error":true,"ErrorType":"ArgumentException","Message":"Bad id"}"#,
                BodyText::Error("ArgumentException: Bad id".to_owned()),
            ),
            (
                "<!DOCTYPE html><HTML><Title>\n 404 -  Not\u{1b} found </TITLE>",
                BodyText::Page(Some("404 - Not\\x1b found".to_owned())),
            ),
            ("<html><body>x", BodyText::Page(None)),
            ("<xml/>", BodyText::Text("<xml/>".to_owned())),
            ("\u{feff} \n", BodyText::None),
            ("", BodyText::None),
            ("Bad gateway\x07", BodyText::Text("Bad gateway\\x07".to_owned())),
            ("\u{1f}\u{fffd}\x08\0\0\0\0\0\0\u{fffd}x", BodyText::Binary(15)),
        ];
        for (body, expected) in cases {
            assert_eq!(read_text(body.as_bytes(), &Mask::default()), expected, "{body:?}");
        }
    }

    #[test]
    fn error_of_the_web_api_is_found_with_its_type() {
        let refuses =
            |body: &str| WebApiError::find(body.as_bytes()).map(|it| it.refuses_credential());
        for (body, expected) in [
            (r#"{"Error":true}"#, Some(false)),
            (r#"{"ErrorMessage":"Authentication"}"#, Some(false)),
            ("\u{feff} {\"errorType\":\"SoException\"}\n", Some(false)),
            (r#"{"Error":true,"ErrorType":"SoAuthenticationException"}"#, Some(true)),
            (r#"{"ErrorType":"System.UnauthorizedAccessException"}"#, Some(true)),
            (r#"{"ErrorType":"SoSecurityException"}"#, Some(true)),
            (r#"{"Message":"Authorization has been denied for this request."}"#, None),
            (r#"{"Error":false,"ErrorType":null}"#, None),
            (r#"[{"Error":true}]"#, None),
            (r#"{"Error":true"#, None),
            ("", None),
        ] {
            assert_eq!(refuses(body), expected, "{body}");
        }
    }

    proptest! {
        #[test]
        fn no_body_can_control_a_terminal(body in proptest::collection::vec(any::<u8>(), 0..200), title in any::<String>()) {
            prop_assert!(!read_text(&body, &Mask::default()).as_suffix().contains(escape::is_unsafe));
            let page = format!("<html><title>{title}</title>");
            prop_assert!(!read_text(page.as_bytes(), &Mask::default()).as_suffix().contains(escape::is_unsafe));
        }
    }
}
