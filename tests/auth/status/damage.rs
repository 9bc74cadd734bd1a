//! Damage is reported for its profile, and hides no other profile.

use super::super::login_profile::Person;
use super::FOUR;
use crate::support::Run;

/// Returns the names, each with its error, and the exit code.
fn errors(run: &Run) -> (Vec<(String, String)>, i32) {
    let list: Vec<serde_json::Value> = serde_json::from_str(&run.stdout).expect("JSON");
    let text = |value: &serde_json::Value| value.as_str().unwrap_or("-").to_owned();
    (list.iter().map(|it| (text(&it["name"]), text(&it["error"]))).collect(), run.code)
}

#[test]
fn damaged_session_file_is_reported_for_its_profile() {
    let person = Person::with_four_profiles();
    person.keep("sign-in-online.json", "{\"service\":\"canary\"}");
    let run = person.shown(Run::of(&mut person.status(&[])));
    assert!(run.stdout.contains("\nprofile  helper\n"), "{run}");
    assert!(!run.to_string().contains("canary"), "{run}");
    insta::assert_snapshot!(Run { stdout: String::new(), ..run }, @"
    --- stderr
    error: the sign-in of profile 'online' cannot be read: HOME/state/sotickets/sign-in-online.json: it is damaged
    hint: sign in again: sotickets auth login --profile online
    --- exit code 4
    ");
}

#[test]
fn profile_that_cannot_be_used_hides_no_other() {
    let lines = [
        ("colour = true\n", "unknown key 'colour'"),
        ("tenant = \"Cust12345\"\n", "profile 'broken' has a url and a tenant"),
        (
            "token = \"env:A\"\nticket = \"env:B\"\n",
            "two credentials are given in profile 'broken'",
        ),
        ("password = \"env:A\"\n", "a password is given, but no user"),
        ("token = \"8A:canary\"\n", "token takes the place where the secret is kept"),
    ];
    for (lines, message) in lines {
        let text = format!("{FOUR}\n[profiles.broken]\nurl = \"https://crm.invalid\"\n{lines}");
        let person = Person::with_four_profiles();
        std::fs::write(person.configuration_file(), text).expect("a file");
        let run = Run::of(&mut person.status(&["-o", "json"]));
        let (list, code) = errors(&run);
        assert_eq!((list.len(), code), (5, 2), "{run}");
        assert!(list[4].0 == "broken" && list[4].1.contains(message), "{list:?}");
        assert!(list[..4].iter().all(|(_, error)| error == "-"), "{list:?}");
        assert!(run.stderr.contains(message) && !run.to_string().contains("canary"), "{run}");
        assert_eq!(run.stderr.matches("error: ").count(), 1, "{run}");
        // A call would refuse the file, too.
        let one = Run::of(&mut person.status(&["-o", "json", "--profile", "broken"]));
        assert_eq!(errors(&one), (vec![list[4].clone()], 2));
    }
}

#[test]
fn syntax_error_is_reported_once_with_the_names_of_all_profiles() {
    let person = Person::with_four_profiles();
    std::fs::write(person.configuration_file(), format!("{FOUR}oops\n")).expect("a file");
    let run = Run::of(&mut person.status(&["-o", "json"]));
    let (list, code) = errors(&run);
    let names: Vec<&str> = list.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!((names, code), (vec!["office", "online", "nightly", "helper"], 2), "{run}");
    assert!(list.iter().all(|(_, error)| error.contains("this is not TOML")), "{list:?}");
    assert_eq!(run.stderr.matches("error: ").count(), 1, "{run}");
}

#[test]
fn unreadable_file_hides_no_sign_in() {
    let person = Person::with_four_profiles();
    std::fs::remove_file(person.configuration_file()).expect("a file");
    std::fs::create_dir(person.configuration_file()).expect("a folder");
    let run = person.shown(Run::of(&mut person.status(&["-o", "json"])));
    assert_eq!(errors(&run), (vec![("online".to_owned(), "-".to_owned())], 2), "{run}");
    assert!(run.stderr.starts_with("error: HOME/config/sotickets/config.toml: "), "{run}");
}

#[test]
fn default_profile_that_does_not_exist_is_reported_after_the_list() {
    let person = Person::with_four_profiles();
    let text = FOUR.replace("default_profile = \"office\"", "default_profile = \"ofice\"");
    std::fs::write(person.configuration_file(), text).expect("a file");
    let run = Run::of(&mut person.status(&["-o", "json"]));
    assert_eq!((errors(&run).0.len(), run.code), (4, 2), "{run}");
    assert!(
        run.stderr.contains("the profile 'ofice' does not exist\nhint: did you mean office?"),
        "{run}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn keyring_without_an_answer_is_waited_for_once() {
    let text = "[profiles.a]\nurl = \"https://crm.invalid\"\ntoken = \"keyring\"\n[profiles.b]\nurl = \"https://crm.invalid\"\ntoken = \"keyring\"\n[profiles.c]\nurl = \"https://crm.invalid\"\ntoken = \"prompt\"\n";
    let person = Person::with_configuration(text);
    let socket = person.home.path().join("bus");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).expect("a socket");
    let mut command = person.status(&[]);
    command.env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", socket.display()));
    let run = person.shown(Run::of(command.timeout(std::time::Duration::from_secs(100))));
    insta::assert_snapshot!(run, @"
    profile  a
    kind     token (Bearer)
    address  https://crm.invalid
    token    the keyring; it cannot be read: the keyring did not answer within 10 s

    profile  b
    kind     token (Bearer)
    address  https://crm.invalid
    token    the keyring; it cannot be read: the keyring did not answer within 10 s; it was not asked again

    profile  c
    kind     token (Bearer)
    address  https://crm.invalid
    token    prompt; each call asks for it
    --- stderr
    error: token keyring of profile 'a' (HOME/config/sotickets/config.toml, line 3): the keyring did not answer within 10 s
    error: token keyring of profile 'b' (HOME/config/sotickets/config.toml, line 6): the keyring did not answer within 10 s; it was not asked again
    hint: sotickets auth login --profile a --store file keeps it in a file
    hint: sotickets auth login --profile b --store file keeps it in a file
    --- exit code 2
    ");
}
