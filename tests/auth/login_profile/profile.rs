//! The profile that is written: its keys, its name, the default, and what is replaced.

use super::{Person, USER, server};
use crate::support::portable::{self, ECHO};
use crate::support::site::{Conduct, Site};
use crate::support::tls::{Authority, TlsServer};
use crate::support::{Run, Server};

fn shown(person: &Person, server: &Server) -> String {
    person.configuration().replace(&server.url(), "URL")
}

#[test]
fn typed_settings_are_written() {
    let (server, person) = (server(), Person::new());
    let arguments =
        ["--language", "nb-no", "--timezone", "Europe/Oslo", "--basic-charset", "latin1"];
    let url = format!("{}/site/api/v1/", server.url());
    let run = person.login(&url, &[&USER[..], &arguments].concat(), "pw");
    assert_eq!(run.code, 0, "{run}");
    insta::assert_snapshot!(shown(&person, &server), @r#"
    default_profile = "127-0-0-1"

    [profiles.127-0-0-1]
    url = "URL/site"
    user = "tim"
    password = "stored"
    basic_charset = "latin1"
    language = "nb-no"
    timezone = "Europe/Oslo"
    "#);
}

#[test]
fn authority_is_kept_with_its_whole_path_and_insecure_is_not() {
    let (authority, person) = (Authority::new("Acme Root"), Person::new());
    std::fs::write(person.home.path().join("ca.pem"), &authority.pem).expect("a file");
    let server = TlsServer::start(authority.issue(&["localhost"], |_| ()).config(None));
    // Each sign-in asks for the version and for a ticket.
    let run = person.login(&server.url(), &[&USER[..], &["--insecure"]].concat(), "pw");
    assert_eq!((run.code, server.calls()), (0, 2), "{run}");
    assert!(run.stderr.contains("warning: --insecure is not kept"), "{run}");
    assert!(!person.configuration().contains("insecure"));
    assert_eq!(person.run(&["get", "839"]).code, 6);
    let arguments = [&USER[..], &["--cacert", "ca.pem", "--replace"]].concat();
    let run = person.login(&server.url(), &arguments, "pw");
    assert_eq!((run.code, server.calls()), (0, 4), "{run}");
    let path = person.home.path().join("ca.pem");
    let line = format!("cacert = {}\n", portable::toml_string(&path.display().to_string()));
    assert!(person.configuration().contains(&line));
    // The key stays when only the password changes.
    let run = person.login(&server.url(), &USER, "other");
    assert_eq!((run.code, server.calls()), (0, 6), "{run}");
    assert_eq!(person.run(&["get", "839"]).code, 0);
}

// A file of macOS has a name in UTF-8.
#[cfg(all(unix, not(target_vendor = "apple")))]
#[test]
fn path_that_a_profile_cannot_hold_is_refused() {
    use std::os::unix::ffi::OsStrExt as _;
    let (authority, person) = (Authority::new("Acme Root"), Person::new());
    let name = std::ffi::OsStr::from_bytes(b"c\xe5.pem");
    std::fs::write(person.home.path().join(name), &authority.pem).expect("a file");
    let server = TlsServer::start(authority.issue(&["localhost"], |_| ()).config(None));
    let url = server.url();
    let arguments = [&["auth", "login", "--store", "file", "--url", &url], &USER[..]].concat();
    let mut command = person.command(&arguments);
    let run = Run::of(command.arg("--cacert").arg(name).write_stdin("pw"));
    insta::assert_snapshot!(run, @"
    --- stderr
    error: the path c�.pem cannot be written into a profile
    hint: a path in a profile is absolute and UTF-8
    --- exit code 2
    ");
    assert_eq!(server.calls(), 0);
    person.assert_unchanged();
}

#[test]
fn proxy_is_written_without_its_login() {
    let (server, person) = (server(), Person::new());
    for (typed, written, is_warned) in [
        (server.url(), server.url(), false),
        (server.url().replace("http://", "http://tim@"), server.url(), true),
    ] {
        let arguments = [&USER[..], &["--allow-plain-http", "--proxy", &typed]].concat();
        let run = person.login("http://crm.invalid", &arguments, "pw");
        assert_eq!(run.code, 0, "{run}");
        assert!(person.configuration().contains(&format!("proxy = \"{written}\"\n")), "{run}");
        assert_eq!(run.stderr.contains("the user of the proxy is not kept"), is_warned, "{run}");
    }
    assert_eq!((person.run(&["get", "839"]).code, server.calls()), (0, 3));
}

#[test]
fn own_sources_are_written_as_they_are() {
    let (server, person) = (server(), Person::new());
    std::fs::write(person.home.path().join("pw.txt"), "pw\n").expect("a file");
    let echo = format!("command:{ECHO} pw");
    let sources = [
        ("env:PW", "env:PW".to_owned()),
        ("file:pw.txt", format!("file:{}", person.home.path().join("pw.txt").display())),
        (&*echo, echo.clone()),
    ];
    for (typed, written) in sources {
        let url = server.url();
        let login = ["auth", "login", "--url", &url, "--user", "tim", "--password", typed];
        let run = Run::of(person.command(&login).env("PW", "pw"));
        assert_eq!(run.code, 0, "{run}");
        let line = format!("password = {}\n", portable::toml_string(&written));
        assert!(person.configuration().contains(&line));
        assert_eq!(server.seen().header("authorization"), Some("Basic dGltOnB3"));
        let run = Run::of(person.command(&["get", "839"]).env("PW", "pw"));
        assert_eq!(run.code, 0, "{run}");
        assert_eq!(server.seen().header("authorization"), Some("Basic dGltOnB3"));
    }
    assert!(person.state_files().is_empty());
}

#[test]
fn variable_is_written_as_its_name() {
    let (server, person) = (server(), Person::new());
    let url = server.url();
    let mut command = person.command(&["auth", "login", "--url", &url]);
    command.env("SOTICKETS_USER", "tim").env("SOTICKETS_PASSWORD", "pw");
    let run = Run::of(&mut command);
    assert_eq!(run.code, 0, "{run}");
    assert!(!run.stderr.contains("warning"), "{run}");
    let line = format!("the password of SOTICKETS_PASSWORD is used for {url}\n");
    assert!(run.stderr.contains(&line), "{run}");
    insta::assert_snapshot!(shown(&person, &server), @r#"
    default_profile = "127-0-0-1"

    [profiles.127-0-0-1]
    url = "URL"
    user = "tim"
    password = "env:SOTICKETS_PASSWORD"
    "#);
}

#[test]
fn variable_that_overrides_the_profile_is_a_warning() {
    let (server, person) = (server(), Person::new());
    let all = ["auth", "login", "--store", "file", "--url", &server.url()];
    let mut command = person.command(&[&all[..], &USER].concat());
    command.env("SOTICKETS_TOKEN", "8A:x").env("SOTICKETS_USER", "tim").write_stdin("pw");
    let run = Run::of(&mut command);
    assert_eq!(run.code, 0, "{run}");
    let warning = "warning: calls use SOTICKETS_TOKEN in place of the profile\n";
    assert!(run.stderr.contains(warning), "{run}");
    assert_eq!(server.seen().header("authorization"), Some("Basic dGltOnB3"));
}

#[test]
fn name_of_another_address_or_user_gets_a_number() {
    let (one, other, person) = (server(), server(), Person::new());
    let login = |server: &Server, user: &str, input: &str| {
        let arguments = ["--user", user, "--password", "stdin"];
        let run = person.login(&server.url(), &arguments, input);
        assert_eq!(run.code, 0, "{run}");
        run
    };
    login(&one, "tim", "a");
    let run = login(&other, "tim", "b");
    assert!(run.stderr.contains("hint: sotickets get 839 --profile 127-0-0-1-2 uses it"), "{run}");
    login(&one, "ana", "c");
    // The same address and user have a profile already.
    login(&one, "tim", "d");
    let text = person.configuration().replace(&one.url(), "ONE").replace(&other.url(), "OTHER");
    insta::assert_snapshot!(text, @r#"
    default_profile = "127-0-0-1"

    [profiles.127-0-0-1]
    url = "ONE"
    user = "tim"
    password = "stored"

    [profiles.127-0-0-1-2]
    url = "OTHER"
    user = "tim"
    password = "stored"

    [profiles.127-0-0-1-3]
    url = "ONE"
    user = "ana"
    password = "stored"
    "#);
    let run = person.run(&["get", "839"]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(one.seen().header("authorization"), Some("Basic dGltOmQ="));
}

#[test]
fn default_option_makes_the_profile_the_default() {
    let person = Person::with_configuration("default_profile = \"a\"\n[profiles.a]\n");
    let server = server();
    let arguments = [&USER[..], &["--profile", "work"]].concat();
    assert_eq!(person.login(&server.url(), &arguments, "pw").code, 0);
    assert!(person.configuration().starts_with("default_profile = \"a\"\n"));
    let arguments = [&arguments[..], &["--default"]].concat();
    assert_eq!(person.login(&server.url(), &arguments, "pw").code, 0);
    assert!(person.configuration().starts_with("default_profile = \"work\"\n"));
}

#[test]
fn other_profile_of_the_name_is_replaced_only_on_request() {
    let before = "# mine\n[profiles.work] # here\nurl = \"https://crm.example.com\"\ntoken = \"env:T\"\nselect = \"Title\"\n";
    let (server, person) = (server(), Person::with_configuration(before));
    let arguments = [&USER[..], &["--profile", "work"]].concat();
    let run = person.login(&server.url(), &arguments, "pw");
    assert_eq!((run.code, server.calls()), (2, 0), "{run}");
    insta::assert_snapshot!(run, @"
    --- stderr
    error: profile 'work' exists, and would change in token, url, user, password
    hint: --replace replaces it, or name another: --profile NAME
    --- exit code 2
    ");
    assert_eq!((person.configuration().as_str(), person.state_files().len()), (before, 0));
    let arguments = [&arguments[..], &["--replace"]].concat();
    let run = person.login(&server.url(), &arguments, "pw");
    assert_eq!((run.code, server.calls()), (0, 1), "{run}");
    insta::assert_snapshot!(shown(&person, &server), @r#"
    default_profile = "work"

    # mine
    [profiles.work] # here
    url = "URL"
    select = "Title"
    user = "tim"
    password = "stored"
    "#);
}

#[test]
fn system_user_is_replaced_with_all_its_keys() {
    let table = "system_user = { token = \"env:A\", private_key = \"env:B\", application_token = \"env:C\" }";
    let dotted = "system_user.token = \"env:A\"\nsystem_user.private_key = \"env:B\"\nsystem_user.application_token = \"env:C\"";
    for written in [table, dotted] {
        let before = format!("[profiles.work]\ntenant = \"Cust12345\"\n{written}\n");
        let (server, person) = (server(), Person::with_configuration(&before));
        let arguments = [&USER[..], &["--profile", "work", "--replace"]].concat();
        let run = person.login(&server.url(), &arguments, "pw");
        assert_eq!(run.code, 0, "{run}");
        let text = person.configuration();
        assert!(!text.contains("system_user") && !text.contains("tenant"), "{text}");
        assert_eq!(person.run(&["get", "839"]).code, 0);
    }
}

#[test]
fn invalid_name_or_file_is_refused_before_the_call() {
    let server = server();
    let long = "a".repeat(51);
    for (text, name, message) in [
        ("", &*long, "is no name for a profile"),
        ("", "at work", "--profile: 'at work' is no name for a profile"),
        ("", "", "--profile: '' is no name for a profile"),
        ("[profiles.a\n", "a", "this is not TOML"),
    ] {
        let person = Person::with_configuration(text);
        let run = person.login(&server.url(), &[&USER[..], &["--profile", name]].concat(), "pw");
        assert_eq!((run.code, server.calls()), (2, 0), "{run}");
        assert!(run.stderr.contains(message), "{run}");
        assert_eq!((person.configuration().as_str(), person.state_files().len()), (text, 0));
    }
}

#[test]
fn plain_http_is_allowed_for_the_address_of_the_profile_alone() {
    let (site, person) = (Site::start(Conduct::good()), Person::new());
    let proxied = |arguments: &[&str], input: &str| {
        let mut command = person.command(arguments);
        Run::of(command.env("HTTP_PROXY", &site.url).write_stdin(input))
    };
    let login =
        ["auth", "login", "--store", "file", "--url", "http://crm.invalid", "--user", "tim"];
    let login = [&login[..], &["--password", "stdin"]].concat();
    let run = proxied(&login, "pw");
    assert_eq!((run.code, site.requests().len()), (2, 0), "{run}");
    assert!(run.stderr.contains("the password would travel unencrypted to crm.invalid"), "{run}");
    person.assert_unchanged();
    let run = proxied(&[&login[..], &["--allow-plain-http"]].concat(), "pw");
    assert_eq!((run.code, site.requests().len()), (0, 2), "{run}");
    insta::assert_snapshot!(person.configuration(), @r#"
    default_profile = "crm-invalid"

    [profiles.crm-invalid]
    url = "http://crm.invalid"
    user = "tim"
    password = "stored"
    allow_plain_http = true
    "#);
    assert_eq!(proxied(&["get", "839"], "").code, 0);
    // The same profile signs in again without the option.
    let run = proxied(&login, "other");
    assert_eq!((run.code, site.requests().len()), (0, 5), "{run}");
    let run = proxied(&["get", "839", "--url", "http://other.invalid", "--token", "stdin"], "8A:x");
    assert_eq!((run.code, site.requests().len()), (2, 5), "{run}");
    assert!(run.stderr.contains("would travel unencrypted to other.invalid"), "{run}");
}

#[test]
fn key_for_plain_http_takes_true_or_false() {
    let text = |value: &str| {
        format!(
            "[profiles.a]\nurl = \"http://crm.invalid\"\ntoken = \"env:T\"\nallow_plain_http = {value}\n"
        )
    };
    let get = |value: &str| {
        let person = Person::with_configuration(&text(value));
        let mut command = person.command(&["get", "839", "--profile", "a", "--dry-run"]);
        person.shown(Run::of(command.env("T", "8A:x")))
    };
    assert_eq!(get("true").code, 0);
    assert!(get("false").stderr.contains("would travel unencrypted"));
    let run = get("\"yes\"");
    assert!(run.stderr.contains("allow_plain_http is true or false, not a text"), "{run}");
}

#[test]
fn new_profile_has_language_and_time_zone_of_the_machine() {
    let (server, person) = (server(), Person::new());
    let login = |arguments: &[&str]| {
        let words = ["auth", "login", "--store", "file", "--url", &server.url()];
        let mut command = person.command(&[&words, &USER[..], arguments].concat());
        command.env("LANG", "nb_NO.UTF-8").env("TZ", "Europe/Oslo").write_stdin("pw");
        Run::of(&mut command)
    };
    let keys = "language = \"nb-NO\"\ntimezone = \"Europe/Oslo\"\n";
    assert_eq!(login(&["--profile", "a"]).code, 0);
    assert!(person.configuration().ends_with(keys), "{}", person.configuration());
    // Values of the profile, or of a variable for every call, count.
    let before = person.configuration().replace("nb-NO", "sv");
    std::fs::write(person.configuration_file(), &before).expect("a file");
    assert_eq!(login(&["--profile", "a"]).code, 0);
    assert_eq!(person.configuration(), before);
    assert_eq!(login(&["--profile", "b", "--language", "de"]).code, 0);
    let german = keys.replace("nb-NO", "de");
    assert!(person.configuration().ends_with(&german), "{}", person.configuration());
}

#[test]
fn warning_names_the_variables_that_the_next_call_uses() {
    let (server, person) = (server(), Person::new());
    let all = ["auth", "login", "--store", "file", "--url", &server.url()];
    let mut command = person.command(&[&all[..], &USER].concat());
    // An address has no environment.
    command.env("SOTICKETS_ENVIRONMENT", "sod").env("SOTICKETS_PROFILE", "other");
    let run = Run::of(command.write_stdin("pw"));
    assert_eq!(run.code, 0, "{run}");
    let warning = "warning: calls use SOTICKETS_PROFILE in place of the profile\n";
    assert!(run.stderr.contains(warning), "{run}");
}

#[test]
fn profile_of_a_variable_is_signed_in_where_nothing_can_be_asked() {
    let server = server();
    let text =
        format!("[profiles.a]\nurl = '{}'\nuser = 'tim'\npassword = 'env:PW'\n", server.url());
    let person = Person::with_configuration(&text);
    let mut command = person.command(&["auth", "login"]);
    command.env("MSYSTEM", "MINGW64").env("SOTICKETS_PROFILE", "a").env("PW", "pw");
    let run = Run::of(&mut command);
    assert_eq!((run.code, server.calls()), (0, 1), "{run}");
}
