//! The transport of a command: its events become lines on standard error, and progress.

use std::cell::RefCell;

use crate::context::Context;
use crate::http::event::Event;
use crate::http::network::Network;
use crate::http::trace;
use crate::http::transport::Transport;

use super::messages;
use super::progress::Progress;

/// Runs `operation` with a transport that reports on standard error; with `verbose`, also the
/// HTTP trace.
pub(crate) fn with_transport<T>(
    context: &mut Context<'_>,
    network: &Network,
    verbose: bool,
    operation: impl FnOnce(&Transport<'_>) -> T,
) -> T {
    let clock = context.clock();
    let progress = Progress::for_call(context, verbose);
    let context = RefCell::new(context);
    let listener = |event: &Event<'_>| {
        progress.update(event);
        report(&mut context.borrow_mut(), verbose, event);
    };
    operation(&Transport::new(network, clock, &listener, progress.alarm()))
}

/// Reports `event` on standard error, as far as it is for everyone or `verbose`.
pub(super) fn report(context: &mut Context<'_>, verbose: bool, event: &Event<'_>) {
    notices(event, verbose).iter().for_each(|notice| notice.print(context, ""));
}

/// A message about an event.
pub(super) enum Notice {
    Line(String),
    Warning { message: String, hint: String },
}

impl Notice {
    /// Prints it on standard error; a line begins with `prefix`.
    pub(super) fn print(&self, context: &mut Context<'_>, prefix: &str) {
        match self {
            Self::Line(line) => messages::line(context, &format!("{prefix}{line}")),
            Self::Warning { message, hint } => {
                messages::warning(context, message);
                messages::hint(context, hint);
            }
        }
    }
}

/// Returns the messages about `event` that are for everyone or `verbose`.
pub(super) fn notices(event: &Event<'_>, verbose: bool) -> Vec<Notice> {
    if let Event::Warning { message, hint } = event {
        return vec![Notice::Warning { message: (*message).into(), hint: (*hint).into() }];
    }
    match trace::notice(event) {
        Some(notice) => vec![Notice::Line(notice)],
        None if verbose => trace::lines(event).into_iter().map(Notice::Line).collect(),
        None => Vec::new(),
    }
}
