//! A secret that cannot be printed, and the mask that takes secrets out of text.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

/// A password, token or cookie. Has no way to be printed and is wiped when
/// dropped; whoever sends it says so with [`Secret::expose`].
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Keeps `value`.
    #[must_use]
    pub fn new(value: String) -> Self {
        Self(SecretString::from(value))
    }

    /// The value, for the one place that it is sent to.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Takes the secrets of a call out of text that came back from the server.
#[derive(Clone, Debug, Default)]
pub struct Mask(Vec<Secret>);

/// Shorter values are not masked: they occur in any text, and taking them out
/// of it would tell more than leaving them.
const SHORTEST: usize = 4;

impl Mask {
    /// A mask of all `secrets`.
    pub fn new(secrets: impl IntoIterator<Item = Secret>) -> Self {
        let mut secrets: Vec<Secret> =
            secrets.into_iter().filter(|secret| secret.expose().len() >= SHORTEST).collect();
        // Where one holds another, the longer goes first and takes both.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.expose().len()));
        Self(secrets)
    }

    /// `text` with `***` in place of each secret.
    #[must_use]
    pub fn apply(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, secret| text.replace(secret.expose(), "***"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_cannot_be_printed() {
        let secret = Secret::new("canary".to_owned());
        assert_eq!(format!("{secret:?} {:?}", Some(&secret)), "*** Some(***)");
    }

    #[test]
    fn the_longer_secret_is_masked_whole() {
        let mask = Mask::new(["token", "token-long", "abc"].map(|s| Secret::new(s.to_owned())));
        assert_eq!(mask.apply("token-long, token, abc"), "***, ***, abc");
    }
}
