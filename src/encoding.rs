//! The encoding of text that the program reads: UTF-8, or UTF-16 with a byte-order mark.
//!
//! Windows PowerShell 5.1 writes UTF-16 for `>` and `Out-File`.

use std::fmt;
use std::io::{self, Cursor, Read};

/// The byte-order mark of UTF-8.
pub(crate) const UTF8_BOM: &[u8] = b"\xef\xbb\xbf";

/// Returns `bytes` without a byte-order mark of UTF-8.
#[must_use]
pub(crate) fn without_utf8_bom(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(UTF8_BOM).unwrap_or(bytes)
}

/// An encoding, as the first bytes of a text name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// UTF-8, the default.
    Utf8,
    /// UTF-16 with the low byte first.
    Utf16Le,
    /// UTF-16 with the high byte first.
    Utf16Be,
}

impl Encoding {
    /// Returns the encoding of the text that begins with `bytes`, and the length of its
    /// byte-order mark.
    #[must_use]
    pub(crate) const fn detect(bytes: &[u8]) -> (Self, usize) {
        match bytes {
            [0xef, 0xbb, 0xbf, ..] => (Self::Utf8, 3),
            [0xff, 0xfe, ..] => (Self::Utf16Le, 2),
            [0xfe, 0xff, ..] => (Self::Utf16Be, 2),
            _ => (Self::Utf8, 0),
        }
    }

    /// Returns `text` in this encoding, with a byte-order mark if `marked`.
    #[must_use]
    pub(crate) fn encode(self, text: &str, marked: bool) -> Vec<u8> {
        let mark = if marked { "\u{feff}" } else { "" };
        let units = || mark.encode_utf16().chain(text.encode_utf16());
        match self {
            Self::Utf8 => [mark, text].concat().into_bytes(),
            Self::Utf16Le => units().flat_map(u16::to_le_bytes).collect(),
            Self::Utf16Be => units().flat_map(u16::to_be_bytes).collect(),
        }
    }

    const fn unit(self, pair: [u8; 2]) -> u16 {
        match self {
            Self::Utf16Be => u16::from_be_bytes(pair),
            Self::Utf8 | Self::Utf16Le => u16::from_le_bytes(pair),
        }
    }
}

/// The reason why bytes are not text; it quotes none of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DecodeError {
    /// The bytes are not UTF-8.
    InvalidUtf8,
    /// The bytes begin with a byte-order mark of UTF-16 and are not UTF-16.
    InvalidUtf16,
    /// The bytes look like UTF-16, and no byte-order mark says so.
    NoByteOrderMark,
}

impl DecodeError {
    /// The hint for the user.
    pub(crate) const HINT: &str =
        "save it as UTF-8; in PowerShell: Get-Content OLD | Set-Content -Encoding utf8 NEW";
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InvalidUtf8 => "it is not valid UTF-8",
            Self::InvalidUtf16 => "its byte-order mark says UTF-16, and it is not valid UTF-16",
            Self::NoByteOrderMark => "it is UTF-16 without a byte-order mark",
        })
    }
}

impl std::error::Error for DecodeError {}

/// Decodes a whole text. A byte-order mark is dropped.
///
/// # Errors
/// The reason why `bytes` are not text.
pub(crate) fn decode(bytes: &[u8]) -> Result<String, DecodeError> {
    let (encoding, mark) = Encoding::detect(bytes);
    let mut text = Vec::new();
    if encoding == Encoding::Utf8 {
        check_mark(bytes)?;
        text.extend_from_slice(&bytes[mark..]);
    } else if decode_utf16(encoding, &bytes[mark..], &mut text)? > 0 {
        return Err(DecodeError::InvalidUtf16);
    }
    String::from_utf8(text).map_err(|_| DecodeError::InvalidUtf8)
}

/// Refuses text whose first character has a zero byte before or behind it.
fn check_mark(bytes: &[u8]) -> Result<(), DecodeError> {
    match bytes {
        [0, other, ..] | [other, 0, ..] if *other != 0 => Err(DecodeError::NoByteOrderMark),
        _ => Ok(()),
    }
}

/// Appends the characters of `bytes` to `text` as UTF-8, and returns how many bytes at the
/// end are the beginning of a further character.
fn decode_utf16(
    encoding: Encoding,
    bytes: &[u8],
    text: &mut Vec<u8>,
) -> Result<usize, DecodeError> {
    let pairs = bytes.chunks_exact(2);
    let mut left = pairs.remainder().len();
    let units: Vec<u16> = pairs.map(|pair| encoding.unit([pair[0], pair[1]])).collect();
    let is_half = units.last().is_some_and(|unit| (0xd800..0xdc00).contains(unit));
    let whole = units.len() - usize::from(is_half);
    left += 2 * (units.len() - whole);
    for character in char::decode_utf16(units[..whole].iter().copied()) {
        let character = character.map_err(|_| DecodeError::InvalidUtf16)?;
        text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    }
    Ok(left)
}

/// A reader that decodes UTF-16 to UTF-8 while it reads. UTF-8 passes unchecked, without
/// its byte-order mark.
#[derive(Debug)]
pub(crate) struct Utf8Reader<R> {
    input: R,
    /// Known from the first bytes on.
    encoding: Option<Encoding>,
    /// Bytes that are not decoded yet.
    pending: Vec<u8>,
    decoded: Cursor<Vec<u8>>,
    at_end: bool,
}

/// The bytes that are read at a time.
const CHUNK: usize = 32 * 1024;

impl<R: Read> Utf8Reader<R> {
    /// Reads from `input`.
    pub(crate) const fn new(input: R) -> Self {
        let pending = Vec::new();
        Self { input, encoding: None, pending, decoded: Cursor::new(Vec::new()), at_end: false }
    }

    /// Decodes the next bytes of the input.
    fn fill(&mut self) -> io::Result<()> {
        let old = self.pending.len();
        self.pending.resize(old + CHUNK, 0);
        let read = self.input.read(&mut self.pending[old..]);
        self.pending.truncate(old + *read.as_ref().unwrap_or(&0));
        self.at_end = read? == 0;
        let encoding = match self.encoding {
            Some(encoding) => encoding,
            // A byte-order mark has up to three bytes.
            None if self.pending.len() < 3 && !self.at_end => return Ok(()),
            None => {
                let (encoding, mark) = Encoding::detect(&self.pending);
                if encoding == Encoding::Utf8 {
                    check_mark(&self.pending).map_err(invalid)?;
                }
                self.pending.drain(..mark);
                *self.encoding.insert(encoding)
            }
        };
        if encoding == Encoding::Utf8 {
            self.decoded = Cursor::new(std::mem::take(&mut self.pending));
            return Ok(());
        }
        let mut decoded = Vec::new();
        let left = decode_utf16(encoding, &self.pending, &mut decoded).map_err(invalid)?;
        self.decoded = Cursor::new(decoded);
        self.pending.drain(..self.pending.len() - left);
        if self.at_end && left > 0 {
            return Err(invalid(DecodeError::InvalidUtf16));
        }
        Ok(())
    }
}

fn invalid(error: DecodeError) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

impl<R: Read> Read for Utf8Reader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.decoded.read(buffer)?;
            if read > 0 || self.at_end || buffer.is_empty() {
                return Ok(read);
            }
            match self.fill() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                filled => filled?,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A reader that returns `step` bytes at a time.
    struct Steps<'a>(&'a [u8], usize);

    impl Read for Steps<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let end = self.1.min(buffer.len());
            self.0.read(&mut buffer[..end])
        }
    }

    #[test]
    fn bytes_that_are_not_text_are_refused() {
        let cases: [(&[u8], DecodeError); 6] = [
            (b"\xff", DecodeError::InvalidUtf8),
            (b"abc\xe5", DecodeError::InvalidUtf8),
            (b"\xff\xfea", DecodeError::InvalidUtf16),
            (b"\xff\xfe\x00\xd8", DecodeError::InvalidUtf16),
            (b"8\x003\x00", DecodeError::NoByteOrderMark),
            (b"\x008\x003", DecodeError::NoByteOrderMark),
        ];
        for (bytes, error) in cases {
            assert_eq!(decode(bytes), Err(error), "{bytes:?}");
        }
        assert_eq!(decode(b"").as_deref(), Ok(""));
        assert_eq!(decode(b"\xff\xfe").as_deref(), Ok(""));
    }

    #[test]
    fn half_a_character_at_the_end_of_a_stream_is_refused() {
        for bytes in [b"\xff\xfea".as_slice(), b"\xff\xfe\x00\xd8", b"8\x003\x00"] {
            let error = Utf8Reader::new(bytes).read_to_end(&mut Vec::new());
            assert_eq!(error.map_err(|error| error.kind()), Err(io::ErrorKind::InvalidData));
        }
    }

    proptest! {
        #[test]
        fn encoded_text_is_decoded(text in "\\PC{0,40}", step in 1_usize..9) {
            for encoding in [Encoding::Utf8, Encoding::Utf16Le, Encoding::Utf16Be] {
                let bytes = encoding.encode(&text, true);
                let mut read = String::new();
                Utf8Reader::new(Steps(&bytes, step)).read_to_string(&mut read).expect("text");
                prop_assert_eq!(&read, &text);
                prop_assert_eq!(decode(&bytes), Ok(text.clone()));
            }
        }

        #[test]
        fn any_bytes_are_decoded_or_refused(bytes in any::<Vec<u8>>(), step in 1_usize..9) {
            let mut read = Vec::new();
            let streamed = Utf8Reader::new(Steps(&bytes, step)).read_to_end(&mut read);
            if let Ok(text) = decode(&bytes) {
                prop_assert!(streamed.is_ok());
                prop_assert_eq!(read, text.into_bytes());
            }
        }
    }
}
