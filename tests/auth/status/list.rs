//! The list, for people and for programs.

use super::super::login_profile::Person;
use super::session;
use crate::support::Run;

#[test]
fn four_profiles_of_different_kinds_are_listed() {
    let person = Person::with_four_profiles();
    let run = person.shown(Run::of(&mut person.status(&[])));
    assert!(!run.to_string().contains("canary"), "{run}");
    insta::assert_snapshot!(run, @"
    profile   office (the default)
    kind      user and password (Basic)
    user      tim
    address   https://crm.example.com/SuperOffice
    password  HOME/state/sotickets/secret-office%2Fpassword; it is there

    profile      online
    kind         sign-in (Online)
    user         tim@example.com
    tenant       Cust12345
    address      https://online3.superoffice.com/Cust12345/api/
    environment  online
    client_id    4ref5376616343b38d14ddcd804f2654
    kept in      HOME/state/sotickets/sign-in-online.json
    since        2026-01-05 08:20:11 UTC
    until        2026-01-05 09:20:11 UTC, which has passed; the next call renews it

    profile            nightly
    kind               system user (Online)
    tenant             Cust67890
    environment        sod
    token              env:SU_TOKEN; it is there
    private_key        file:key.pem; it is there
    application_token  env:SU_APPLICATION_TOKEN; it is there

    profile  helper
    kind     token (Bearer)
    address  https://online3.superoffice.com/Cust12345
    token    command:…; each call runs it
    --- exit code 0
    ");
}

#[test]
fn page_shows_the_list() {
    let person = Person::with_four_profiles();
    let run = person.shown(Run::of(&mut person.status(&[])));
    let list = run.stdout.replace("HOME/state", "/home/tim/.local/state");
    assert!(include_str!("../../../docs/sign-in.md").contains(&format!("```text\n{list}```\n")));
}

#[test]
fn programs_get_an_object_for_each_profile() {
    let person = Person::with_four_profiles();
    let run = person.shown(Run::of(&mut person.status(&["-o", "json"])));
    assert!(!run.to_string().contains("canary"), "{run}");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
    let list: Vec<serde_json::Value> = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!(list.len(), 4);
    let page = include_str!("../../../docs/sign-in.md");
    for key in list[0].as_object().expect("an object").keys() {
        assert!(page.contains(&format!("`{key}`")), "{key}");
    }
    insta::assert_snapshot!(serde_json::to_string_pretty(&list[1]).expect("JSON"), @r#"
    {
      "check": null,
      "default": false,
      "environment": "online",
      "error": null,
      "kind": "sign_in",
      "name": "online",
      "overridden_by": [],
      "renewable": true,
      "secret": "stored",
      "secret_present": true,
      "tenant": "Cust12345",
      "url": "https://online3.superoffice.com/Cust12345/api/",
      "user": "tim@example.com",
      "valid_until": "2026-01-05T09:20:11Z"
    }
    "#);
    let values =
        |key: &str| list.iter().map(|it| it[key].to_string()).collect::<Vec<_>>().join(" ");
    assert_eq!(values("name"), r#""office" "online" "nightly" "helper""#);
    assert_eq!(values("kind"), r#""basic" "sign_in" "system_user" "token""#);
    assert_eq!(values("default"), "true false false false");
    assert_eq!(values("secret"), r#""stored" "stored" "env:SU_TOKEN" "command:…""#);
    assert_eq!(values("secret_present"), "true true true null");
    assert_eq!(values("environment"), r#"null "online" "sod" null"#);
    let one = Run::of(&mut person.status(&["-o", "json", "--profile", "helper"]));
    let one: Vec<serde_json::Value> = serde_json::from_str(&one.stdout).expect("JSON");
    assert_eq!(one, list[3..]);
}

#[cfg(unix)]
#[test]
fn narrow_terminal_without_utf8_and_color_has_the_same_list() {
    let person = Person::with_four_profiles();
    let mut command = person.status(&[]);
    command.env("LC_ALL", "C").env("NO_COLOR", "1").env("TERM", "xterm");
    let Some(run) = crate::support::pty::run(&command, 40) else { return };
    let run = person.shown(run);
    assert!(run.stdout.is_ascii() && !run.stdout.contains('\u{1b}'), "{run}");
    assert!(run.stdout.lines().all(|line| line.len() <= 40), "{run}");
    insta::assert_snapshot!(run.stdout, @"
    profile   office (the default)
    kind      user and password (Basic)
    user      tim
    address
      https://crm.example.com/SuperOffice
    password
      HOME/state/sotickets/secret
      -office%2Fpassword; it is there

    profile      online
    kind         sign-in (Online)
    user         tim@example.com
    tenant       Cust12345
    address
      https://online3.superoffice.com/Cust12
      345/api/
    environment  online
    client_id
      4ref5376616343b38d14ddcd804f2654
    kept in
      HOME/state/sotickets/sign-i
      n-online.json
    since        2026-01-05 08:20:11 UTC
    until        2026-01-05 09:20:11 UTC,
                 which has passed; the next
                 call renews it

    profile            nightly
    kind               system user (Online)
    tenant             Cust67890
    environment        sod
    token              env:SU_TOKEN; it is
                       there
    private_key        file:key.pem; it is
                       there
    application_token
      env:SU_APPLICATION_TOKEN; it is there

    profile  helper
    kind     token (Bearer)
    address
      https://online3.superoffice.com/Cust12
      345
    token    command:...; each call runs it
    ");
}

#[test]
fn variables_that_override_a_profile_are_named() {
    let person = Person::with_four_profiles();
    let mut command = person.status(&["-o", "json"]);
    command.env("SOTICKETS_TOKEN", "8A:canary").env("SOTICKETS_TENANT", "Cust12345");
    command.env("SOTICKETS_USER", "ann").env("SOTICKETS_PROFILE", "helper");
    let run = Run::of(&mut command);
    assert!(run.code == 0 && !run.to_string().contains("canary"), "{run}");
    let list: Vec<serde_json::Value> = serde_json::from_str(&run.stdout).expect("JSON");
    let overriding: Vec<String> = list.iter().map(|it| it["overridden_by"].to_string()).collect();
    assert_eq!(
        overriding,
        [
            r#"["SOTICKETS_PROFILE","SOTICKETS_TENANT","SOTICKETS_USER","SOTICKETS_TOKEN"]"#,
            r#"["SOTICKETS_TOKEN"]"#,
            r#"["SOTICKETS_TENANT","SOTICKETS_TOKEN"]"#,
            r#"["SOTICKETS_TENANT","SOTICKETS_TOKEN"]"#,
        ]
    );
    let text = Run::of(command.args(["--profile", "online", "-o", "table"]));
    assert!(text.stdout.contains("\noverridden by  SOTICKETS_TOKEN\n"), "{text}");
}

#[test]
fn same_environment_in_other_letters_does_not_override() {
    let text = "[profiles.sod]\ntenant = \"Cust1\"\nenvironment = \"sod\"\ntoken = \"env:T\"\n";
    let person = Person::with_configuration(text);
    for (environment, overriding) in [("SOD", "[]"), ("stage", r#"["SOTICKETS_ENVIRONMENT"]"#)] {
        let mut command = person.status(&["-o", "json"]);
        let run = Run::of(command.env("SOTICKETS_ENVIRONMENT", environment).env("T", "8A:x"));
        let list: Vec<serde_json::Value> = serde_json::from_str(&run.stdout).expect("JSON");
        assert_eq!(list[0]["overridden_by"].to_string(), overriding, "{run}");
    }
}

#[test]
fn source_that_is_the_variable_itself_does_not_override() {
    let text = "[profiles.ci]\nurl = \"https://crm.invalid\"\ntoken = \"env:SOTICKETS_TOKEN\"\n[profiles.bare]\nurl = \"https://crm.invalid\"\n";
    let person = Person::with_configuration(text);
    let run = Run::of(person.status(&[]).env("SOTICKETS_TOKEN", "8A:canary"));
    insta::assert_snapshot!(run, @"
    profile  ci
    kind     token (Bearer)
    address  https://crm.invalid
    token    env:SOTICKETS_TOKEN; it is there

    profile        bare
    kind           no credential
    address        https://crm.invalid
    overridden by  SOTICKETS_TOKEN
    --- exit code 0
    ");
    let run = Run::of(&mut person.status(&["--profile", "bare"]));
    insta::assert_snapshot!(run, @"
    profile  bare
    kind     no credential
    address  https://crm.invalid
    --- stderr
    error: profile 'bare' has no credential
    hint: sign in: sotickets auth login --profile bare
    --- exit code 4
    ");
}

#[test]
fn sign_in_without_a_profile_and_that_of_another_file_are_listed() {
    let person = Person::with_configuration(
        "[profiles.work]\nurl = \"https://crm.invalid\"\ntoken = \"prompt\"\n",
    );
    person.keep("sign-in.json", &session("2026-01-05T09:20:11Z", true));
    person.keep("sign-in-old.json", &session("2026-01-05T09:20:11Z", true));
    let run = person.run(&["auth", "status", "-o", "json"]);
    assert_eq!(run.code, 0, "{run}");
    let list: Vec<serde_json::Value> = serde_json::from_str(&run.stdout).expect("JSON");
    let names: Vec<String> = list.iter().map(|it| it["name"].to_string()).collect();
    assert_eq!(names, ["\"work\"", "null", "\"old\""]);
    assert_eq!((&list[1]["default"], &list[2]["default"]), (&true.into(), &false.into()));
    let run = person.run(&["auth", "status"]);
    assert!(run.stdout.contains("\nprofile      none (the default)\n"), "{run}");
    assert!(run.stdout.contains("\nprofile      old (not in the configuration file)\n"), "{run}");
}

#[test]
fn nothing_to_list_is_an_error() {
    let person = Person::new();
    insta::assert_snapshot!(person.run(&["auth", "status", "-o", "json"]), @"
    []
    --- stderr
    error: no profile is set up in HOME/config/sotickets/config.toml
    hint: sign in: sotickets auth login
    --- exit code 4
    ");
    let run = person.run(&["auth", "status", "--profile", "work"]);
    assert_eq!(run.code, 2, "{run}");
    assert!(run.stderr.contains("--profile: the profile 'work' does not exist"), "{run}");
    let person = Person::with_four_profiles();
    let run = person.run(&["auth", "status", "--profile", "onlin"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run}");
    assert!(run.stderr.contains("hint: did you mean online?"), "{run}");
}

#[test]
fn missing_secrets_are_named_after_the_whole_list() {
    let person = Person::with_four_profiles();
    std::fs::remove_file(person.state().join("secret-office%2Fpassword")).expect("a file");
    person.keep("sign-in-online.json", &session("2026-01-05T09:20:11Z", false));
    let run = person.shown(Run::of(person.status(&[]).env_remove("SU_APPLICATION_TOKEN")));
    assert_eq!(run.stdout.matches("profile  ").count(), 4, "{run}");
    insta::assert_snapshot!(Run { stdout: String::new(), ..run }, @"
    --- stderr
    error: the password of profile 'office' is missing
    error: the sign-in of profile 'online' has ended
    error: the application token of profile 'nightly' is missing
    hint: keep it again: sotickets auth login --profile office
    hint: sign in again: sotickets auth login --profile online
    hint: type it without showing it: stty -echo; IFS= read -r SU_APPLICATION_TOKEN && export SU_APPLICATION_TOKEN; stty echo
    --- exit code 4
    ");
}
