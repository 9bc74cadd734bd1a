//! Unattended: a system user's signed token is exchanged for a ticket.
#![cfg(unix)]

use std::fs;
use std::path::PathBuf;

use assert_cmd::Command;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use sotickets::context::{Context, Terminal};
use tempfile::TempDir;

use crate::support::fault::documented;
use crate::support::limits::limited;
use crate::support::online_server::keys::Key;
use crate::support::online_server::system_user::{APPLICATION, TOKEN, Twist};
use crate::support::online_server::{self, OnlineServer, Reply, TENANT};
use crate::support::{self, Run, at_once, configuration, configured, programs, pty};

/// The key that the application signs with.
fn key() -> Key {
    Key::application()
}

/// A stand-in with a tenant and an exchange, and a folder for all that the program keeps.
struct Stage {
    online: OnlineServer,
    folder: TempDir,
}

const USER: &str = "system_user = { token = \"env:SU_TOKEN\", private_key = \"file:key\", application_token = \"env:SU_APPLICATION\" }";

impl Stage {
    fn new() -> Self {
        Self::with(USER)
    }

    fn with(lines: &str) -> Self {
        let online = OnlineServer::plain();
        online.state().system_user.key = key().public();
        let folder = configuration(format!(
            "default_profile = \"ci\"\n\n[profiles.ci]\ntenant = \"{TENANT}\"\nenvironment = \"{}\"\n{lines}\n",
            online.url
        ));
        let stage = Self { online, folder };
        stage.key(&key().0);
        stage
    }

    fn key(&self, text: impl AsRef<[u8]>) {
        fs::write(self.folder.path().join("sotickets/key"), text).expect("a file");
    }

    fn get(&self, arguments: &[&str]) -> Command {
        let start = ["839", "-s", "TicketId,Title", "-o", "csv"];
        let mut command = configured(&self.folder, &[&start, arguments].concat());
        command.env("HOME", self.folder.path()).env("SU_TOKEN", TOKEN);
        command.env("SU_APPLICATION", APPLICATION);
        command
    }

    /// Runs it, and gives the result with what was asked for.
    fn run(&self, arguments: &[&str]) -> (Run, Vec<&'static str>) {
        let run = Run::of(&mut self.get(arguments));
        assert!(!run.to_string().contains("canary"), "{run}");
        assert!(!run.to_string().contains("eyJ"), "{run}");
        (run, self.online.steps())
    }

    /// The same, where it has to succeed.
    fn steps(&self) -> Vec<&'static str> {
        let (run, steps) = self.run(&[]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
        assert_eq!(run.stdout, TABLE);
        steps
    }

    /// The same, where it has to be refused with nothing sent.
    fn refused(&self) -> String {
        let (run, steps) = self.run(&[]);
        assert_eq!((run.code, run.stdout.as_str(), steps), (2, "", vec![]), "{run}");
        self.shown(&run.stderr)
    }

    fn shown(&self, text: &str) -> String {
        let text = support::without_folder(text, &self.folder);
        text.replace(&self.online.url, "http://HOST:PORT")
    }

    fn state(&self) -> PathBuf {
        let folder = if cfg!(target_vendor = "apple") {
            "Library/Application Support/sotickets"
        } else {
            ".local/state/sotickets"
        };
        self.folder.path().join(folder)
    }

    /// Where the ticket is kept.
    fn kept(&self) -> PathBuf {
        let files = fs::read_dir(self.state()).expect("a folder");
        let mut paths = files.map(|file| file.expect("a file").path());
        paths.find(|path| path.extension().is_some_and(|it| it == "json")).expect("a ticket")
    }

    /// What one who signs in has to himself meanwhile.
    fn lock(&self) -> PathBuf {
        self.kept().with_extension("lock")
    }

    fn twist(&self, twist: Twist) {
        self.online.state().system_user.twist = twist;
    }

    fn forget(&self) {
        fs::remove_dir_all(self.state()).expect("a folder");
    }

    /// The program at another time, within this process.
    fn steps_at(&self, now: DateTime<Utc>) -> Vec<&'static str> {
        self.online.state().time = Some(now);
        let path = |path: PathBuf| path.to_string_lossy().into_owned();
        let variables = [
            ("HOME", path(self.folder.path().to_owned())),
            ("XDG_CONFIG_HOME", path(self.folder.path().to_owned())),
            ("SU_TOKEN", TOKEN.to_owned()),
            ("SU_APPLICATION", APPLICATION.to_owned()),
        ];
        let mut host = Context {
            environment: variables.into_iter().collect(),
            stdin: Box::new(std::io::empty()),
            stdout: &mut std::io::sink(),
            stderr: &mut std::io::sink(),
            terminal: Terminal::default(),
            now,
            started: std::time::Instant::now(),
        };
        assert_eq!(sotickets::run(["sotickets", "get", "839"].map(Into::into), &mut host), 0);
        self.online.steps()
    }
}

const TABLE: &str = "TicketId,Title\n839,Printer\n";
const SIGN_IN: [&str; 5] = ["state", "exchange", "discovery", "keys", "tickets"];

#[test]
fn signed_token_is_exchanged_for_a_ticket_that_is_stored() {
    use std::os::unix::fs::PermissionsExt as _;
    let stage = Stage::new();
    let run = Run::of(&mut stage.get(&[]));
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
    let asked = stage.online.requests();
    let tickets = asked.last().expect("a request");
    assert_eq!(tickets.header("authorization"), Some("SOTicket 7T:canary-ticket-1"));
    assert_eq!(tickets.header("so-apptoken"), Some(APPLICATION));
    for others in &asked[..asked.len() - 1] {
        assert_eq!((others.header("authorization"), others.header("so-apptoken")), (None, None));
    }
    assert_eq!(stage.online.steps(), SIGN_IN);
    assert_eq!(stage.steps(), ["tickets"]);

    let mode = |path: PathBuf| fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!((mode(stage.kept()), mode(stage.state())), (0o600, 0o700));
    let text = fs::read_to_string(stage.kept()).expect("a file");
    assert!(text.contains("7T:canary-ticket-1"), "{text}");
    let name = stage.kept();
    for secret in [TOKEN, APPLICATION, "BEGIN", "eyJ"] {
        assert!(!text.contains(secret) && !name.to_string_lossy().contains(secret), "{text}");
    }
}

#[test]
fn key_may_be_in_xml_or_in_either_form_of_pem() {
    let stage = Stage::new();
    let key = key();
    let long = key.xml().replace("><", ">\r\n  <");
    let in_one_line = key.0.replace('\n', "\\n");
    for text in
        [key.0.clone(), key.pkcs1(), key.xml(), long, format!("\u{feff}{}", key.xml()), in_one_line]
    {
        stage.key(text);
        assert_eq!(stage.steps().last(), Some(&"tickets"));
        stage.forget();
    }
    // From a variable, with its lines.
    let lines = USER.replace("file:key", "env:SU_KEY");
    let stage = Stage::with(&lines);
    let run = Run::of(stage.get(&[]).env("SU_KEY", key.pkcs1()));
    assert_eq!(run.code, 0, "{run}");
}

#[test]
fn openssl_reads_each_form_of_the_key_and_verifies_the_signature() {
    if !programs::needed("openssl") {
        return;
    }
    let stage = Stage::new();
    assert_eq!(Run::of(&mut stage.get(&[])).code, 0);
    let asked = stage.online.requests();
    let body = asked.iter().find_map(|asked| serde_json::from_str::<Value>(&asked.body).ok());
    let token = body.expect("JSON")["SignedSystemToken"].as_str().expect("a token").to_owned();
    let (signed, signature) = token.rsplit_once('.').expect("a signature");
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).expect("a file");
        path.to_string_lossy().into_owned()
    };
    let openssl = |arguments: &[&str]| {
        let output = programs::program("openssl").expect("it").args(arguments).output();
        Run::from(output.expect("openssl"))
    };
    let public = file("public", key().public().as_bytes());
    let signature = file("signature", &STANDARD.decode(signature).expect("base64"));
    let text = file("text", signed.as_bytes());
    let verify = ["dgst", "-sha256", "-verify", &public, "-signature", &signature, &text];
    assert_eq!(openssl(&verify).stdout, "Verified OK\n");
    let modulus = openssl(&["rsa", "-noout", "-modulus", "-pubin", "-in", &public]).stdout;
    assert!(modulus.starts_with("Modulus="), "{modulus}");
    for private in [key().0, key().pkcs1()] {
        let private = file("private", private.as_bytes());
        let run = openssl(&["rsa", "-noout", "-modulus", "-check", "-in", &private]);
        assert_eq!(run.stdout, format!("{modulus}RSA key ok\n"), "{run}");
    }
}

#[test]
fn ticket_lives_for_six_hours_after_its_last_use() {
    let stage = Stage::new();
    let now = online_server::now() - TimeDelta::days(3);
    stage.online.state().tenant.until(now);
    let signs_in = |at| stage.steps_at(at).contains(&"exchange");
    assert!(signs_in(now));
    assert!(!signs_in(now + TimeDelta::hours(5)));
    assert!(!signs_in(now + TimeDelta::hours(10)));
    assert!(signs_in(now + TimeDelta::hours(16)));
    // One that was kept in the future is not believed.
    assert!(signs_in(now));
    assert!(!signs_in(now - TimeDelta::minutes(1)));
}

#[test]
fn rejected_ticket_is_replaced_once() {
    let stage = Stage::new();
    for status in [401, 403] {
        stage.steps();
        stage.online.state().tenant.answer(&[status]);
        assert_eq!(stage.steps(), ["tickets", "exchange", "discovery", "keys", "tickets"]);
        assert_eq!(stage.steps(), ["tickets"]);
        stage.online.state().tenant.answer(&[status, status]);
        let (run, steps) = stage.run(&[]);
        assert_eq!(run.code, 4, "{run}");
        assert_eq!(steps.iter().filter(|step| **step == "tickets").count(), 2, "{steps:?}");
    }
    // A new one is not had anew, and no other failure is one of the ticket.
    stage.forget();
    stage.online.state().tenant.answer(&[401]);
    let (run, steps) = stage.run(&[]);
    assert_eq!((run.code, &steps[..]), (4, &SIGN_IN[1..]), "{run}");
    insta::assert_snapshot!(stage.shown(&run.stderr), @"
    error: HTTP 401: the server does not accept the ticket of the system user from system_user.token env:SU_TOKEN of profile 'ci' (CONFIG/sotickets/config.toml, line 6) (SOTicket)
    hint: the ticket is a new one: the application may lack the right to read tickets; ask the tenant's administrator
    ");
    stage.online.state().tenant.answer(&[500]);
    assert_eq!(stage.run(&[]).1, ["tickets"]);
    // One that moved may want a new ticket, too.
    stage.online.state().tenant.move_to("/online9/Cust12345");
    stage.online.state().tenant.answer(&[401]);
    let all = ["tickets", "state", "tickets", "exchange", "discovery", "keys", "tickets"];
    assert_eq!(stage.steps(), all);
}

#[test]
fn stored_ticket_is_for_one_token_application_and_tenant() {
    let stage = Stage::new();
    stage.steps();
    for (name, value) in [("SU_TOKEN", "another"), ("SU_APPLICATION", "another")] {
        let run = Run::of(stage.get(&[]).env(name, value));
        assert_eq!((run.code, stage.online.steps()), (4, vec!["exchange"]), "{run}");
    }
    let last = "{\"ticket\":\"7T:x\",\"used\":\"+262142-12-31T23:59:59Z\"}";
    for damaged in ["", "{", "{\"ticket\":\"\",\"used\":7}", "{\"ticket\":\"a\\nb\"}", last] {
        fs::write(stage.kept(), damaged).expect("a file");
        assert_eq!(stage.steps(), SIGN_IN[1..], "{damaged}");
    }
    // Where it cannot be kept, the call is made all the same.
    stage.forget();
    fs::write(stage.state(), "").expect("a file");
    for _ in 0..2 {
        let (run, steps) = stage.run(&[]);
        assert_eq!((run.code, run.stdout.as_str(), &steps[..]), (0, TABLE, &SIGN_IN[1..]), "{run}");
        let warning = "warning: the system user's ticket could not be kept: ";
        assert!(run.stderr.starts_with(warning), "{run}");
    }
}

#[test]
fn one_of_twenty_concurrent_runs_signs_in() {
    let stage = Stage::new();
    // There is none yet; then the one that is kept is not taken any more.
    for refusals in [0, 20] {
        for run in at_once(20, || Run::of(&mut stage.get(&[]))) {
            assert_eq!(
                (run.code, run.stdout.as_str(), run.stderr.as_str()),
                (0, TABLE, ""),
                "{run}"
            );
        }
        let steps = stage.online.steps();
        let count = |name| steps.iter().filter(|step| **step == name).count();
        assert_eq!((count("exchange"), count("keys")), (1, 1), "{steps:?}");
        // Who came late has the new one from the start.
        let tickets = count("tickets");
        assert!(tickets >= 20 && tickets <= 20 + refusals, "{steps:?}");
        stage.online.state().system_user.tickets.clear();
    }
}

#[test]
fn unavailable_lock_does_not_stop_a_call() {
    let stage = Stage::new();
    stage.steps();
    let lock = stage.lock();
    // Somebody has it for ever: the wait ends with the limit of the whole command.
    let held = fs::File::open(&lock).expect("a file");
    held.lock().expect("a lock");
    fs::remove_file(stage.kept()).expect("a file");
    let run = Run::of(&mut stage.get(&["--timeout", "1s", "-v"]));
    assert_eq!((run.code, stage.online.steps()), (6, vec![]), "{run}");
    insta::assert_snapshot!(run.stderr.replace(&stage.online.url, "URL"), @"
    * Cust12345 is at URL/online3/Cust12345, from the cache
    * waiting for another sotickets, which is using the system user's sign-in
    error: not done within 1s (--timeout): another sotickets is using the system user's sign-in
    hint: try again, or raise the limit
    ");
    drop(held);
    assert_eq!(stage.steps(), SIGN_IN[1..]);
    // There can be none, in three ways.
    fs::remove_file(stage.kept()).expect("a file");
    fs::remove_file(&lock).expect("a file");
    fs::create_dir(&lock).expect("a folder");
    let (run, steps) = stage.run(&["-v"]);
    assert_eq!((run.code, &steps[..]), (0, &SIGN_IN[1..]), "{run}");
    assert!(run.stderr.contains("* signing in without a lock: "), "{run}");
    assert_eq!(stage.steps(), ["tickets"]);
    let warning = "\
        warning: the system user's ticket could not be kept: /dev/null/sotickets: Not a directory (os error 20)\n\
        hint: until it can, each call signs in: make room there, or that folder writable, or have XDG_STATE_HOME name another\n";
    for (nowhere, stderr) in [("/dev/null", warning), ("", "")] {
        let mut command = stage.get(&[]);
        command.env("XDG_STATE_HOME", nowhere);
        if nowhere.is_empty() {
            command.env_remove("HOME");
        }
        let run = Run::of(&mut command);
        assert_eq!(
            (run.code, run.stdout.as_str(), run.stderr.as_str()),
            (0, TABLE, stderr),
            "{run}"
        );
        assert!(stage.online.steps().contains(&"exchange"));
    }
}

#[test]
fn answer_to_the_exchange_that_does_not_end_is_cut_off() {
    let stage = Stage::new();
    for (word, steps) in [("exchange", 2), ("discovery", 2), ("keys", 3)] {
        stage.online.state().huge = Some(word);
        let (run, asked) = stage.run(&[]);
        assert_eq!((run.code, asked.len()), (7, steps), "{run}");
        assert!(
            run.stderr.starts_with("error: the answer is larger than 1.0 MiB\nhint: no such"),
            "{run}"
        );
    }
}

#[test]
fn ticket_that_cannot_be_sent_is_refused_by_name() {
    let stage = Stage::new();
    for (ticket, what) in [
        ("", "a ticket that cannot be used: it is empty"),
        (
            "7T:canary\r\nX-Evil: 1",
            "a ticket that cannot be used: it holds a line break or another control character",
        ),
        ("7T:canaryæ", "a ticket that cannot be used: it holds a character that is not ASCII"),
    ] {
        stage.twist(Twist {
            change: Box::new(move |_, claims| {
                claims["http://schemes.superoffice.net/identity/ticket"] = ticket.into();
            }),
            ..Twist::default()
        });
        let (run, steps) = stage.run(&[]);
        assert!(run.code == 7 && !steps.contains(&"tickets"), "{run}");
        let expected =
            format!("error: {} let the system user in, and gave it {what}\n", stage.online.url);
        assert!(run.stderr.starts_with(&expected), "{run}");
        assert!(!fs::read_dir(stage.state()).expect("a folder").any(|file| {
            file.expect("a file").path().extension().is_some_and(|extension| extension == "json")
        }));
    }
    let message = "SERVICE let the system user in, and gave it a ticket that cannot be used: …";
    documented("a ticket of a system user that cannot be sent", 7, message);
}

#[test]
fn ticket_without_room_is_used_with_a_warning() {
    let stage = Stage::new();
    let get = stage.get(&[]);
    let run = limited("-f 1", &pty::same(&get)).output().map(Run::from).expect("a shell");
    assert_eq!((run.code, run.stdout.as_str()), (0, TABLE), "{run}");
    insta::assert_snapshot!(stage.shown(&run.stderr), @"
    warning: the system user's ticket could not be kept: CONFIG/.local/state/sotickets: File too large (os error 27)
    hint: until it can, each call signs in: make room there, or that folder writable, or have XDG_STATE_HOME name another
    ");
    assert_eq!(stage.online.steps(), SIGN_IN);
    assert!(fs::read_dir(stage.state()).expect("a folder").all(|file| {
        file.expect("a file").path().extension().is_some_and(|extension| extension == "lock")
    }));
    assert_eq!(stage.steps(), SIGN_IN[1..]);
    documented(
        "a ticket of a system user that cannot be kept",
        0,
        "printed as sent, with a warning",
    );
}

#[test]
fn refused_exchange_is_reported() {
    let stage = Stage::new();
    let mut told = String::new();
    let other = Key::service();
    stage.key(&other.0);
    let (run, steps) = stage.run(&[]);
    assert_eq!((run.code, steps), (4, vec!["state", "exchange"]), "{run}");
    told += &stage.shown(&run.stderr);
    stage.key(&key().0);
    let echo =
        json!({ "IsSuccessful": false, "ErrorMessage": format!("no {TOKEN} with {APPLICATION}") });
    for (status, body, code) in [
        (200, echo.to_string(), 4),
        (200, json!({ "IsSuccessful": false }).to_string(), 4),
        (401, json!({ "Message": format!("{APPLICATION}?") }).to_string(), 4),
        (403, String::new(), 4),
        (400, String::new(), 4),
        (404, String::new(), 5),
        (503, String::new(), 5),
        (200, String::new(), 7),
        (200, "{}".to_owned(), 7),
        (200, "<html>canary eyJ</html>".to_owned(), 7),
        (200, json!({ "IsSuccessful": true, "Token": null }).to_string(), 7),
    ] {
        stage.twist(Twist {
            answer: Some(Reply::new(status, "application/json", body.clone())),
            ..Twist::default()
        });
        let (run, steps) = stage.run(&[]);
        assert_eq!((run.code, run.stdout.as_str()), (code, ""), "{body}: {run}");
        assert_eq!(steps, ["exchange"]);
        let first = run.stderr.lines().next().unwrap_or_default();
        told += &stage.shown(&format!("{first}\n"));
    }
    insta::assert_snapshot!(told, @"
    error: http://HOST:PORT refused the system user of Cust12345: the signature is wrong
    hint: check token, private_key and application_token of system_user: they belong to one application, and the token to this tenant
    hint: the signed token holds the time: check the clock of this machine, too
    error: http://HOST:PORT refused the system user of Cust12345: no *** with ***
    error: http://HOST:PORT refused the system user of Cust12345
    error: http://HOST:PORT refused the system user of Cust12345: HTTP 401: ***?
    error: http://HOST:PORT refused the system user of Cust12345: HTTP 403
    error: http://HOST:PORT refused the system user of Cust12345: HTTP 400
    error: HTTP 404: http://HOST:PORT did not take the system user's token
    error: HTTP 503: http://HOST:PORT did not take the system user's token
    error: the answer of http://HOST:PORT to the system user was not understood
    error: the answer of http://HOST:PORT to the system user was not understood
    error: the answer of http://HOST:PORT to the system user was not understood
    error: the answer of http://HOST:PORT to the system user was not understood
    ");
}

/// The result where header and claims are changed so.
fn with_token(stage: &Stage, change: impl Fn(&mut Value, &mut Value) + Send + 'static) -> String {
    stage.twist(Twist { change: Box::new(change), ..Twist::default() });
    result(stage)
}

fn result(stage: &Stage) -> String {
    let (run, steps) = stage.run(&[]);
    if run.code == 0 {
        stage.forget();
        return "taken".to_owned();
    }
    assert_eq!((run.code, steps.last()), (4, Some(&"keys")), "{run}");
    let first = run.stderr.lines().next().unwrap_or_default();
    let (_, fault) = first.rsplit_once("is not trustworthy: ").expect("a fault");
    fault.to_owned()
}

#[test]
fn token_that_is_not_the_services_is_not_used() {
    let stage = Stage::new();
    let claim = |name: &'static str, value: Value| {
        with_token(&stage, move |_, claims| claims[name] = value.clone())
    };
    assert_eq!(claim("iss", json!("SuperOffice AS")), "taken");
    assert_eq!(claim("iss", json!(stage.online.url)), "taken");
    assert_eq!(
        claim("iss", json!("https://evil.example")),
        "it was issued by 'https://evil.example'"
    );
    assert_eq!(claim("iss", json!(null)), "it was issued by ''");
    assert_eq!(claim("aud", json!(["x", "spn:1234567"])), "taken");
    assert_eq!(claim("aud", json!("spn:7654321")), "it is for another audience");
    assert_eq!(claim("aud", json!(null)), "it is for another audience");
    let header = |name: &'static str, value: Value| {
        with_token(&stage, move |header, _| header[name] = value.clone())
    };
    assert_eq!(header("alg", json!("none")), "it is not signed (alg: none)");
    assert_eq!(header("alg", json!("NONE")), "it is not signed (alg: none)");
    assert_eq!(header("alg", json!("HS256")), "it is signed with 'HS256', and not with RS256");
    assert_eq!(
        header("kid", json!("second")),
        "it is signed with a key that is not in the key set"
    );
    assert_eq!(header("kid", json!(null)), "taken");
    let after = |after: fn(String) -> String| {
        stage.twist(Twist { after: Box::new(after), ..Twist::default() });
        result(&stage)
    };
    let unsigned = |token: String| token[..=token.rfind('.').expect("a dot")].to_owned();
    assert_eq!(after(unsigned), "its signature is wrong");
    // Other claims below the same signature.
    let changed = |token: String| {
        let parts: Vec<&str> = token.split('.').collect();
        format!("{}.{}x.{}", parts[0], parts[1], parts[2])
    };
    assert_eq!(after(changed), "its signature is wrong");
    assert_eq!(after(|_| "no token".to_owned()), "it is not a signed token");
}

#[test]
fn clocks_may_differ_by_two_minutes() {
    let stage = Stage::new();
    let times = |start: i64, end: i64| {
        let told = with_token(&stage, move |_, claims| {
            let now = online_server::now().timestamp();
            claims["nbf"] = json!(now + start);
            claims["exp"] = json!(now + end);
        });
        told.split(" at ").next().unwrap_or_default().to_owned()
    };
    assert_eq!(times(90, 600), "taken");
    assert_eq!(times(-600, -90), "taken");
    assert_eq!(times(180, 600), "it begins");
    assert_eq!(times(-600, -150), "it ended");
    let endless = with_token(&stage, |_, claims| claims["exp"] = json!("never"));
    assert_eq!(endless, "it has no end (exp)");
}

#[test]
fn key_that_cannot_be_used_is_refused_and_nothing_sent() {
    let stage = Stage::new();
    let key = key();
    let weak = Key::weak();
    let mut told = String::new();
    for (what, text) in [
        ("encrypted PKCS#8", include_str!("../fixtures/keys/encrypted-pkcs8.pem").to_owned()),
        ("encrypted PKCS#1", include_str!("../fixtures/keys/encrypted-pkcs1.pem").to_owned()),
        ("EC", include_str!("../fixtures/keys/curve-pkcs8.pem").to_owned()),
        ("SEC1", include_str!("../fixtures/keys/curve-sec1.pem").to_owned()),
        ("1024 bits", weak.0.clone()),
        ("1024 bits in XML", weak.xml()),
        ("public", key.public()),
        ("public XML", key.xml().replace("<D>", "<E>")),
        ("EC in XML", "<ECDSAKeyValue></ECDSAKeyValue>".to_owned()),
        ("XML without P", key.xml().replace("<P>", "<R>")),
        ("XML with another P", {
            let xml = key.xml();
            let q = xml.split_once("<Q>").expect("Q").1.split_once("</Q>").expect("Q").0.to_owned();
            let p = xml.split_once("<P>").expect("P").1.split_once("</P>").expect("P").0.to_owned();
            xml.replace(&p, &q)
        }),
        ("half", key.0[..800].to_owned()),
        ("canary", "canary".to_owned()),
    ] {
        stage.key(text);
        told += &format!("{what}: {}", stage.refused());
    }
    insta::assert_snapshot!(told, @"
    encrypted PKCS#8: error: system_user.private_key file:key of profile 'ci' (CONFIG/sotickets/config.toml, line 6): the private key has a passphrase
    hint: keep it without one, where only you can read it: openssl pkcs8 -in KEY -topk8 -nocrypt -out NEW
    encrypted PKCS#1: error: system_user.private_key file:key of profile 'ci' (CONFIG/sotickets/config.toml, line 6): the private key has a passphrase
    hint: keep it without one, where only you can read it: openssl pkcs8 -in KEY -topk8 -nocrypt -out NEW
    EC: error: system_user.private_key file:key of profile 'ci' (CONFIG/sotickets/config.toml, line 6): the private key is not RSA
    hint: a system user signs with the RSA key that SuperOffice gave out for the application
    SEC1: error: system_user.private_key file:key of profile 'ci' (CONFIG/sotickets/config.toml, line 6): the private key is not RSA
    hint: a system user signs with the RSA key that SuperOffice gave out for the application
    1024 bits: error: system_user.private_key file:key of profile 'ci' (CONFIG/sotickets/config.toml, line 6): the private key is too weak: RSA under 2048 bits, or with an exponent under 65537
    hint: have a new key made for the application
    1024 bits in XML: error: system_user.private_key file:key of profile 'ci' (CONFIG/sotickets/config.toml, line 6): the private key is too weak: RSA under 2048 bits, or with an exponent under 65537
    hint: have a new key made for the application
    public: error: system_user.private_key file:key of profile 'ci' (CONFIG/sotickets/config.toml, line 6): this is a public key, and the private one is needed
    public XML: error: system_user.private_key file:key of profile 'ci' (CONFIG/sotickets/config.toml, line 6): this is a public key, and the private one is needed
    EC in XML: error: system_user.private_key file:key of profile 'ci' (CONFIG/sotickets/config.toml, line 6): the private key is not RSA
    hint: a system user signs with the RSA key that SuperOffice gave out for the application
    XML without P: error: system_user.private_key file:key of profile 'ci' (CONFIG/sotickets/config.toml, line 6): the private key is damaged: a part is lacking or is not what it should be
    XML with another P: error: system_user.private_key file:key of profile 'ci' (CONFIG/sotickets/config.toml, line 6): the private key is damaged: a part is lacking or is not what it should be
    half: error: system_user.private_key file:key of profile 'ci' (CONFIG/sotickets/config.toml, line 6): the private key is damaged: a part is lacking or is not what it should be
    canary: error: system_user.private_key file:key of profile 'ci' (CONFIG/sotickets/config.toml, line 6): this is not a private key in XML or PEM
    hint: it begins with <RSAKeyValue> or with -----BEGIN PRIVATE KEY-----
    ");
}

#[test]
fn verbose_shows_no_secret_of_the_system_user() {
    let stage = Stage::new();
    let (run, _) = stage.run(&["-v"]);
    assert_eq!(run.code, 0, "{run}");
    for secret in ["MII", &key().0[100..160], "7T:"] {
        assert!(!run.stderr.contains(secret), "{run}");
    }
    let lines = run.stderr.lines().filter(|line| {
        ["* ", "> GET", "> POST", "> Auth", "> SO-App"].iter().any(|start| line.starts_with(start))
    });
    insta::assert_snapshot!(stage.shown(&lines.collect::<Vec<_>>().join("\n")), @"
    > GET http://HOST:PORT/api/state/Cust12345
    * Cust12345 is at http://HOST:PORT/online3/Cust12345
    > POST http://HOST:PORT/Login/api/PartnerSystemUser/Authenticate
    > GET http://HOST:PORT/login/.well-known/openid-configuration
    > GET http://HOST:PORT/login/.well-known/jwks
    * the system user has a new ticket
    > POST http://HOST:PORT/online3/Cust12345/api/v1/Agents/Ticket/GetTickets?$select=TicketId,Title
    > SO-AppToken: ***
    > Authorization: SOTicket ***
    ");
    let (run, _) = stage.run(&["-v"]);
    assert!(run.stderr.contains("* the system user's ticket is stored\n"), "{run}");
}

#[test]
fn table_that_is_not_whole_is_refused() {
    let mut told = String::new();
    for lines in [
        "system_user = \"env:X\"",
        "system_user = { token = \"env:X\", private_key = \"file:key\" }",
        "system_user = { token = \"env:X\", privat_key = \"file:key\" }",
        "system_user = { token = \"canary\", private_key = \"file:key\", application_token = \"env:X\" }",
        &format!("{USER}\ntoken = \"env:X\""),
        &format!("{USER}\napp_token = \"env:X\""),
        "system_user.token = \"stdin\"\nsystem_user.private_key = \"stdin\"\nsystem_user.application_token = \"env:X\"",
    ] {
        told += &Stage::with(lines).refused();
    }
    let stage = Stage::new();
    let run = Run::of(&mut stage.get(&["--url", &stage.online.url]));
    assert_eq!((run.code, stage.online.steps()), (2, vec![]), "{run}");
    told += &stage.shown(&run.stderr);
    insta::assert_snapshot!(told, @r#"
    error: CONFIG/sotickets/config.toml, line 6, column 15: system_user is a table: { token = SRC, private_key = SRC, application_token = SRC }, not a text
    error: CONFIG/sotickets/config.toml, line 6, column 1: system_user has no application_token
    hint: it needs token, private_key, application_token, each with a SRC
    error: CONFIG/sotickets/config.toml, line 6, column 34: unknown key 'privat_key' in system_user
    hint: did you mean private_key?
    error: CONFIG/sotickets/config.toml, line 6, column 25: system_user.token takes the place where the secret is kept, not the secret itself
    hint: files are copied, backed up and committed
    hint: name the place: env:NAME, file:PATH, stdin, prompt, keyring or command:PROGRAM ARG…
    error: two credentials are given in profile 'ci': token, and system_user
    hint: a call carries one of them; leave the other out
    error: two application tokens are given in profile 'ci': app_token env:X of profile 'ci' (CONFIG/sotickets/config.toml, line 7), and application_token of system_user
    hint: a system user's own is sent with its ticket; leave app_token out
    error: standard input is asked for twice: by system_user.token stdin of profile 'ci' (CONFIG/sotickets/config.toml, line 6) and by system_user.private_key stdin of profile 'ci' (CONFIG/sotickets/config.toml, line 7)
    hint: take one of them from somewhere else, such as file:PATH or env:NAME
    error: a system user signs in at a tenant, and --url is an address (system_user.token env:SU_TOKEN of profile 'ci' (CONFIG/sotickets/config.toml, line 6))
    hint: write tenant = "Cust12345" into the profile in place of url, or give --tenant
    "#);
}

#[test]
fn credential_of_a_higher_level_overrides_the_system_user() {
    let stage = Stage::new();
    stage.online.state().tenant.is_open = true;
    let run = Run::of(stage.get(&[]).env("SOTICKETS_TOKEN", "8A:canary"));
    assert_eq!((run.code, stage.online.steps()), (0, vec!["state", "tickets"]), "{run}");
    let run = Run::of(&mut stage.get(&["--no-auth"]));
    assert_eq!((run.code, stage.online.steps()), (0, vec!["tickets"]), "{run}");
}

#[test]
fn dry_run_asks_for_no_ticket() {
    let stage = Stage::new();
    let (run, steps) = stage.run(&["--dry-run"]);
    assert_eq!(steps, [""; 0]);
    insta::assert_snapshot!(stage.shown(&run.to_string()), @r#"
    # first: SOTICKETS_API="$(curl --silent http://HOST:PORT/api/state/Cust12345 | sed -n 's/.*"Api" *: *"\([^"]*\)".*/\1/p')"
    # first: SOTICKETS_TICKET=...  # the ticket that the system user's signed token is exchanged for
    curl --config - <<END
    url = "$SOTICKETS_API/v1/Agents/Ticket/GetTickets?\$select=TicketId,Title"
    data = "{\\"TicketIds\\":[839]}"
    header = "Content-Type: application/json; charset=utf-8"
    header = "Accept: application/json"
    header = "User-Agent: sotickets/0.1.0"
    header = "Accept-Language: en"
    header = "SO-Language: en"
    header = "Authorization: SOTicket $(printf %s "$SOTICKETS_TICKET" | sed 's/[\\"]/\\&/g')"
    header = "SO-AppToken: $(printf %s "$SU_APPLICATION" | sed 's/[\\"]/\\&/g')"
    globoff
    compressed
    silent
    show-error
    END
    --- exit code 0
    "#);
}

#[test]
fn doctor_names_the_places_of_its_secrets() {
    let stage = Stage::new();
    let mut command = support::sotickets();
    command.args(["doctor", "--offline"]).env("XDG_CONFIG_HOME", stage.folder.path());
    let run = Run::of(command.env("SU_TOKEN", TOKEN).env("SU_APPLICATION", APPLICATION));
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
    assert_eq!(stage.online.steps(), [""; 0]);
    let lines = run.stdout.lines().filter(|line| line.starts_with("system_user"));
    insta::assert_snapshot!(stage.shown(&lines.collect::<Vec<_>>().join("\n")), @"
    system_user.token              set, from system_user.token env:SU_TOKEN of profile 'ci' (CONFIG/sotickets/config.toml, line 6)
    system_user.private_key        set, from system_user.private_key file:key of profile 'ci' (CONFIG/sotickets/config.toml, line 6)
    system_user.application_token  set, from system_user.application_token env:SU_APPLICATION of profile 'ci' (CONFIG/sotickets/config.toml, line 6)
    ");
}

#[test]
fn doctor_signs_in_and_announces_it() {
    let stage = Stage::new();
    let mut command = support::sotickets();
    command.args(["doctor", "839"]).env("XDG_CONFIG_HOME", stage.folder.path());
    command.env("HOME", stage.folder.path()).env("SU_TOKEN", TOKEN);
    command.env("SU_APPLICATION", APPLICATION);
    let run = Run::of(&mut command);
    assert_eq!(run.code, 0, "{run}");
    assert!(!run.to_string().contains("canary") && !run.to_string().contains("eyJ"), "{run}");
    let steps = stage.online.steps();
    assert_eq!((steps[0], steps[steps.len() - 1]), ("state", "tickets"), "{steps:?}");
    assert!(steps.contains(&"exchange"), "{steps:?}");
    let told = run.stderr.lines().filter(|line| line.starts_with("sending "));
    insta::assert_snapshot!(stage.shown(&told.collect::<Vec<_>>().join("\n")), @"
    sending the system user's signed token to http://HOST:PORT, unless its ticket is kept
    sending GetTickets for ticket 839 to http://HOST:PORT/online3/Cust12345; the credential is the ticket of the system user from system_user.token env:SU_TOKEN of profile 'ci' (CONFIG/sotickets/config.toml, line 6) (SOTicket), with the application token from system_user.application_token env:SU_APPLICATION of profile 'ci' (CONFIG/sotickets/config.toml, line 6) next to it
    ");
    // The tenant is asked for anew, the ticket is not.
    let run = Run::of(&mut command);
    assert_eq!(run.code, 0, "{run}");
    let steps = stage.online.steps();
    assert_eq!((steps[0], steps.contains(&"exchange")), ("state", false), "{steps:?}");
}
