//! The way of an answer through the library, without a network: for counting
//! instructions and for profiles.
//!
//! `library FORMAT FILE` writes the tickets of FILE to standard output; FORMAT is
//! csv, csv3 (three columns), jsonl, table, record, markdown or xlsx. `library time FORMAT FILE`
//! also prints the seconds of the writing to standard error. `library discard URL`
//! makes one call for as many tickets as the URL's first folder says with the HTTP library
//! alone, and throws the answer away. `library write NAME PATH` makes such a FILE,
//! as benches/data.rs names it.
#![allow(clippy::print_stderr, reason = "there is nobody else to tell")]

use std::io::Write as _;
use std::time::{Duration, Instant};

use sotickets::answer::{Expected, ParallelParser};
use sotickets::output::{Document, FormatOptions, OutputFormat};
use sotickets::ticket::column::{self, Column};
use sotickets::ticket::date::{DateFormatter, Style};
use sotickets::ticket::ids::TicketId;
use sotickets::ticket::reconcile::reconcile;

#[path = "../data.rs"]
mod data;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["discard", url] => discard(url),
        ["time", format, path] => time(format, &std::fs::read(path).expect("a file")),
        ["write", name, path] => {
            std::fs::write(path, data::answer(name).expect("an answer")).expect("a file");
        }
        [format, path] => render(format, &std::fs::read(path).expect("a file")),
        _ => {
            eprintln!(
                "usage: library [time] FORMAT FILE | library discard URL | library write NAME PATH"
            );
            std::process::exit(2);
        }
    }
}

/// The format called `name`, with its columns and the style of its dates.
fn format(name: &str) -> (OutputFormat, Vec<Column>, Style) {
    let three = || column::parse(&["TicketId,Title,OwnedByName"], false).expect("fields");
    match name {
        "csv" => (OutputFormat::Csv, column::all(), Style::AsSent),
        "csv3" => (OutputFormat::Csv, three(), Style::AsSent),
        "jsonl" => (OutputFormat::Jsonl, Vec::new(), Style::AsSent),
        "table" => (OutputFormat::Table, column::summary(), Style::Short),
        "record" => (OutputFormat::Record, column::all(), Style::Short),
        "xlsx" => (OutputFormat::Xlsx, column::all(), Style::Short),
        "html" => (OutputFormat::Html, column::summary(), Style::Short),
        "markdown" => (OutputFormat::Markdown, column::summary(), Style::Short),
        _ => {
            eprintln!("no format is called {name}");
            std::process::exit(2);
        }
    }
}

fn render(name: &str, answer: &[u8]) {
    write(name, answer);
}

/// Prints the seconds of the writing.
fn time(name: &str, answer: &[u8]) {
    eprintln!("{}", write(name, answer).as_secs_f64());
}

/// Writes the tickets to standard output, and returns the time without that of the parsing.
fn write(name: &str, answer: &[u8]) -> Duration {
    let (format, columns, style) = format(name);
    let dates = DateFormatter::new(style, None, Default::default());
    let tickets = ParallelParser::new(&columns, Expected::ANY).finish(answer).expect("tickets");
    let ids: Vec<TicketId> =
        (1..).zip(tickets.entries()).filter_map(|(id, _)| TicketId::new(id)).collect();
    let listed = reconcile(&ids, tickets.entries()).tickets;
    let document = Document {
        answers: &[answer],
        tickets: &listed,
        columns: &columns,
        dates: &dates,
        urls: None,
        about: None,
    };
    let mut out = std::io::BufWriter::with_capacity(64 * 1024, std::io::stdout().lock());
    let start = Instant::now();
    format
        .create(&FormatOptions::default())
        .write(&document, &mut out)
        .and_then(|()| out.flush())
        .expect("it is written");
    start.elapsed()
}

fn discard(url: &str) {
    let name = url.split('/').nth(3).unwrap_or_default();
    let count = name.split('-').next().and_then(|count| count.parse().ok()).unwrap_or(1);
    let ids: Vec<String> = (1..=count).map(|id: u32| id.to_string()).collect();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut answer = reqwest::blocking::Client::new()
        .post(format!("{url}/api/v1/Agents/Ticket/GetTickets"))
        .header("Content-Type", "application/json; charset=utf-8")
        .body(format!("{{\"TicketIds\":[{}]}}", ids.join(",")))
        .send()
        .expect("an answer");
    let mut discarded = std::io::sink();
    assert!(answer.copy_to(&mut discarded).expect("all of it") > 0);
}
