//! What is said on standard error: one fact a line.

use std::io::Write;

use crate::api::request::Request;

/// Writes `line`. That standard error cannot be written to is nothing that could
/// be told to anyone.
pub fn line(stderr: &mut dyn Write, line: &str) {
    let _ = writeln!(stderr, "{line}");
}

/// Writes a warning: something was printed, and something is to be known of it.
pub fn warning(stderr: &mut dyn Write, text: &str) {
    line(stderr, &format!("warning: {text}"));
}

/// Writes what to do next.
pub fn hint(stderr: &mut dyn Write, text: &str) {
    line(stderr, &format!("hint: {text}"));
}

/// Writes a warning, where there is one, with what to do about it.
pub fn advise(stderr: &mut dyn Write, advice: Option<&(String, String)>) {
    if let Some((text, what_to_do)) = advice {
        warning(stderr, text);
        hint(stderr, what_to_do);
    }
}

/// Warns where the server that `request` goes to is not held to its certificate.
pub fn warn_if_unchecked(stderr: &mut dyn Write, request: &Request) {
    if request.connection.tls.trusts_anyone() && !request.address.is_plain_http() {
        let place = request.address.host_and_port();
        warning(stderr, &format!("the certificate of {place} is not checked (--insecure)"));
    }
}
