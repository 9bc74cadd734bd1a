//! The chain of causes below an error of the HTTP library.

use std::error::Error as StdError;
use std::io;

use crate::escape;

/// Returns the error of the transport below `error`; `None` if the decoding of what arrived
/// failed.
pub(crate) fn transport_error(error: &io::Error) -> Option<&reqwest::Error> {
    error.get_ref()?.downcast_ref()
}

/// Returns true if the connection was closed before there was an answer.
pub(in crate::http) fn is_closed(error: &reqwest::Error) -> bool {
    chain(error).any(|cause| {
        let kind = cause.downcast_ref().map(io::Error::kind);
        cause.downcast_ref().is_some_and(hyper::Error::is_incomplete_message)
            || matches!(
                kind,
                Some(
                    io::ErrorKind::ConnectionReset
                        | io::ErrorKind::ConnectionAborted
                        | io::ErrorKind::BrokenPipe
                        | io::ErrorKind::UnexpectedEof
                )
            )
    })
}

/// Returns the first cause of the type `E`.
pub(in crate::http) fn find_cause<'e, E: StdError + 'static>(
    error: &'e (dyn StdError + 'static),
) -> Option<&'e E> {
    chain(error).find_map(|cause| cause.downcast_ref())
}

/// Returns `error` and its causes, the outermost first.
pub(super) fn chain<'e>(
    error: &'e (dyn StdError + 'static),
) -> impl Iterator<Item = &'e (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error: &&'e (dyn StdError + 'static)| {
        let error: &'e (dyn StdError + 'static) = *error;
        // The source of an I/O error is that of the error that it wraps.
        match error.downcast_ref().and_then(io::Error::get_ref) {
            Some(wrapped) => Some(wrapped as &(dyn StdError + 'static)),
            None => error.source(),
        }
    })
}

/// Returns the innermost cause as text: of the operating system, of TLS or of HTTP.
pub(crate) fn root(error: &(dyn StdError + 'static)) -> String {
    let cause = chain(error).last().map(ToString::to_string).unwrap_or_default();
    escape::excerpt(&cause, 200)
}
