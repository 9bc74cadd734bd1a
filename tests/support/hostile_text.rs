//! Hostile texts: they could drive a terminal, or mean something to Markdown, HTML or a spreadsheet,
//! or have an unusual width.

use proptest::prelude::*;
use proptest::string::string_regex;

/// Pieces that mean something to a terminal, a renderer or a spreadsheet.
const PIECES: &[&str] = &[
    "\x1b[2J",
    "\x1b[31m",
    "\x1b]0;title\x07",
    "\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\",
    "\x1b]52;c;ZXZpbA==\x07",
    "\x1bP$q\"p\x1b\\",
    "\u{9b}1m",
    "\u{9d}0;title\u{9c}",
    "\u{90}q\u{9c}",
    "\u{85}",
    "\0",
    "\x07",
    "\x08",
    "\x7f",
    "\r",
    "\n",
    "\r\n",
    "\t",
    "\u{b}",
    "\u{c}",
    "\u{202e}",
    "\u{202a}",
    "\u{2066}",
    "\u{2069}",
    "\u{2028}",
    "\u{2029}",
    "\u{200b}",
    "\u{200d}",
    "\u{200e}",
    "\u{feff}",
    "\u{ad}",
    "e\u{301}",
    "\u{301}",
    "\u{20e3}",
    "\u{fe0f}",
    "👩\u{200d}💻",
    "🇳🇴",
    "☺\u{fe0f}",
    "👍🏽",
    "世界",
    "ｗ",
    "한국",
    "\u{1100}\u{1161}\u{11a8}",
    "עברית",
    "العربية",
    "لا",
    "\u{fffd}",
    "\u{10ffff}",
    "|",
    "\\",
    "\\|",
    "`",
    "``",
    "*",
    "**b**",
    "_",
    "~~",
    "[x](http://a.example)",
    "![x](http://a.example/x.png)",
    "[x]",
    "[^1]",
    "<b>",
    "</script>",
    "</style><script>alert(1)</script>",
    "</td></tr></table>",
    "</title></desc></text></svg>",
    "<svg/onload=alert(1)>",
    "<img src=x onerror=alert(1)>",
    "\" onmouseover=\"alert(1)",
    "' autofocus onfocus='alert(1)",
    "<plaintext>",
    "<template>",
    "]]>",
    "<![CDATA[",
    "<!--",
    "&lt;",
    "javascript:alert(1)",
    "<!-- -->",
    "<http://a.example>",
    "<a@b.example>",
    "http://a.example/x",
    "https://a.example",
    "ftp://a.example",
    "mailto:a@b.example",
    "xmpp:a@b.example/c",
    "www.a.example",
    "WWW.a.example",
    "a@b.example",
    "a.b+c@d-e.example",
    "@",
    ":",
    "://",
    "&amp;",
    "&#124;",
    "&",
    "$x$",
    "#1",
    ":smile:",
    "==",
    "=1+1",
    "+1",
    "-1",
    "@SUM(1)",
    "\t=1",
    "\n=1",
    "＝1+1",
    "＠SUM(1)",
    "'",
    "\"",
    "\"\"",
    ",",
    ";",
    " ",
    "  ",
    "a",
    "word",
    "839",
];

/// Generates text of those pieces, of any characters, or of both.
pub fn text() -> impl Strategy<Value = String> {
    // A pattern that is a strategy itself would be parsed for each value.
    let pattern = |pattern| string_regex(pattern).expect("a pattern");
    let piece = prop_oneof![
        4 => proptest::sample::select(PIECES).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        1 => pattern("[\\x00-\\x1f\\x7f-\\u{9f}]"),
        1 => pattern("[a-z .]{1,12}"),
    ];
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

/// Returns whether `c` could move a cursor, or change a color or the order of text. The
/// expectation must not come from the code under test.
pub fn drives_a_terminal(c: char) -> bool {
    c.is_control()
        || ('\u{2028}'..='\u{202e}').contains(&c)
        || ('\u{2066}'..='\u{2069}').contains(&c)
}

/// Returns `text` as people must see it. This must not come from the code under test either.
pub fn visible(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' => r"\n".to_owned(),
            '\r' => r"\r".to_owned(),
            '\t' => r"\t".to_owned(),
            c if c.is_ascii_control() => format!(r"\x{:02x}", u32::from(c)),
            c if drives_a_terminal(c) => format!(r"\u{{{:x}}}", u32::from(c)),
            c => c.to_string(),
        })
        .collect()
}
