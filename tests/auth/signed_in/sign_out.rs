//! `auth logout --forget` and `auth logout --all`.

use std::fs;

#[cfg(target_os = "linux")]
use crate::support::Run;
use crate::support::online_server::OnlineServer;
use crate::support::online_server::test_user::TestUser;

const FILE: &str = "# mine\ndefault_profile = \"work\"\n\n# at work\n[profiles.work]\nlanguage = 'nb' # c\n\n[profiles.home]\nlanguage = 'da'";

/// Returns a user with the configuration file [`FILE`].
fn user(service: &OnlineServer) -> TestUser<'_> {
    let user = TestUser::new(service);
    fs::create_dir_all(user.home.path().join("config/sotickets")).expect("a folder");
    fs::write(config(&user), FILE).expect("a file");
    user
}

fn config(user: &TestUser<'_>) -> std::path::PathBuf {
    user.home.path().join("config/sotickets/config.toml")
}

fn text(user: &TestUser<'_>) -> String {
    fs::read_to_string(config(user)).expect("a file")
}

fn sign_in(user: &TestUser<'_>, arguments: &[&str]) {
    let (run, _) = user.sign_in(arguments);
    assert_eq!(run.code, 0, "{run}");
}

#[test]
fn forget_removes_the_sign_in_and_the_profile() {
    let service = OnlineServer::tls();
    let user = user(&service);
    sign_in(&user, &[]);
    insta::assert_snapshot!(user.shown(&user.run(&["auth", "logout", "--forget"])), @"
    --- stderr
    the sign-in of profile 'work' is forgotten
    profile 'work' is removed from HOME/config/sotickets/config.toml; there is no default profile now
    its tokens are revoked
    --- exit code 0
    ");
    assert_eq!(user.kept("sign-in-work.json"), None);
    assert_eq!(text(&user), "# mine\n\n[profiles.home]\nlanguage = 'da'");
}

#[test]
fn forget_without_a_sign_in_removes_the_profile() {
    let service = OnlineServer::tls();
    let user = user(&service);
    let run = user.run(&["auth", "logout", "--profile", "home", "--forget"]);
    insta::assert_snapshot!(user.shown(&run), @"
    --- stderr
    nothing was kept for profile 'home'
    profile 'home' is removed from HOME/config/sotickets/config.toml
    --- exit code 0
    ");
    assert_eq!(text(&user), FILE.split("\n\n[profiles.home]").next().expect("a part"));
    assert_eq!(service.state().requests.len(), 0);
    fs::write(config(&user), "[profiles.home]\n").expect("a file");
    insta::assert_snapshot!(user.shown(&user.run(&["auth", "logout", "--forget"])), @"
    --- stderr
    error: --forget: no profile is in use
    hint: name the profile with --profile NAME
    --- exit code 2
    ");
}

#[cfg(unix)]
#[test]
fn file_that_cannot_be_changed_keeps_the_sign_in() {
    use std::os::unix::fs::PermissionsExt as _;

    let service = OnlineServer::tls();
    let user = user(&service);
    sign_in(&user, &[]);
    let before = text(&user);
    fs::set_permissions(config(&user), fs::Permissions::from_mode(0o444)).expect("rights");
    for arguments in [&["auth", "logout", "--forget"][..], &["auth", "logout", "--forget", "--all"]]
    {
        insta::allow_duplicates! {
            insta::assert_snapshot!(user.shown(&user.run(arguments)), @"
            --- stderr
            error: HOME/config/sotickets/config.toml is read-only; nothing was changed
            hint: make it writable, or name another file with --config PATH
            --- exit code 2
            ");
        }
    }
    assert!(user.kept("sign-in-work.json").is_some());
    assert_eq!(text(&user), before);
}

#[test]
fn all_signs_out_of_every_profile_and_forget_removes_those() {
    let service = OnlineServer::tls();
    let user = user(&service);
    sign_in(&user, &[]);
    sign_in(&user, &["--profile", "home"]);
    fs::write(config(&user), FILE.replace("home", "side")).expect("a file");
    let shown = |arguments: &[&str]| user.shown(&user.run(arguments));
    insta::assert_snapshot!(shown(&["auth", "logout", "--all", "--forget"]), @"
    --- stderr
    the sign-in of profile 'home' is forgotten
    its tokens are revoked
    the sign-in of profile 'work' is forgotten
    profile 'work' is removed from HOME/config/sotickets/config.toml; there is no default profile now
    its tokens are revoked
    nothing was kept for profile 'side'
    profile 'side' is removed from HOME/config/sotickets/config.toml
    --- exit code 0
    ");
    assert_eq!(text(&user), "# mine");
    assert!(service.state().sign_in.grants.values().all(|grant| grant.is_revoked));
    sign_in(&user, &[]);
    sign_in(&user, &["--profile", "side"]);
    fs::write(user.file("sign-in-side.json"), "damaged").expect("a file");
    insta::assert_snapshot!(shown(&["auth", "logout", "--all"]), @"
    --- stderr
    the sign-in of profile 'Cust12345' is forgotten
    its tokens are revoked
    the sign-in of profile 'side' is forgotten
    warning: it was damaged, and so could not be revoked
    --- exit code 0
    ");
    assert_eq!(
        shown(&["auth", "logout", "--all"]),
        "--- stderr\nnothing was kept\n--- exit code 0"
    );
    assert_eq!(user.run(&["auth", "logout", "--all", "--profile", "side"]).code, 2);
}

#[test]
fn sign_in_of_a_profile_that_is_gone_is_removed_by_its_name() {
    let service = OnlineServer::tls();
    let user = user(&service);
    sign_in(&user, &["--profile", "home"]);
    fs::write(config(&user), FILE.replace("home", "side")).expect("a file");
    let logout = ["auth", "logout", "--profile", "home"];
    insta::assert_snapshot!(user.shown(&user.run(&logout)), @"
    --- stderr
    the sign-in of profile 'home' is forgotten
    its tokens are revoked
    --- exit code 0
    ");
    assert_eq!(user.kept("sign-in-home.json"), None);
    let run = user.run(&logout);
    assert_eq!(run.code, 2, "{run}");
    assert!(run.stderr.contains("the profile 'home' does not exist in "), "{run}");
}

#[test]
fn all_goes_on_after_tokens_that_could_not_be_revoked() {
    let service = OnlineServer::tls();
    let user = user(&service);
    sign_in(&user, &["--profile", "home"]);
    sign_in(&user, &[]);
    let stored = user.kept("sign-in-home.json").expect("a sign-in");
    let broken = stored.replace(&service.url, "https://localhost:1");
    fs::write(user.file("sign-in-home.json"), broken).expect("a file");
    let run = user.run(&["auth", "logout", "--all"]);
    assert_eq!(run.code, 6, "{run}");
    assert!(
        run.stderr.contains("the sign-in of profile 'work' is forgotten\nits tokens are"),
        "{run}"
    );
    assert!(run.stderr.contains("error: could not connect"), "{run}");
    assert_eq!((user.kept("sign-in-home.json"), user.kept("sign-in-work.json")), (None, None));
}

#[cfg(target_os = "linux")]
#[test]
fn keyring_that_is_gone_is_left_by_forget() {
    let service = OnlineServer::tls();
    let user = user(&service);
    sign_in(&user, &[]);
    service.steps();
    let kept = user.kept("sign-in-work.json").expect("a sign-in");
    let mut kept: serde_json::Value = serde_json::from_str(&kept).expect("JSON");
    kept["place"] = "keyring".into();
    fs::write(user.file("sign-in-work.json"), kept.to_string()).expect("a file");
    let run = |arguments: &[&str]| {
        let mut command = user.command(arguments);
        command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus");
        user.shown(&Run::from(command.output().expect("a result")))
    };
    let status = ["auth", "status", "--profile", "work"];
    for arguments in [&["get", "839"][..], &status, &["auth", "logout"]] {
        let shown = run(arguments);
        assert!(shown.contains("error: the sign-in of profile 'work': no keyring is"), "{shown}");
        let hint = "hint: sotickets auth login --profile work --store file keeps it in a file\n";
        let is_logout = arguments == ["auth", "logout"];
        assert_eq!(shown.contains(hint), !is_logout, "{shown}");
        assert!(shown.ends_with("--- exit code 2"), "{shown}");
        let leads_to_forget = shown.contains("hint: --forget removes the profile");
        assert_eq!(leads_to_forget, is_logout, "{shown}");
    }
    assert!(user.kept("sign-in-work.json").is_some());
    insta::assert_snapshot!(run(&["auth", "logout", "--forget"]), @"
    --- stderr
    the sign-in of profile 'work' is forgotten
    profile 'work' is removed from HOME/config/sotickets/config.toml; there is no default profile now
    warning: its tokens are not revoked, and may still be in the keyring: the sign-in of profile 'work': no keyring is available: DBus error: Failed to connect to socket /nowhere/bus: No such file or directory
    --- exit code 0
    ");
    assert_eq!(user.kept("sign-in-work.json"), None);
    assert_eq!(text(&user), "# mine\n\n[profiles.home]\nlanguage = 'da'");
    assert!(service.steps().is_empty());
}
