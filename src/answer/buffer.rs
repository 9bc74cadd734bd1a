//! The buffer that an answer is read into.

use std::io;
use std::ops::{Deref, DerefMut};

use memmap2::{MmapMut, MmapOptions};

use crate::platform::Platform;

/// The bytes of an answer in one piece.
///
/// A large one is mapped, in huge pages if the system has them: 180 MB would otherwise cost
/// 44,000 page faults.
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
        MmapMut::map_anon(length).map(Self::from)
    }

    /// Maps a buffer for up to `length` bytes, which takes memory only as it is filled. `None` if
    /// the system cannot do that.
    pub(super) fn map_up_to(length: usize) -> Option<Self> {
        // Windows would set memory aside for all of it, and 32 bits have too few addresses.
        if Platform::CURRENT == Platform::Windows || usize::BITS < 64 {
            return None;
        }
        MmapOptions::new().len(length).no_reserve_swap().map_anon().ok().map(Self::from)
    }

    #[cfg(test)]
    pub(super) const fn is_mapped(&self) -> bool {
        matches!(self.memory, Memory::Mapped(_))
    }

    pub(super) fn truncate(&mut self, length: usize) {
        self.length = self.length.min(length);
    }
}

impl From<MmapMut> for Buffer {
    fn from(map: MmapMut) -> Self {
        #[cfg(target_os = "linux")]
        {
            // Small pages are only slower.
            let _ = map.advise(memmap2::Advice::HugePage);
        }
        Self { length: map.len(), memory: Memory::Mapped(map) }
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
