//! Answers that quote every secret of the request.

use std::path::Path;
use std::sync::Arc;

use serde_json::json;

use super::{
    Job, SCHEMES, TICKETS, WAYS, Way, assert_no_leak, by, error_object, http, secret_run,
    secret_run_of,
};
use crate::support::echo::{Answer, Echo};
use crate::support::secret_run::Ledger;
use crate::support::server::Request;

/// Returns the answer to a request, from its number and the turn of the forms in which it is
/// quoted.
type Answering = Arc<dyn Fn(&Request, usize, usize) -> Answer + Send + Sync>;

/// An answer of a server, with the exit code that it leads to.
#[derive(Clone)]
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

/// A `get` and a `doctor` for each of `shapes`.
fn jobs(shapes: Vec<Shape>) -> Vec<Job> {
    let mut jobs = gets(&shapes);
    jobs.extend(checkups(shapes));
    jobs
}

/// `get`, with each credential, by each way.
fn gets(shapes: &[Shape]) -> Vec<Job> {
    let mut jobs: Vec<Job> = Vec::new();
    for (number, shape) in shapes.iter().enumerate() {
        for scheme in 0..SCHEMES.len() {
            for verbose in [false, true] {
                let turn = number * 5 + scheme * 3 + usize::from(verbose);
                let way = WAYS[(number + scheme + usize::from(verbose)) % WAYS.len()];
                let shape = shape.clone();
                jobs.push(Box::new(move |ledger| {
                    answered(&shape, scheme, verbose, turn, way, ledger);
                }));
            }
        }
    }
    jobs
}

fn answered(shape: &Shape, scheme: usize, verbose: bool, turn: usize, way: Way, ledger: &Ledger) {
    let secret_run = secret_run(scheme, turn, shape.arguments);
    let answer = Arc::clone(&shape.answer);
    let echo = Echo::start(secret_run.folder(), move |it, number| answer(it, number, turn));
    let secret_run = by(secret_run, way, turn, echo.port).with(if verbose { &["-v"] } else { &[] });
    let code = match way {
        // A proxy that is asked for its own credential.
        Way::Option | Way::Variable if shape.name.starts_with("407") => 6,
        _ => shape.code,
    };
    secret_run.run(ledger, &shape.name, code, Some(&echo));
}

/// `doctor`, by each way.
fn checkups(shapes: Vec<Shape>) -> Vec<Job> {
    let mut jobs: Vec<Job> = Vec::new();
    // Where the first request gets no answer the credential stays here.
    let shapes = shapes
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
            let secret_run = secret_run_of(&["doctor", "839"], scheme, turn, shape.arguments);
            let answer = Arc::clone(&shape.answer);
            let echo = Echo::start(secret_run.folder(), move |it, number| answer(it, number, turn));
            let way = WAYS[number / SCHEMES.len() % WAYS.len()];
            let code = match way {
                Way::Option | Way::Variable if shape.name.starts_with("407") => 6,
                _ => shape.code,
            };
            let secret_run = by(secret_run, way, turn, echo.port).with(arguments);
            secret_run.run(ledger, "doctor", code, Some(&echo));
        }));
    }
    jobs
}

#[test]
fn error_status_reveals_no_secret() {
    assert_no_leak(jobs(statuses()), 18 * 8 + 18);
}

#[test]
fn odd_body_reveals_no_secret() {
    assert_no_leak(jobs(odd_bodies()), 17 * 8 + 17);
}

#[test]
fn broken_answer_reveals_no_secret() {
    assert_no_leak(jobs(broken_answers()), 7 * 8);
}

#[test]
fn odd_header_reveals_no_secret_and_no_redirect_is_followed() {
    let elsewhere = Echo::start(Path::new("/nowhere"), |_, _| Answer::Silence);
    let url = elsewhere.url();
    assert_no_leak(jobs(odd_headers(&url)), 4 * 8 + 3);
    assert_eq!(elsewhere.connections(), 0, "a redirect was followed");
}

#[test]
fn repeated_call_reveals_no_secret() {
    assert_no_leak(jobs(repetitions()), 2 * 8 + 2);
}
