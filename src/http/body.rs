//! The body of a response, decoded while it arrives.

use std::io::{self, Read};
use std::mem;
use std::time::Instant;

use crate::error::{Error, Result};

use super::connection::call_group::CallGroup;
use super::error::{self, RequestContext};
use super::event::{Event, Listener};

/// A body that is still on its way. Its errors hold an [`Error`] that describes them.
pub(crate) struct Body<'t> {
    reader: io::Result<Box<dyn Read + 't>>,
    length: Option<u64>,
    context: RequestContext<'t>,
    /// The calls whose answers count together.
    group: Option<&'t CallGroup>,
    listener: Listener<'t>,
    start: Instant,
    count: u64,
    has_failed: bool,
}

/// The most bytes that are read of the body of a failure.
const FAILURE_BYTES: u64 = 64 * 1024;

impl<'t> Body<'t> {
    /// Creates a body of `length` decoded bytes, if that is known, which `reader` returns. If it
    /// cannot be decoded, reading fails.
    pub(super) fn new(
        reader: io::Result<Box<dyn Read + 't>>,
        length: Option<u64>,
        context: RequestContext<'t>,
        listener: Listener<'t>,
        start: Instant,
    ) -> Self {
        Self { reader, length, context, group: None, listener, start, count: 0, has_failed: false }
    }

    /// Counts the body as a part of the answers of `group`.
    pub(super) const fn in_group(mut self, group: Option<&'t CallGroup>) -> Self {
        self.group = group;
        self
    }

    /// Returns the length after decoding that the server has announced, unless it is too large:
    /// then reading fails.
    pub(crate) fn length(&self) -> Option<u64> {
        self.length.filter(|length| *length <= self.context.max_bytes)
    }

    /// Returns the most bytes after decoding that can be read.
    pub(crate) const fn max_length(&self) -> u64 {
        self.context.max_bytes
    }

    /// Counts bytes that were read; returns true if they are too many.
    fn is_too_large(&mut self, count: usize) -> bool {
        self.count += count as u64;
        let total = self.group.map_or(self.count, |group| group.add_received(count as u64));
        total > self.context.max_bytes
    }

    /// Reads everything.
    ///
    /// # Errors
    /// If it is larger than allowed or does not arrive whole.
    pub(super) fn read_all(mut self) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.read_to_end(&mut bytes).map_err(Error::from_stream)?;
        Ok(bytes)
    }

    /// Reads the beginning of the body of a failure. Text that was cut off on its way is still
    /// text.
    ///
    /// # Errors
    /// The reason why it cannot be decoded.
    pub(super) fn read_text(mut self) -> std::result::Result<Vec<u8>, String> {
        let mut text = Vec::new();
        let reader = mem::replace(&mut self.reader, Ok(Box::new(io::empty())));
        match reader.and_then(|reader| reader.take(FAILURE_BYTES).read_to_end(&mut text)) {
            Err(error) if error.kind() == io::ErrorKind::Unsupported => {
                Err(format!("it has {error}"))
            }
            Err(error) if error::transport_error(&error).is_none() => {
                Err("its compression is damaged".to_owned())
            }
            _ => {
                self.count = text.len() as u64;
                Ok(text)
            }
        }
    }
}

impl Read for Body<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let max_bytes = self.context.max_bytes;
        let read = match &mut self.reader {
            Ok(reader) => reader.read(buffer),
            Err(error) => Err(mem::replace(error, io::ErrorKind::Other.into())),
        };
        let error = match read {
            _ if self.length.is_some_and(|length| length > max_bytes) => {
                self.context.too_large("the answer is")
            }
            Ok(count) if !self.is_too_large(count) => {
                (self.listener)(&Event::Receiving { bytes: self.count, total: self.length });
                return Ok(count);
            }
            Ok(_) if self.count > max_bytes => self.context.too_large("the answer is"),
            Ok(_) => self.context.too_large("the answers of all calls together are"),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
            Err(error) => self.context.body_error(&error),
        };
        self.has_failed = true;
        Err(io::Error::other(error))
    }
}

/// Ends the trace of a request whose body arrived.
impl Drop for Body<'_> {
    fn drop(&mut self) {
        if !self.has_failed {
            let elapsed = self.start.elapsed();
            (self.listener)(&Event::Received { bytes: self.count, elapsed });
        }
    }
}
