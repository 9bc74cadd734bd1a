//! A text that is expected somewhere, and held against what stands there.

/// A text that others may begin with.
#[derive(Clone, Debug, Default)]
pub(super) struct Expected {
    text: Vec<u8>,
    head: Head,
}

impl Expected {
    pub(super) fn of(text: Vec<u8>) -> Self {
        Self { head: Head::of(&text), text }
    }

    /// The text.
    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    /// Its length, where `text` begins with it. Nothing begins with nothing.
    #[inline(always)]
    pub(super) fn length_in(&self, text: &[u8]) -> Option<usize> {
        let same = match text.first_chunk() {
            Some(head) if self.text.len() <= HEAD => self.head.leads(head),
            _ => !self.text.is_empty() && text.starts_with(&self.text),
        };
        same.then_some(self.text.len())
    }
}

/// Nearly all keys are no longer than this with their quotes and colon.
const HEAD: usize = 32;

/// The beginning of a text, which others are held against at once and not byte by
/// byte: much of the time that a large answer takes is for its keys.
#[derive(Clone, Debug)]
struct Head {
    words: [u64; HEAD / 8],
    /// What of these counts.
    mask: [u64; HEAD / 8],
}

impl Head {
    /// Of `text`; an empty one leads nothing.
    fn of(text: &[u8]) -> Self {
        let (mut bytes, mut mask) = ([0; HEAD], [0; HEAD]);
        for (index, byte) in text.iter().take(HEAD).enumerate() {
            (bytes[index], mask[index]) = (*byte, u8::MAX);
        }
        if text.is_empty() {
            // Where the mask leaves 0.
            bytes[0] = 1;
        }
        Self { words: words(&bytes), mask: words(&mask) }
    }

    #[inline(always)]
    fn leads(&self, text: &[u8; HEAD]) -> bool {
        let mut differs = 0;
        // Without an early end this is a few instructions for all words together.
        for (index, word) in words(text).into_iter().enumerate() {
            differs |= (word & self.mask[index]) ^ self.words[index];
        }
        differs == 0
    }
}

#[inline(always)]
fn words(bytes: &[u8; HEAD]) -> [u64; HEAD / 8] {
    let mut words = [0; HEAD / 8];
    for (word, eight) in words.iter_mut().zip(bytes.as_chunks().0) {
        *word = u64::from_ne_bytes(*eight);
    }
    words
}

impl Default for Head {
    fn default() -> Self {
        Self::of(b"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_begins_with_a_text_is_as_expected(
            text in "[a-b]{0,3}|[a-zæ]{0,80}", rest in "[a-b]{0,80}", other in "[a-b]{0,80}",
        ) {
            let expected = Expected::of(text.clone().into_bytes());
            let length = (!text.is_empty()).then_some(text.len());
            prop_assert_eq!(expected.length_in(format!("{text}{rest}").as_bytes()), length);
            let begins = length.filter(|_| other.starts_with(&text));
            prop_assert_eq!(expected.length_in(other.as_bytes()), begins);
        }
    }
}
