//! The request as a curl command, for a dry run.

use std::fmt::Write as _;

use super::request::{Header, HeaderText, Request};

/// A POSIX shell script that sends `request` with curl. It holds no secret: each
/// stands in it as a variable, and reaches curl by its standard input, because
/// arguments can be read by every user of the machine.
#[must_use]
pub fn script(request: &Request) -> String {
    let headers = request.headers();
    let mut script = String::new();
    for export in headers.iter().filter_map(Header::held).filter_map(|held| held.export.as_ref()) {
        // A quoted word may hold a line break, and what follows it is no command.
        let _ = writeln!(script, "# first: {}", export.replace('\n', "\n# "));
    }
    script.push_str("curl --config - <<END\n");
    let mut line = |option: &str, value: &str| {
        let _ = writeln!(script, "{option} = \"{value}\"");
    };
    line("url", &quoted(request.url().as_str()));
    line("data", &quoted(&request.body()));
    for header in &headers {
        match &header.text {
            HeaderText::Plain(value) if value.is_empty() => {
                line("header", &quoted(&format!("{};", header.name)));
            }
            HeaderText::Plain(value) => {
                line("header", &quoted(&format!("{}: {value}", header.name)));
            }
            HeaderText::Secret { prefix, secret } => {
                let start = quoted(&format!("{}: {prefix}", header.name));
                line("header", &format!("{start}{}", from_variable(&secret.variable)));
            }
            HeaderText::Basic { user, password } => {
                let start = quoted(&format!("{user}:"));
                line("user", &format!("{start}{}", from_variable(&password.variable)));
            }
        }
    }
    script.push_str("globoff\ncompressed\nsilent\nshow-error\nEND\n");
    script
}

/// `text` inside the quotes of curl's configuration, inside a here-document.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            // A backslash before `"` for curl; the shell halves `\\` here.
            '"' => out.push_str("\\\\\""),
            '\\' => out.push_str("\\\\\\\\"),
            '$' | '`' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

/// The variable's value with curl's own escapes, since a password may hold a
/// quote or a backslash.
fn from_variable(name: &str) -> String {
    format!(r#"$(printf %s "${name}" | sed 's/[\\"]/\\&/g')"#)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shell_and_curl_would_read_is_escaped() {
        assert_eq!(quoted(r#"a"b\c$d`e"#), r#"a\\"b\\\\c\$d\`e"#);
    }
}
