//! Errors in the values of a profile. Nothing is sent then.

use crate::support::wine::sample_under_wine;
use crate::support::{Run, Server, configuration, configured, portable};

use super::usage_error;

#[test]
fn profile_that_does_not_exist_is_named_with_the_nearest() {
    let text = "[profiles.work]\n[profiles.home]\n";
    insta::assert_snapshot!(usage_error(text, &["--profile", "wrok"]), @"
    error: --profile: the profile 'wrok' does not exist in CONFIG/sotickets/config.toml
    hint: did you mean work?
    ");
    insta::assert_snapshot!(usage_error(text, &["--profile", "zzz"]), @"
    error: --profile: the profile 'zzz' does not exist in CONFIG/sotickets/config.toml
    hint: its profiles: work, home
    ");
    insta::assert_snapshot!(usage_error(text, &["--profile", ""]), @"
    error: --profile: the profile '' does not exist in CONFIG/sotickets/config.toml
    hint: its profiles: work, home
    ");
    insta::assert_snapshot!(usage_error("", &["--profile", "work"]), @"
    error: --profile: the profile 'work' does not exist in CONFIG/sotickets/config.toml
    hint: it has none: sotickets auth login sets up one
    ");
    insta::assert_snapshot!(usage_error(&format!("default_profile = \"hom\"\n{text}"), &[]), @"
    error: default_profile (CONFIG/sotickets/config.toml, line 1): the profile 'hom' does not exist
    hint: did you mean home?
    ");
    // None is taken by itself, not even the only one.
    let text = "[profiles.\"at work\"]\nurl = \"https://crm.invalid\"\n";
    let message = usage_error(text, &["--no-auth"]);
    let message = message.replace(&portable::quoted("at work"), "'at work'");
    insta::assert_snapshot!(message, @"
    error: no address is given
    hint: sotickets auth login keeps one; or --url https://crm.example.com/SuperOffice, or SOTICKETS_URL, or a profile with a url; Online: --tenant Cust12345
    hint: no profile is in use: --profile 'at work', or sotickets auth switch 'at work'
    hint: to try the tool without a server: sotickets get 839 --demo
    ");
    // Without a file there is none, either.
    let server = Server::awkward();
    let run = server.refuses(&["839", "--profile", "work"]);
    insta::assert_snapshot!(run, @"
    --- stderr
    error: --profile: the profile 'work' does not exist: no configuration file is known
    hint: name it with --config PATH
    --- exit code 2
    ");
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = server.get(&["839"]);
    command.env("SOTICKETS_PROFILE", "x").env("XDG_CONFIG_HOME", folder.path());
    let run = server.refused(&mut command).to_string();
    insta::assert_snapshot!(portable::folder(&run, folder.path(), "FOLDER"), @"
    --- stderr
    error: SOTICKETS_PROFILE: the profile 'x' does not exist: there is no FOLDER/sotickets/config.toml
    hint: write it, or name another with --config PATH
    --- exit code 2
    ");
}

#[test]
fn literal_secret_is_refused_and_not_repeated() {
    let keys = ["password", "ticket", "token", "xsrf_token", "cookie", "app_token"];
    let values = [
        "\"canary\"",
        "\"7T:canary\"",
        "\"env:8A:canary\"",
        "'canary'",
        "12345",
        "\"command:'canary\"",
        "\"\"\"\ncanary\"\"\"",
        "[\"canary\"]",
        "{ canary = \"canary\" }",
        "canary",
        "8A:canary",
        "\"canary",
        "\"can\\qary\"",
        "\"a\" canary",
    ];
    for key in keys {
        for value in sample_under_wine(values) {
            // Of a profile that is not in use as well.
            let output = usage_error(
                &format!("[profiles.x]\n{key} = {value}\n"),
                &["--url", "http://crm.invalid"],
            );
            assert!(output.starts_with("error: CONFIG/sotickets/config.toml, line "), "{output}");
            assert!(!output.contains("canary") && !output.contains("12345"), "{value}: {output}");
        }
    }
    let text = "[profiles.work]\ntoken = \"8A:Cust12345.canary\"\n";
    insta::assert_snapshot!(usage_error(text, &[]), @"
    error: CONFIG/sotickets/config.toml, line 2, column 9: token takes the place where the secret is kept, not the secret itself
    hint: files are copied, backed up and committed
    hint: name the place: env:NAME, file:PATH, stdin, prompt, keyring or command:PROGRAM ARG…
    ");
    for line in [
        "passwd = \"canary\"",
        "pasword = \"canary\"",
        "url = \"https://tim:canary@crm.invalid\"",
        "token \"canary\"",
    ] {
        let output = usage_error(
            &format!("default_profile = \"x\"\n[profiles.x]\n{line}\n"),
            &["--no-auth"],
        );
        assert!(!output.contains("canary"), "{output}");
    }
}

#[test]
fn invalid_value_is_reported_with_its_line() {
    let cases = [
        (
            "url = \"crm.invalid\"",
            "url",
            "'crm.invalid' is no address: it does not begin with https://",
        ),
        ("output = \"exel\"", "output", "'exel' is no output format"),
        ("timezone = \"Europe/Olso\"", "timezone", "unknown time zone 'Europe/Olso'"),
        ("timeout = \"soon\"", "timeout", "'soon' is not a valid duration"),
        ("max_bytes = -1", "max_bytes", "'-1' is not a valid size"),
        ("select = \"Titel\"", "select", "unknown field 'Titel'"),
        ("language = \"a\\nb\"", "language", "'a\\nb' holds a control character"),
    ];
    for (line, key, message) in cases {
        let text = format!("default_profile = \"work\"\n[profiles.work]\n{line}\n");
        let mut arguments = vec!["--no-auth"];
        if key != "url" {
            arguments.extend(["--url", "http://crm.invalid"]);
        }
        let output = usage_error(&text, &arguments);
        let origin = format!("{key} of profile 'work' (CONFIG/sotickets/config.toml, line 3)");
        assert!(output.starts_with(&format!("error: {origin}: {message}")), "{output}");
    }
    let text = "default_profile = \"work\"\n[profiles.work]\noutput = \"json\"\n";
    insta::assert_snapshot!(usage_error(text, &["--bom"]), @"
    error: --bom is for -o csv and -o tsv; output of profile 'work' (CONFIG/sotickets/config.toml, line 3) chose json
    error: no address is given
    hint: sotickets auth login keeps one; or --url https://crm.example.com/SuperOffice, or SOTICKETS_URL, or a profile with a url; Online: --tenant Cust12345
    hint: to try the tool without a server: sotickets get 839 --demo
    ");
}

#[test]
fn incomplete_or_second_credential_of_a_profile_is_rejected() {
    let profile = |lines| {
        format!(
            "default_profile = \"work\"\n[profiles.work]\nurl = \"https://crm.invalid\"\n{lines}\n"
        )
    };
    insta::assert_snapshot!(usage_error(&profile("token = \"prompt\"\npassword = \"prompt\""), &[]), @"
    error: two credentials are given in profile 'work': password, and token
    hint: a call carries one of them; leave the other out
    ");
    insta::assert_snapshot!(usage_error(&profile("password = \"prompt\""), &[]), @"
    error: a password is given, but no user
    hint: add --user NAME, set SOTICKETS_USER, or write user into the profile
    ");
    insta::assert_snapshot!(usage_error(&profile("cookie = \"prompt\""), &[]), @r#"
    error: cookie prompt of profile 'work' (CONFIG/sotickets/config.toml, line 4) goes with xsrf_token, and the profile has none
    hint: add xsrf_token = "SRC" to it
    "#);
    insta::assert_snapshot!(usage_error(&profile("token = \"env:NOT_SET\""), &[]), @"
    error: token env:NOT_SET of profile 'work' (CONFIG/sotickets/config.toml, line 4): the variable NOT_SET is not set, or empty
    hint: type it without showing it: stty -echo; IFS= read -r NOT_SET && export NOT_SET; stty echo
    hint: sotickets auth login --profile work --token prompt keeps one
    ");
    let message = usage_error(&profile("token = \"file:/nowhere/token\""), &[]);
    // On Windows with the drive of the configuration file.
    insta::assert_snapshot!(message.replace("file:C:/", "file:/"), @"
    error: token file:/… of profile 'work' (CONFIG/sotickets/config.toml, line 4): No such file or directory (os error 2)
    hint: what does not exist of the path is not repeated, since it may be the secret
    hint: sotickets auth login --profile work --token prompt keeps one
    ");
    // The profile's password is its user's.
    insta::assert_snapshot!(usage_error(&profile("user = \"tim\"\npassword = \"prompt\""), &["--user", "eva"]), @"
    error: --user goes with --password, and none is given
    hint: add --password SRC, for example --password prompt, or set SOTICKETS_PASSWORD
    ");
}

#[test]
fn secret_of_a_profile_is_not_sent_to_another_server() {
    let other = Server::awkward();
    let profile = |url: &str, secret: &str| {
        configuration(format!(
            "default_profile = \"work\"\n[profiles.work]\n{url}\n{secret} = \"env:SECRET\"\n"
        ))
    };
    let homes = [
        "url = \"https://127.0.0.1\"",
        "url = \"http://127.0.0.1:1\"",
        "url = \"https://crm.invalid\"",
        "",
    ];
    for secret in ["token", "ticket", "app_token", "user = \"tim\"\npassword"] {
        for home in homes {
            let folder = profile(home, secret);
            let token: &[&str] =
                if secret == "app_token" { &["--token", "env:SECRET"] } else { &[] };
            for (arguments, variable) in [(&["--url", &other.url()][..], ""), (&[], &*other.url())]
            {
                let mut command = configured(&folder, &[&["839"], token, arguments].concat());
                other.refused(command.env("SOTICKETS_URL", variable).env("SECRET", "canary"));
            }
        }
    }
    let folder = profile(homes[0], "token");
    let mut command = configured(&folder, &["839", "--url", "http://crm.invalid:8080/x"]);
    insta::assert_snapshot!(Run::of(command.env("SECRET", "canary")), @"
    --- stderr
    error: --url leads to http://crm.invalid:8080, and the token of profile 'work' is for https://127.0.0.1 alone
    hint: leave the address to the profile, name another --profile, or give a credential for this server
    --- exit code 2
    ");
    insta::assert_snapshot!(Run::of(configured(&folder, &["839", "--dry-run"]).env("SECRET", "s").env("SOTICKETS_URL", "https://127.0.0.1:444")), @"
    --- stderr
    error: SOTICKETS_URL leads to https://127.0.0.1:444, and the token of profile 'work' is for https://127.0.0.1 alone
    hint: leave the address to the profile, name another --profile, or give a credential for this server
    --- exit code 2
    ");
    let homeless = profile("", "token");
    let mut command = configured(&homeless, &["839", "--url", "http://crm.invalid"]);
    insta::assert_snapshot!(Run::of(command.env("SECRET", "canary")), @r#"
    --- stderr
    error: the token of profile 'work' belongs to no server: the profile has no url
    hint: a secret is sent to the server of its profile alone; add url = "https://…" to it
    --- exit code 2
    "#);

    // Another path of the same server is no other server; another credential may go anywhere.
    let folder = profile(&format!("url = \"{}\"", other.url()), "token");
    for arguments in [
        &["--url", &format!("{}/api", other.url())][..],
        &["--url", &other.url(), "--token", "env:SECRET"],
    ] {
        let mut command = configured(&folder, &[&["839", "249"], arguments].concat());
        assert_eq!(Run::of(command.env("SECRET", "s")).code, 0);
    }
    let folder = profile(homes[0], "token");
    let mut command = configured(&folder, &["839", "249"]);
    command.env("SOTICKETS_URL", other.url()).env("SOTICKETS_TOKEN", "t");
    assert_eq!(Run::of(&mut command).code, 0);
}
