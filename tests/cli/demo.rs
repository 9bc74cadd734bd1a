//! `sotickets demo` as a process, requested over HTTP.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Stdio;

use predicates::str::{contains, is_empty};
use reqwest::blocking::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use sotickets::demo;

use crate::support::demo::Demo;
use crate::support::{Run, sotickets};

/// A client of a running sample server.
struct DemoClient {
    server: Demo,
    client: Client,
}

impl DemoClient {
    fn start() -> Self {
        Self::new(Demo::start())
    }

    fn new(server: Demo) -> Self {
        // Several tests in one process: only the first can install it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self { server, client: Client::builder().no_proxy().build().expect("a client") }
    }

    /// A request without a credential.
    fn anonymous(&self, query: &str, ids: &[i32]) -> RequestBuilder {
        let address = format!("{}/api/v1/Agents/Ticket/GetTickets{query}", self.server.url());
        self.client
            .post(address)
            .header("content-type", "application/json; charset=utf-8")
            .body(json!({ "TicketIds": ids }).to_string())
    }

    fn request(&self, query: &str, ids: &[i32]) -> RequestBuilder {
        self.anonymous(query, ids).bearer_auth(self.server.token())
    }
}

fn tickets(request: RequestBuilder) -> Vec<Value> {
    let response = request.send().expect("an answer");
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/json; charset=utf-8");
    serde_json::from_slice(&response.bytes().expect("a body")).expect("an array")
}

fn refusal(request: RequestBuilder) -> (u16, Value) {
    let response: Response = request.send().expect("an answer");
    let status = response.status().as_u16();
    let body: Value = serde_json::from_slice(&response.bytes().expect("a body")).expect("JSON");
    assert_eq!(body["Error"], true);
    assert!(body["ErrorType"].is_string(), "{body}");
    assert!(body["ErrorMessage"].is_string() != body["Message"].is_string(), "{body}");
    (status, body)
}

#[test]
fn exports_are_on_standard_output_and_the_rest_on_standard_error() {
    let demo = Demo::start();
    assert!(demo.url().starts_with("http://127.0.0.1:"), "{}", demo.url());
    assert_eq!(demo.token(), demo::TOKEN);
    let summary = &demo.greeting;
    for named in [
        demo.url(),
        demo::USER,
        demo::PASSWORD,
        demo::TICKET,
        demo::TOKEN,
        demo::XSRF_TOKEN,
        demo::COOKIE,
        demo::APP_TOKEN,
        "1 to 1000",
        "Ctrl-C",
    ] {
        assert!(summary.contains(named), "{named} in {summary}");
    }
}

#[test]
fn quiet_prints_the_exports_and_nothing_else() {
    let mut command = Demo::command();
    command.arg("-q").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program runs");
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut lines = String::new();
    while lines.lines().count() < 2 {
        assert_ne!(stdout.read_line(&mut lines).expect("UTF-8"), 0, "{lines}");
    }
    let url = lines.strip_prefix("export SOTICKETS_URL=").and_then(|rest| rest.split_once('\n'));
    let (url, token) = url.expect("an address");
    assert_eq!(token, format!("export SOTICKETS_TOKEN={}\n", demo::TOKEN));
    // An answer shows that all output of the start is written.
    let mut get = sotickets();
    get.args(["get", "839", "-s", "TicketId", "-o", "csv", "--no-header", "--url", url]);
    let run = Run::of(get.env("SOTICKETS_TOKEN", demo::TOKEN));
    assert_eq!((run.code, run.stdout.as_str()), (0, "839\n"), "{run}");
    child.kill().expect("it runs");
    child.wait().expect("an end");
    stdout.read_to_string(&mut lines).expect("UTF-8");
    assert_eq!(lines.lines().count(), 2, "{lines}");
    let mut stderr = String::new();
    child.stderr.take().expect("a pipe").read_to_string(&mut stderr).expect("UTF-8");
    assert_eq!(stderr, "");
}

#[test]
fn wrong_path_is_reported_with_the_right_one() {
    let demo = Demo::start();
    let get = |path: &str| {
        let url = format!("http://{}{path}", demo.authority());
        let mut command = sotickets();
        command.args(["get", "839", "--url", &url]).env("SOTICKETS_TOKEN", demo.token());
        Run::of(&mut command)
    };
    insta::assert_snapshot!(get("/SuperOffice"), @"
    --- stderr
    error: HTTP 404: there is no such endpoint: SoNotFoundException: Nothing is served here; the installation is at /sample.
    hint: check the address: https://host/site, as far as the part before /api/v1
    --- exit code 5
    ");
    for path in ["", "/samples", "/sample/crm"] {
        let run = get(path);
        assert_eq!((run.code, run.stdout.as_str()), (5, ""), "{run}");
        assert!(run.stderr.contains("/sample"), "{run}");
    }
    assert_eq!(get("/Sample/api/").code, 0);
}

#[test]
fn port_in_use_is_a_usage_error_that_names_it() {
    let mut command = Demo::command();
    command.args(["--port", "0"]);
    let demo = Demo::start_with(command);
    let (_, port) = demo.authority().rsplit_once(':').expect("a port");
    sotickets()
        .args(["demo", "--port", port])
        .assert()
        .code(2)
        .stdout(is_empty())
        .stderr(contains(format!("port {port} is in use")))
        .stderr(contains("--port 0"));
}

#[test]
fn tickets_are_sent_in_the_requested_order_and_language() {
    let demo = DemoClient::start();
    let request = demo
        .request("?$select=ticketid,TITLE,PriorityName,CreatedAt", &[839, 1001, 100, 839])
        .header("so-language", "nb-no")
        .header("accept-language", "de")
        .header("so-timezone", "no,includeTZOffset");
    let tickets = tickets(request);
    assert_eq!(tickets.len(), 2);
    assert_eq!(tickets[0]["Title"], "Cannot print shipping labels in Gdańsk");
    assert_eq!(tickets[1]["TicketId"], 100);
    assert_eq!(tickets[1]["PriorityName"], "Middels");
    assert_eq!(tickets[1]["CreatedAt"], "2024-03-31T00:48:00Z");
    assert_eq!(tickets[1]["OwnedByName"], Value::Null);
}

#[test]
fn fields_are_sent_in_the_catalogues_order() {
    let demo = DemoClient::start();
    let body = demo.request("", &[249]).send().expect("an answer").text().expect("text");
    let mut rest = body.as_str();
    for field in &sotickets::ticket::catalogue::CATALOGUE {
        let key = format!("\"{}\":", field.name);
        rest = rest.split_once(&key).unwrap_or_else(|| panic!("{key} in {rest}")).1;
    }
}

#[test]
fn only_sample_credentials_are_accepted() {
    let demo = DemoClient::start();
    let ask = || demo.anonymous("", &[1]);
    for request in [
        ask().basic_auth(demo::USER, Some(demo::PASSWORD)),
        ask().header("authorization", format!("SOTicket {}", demo::TICKET)),
        ask().bearer_auth(demo::TOKEN).header("so-apptoken", demo::APP_TOKEN),
        ask().header("x-xsrf-token", demo::XSRF_TOKEN).header("cookie", demo::COOKIE),
    ] {
        assert_eq!(tickets(request).len(), 1);
    }

    let (status, body) = refusal(ask().basic_auth(demo::USER, Some("wrong")));
    assert_eq!(status, 401);
    assert!(body["ErrorMessage"].as_str().expect("text").contains("Basic"), "{body}");
    let response = ask().send().expect("an answer");
    assert_eq!(response.status(), 401);
    assert!(response.headers().contains_key("www-authenticate"));
    assert_eq!(refusal(demo.request("", &[1]).header("so-apptoken", "wrong")).0, 403);
}

#[test]
fn wrong_request_gets_its_status() {
    let demo = DemoClient::start();
    assert_eq!(refusal(demo.client.get(format!("{}/nowhere", demo.server.url()))).0, 404);
    let (status, body) = refusal(demo.request("", &[1]).header("so-timezone", "XX"));
    assert_eq!(status, 400);
    assert!(body["Message"].as_str().expect("text").contains("'XX'"), "{body}");
    assert_eq!(refusal(demo.request("", &[1]).body("{}")).0, 400);

    let address = format!("{}/api/v1/agents/ticket/gettickets", demo.server.url());
    let plain = demo.client.post(&address).bearer_auth(demo.server.token()).body("{}");
    assert_eq!(refusal(plain).0, 415);
    let response = demo.client.get(&address).send().expect("an answer");
    assert_eq!(response.status(), 405);
    assert_eq!(response.headers()["allow"], "POST");
}

#[test]
fn body_over_a_mebibyte_is_rejected_with_an_answer() {
    let demo = DemoClient::start();
    let body = |length: usize| format!("{{\"TicketIds\":[7{}]}}", " ".repeat(length - 17));
    assert_eq!(body(20).len(), 20);
    assert_eq!(tickets(demo.request("", &[]).body(body(1 << 20))).len(), 1);
    assert_eq!(refusal(demo.request("", &[]).body(body((1 << 20) + 1))).0, 413);
    assert_eq!(refusal(demo.request("", &[]).body(body(8 << 20))).0, 413);
    assert_eq!(refusal(demo.anonymous("", &[]).body(body(4 << 20))).0, 401);
}

#[test]
fn call_with_too_many_ids_is_refused_on_request() {
    let mut command = Demo::command();
    command.args(["--max-ids", "2", "--delay", "10ms"]);
    let client = DemoClient::new(Demo::start_with(command));
    assert_eq!(tickets(client.request("", &[1, 2])).len(), 2);
    let (status, body) = refusal(client.request("", &[1, 2, 3]));
    assert_eq!(status, 413);
    assert_eq!(body["ErrorMessage"], "The request has 3 ids, and 2 are allowed.");
}

#[test]
fn wrong_delay_is_a_usage_error() {
    let run = Run::of(sotickets().args(["demo", "--delay", "soon"]));
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run}");
    let message = "error: --delay: 'soon' is not a valid duration\n\
                   hint: a duration is 10s, 500ms or 2m\n";
    assert_eq!(run.stderr, message, "{run}");
}

#[test]
fn server_that_takes_no_ids_is_a_usage_error() {
    let run = Run::of(sotickets().args(["demo", "--max-ids", "0"]));
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run}");
    assert!(run.stderr.starts_with("error: --max-ids: "), "{run}");
}

#[test]
fn xml_is_escaped_and_has_its_content_type() {
    let demo = DemoClient::start();
    let response =
        demo.request("", &[666, 1]).header("accept", "application/xml").send().expect("an answer");
    assert_eq!(response.headers()["content-type"], "application/xml; charset=utf-8");
    let text = response.text().expect("text");
    assert!(text.ends_with("</Ticket></ArrayOfTicket>"), "{text}");
    assert_eq!(text.matches("<Ticket>").count(), 2);
    assert!(!text.contains('\u{1b}'), "{text:?}");
}

#[test]
fn every_ticket_comes_in_one_call() {
    let demo = DemoClient::start();
    let ids: Vec<i32> = demo::IDS.rev().collect();
    let tickets = tickets(demo.request("", &ids));
    let sent: Vec<_> = tickets.iter().filter_map(|ticket| ticket["TicketId"].as_i64()).collect();
    assert!(sent.into_iter().eq(ids.into_iter().map(i64::from)));
}

#[cfg(unix)]
#[test]
fn idle_connections_do_not_keep_others_from_the_sample_server() {
    use crate::support::limits::{idle_connections, limited};

    let demo = DemoClient::new(Demo::start_with(limited("-n 64", &Demo::command())));
    let idle = idle_connections(&format!("http://{}", demo.server.authority()));
    assert_eq!(tickets(demo.request("", &[839])).len(), 1);
    drop(idle);
}
