//! `auth login` with the browser: the profile that it writes, and a profile that signs in again.

mod again;
mod check;
mod profile;

use crate::support::Run;
use crate::support::online_server::test_user::{Got, TestUser, Waiting};

const TICKET: &str = "TicketId,Title\n839,Printer\n";

/// Signs in with a profile that has its own client id: without the variables for it.
fn sign_in_plain(test_user: &TestUser<'_>, arguments: &[&str]) -> (Run, Got) {
    let mut command = test_user.command(&[&["auth", "login", "--no-browser"], arguments].concat());
    command.env_remove("SOTICKETS_CLIENT_ID").env_remove("SOTICKETS_CLIENT_SECRET");
    command.env_remove("SOTICKETS_ENVIRONMENT");
    let waiting = Waiting::start(command);
    let page = test_user.browse(waiting.url.as_str());
    let run = waiting.end();
    assert!(!run.stderr.contains("canary"), "{run}");
    assert!(!test_user.configuration().contains("canary"));
    (run, page)
}
