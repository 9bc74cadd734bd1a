//! Text inside HTML.

use std::fmt::{self, Display, Formatter};

/// Text that is only text, inside an element or an attribute in quotation marks. Control
/// characters have to be visible escapes before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Escaped<'a>(pub(super) &'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
            f.write_str(&rest[..at])?;
            f.write_str(match rest.as_bytes()[at] {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                b'"' => "&quot;",
                _ => "&#39;",
            })?;
            rest = &rest[at + 1..];
        }
        f.write_str(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_characters_are_escaped() {
        let cases = [
            ("plain æ世", "plain æ世"),
            ("</script>", "&lt;/script&gt;"),
            ("&amp; \"a\" 'b'", "&amp;amp; &quot;a&quot; &#39;b&#39;"),
            ("]]><!--", "]]&gt;&lt;!--"),
        ];
        for (text, html) in cases {
            assert_eq!(Escaped(text).to_string(), html);
        }
    }
}
