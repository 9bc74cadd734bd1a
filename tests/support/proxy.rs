//! Real proxies, from Debian's packages.

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use super::programs;

/// A proxy on a free port, which ends with the test.
pub struct Proxy {
    _process: Process,
    pub port: u16,
    folder: tempfile::TempDir,
}

/// User and password of a tinyproxy that wants them; it takes plain letters alone.
pub const USER: &str = "tim";
pub const PASSWORD: &str = "canary-pass";

/// Starts tinyproxy, an HTTP proxy, with further lines of configuration; `None` where it is
/// not installed.
pub fn tinyproxy(more: &str) -> Option<Proxy> {
    start("tinyproxy", |port, folder| {
        let file = folder.join("tinyproxy.conf");
        let log = folder.join("log");
        let text = format!(
            "Port {port}\nListen 127.0.0.1\nTimeout 20\nLogFile \"{}\"\nLogLevel Info\nMaxClients 20\n{more}\n",
            log.display()
        );
        fs::write(&file, text).expect("a file");
        let mut command = programs::program("tinyproxy")?;
        command.arg("-d").arg("-c").arg(file);
        Some(command)
    })
}

/// microsocks, a SOCKS5 proxy.
pub fn microsocks(arguments: &[&str]) -> Option<Proxy> {
    start("microsocks", |port, _| {
        let mut command = programs::program("microsocks")?;
        command.args(["-i", "127.0.0.1", "-p", &port.to_string()]).args(arguments);
        Some(command)
    })
}

fn start(name: &str, command: impl Fn(u16, &Path) -> Option<Command>) -> Option<Proxy> {
    let folder = tempfile::tempdir().expect("a folder");
    let mut ports = 0;
    loop {
        // Another test may take the port before the proxy does.
        ports += 1;
        assert!(ports <= 5, "{name} does not start");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        drop(listener);
        let mut command = command(port, folder.path())?;
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut process = Process(command.spawn().expect(name));
        if process.listens(port) {
            return Some(Proxy { _process: process, port, folder });
        }
    }
}

struct Process(Child);

impl Process {
    /// Waits until it takes connections, or ends.
    fn listens(&mut self, port: u16) -> bool {
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(20) {
            if self.0.try_wait().expect("a process").is_some() {
                return false;
            }
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return true;
            }
            thread::sleep(Duration::from_millis(20));
        }
        false
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Proxy {
    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// How many requests that begin with `method` tinyproxy has logged.
    pub fn requests(&self, method: &str) -> usize {
        let log = fs::read_to_string(self.folder.path().join("log")).expect("a log");
        log.lines().filter(|line| line.contains("Request (") && line.contains(method)).count()
    }
}
