//! Content codings such as `gzip`: reads from an answer's headers which were applied, and
//! undoes them while the body arrives.

use std::io::{self, BufRead as _, BufReader, Read};

use brotli_decompressor::Decompressor;
use flate2::bufread::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use reqwest::header::{CONTENT_ENCODING, HeaderMap, HeaderName, TRANSFER_ENCODING};

use crate::escape;
use crate::secret::mask::Mask;

/// The value of `Accept-Encoding`: all codings that this program undoes.
pub(crate) const ACCEPTED: &str = "gzip, deflate, br";

/// The number of codings that are undone one after the other, as in curl.
const MAX_STACKED: usize = 5;

/// The size of the buffer between two codings.
const BUFFER: usize = 64 * 1024;

/// The number of coded bytes that is allowed beyond the limit on the answer, since a coding can
/// make it longer.
const OVERHEAD: u64 = 1 << 20;

/// A content coding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    Gzip,
    Deflate,
    Brotli,
}

impl Coding {
    /// Returns the coding with this name; case does not matter.
    fn from_name(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => Some(Self::Gzip),
            "deflate" => Some(Self::Deflate),
            "br" => Some(Self::Brotli),
            _ => None,
        }
    }

    /// Returns a reader of the decoded bytes. An empty body stays empty.
    fn decode<'r>(self, coded: impl Read + 'r) -> io::Result<Box<dyn Read + 'r>> {
        let mut coded = BufReader::with_capacity(BUFFER, coded);
        let Some(&first) = coded.fill_buf()?.first() else {
            return Ok(Box::new(io::empty()));
        };
        Ok(match self {
            // Reads member after member, up to the end of the input.
            Self::Gzip => Box::new(MultiGzDecoder::new(coded)),
            Self::Deflate if is_zlib(first) => Box::new(Whole {
                decoder: ZlibDecoder::new(coded),
                has_more: |decoder| has_more(decoder.get_mut()),
            }),
            Self::Deflate => Box::new(Whole {
                decoder: DeflateDecoder::new(coded),
                has_more: |decoder| has_more(decoder.get_mut()),
            }),
            Self::Brotli => Box::new(Whole {
                decoder: Decompressor::new(coded, BUFFER),
                // The decoder has a buffer of its own; another read reports what is in it.
                has_more: |decoder| Ok(decoder.read(&mut [0])? > 0 || has_more(decoder.get_mut())?),
            }),
        })
    }
}

/// Checks for the header of RFC 1950 by its first byte. Some servers send bare deflate
/// data, in which the byte could only be an uncompressed block with bits that no encoder
/// sets.
const fn is_zlib(first: u8) -> bool {
    first & 0x0f == 8 && first >> 4 <= 7
}

fn has_more(input: &mut BufReader<impl Read>) -> io::Result<bool> {
    Ok(!input.fill_buf()?.is_empty())
}

/// Reads the codings of an answer from its headers, in the order in which they were applied. A
/// transfer coding other than `chunked` was not asked for, and is the outermost.
///
/// # Errors
/// [`io::ErrorKind::Unsupported`] if one is not known, or if there are too many. The name of
/// the former is quoted without what `mask` hides.
pub(super) fn codings(headers: &HeaderMap, mask: &Mask) -> io::Result<Vec<Coding>> {
    let unsupported = |what: String| io::Error::new(io::ErrorKind::Unsupported, what);
    let content = names(headers, &CONTENT_ENCODING, "identity");
    let transfer = names(headers, &TRANSFER_ENCODING, "chunked");
    let codings = content
        .into_iter()
        .chain(transfer)
        .map(|name| {
            Coding::from_name(&name).ok_or_else(|| {
                let name = escape::excerpt(&mask.beginning(&name, 41), 40);
                unsupported(format!("the coding '{name}', which this program does not know"))
            })
        })
        .collect::<io::Result<Vec<_>>>()?;
    if codings.len() > MAX_STACKED {
        return Err(unsupported(format!(
            "{} codings, one inside another, of which this program undoes {MAX_STACKED}",
            codings.len()
        )));
    }
    Ok(codings)
}

/// Returns a reader of `body` without its `codings`, of which the caller reads at most `limit`
/// bytes. Input behind the end of a coding is an error.
///
/// # Errors
/// Those of `body`.
pub(super) fn decode<'r>(
    codings: &[Coding],
    body: impl Read + 'r,
    limit: u64,
) -> io::Result<Box<dyn Read + 'r>> {
    let mut reader: Box<dyn Read + 'r> = Box::new(body);
    for coding in codings.iter().rev() {
        // A coding can hold gigabytes that decode to nothing.
        let left = limit.saturating_add(OVERHEAD);
        reader = coding.decode(Limited { inner: reader, left })?;
    }
    Ok(reader)
}

/// Returns the elements of all headers `name`, without empty ones and those that are
/// `neutral`.
fn names(headers: &HeaderMap, name: &HeaderName, neutral: &str) -> Vec<String> {
    let mut names = Vec::new();
    for value in headers.get_all(name) {
        let value = String::from_utf8_lossy(value.as_bytes());
        let elements = value.split(',').map(str::trim);
        let codings =
            elements.filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case(neutral));
        names.extend(codings.map(str::to_owned));
    }
    names
}

/// A decoder whose input must end where the coding does.
struct Whole<D> {
    decoder: D,
    /// Returns true if input is left.
    has_more: fn(&mut D) -> io::Result<bool>,
}

impl<D: Read> Read for Whole<D> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.decoder.read(buffer)?;
        if read == 0 && !buffer.is_empty() && (self.has_more)(&mut self.decoder)? {
            let error = "bytes follow the end of the compressed data";
            return Err(io::Error::new(io::ErrorKind::InvalidData, error));
        }
        Ok(read)
    }
}

/// A reader that fails with [`io::ErrorKind::FileTooLarge`] behind `left` bytes.
struct Limited<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.left = self.left.checked_sub(read as u64).ok_or(io::ErrorKind::FileTooLarge)?;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    fn read(lines: &[(&HeaderName, &str)]) -> Result<Vec<Coding>, String> {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_str(value).expect("a value"));
        }
        codings(&headers, &Mask::default()).map_err(|error| error.to_string())
    }

    #[test]
    fn codings_are_read_in_any_case_and_order_and_from_several_lines() {
        use Coding::{Brotli, Deflate, Gzip};
        let content = &CONTENT_ENCODING;
        type Case<'a> = (&'a [(&'a HeaderName, &'a str)], &'a [Coding]);
        let cases: [Case<'_>; 9] = [
            (&[], &[]),
            (&[(content, "")], &[]),
            (&[(content, "identity, Identity,, ,")], &[]),
            (&[(content, "GZIP")], &[Gzip]),
            (&[(content, "X-Gzip,")], &[Gzip]),
            (&[(content, " ,deflate\t, BR")], &[Deflate, Brotli]),
            (&[(content, "br"), (content, "gzip")], &[Brotli, Gzip]),
            (&[(&TRANSFER_ENCODING, "chunked")], &[]),
            (&[(&TRANSFER_ENCODING, "gzip, Chunked"), (content, "br")], &[Brotli, Gzip]),
        ];
        for (lines, expected) in cases {
            assert_eq!(read(lines), Ok(expected.to_vec()), "{lines:?}");
        }
    }

    #[test]
    fn unknown_coding_and_a_sixth_one_are_errors() {
        for name in ["zstd", "compress", "utf-8", "gzip;q=1", "\"gzip\"", "g zip"] {
            let error = format!("the coding '{name}', which this program does not know");
            assert_eq!(read(&[(&CONTENT_ENCODING, &format!("gzip, {name}"))]), Err(error));
        }
        let many = ["gzip"; 6].join(",");
        let error = "6 codings, one inside another, of which this program undoes 5";
        assert_eq!(read(&[(&CONTENT_ENCODING, &many)]), Err(error.to_owned()));
        assert!(read(&[(&CONTENT_ENCODING, &many[..many.len() - 5])]).is_ok());
    }

    #[test]
    fn each_accepted_coding_is_known() {
        for name in ACCEPTED.split(", ") {
            assert!(Coding::from_name(name).is_some(), "{name}");
        }
    }

    #[test]
    fn coded_bytes_are_limited_although_they_decode_to_nothing() {
        // An empty member of gzip, again and again.
        let member = b"\x1f\x8b\x08\0\0\0\0\0\0\xff\x03\0\0\0\0\0\0\0\0\0";
        let members = member.repeat(100_000);
        let read = |limit| {
            let mut decoded = Vec::new();
            decode(&[Coding::Gzip], &members[..], limit)?.read_to_end(&mut decoded)
        };
        assert_eq!(read(1 << 20).expect("it is within the limit"), 0);
        let error = read(1000).expect_err("it is not");
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
    }
}
