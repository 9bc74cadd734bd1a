//! `auth status` and `auth logout` of a profile with a credential of its own.

use super::{Person, USER, server};
use crate::support::Run;

#[test]
fn status_shows_the_credential_and_logout_removes_what_is_kept() {
    let (server, person) = (server(), Person::new());
    assert_eq!(person.login(&server.url(), &USER, "pw").code, 0);
    insta::assert_snapshot!(server.shown(&person.run(&["auth", "status"])), @"
    profile   127-0-0-1 (the default)
    kind      user and password (Basic)
    user      tim
    address   http://HOST:PORT
    password  HOME/state/sotickets/secret-127-0-0-1%2Fpassword; it is there
    --- exit code 0
    ");
    insta::assert_snapshot!(person.run(&["auth", "logout"]), @"
    --- stderr
    the password of profile '127-0-0-1' is forgotten
    --- exit code 0
    ");
    assert!(person.state_files().is_empty());
    insta::assert_snapshot!(server.shown(&person.run(&["auth", "status"])), @"
    profile   127-0-0-1 (the default)
    kind      user and password (Basic)
    user      tim
    address   http://HOST:PORT
    password  HOME/state/sotickets/secret-127-0-0-1%2Fpassword; it is missing
    --- stderr
    error: the password of profile '127-0-0-1' is missing
    hint: keep it again: sotickets auth login --profile 127-0-0-1
    --- exit code 4
    ");
    insta::assert_snapshot!(person.run(&["auth", "logout"]), @"
    --- stderr
    no password of profile '127-0-0-1' was kept
    --- exit code 0
    ");
    assert_eq!(server.calls(), 1);
}

#[test]
fn secret_of_ones_own_is_shown_and_never_deleted() {
    let text = "[profiles.a]\nurl = \"https://crm.invalid\"\ntoken = \"file:t\"\napp_token = \"env:APP\"\n[profiles.b]\ntenant = \"Cust12345\"\nticket = \"command:false\"\n";
    let person = Person::with_configuration(text);
    let file = person.configuration_file().with_file_name("t");
    std::fs::write(&file, "8A:x").expect("a file");
    let run = |arguments: &[&str], profile: &str| {
        let all = [&["auth"], arguments, &["--profile", profile]].concat();
        person.shown(Run::of(person.command(&all).env("APP", "app")))
    };
    insta::assert_snapshot!(run(&["status"], "a"), @"
    profile    a
    kind       token (Bearer)
    address    https://crm.invalid
    token      file:t; it is there
    app_token  env:APP; it is there
    --- exit code 0
    ");
    insta::assert_snapshot!(run(&["status"], "b"), @"
    profile      b
    kind         ticket (SOTicket)
    tenant       Cust12345
    environment  online
    ticket       command:…; each call runs it
    --- exit code 0
    ");
    insta::assert_snapshot!(run(&["logout"], "a"), @"
    --- stderr
    nothing was kept for token file:t of profile 'a' (HOME/config/sotickets/config.toml, line 3), which is your own
    nothing was kept for app_token env:APP of profile 'a' (HOME/config/sotickets/config.toml, line 4), which is your own
    --- exit code 0
    ");
    assert!(file.exists());
    std::fs::remove_file(&file).expect("a file");
    let missing = run(&["status"], "a");
    assert_eq!(missing.code, 4, "{missing}");
    assert!(missing.stderr.contains("error: the token of profile 'a' is missing\n"), "{missing}");
}

#[test]
fn logout_of_all_removes_the_kept_secret_of_each_profile() {
    let (server, person) = (server(), Person::new());
    for name in ["a", "b"] {
        let run = person.login(&server.url(), &[&USER[..], &["--profile", name]].concat(), "pw");
        assert_eq!(run.code, 0, "{run}");
    }
    assert_eq!(person.state_files().len(), 2);
    let run = person.run(&["auth", "logout", "--all"]);
    assert_eq!((run.code, person.state_files().len()), (0, 0), "{run}");
    for name in ["a", "b"] {
        assert!(run.stderr.contains(&format!("the password of profile '{name}' is forgotten\n")));
    }
}
