//! Many tickets on all processors: their lines in order, and what is to be known of all.

use std::io::{self, Write};
use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::mpsc;
use std::thread::{self, ScopedJoinHandle};

use crate::answer::Ticket;

/// Tickets made into lines at a time, and their bytes: large enough to make handing over
/// cheap, and small enough to hold little memory.
const CHUNK: usize = 256;
const CHUNK_BYTES: usize = 512 * 1024;
/// Below this many tickets a second thread costs more than it saves.
const FEW: usize = 1024;
/// Chunks that a thread may be ahead of the writing.
const AHEAD: usize = 2;
/// More threads than these wait for the writing.
const MOST: usize = 8;

/// Writes to `out` what a renderer makes of `tickets`, chunk by chunk. Each thread gets a
/// renderer of its own.
///
/// # Errors
/// Those of `out` and of a renderer; nothing is written after the first.
pub fn write<'t, R>(
    tickets: &[Ticket<'t>],
    out: &mut dyn Write,
    renderer: impl Fn() -> R + Sync,
) -> io::Result<()>
where
    R: FnMut(&[Ticket<'t>], &mut Vec<u8>) -> io::Result<()>,
{
    if tickets.is_empty() {
        return Ok(());
    }
    let (threads, chunks) = (threads(tickets.len()), chunks(tickets));
    if threads == 1 {
        let mut render = renderer();
        let mut lines = Vec::new();
        for chunk in chunks {
            lines.clear();
            render(chunk, &mut lines)?;
            out.write_all(&lines)?;
        }
        return Ok(());
    }
    thread::scope(|scope| {
        let renderings: Vec<_> = (0..threads)
            .map(|first| {
                let (sender, made) = mpsc::sync_channel(AHEAD);
                // What is written goes back, to be filled again: memory that was never
                // used costs more than the lines.
                let (written, empty) = mpsc::channel::<Vec<u8>>();
                let (renderer, chunks) = (&renderer, &chunks);
                scope.spawn(move || {
                    let mut render = renderer();
                    for chunk in chunks.iter().skip(first).step_by(threads) {
                        let mut lines = empty.try_recv().unwrap_or_default();
                        lines.clear();
                        let result = render(chunk, &mut lines).map(|()| lines);
                        // Nobody listens once writing has failed.
                        if sender.send(result).is_err() {
                            return;
                        }
                    }
                });
                (made, written)
            })
            .collect();
        for index in 0..chunks.len() {
            let (made, written) = &renderings[index % threads];
            let lines = made
                .recv()
                .unwrap_or_else(|_| Err(io::Error::other("a thread that makes lines is gone")))?;
            out.write_all(&lines)?;
            // A thread that has done its share needs it no more.
            let _ = written.send(lines);
        }
        Ok(())
    })
}

/// Returns `tickets` in chunks of at most [`CHUNK`] tickets and [`CHUNK_BYTES`] bytes; a
/// larger ticket is a chunk by itself.
fn chunks<'s, 't>(tickets: &'s [Ticket<'t>]) -> Vec<&'s [Ticket<'t>]> {
    let mut chunks = Vec::with_capacity(tickets.len().div_ceil(CHUNK));
    let (mut start, mut bytes) = (0, 0);
    for (index, ticket) in tickets.iter().enumerate() {
        let length = ticket.bytes().len();
        if index > start && (index - start == CHUNK || bytes + length > CHUNK_BYTES) {
            chunks.push(&tickets[start..index]);
            (start, bytes) = (index, 0);
        }
        bytes += length;
    }
    chunks.push(&tickets[start..]);
    chunks
}

/// What `work` makes of each share of `tickets`, in their order; a share a thread.
pub fn shares<'t, T: Send>(
    tickets: &[Ticket<'t>],
    work: impl Fn(&[Ticket<'t>]) -> T + Sync,
) -> Vec<T> {
    let threads = threads(tickets.len());
    if threads == 1 {
        return vec![work(tickets)];
    }
    thread::scope(|scope| {
        let shares = tickets.chunks(tickets.len().div_ceil(threads));
        let work = &work;
        let threads: Vec<_> = shares.map(|share| scope.spawn(move || work(share))).collect();
        let results = threads.into_iter().map(ScopedJoinHandle::join);
        results.map(|result| result.unwrap_or_else(|panic| resume_unwind(panic))).collect()
    })
}

/// How many threads are worth it for so many tickets.
fn threads(tickets: usize) -> usize {
    // Counting processors reads files; a few tickets need not.
    if tickets < FEW {
        return 1;
    }
    thread::available_parallelism().map_or(1, NonZero::get).min(MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_kept_and_every_ticket_written_once() {
        let texts: Vec<String> = (0..5000).map(|id| format!("{{\"TicketId\":{id}}}")).collect();
        let tickets: Vec<Ticket<'_>> = texts.iter().map(|text| Ticket::from_json(text)).collect();
        for count in [0, 1, CHUNK, FEW - 1, FEW, 5000] {
            let mut out = Vec::new();
            let renderer = || {
                |tickets: &[Ticket<'_>], lines: &mut Vec<u8>| {
                    tickets.iter().try_for_each(|ticket| writeln!(lines, "{}", ticket.json()))
                }
            };
            write(&tickets[..count], &mut out, renderer).expect("memory takes it all");
            let lines: Vec<&str> = std::str::from_utf8(&out).expect("text").lines().collect();
            assert!(lines == texts[..count], "{count}");
            let shares = shares(&tickets[..count], |share| {
                share.iter().map(|ticket| ticket.json().to_owned()).collect::<Vec<_>>()
            });
            assert!(shares.concat() == texts[..count], "{count}");
        }
    }

    #[test]
    fn chunks_are_limited_in_tickets_and_in_bytes() {
        let long = "x".repeat(CHUNK_BYTES / 2 + 1);
        let lengths = |texts: &[&str]| -> Vec<usize> {
            let tickets: Vec<Ticket<'_>> =
                texts.iter().map(|text| Ticket::from_json(text)).collect();
            chunks(&tickets).into_iter().map(<[_]>::len).collect()
        };
        assert_eq!(lengths(&[&long, "{}", &long, "{}", "{}"]), [2, 3]);
        assert_eq!(lengths(&[&long, &long, &long]), [1, 1, 1]);
        assert_eq!(lengths(&[&long.repeat(2), "{}"]), [1, 1]);
        assert_eq!(lengths(&vec!["{}"; 2 * CHUNK + 1]), [CHUNK, CHUNK, 1]);
    }

    #[test]
    fn an_error_ends_it() {
        struct Full(usize);
        impl Write for Full {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
                Ok(bytes.len())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let tickets = vec![Ticket::from_json("{}"); 5000];
        let renderer = || {
            |tickets: &[Ticket<'_>], lines: &mut Vec<u8>| {
                lines.resize(tickets.len(), b'x');
                Ok(())
            }
        };
        let result = write(&tickets, &mut Full(1000), renderer);
        assert_eq!(result.expect_err("full").kind(), io::ErrorKind::StorageFull);
    }
}
