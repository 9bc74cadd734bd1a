//! A check of tokens and tickets that a server gave.

/// The longest token that is accepted. No server reads a longer header.
const MAX_BYTES: usize = 64 * 1024;

/// Checks that `token` fits into a header: visible ASCII and blanks (RFC 6749, appendix A).
///
/// # Errors
/// The reason why it cannot be used.
pub(super) fn check(token: &str) -> Result<(), &'static str> {
    if token.trim().is_empty() {
        Err("it is empty")
    } else if token.len() > MAX_BYTES {
        Err("it is longer than 64 KiB")
    } else if token.contains(char::is_control) {
        Err("it holds a line break or another control character")
    } else if !token.is_ascii() {
        Err("it holds a character that is not ASCII")
    } else {
        Ok(())
    }
}
