//! Names that are held in several languages, and which of them is sent.

use std::borrow::Cow;

use hyper::header::{ACCEPT_LANGUAGE, HeaderMap};

/// A name in the languages of the installation; empty where it lacks one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Names {
    pub(super) no: &'static str,
    pub(super) us: &'static str,
    pub(super) ge: &'static str,
    pub(super) fr: &'static str,
    pub(super) sw: &'static str,
    pub(super) da: &'static str,
}

/// The language that an answer is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    /// None: the text as it is held, every translation in it.
    Raw,
    Norwegian,
    English,
    German,
    French,
    Swedish,
    Danish,
}

/// The translations that a name may have, with the server's code for each, in
/// the order in which the raw text holds them.
const TRANSLATIONS: [(&str, Language); 6] = [
    ("NO", Language::Norwegian),
    ("US", Language::English),
    ("GE", Language::German),
    ("FR", Language::French),
    ("SW", Language::Swedish),
    ("DA", Language::Danish),
];

impl Language {
    /// The language that a request asks for: `SO-Language` decides, then the
    /// first entry of `Accept-Language`.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let first = [headers.get("so-language"), headers.get(ACCEPT_LANGUAGE)]
            .into_iter()
            .flatten()
            .find_map(|value| value.to_str().ok().filter(|text| !text.trim().is_empty()));
        first.map_or(Self::Raw, Self::from_code)
    }

    /// `nb-NO;q=0.8, en` is Norwegian; a language without translations is
    /// English, which every name has.
    fn from_code(codes: &str) -> Self {
        let code = codes.split([',', ';']).next().unwrap_or_default().trim();
        let main = code.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        match main.as_str() {
            "*" | "x" => Self::Raw,
            "no" | "nb" | "nn" => Self::Norwegian,
            "de" => Self::German,
            "fr" => Self::French,
            "sv" => Self::Swedish,
            "da" => Self::Danish,
            _ => Self::English,
        }
    }

    /// The text of a path of names, joined by slashes.
    pub(super) fn text(self, path: &[Names]) -> Cow<'static, str> {
        match path {
            _ if self == Self::Raw => Cow::Owned(raw(path)),
            [name] => Cow::Borrowed(name.or_english(self)),
            _ => Cow::Owned(joined(path, self)),
        }
    }
}

impl Names {
    const fn get(&self, language: Language) -> &'static str {
        match language {
            Language::Norwegian => self.no,
            Language::German => self.ge,
            Language::French => self.fr,
            Language::Swedish => self.sw,
            Language::Danish => self.da,
            Language::English | Language::Raw => self.us,
        }
    }

    const fn or_english(&self, language: Language) -> &'static str {
        let translated = self.get(language);
        if translated.is_empty() { self.us } else { translated }
    }
}

/// Every translation behind its code, as the database holds it.
fn raw(path: &[Names]) -> String {
    let mut text = String::new();
    let Some(last) = path.last() else { return text };
    for (code, language) in TRANSLATIONS {
        if last.get(language).is_empty() {
            continue;
        }
        if !text.is_empty() {
            text.push(';');
        }
        text.push_str(code);
        text.push_str(":\"");
        text.push_str(&joined(path, language));
        text.push('"');
    }
    text
}

fn joined(path: &[Names], language: Language) -> String {
    let mut text = String::new();
    for (at, name) in path.iter().enumerate() {
        if at > 0 {
            text.push('/');
        }
        text.push_str(name.or_english(language));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARENT: Names =
        Names { no: "Økonomi", us: "Finance", ge: "", fr: "", sw: "", da: "Økonomi" };
    const CHILD: Names =
        Names { no: "Leverandør", us: "Supplier", ge: "Lieferant", fr: "", sw: "", da: "" };

    fn asked(headers: &[(&'static str, &'static str)]) -> Language {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, hyper::header::HeaderValue::from_static(value));
        }
        Language::of(&map)
    }

    #[test]
    fn so_language_wins_over_accept_language() {
        let both = [("so-language", "nb-no"), ("accept-language", "de")];
        assert_eq!(asked(&both), Language::Norwegian);
        assert_eq!(asked(&[("accept-language", "de")]), Language::German);
    }

    #[test]
    fn the_first_entry_counts_and_its_region_does_not() {
        let cases = [
            ("en", Language::English),
            ("en-us", Language::English),
            ("NB", Language::Norwegian),
            ("no", Language::Norwegian),
            ("sv;q=0.1, de;q=0.9", Language::Swedish),
            ("da-DK,en", Language::Danish),
            ("fr", Language::French),
            ("ja", Language::English),
        ];
        for (code, language) in cases {
            assert_eq!(Language::from_code(code), language, "{code}");
        }
    }

    #[test]
    fn no_header_a_star_and_an_x_ask_for_the_raw_text() {
        assert_eq!(asked(&[]), Language::Raw);
        assert_eq!(asked(&[("so-language", "*")]), Language::Raw);
        assert_eq!(asked(&[("so-language", "x"), ("accept-language", "de")]), Language::Raw);
        assert_eq!(asked(&[("so-language", ""), ("accept-language", "de")]), Language::German);
    }

    #[test]
    fn raw_text_holds_every_translation_behind_its_code() {
        let expected = r#"NO:"Leverandør";US:"Supplier";GE:"Lieferant""#;
        assert_eq!(Language::Raw.text(&[CHILD]), expected);
        assert_eq!(Language::Raw.text(&[Names::default()]), "");
    }

    #[test]
    fn a_missing_translation_falls_back_to_english() {
        assert_eq!(Language::German.text(&[CHILD]), "Lieferant");
        assert_eq!(Language::Swedish.text(&[CHILD]), "Supplier");
    }

    #[test]
    fn a_path_is_joined_in_one_language() {
        assert_eq!(Language::Norwegian.text(&[PARENT, CHILD]), "Økonomi/Leverandør");
        assert_eq!(Language::German.text(&[PARENT, CHILD]), "Finance/Lieferant");
        let raw = r#"NO:"Økonomi/Leverandør";US:"Finance/Supplier";GE:"Finance/Lieferant""#;
        assert_eq!(Language::Raw.text(&[PARENT, CHILD]), raw);
    }
}
