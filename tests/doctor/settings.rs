//! `sotickets doctor --offline`: the settings in effect, and their sources.

use crate::support::{Run, configuration, portable, sotickets, without_folder};

/// Runs `doctor` with the configuration `text`. The path of its folder is replaced by `CONFIG`.
fn doctor(text: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Run {
    let folder = configuration(text);
    let mut command = sotickets();
    command.args(["doctor", "--offline"]).args(arguments).env("XDG_CONFIG_HOME", folder.path());
    let run = Run::of(command.envs(variables.iter().copied()));
    assert!(!format!("{run}").contains("canary"), "{run}");
    let shown = |text: &str| without_folder(text, &folder);
    Run { code: run.code, stdout: shown(&run.stdout), stderr: shown(&run.stderr) }
}

const WORK: &str = r#"
default_profile = "work"

[profiles.work]
url = "https://crm.example.com/SuperOffice"
user = "tim"
password = "env:CRM_PASSWORD"
app_token = "command:pass show canary"
select = ["TicketId", "Title"]
timeout = 30
"#;

#[test]
fn secret_that_cannot_be_read_is_not_set() {
    let text = "[profiles.x]\nurl = 'https://crm.example.com'\nuser = 'tim'\npassword = 'file:none'\n\
                app_token = 'env:CRM_TOKEN'\nxsrf_token = 'env:OTHER_TOKEN'\ncookie = 'file:folder'\n";
    let run = doctor(
        text,
        &["--profile", "x", "--header", "X-Key: @env:MY_KEY"],
        &[("OTHER_TOKEN", "canary")],
    );
    let lines = ["password ", "app_token ", "xsrf_token ", "cookie ", "headers ", "header "];
    let shown: Vec<&str> =
        run.stdout.lines().filter(|line| lines.iter().any(|name| line.starts_with(name))).collect();
    insta::assert_snapshot!(shown.join("\n"), @"
    password    cannot be read: password file:CONFIG/sotickets/… of profile 'x' (CONFIG/sotickets/config.toml, line 4): No such file or directory (os error 2)
    xsrf_token  set, from env:OTHER_TOKEN of profile 'x' (line 6)
    cookie      cannot be read: cookie file:CONFIG/sotickets/… of profile 'x' (CONFIG/sotickets/config.toml, line 7): No such file or directory (os error 2)
    app_token   cannot be read: app_token env:CRM_TOKEN of profile 'x' (CONFIG/sotickets/config.toml, line 5): the variable CRM_TOKEN is not set, or empty
    header      cannot be read: -H 'X-Key: @env:MY_KEY': the variable MY_KEY is not set, or empty
    ");
    let run = doctor(text, &["--profile", "x", "-o", "json"], &[]);
    let report: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
    let settings = report["settings"].as_array().expect("a list");
    let password = settings.iter().find(|setting| setting["name"] == "password").expect("it");
    assert_eq!(password["set"], false, "{password}");
    let error = password["error"].as_str().expect("a text");
    assert!(error.starts_with("password file:"), "{error}");
}

#[test]
fn each_setting_is_printed_with_its_source() {
    let variables = [("CRM_PASSWORD", "canary"), ("SOTICKETS_LANGUAGE", "nb-no")];
    let run = doctor(WORK, &["--culture", "nb-NO", "--all"], &variables);
    insta::assert_snapshot!(run, @"
    config            CONFIG/sotickets/config.toml, the default
    profile           work, from default_profile (line 2)
    url               https://crm.example.com/SuperOffice, from profile 'work' (line 5)
    tenant            not set
    environment       online, the default
    user              tim, from profile 'work' (line 6)
    password          set, from env:CRM_PASSWORD of profile 'work' (line 7)
    basic_charset     utf-8, the default
    ticket            not set
    token             not set
    xsrf_token        not set
    cookie            not set
    app_token         set, from command:… of profile 'work' (line 8)
    client_id         not set
    client_secret     not set
    redirect_uri      not set
    language          nb-no, from SOTICKETS_LANGUAGE
    culture           nb-NO, from --culture
    timezone          not set
    select            TicketId,Title, from profile 'work' (line 9)
    output            table, the default
    links             auto, the default
    ticket_url        not set
    connect_timeout   10s, the default
    read_timeout      60s, the default
    timeout           30, from profile 'work' (line 10)
    max_bytes         2GiB, the default
    retries           0, the default
    cacert            not set
    client_cert       not set
    client_key        not set
    header            not set
    proxy             not set
    proxy_password    not set
    no_proxy          not set
    ssl_cert_file     not set
    ssl_cert_dir      not set
    insecure          not set
    allow_plain_http  not set
    no_auth           not set
    --- exit code 0
    ");
}

#[test]
fn settings_at_their_defaults_are_counted() {
    let variables = [("CRM_PASSWORD", "canary"), ("SOTICKETS_LANGUAGE", "nb-no")];
    let run = doctor(WORK, &["--proxy", ""], &variables);
    insta::assert_snapshot!(run, @"
    config     CONFIG/sotickets/config.toml, the default
    profile    work, from default_profile (line 2)
    url        https://crm.example.com/SuperOffice, from profile 'work' (line 5)
    user       tim, from profile 'work' (line 6)
    password   set, from env:CRM_PASSWORD of profile 'work' (line 7)
    app_token  set, from command:… of profile 'work' (line 8)
    language   nb-no, from SOTICKETS_LANGUAGE
    select     TicketId,Title, from profile 'work' (line 9)
    timeout    30, from profile 'work' (line 10)
    proxy      not set; --proxy ''
    30 settings are at their defaults (--all lists them)
    --- exit code 0
    ");
    let run = doctor(WORK, &["--all", "-o", "json"], &variables);
    insta::assert_snapshot!(run, @"
    --- stderr
    error: --all does nothing with -o json, which lists everything
    --- exit code 2
    ");
}

#[test]
fn doctor_without_settings_names_the_missing_ones() {
    let run = Run::of(sotickets().args(["doctor", "--offline", "--all"]));
    insta::assert_snapshot!(run, @"
    config            not set
    profile           not set
    url               not set
    tenant            not set
    environment       online, the default
    user              not set
    password          not set
    basic_charset     utf-8, the default
    ticket            not set
    token             not set
    xsrf_token        not set
    cookie            not set
    app_token         not set
    client_id         not set
    client_secret     not set
    redirect_uri      not set
    language          en, the default
    culture           not set
    timezone          not set
    select            not set
    output            table, the default
    links             auto, the default
    ticket_url        not set
    connect_timeout   10s, the default
    read_timeout      60s, the default
    timeout           0, the default
    max_bytes         2GiB, the default
    retries           0, the default
    cacert            not set
    client_cert       not set
    client_key        not set
    header            not set
    proxy             not set
    proxy_password    not set
    no_proxy          not set
    ssl_cert_file     not set
    ssl_cert_dir      not set
    insecure          not set
    allow_plain_http  not set
    no_auth           not set
    --- stderr
    error: no address is given
    hint: sotickets auth login keeps one; or --url https://crm.example.com/SuperOffice, or SOTICKETS_URL, or a profile with a url; Online: --tenant Cust12345
    hint: to try the tool without a server: sotickets get 839 --demo
    --- exit code 2
    ");
    let url = ("SOTICKETS_URL", "https://crm.example.com");
    let home = tempfile::tempdir().expect("a folder");
    let mut command = sotickets();
    command.args(["doctor", "--offline", "--all"]).envs(portable::home(home.path()));
    let run = Run::of(command.env(url.0, url.1));
    assert_eq!(run.code, 4, "{run}");
    let first = format!("config            not set; there is no {}", home.path().display());
    assert!(run.stdout.starts_with(&first), "{run}");
    assert!(run.stderr.starts_with("error: no credential is configured"), "{run}");
    let run = Run::of(sotickets().args(["doctor", "--offline", "--no-auth"]).env(url.0, url.1));
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
}

#[test]
fn secret_that_another_replaces_is_not_sent() {
    let variables = ["SOTICKETS_TICKET", "SOTICKETS_APP_TOKEN", "CRM_PASSWORD"];
    let run = doctor(WORK, &[], &variables.map(|name| (name, "canary")));
    let lines: Vec<&str> = run.stdout.lines().filter(|line| line.contains("set, from")).collect();
    insta::assert_snapshot!(lines.join("\n"), @"
    password   set, from env:CRM_PASSWORD of profile 'work' (line 7); not sent
    ticket     set, from SOTICKETS_TICKET
    app_token  set, from SOTICKETS_APP_TOKEN
    ");
    assert_eq!(run.code, 0, "{run}");
}

#[test]
fn error_is_reported_after_the_settings() {
    let failure = |text: &str, variables: &[(&str, &str)]| {
        let run = doctor(text, &[], variables);
        assert!(run.stdout.contains("at their defaults (--all lists them)\n"), "{run}");
        format!("{}exit code {}", run.stderr, run.code)
    };
    insta::assert_snapshot!(failure(WORK, &[]), @"
    error: password env:CRM_PASSWORD of profile 'work' (CONFIG/sotickets/config.toml, line 7): the variable CRM_PASSWORD is not set, or empty
    hint: type it without showing it: stty -echo; IFS= read -r CRM_PASSWORD && export CRM_PASSWORD; stty echo
    hint: sotickets auth login --profile work --password prompt keeps one
    exit code 2
    ");
    let password = ("CRM_PASSWORD", "canary");
    insta::assert_snapshot!(failure(WORK, &[password, ("SOTICKETS_TIMEOUT", "soon")]), @"
    error: SOTICKETS_TIMEOUT: 'soon' is not a valid duration
    hint: a duration is 10s, 500ms, 2m, or 0 for no limit
    exit code 2
    ");
    insta::assert_snapshot!(failure(WORK, &[password, ("SOTICKETS_REDIRECT_URI", "http://crm.example.com")]), @"
    error: SOTICKETS_REDIRECT_URI: 'http://crm.example.com' is not a valid redirect address: the browser comes back to this machine: 127.0.0.1, localhost or [::1]
    hint: http://127.0.0.1:8000/callback, http://localhost:8000 or http://[::1]:8000, as it is registered with SuperOffice; without a port a free one is used
    exit code 2
    ");
    insta::assert_snapshot!(failure(WORK, &[password, ("SOTICKETS_OUTPUT", "exel")]), @"
    error: SOTICKETS_OUTPUT: 'exel' is no output format
    hint: the formats are table, csv, tsv, json, jsonl, record, markdown, xml, xlsx, html
    exit code 2
    ");
    insta::assert_snapshot!(failure(WORK, &[password, ("SOTICKETS_SELECT", "Titel")]), @"
    error: SOTICKETS_SELECT: unknown field 'Titel'
    hint: did you mean Title?
    hint: `sotickets fields` lists them; --any-field sends a name as it is
    exit code 2
    ");
    insta::assert_snapshot!(failure(WORK, &[password, ("SOTICKETS_URL", "https://crm.invalid")]), @"
    error: SOTICKETS_URL leads to https://crm.invalid, and the password of profile 'work' is for https://crm.example.com alone
    hint: leave the address to the profile, name another --profile, or give a credential for this server
    exit code 2
    ");
    let both = [("SOTICKETS_TOKEN", "canary"), ("SOTICKETS_TICKET", "canary")];
    insta::assert_snapshot!(failure(WORK, &both), @"
    error: two credentials are given: SOTICKETS_TICKET, and SOTICKETS_TOKEN
    hint: a call carries one of them; leave the other out
    exit code 2
    ");
}

#[test]
fn unreadable_configuration_file_leaves_no_settings() {
    let run = doctor("[profiles.work]\nulr = \"canary\"\n", &[], &[]);
    insta::assert_snapshot!(run, @"
    --- stderr
    error: CONFIG/sotickets/config.toml, line 2, column 1: unknown key 'ulr' in profile 'work'
    hint: did you mean url?
    --- exit code 2
    ");
    let run = doctor(WORK, &["--token", "8A:canary"], &[]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run}");
}

#[test]
fn possible_password_is_hidden() {
    let url = ("SOTICKETS_URL", "https://tim:canary@crm.invalid");
    let run = doctor("", &["--no-auth"], &[url]);
    assert_eq!(run.code, 2, "{run}");
    assert!(
        run.stdout.contains("hidden, since it may hold a password, from SOTICKETS_URL"),
        "{run}"
    );
    let run = doctor("", &["--user", "tim:canary", "-o", "json"], &[]);
    assert_eq!(run.code, 2, "{run}");
}

#[test]
fn machines_read_json() {
    let variables = [("CRM_PASSWORD", "canary"), ("SOTICKETS_TOKEN", "canary")];
    let run = doctor(WORK, &["-o", "json"], &variables);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
    let report: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
    let settings = report["settings"].as_array().expect("an array");
    let named = |name: &str| {
        let found = settings.iter().find(|setting| setting["name"] == name);
        serde_json::to_string(found.expect(name)).expect("JSON")
    };
    insta::assert_snapshot!(["profile", "url", "token", "password", "culture"].map(named).join("\n"), @r#"
    {"from":"default_profile (CONFIG/sotickets/config.toml, line 2)","name":"profile","set":true,"value":"work"}
    {"from":"url of profile 'work' (CONFIG/sotickets/config.toml, line 5)","name":"url","set":true,"value":"https://crm.example.com/SuperOffice"}
    {"from":"SOTICKETS_TOKEN","name":"token","sent":true,"set":true,"value":null}
    {"from":"password env:CRM_PASSWORD of profile 'work' (CONFIG/sotickets/config.toml, line 7)","name":"password","sent":false,"set":true,"value":null}
    {"from":null,"name":"culture","set":false,"value":null}
    "#);
}
