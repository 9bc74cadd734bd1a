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
    if let Event::Warning { message, hint } = event {
        messages::warning(context, message);
        messages::hint(context, hint);
    } else if let Some(notice) = trace::notice(event) {
        messages::line(context, &notice);
    } else if verbose {
        trace::lines(event).iter().for_each(|line| messages::line(context, line));
    }
}
