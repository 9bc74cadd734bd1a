//! The script of `--dry-run`, run by a shell.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Output;

use crate::support::demo::Demo;
use crate::support::{self, PATH, Run, Server, programs, sotickets};

/// Shells that people and CI jobs paste the script into.
const SHELLS: [&str; 3] = ["sh", "dash", "bash"];
/// Names with their values.
type Variables<'a> = [(&'a str, &'a str)];

/// Runs `script` in the shell `name` with only `variables`; `None` if a program is missing.
fn shell(name: &str, script: &str, variables: &Variables<'_>) -> Option<Output> {
    if !programs::all_needed(&programs::DRY_RUN) {
        return None;
    }
    let mut command = programs::program(name)?;
    command.args(["-c", script]).env_clear().env("PATH", programs::path());
    Some(command.envs(variables.iter().copied()).output().expect("the shell runs"))
}

/// The script for `arguments`.
fn script(arguments: &[&str], variables: &Variables<'_>) -> String {
    let mut command = sotickets();
    command.args(["get", "--dry-run"]).args(arguments).envs(variables.iter().copied());
    let run = Run::of(&mut command);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
    run.stdout
}

#[test]
fn script_prints_the_bytes_of_json() {
    let demo = Demo::start();
    let schemes: [(&[&str], &Variables<'_>); 5] = [
        (&[], &[("SOTICKETS_TOKEN", demo.token())]),
        (&["--user", "demo"], &[("SOTICKETS_PASSWORD", demo.value("SOTICKETS_PASSWORD"))]),
        (&[], &[("SOTICKETS_TICKET", demo.value("SOTICKETS_TICKET"))]),
        (
            &[],
            &[
                ("SOTICKETS_XSRF_TOKEN", demo.value("SOTICKETS_XSRF_TOKEN")),
                ("SOTICKETS_COOKIE", demo.value("SOTICKETS_COOKIE")),
            ],
        ),
        (
            &["-s", "Title,TableRight/Mask", "--language", "nb-no", "--timezone", "Europe/Oslo"],
            &[
                ("SOTICKETS_TICKET", demo.value("SOTICKETS_TICKET")),
                ("SOTICKETS_APP_TOKEN", demo.value("SOTICKETS_APP_TOKEN")),
            ],
        ),
    ];
    for (arguments, secrets) in schemes {
        let arguments =
            [&["839", "249", "666", "-o", "json", "--url", demo.url()], arguments].concat();
        let mut command = sotickets();
        command.arg("get").args(&arguments).envs(secrets.iter().copied());
        let sent = Run::of(&mut command);
        assert_eq!((sent.code, sent.stderr.as_str()), (0, ""), "{sent}");
        let script = script(&arguments, secrets);
        for name in SHELLS {
            let Some(output) = shell(name, &script, secrets) else { continue };
            assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{name}");
            assert!(output.status.success() && output.stdout == sent.stdout.as_bytes(), "{name}");
        }
    }
}

/// Characters with a meaning to a shell, to curl or to its configuration.
const AWKWARD: &str = r##"a "b" \c $HOME $(id) `id` 'd' \\ #e %f ä!"##;

/// A server that answers only a call with all of `headers`.
fn expecting(headers: &Variables<'_>) -> Server {
    let headers: Vec<(String, String)> =
        headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Server::answering(move |when, then| {
        let when = when.method("POST").path(PATH).body(r#"{"TicketIds":[839]}"#);
        headers.into_iter().fold(when, |when, (name, value)| when.header(name, value));
        then.status(200).body("[]");
    })
}

fn basic(user: &str, password: &str) -> String {
    use base64::Engine as _;
    let pair = format!("{user}:{password}");
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
}

#[test]
fn awkward_characters_survive_shell_and_curl() {
    let ascii = AWKWARD.replace('ä', "a");
    for name in SHELLS {
        let server = expecting(&[
            ("authorization", &basic(AWKWARD, AWKWARD)),
            ("x-trace", &ascii),
            ("x-api-key", &ascii),
            ("content-type", "application/json; charset=utf-8"),
            ("accept", "application/json"),
            ("so-language", "nb-no"),
        ]);
        let header = format!("X-Trace: {ascii}");
        let url = server.url();
        let arguments = [
            "839",
            "--url",
            &url,
            "--user",
            AWKWARD,
            "-H",
            &header,
            "--language",
            "nb-no",
            "-H",
            "X-Api-Key: @env:API_KEY",
        ];
        let secrets = [("SOTICKETS_PASSWORD", AWKWARD), ("API_KEY", &*ascii)];
        let script = script(&arguments, &secrets);
        let Some(output) = shell(name, &script, &secrets) else { continue };
        assert_eq!(server.calls(), 1, "{name}: {script}{output:?}");
        assert_eq!(output.stdout, b"[]");
    }
}

#[test]
fn brackets_in_an_address_are_no_pattern() {
    let server = Server::answering(|when, then| {
        when.method("POST").path(format!("/[1-3]{PATH}"));
        then.status(200).body("[]");
    });
    let url = format!("{}/[1-3]", server.url());
    let secrets = [("SOTICKETS_TOKEN", "t")];
    let script = script(&["839", "--url", &url], &secrets);
    let Some(output) = shell("sh", &script, &secrets) else { return };
    assert_eq!(server.calls(), 1, "{script}{output:?}");
}

#[test]
fn no_secret_is_among_curls_arguments() {
    let folder = tempfile::tempdir().expect("a folder");
    let wrapper = folder.path().join("curl");
    let record = folder.path().display().to_string();
    let text =
        "#!/bin/sh\nprintf '%s\\n' \"$@\" > \"$RECORD/arguments\"\ncat > \"$RECORD/stdin\"\n";
    fs::write(&wrapper, text).expect("a script");
    fs::set_permissions(&wrapper, fs::Permissions::from_mode(0o755)).expect("it may run");
    let secrets = [
        ("SOTICKETS_PASSWORD", "canary-password"),
        ("SOTICKETS_APP_TOKEN", "canary-app"),
        ("API_KEY", "canary-key"),
    ];
    let arguments =
        ["839", "--url=http://127.0.0.1:1", "--user=tim", "-H", "X-Api-Key: @env:API_KEY"];
    let script = script(&arguments, &secrets);
    if !programs::needed("sed") {
        return;
    }
    let output = programs::sh()
        .args(["-c", &script])
        .env_clear()
        .env("PATH", programs::path_after(folder.path()))
        .env("RECORD", &record)
        .envs(secrets)
        .output()
        .expect("a shell");
    assert!(output.status.success(), "{output:?}");
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).expect("a record");
    assert_eq!(read("arguments"), "--config\n-\n");
    for (_, secret) in secrets {
        assert!(read("stdin").contains(secret), "{}", read("stdin"));
    }
}

/// The comment lines of `script` as commands, then the script.
fn with_exports(script: &str) -> String {
    script.lines().fold(String::new(), |text, line| {
        text + line.strip_prefix("# first: ").unwrap_or(line) + "\n"
    })
}

#[test]
fn comment_for_a_secret_of_a_source_is_a_command() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("it's a \"file\" $HOME");
    fs::write(&file, "from-file\n").expect("a file");
    fs::write(folder.path().join("token"), "from-home\n").expect("a file");
    let home = folder.path().display().to_string();
    let file = format!("file:{}", file.display());
    for (name, start, end) in
        [("crlf", "", "\r\n"), ("bom", "\u{feff}", "\n"), ("both", "\u{feff}", "\r\n")]
    {
        let text = format!("{start}from-{name}{end}");
        fs::write(folder.path().join(name), text).expect("a file");
    }
    let cases = [
        (&*file, "from-file"),
        ("file:~/crlf", "from-crlf"),
        ("file:~/bom", "from-bom"),
        ("file:~/both", "from-both"),
        ("file:~/token", "from-home"),
        ("file:~/scheme", "from-scheme"),
        ("file:~/utf-16", "from-utf-16"),
        ("env:COPIED", "from-variable"),
    ];
    let utf_16 = "\u{feff} from-utf-16\r\n".encode_utf16().flat_map(u16::to_le_bytes);
    fs::write(folder.path().join("utf-16"), utf_16.collect::<Vec<u8>>()).expect("a file");
    fs::write(folder.path().join("scheme"), "Bearer from-scheme \r\n").expect("a file");
    let variables = [("HOME", &*home), ("COPIED", " Bearer from-variable ")];
    for (source, secret) in cases {
        for name in SHELLS {
            let server = expecting(&[("authorization", &format!("Bearer {secret}"))]);
            let url = server.url();
            let script = script(&["839", "--url", &url, "--token", source], &variables);
            assert!(!script.contains("from-"), "{script}");
            let Some(output) = shell(name, &with_exports(&script), &variables) else {
                continue;
            };
            assert_eq!(server.calls(), 1, "{script}{output:?}");
        }
    }
    let url = ["839", "--url", "http://127.0.0.1:1"];
    let asked = script(&[&url[..], &["--user", "tim", "--password", "prompt"]].concat(), &[]);
    let export = asked.lines().next().expect("a line");
    assert_eq!(export, "# first: stty -echo; IFS= read -r SOTICKETS_PASSWORD; stty echo");
    let asked = script(&[&url[..], &["--token", "stdin"]].concat(), &[]);
    assert_eq!(asked.lines().next(), Some("# first: IFS= read -r SOTICKETS_TOKEN"));
}

#[test]
fn arguments_of_a_program_are_not_printed() {
    let call = ["839", "--url", "http://127.0.0.1:1", "-H"];
    let cases = [
        ("command:echo canary", "what the program of -H 'X: @command:…' prints"),
        (
            "command-line:printf '\ncanary\n'",
            "the first line that the program of -H 'X: @command-line:…' prints",
        ),
    ];
    for (source, what) in cases {
        let header = format!("X: @{source}");
        let script = script(&[&call[..], &[&header, "--no-auth"]].concat(), &[]);
        let first = script.lines().next().expect("a line");
        assert_eq!(first, format!("# first: SOTICKETS_HEADER_X=...  # {what}"));
        assert!(!script.contains("canary"), "{script}");
    }
    let folder = support::configuration(
        "[profiles.x]\nurl = 'http://127.0.0.1:1'\ntoken = 'command:echo canary'",
    );
    let run = Run::of(&mut support::configured(&folder, &["839", "--dry-run", "--profile", "x"]));
    let first = support::without_folder(run.stdout.lines().next().expect("a line"), &folder);
    assert_eq!(
        first,
        "# first: SOTICKETS_TOKEN=...  # what the program of token command:… of profile 'x' \
         (CONFIG/sotickets/config.toml, line 3) prints"
    );
    assert!(!run.to_string().contains("canary"), "{run}");
}

/// A path may hold a line break.
#[test]
fn comment_of_several_lines_stays_a_comment() {
    let folder = tempfile::tempdir().expect("a folder");
    let ran = folder.path().join("ran");
    let file = folder.path().join(format!("a\ntouch {}\n", ran.display()).replace('/', "_"));
    fs::write(&file, "canary\n").expect("a file");
    let source = format!("file:{}", file.display());
    let script = script(&["839", "--url", "http://127.0.0.1:1", "--token", &source], &[]);
    let before = script.split("curl --config").next().expect("a beginning");
    assert!(before.lines().count() > 1, "{script}");
    assert!(before.lines().all(|line| line.starts_with("# ")), "{script}");
}
