//! Parses an answer while it arrives, chunk by chunk on several threads.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::de::IgnoredAny;

use crate::encoding::without_utf8_bom;
use crate::ticket::column::Column;

pub use super::chunk_parser::ParseError;
use super::chunk_parser::{ChunkParser, Rules, State};
use super::expected::Expected;
use super::key_index::KeyIndex;
use super::list::{Chunk, Tickets};
use super::ticket_parser::TicketParser;

/// Parses an answer in chunks that come in any order and from any thread.
///
/// Each chunk is parsed as if it began with a ticket; whether it did is known once the chunks
/// before it are parsed. Nothing of the answer is kept but positions.
#[derive(Debug)]
pub struct ParallelParser<'c> {
    rules: Rules,
    progress: Mutex<Progress>,
    /// A parser that has seen no ticket.
    tickets: TicketParser<'c>,
}

/// The chunks that have been parsed so far.
#[derive(Debug)]
struct Progress {
    /// Chunks from the answer's beginning on, without a gap.
    chunks: Vec<Chunk>,
    /// A parser that continues behind them.
    rest: ChunkParser,
    /// The parsers of chunks further on.
    ahead: Vec<ChunkParser>,
}

impl Progress {
    /// Adds `parser`, and joins all parsers that follow the chunks without a gap.
    fn add(&mut self, mut parser: ChunkParser) {
        if parser.error.is_some() {
            parser.chunk.forget_tickets();
        }
        self.ahead.push(parser);
        let follows =
            |rest: &ChunkParser, next: &ChunkParser| next.error.is_none() && rest.leads_to(next);
        while let Some(index) = self.ahead.iter().position(|next| follows(&self.rest, next)) {
            let parser = self.ahead.swap_remove(index);
            self.rest.continue_after(&parser);
            self.chunks.push(parser.chunk);
        }
        // A chunk that begins in the wrong place may find very many elements that are no
        // tickets. It is parsed again at the end, and must not take memory until then.
        let ahead = self.ahead.iter().map(|parser| parser.chunk.elements).sum();
        if self.rest.has_too_many(ahead) {
            self.ahead.retain(|parser| parser.error.is_some());
        }
    }

    /// Returns whether the chunks that follow each other from the beginning on have too many
    /// elements.
    fn has_too_many(&self) -> bool {
        let is_next = |next: &ChunkParser| next.has_too_many(0) && self.rest.leads_to(next);
        self.rest.has_too_many(0) || self.ahead.iter().any(is_next)
    }
}

/// For more keys than this, noting the position of each value would take more memory than
/// parsing the ticket a second time takes time.
const MAX_NOTED: usize = 12;

/// Number of cells that are noted for an answer of any size, and for each requested id: more
/// than that must not take memory, whatever a server sends.
const CELLS: usize = 1 << 20;
const CELLS_PER_ID: usize = 4;

/// Returns a good end for a chunk that begins at the start of `chunk`: before its last ticket,
/// or else before the last thing that looks like an element. `start` is the answer's beginning,
/// which shows how a ticket begins. A wrong guess only costs time: tickets may contain the like.
pub(crate) fn chunk_end(start: &[u8], chunk: &[u8]) -> Option<usize> {
    last_ticket(start, chunk)
        .or_else(|| memchr::memrchr(b'{', chunk).filter(|end| *end > 0))
        .or_else(|| memchr::memmem::rfind(chunk, b"null").filter(|end| *end > 0))
}

fn last_ticket(start: &[u8], chunk: &[u8]) -> Option<usize> {
    let brace = memchr::memchr(b'{', start)?;
    let colon = memchr::memchr(b':', &start[brace..])?;
    memchr::memmem::rfind(chunk, &start[brace..=brace + colon]).filter(|end| *end > 0)
}

impl<'c> ParallelParser<'c> {
    /// Creates a parser that notes the positions of the values of `columns`.
    #[must_use]
    pub fn new(columns: &'c [Column], expected: Expected) -> Self {
        let keys = KeyIndex::new(columns);
        let is_noted = !columns.is_empty() && keys.len() <= MAX_NOTED;
        let (keys, cells_per_ticket) =
            if is_noted { (keys.clone(), keys.len()) } else { (KeyIndex::new(&[]), 0) };
        let max_cells = CELLS.saturating_add(expected.ids.saturating_mul(CELLS_PER_ID));
        Self::with_max_cells(keys, cells_per_ticket, expected, max_cells)
    }

    fn with_max_cells(
        keys: KeyIndex<'c>,
        cells_per_ticket: usize,
        expected: Expected,
        max_cells: usize,
    ) -> Self {
        let max_elements = expected.max_elements();
        let rules = Rules { cells_per_ticket, ids_expected: expected.has_ids, max_elements };
        let rest = ChunkParser::new(rules, 0, State::Start, max_cells);
        let progress = Progress { chunks: Vec::new(), rest, ahead: Vec::new() };
        Self { rules, progress: Mutex::new(progress), tickets: TicketParser::new(keys) }
    }

    /// Parses `chunk`, which begins at `offset` of the answer. Returns the position that the
    /// parser got to: the end of the chunk, unless an element goes on behind it. `None` once it
    /// is certain that the answer has too many elements.
    pub fn parse(&self, offset: usize, chunk: &[u8]) -> Option<usize> {
        let mut parser = {
            let rest = &lock(&self.progress).rest;
            // The state is known if nothing is missing before the chunk.
            let state = if offset == rest.position { rest.state } else { State::Ticket };
            ChunkParser::new(self.rules, offset, state, rest.max_cells)
        };
        parser.parse(&mut self.tickets.clone(), chunk, false);
        parser.chunk.shrink();
        let position = parser.position;
        let mut progress = lock(&self.progress);
        progress.add(parser);
        (!progress.has_too_many()).then_some(position)
    }

    /// Returns how far the answer has been parsed from its beginning on.
    #[cfg(test)]
    pub(super) fn position(&self) -> usize {
        lock(&self.progress).rest.position
    }

    /// Finishes with the whole `answer`. From the first chunk on that did not begin with a
    /// ticket, it is parsed again.
    ///
    /// # Errors
    /// If it is not JSON, an element is neither an object nor `null`, or there are too many.
    pub fn finish<B: AsRef<[u8]>>(mut self, answer: B) -> Result<Tickets<B>, ParseError> {
        let bytes = answer.as_ref();
        let progress = self.progress.into_inner().unwrap_or_else(PoisonError::into_inner);
        let has_too_many = progress.has_too_many();
        let Progress { mut chunks, mut rest, ahead } = progress;
        drop(ahead);
        if has_too_many {
            // Reading may have ended then.
            return Err(ParseError::TooMany(self.rules.max_elements));
        }
        rest.parse(&mut self.tickets, &bytes[rest.position..], true);
        chunks.push(rest.chunk);
        match rest.error {
            None => Ok(Tickets { answer, chunks, cells_per_ticket: self.rules.cells_per_ticket }),
            // The position in the message would be that in the ticket.
            Some(ParseError::Syntax(message)) => {
                let whole = serde_json::from_slice::<Vec<IgnoredAny>>(without_utf8_bom(bytes));
                Err(ParseError::Syntax(whole.err().map_or(message, |error| error.to_string())))
            }
            Some(error) => Err(error),
        }
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
