//! Reading an answer into one buffer, and handing out pieces of it meanwhile.

use std::io::{self, Read};
use std::num::NonZero;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;

use super::body::Body;

/// Takes the body of a 200 piece by piece while the rest is still on its way.
pub struct Pieces<'p> {
    /// Where a piece may end, given the answer's first bytes and what has arrived
    /// since the last one.
    pub end: fn(&[u8], &[u8]) -> Option<usize>,
    /// Takes the piece that begins at an offset. Pieces leave no gap, and come in any
    /// order and from several threads; the last part of the body never comes. Returns how
    /// far it could take the piece: the next may begin there. `None` ends the reading.
    pub take: &'p (dyn Fn(usize, &[u8]) -> Option<usize> + Sync),
}

impl Pieces<'_> {
    /// Reads the body without a look at it.
    pub const NONE: Self = Self { end: |_, _| None, take: &|at, piece| Some(at + piece.len()) };
}

/// Why an answer could not be read.
#[derive(Debug)]
pub enum Fault {
    /// It is larger than allowed.
    TooLarge,
    /// There is no memory for it.
    NoMemory(io::Error),
    /// It did not arrive whole.
    Stream(io::Error),
}

/// Pieces are at least this large.
const PIECE: usize = 512 * 1024;
/// From this size on pieces are taken on a thread of their own.
const LARGE: usize = 4 << 20;
/// More threads than these wait for the reading.
const MOST: usize = 4;
/// The answer's first bytes, by which a piece's end is found.
const START: usize = 256;
/// The buffer's first size where the answer does not say how long it is, and by how much
/// of it is made ready at a time.
const STEP: usize = 64 * 1024;

/// Reads `response`, at most `limit` bytes, into one buffer; of `length` bytes where
/// that is known. Where a piece ends the reading, the buffer ends as well.
///
/// # Errors
/// Where it is larger, does not arrive, or does not fit into memory.
pub fn read(
    response: &mut impl Read,
    length: Option<u64>,
    limit: u64,
    pieces: Pieces<'_>,
) -> Result<Body, Fault> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX).min(usize::MAX - 1);
    match length.map(|length| usize::try_from(length).unwrap_or(usize::MAX)) {
        Some(length) if length > limit => Err(Fault::TooLarge),
        Some(length) if length >= LARGE => read_known(response, length, pieces),
        length => read_growing(response, length.unwrap_or(STEP), limit, pieces),
    }
}

/// Reads `length` bytes, and has the pieces taken on other threads meanwhile: the
/// buffer is split before each piece's end, so that all sides own their part. Once
/// all is read, this thread helps.
fn read_known(response: &mut impl Read, length: usize, pieces: Pieces<'_>) -> Result<Body, Fault> {
    let mut body = Body::zeroed(length).map_err(Fault::NoMemory)?;
    let is_over = AtomicBool::new(false);
    let filled = thread::scope(|scope| -> io::Result<usize> {
        let (sender, receiver) = mpsc::channel::<(usize, &[u8])>();
        let receiver = Arc::new(Mutex::new(receiver));
        let processors = thread::available_parallelism().map_or(1, NonZero::get);
        let is_over = &is_over;
        for _ in 0..(processors - 1).clamp(1, MOST) {
            let receiver = Arc::clone(&receiver);
            scope.spawn(move || take_all(&receiver, pieces.take, is_over));
        }
        let filled = read_into(response, &mut body, pieces.end, sender, is_over)?;
        take_all(&receiver, pieces.take, is_over);
        Ok(filled)
    });
    body.truncate(filled.map_err(Fault::Stream)?);
    Ok(body)
}

/// Reads until `rest` is full or it `is_over`, and sends off each piece with its offset.
fn read_into<'b>(
    response: &mut impl Read,
    mut rest: &'b mut [u8],
    end: fn(&[u8], &[u8]) -> Option<usize>,
    sender: mpsc::Sender<(usize, &'b [u8])>,
    is_over: &AtomicBool,
) -> io::Result<usize> {
    let mut start = Vec::new();
    let (mut offset, mut filled, mut searched) = (0, 0, 0);
    while filled < rest.len() && !is_over.load(Ordering::Relaxed) {
        match read_once(response, &mut rest[filled..])? {
            0 => break,
            read => filled += read,
        }
        if start.is_empty() && filled >= START {
            start.extend_from_slice(&rest[..START]);
        }
        if filled - searched < PIECE {
            continue;
        }
        if let Some(end) = end(&start, &rest[searched..filled]) {
            let end = searched + end;
            let (piece, after) = std::mem::take(&mut rest).split_at_mut(end);
            rest = after;
            // Threads that are gone take nothing; the rest is done at the end.
            let _ = sender.send((offset, piece));
            offset += end;
            filled -= end;
        }
        searched = filled;
    }
    Ok(offset + filled)
}

/// Takes pieces until there will be no more, or one ends the reading: then it `is_over`.
fn take_all(
    pieces: &Mutex<mpsc::Receiver<(usize, &[u8])>>,
    take: &dyn Fn(usize, &[u8]) -> Option<usize>,
    is_over: &AtomicBool,
) {
    loop {
        // The lock is held while waiting: the others would only wait as well.
        let next = pieces.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((offset, piece)) = next else { return };
        if is_over.load(Ordering::Relaxed) {
            continue;
        }
        if take(offset, piece).is_none() {
            is_over.store(true, Ordering::Relaxed);
        }
    }
}

/// Reads until the end, whatever `expected` says; the pieces are taken in between,
/// since a buffer that may move cannot be shared.
fn read_growing(
    response: &mut impl Read,
    expected: usize,
    limit: usize,
    pieces: Pieces<'_>,
) -> Result<Body, Fault> {
    // One byte more than there should be shows the end without growing.
    let mut body = vec![0; expected.min(limit) + 1];
    let (mut filled, mut taken, mut searched) = (0, 0, PIECE);
    loop {
        if filled == body.len() {
            lengthen(&mut body, STEP.min(limit + 1 - filled))?;
        }
        match read_once(response, &mut body[filled..]).map_err(Fault::Stream)? {
            0 => break,
            read => filled += read,
        }
        if filled > limit {
            return Err(Fault::TooLarge);
        }
        if filled >= searched {
            let piece = &body[taken..filled];
            let end = (pieces.end)(&body[..START], piece).unwrap_or(piece.len());
            match (pieces.take)(taken, &piece[..end]) {
                Some(position) => taken = position,
                None => break,
            }
            // A piece that could not be taken is tried again once it is twice as long:
            // sooner would be too often for an element of many pieces.
            searched = filled + PIECE.max(filled - taken);
        }
    }
    body.truncate(filled);
    Ok(body.into())
}

/// Adds `more` zero bytes. Room for them is made ahead, but not touched: what is never used
/// takes no memory.
fn lengthen(body: &mut Vec<u8>, more: usize) -> Result<(), Fault> {
    body.try_reserve(more).map_err(|error| Fault::NoMemory(io::Error::other(error)))?;
    body.resize(body.len() + more, 0);
    Ok(())
}

fn read_once(response: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match response.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// A stream of lines that gives at most `most` bytes at a time.
    struct Lines<'b> {
        bytes: &'b [u8],
        most: usize,
    }

    impl Read for Lines<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let most = self.most.min(buffer.len());
            self.bytes.read(&mut buffer[..most])
        }
    }

    fn last_line(_: &[u8], piece: &[u8]) -> Option<usize> {
        memchr::memrchr(b'\n', piece).map(|end| end + 1)
    }

    /// Reads `bytes` and gives what was read, and the joined pieces.
    fn read_lines(
        bytes: &[u8],
        most: usize,
        length: Option<u64>,
        limit: u64,
    ) -> Result<(Body, Vec<u8>), Fault> {
        let taken = Mutex::new(BTreeMap::new());
        let take = |offset: usize, piece: &[u8]| {
            assert_eq!(piece.last(), Some(&b'\n'));
            taken.lock().expect("no panic").insert(offset, piece.to_owned());
            Some(offset + piece.len())
        };
        let pieces = Pieces { end: last_line, take: &take };
        let body = read(&mut Lines { bytes, most }, length, limit, pieces)?;
        let mut joined = Vec::new();
        for (offset, piece) in taken.into_inner().expect("no panic") {
            assert_eq!(offset, joined.len(), "pieces leave no gap");
            joined.extend_from_slice(&piece);
        }
        Ok((body, joined))
    }

    #[test]
    fn what_is_read_is_what_was_sent_and_pieces_cover_it() {
        let bytes = b"a line of text that is neither short nor long\n".repeat(200_000);
        let length = bytes.len() as u64;
        for known in [Some(length), None, Some(10)] {
            for most in [70_000, usize::MAX] {
                let (body, joined) =
                    read_lines(&bytes, most, known, length).expect("it arrives whole");
                assert!(*body == bytes[..], "{known:?} {most}");
                assert!(bytes.starts_with(&joined));
                assert!(joined.len() > bytes.len() / 2 || most == usize::MAX, "{known:?} {most}");
            }
        }
    }

    #[test]
    fn a_limit_holds_with_and_without_a_length() {
        let bytes = vec![b'x'; 300_000];
        for known in [Some(300_000), None] {
            assert!(read_lines(&bytes, 4096, known, 300_000).is_ok());
            assert!(matches!(read_lines(&bytes, 4096, known, 299_999), Err(Fault::TooLarge)));
        }
        let (body, _) = read_lines(b"", 1, Some(0), 1).expect("nothing is something");
        assert!(body.is_empty());
    }
}
