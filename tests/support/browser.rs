//! A headless Chromium, driven by the WebDriver protocol.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use reqwest::blocking::Client;
use serde_json::{Value, json};

use super::online_server::test_user::client;
use super::{PATIENCE, programs};

/// The protocol's key for the id of an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A browser with its driver. Both end with it.
pub struct Browser {
    driver: Child,
    client: Client,
    /// The address of the session.
    session: String,
    /// It is kept open, because the driver may print more.
    output: BufReader<ChildStdout>,
}

impl Browser {
    /// Starts a browser that keeps its files below `home`; `None` if this machine has none.
    pub fn start(home: &Path) -> Option<Self> {
        let chromium = programs::program("chromium")?;
        if !programs::needed("chromedriver") {
            return None;
        }
        // The driver takes a free port of IPv4, and ends if the same port of IPv6 is in use.
        let begun = (0..5).find_map(|_| Self::begin(home));
        let mut browser = begun.expect("the driver starts");
        let capabilities = json!({
            "browserName": "chrome",
            // The test server's certificate is self-signed.
            "acceptInsecureCerts": true,
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
            "goog:chromeOptions": { "binary": chromium.get_program().to_str(), "args": [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--disable-dev-shm-usage", "--hide-scrollbars", "--window-size=1000,720",
                format!("--user-data-dir={}", home.join("browser").display()),
            ] },
        });
        let begun = browser.post("", &json!({ "capabilities": { "alwaysMatch": capabilities } }));
        let id = begun["sessionId"].as_str().expect("a session");
        browser.session = format!("{}/{id}", browser.session);
        Some(browser)
    }

    /// Starts the driver; `None` if it ends at once.
    fn begin(home: &Path) -> Option<Self> {
        let mut driver = programs::program("chromedriver")?
            .args(["--port=0", "--log-level=WARNING"])
            .env_clear()
            .env("PATH", programs::path())
            .env("HOME", home)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a driver");
        let output = BufReader::new(driver.stdout.take().expect("its output"));
        let mut browser = Self { driver, client: client(None), session: String::new(), output };
        browser.session = format!("http://127.0.0.1:{}/session", browser.port()?);
        Some(browser)
    }

    /// Returns the port that the driver prints.
    fn port(&mut self) -> Option<u16> {
        let mut line = String::new();
        loop {
            line.clear();
            if self.output.read_line(&mut line).expect("text") == 0 {
                return None;
            }
            if let Some((_, port)) = line.trim_end().split_once("started successfully on port ") {
                return Some(port.trim_end_matches('.').parse().expect("a port"));
            }
        }
    }

    /// Opens `url`.
    pub fn open(&self, url: &str) {
        self.post("/url", &json!({ "url": url }));
    }

    /// Clicks what `selector` finds first.
    pub fn click(&self, selector: &str) {
        let found = self.post("/element", &json!({ "using": "css selector", "value": selector }));
        let id = found[ELEMENT].as_str().expect(selector);
        self.post(&format!("/element/{id}/click"), &json!({}));
    }

    /// Runs `script` in the page, and returns what it returns.
    pub fn run(&self, script: &str) -> Value {
        self.post("/execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// Presses `keys` where the focus is.
    pub fn press(&self, keys: &str) {
        let key = |key: char| {
            let action = |kind| json!({ "type": kind, "value": key.to_string() });
            [action("keyDown"), action("keyUp")]
        };
        let actions: Vec<Value> = keys.chars().flat_map(key).collect();
        let keyboard = json!({ "type": "key", "id": "keyboard", "actions": actions });
        self.post("/actions", &json!({ "actions": [keyboard] }));
    }

    /// Waits until `script` returns true.
    pub fn wait_until(&self, script: &str) {
        let start = Instant::now();
        while self.run(script) != true {
            assert!(start.elapsed() < PATIENCE, "{script}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Runs a command of Chromium's own protocol.
    pub fn command(&self, name: &str, parameters: &Value) -> Value {
        self.post("/goog/cdp/execute", &json!({ "cmd": name, "params": parameters }))
    }

    /// Returns the messages on the console since the last time.
    pub fn console(&self) -> Vec<Value> {
        self.post("/se/log", &json!({ "type": "browser" })).as_array().expect("a log").clone()
    }

    /// Returns the addresses that were requested since the last time.
    pub fn requests(&self) -> Vec<String> {
        let log = self.post("/se/log", &json!({ "type": "performance" }));
        let events = log.as_array().expect("a log").iter().map(|entry| {
            let event: Value =
                serde_json::from_str(entry["message"].as_str().expect("text")).expect("JSON");
            event["message"].clone()
        });
        let requests = events.filter(|event| event["method"] == "Network.requestWillBeSent");
        let url = |event: Value| event["params"]["request"]["url"].as_str().map(str::to_owned);
        requests.filter_map(url).collect()
    }

    /// Waits for a page whose title contains `words`, and returns the page.
    pub fn wait_for(&self, words: &str) -> String {
        let start = Instant::now();
        loop {
            let title = self.get("/title");
            if title.as_str().is_some_and(|title| title.contains(words)) {
                return self.get("/source").as_str().expect("a page").to_owned();
            }
            assert!(start.elapsed() < PATIENCE, "no page '{words}', but {title}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// The text that a person sees.
    pub fn text(&self) -> String {
        let found = self.post("/element", &json!({ "using": "css selector", "value": "body" }));
        let id = found[ELEMENT].as_str().expect("a body");
        self.get(&format!("/element/{id}/text")).as_str().expect("text").to_owned()
    }

    /// A picture of the page, as PNG.
    pub fn picture(&self) -> Vec<u8> {
        let picture = self.get("/screenshot");
        STANDARD.decode(picture.as_str().expect("a picture")).expect("base64")
    }

    fn get(&self, path: &str) -> Value {
        self.ask(Method::GET, path, String::new())
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        self.ask(Method::POST, path, body.to_string())
    }

    fn ask(&self, method: Method, path: &str, body: String) -> Value {
        let request = self.client.request(method, format!("{}{path}", self.session));
        let response = request.header("content-type", "application/json").body(body).send();
        let text = response.and_then(reqwest::blocking::Response::text).expect("an answer");
        let answer: Value = serde_json::from_str(&text).expect("JSON");
        assert!(answer["value"]["error"].is_null(), "{path}: {}", answer["value"]);
        answer["value"].clone()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The browser first: it would outlive its driver.
        let _ = self.client.delete(&self.session).send();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
