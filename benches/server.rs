//! A small server for measuring: every POST to `/N/api/v1/…` is answered with N
//! tickets, made once and kept. Prints its address and runs until it is ended.
//!
//! `--write N PATH` writes the answer to a file instead.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

#[path = "data.rs"]
mod data;

type Answers = Arc<Mutex<HashMap<usize, Arc<Vec<u8>>>>>;

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, flag, count, path] = arguments.as_slice() {
        assert_eq!(flag, "--write", "usage: server [--write N PATH]");
        return std::fs::write(path, data::answer(count.parse().expect("a number")));
    }
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut stdout = std::io::stdout();
    writeln!(stdout, "http://{}", listener.local_addr()?)?;
    stdout.flush()?;
    let answers = Answers::default();
    for stream in listener.incoming() {
        let (stream, answers) = (stream?, Arc::clone(&answers));
        std::thread::spawn(move || {
            // A client that goes away is none of the server's business.
            let _ = serve(stream, &answers);
        });
    }
    Ok(())
}

fn serve(mut stream: TcpStream, answers: &Answers) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    while let Some(count) = read_request(&mut reader)? {
        let answer = {
            let mut known = answers.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            Arc::clone(known.entry(count).or_insert_with(|| Arc::new(data::answer(count))))
        };
        write!(
            stream,
            "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: {}\r\n\r\n",
            answer.len()
        )?;
        stream.write_all(&answer)?;
    }
    Ok(())
}

/// The number of tickets that the next request's path asks for.
fn read_request(reader: &mut BufReader<TcpStream>) -> std::io::Result<Option<usize>> {
    let mut first = String::new();
    if reader.read_line(&mut first)? == 0 {
        return Ok(None);
    }
    let count = first.split('/').nth(1).and_then(|part| part.parse().ok()).unwrap_or(1);
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
    std::io::copy(&mut reader.take(length), &mut std::io::sink())?;
    Ok(Some(count))
}
