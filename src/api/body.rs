//! The buffer that an answer is read into.

use std::io;
use std::ops::{Deref, DerefMut};

use memmap2::MmapMut;

/// The bytes of an answer, in one piece.
///
/// A large one whose length is known is mapped as zero pages, in huge pages where
/// the system has them: 180 MB would otherwise cost 44,000 page faults.
#[derive(Debug)]
pub struct Body {
    memory: Memory,
    length: usize,
}

#[derive(Debug)]
enum Memory {
    Heap(Vec<u8>),
    Mapped(MmapMut),
}

/// From this size on a buffer is mapped.
const LARGE: usize = 4 << 20;

impl Body {
    /// A buffer of `length` zero bytes.
    ///
    /// # Errors
    /// Where the system has no room for it.
    pub fn zeroed(length: usize) -> io::Result<Self> {
        if length < LARGE {
            return Ok(Self { memory: Memory::Heap(vec![0; length]), length });
        }
        let map = MmapMut::map_anon(length)?;
        #[cfg(target_os = "linux")]
        {
            // Without huge pages it is slower, and as good.
            let _ = map.advise(memmap2::Advice::HugePage);
        }
        Ok(Self { memory: Memory::Mapped(map), length })
    }

    /// Forgets what comes after `length`.
    pub fn truncate(&mut self, length: usize) {
        self.length = self.length.min(length);
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Self { length: bytes.len(), memory: Memory::Heap(bytes) }
    }
}

impl Deref for Body {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match &self.memory {
            Memory::Heap(bytes) => &bytes[..self.length],
            Memory::Mapped(map) => &map[..self.length],
        }
    }
}

impl DerefMut for Body {
    fn deref_mut(&mut self) -> &mut [u8] {
        match &mut self.memory {
            Memory::Heap(bytes) => &mut bytes[..self.length],
            Memory::Mapped(map) => &mut map[..self.length],
        }
    }
}
