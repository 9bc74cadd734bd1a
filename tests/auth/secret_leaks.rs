//! No secret leaks: a canary of its own in each of them, every way that a run may take,
//! and a search of everything that is left behind.
#![cfg(unix)]

use std::io::{self, BufRead as _, BufReader, Read as _, Write};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;
use sotickets::context::{Context, Environment, Terminal};

use crate::support::canary::{
    self, APP_TOKEN, COOKIE, Canary, HEADER, PASSWORD, PROXY, PROXY_VARIABLE, TICKET, TOKEN, XSRF,
};
use crate::support::echo::{self, Answer, Echo, Request};
use crate::support::plant::{Ledger, Plant, Source};
use crate::support::tls::{TlsServer, self_signed};
use crate::support::{self, end_of, raw};

type Job = Box<dyn FnOnce(&Ledger) + Send>;

/// What is answered to a request, its number and a turn of the forms in which it is
/// quoted.
type Answering = Arc<dyn Fn(&Request, usize, usize) -> Answer + Send + Sync>;

/// What a server may do, with the exit code that it leads to.
struct Shape {
    name: String,
    code: i32,
    arguments: &'static [&'static str],
    answer: Answering,
}

fn shape(
    name: impl Into<String>,
    code: i32,
    answer: impl Fn(&Request, usize) -> Answer + Send + Sync + 'static,
) -> Shape {
    let answer = Arc::new(move |request: &Request, _, turn| answer(request, turn));
    Shape { name: name.into(), code, arguments: &[], answer }
}

const TICKETS: &str = r#"[{"TicketId":839,"Title":"Printer"}]"#;
const XML_TICKETS: &str = "<A><Ticket><TicketId>839</TicketId></Ticket></A>";

/// An answer whose headers quote the request in every form.
fn http(request: &Request, status: u16, headers: &str, body: impl AsRef<[u8]>) -> Answer {
    let body = body.as_ref();
    // A question for the version carries none.
    let secrets = request.secrets();
    let first = secrets.first().map_or("none", String::as_str);
    let mut head = format!("HTTP/1.1 {status} {first}\r\n");
    for (number, secret) in secrets.iter().enumerate() {
        let forms: Vec<String> = canary::forms(secret).into_iter().map(|(_, form)| form).collect();
        head.push_str(&format!("X-Echo-{number}: {}\r\n", forms.join(", ")));
        head.push_str(&format!("Set-Cookie: {secret}\r\nWWW-Authenticate: {secret}\r\n"));
        head.push_str(&format!("Proxy-Authenticate: {secret}\r\n"));
    }
    head.push_str(&format!("{headers}Content-Length: {}\r\n\r\n", body.len()));
    Answer::Bytes([head.as_bytes(), body].concat())
}

fn error_object(text: &str) -> String {
    json!({"Error": true, "ErrorType": "SoException", "ErrorMessage": text}).to_string()
}

/// Everything that a server may do with what it was told.
fn shapes(elsewhere: &str) -> Vec<Shape> {
    let mut shapes = statuses();
    shapes.extend(odd_bodies());
    shapes.extend(broken_answers());
    shapes.extend(odd_headers(elsewhere));
    shapes.extend(repetitions());
    shapes
}

fn statuses() -> Vec<Shape> {
    let mut shapes = Vec::new();
    for status in [400, 401, 403, 404, 407, 421, 429, 500, 503] {
        let code = if matches!(status, 401 | 403) { 4 } else { 5 };
        shapes.push(shape(format!("{status} with an error object"), code, move |it, turn| {
            http(it, status, "", error_object(&it.quoted(turn, 300)))
        }));
        shapes.push(shape(format!("{status} with a text"), code, move |it, turn| {
            http(it, status, "", it.quoted(turn, 300))
        }));
    }
    shapes
}

fn odd_bodies() -> Vec<Shape> {
    let mut shapes = Vec::new();
    shapes.push(shape("200 with null", 5, |it, _| http(it, 200, "", "null")));
    for turn in 0..7 {
        shapes.push(shape("200 with an error object", 5, move |it, _| {
            http(it, 200, "", error_object(&it.quoted(turn, 300)))
        }));
    }
    shapes.push(shape("200 with a problem object", 5, |it, turn| {
        let (title, detail) = (it.quoted(turn, 300), it.quoted(turn + 1, 300));
        http(it, 200, "", json!({"title": title, "detail": detail, "status": 1}).to_string())
    }));
    shapes.push(shape("200 with another object", 7, |it, turn| {
        http(it, 200, "", json!({"echo": it.quoted(turn, 300)}).to_string())
    }));
    for status in [200, 500] {
        let code = if status == 200 { 7 } else { 5 };
        shapes.push(shape(format!("{status} with an HTML page"), code, move |it, turn| {
            let (title, text) = (it.quoted(turn, 120), it.quoted(turn, 300));
            http(it, status, "", format!("<html><title>{title}</title>{text}"))
        }));
    }
    shapes.push(shape("200 with broken JSON", 7, |it, turn| {
        http(
            it,
            200,
            "",
            format!("[{{\"Title\":{}, {}", json!(it.quoted(turn, 300)), it.quoted(turn, 99)),
        )
    }));
    shapes.push(shape("200 with a text", 7, |it, turn| http(it, 200, "", it.quoted(turn, 300))));
    shapes.push(shape("200 with an element that is no object", 7, |it, turn| {
        http(it, 200, "", json!([it.quoted(turn, 80)]).to_string())
    }));
    shapes.push(shape("200 without tickets", 3, |it, _| http(it, 200, "", "[]")));
    shapes.push(shape("200 with a ticket", 0, |it, _| http(it, 200, "", TICKETS)));
    shapes
}

fn broken_answers() -> Vec<Shape> {
    let mut shapes = Vec::new();
    shapes.push(shape("an answer that is cut off", 6, |it, turn| {
        let Answer::Bytes(mut bytes) = http(it, 200, "", format!("[{}", it.quoted(turn, 300)))
        else {
            unreachable!("bytes")
        };
        bytes.truncate(bytes.len() - 9);
        Answer::Bytes(bytes)
    }));
    shapes.push(shape("a damaged compression", 6, |it, turn| {
        http(it, 200, "Content-Encoding: gzip\r\n", it.quoted(turn, 300))
    }));
    shapes.push(shape("no HTTP", 6, |it, turn| Answer::Bytes(it.quoted(turn, 300).into_bytes())));
    shapes.push(shape("a broken header", 6, |it, turn| {
        Answer::Bytes(format!("HTTP/1.1 200 OK\r\n{}\r\n\r\n", it.quoted(turn, 300)).into_bytes())
    }));
    let large =
        shape("an answer that is too large", 7, |it, turn| http(it, 200, "", it.quoted(turn, 300)));
    shapes.push(Shape { arguments: &["--max-bytes", "9"], ..large });
    shapes.push(shape("a reset", 6, |_, _| Answer::Reset));
    let silence = shape("silence", 6, |_, _| Answer::Silence);
    shapes.push(Shape { arguments: &["--read-timeout", "300ms"], ..silence });
    shapes
}

fn odd_headers(elsewhere: &str) -> Vec<Shape> {
    let mut shapes = Vec::new();
    let target = elsewhere.to_owned();
    shapes.push(shape("a redirect to another host", 5, move |it, turn| {
        http(it, 307, &format!("Location: {target}/?{}\r\n", it.quoted(turn, 160)), "")
    }));
    let target = elsewhere.to_owned();
    shapes.push(shape("a redirect with the token as a name", 5, move |it, turn| {
        let user = it.quoted(turn, 80);
        http(
            it,
            302,
            &format!("Location: {}\r\n", target.replace("://", &format!("://{user}@"))),
            "",
        )
    }));
    shapes.push(shape("429 with a wait", 5, |it, turn| {
        http(it, 429, &format!("Retry-After: {}\r\n", it.quoted(turn, 60)), "")
    }));
    let xml = shape("-o xml with another content type", 7, |it, turn| {
        http(it, 200, &format!("Content-Type: {}\r\n", it.quoted(turn, 60)), it.quoted(turn, 300))
    });
    shapes.push(Shape { arguments: &["-o", "xml"], ..xml });
    shapes
}

fn repetitions() -> Vec<Shape> {
    let mut shapes = Vec::new();
    for (name, code, last) in [("503, then a ticket", 0, 200), ("503 twice", 5, 503)] {
        let answer: Answering = Arc::new(move |it, number, turn| {
            let status = if number == 0 { 503 } else { last };
            let headers = format!("Retry-After: {}\r\n", it.quoted(turn, 60));
            let body = if status == 200 {
                TICKETS.to_owned()
            } else {
                error_object(&it.quoted(turn, 300))
            };
            http(it, status, &headers, body)
        });
        let name = format!("--retries: {name}");
        shapes.push(Shape { name, code, arguments: &["--retries", "1"], answer });
    }
    shapes
}

/// The credentials, each with what goes beside it.
const SCHEMES: [&[Canary]; 4] = [
    &[PASSWORD, APP_TOKEN, HEADER],
    &[TICKET, APP_TOKEN, HEADER],
    &[TOKEN, APP_TOKEN, HEADER],
    &[XSRF, COOKIE, APP_TOKEN, HEADER],
];

const SOURCES: [Source; 4] = [Source::Variable, Source::Env, Source::File, Source::Command];

/// The way to the server.
#[derive(Clone, Copy)]
enum Way {
    Straight,
    /// Through a proxy that an option names.
    Option,
    /// Through one that a variable names, with its password.
    Variable,
}

const WAYS: [Way; 3] = [Way::Straight, Way::Option, Way::Variable];

/// A call with each secret of `scheme` in one source or another.
fn plant(scheme: usize, turn: usize, arguments: &[&str]) -> Plant {
    plant_for(&["get", "839"], scheme, turn, arguments)
}

/// The same for a `command`.
fn plant_for(command: &[&str], scheme: usize, turn: usize, arguments: &[&str]) -> Plant {
    let mut plant = Plant::new(command).with(arguments);
    if SCHEMES[scheme].contains(&PASSWORD) {
        plant = plant.with(&["--user", "tim"]);
    }
    for (number, canary) in SCHEMES[scheme].iter().enumerate() {
        plant = plant.keep(*canary, SOURCES[(turn + number) % SOURCES.len()]);
    }
    plant
}

/// The same by `way` to a server on `port`, which may be the proxy.
fn by(plant: Plant, way: Way, turn: usize, port: u16) -> Plant {
    match way {
        Way::Straight => plant.with(&["--url", &format!("http://127.0.0.1:{port}")]),
        Way::Option => {
            let plant = plant.with(&["--url", "http://127.0.0.1:9"]);
            with_proxy(plant, &format!("http://tim@127.0.0.1:{port}"), turn)
        }
        Way::Variable => {
            let plant = plant.with(&["--url", "http://crm.invalid", "--allow-plain-http"]);
            with_proxy_variable(plant, "HTTP_PROXY", port)
        }
    }
}

fn with_proxy(plant: Plant, proxy: &str, turn: usize) -> Plant {
    plant.with(&["--proxy", proxy]).keep(PROXY, SOURCES[turn % SOURCES.len()])
}

fn with_proxy_variable(plant: Plant, variable: &str, port: u16) -> Plant {
    let password = utf8_percent_encode(&PROXY_VARIABLE.value(), NON_ALPHANUMERIC).to_string();
    let proxy = format!("http://tim:{password}@127.0.0.1:{port}");
    plant.variable(variable, &proxy).sends(PROXY_VARIABLE)
}

fn answers(elsewhere: &str) -> Vec<Job> {
    let mut jobs: Vec<Job> = Vec::new();
    for (number, shape) in shapes(elsewhere).into_iter().enumerate() {
        let shape = Arc::new(shape);
        for scheme in 0..SCHEMES.len() {
            for verbose in [false, true] {
                let turn = number * 5 + scheme * 3 + usize::from(verbose);
                let way = WAYS[(number + scheme + usize::from(verbose)) % WAYS.len()];
                let shape = Arc::clone(&shape);
                jobs.push(Box::new(move |ledger| {
                    answered(&shape, scheme, verbose, turn, way, ledger);
                }));
            }
        }
    }
    jobs
}

fn answered(shape: &Shape, scheme: usize, verbose: bool, turn: usize, way: Way, ledger: &Ledger) {
    let plant = plant(scheme, turn, shape.arguments);
    let answer = Arc::clone(&shape.answer);
    let echo = Echo::start(plant.folder(), move |it, number| answer(it, number, turn));
    let plant = by(plant, way, turn, echo.port).with(if verbose { &["-v"] } else { &[] });
    let code = match way {
        // A proxy that is asked for its own credential.
        Way::Option | Way::Variable if shape.name.starts_with("407") => 6,
        _ => shape.code,
    };
    plant.run(ledger, &shape.name, code, Some(&echo));
}

/// Each secret from each place that it may be kept in.
fn sources() -> Vec<Job> {
    let mut jobs: Vec<Job> = Vec::new();
    for canary in canary::ALL.into_iter().filter(|canary| canary.option.is_some()) {
        for source in SOURCES.into_iter().chain([Source::Stdin]) {
            jobs.push(Box::new(move |ledger| {
                let plant = Plant::new(&["get", "839", "-v"]);
                let echo = Echo::start(plant.folder(), |it, _| {
                    http(it, 401, "", error_object(&it.quoted(0, 300)))
                });
                let way =
                    if canary == PROXY { "http://127.0.0.1:9".to_owned() } else { echo.url() };
                let plant = plant.with(&["--url", &way]).keep(canary, source);
                let plant = beside(plant, canary, echo.port);
                plant.run(ledger, &format!("a secret in {source:?}"), 4, Some(&echo));
            }));
        }
    }
    jobs.push(Box::new(|ledger| of_profile(ledger, &["get", "839"], 4)));
    jobs.push(Box::new(|ledger| of_profile(ledger, &["get", "839", "-v"], 4)));
    jobs.push(Box::new(|ledger| of_profile(ledger, &["get", "839", "--dry-run"], 0)));
    jobs.push(Box::new(|ledger| of_profile(ledger, &["doctor", "--offline"], 0)));
    jobs.push(Box::new(|ledger| of_profile(ledger, &["doctor", "839", "-v"], 4)));
    jobs
}

/// What `canary` cannot do without.
fn beside(plant: Plant, canary: Canary, port: u16) -> Plant {
    match canary {
        PASSWORD => plant.with(&["--user", "tim"]),
        XSRF => plant.keep(COOKIE, Source::Variable),
        COOKIE => plant.keep(XSRF, Source::Variable),
        PROXY => plant
            .with(&["--proxy", &format!("http://tim@127.0.0.1:{port}")])
            .keep(TOKEN, Source::Variable),
        APP_TOKEN | HEADER => plant.keep(TOKEN, Source::Variable),
        _ => plant,
    }
}

fn of_profile(ledger: &Ledger, arguments: &[&str], code: i32) {
    for secrets in [&[PASSWORD][..], &[TICKET], &[TOKEN], &[XSRF, COOKIE]] {
        let mut plant = Plant::new(arguments);
        let echo = Echo::start(plant.folder(), |it, _| {
            http(it, 401, "", error_object(&it.quoted(0, 300)))
        });
        let mut text = format!("[profiles.work]\nurl = \"{}\"\nuser = \"tim\"\n", echo.url());
        for canary in secrets.iter().chain(&[APP_TOKEN]) {
            plant.write_secret(*canary);
            let key = canary.option.expect("an option").trim_start_matches('-').replace('-', "_");
            let file = plant.path(&format!("secrets/{}", canary.name));
            text.push_str(&format!("{key} = \"file:{file}\"\n"));
            plant = plant.sends(*canary);
        }
        let plant = plant.configuration(&text).with(&["--profile", "work"]);
        let echo = (code == 4).then_some(&echo);
        plant.run(ledger, "a secret of a profile", code, echo);
    }
}

/// Every format, and where it is written.
fn formats() -> Vec<Job> {
    let mut jobs: Vec<Job> = Vec::new();
    for (turn, format) in support::formats(|_| true).into_iter().enumerate() {
        for verbose in [&[][..], &["-v"]] {
            for file in [false, true] {
                let format = format.clone();
                jobs.push(Box::new(move |ledger| {
                    let plant = plant(turn % 4, turn, &["-o", &format]).with(verbose);
                    let echo = Echo::start(plant.folder(), move |it, _| match format.as_str() {
                        "xml" => http(it, 200, "Content-Type: application/xml\r\n", XML_TICKETS),
                        _ => http(it, 200, "", TICKETS),
                    });
                    let out = plant.path("out/tickets");
                    let plant = by(plant, WAYS[turn % 3], turn, echo.port);
                    let path = if file { "--out-file" } else { "a format" };
                    let to_file = ["--out-file", out.as_str()];
                    let plant = plant.with(if file { &to_file } else { &[] });
                    plant.run(ledger, path, 0, Some(&echo));
                }));
            }
        }
    }
    // A folder that goes away while the server is asked.
    jobs.push(Box::new(|ledger| {
        let plant = plant(2, 1, &["-v"]);
        let folder = plant.path("out");
        let echo = Echo::start(plant.folder(), move |it, _| {
            std::fs::remove_dir(&folder).expect("an empty folder");
            http(it, 200, "", TICKETS)
        });
        let out = plant.path("out/tickets");
        let plant = by(plant, Way::Straight, 1, echo.port).with(&["--out-file", &out]);
        plant.run(ledger, "--out-file that fails", 1, Some(&echo));
    }));
    for code in [5, 7] {
        jobs.push(Box::new(move |ledger| {
            let plant = plant(2, 1, &["-v"]);
            let echo = Echo::start(plant.folder(), move |it, _| {
                let status = if code == 5 { 500 } else { 200 };
                http(it, status, "", it.quoted(0, 300))
            });
            let out = plant.path("out/tickets");
            std::fs::write(&out, "old").expect("a file");
            let plant = by(plant, Way::Straight, 1, echo.port).with(&["--out-file", &out]);
            plant.run(ledger, "--out-file that fails", code, Some(&echo));
        }));
    }
    jobs
}

/// `--dry-run`, by each way and with each credential.
fn dry_runs() -> Vec<Job> {
    let mut jobs: Vec<Job> = Vec::new();
    for scheme in 0..SCHEMES.len() {
        for way in WAYS {
            for turn in 0..SOURCES.len() {
                jobs.push(Box::new(move |ledger| {
                    let plant = by(plant(scheme, turn, &["--dry-run", "-v"]), way, turn, 9);
                    plant.run(ledger, "--dry-run", 0, None);
                }));
            }
        }
    }
    jobs
}

/// Where there is no answer, or none of the server's.
fn connections() -> Vec<Job> {
    let mut jobs: Vec<Job> = Vec::new();
    for (turn, retries) in [&[][..], &["--retries", "1"]].into_iter().enumerate() {
        jobs.push(Box::new(move |ledger| {
            let port = raw::dead().rsplit(':').next().expect("a port").parse().expect("a port");
            for (scheme, way) in [(0, Way::Straight), (1, Way::Option), (2, Way::Variable)] {
                let name = if scheme == 0 { "connection refused" } else { "a dead proxy" };
                let plant = by(plant(scheme, turn, &["-v"]), way, turn, port).with(retries);
                plant.run(ledger, name, 6, None);
            }
        }));
    }
    for (turn, words) in ["403 No", "407 No", "200 OK", "502 No", "XXX"].into_iter().enumerate() {
        for by_option in [true, false] {
            jobs.push(Box::new(move |ledger| refused_by_proxy(ledger, words, by_option, turn)));
        }
    }
    jobs.push(Box::new(|ledger| {
        let (port, told) = echo::socks();
        let plant = plant(2, 0, &["-v", "--url", "http://127.0.0.1:9"]);
        let plant = with_proxy(plant, &format!("socks5h://tim@127.0.0.1:{port}"), 1);
        plant.run(ledger, "a SOCKS proxy that refuses the password", 6, None);
        let told = String::from_utf8_lossy(&told.lock().expect("no panic")).into_owned();
        assert!(told.contains(&PROXY.value()), "{told}");
    }));
    jobs.push(Box::new(|ledger| {
        // An address of TLS, and a server without.
        let plant = plant(3, 1, &["-v"]);
        let echo = Echo::start(plant.folder(), |it, _| http(it, 200, "", TICKETS));
        let url = format!("https://127.0.0.1:{}", echo.port);
        plant.with(&["--url", &url]).sends_only(&[]).run(ledger, "a failure of TLS", 6, None);
    }));
    jobs.push(Box::new(|ledger| {
        let server = TlsServer::start(self_signed(&["localhost"], |_| {}).config(None));
        for (scheme, code, more) in [(0, 6, &[][..]), (1, 0, &["--insecure"])] {
            let plant = plant(scheme, 1, &["-v", "-s", "TicketId", "--url", &server.url()]);
            plant.with(more).run(ledger, "a certificate that is not trusted", code, None);
        }
        assert_eq!(server.calls(), 1);
    }));
    jobs
}

/// A proxy that is asked for a tunnel.
fn refused_by_proxy(ledger: &Ledger, words: &'static str, by_option: bool, turn: usize) {
    let plant = plant(turn % 4, turn, &["-v", "--url", "https://crm.invalid"]);
    let echo = Echo::start(plant.folder(), move |it, _| {
        assert_eq!(it.method, "CONNECT");
        let secrets = it.all_forms();
        let text = secrets.join(" ");
        Answer::Bytes(format!("HTTP/1.1 {words}\r\nX-Echo: {text}\r\n\r\n{text}").into_bytes())
    });
    let plant = if by_option {
        let proxy = format!("http://tim@127.0.0.1:{}", echo.port);
        with_proxy(plant, &proxy, turn).sends_only(&[PROXY])
    } else {
        with_proxy_variable(plant, "HTTPS_PROXY", echo.port).sends_only(&[PROXY_VARIABLE])
    };
    plant.run(ledger, &format!("a proxy that answers CONNECT with {words}"), 6, Some(&echo));
}

/// `doctor`, by each way to a server that quotes all that it is told.
fn checkups(elsewhere: &str) -> Vec<Job> {
    let mut jobs: Vec<Job> = Vec::new();
    // Where the first request gets no answer the credential stays here.
    let shapes = shapes(elsewhere)
        .into_iter()
        .filter(|shape| shape.code != 6 && !matches!(shape.arguments, ["-o" | "--max-bytes", ..]));
    for (number, shape) in shapes.enumerate() {
        let arguments = match number % 3 {
            0 => &["-o", "json"][..],
            1 => &["-v"],
            _ => &[],
        };
        jobs.push(Box::new(move |ledger| {
            let (scheme, turn) = (number % SCHEMES.len(), number * 7);
            let plant = plant_for(&["doctor", "839"], scheme, turn, shape.arguments);
            let answer = Arc::clone(&shape.answer);
            let echo = Echo::start(plant.folder(), move |it, number| answer(it, number, turn));
            let way = WAYS[number / SCHEMES.len() % WAYS.len()];
            let code = match way {
                Way::Option | Way::Variable if shape.name.starts_with("407") => 6,
                _ => shape.code,
            };
            let plant = by(plant, way, turn, echo.port).with(arguments);
            plant.run(ledger, "doctor", code, Some(&echo));
        }));
    }
    jobs.push(Box::new(|ledger| {
        let server = TlsServer::start(self_signed(&["localhost"], |_| {}).config(None));
        for scheme in 0..SCHEMES.len() {
            let plant = plant_for(&["doctor"], scheme, scheme, &["-v", "--url", &server.url()]);
            plant.run(ledger, "doctor: a certificate that is not trusted", 6, None);
        }
    }));
    jobs
}

/// The commands that send nothing, with every secret at hand.
fn commands() -> Vec<Job> {
    let calls: [(&[&str], i32); 12] = [
        (&["fields"], 0),
        (&["fields", "-o", "json"], 0),
        (&["--help"], 0),
        (&["get", "--help"], 0),
        (&["--version"], 0),
        (&["completions", "bash"], 0),
        (&["get", "839", "--demo", "-v"], 0),
        (&["get", "839", "--demo", "--dry-run"], 2),
        (&["get", "839", "--url", "http://127.0.0.1:9"], 2),
        (&["get", "839", "-o", "nothing"], 2),
        (&["doctor", "--url", "http://127.0.0.1:9"], 2),
        (&["doctor", "-o", "json", "--url", "http://127.0.0.1:9"], 2),
    ];
    let mut jobs: Vec<Job> = Vec::new();
    for (arguments, code) in calls {
        jobs.push(Box::new(move |ledger| {
            everything_set(arguments).run(ledger, &arguments[..1].join(" "), code, None);
        }));
    }
    for (scheme, canaries) in SCHEMES.into_iter().enumerate() {
        for (turn, format) in ["table", "json", "table", "json"].into_iter().enumerate() {
            jobs.push(Box::new(move |ledger| {
                let mut plant = Plant::new(&["doctor", "--offline", "-o", format, "--user", "tim"]);
                for (number, canary) in canaries.iter().enumerate() {
                    plant = plant.keep(*canary, SOURCES[(turn + number) % SOURCES.len()]);
                }
                // A user goes with the password alone.
                let code = if scheme == 0 { 0 } else { 2 };
                by(plant, WAYS[turn % 3], turn, 9).run(ledger, "doctor", code, None);
            }));
        }
    }
    jobs.push(Box::new(|ledger| {
        let plant = everything_set(&["demo"]);
        let mut child = plant.command().spawn().expect("the program starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut lines = String::new();
        for _ in 0..2 {
            stdout.read_line(&mut lines).expect("a line");
        }
        child.kill().expect("a process");
        stdout.read_to_string(&mut lines).expect("text");
        let mut output = end_of(child);
        output.stdout = lines.into_bytes();
        plant.check(ledger, "demo", None, &output, None);
    }));
    jobs
}

/// A call with every secret in its variable.
fn everything_set(arguments: &[&str]) -> Plant {
    let mut plant = Plant::new(arguments);
    for canary in canary::ALL.into_iter().filter(|canary| canary.variable.is_some()) {
        plant = plant.keep(canary, Source::Variable);
    }
    ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"]
        .into_iter()
        .fold(plant, |plant, variable| with_proxy_variable(plant, variable, 9))
}

/// A secret where its place was to be named.
fn misuse() -> Vec<Job> {
    let mut jobs: Vec<Job> = Vec::new();
    let mut refused = |path: &'static str, arguments: Vec<String>| {
        jobs.push(Box::new(move |ledger| {
            for command in [&["get", "839"][..], &["doctor"], &["doctor", "--offline"]] {
                let plant = Plant::new(command).with(&["--url", "http://127.0.0.1:9"]);
                let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
                plant.typed(&arguments).run(ledger, path, 2, None);
            }
        }));
    };
    for canary in canary::ALL {
        let Some(option) = canary.option else { continue };
        for value in values(canary) {
            for prefix in ["", "env:", "file:", "command:"] {
                let place = format!("{prefix}{value}");
                let header = format!("X-Gateway: @{place}");
                let place = if canary == HEADER { header } else { place };
                let mut arguments = vec![format!("{option}={place}")];
                if canary == HEADER {
                    arguments = vec![option.to_owned(), place];
                }
                match canary {
                    PASSWORD => arguments.push("--user=tim".to_owned()),
                    XSRF => arguments.push("--cookie=env:X".to_owned()),
                    COOKIE => arguments.push("--xsrf-token=env:X".to_owned()),
                    PROXY => arguments.push("--proxy=http://tim@127.0.0.1:9".to_owned()),
                    _ => {}
                }
                if !matches!(canary, PASSWORD | TICKET | TOKEN | XSRF | COOKIE) {
                    arguments.push("--no-auth".to_owned());
                }
                refused("a literal", arguments);
            }
        }
    }
    let password = PASSWORD.value();
    refused("a misspelt option", vec![format!("--pasword={password}")]);
    refused("a password beside the user", vec!["--user".to_owned(), format!("tim:{password}")]);
    refused(
        "a header that has an option",
        vec!["-H".to_owned(), format!("Authorization: {password}")],
    );
    refused("a header without a colon", vec!["-H".to_owned(), password]);
    for value in values(PROXY) {
        for proxy in
            [format!("http://tim:{value}@h:1"), format!("tim:{value}@h"), format!("tim:{value}")]
        {
            refused("a password in --proxy", vec!["--proxy".to_owned(), proxy]);
        }
    }
    jobs.extend(misused_addresses());
    jobs.extend(misused_files());
    jobs
}

/// Secrets of each kind: with characters for each encoding, like a number, like base64,
/// like a ticket.
fn values(canary: Canary) -> [String; 4] {
    let name = canary.name;
    [
        canary.value(),
        format!("cnry{name}8f3a9b2c1d4e5f607182"),
        format!("cnry{name}/8f3a9+b2c1d4e5f60=="),
        format!("7T:cnry{name}.8f3a9"),
    ]
}

fn misused_addresses() -> Vec<Job> {
    let mut jobs: Vec<Job> = Vec::new();
    for value in values(PASSWORD) {
        for url in [
            format!("https://tim:{value}@crm.example.com"),
            format!("tim:{value}@crm.example.com"),
            format!("htps://tim:{value}@crm.example.com"),
        ] {
            jobs.push(Box::new(move |ledger| {
                for command in [&["get", "839", "--no-auth"][..], &["doctor", "--no-auth"]] {
                    let plant = Plant::new(command).typed(&["--url", &url]);
                    plant.run(ledger, "a password in --url", 2, None);
                    let plant = Plant::new(command).variable("SOTICKETS_URL", &url);
                    plant.run(ledger, "a password in SOTICKETS_URL", 2, None);
                }
            }));
        }
    }
    let user = format!("tim:{}\n", PASSWORD.value());
    jobs.push(Box::new(move |ledger| {
        for command in [&["get", "839"][..], &["doctor"], &["doctor", "--offline"]] {
            let plant = Plant::new(command).with(&["--url", "http://127.0.0.1:9"]);
            let plant = plant.variable("SOTICKETS_USER", &user).keep(PASSWORD, Source::Env);
            plant.run(ledger, "a password beside the user", 2, None);
        }
    }));
    jobs
}

fn misused_files() -> Vec<Job> {
    let mut texts = Vec::new();
    for canary in canary::ALL.into_iter().filter(|canary| canary.variable.is_some()) {
        let key = canary.option.expect("an option").trim_start_matches('-').replace('-', "_");
        for value in values(canary).into_iter().take(2) {
            let quoted = json!(value).to_string();
            texts.extend([
                format!("{key} = {quoted}"),
                format!("{key} = [{quoted}]"),
                format!("{key} = {value}"),
                format!("{key}x = {quoted}"),
                format!("{key} = \"env:X\"\n{key} = {quoted}"),
                format!("user = {{ {key} = {quoted} }}"),
                format!("url = \"https://tim:{}@h\"", quoted.trim_matches('"')),
            ]);
        }
    }
    for key in ["token", "private_key", "application_token"] {
        for value in values(TOKEN) {
            texts.push(format!("[profiles.work.system_user]\n{key} = {}", json!(value)));
        }
    }
    texts.into_iter().map(misused_file).collect()
}

fn misused_file(text: String) -> Job {
    Box::new(move |ledger| {
        for command in [&["get", "839", "--no-auth"][..], &["doctor", "--no-auth"]] {
            let plant = Plant::new(command);
            let file = plant.path("secrets/config.toml");
            std::fs::write(&file, format!("[profiles.work]\n{text}\n")).expect("a file");
            let plant = plant.with(&["--config", &file, "--profile", "work"]);
            plant.run(ledger, "a literal in the configuration file", 2, None);
        }
    })
}

#[test]
fn no_secret_leaves_a_trace() {
    let elsewhere = Echo::start(std::path::Path::new("/nowhere"), |_, _| Answer::Silence);
    let mut jobs = answers(&elsewhere.url());
    jobs.extend(sources());
    jobs.extend(formats());
    jobs.extend(dry_runs());
    jobs.extend(connections());
    jobs.extend(checkups(&elsewhere.url()));
    jobs.extend(commands());
    jobs.extend(misuse());
    let ledger = Ledger::default();
    let jobs: Vec<Mutex<Option<Job>>> = jobs.into_iter().map(|job| Mutex::new(Some(job))).collect();
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                while let Some(job) = jobs.get(next.fetch_add(1, Ordering::SeqCst)) {
                    let job = job.lock().expect("no panic").take().expect("a job");
                    job(&ledger);
                }
            });
        }
    });
    assert_eq!(elsewhere.connections(), 0, "a redirect was followed");
    // Each format is written four times.
    assert_eq!(ledger.close(), RUNS + 4 * support::formats(|_| true).len());
}

/// How many runs there are beside those of each format: none drops out unseen.
const RUNS: usize = 1291;

#[test]
fn the_search_finds_a_canary_in_each_form() {
    let mut count = 0;
    for canary in canary::ALL {
        for text in [
            canary.value(),
            format!("tim:{}", canary.value()),
            format!("Bearer {}", canary.value()),
        ] {
            for (form, written) in canary::forms(&text) {
                let found = canary::search(format!("error: '{written}' is no good").as_bytes());
                let names: Vec<&str> = found.iter().filter_map(|it| it.split(' ').next()).collect();
                assert_eq!(names, [canary.name], "{form}: {written}");
                count += 1;
            }
        }
        for part in [&canary.kept()[..canary.kept().len() / 2], &canary.value().to_uppercase()] {
            assert_eq!(canary::search(part.as_bytes()).len(), 1, "{part}");
        }
    }
    assert_eq!(count, 9 * 3 * 17);
    assert!(canary::search(b"Bearer *** cnry token cnr").is_empty());
}

/// Panics with a text in place of writing one.
struct Panics(String);

#[expect(clippy::panic, reason = "it is what this is for")]
impl Write for Panics {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        std::panic::panic_any(self.0.clone())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Names the test to the process in which it panics.
const PANICS: &str = "CANARY_TEST_PANICS";

#[test]
fn a_panic_tells_where_it_was_and_no_secret() {
    if let Some(url) = std::env::var_os(PANICS) {
        let secrets: Vec<String> = canary::ALL.iter().map(Canary::value).collect();
        let arguments = ["sotickets", "get", "839", "-v", "--url"].map(Into::into);
        let mut host = Context {
            environment: std::env::vars_os().collect::<Environment>(),
            stdin: Box::new(io::empty()),
            stdout: &mut Panics(secrets.join(" ")),
            stderr: &mut io::stderr(),
            terminal: Terminal::default(),
            now: std::time::SystemTime::now().into(),
            started: std::time::Instant::now(),
        };
        let run = || sotickets::run(arguments.into_iter().chain([url]), &mut host);
        std::process::exit(sotickets::guarded(run).into());
    }
    let plant = Plant::new(&[]).keep(TOKEN, Source::Variable).keep(APP_TOKEN, Source::Variable);
    let echo = Echo::start(plant.folder(), |it, _| http(it, 200, "", TICKETS));
    let mut command = Command::new(std::env::current_exe().expect("a path"));
    command.args([
        "--exact",
        "auth::secret_leaks::a_panic_tells_where_it_was_and_no_secret",
        "--nocapture",
    ]);
    command.env_clear().env(PANICS, echo.url());
    command.envs(plant.variables.iter().map(|(name, value)| (name, value)));
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a process");
    echo.watch(child.id());
    let output = end_of(child);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("error: an internal fault at tests/auth/secret_leaks.rs:"), "{stderr}");
    let ledger = Ledger::default();
    plant.check(&ledger, "a panic", Some(1), &output, Some(&echo));
    ledger.close();
}
