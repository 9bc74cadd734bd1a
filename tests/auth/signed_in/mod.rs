//! A stored sign-in: used, renewed, shown and removed.

mod commands;
mod renewal;
mod sign_out;
mod storage;

use crate::support::online_server::OnlineServer;
use crate::support::online_server::test_user::{SIGN_IN, TestUser};

const TICKET: &str = "TicketId,Title\n839,Printer\n";

/// Returns a user who is signed in at `service`, which counts requests from here on.
fn signed_in(service: &OnlineServer) -> TestUser<'_> {
    let test_user = TestUser::new(service);
    let (run, _) = test_user.sign_in(&[]);
    assert_eq!(run.code, 0, "{run}");
    service.steps();
    test_user
}

/// Changes the stored sign-in so that its access token has ended.
pub(super) fn age(test_user: &TestUser<'_>) {
    let text = test_user.kept(SIGN_IN).expect("a sign-in");
    let mut kept: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    kept["place"]["file"]["expires"] = "2020-01-01T00:00:00Z".into();
    std::fs::write(test_user.file(SIGN_IN), kept.to_string()).expect("a file");
}
