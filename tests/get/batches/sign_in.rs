//! Several calls with a stored sign-in.

use crate::support::at_once;
use crate::support::online_server::OnlineServer;
use crate::support::online_server::test_user::TestUser;

fn signed_in(service: &OnlineServer) -> TestUser<'_> {
    let test_user = TestUser::new(service);
    let (run, _) = test_user.sign_in(&[]);
    assert_eq!(run.code, 0, "{run}");
    test_user
}

const BATCHES: [&str; 6] = ["840..846", "--batch-size", "1", "--jobs", "8", "--allow-missing"];

#[test]
fn refused_token_is_renewed_once_for_all_batches_of_many_runs() {
    let service = OnlineServer::tls();
    let test_user = signed_in(&service);
    service.state().sign_in.access.clear();
    for run in at_once(20, || test_user.get(&BATCHES)) {
        assert_eq!(run.code, 0, "{run}");
    }
    assert_eq!(service.exchanges("refresh_token"), 1);
}

#[test]
fn tenant_is_looked_up_once_for_all_batches() {
    let service = OnlineServer::tls();
    let test_user = signed_in(&service);
    // The sign-in has left the address in the cache.
    std::fs::remove_dir_all(test_user.home.path().join(".cache")).expect("a cache");
    service.steps();
    let run = test_user.get(&BATCHES);
    assert_eq!((run.code, service.calls("state")), (0, 1), "{run}");
    assert_eq!(service.calls("tickets"), 8);
}

#[test]
fn failed_renewal_is_made_once_and_is_about_no_batch() {
    let service = OnlineServer::tls();
    let test_user = signed_in(&service);
    service.state().sign_in.access.clear();
    for grant in service.state().sign_in.grants.values_mut() {
        grant.is_revoked = true;
    }
    let run = test_user.get(&BATCHES);
    assert_eq!((run.code, run.stdout.as_str()), (4, ""), "{run}");
    let message = "error: the sign-in was not renewed: invalid_grant: ";
    assert!(run.stderr.starts_with(message), "{run}");
    assert_eq!(service.exchanges("refresh_token"), 1);
}
