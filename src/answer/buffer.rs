//! The buffer that an answer is read into.

use std::io;
use std::ops::{Deref, DerefMut};

use memmap2::MmapMut;

/// The bytes of an answer in one piece.
///
/// A large one of known length is mapped, in huge pages if the system has them: 180 MB would
/// otherwise cost 44,000 page faults.
#[derive(Debug)]
pub(crate) struct Buffer {
    memory: Memory,
    length: usize,
}

#[derive(Debug)]
enum Memory {
    Heap(Vec<u8>),
    Mapped(MmapMut),
}

impl Buffer {
    /// Maps a buffer of `length` zero bytes.
    pub(super) fn map(length: usize) -> io::Result<Self> {
        let map = MmapMut::map_anon(length)?;
        #[cfg(target_os = "linux")]
        {
            // Small pages are only slower.
            let _ = map.advise(memmap2::Advice::HugePage);
        }
        Ok(Self { memory: Memory::Mapped(map), length })
    }

    pub(super) fn truncate(&mut self, length: usize) {
        self.length = self.length.min(length);
    }
}

impl From<Vec<u8>> for Buffer {
    fn from(bytes: Vec<u8>) -> Self {
        Self { length: bytes.len(), memory: Memory::Heap(bytes) }
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl Deref for Buffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match &self.memory {
            Memory::Heap(bytes) => &bytes[..self.length],
            Memory::Mapped(map) => &map[..self.length],
        }
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [u8] {
        match &mut self.memory {
            Memory::Heap(bytes) => &mut bytes[..self.length],
            Memory::Mapped(map) => &mut map[..self.length],
        }
    }
}
