//! Making the lines of many tickets on all processors, in their order.

use std::io::{self, Write};
use std::num::NonZero;
use std::sync::mpsc;
use std::thread;

use crate::ticket::list::Ticket;

/// Tickets made into lines at a time: large enough to make handing over cheap, and
/// small enough to hold little memory.
const CHUNK: usize = 256;
/// Below this many tickets a second thread costs more than it saves.
const FEW: usize = 1024;
/// Chunks that a thread may be ahead of the writing.
const AHEAD: usize = 2;
/// More threads than these wait for the writing.
const MOST: usize = 8;

/// Writes to `out` what `render` makes of `tickets`, chunk by chunk.
///
/// # Errors
/// Those of `out` and of `render`; nothing is written after the first.
pub fn write<'t>(
    tickets: &[Ticket<'t>],
    out: &mut dyn Write,
    render: impl Fn(&[Ticket<'t>], &mut Vec<u8>) -> io::Result<()> + Sync,
) -> io::Result<()> {
    // Counting processors reads files; a few tickets need not.
    let processors = || thread::available_parallelism().map_or(1, NonZero::get).min(MOST);
    let threads = if tickets.len() < FEW { 1 } else { processors() };
    if threads == 1 {
        let mut lines = Vec::new();
        for chunk in tickets.chunks(CHUNK) {
            lines.clear();
            render(chunk, &mut lines)?;
            out.write_all(&lines)?;
        }
        return Ok(());
    }
    thread::scope(|scope| {
        let receivers: Vec<_> = (0..threads)
            .map(|first| {
                let (sender, receiver) = mpsc::sync_channel(AHEAD);
                let render = &render;
                scope.spawn(move || {
                    for chunk in tickets.chunks(CHUNK).skip(first).step_by(threads) {
                        let mut lines = Vec::new();
                        let result = render(chunk, &mut lines).map(|()| lines);
                        // Nobody listens once writing has failed.
                        if sender.send(result).is_err() {
                            return;
                        }
                    }
                });
                receiver
            })
            .collect();
        for index in 0..tickets.len().div_ceil(CHUNK) {
            let lines = receivers[index % threads]
                .recv()
                .unwrap_or_else(|_| Err(io::Error::other("a thread that makes lines is gone")))?;
            out.write_all(&lines)?;
        }
        Ok(())
    })
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
            write(&tickets[..count], &mut out, |tickets, lines| {
                for ticket in tickets {
                    writeln!(lines, "{}", ticket.json())?;
                }
                Ok(())
            })
            .expect("memory takes it all");
            let lines: Vec<&str> = std::str::from_utf8(&out).expect("text").lines().collect();
            assert!(lines == texts[..count], "{count}");
        }
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
        let result = write(&tickets, &mut Full(1000), |tickets, lines| {
            lines.resize(tickets.len(), b'x');
            Ok(())
        });
        assert_eq!(result.expect_err("full").kind(), io::ErrorKind::StorageFull);
    }
}
