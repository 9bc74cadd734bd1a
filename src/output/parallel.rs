//! Formatting many tickets on all processors, with their lines in order.

use std::io::{self, Write};
use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread::{self, ScopedJoinHandle};

use crate::answer::Ticket;

/// The tickets of a chunk, and their bytes: enough that passing it on is cheap, and few enough
/// to take little memory.
const CHUNK: usize = 256;
const CHUNK_BYTES: usize = 512 * 1024;
/// Below this many tickets a second thread costs more than it saves.
const MIN_PARALLEL: usize = 1024;
/// The chunks that a thread may be ahead of the writer.
const MAX_AHEAD: usize = 2;
/// More threads than these would wait for the writer.
const MAX_THREADS: usize = 8;

/// Renders `tickets` chunk by chunk and writes their lines to `out`. Each thread has its own
/// renderer.
///
/// # Errors
/// Those of `out` and of a renderer. Nothing is written after the first.
pub(super) fn write<'t, R>(
    tickets: &[Ticket<'t>],
    out: &mut dyn Write,
    renderer: impl Fn() -> R + Sync,
) -> io::Result<()>
where
    R: FnMut(&[Ticket<'t>], &mut Vec<u8>) -> io::Result<()>,
{
    if tickets.is_empty() {
        // A renderer is expensive, and `-o record` has written the first ticket with another one.
        return Ok(());
    }
    let (threads, chunks) = (threads(tickets.len()), chunks(tickets));
    if threads == 1 {
        return write_on_this_thread(&chunks, out, renderer());
    }
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|first| {
                let (sender, rendered) = mpsc::sync_channel(MAX_AHEAD);
                // Buffers are used again: memory that was never used before costs more than
                // the rendering.
                let (written, empty) = mpsc::channel::<Vec<u8>>();
                let (renderer, chunks) = (&renderer, &chunks);
                scope.spawn(move || {
                    let own = chunks.iter().skip(first).step_by(threads);
                    send_rendered(own, renderer(), &sender, &empty);
                });
                (rendered, written)
            })
            .collect();
        for index in 0..chunks.len() {
            let (rendered, written) = &workers[index % threads];
            let lines = rendered
                .recv()
                .unwrap_or_else(|_| Err(io::Error::other("a thread has ended early")))?;
            out.write_all(&lines)?;
            // A thread that has finished needs no buffer.
            let _ = written.send(lines);
        }
        Ok(())
    })
}

/// As [`write()`], with one renderer, which gets the chunks in their order. With many tickets it
/// works on a thread of its own while this one writes.
///
/// # Errors
/// Those of `out` and of the renderer. Nothing is written after the first.
pub(super) fn write_in_order<'t, R>(
    tickets: &[Ticket<'t>],
    out: &mut dyn Write,
    render: R,
) -> io::Result<()>
where
    R: FnMut(&[Ticket<'t>], &mut Vec<u8>) -> io::Result<()> + Send,
{
    let chunks = chunks(tickets);
    if threads(tickets.len()) == 1 {
        return write_on_this_thread(&chunks, out, render);
    }
    thread::scope(|scope| {
        let (sender, rendered) = mpsc::sync_channel(MAX_AHEAD);
        let (written, empty) = mpsc::channel::<Vec<u8>>();
        scope.spawn(move || send_rendered(chunks.iter(), render, &sender, &empty));
        for lines in rendered {
            let lines = lines?;
            out.write_all(&lines)?;
            let _ = written.send(lines);
        }
        Ok(())
    })
}

fn write_on_this_thread<'t>(
    chunks: &[&[Ticket<'t>]],
    out: &mut dyn Write,
    mut render: impl FnMut(&[Ticket<'t>], &mut Vec<u8>) -> io::Result<()>,
) -> io::Result<()> {
    let mut lines = Vec::new();
    for chunk in chunks {
        lines.clear();
        render(chunk, &mut lines)?;
        out.write_all(&lines)?;
    }
    Ok(())
}

/// Renders `chunks` into buffers that are `empty`, or else new, and sends them.
fn send_rendered<'s, 't: 's>(
    chunks: impl Iterator<Item = &'s &'s [Ticket<'t>]>,
    mut render: impl FnMut(&[Ticket<'t>], &mut Vec<u8>) -> io::Result<()>,
    sender: &SyncSender<io::Result<Vec<u8>>>,
    empty: &Receiver<Vec<u8>>,
) {
    for chunk in chunks {
        let mut lines = empty.try_recv().unwrap_or_default();
        lines.clear();
        let result = render(chunk, &mut lines).map(|()| lines);
        // The receiver is gone if writing has failed.
        if sender.send(result).is_err() {
            return;
        }
    }
}

/// Returns chunks of at most [`CHUNK`] tickets and [`CHUNK_BYTES`] bytes. A larger ticket is a
/// chunk of its own.
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
    if start < tickets.len() {
        chunks.push(&tickets[start..]);
    }
    chunks
}

/// Applies `work` to shares of `tickets`, one per thread, and returns the results in order.
pub(super) fn map_shares<'t, T: Send>(
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

/// Returns the number of threads for so many tickets.
fn threads(tickets: usize) -> usize {
    // Counting processors reads files, which takes too long for a few tickets.
    if tickets < MIN_PARALLEL {
        return 1;
    }
    thread::available_parallelism().map_or(1, NonZero::get).min(MAX_THREADS)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[test]
    fn tickets_are_written_once_and_in_order() {
        let texts: Vec<String> = (0..5000).map(|id| format!("{{\"TicketId\":{id}}}")).collect();
        let tickets: Vec<Ticket<'_>> = texts.iter().map(|text| Ticket::from_json(text)).collect();
        for count in [0, 1, CHUNK, MIN_PARALLEL - 1, MIN_PARALLEL, 5000] {
            let mut out = Vec::new();
            let renderer = || {
                |tickets: &[Ticket<'_>], lines: &mut Vec<u8>| {
                    tickets.iter().try_for_each(|ticket| writeln!(lines, "{}", ticket.json()))
                }
            };
            write(&tickets[..count], &mut out, renderer).expect("memory takes it all");
            let lines: Vec<&str> = std::str::from_utf8(&out).expect("text").lines().collect();
            assert!(lines == texts[..count], "{count}");
            let mut out_in_order = Vec::new();
            let mut seen = 0;
            write_in_order(&tickets[..count], &mut out_in_order, |tickets, lines| {
                seen += tickets.len();
                renderer()(tickets, lines)
            })
            .expect("memory takes it all");
            assert!(seen == count && out_in_order == out, "{count}");
            let shares = map_shares(&tickets[..count], |share| {
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
    fn no_tickets_need_no_renderer() {
        let is_created = AtomicBool::new(false);
        let renderer = || {
            is_created.store(true, Ordering::Relaxed);
            |_: &[Ticket<'_>], _: &mut Vec<u8>| Ok(())
        };
        write(&[], &mut Vec::new(), renderer).expect("nothing to write");
        assert!(!is_created.load(Ordering::Relaxed));
    }

    #[test]
    fn error_ends_the_writing() {
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
        let result = write_in_order(&tickets, &mut Full(1000), renderer());
        assert_eq!(result.expect_err("full").kind(), io::ErrorKind::StorageFull);
    }
}
