//! Reads an answer into one buffer, and has it parsed meanwhile.

use std::fmt::Display;
use std::io::{self, Read};
use std::num::NonZero;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;

use crate::error::{Error, Kind, Result};

use super::buffer::Buffer;
use super::parallel_parser::{ParallelParser, chunk_end};

/// Chunks are at least this large.
const CHUNK: usize = 512 * 1024;
/// From this size on the buffer is mapped, and chunks are parsed on threads of their own.
const LARGE: usize = 4 << 20;
/// More threads than these would wait for the reading.
pub(crate) const MAX_THREADS: usize = 4;
/// The first bytes of the answer, which show how a ticket begins.
const START: usize = 256;
/// The first size of the buffer if the length is not known, and how much is zeroed at a time.
const STEP: usize = 64 * 1024;

/// Reads `body`, of `length` bytes if that is known, and of at most `max_length`, into one buffer.
/// With a `parser`, chunks are parsed meanwhile, on at most `threads` others; if one has too many
/// elements, the buffer ends there.
///
/// # Errors
/// The [`Error`] in an error of `body`, or one of [`Kind::Answer`] if there is no memory for it.
pub(crate) fn read(
    body: &mut impl Read,
    length: Option<u64>,
    max_length: u64,
    parser: Option<&ParallelParser<'_>>,
    threads: usize,
) -> Result<Buffer> {
    let size = |length| usize::try_from(length).unwrap_or(usize::MAX);
    match length.map(size) {
        Some(length) if length >= LARGE => {
            let buffer = Buffer::map(length).map_err(no_memory)?;
            read_mapped(body, buffer, (0, 0), parser, threads)
        }
        length => {
            let length = length.unwrap_or(STEP);
            read_growing(body, length, size(max_length), parser, threads)
        }
    }
}

/// Reads until `buffer` is full, while other threads parse the chunks: the buffer is split before
/// the end of each chunk, so that every thread owns its part. Once all is read, this thread helps.
/// Without other threads it parses each chunk itself. Of the bytes that are `filled` already, the
/// first ones are `parsed`.
fn read_mapped(
    body: &mut impl Read,
    mut buffer: Buffer,
    (filled, parsed): (usize, usize),
    parser: Option<&ParallelParser<'_>>,
    threads: usize,
) -> Result<Buffer> {
    let is_over = &AtomicBool::new(false);
    let filled = {
        let (sender, receiver) = mpsc::channel();
        let receiver = &Mutex::new(receiver);
        thread::scope(|scope| {
            let Some(parser) = parser else {
                return read_into(body, &mut buffer, (filled, parsed), |_| (), is_over);
            };
            let processors = thread::available_parallelism().map_or(1, NonZero::get);
            let start_thread = || {
                let parse = move || parse_all(receiver, parser, is_over);
                thread::Builder::new().spawn_scoped(scope, parse)
            };
            let count = (0..(processors - 1).clamp(1, MAX_THREADS).min(threads))
                .take_while(|_| start_thread().is_ok())
                .count();
            let take_chunk = |chunk| {
                if count == 0 {
                    parse_chunk(chunk, parser, is_over);
                } else {
                    // Without a receiver the rest is parsed at the end.
                    let _ = sender.send(chunk);
                }
            };
            let filled = read_into(body, &mut buffer, (filled, parsed), take_chunk, is_over);
            is_over.fetch_or(filled.is_err(), Ordering::Relaxed);
            drop(sender);
            parse_all(receiver, parser, is_over);
            filled
        })
    };
    buffer.truncate(filled?);
    Ok(buffer)
}

type Chunk<'b> = (usize, &'b [u8]);

/// Reads until `buffer` is full or it `is_over`, and passes each chunk on with its offset.
fn read_into<'b>(
    body: &mut impl Read,
    buffer: &'b mut [u8],
    (filled, parsed): (usize, usize),
    take_chunk: impl Fn(Chunk<'b>),
    is_over: &AtomicBool,
) -> Result<usize> {
    let mut start = buffer[..filled.min(START)].to_vec();
    let mut rest = &mut buffer[parsed..];
    let (mut offset, mut filled, mut searched) = (parsed, filled - parsed, filled - parsed);
    while filled < rest.len() && !is_over.load(Ordering::Relaxed) {
        match read_once(body, &mut rest[filled..])? {
            0 => break,
            read => filled += read,
        }
        if start.is_empty() && filled >= START {
            start.extend_from_slice(&rest[..START]);
        }
        if filled - searched < CHUNK {
            continue;
        }
        if let Some(end) = chunk_end(&start, &rest[searched..filled]) {
            let (chunk, after) = std::mem::take(&mut rest).split_at_mut(searched + end);
            rest = after;
            take_chunk((offset, &*chunk));
            offset += chunk.len();
            filled -= chunk.len();
        }
        searched = filled;
    }
    Ok(offset + filled)
}

/// Parses chunks until there are no more.
fn parse_all(
    chunks: &Mutex<mpsc::Receiver<Chunk<'_>>>,
    parser: &ParallelParser<'_>,
    is_over: &AtomicBool,
) {
    loop {
        // The lock is held while waiting: the other threads could only wait as well.
        let next = chunks.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(chunk) = next else { return };
        parse_chunk(chunk, parser, is_over);
    }
}

/// Parses a chunk. It `is_over` once the answer has too many elements.
fn parse_chunk((offset, chunk): Chunk<'_>, parser: &ParallelParser<'_>, is_over: &AtomicBool) {
    if !is_over.load(Ordering::Relaxed) && parser.parse(offset, chunk).is_none() {
        is_over.store(true, Ordering::Relaxed);
    }
}

/// Reads to the end, whatever length is `expected`. Chunks are parsed in between, since a buffer
/// that may move cannot be shared. A large answer is mapped, if other threads may parse it: the
/// mapping may take up to 2 MiB more, and batches keep many answers.
fn read_growing(
    body: &mut impl Read,
    expected: usize,
    max_length: usize,
    parser: Option<&ParallelParser<'_>>,
    threads: usize,
) -> Result<Buffer> {
    // With one byte more than expected, the end is found without growing.
    let mut buffer = vec![0; expected + 1];
    let (mut filled, mut parsed, mut next) = (0, 0, CHUNK);
    loop {
        if filled == buffer.len() {
            // A larger answer is refused by its body.
            let map = (filled >= LARGE && threads > 0)
                .then(|| Buffer::map_up_to(max_length.saturating_add(1)));
            if let Some(mut map) = map.flatten() {
                map[..filled].copy_from_slice(&buffer);
                drop(buffer);
                return read_mapped(body, map, (filled, parsed), parser, threads);
            }
            // Reserved memory that is not zeroed takes no memory.
            buffer.try_reserve(STEP).map_err(no_memory)?;
            buffer.resize(filled + STEP, 0);
        }
        match read_once(body, &mut buffer[filled..])? {
            0 => break,
            read => filled += read,
        }
        let Some(parser) = parser.filter(|_| filled >= next) else { continue };
        let chunk = &buffer[parsed..filled];
        let end = chunk_end(&buffer[..START], chunk).unwrap_or(chunk.len());
        match parser.parse(parsed, &chunk[..end]) {
            Some(position) => parsed = position,
            None => break,
        }
        // A chunk within one element is tried again once it is twice as long: sooner would be
        // too often for a very long element.
        next = filled + CHUNK.max(filled - parsed);
    }
    buffer.truncate(filled);
    // Several calls keep many small answers, each with its unused capacity.
    if buffer.capacity() > filled + filled / 4 {
        buffer.shrink_to_fit();
    }
    Ok(buffer.into())
}

fn read_once(body: &mut impl Read, buffer: &mut [u8]) -> Result<usize> {
    loop {
        match body.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result.map_err(Error::from_stream),
        }
    }
}

fn no_memory(error: impl Display) -> Error {
    Error::new(Kind::Answer, format!("there is no memory for the answer: {error}"))
        .hint("fetch fewer ids or --select fewer fields")
}

#[cfg(test)]
mod tests {
    use super::super::expected::Expected;
    use super::*;
    use crate::platform::Platform;

    /// A stream that returns at most `step` bytes at a time.
    struct Steps<'b> {
        bytes: &'b [u8],
        step: usize,
    }

    impl Read for Steps<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let end = self.step.min(buffer.len());
            self.bytes.read(&mut buffer[..end])
        }
    }

    fn answer(tickets: usize, title: &str) -> String {
        let ticket = |id| format!("{{\"TicketId\":{id},\"Title\":\"{title}\"}}");
        format!("[{}]", (1..=tickets).map(ticket).collect::<Vec<_>>().join(",\n"))
    }

    #[test]
    fn buffer_holds_the_answer_and_most_chunks_are_parsed_meanwhile() {
        let (count, answer) = (150_000, answer(150_000, "neither short nor long"));
        let length = answer.len() as u64;
        let can_map = Platform::CURRENT != Platform::Windows && usize::BITS == 64;
        // No system can map the second limit.
        for (known, most) in [Some(length), None, Some(10)]
            .into_iter()
            .flat_map(|known| [(known, length), (known, u64::MAX)])
        {
            for (step, threads) in [(70_000, MAX_THREADS), (usize::MAX, MAX_THREADS), (70_000, 0)] {
                let case = format!("{known:?} {most} {step} {threads}");
                let parser = ParallelParser::new(&[], Expected::ANY);
                let mut body = Steps { bytes: answer.as_bytes(), step };
                let buffer = read(&mut body, known, most, Some(&parser), threads).expect(&case);
                assert!(*buffer == *answer.as_bytes(), "{case}");
                let has_moved = can_map && threads > 0 && most == length;
                assert_eq!(buffer.is_mapped(), known == Some(length) || has_moved, "{case}");
                let parsed = parser.position();
                assert!(parsed > answer.len() / 2 || step == usize::MAX, "{case} {parsed}");
                assert_eq!(parser.finish(&buffer).expect("tickets").entries().count(), count);
                let buffer =
                    read(&mut answer.as_bytes(), known, most, None, MAX_THREADS).expect(&case);
                assert!(*buffer == *answer.as_bytes(), "{case}");
            }
        }
    }

    #[test]
    fn reading_ends_once_there_are_too_many_elements() {
        // The surplus is beyond the first 4 MiB.
        let answer = answer(3_000, &"x".repeat(10_000));
        for (known, threads) in [
            (Some(answer.len() as u64), MAX_THREADS),
            (Some(answer.len() as u64), 0),
            (None, MAX_THREADS),
            (None, 0),
        ] {
            let parser = ParallelParser::new(&[], Expected { ids: 1, has_ids: true });
            let mut body = Steps { bytes: answer.as_bytes(), step: 70_000 };
            let buffer = read(&mut body, known, 1 << 30, Some(&parser), threads)
                .expect("it is no error of the stream");
            // Other threads may be slower than this reading from memory.
            assert!(threads > 0 || buffer.len() < answer.len() / 2, "{known:?}");
            assert!(parser.finish(&buffer).is_err(), "{known:?} {threads}");
        }
    }

    #[test]
    fn error_of_the_stream_is_returned() {
        struct Failing;
        impl Read for Failing {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other(Error::new(Kind::Network, "cut off")))
            }
        }
        for length in [None, Some(5 << 20)] {
            let parser = ParallelParser::new(&[], Expected::ANY);
            let error = read(&mut Failing, length, 1 << 30, Some(&parser), MAX_THREADS)
                .expect_err("an error");
            assert_eq!((error.kind(), error.to_string()), (Kind::Network, "cut off".to_owned()));
        }
        assert!(
            read(&mut io::empty(), Some(0), 0, None, MAX_THREADS).expect("no bytes").is_empty()
        );
    }
}
