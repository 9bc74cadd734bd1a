//! Configuration files other than the default one: each has its own secrets, and a new one is
//! created.

use std::path::PathBuf;

use super::{Person, USER, server};
use crate::support::Run;
use crate::support::online_server::OnlineServer;
use crate::support::online_server::test_user::{TestUser, Waiting};

impl Person {
    fn other_file(&self) -> PathBuf {
        self.home.path().join("b/b.toml")
    }
}

#[test]
fn profiles_of_the_same_name_in_two_files_have_each_their_own_password() {
    let (first, second, person) = (server(), server(), Person::new());
    let office = [&USER[..], &["--profile", "office"]].concat();
    let other = [&office[..], &["--config", "b/b.toml"]].concat();
    assert_eq!(person.login(&first.url(), &office, "one").code, 0);
    std::fs::create_dir(person.home.path().join("b")).expect("a folder");
    let run = person.login(&second.url(), &other, "two");
    assert_eq!(run.code, 0, "{run}");
    let files = person.state_files();
    assert_eq!((files.len(), files[0].as_str()), (2, "secret-office%2Fpassword"), "{files:?}");

    let get = |arguments: &[&str]| person.run(&[&["get", "839"], arguments].concat()).code;
    assert_eq!((get(&[]), get(&["--config", "b/b.toml"])), (0, 0));
    // tim:one and tim:two
    assert_eq!(first.seen().header("authorization"), Some("Basic dGltOm9uZQ=="));
    assert_eq!(second.seen().header("authorization"), Some("Basic dGltOnR3bw=="));

    let dry = person.run(&["get", "839", "--config", "b/b.toml", "--dry-run"]);
    assert!(dry.stdout.contains(&files[1]), "{dry}");
    let run = person.run(&["auth", "logout", "--config", "b/b.toml", "--profile", "office"]);
    assert_eq!((run.code, person.state_files()), (0, vec![files[0].clone()]), "{run}");
    let run = person.run(&["get", "839", "--config", "b/b.toml"]);
    assert_eq!((run.code, second.calls()), (2, 2), "{run}");
    let hint = "hint: sotickets auth login --profile office --config b/b.toml stores one\n";
    assert!(run.stderr.contains(hint), "{run}");
    assert_eq!(get(&[]), 0);
}

#[test]
fn default_file_has_the_same_secrets_however_it_is_named() {
    let (server, person) = (server(), Person::new());
    assert_eq!(person.login(&server.url(), &USER, "pw").code, 0);
    let path = person.configuration_file();
    let path = path.to_str().expect("UTF-8");
    for arguments in
        [&["--config", path][..], &["--config", "config/../config/sotickets/config.toml"]]
    {
        let run = person.run(&[&["get", "839"], arguments].concat());
        assert_eq!(run.code, 0, "{run}");
    }
    let run = Run::of(person.command(&["get", "839"]).env("SOTICKETS_CONFIG", path));
    assert_eq!(run.code, 0, "{run}");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(path, person.home.path().join("link")).expect("a link");
        let run = person.run(&["get", "839", "--config", "link"]);
        assert_eq!(run.code, 0, "{run}");
    }
}

#[test]
fn login_creates_the_file_that_an_option_or_a_variable_names() {
    let (server, person) = (server(), Person::new());
    let run = person.login(&server.url(), &[&USER[..], &["--config", "b/b.toml"]].concat(), "pw");
    assert_eq!(run.code, 0, "{run}");
    assert!(run.stderr.contains("is in b/b.toml\n"), "{run}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let metadata = std::fs::metadata(person.other_file()).expect("a file");
        assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(person.run(&["get", "839", "--config", "b/b.toml"]).code, 0);
    std::fs::remove_dir_all(person.home.path().join("b")).expect("a folder");

    let words = ["auth", "login", "--store", "file", "--url", &server.url()];
    let mut command = person.command(&[&words[..], &USER].concat());
    let run = Run::of(command.env("SOTICKETS_CONFIG", person.other_file()).write_stdin("pw"));
    assert_eq!(run.code, 0, "{run}");
    assert_eq!((person.other_file().exists(), person.configuration().as_str()), (true, ""));
}

#[test]
fn other_commands_do_not_create_a_file() {
    let person = Person::new();
    let commands: [&[&str]; 5] = [
        &["get", "839"],
        &["auth", "status"],
        &["auth", "logout"],
        &["auth", "switch", "a"],
        &["doctor", "--offline"],
    ];
    for command in commands {
        let run = person.run(&[command, &["--config", "b/b.toml"]].concat());
        assert_eq!(run.code, 2, "{run}");
        assert!(run.stderr.contains("b/b.toml: No such file or directory"), "{run}");
        assert!(!person.other_file().exists());
    }
    // A file that cannot be read is none that is missing.
    let run = person.login("http://127.0.0.1:9", &[&USER[..], &["--config", "."]].concat(), "pw");
    assert_eq!(run.code, 2, "{run}");
}

#[test]
fn sign_ins_of_two_files_are_apart() {
    let service = OnlineServer::tls();
    let test_user = TestUser::new(&service);
    let other = test_user.home.path().join("b/b.toml");
    let other = other.to_str().expect("UTF-8");
    let login = ["auth", "login", "--no-browser", "--store", "file", "--profile", "work"];
    for arguments in [&[][..], &["--config", other]] {
        let waiting = Waiting::start(test_user.command(&[&login, arguments].concat()));
        test_user.browse(waiting.url.as_str());
        let run = waiting.end();
        assert_eq!(run.code, 0, "{run}");
    }
    assert!(test_user.kept("sign-in-work.json").is_some());
    let run = test_user.run(&["auth", "status", "--config", other]);
    assert_eq!((run.code, run.stdout.matches("sign-in (Online)").count()), (0, 1), "{run}");
    let run = test_user.run(&["auth", "logout", "--all", "--config", other]);
    assert_eq!(run.code, 0, "{run}");
    assert!(test_user.kept("sign-in-work.json").is_some(), "{run}");
    assert_eq!(test_user.run(&["get", "839"]).code, 0);
    let run = test_user.run(&["get", "839", "--config", other]);
    assert_eq!(run.code, 4, "{run}");
}
