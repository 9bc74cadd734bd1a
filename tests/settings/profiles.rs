//! Profiles of the configuration file, below options and variables.

use std::fs;

use crate::support::portable::{self, ECHO};
use crate::support::{Run, Server, configuration, configured, sotickets, without_folder};

fn server() -> Server {
    Server::json(r#"[{"TicketId":839,"Title":"Printer"}]"#)
}

/// A source that prints `secret`.
fn echo(secret: &str) -> String {
    format!("command:{ECHO} {secret}")
}

/// Returns a file with the profile `work`, which leads to `server` and is the default.
fn work(server: &Server, lines: &str) -> String {
    format!("default_profile = \"work\"\n\n[profiles.work]\nurl = \"{}\"\n{lines}\n", server.url())
}

/// Runs `get 839` with the profile of `lines`, and checks that the server was called once.
fn get(lines: &str, arguments: &[&str], variables: &[(&str, &str)]) -> (Run, Server) {
    let server = server();
    let folder = configuration(work(&server, lines));
    let mut command = configured(&folder, &[&["839"], arguments].concat());
    let run = Run::of(command.envs(variables.iter().copied()).env("MY_TOKEN", "8A:mine"));
    assert_eq!((run.code, server.calls()), (0, 1), "{lines}: {run}");
    (run, server)
}

fn header(server: &Server, name: &str) -> Option<String> {
    server.seen().header(name).map(str::to_owned)
}

const EVERYTHING: &str = r#"
language = "nb-no"
culture = "nb-NO"
timezone = 261
select = ["TicketId", "Title"]
output = "csv"
connect_timeout = "5s"
read_timeout = 3_0
timeout = +1.5e1
max_bytes = 10_000_000
token = "env:MY_TOKEN"
app_token = "env:MY_TOKEN"
"#;

#[test]
fn profile_sets_server_user_and_output() {
    let (run, server) = get(EVERYTHING, &[], &[]);
    assert_eq!(run.stdout, "TicketId,Title\n839,Printer\n");
    let [warning, hint] = run.stderr.lines().collect::<Vec<_>>()[..] else { panic!("{run}") };
    assert!(warning.starts_with("warning: timezone of profile 'work' ("), "{run}");
    assert!(warning.contains(" 261: the server probably neither moves"), "{run}");
    assert_eq!(hint, "hint: --timezone Europe/Oslo converts every date here");
    let seen = server.seen();
    assert_eq!(seen.query(), Some("$select=TicketId,Title"));
    for (name, value) in [
        ("authorization", "Bearer 8A:mine"),
        ("so-apptoken", "8A:mine"),
        ("so-language", "nb-no"),
        ("so-culture", "nb-NO"),
        ("so-timezone", "261"),
    ] {
        assert_eq!(seen.header(name), Some(value), "{name}");
    }
}

#[test]
fn variable_overrides_the_profile_and_an_option_both() {
    let variables = [
        ("SOTICKETS_LANGUAGE", "da"),
        ("SOTICKETS_SELECT", "TicketId"),
        ("SOTICKETS_OUTPUT", "tsv"),
        ("SOTICKETS_TOKEN", "8A:variable"),
    ];
    let (run, server) = get(EVERYTHING, &[], &variables);
    assert_eq!(run.stdout, "TicketId\n839\n");
    assert_eq!(header(&server, "so-language").as_deref(), Some("da"));
    assert_eq!(header(&server, "so-culture").as_deref(), Some("nb-NO"));
    assert_eq!(header(&server, "authorization").as_deref(), Some("Bearer 8A:variable"));

    let typed = ["--language", "fi", "-s", "Title", "-o", "jsonl", "--token", &echo("typed")];
    let (run, server) = get(EVERYTHING, &typed, &variables);
    assert_eq!(run.stdout, "{\"Title\":\"Printer\"}\n");
    assert_eq!(header(&server, "so-language").as_deref(), Some("fi"));
    assert_eq!(header(&server, "authorization").as_deref(), Some("Bearer typed"));
}

#[test]
fn profile_is_selected_by_option_variable_or_default() {
    let (work, home) = (server(), server());
    let text = format!(
        "default_profile = \"work\"\n[profiles.work]\nurl = \"{}\"\n[profiles.\"at home\"]\nurl = \"{}\"\n",
        work.url(),
        home.url()
    );
    let folder = configuration(text);
    let run = |arguments: &[&str], variable: &str| {
        let arguments = [&["839", "--no-auth"], arguments].concat();
        let run = Run::of(configured(&folder, &arguments).env("SOTICKETS_PROFILE", variable));
        assert_eq!(run.code, 0, "{run}");
        (work.calls(), home.calls())
    };
    assert_eq!(run(&[], ""), (1, 0));
    assert_eq!(run(&[], "at home"), (1, 1));
    assert_eq!(run(&["--profile", "work"], "at home"), (2, 1));
    assert_eq!(run(&["--profile", "at home"], ""), (2, 2));
}

#[test]
fn file_is_selected_by_option_variable_or_default() {
    let (usual, variable, option) = (server(), server(), server());
    let folder = configuration(work(&usual, ""));
    let other = configuration(work(&variable, ""));
    let third = configuration(work(&option, ""));
    let path = |folder: &tempfile::TempDir| folder.path().join("sotickets/config.toml");
    let run = |command: &mut assert_cmd::Command| {
        let run = Run::of(command);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
        (usual.calls(), variable.calls(), option.calls())
    };
    let get = || configured(&folder, &["839", "--no-auth"]);
    assert_eq!(run(&mut get()), (1, 0, 0));
    assert_eq!(run(get().env("SOTICKETS_CONFIG", path(&other))), (1, 1, 0));
    let mut typed = get();
    typed.env("SOTICKETS_CONFIG", path(&other)).arg("--config").arg(path(&third));
    assert_eq!(run(&mut typed), (1, 1, 1));

    // The folder for configuration where no variable says another.
    let home = tempfile::tempdir().expect("a folder");
    let above =
        if cfg!(target_vendor = "apple") { "Library/Application Support" } else { ".config" };
    let below = home.path().join(above).join("sotickets");
    fs::create_dir_all(&below).expect("a folder");
    fs::copy(path(&folder), below.join("config.toml")).expect("a file");
    let mut command = sotickets();
    command.args(["get", "839", "--no-auth"]).env("HOME", home.path());
    command.env("APPDATA", home.path().join(".config"));
    assert_eq!(run(&mut command), (2, 1, 1));
}

#[test]
fn secret_is_sent_to_its_server_in_any_spelling_of_the_address() {
    let server = server();
    let folder = configuration(work(&server, "token = \"env:MY_TOKEN\""));
    let port = server.url().rsplit_once(':').expect("a port").1.to_owned();
    let same = ["HTTP://127.0.0.1", "http://127.1", "http://0x7f000001"];
    for host in same {
        let url = format!("{host}:{port}/api/");
        let run = Run::of(configured(&folder, &["839", "--url", &url]).env("MY_TOKEN", "t"));
        assert_eq!(run.code, 0, "{run}");
    }
    assert_eq!(server.calls(), same.len());
    // The same machine under another name is another place.
    let url = format!("http://localhost:{port}");
    let run = Run::of(configured(&folder, &["839", "--url", &url]).env("MY_TOKEN", "t"));
    assert_eq!((run.code, server.calls()), (2, same.len()), "{run}");
}

#[test]
fn file_is_read_with_any_line_ends_and_a_byte_order_mark() {
    let server = server();
    let text = work(&server, "output = \"csv\"\nselect = \"TicketId, Title\"");
    for text in [text.replace('\n', "\r\n"), format!("\u{feff}{text}")] {
        let run = Run::of(&mut configured(&configuration(text), &["839", "--no-auth"]));
        assert_eq!(run.stdout, "TicketId,Title\n839,Printer\n", "{run}");
    }
}

#[test]
fn missing_or_empty_file_changes_nothing() {
    let server = server();
    let folder = tempfile::tempdir().expect("a folder");
    for text in [None, Some(""), Some("# nothing\n"), Some("[profiles]\n")] {
        let folder =
            text.map_or_else(|| folder.path().to_owned(), |text| configuration(text).keep());
        let mut command = server.get(&["839", "-s", "TicketId", "-o", "csv"]);
        let run = Run::of(command.env("XDG_CONFIG_HOME", &folder));
        assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("TicketId\n839\n", ""), "{text:?}");
        if text.is_some() {
            fs::remove_dir_all(folder).expect("a folder");
        }
    }
    // A file in the place of a folder is no file either.
    let file = tempfile::NamedTempFile::new().expect("a file");
    let run = Run::of(server.get(&["839"]).env("XDG_CONFIG_HOME", file.path()));
    assert_eq!(run.code, 0, "{run}");
    let run = Run::of(server.get(&["839", "--config", "/dev/null"]).env("HOME", "/nowhere"));
    assert_eq!(run.code, 0, "{run}");
}

#[test]
fn commands_that_need_no_configuration_do_not_read_it() {
    let folder = configuration("this is not TOML");
    for arguments in [&["fields", "Title"][..], &["completions", "bash"], &["--version"]] {
        let run = Run::of(sotickets().args(arguments).env("XDG_CONFIG_HOME", folder.path()));
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
    }
}

#[test]
fn file_of_a_secret_starts_from_the_configuration_or_the_home_folder() {
    let server = server();
    let folder = configuration(work(&server, "token = \"file:secret/token\""));
    fs::create_dir(folder.path().join("sotickets/secret")).expect("a folder");
    fs::write(folder.path().join("sotickets/secret/token"), "8A:beside\n").expect("a file");
    let run = Run::of(&mut configured(&folder, &["839"]));
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(server.seen().header("authorization"), Some("Bearer 8A:beside"));

    let folder = configuration(work(&server, "token = \"file:~/token\""));
    fs::write(folder.path().join("token"), "8A:home\n").expect("a file");
    let run = Run::of(configured(&folder, &["839"]).env("HOME", folder.path()));
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(server.seen().header("authorization"), Some("Bearer 8A:home"));
}

#[test]
fn profile_can_hold_each_scheme() {
    let cases = [
        ("user = \"tim\"\npassword = \"env:MY_TOKEN\"", "authorization", "Basic dGltOjhBOm1pbmU="),
        ("ticket = \"env:MY_TOKEN\"", "authorization", "SOTicket 8A:mine"),
        ("token = \"env:MY_TOKEN\"", "authorization", "Bearer 8A:mine"),
        (
            &format!("xsrf_token = \"env:MY_TOKEN\"\ncookie = \"{}\"", echo("a=b")),
            "x-xsrf-token",
            "8A:mine",
        ),
    ];
    for (lines, name, value) in cases {
        let (_, server) = get(lines, &[], &[]);
        assert_eq!(header(&server, name).as_deref(), Some(value));
    }
}

#[test]
fn scheme_of_a_higher_layer_replaces_all_of_the_profiles() {
    let basic = "user = \"tim\"\npassword = \"env:MY_TOKEN\"";
    let (_, server) = get(basic, &[], &[("SOTICKETS_TICKET", "7T:x")]);
    assert_eq!(header(&server, "authorization").as_deref(), Some("SOTicket 7T:x"));
    let (_, server) = get(basic, &["--token", &echo("t")], &[]);
    assert_eq!(header(&server, "authorization").as_deref(), Some("Bearer t"));
    // A user is no secret, and is looked for at every level.
    let (_, server) = get("user = \"tim\"", &["--password", &echo("p")], &[]);
    assert_eq!(header(&server, "authorization").as_deref(), Some("Basic dGltOnA="));
    let (_, server) = get("user = \"tim\"", &[], &[("SOTICKETS_PASSWORD", "p")]);
    assert_eq!(header(&server, "authorization").as_deref(), Some("Basic dGltOnA="));
    let lines = format!("{basic}\napp_token = \"env:MY_TOKEN\"");
    let (_, server) = get(&lines, &["--no-auth"], &[]);
    assert_eq!((header(&server, "authorization"), header(&server, "so-apptoken")), (None, None));
}

#[test]
fn profile_setting_without_effect_is_allowed() {
    for lines in [
        "output = \"json\"\nselect = \"Title\"\ntimezone = \"Europe/Oslo\"",
        "user = \"tim\"\ntoken = \"env:MY_TOKEN\"",
        "output = \"xml\"\nlanguage = \"en\"",
    ] {
        let server = server();
        let folder = configuration(work(&server, lines));
        let mut command = configured(&folder, &["839"]);
        Run::of(
            command.env("MY_TOKEN", "t").env("SOTICKETS_USER", "x").env("SOTICKETS_TOKEN", "t"),
        );
        assert_eq!(server.calls(), 1, "{lines}");
    }
    let (_, server) = get("select = \"Zorp\"", &["--any-field", "--no-auth"], &[]);
    assert_eq!(server.seen().query(), Some("$select=Zorp,TicketId"));
}

#[test]
fn sample_server_gets_no_secret_of_a_profile() {
    let server = server();
    let lines = "token = \"env:MY_TOKEN\"\napp_token = \"env:MY_TOKEN\"\noutput = \"csv\"";
    let folder = configuration(work(&server, lines));
    let mut command = configured(&folder, &["839", "--demo", "-s", "TicketId", "-v"]);
    let run = Run::of(command.env("MY_TOKEN", "canary"));
    assert_eq!((run.code, run.stdout.as_str(), server.calls()), (0, "TicketId\n839\n", 0), "{run}");
    assert!(!run.stderr.contains("SO-AppToken"), "{run}");
}

#[test]
fn dry_run_names_the_variable_for_a_secret_of_the_profile() {
    let server = server();
    let folder = configuration(work(&server, "token = \"file:token\""));
    fs::write(folder.path().join("sotickets/token"), "canary\n").expect("a file");
    let run = Run::of(&mut configured(&folder, &["839", "--dry-run"]));
    assert_eq!((run.code, server.calls()), (0, 0), "{run}");
    // The shell wants a path with backslashes in quotes.
    let path = "CONFIG/sotickets/token";
    let path = if cfg!(windows) { portable::quoted(path) } else { path.to_owned() };
    let line = format!("SOTICKETS_TOKEN=\"$(cat {path})\"");
    let script = without_folder(&run.stdout, &folder);
    assert!(script.contains(&line) && !script.contains("canary"), "{run}");
}

#[test]
fn profile_sets_the_network_options() {
    let failing = Server::status(503, "");
    let folder = configuration(work(&failing, "retries = 1"));
    let run = Run::of(&mut configured(&folder, &["839", "--no-auth"]));
    assert_eq!((run.code, failing.calls()), (5, 2), "{run}");
    let run = Run::of(&mut configured(&folder, &["839", "--no-auth", "--retries", "0"]));
    assert_eq!((run.code, failing.calls()), (5, 3), "{run}");

    // A file starts from the folder of the configuration; for http none is read.
    let lines = "cacert = \"none.pem\"\nclient_key = \"~/key.pem\"";
    get(lines, &["--no-auth"], &[]);
    let text =
        format!("default_profile = \"x\"\n[profiles.x]\nurl = \"https://127.0.0.1:1\"\n{lines}");
    let folder = configuration(text);
    let run = Run::of(&mut configured(&folder, &["839", "--no-auth"]));
    let path = folder.path().join("sotickets").join("none.pem");
    assert_eq!(run.code, 2, "{run}");
    assert!(run.stderr.starts_with("error: cacert of profile 'x' ("), "{run}");
    assert!(run.stderr.contains(&format!("line 4) {}: No such file", path.display())), "{run}");
    let bundle = folder.path().join("bundle.pem");
    fs::write(&bundle, "").expect("a file");
    let mut command = configured(&folder, &["839", "--no-auth"]);
    let run = Run::of(command.env("SOTICKETS_CACERT", &bundle).env("HOME", folder.path()));
    assert!(run.stderr.contains("SOTICKETS_CACERT"), "{run}");
}
