//! Errors in the configuration file as a whole: its form, its keys and its access rights.

use std::fs;

use crate::support::{Server, without_folder};

use super::usage_error;

#[test]
fn unknown_key_is_named_with_its_place_and_the_nearest() {
    let text = "[profiles.work]\nurl = \"https://crm.invalid\"\n  langauge = \"en\"\n";
    insta::assert_snapshot!(usage_error(text, &[]), @"
    error: CONFIG/sotickets/config.toml, line 3, column 3: unknown key 'langauge' in profile 'work'
    hint: did you mean language?
    ");
    insta::assert_snapshot!(usage_error("[profiles.work]\nconnect-timeout = 5\n", &[]), @"
    error: CONFIG/sotickets/config.toml, line 2, column 1: unknown key 'connect-timeout' in profile 'work'
    hint: did you mean connect_timeout?
    ");
    insta::assert_snapshot!(usage_error("[profiles.work]\nzzz = 5\n", &[]), @"
    error: CONFIG/sotickets/config.toml, line 2, column 1: unknown key 'zzz' in profile 'work'
    hint: the keys are url, tenant, environment, user, password, basic_charset, ticket, token, xsrf_token, cookie, app_token, client_id, client_secret, redirect_uri, language, culture, timezone, select, output, links, ticket_url, connect_timeout, read_timeout, timeout, max_bytes, retries, proxy, cacert, client_cert, client_key, allow_plain_http, system_user
    ");
    insta::assert_snapshot!(usage_error("defalt_profile = \"work\"\n", &[]), @"
    error: CONFIG/sotickets/config.toml, line 1, column 1: unknown key 'defalt_profile'
    hint: did you mean default_profile?
    ");
    insta::assert_snapshot!(usage_error("[profile.work]\n", &[]), @"
    error: CONFIG/sotickets/config.toml, line 1, column 2: unknown key 'profile'
    hint: did you mean profiles?
    ");
    insta::assert_snapshot!(usage_error("url = \"https://crm.invalid\"\n", &[]), @"
    error: CONFIG/sotickets/config.toml, line 1, column 1: unknown key 'url'
    hint: it belongs in a profile, below a line [profiles.NAME]
    ");
    insta::assert_snapshot!(usage_error("[profiles.work]\ndefault_profile = \"work\"\n", &[]), @"
    error: CONFIG/sotickets/config.toml, line 2, column 1: unknown key 'default_profile' in profile 'work'
    hint: it belongs above the first line [profiles.NAME]
    ");
    insta::assert_snapshot!(usage_error("[profiles.\"a\\u001bb\"]\n\"x\\u001by\" = 1\n", &[]), @r"
    error: CONFIG/sotickets/config.toml, line 2, column 1: unknown key 'x\x1by' in profile 'a\x1bb'
    hint: the keys are url, tenant, environment, user, password, basic_charset, ticket, token, xsrf_token, cookie, app_token, client_id, client_secret, redirect_uri, language, culture, timezone, select, output, links, ticket_url, connect_timeout, read_timeout, timeout, max_bytes, retries, proxy, cacert, client_cert, client_key, allow_plain_http, system_user
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
        let output = usage_error(text, &[]);
        assert!(
            output.starts_with(&format!("error: CONFIG/sotickets/config.toml, {message}\n")),
            "{output}"
        );
    }
}

#[test]
fn invalid_toml_is_reported_with_its_position() {
    insta::assert_snapshot!(usage_error("[profiles.work]\nurl = https://crm.invalid\n", &[]), @r#"
    error: CONFIG/sotickets/config.toml, line 2, column 7: this is not TOML: string values must be quoted, expected literal string
    hint: a line is KEY = "VALUE", below a line [profiles.NAME]
    "#);
    insta::assert_snapshot!(usage_error("[profiles.work\n", &[]), @r#"
    error: CONFIG/sotickets/config.toml, line 1, column 15: this is not TOML: unclosed table, expected `]`
    hint: a line is KEY = "VALUE", below a line [profiles.NAME]
    "#);
    insta::assert_snapshot!(usage_error("default_profile = \"a\"\ndefault_profile = \"b\"\n", &[]), @"
    error: CONFIG/sotickets/config.toml, line 2, column 1: 'default_profile' is there twice
    hint: a key and a profile may be in the file once; leave one of them out
    ");
    insta::assert_snapshot!(usage_error("[profiles.a]\n[profiles.b]\n[profiles.a]\n", &[]), @"
    error: CONFIG/sotickets/config.toml, line 3, column 11: 'a' is there twice
    hint: a key and a profile may be in the file once; leave one of them out
    ");
    // Line and column are those that an editor shows.
    insta::assert_snapshot!(usage_error("\u{feff}# ø\r\n[profiles.\"ø\"]\r\n\"ø\" = 1\r\n", &[]), @"
    error: CONFIG/sotickets/config.toml, line 3, column 1: unknown key 'ø' in profile 'ø'
    hint: the keys are url, tenant, environment, user, password, basic_charset, ticket, token, xsrf_token, cookie, app_token, client_id, client_secret, redirect_uri, language, culture, timezone, select, output, links, ticket_url, connect_timeout, read_timeout, timeout, max_bytes, retries, proxy, cacert, client_cert, client_key, allow_plain_http, system_user
    ");
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
fn file_with_a_command_that_others_can_read_has_a_warning() {
    use std::os::unix::fs::PermissionsExt as _;
    let server = Server::awkward();
    let run = |secret: &str, mode: u32| {
        let text = format!(
            "default_profile = \"work\"\n[profiles.work]\nurl = \"{}\"\n[profiles.x]\ntoken = \"{secret}\"\n",
            server.url()
        );
        let folder = crate::support::configuration(text);
        let path = folder.path().join("sotickets/config.toml");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("a mode");
        let mut command = crate::support::configured(&folder, &["839", "249", "--no-auth"]);
        let run = crate::support::Run::of(&mut command);
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

#[cfg(unix)]
#[test]
fn command_of_a_hint_has_the_whole_path_of_the_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join(format!("my {}.toml", "x".repeat(200)));
    fs::write(&file, "[profiles.x]\ntoken = \"command:pass show crm\"\n").expect("a file");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).expect("a mode");
    let server = Server::awkward();
    let mut command = server.get(&["839", "249"]);
    let run = crate::support::Run::of(command.arg("--config").arg(&file));
    assert_eq!((run.code, server.calls()), (0, 1), "{run}");
    let hint = format!("\nhint: chmod 600 '{}'\n", file.display());
    assert!(run.stderr.ends_with(&hint), "{run}");
}

#[test]
fn path_of_windows_in_double_quotes_is_explained() {
    let profile =
        |line: &str| usage_error(&format!("[profiles.work]\n{line}\n"), &["--profile", "work"]);
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
