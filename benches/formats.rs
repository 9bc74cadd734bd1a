//! Scanning an answer, and writing it in each format: `cargo bench`.

use std::io;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use sotickets::answer::{Expected, ParallelParser};
use sotickets::output::{Document, FormatOptions, OutputFormat};
use sotickets::ticket::column::{self, Column};
use sotickets::ticket::date::{DateFormatter, Style};
use sotickets::ticket::ids::TicketId;
use sotickets::ticket::reconcile::reconcile;

#[path = "data.rs"]
mod data;

fn main() {
    divan::main();
}

/// Tickets in the answer that is measured.
const TICKETS: i32 = 10_000;

fn answer() -> Vec<u8> {
    data::answer(&TICKETS.to_string()).expect("an answer")
}

fn three() -> Vec<Column> {
    column::parse(&["TicketId,Title,OwnedByName"], false).expect("fields")
}

#[divan::bench]
fn scan_for_three_columns(bencher: Bencher<'_, '_>) {
    let answer = answer();
    let columns = three();
    bencher.counter(BytesCount::new(answer.len())).bench(|| {
        ParallelParser::new(&columns, Expected::ANY)
            .finish(black_box(&answer))
            .map(|t| t.entries().count())
            .ok()
    });
}

#[divan::bench]
fn scan_for_all_columns(bencher: Bencher<'_, '_>) {
    let answer = answer();
    let columns = column::all();
    bencher.counter(BytesCount::new(answer.len())).bench(|| {
        ParallelParser::new(&columns, Expected::ANY)
            .finish(black_box(&answer))
            .map(|t| t.entries().count())
            .ok()
    });
}

#[divan::bench]
fn csv_three_columns(bencher: Bencher<'_, '_>) {
    write(bencher, OutputFormat::Csv, &three());
}

#[divan::bench]
fn csv_all_columns(bencher: Bencher<'_, '_>) {
    write(bencher, OutputFormat::Csv, &column::all());
}

#[divan::bench]
fn tsv_all_columns(bencher: Bencher<'_, '_>) {
    write(bencher, OutputFormat::Tsv, &column::all());
}

#[divan::bench]
fn jsonl(bencher: Bencher<'_, '_>) {
    write(bencher, OutputFormat::Jsonl, &[]);
}

#[divan::bench]
fn table(bencher: Bencher<'_, '_>) {
    write(bencher, OutputFormat::Table, &column::summary());
}

#[divan::bench]
fn record(bencher: Bencher<'_, '_>) {
    write(bencher, OutputFormat::Record, &column::summary());
}

#[divan::bench]
fn markdown(bencher: Bencher<'_, '_>) {
    write(bencher, OutputFormat::Markdown, &column::summary());
}

#[divan::bench]
fn xlsx_all_columns(bencher: Bencher<'_, '_>) {
    write(bencher, OutputFormat::Xlsx, &column::all());
}

fn write(bencher: Bencher<'_, '_>, format: OutputFormat, columns: &[Column]) {
    let answer = answer();
    let tickets = ParallelParser::new(columns, Expected::ANY).finish(&answer).expect("tickets");
    let ids: Vec<TicketId> = (1..=TICKETS).filter_map(|id| TicketId::new(id.into())).collect();
    let listed = reconcile(&ids, tickets.entries()).tickets;
    let dates = DateFormatter::new(Style::Short, None, Default::default());
    let document = Document {
        answers: &[&answer],
        tickets: &listed,
        columns,
        dates: &dates,
        urls: None,
        about: None,
    };
    let format = format.create(&FormatOptions::default());
    bencher
        .counter(BytesCount::new(answer.len()))
        .bench_local(|| format.write(black_box(&document), &mut io::sink()));
}
