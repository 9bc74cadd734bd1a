//! What is wrong with a configuration file, and that nothing is sent then.

use std::fs;

use crate::support::{Run, Server, configuration, configured, without_folder};

/// What `get 839` says where the configuration is `text`. Nothing can be sent: the
/// name of the server does not resolve, and the exit code tells.
fn told(text: &str, arguments: &[&str]) -> String {
    let folder = configuration(text);
    let run = Run::of(&mut configured(&folder, &[&["839"], arguments].concat()));
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{text}: {run}");
    without_folder(&run.stderr, &folder)
}

#[test]
fn unknown_key_is_named_with_its_place_and_the_nearest() {
    let text = "[profiles.work]\nurl = \"https://crm.invalid\"\n  langauge = \"en\"\n";
    insta::assert_snapshot!(told(text, &[]), @"
    error: CONFIG/sotickets/config.toml, line 3, column 3: unknown key 'langauge' in profile 'work'
    hint: did you mean language?
    ");
    insta::assert_snapshot!(told("[profiles.work]\nconnect-timeout = 5\n", &[]), @"
    error: CONFIG/sotickets/config.toml, line 2, column 1: unknown key 'connect-timeout' in profile 'work'
    hint: did you mean connect_timeout?
    ");
    insta::assert_snapshot!(told("[profiles.work]\nzzz = 5\n", &[]), @"
    error: CONFIG/sotickets/config.toml, line 2, column 1: unknown key 'zzz' in profile 'work'
    hint: the keys are url, tenant, environment, user, password, basic_charset, ticket, token, xsrf_token, cookie, app_token, client_id, client_secret, redirect_uri, language, culture, timezone, select, output, links, ticket_url, connect_timeout, read_timeout, timeout, max_bytes, retries, cacert, client_cert, client_key, system_user
    ");
    insta::assert_snapshot!(told("defalt_profile = \"work\"\n", &[]), @"
    error: CONFIG/sotickets/config.toml, line 1, column 1: unknown key 'defalt_profile'
    hint: did you mean default_profile?
    ");
    insta::assert_snapshot!(told("[profile.work]\n", &[]), @"
    error: CONFIG/sotickets/config.toml, line 1, column 2: unknown key 'profile'
    hint: did you mean profiles?
    ");
    insta::assert_snapshot!(told("url = \"https://crm.invalid\"\n", &[]), @"
    error: CONFIG/sotickets/config.toml, line 1, column 1: unknown key 'url'
    hint: it belongs in a profile, below a line [profiles.NAME]
    ");
    insta::assert_snapshot!(told("[profiles.work]\ndefault_profile = \"work\"\n", &[]), @"
    error: CONFIG/sotickets/config.toml, line 2, column 1: unknown key 'default_profile' in profile 'work'
    hint: it belongs above the first line [profiles.NAME]
    ");
    insta::assert_snapshot!(told("[profiles.\"a\\u001bb\"]\n\"x\\u001by\" = 1\n", &[]), @r"
    error: CONFIG/sotickets/config.toml, line 2, column 1: unknown key 'x\x1by' in profile 'a\x1bb'
    hint: the keys are url, tenant, environment, user, password, basic_charset, ticket, token, xsrf_token, cookie, app_token, client_id, client_secret, redirect_uri, language, culture, timezone, select, output, links, ticket_url, connect_timeout, read_timeout, timeout, max_bytes, retries, cacert, client_cert, client_key, system_user
    ");
}

#[test]
fn wrong_type_is_named_with_its_place() {
    let cases = [
        (
            "default_profile = 1",
            "line 1, column 19: default_profile is the name of one profile, not a number",
        ),
        (
            "default_profile = [\"a\", \"b\"]",
            "line 1, column 19: default_profile is the name of one profile, not a list",
        ),
        ("profiles = \"x\"", "line 1, column 12: profiles is tables: [profiles.NAME], not a text"),
        ("[[profiles]]", "line 1, column 1: profiles is tables: [profiles.NAME], not a list"),
        (
            "[profiles]\nwork = 1",
            "line 2, column 8: work is a table: [profiles.NAME], not a number",
        ),
        ("[profiles.work]\nurl = 1", "line 2, column 7: url is a text, not a number"),
        ("[profiles.work]\nurl = {}", "line 2, column 7: url is a text, not a table"),
        (
            "[profiles.work]\nlanguage = true",
            "line 2, column 12: language is a text, not true or false",
        ),
        (
            "[profiles.work]\ntimeout = true",
            "line 2, column 11: timeout is a text or a number, not true or false",
        ),
        (
            "[profiles.work]\ntimeout = 2020-01-01",
            "line 2, column 11: timeout is a text or a number, not a date",
        ),
        (
            "[profiles.work]\nselect = 1",
            "line 2, column 10: select is a list of texts, or a text with commas, not a number",
        ),
        (
            "[profiles.work]\nselect = [1]",
            "line 2, column 10: select is a list of texts, not a list",
        ),
    ];
    for (text, message) in cases {
        let told = told(text, &[]);
        assert!(
            told.starts_with(&format!("error: CONFIG/sotickets/config.toml, {message}\n")),
            "{told}"
        );
    }
}

#[test]
fn invalid_toml_is_reported_with_its_position() {
    insta::assert_snapshot!(told("[profiles.work]\nurl = https://crm.invalid\n", &[]), @r#"
    error: CONFIG/sotickets/config.toml, line 2, column 7: this is not TOML: string values must be quoted, expected literal string
    hint: a line is KEY = "VALUE", below a line [profiles.NAME]
    "#);
    insta::assert_snapshot!(told("[profiles.work\n", &[]), @r#"
    error: CONFIG/sotickets/config.toml, line 1, column 15: this is not TOML: unclosed table, expected `]`
    hint: a line is KEY = "VALUE", below a line [profiles.NAME]
    "#);
    insta::assert_snapshot!(told("default_profile = \"a\"\ndefault_profile = \"b\"\n", &[]), @"
    error: CONFIG/sotickets/config.toml, line 2, column 1: 'default_profile' is there twice
    hint: a key and a profile may be in the file once; leave one of them out
    ");
    insta::assert_snapshot!(told("[profiles.a]\n[profiles.b]\n[profiles.a]\n", &[]), @"
    error: CONFIG/sotickets/config.toml, line 3, column 11: 'a' is there twice
    hint: a key and a profile may be in the file once; leave one of them out
    ");
    // Line and column are those that an editor shows.
    insta::assert_snapshot!(told("\u{feff}# ø\r\n[profiles.\"ø\"]\r\n\"ø\" = 1\r\n", &[]), @"
    error: CONFIG/sotickets/config.toml, line 3, column 1: unknown key 'ø' in profile 'ø'
    hint: the keys are url, tenant, environment, user, password, basic_charset, ticket, token, xsrf_token, cookie, app_token, client_id, client_secret, redirect_uri, language, culture, timezone, select, output, links, ticket_url, connect_timeout, read_timeout, timeout, max_bytes, retries, cacert, client_cert, client_key, system_user
    ");
}

#[test]
fn profile_that_does_not_exist_is_named_with_the_nearest() {
    let text = "[profiles.work]\n[profiles.home]\n";
    insta::assert_snapshot!(told(text, &["--profile", "wrok"]), @"
    error: --profile: the profile 'wrok' does not exist in CONFIG/sotickets/config.toml
    hint: did you mean work?
    ");
    insta::assert_snapshot!(told(text, &["--profile", "zzz"]), @"
    error: --profile: the profile 'zzz' does not exist in CONFIG/sotickets/config.toml
    hint: there are work, home
    ");
    insta::assert_snapshot!(told(text, &["--profile", ""]), @"
    error: --profile: the profile '' does not exist in CONFIG/sotickets/config.toml
    hint: there are work, home
    ");
    insta::assert_snapshot!(told("", &["--profile", "work"]), @"
    error: --profile: the profile 'work' does not exist in CONFIG/sotickets/config.toml
    hint: it has none; begin one with [profiles.NAME]
    ");
    insta::assert_snapshot!(told(&format!("default_profile = \"hom\"\n{text}"), &[]), @"
    error: default_profile (CONFIG/sotickets/config.toml, line 1): the profile 'hom' does not exist
    hint: did you mean home?
    ");
    // None is taken by itself, not even the only one.
    let text = "[profiles.\"at work\"]\nurl = \"https://crm.invalid\"\n";
    insta::assert_snapshot!(told(text, &["--no-auth"]), @"
    error: no address is given
    hint: --url https://crm.example.com/SuperOffice, or SOTICKETS_URL, or a profile with a url; Online: sotickets auth login, or --tenant Cust12345
    hint: no profile is in use: --profile 'at work', or default_profile in the configuration file
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
    let run = server.refused(
        server.get(&["839"]).env("SOTICKETS_PROFILE", "x").env("XDG_CONFIG_HOME", "/nowhere"),
    );
    insta::assert_snapshot!(run, @"
    --- stderr
    error: SOTICKETS_PROFILE: the profile 'x' does not exist: there is no /nowhere/sotickets/config.toml
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
        for value in values {
            // Of a profile that is not in use as well.
            let told =
                told(&format!("[profiles.x]\n{key} = {value}\n"), &["--url", "http://crm.invalid"]);
            assert!(told.starts_with("error: CONFIG/sotickets/config.toml, line "), "{told}");
            assert!(!told.contains("canary") && !told.contains("12345"), "{value}: {told}");
        }
    }
    let text = "[profiles.work]\ntoken = \"8A:Cust12345.canary\"\n";
    insta::assert_snapshot!(told(text, &[]), @"
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
        let told =
            told(&format!("default_profile = \"x\"\n[profiles.x]\n{line}\n"), &["--no-auth"]);
        assert!(!told.contains("canary"), "{told}");
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
        let told = told(&text, &arguments);
        let origin = format!("{key} of profile 'work' (CONFIG/sotickets/config.toml, line 3)");
        assert!(told.starts_with(&format!("error: {origin}: {message}")), "{told}");
    }
    let text = "default_profile = \"work\"\n[profiles.work]\noutput = \"json\"\n";
    insta::assert_snapshot!(told(text, &["--bom"]), @"
    error: --bom is for -o csv and -o tsv; output of profile 'work' (CONFIG/sotickets/config.toml, line 3) chose json
    error: no address is given
    hint: --url https://crm.example.com/SuperOffice, or SOTICKETS_URL, or a profile with a url; Online: sotickets auth login, or --tenant Cust12345
    hint: to try the tool without a server: sotickets get 839 --demo
    ");
}

#[test]
fn credential_of_a_profile_is_one_and_whole() {
    let profile = |lines| {
        format!(
            "default_profile = \"work\"\n[profiles.work]\nurl = \"https://crm.invalid\"\n{lines}\n"
        )
    };
    insta::assert_snapshot!(told(&profile("token = \"prompt\"\npassword = \"prompt\""), &[]), @"
    error: two credentials are given in profile 'work': password, and token
    hint: a call carries one of them; leave the other out
    ");
    insta::assert_snapshot!(told(&profile("password = \"prompt\""), &[]), @"
    error: a password is given, but no user
    hint: add --user NAME, set SOTICKETS_USER, or write user into the profile
    ");
    insta::assert_snapshot!(told(&profile("cookie = \"prompt\""), &[]), @r#"
    error: cookie prompt of profile 'work' (CONFIG/sotickets/config.toml, line 4) goes with xsrf_token, and the profile has none
    hint: add xsrf_token = "SRC" to it
    "#);
    insta::assert_snapshot!(told(&profile("token = \"env:NOT_SET\""), &[]), @"error: token env:NOT_SET of profile 'work' (CONFIG/sotickets/config.toml, line 4): the variable NOT_SET is not set, or empty");
    insta::assert_snapshot!(told(&profile("token = \"file:/nowhere/token\""), &[]), @"
    error: token file:/… of profile 'work' (CONFIG/sotickets/config.toml, line 4): No such file or directory (os error 2)
    hint: what does not exist of the path is not repeated, since it may be the secret
    ");
    // The profile's password is its user's.
    insta::assert_snapshot!(told(&profile("user = \"tim\"\npassword = \"prompt\""), &["--user", "eva"]), @"
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

#[test]
fn file_that_cannot_be_read_is_an_error() {
    let server = Server::awkward();
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    fs::write(path("latin1"), b"# \xe5\n").expect("a file");
    let refused = |path: &str| {
        let run = server.refuses(&["839", "--config", path]);
        without_folder(&run.to_string(), &folder)
    };
    insta::assert_snapshot!(refused(&path("none")), @"
    --- stderr
    error: --config: CONFIG/none: No such file or directory (os error 2)
    --- exit code 2
    ");
    insta::assert_snapshot!(refused(&path("")), @"
    --- stderr
    error: --config: CONFIG/: Is a directory (os error 21)
    --- exit code 2
    ");
    insta::assert_snapshot!(refused(&path("latin1")), @"
    --- stderr
    error: --config: CONFIG/latin1: it is not valid UTF-8
    hint: save it as UTF-8; in PowerShell: Get-Content OLD | Set-Content -Encoding utf8 NEW
    --- exit code 2
    ");
    let run = server.refused(server.get(&["839"]).env("SOTICKETS_CONFIG", path("none")));
    insta::assert_snapshot!(without_folder(&run.to_string(), &folder), @"
    --- stderr
    error: SOTICKETS_CONFIG: CONFIG/none: No such file or directory (os error 2)
    --- exit code 2
    ");
    let huge = path("huge");
    fs::write(&huge, "#".repeat(1024 * 1024 + 1)).expect("a file");
    insta::assert_snapshot!(refused(&huge), @"
    --- stderr
    error: --config: CONFIG/huge: there is more than 1 MiB of it
    --- exit code 2
    ");
    assert!(refused("").contains("--config"));
    // The one in the usual place, too, where it is there.
    fs::create_dir_all(folder.path().join("sotickets/config.toml")).expect("a folder");
    let run = server.refused(server.get(&["839"]).env("XDG_CONFIG_HOME", folder.path()));
    insta::assert_snapshot!(without_folder(&run.to_string(), &folder), @"
    --- stderr
    error: CONFIG/sotickets/config.toml: Is a directory (os error 21)
    --- exit code 2
    ");
    #[cfg(unix)]
    assert!(refused("/dev/zero").contains("/dev/zero: there is more than 1 MiB of it"));
}

#[cfg(unix)]
#[test]
fn file_that_others_can_read_is_warned_of_where_it_names_a_command() {
    use std::os::unix::fs::PermissionsExt as _;
    let server = Server::awkward();
    let run = |secret: &str, mode: u32| {
        let text = format!(
            "default_profile = \"work\"\n[profiles.work]\nurl = \"{}\"\n[profiles.x]\ntoken = \"{secret}\"\n",
            server.url()
        );
        let folder = configuration(text);
        let path = folder.path().join("sotickets/config.toml");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("a mode");
        let run = Run::of(&mut configured(&folder, &["839", "249", "--no-auth"]));
        assert_eq!(run.code, 0, "{run}");
        without_folder(&run.stderr, &folder)
    };
    insta::assert_snapshot!(run("command:pass show crm", 0o644), @"
    warning: CONFIG/sotickets/config.toml names a command to run, and can be read by other users
    hint: chmod 600 CONFIG/sotickets/config.toml
    ");
    insta::assert_snapshot!(run("command:pass show crm", 0o620), @"
    warning: CONFIG/sotickets/config.toml names a command to run, and can be changed by other users
    hint: chmod 600 CONFIG/sotickets/config.toml
    ");
    assert_eq!(run("command:pass show crm", 0o600), "");
    assert_eq!(run("env:X", 0o666), "");
}

#[test]
fn path_of_windows_in_double_quotes_is_explained() {
    let profile = |line: &str| told(&format!("[profiles.work]\n{line}\n"), &["--profile", "work"]);
    insta::assert_snapshot!(profile(r#"token = "file:C:\Users\canary""#), @r"
    error: CONFIG/sotickets/config.toml, line 2, column 19: this is not TOML: too few unicode value digits, expected unicode hexadecimal value
    hint: inside double quotes a backslash begins an escape; write a path in single quotes: 'file:C:\Users\NAME\token'
    ");
    insta::assert_snapshot!(profile(r#"token = "file:C:\temp\new""#), @r"
    error: CONFIG/sotickets/config.toml, line 2, column 9: token holds a control character
    hint: inside double quotes a backslash begins an escape; write a path in single quotes: 'file:C:\Users\NAME\token'
    ");
    insta::assert_snapshot!(profile(r#"cacert = "C:\new\ferry.pem""#), @r"
    error: CONFIG/sotickets/config.toml, line 2, column 10: cacert holds a control character
    hint: inside double quotes a backslash begins an escape; write a path in single quotes: 'file:C:\Users\NAME\token'
    ");
    let message = profile(r"token = 'file:C:\Users\canary'");
    assert!(!message.contains("line 2, column 9"), "{message}");
}
