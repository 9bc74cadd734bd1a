//! A small server for measuring: every POST to `/NAME/api/v1/…` is answered with the tickets that
//! benches/data.rs calls so (`2000`, `2000-varied`), made once and kept; one to `/slow/` with the
//! tickets that it asks for, whose numbers follow each other, after 200 ms. Prints its addresses, `http://` and then `https://`,
//! and runs until it is ended.
//!
//! `server FOLDER` keeps them in FOLDER as `NAME.json`, next to `ca.pem`, the certificate to
//! trust it by. On Linux the kernel sends files without a copy: the server runs on the
//! processors of what is measured, and should take as little of them as it can.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

#[path = "../data.rs"]
mod data;

/// The folder of the answers, locked while one is made.
type Answers = Arc<Mutex<PathBuf>>;

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [folder] => serve(Path::new(folder)),
        _ => Err(io::Error::other("usage: server FOLDER")),
    }
}

fn serve(folder: &Path) -> io::Result<()> {
    let config = tls(&folder.join("ca.pem"))?;
    let (plain, secure) = (TcpListener::bind("127.0.0.1:0")?, TcpListener::bind("127.0.0.1:0")?);
    let mut stdout = io::stdout();
    writeln!(stdout, "http://127.0.0.1:{}", plain.local_addr()?.port())?;
    writeln!(stdout, "https://localhost:{}", secure.local_addr()?.port())?;
    stdout.flush()?;
    let answers = Answers::new(Mutex::new(folder.to_owned()));
    let for_secure = Arc::clone(&answers);
    thread::spawn(move || {
        for stream in secure.incoming().flatten() {
            let (answers, config) = (Arc::clone(&for_secure), Arc::clone(&config));
            thread::spawn(move || -> io::Result<()> {
                stream.set_nodelay(true)?;
                let connection = ServerConnection::new(config).map_err(io::Error::other)?;
                answer(StreamOwned::new(connection, stream), &answers)
            });
        }
    });
    for stream in plain.incoming() {
        let (stream, answers) = (stream?, Arc::clone(&answers));
        stream.set_nodelay(true)?;
        thread::spawn(move || answer(stream, &answers));
    }
    Ok(())
}

/// A certificate for `localhost`, made for this run and written to `path`.
fn tls(path: &Path) -> io::Result<Arc<ServerConfig>> {
    let names = vec!["localhost".to_owned()];
    let made = rcgen::generate_simple_self_signed(names).map_err(io::Error::other)?;
    fs::write(path, made.cert.pem())?;
    let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der())
        .map_err(io::Error::other)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| {
            builder.with_no_client_auth().with_single_cert(vec![made.cert.der().clone()], key)
        })
        .map_err(io::Error::other)?;
    Ok(Arc::new(config))
}

/// What an answer is sent over.
trait Connection: Read + Write {
    /// Sends the whole of `file`.
    fn send(&mut self, mut file: File) -> io::Result<()> {
        io::copy(&mut file, self).map(|_| ())
    }
}

impl Connection for TcpStream {
    // The standard library copies, lest somebody changes the file meanwhile.
    #[cfg(target_os = "linux")]
    fn send(&mut self, file: File) -> io::Result<()> {
        while rustix::fs::sendfile(&*self, &file, None, MOST_AT_ONCE)? > 0 {}
        Ok(())
    }
}

impl Connection for StreamOwned<ServerConnection, TcpStream> {}

/// The kernel sends no more than 2 GiB at once.
#[cfg(target_os = "linux")]
const MOST_AT_ONCE: usize = 1 << 30;

fn answer(stream: impl Connection, answers: &Answers) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    while let Some((mut name, body)) = read_request(&mut stream)? {
        if name == "slow" {
            name = requested(&body);
            thread::sleep(WAIT);
        }
        let answer = answer_file(&name, answers)?;
        let stream = stream.get_mut();
        write!(
            stream,
            "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: {}\r\n\r\n",
            answer.metadata()?.len()
        )?;
        stream.send(answer)?;
        stream.flush()?;
    }
    Ok(())
}

/// The wait before an answer to `/slow/`.
const WAIT: Duration = Duration::from_millis(200);

/// Returns the name of the answer to a request with this body: `{"TicketIds":[501,502]}`.
fn requested(body: &str) -> String {
    let is_digit = |c: char| c.is_ascii_digit();
    let mut numbers = body.split(|c| !is_digit(c)).filter(|number| !number.is_empty());
    let first = numbers.next().unwrap_or_default();
    format!("{first}+{}", 1 + numbers.count())
}

/// Opens the answer called `name`, and makes it if there is none yet.
fn answer_file(name: &str, answers: &Answers) -> io::Result<File> {
    let folder = answers.lock().unwrap_or_else(PoisonError::into_inner);
    let path = folder.join(format!("{name}.json"));
    if !path.exists() {
        let answer =
            data::answer(name).ok_or_else(|| io::Error::other("no answer has this name"))?;
        // A file that could not be written whole must not be served.
        let unfinished = path.with_extension("unfinished");
        let mut file = File::create(&unfinished)?;
        file.write_all(&answer)?;
        // Nothing is left to be written while something is measured.
        file.sync_all()?;
        fs::rename(unfinished, &path)?;
    }
    File::open(path)
}

/// Reads the next request, and returns the name in its path, and its body.
fn read_request(reader: &mut BufReader<impl Read>) -> io::Result<Option<(String, String)>> {
    let mut first = String::new();
    if reader.read_line(&mut first)? == 0 {
        return Ok(None);
    }
    let name = first.split('/').nth(1).unwrap_or_default().to_owned();
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let line = line.trim_end().to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = String::new();
    reader.take(length).read_to_string(&mut body)?;
    Ok(Some((name, body)))
}
