//! docs/sign-in.md: runs each way to sign in, up to the first ticket.

use std::fs;
use std::process::Command;

use tempfile::TempDir;

use super::page::Page;
use super::session::bash;
use crate::support::online_server::keys::Key;
use crate::support::online_server::system_user::{APPLICATION, TOKEN};
use crate::support::online_server::test_user::{TestUser, Waiting};
use crate::support::online_server::{OnlineServer, TENANT, TICKETS};
use crate::support::{self, Run, Server, needed, tcp_server};

const PAGE: &str = include_str!("../../../docs/sign-in.md");

/// Placeholder addresses of the page.
const ONSITE: &str = "https://crm.example.com/SuperOffice";
const ONLINE: &str = "https://online3.superoffice.com/Cust12345";

/// Returns the blocks in `language` below the `heading`.
fn blocks(heading: &str, language: &str) -> Vec<String> {
    Page::read("docs/sign-in.md").texts(heading, language)
}

/// Returns the only block with `part` in it.
fn with<'b>(blocks: &'b [String], part: &str) -> &'b str {
    let mut found = blocks.iter().filter(|block| block.contains(part));
    let block = found.next().expect(part);
    assert!(found.next().is_none(), "{part} is in two blocks");
    block
}

/// Returns a shell that runs `script` in `home`, with the program in the path.
fn shell(script: &str, home: &TempDir) -> Command {
    let mut command = bash(home).expect("bash");
    command.args(["-ec", script]);
    command
}

/// Runs `command` and asserts that it prints only the ticket.
fn gets_the_ticket(command: &mut Command) {
    let run = Run::from(command.output().expect("a shell"));
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
    assert!(run.stdout.contains("839") && run.stdout.contains("Printer"), "{run}");
}

fn home() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

/// Writes `text` as the configuration file.
fn configure(home: &TempDir, text: &str) {
    let folder = home.path().join(".config/sotickets");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("config.toml"), text).expect("a file");
}

#[test]
fn basic() {
    if !needed("bash") {
        return;
    }
    let (server, home) = (Server::json(TICKETS), home());
    let shown = blocks("Basic (Onsite)", "sh");
    // Prompt and keyring have their own tests.
    let script = |part: &str| {
        let script = with(&shown, part).replace(ONSITE, &server.url());
        script.replace("--password prompt", "--password env:PASSWORD")
    };
    gets_the_ticket(shell(&script("sotickets get"), &home).env("PASSWORD", "secret"));
    let expected = Some("Basic dGltOnNlY3JldA==");
    assert_eq!(server.seen().header("authorization"), expected);

    let login = shell(&script("auth login"), &home).env("PASSWORD", "secret").output();
    let run = Run::from(login.expect("a shell"));
    assert_eq!((run.code, server.calls()), (0, 2), "{run}");
    assert!(PAGE.contains("From now on: `sotickets get '#839'`."));
    gets_the_ticket(shell("sotickets get '#839'", &home).env("PASSWORD", "secret"));
    assert_eq!((server.calls(), server.seen().header("authorization")), (3, expected));
}

#[test]
fn sign_in() {
    let online = OnlineServer::tls();
    let test_user = TestUser::new(&online);
    let shown = blocks("Sign-in (Online)", "sh");
    // Without the browser, the prompt and the keyring.
    let typed = with(&shown, "auth login");
    let typed =
        typed.replace("--client-secret prompt", "--client-secret env:SOTICKETS_CLIENT_SECRET");
    let typed = typed.strip_prefix("sotickets ").expect("the program").split(' ');
    let arguments = typed.chain(["--no-browser", "--store", "file"]).collect::<Vec<_>>();
    let waiting = Waiting::start(test_user.command(&arguments));
    let page = test_user.browse(waiting.url.as_str());
    assert!(page.body.contains("You are signed in"), "{}", page.body);
    assert_eq!(waiting.end().code, 0);
    let get: Vec<&str> = with(&shown, "get '#839'").split([' ', '\'']).collect();
    let get: Vec<&str> = get.into_iter().skip(1).filter(|word| !word.is_empty()).collect();
    let run = test_user.run(&get);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
    assert!(run.stdout.contains("Printer"), "{run}");

    let profile = &blocks("Sign-in (Online)", "toml")[0];
    let folder = support::configuration(profile);
    let mut doctor = support::sotickets();
    let run = Run::of(doctor.args(["doctor", "--offline"]).env("XDG_CONFIG_HOME", folder.path()));
    assert!(run.stdout.contains("Cust12345, from profile 'Cust12345'"), "{run}");
}

#[test]
fn redirects_of_the_page_work() {
    let online = OnlineServer::tls();
    let shown = blocks("Sign-in (Online)", "text");
    assert_eq!(online.state().sign_in.redirects, [with(&shown, "^http").trim()]);
    let over_ssh = with(&shown, "ssh -L 8000:127.0.0.1:8000 ");
    let login = over_ssh.lines().find_map(|line| line.trim().strip_prefix("sotickets "));
    let port = tcp_server::free_port().to_string();
    let login = login.expect("a sign-in").replace("8000", &port);
    online.state().sign_in.redirects = vec![format!(r"^http://127.0.0.1\:{port}/callback$")];
    let test_user = TestUser::new(&online);
    let arguments: Vec<&str> = login.split(' ').chain(["--store", "file"]).collect();
    let waiting = Waiting::start(test_user.command(&arguments));
    let page = test_user.browse(waiting.url.as_str());
    assert!(page.body.contains("You are signed in"), "{}", page.body);
    assert_eq!(waiting.end().code, 0);
}

#[test]
fn system_user() {
    if !needed("bash") {
        return;
    }
    let (online, key, home) = (OnlineServer::plain(), Key::application(), home());
    online.state().system_user.key = key.public();
    let profile = &blocks("Unattended: a system user", "toml")[0];
    let tenant = format!("tenant = \"{TENANT}\"\n");
    assert!(profile.contains(&tenant), "{profile}");
    let place = format!("{tenant}environment = \"{}\"\n", online.url);
    configure(&home, &profile.replace(&tenant, &place));
    assert!(PAGE.contains("`sotickets get 839` fetches a ticket"));
    let mut command = shell("sotickets get 839", &home);
    command.env("SU_TOKEN", TOKEN).env("SU_PRIVATE_KEY", key.xml());
    gets_the_ticket(command.env("SU_APPLICATION_TOKEN", APPLICATION));
    assert_eq!(online.steps(), ["state", "exchange", "discovery", "keys", "tickets"]);
}

#[test]
fn bearer() {
    if !needed("bash") {
        return;
    }
    let online = OnlineServer::plain();
    // Its token is nobody's.
    online.state().tenant.is_open = true;
    let script = &blocks("Bearer (Online)", "sh")[0];
    gets_the_ticket(shell(script, &home()).env("SOTICKETS_ENVIRONMENT", &online.url));
    let asked = online.requests();
    let last = asked.last().expect("a request");
    assert_eq!(last.header("authorization"), Some("Bearer 8A:Cust12345.…"));
}

#[test]
fn ticket() {
    if !needed("bash") {
        return;
    }
    let (server, home) = (Server::json(TICKETS), home());
    let script = &blocks("SOTicket", "sh")[0];
    let commands: Vec<&str> = script.lines().collect();
    for (command, place, application) in
        [(commands[0], ONSITE, None), (commands[1], ONLINE, Some("canary"))]
    {
        assert!(command.contains(place), "{command}");
        let mut command = shell(&command.replace(place, &server.url()), &home);
        gets_the_ticket(command.env("TICKET", "7T:abc").env("APP_TOKEN", "canary"));
        assert_eq!(server.seen().header("authorization"), Some("SOTicket 7T:abc"));
        assert_eq!(server.seen().header("so-apptoken"), application);
    }
    assert_eq!((commands.len(), server.calls()), (2, 2));
}

#[test]
fn xsrf() {
    if !needed("bash") {
        return;
    }
    let (server, home) = (Server::json(TICKETS), home());
    fs::write(home.path().join("xsrf.txt"), "abc\n").expect("a file");
    fs::write(home.path().join("cookies.txt"), "a=b; XSRF-TOKEN=abc\n").expect("a file");
    let script = blocks("XSRF", "sh")[0].replace(ONSITE, &server.url());
    gets_the_ticket(&mut shell(&script, &home));
    let seen = server.seen();
    assert_eq!(seen.header("x-xsrf-token"), Some("abc"));
    assert_eq!(seen.header("cookie"), Some("a=b; XSRF-TOKEN=abc"));
    assert_eq!(seen.header("authorization"), None);
}

#[test]
fn table_has_each_way_to_sign_in() {
    let ways = PAGE.lines().filter(|line| line.starts_with("| ") && line.contains("](#")).count();
    let sections = PAGE.lines().filter(|line| line.starts_with("## ")).count();
    // The last one lists the results.
    assert_eq!((ways, sections), (6, 8));
}
