//! Language and culture, which are sent in any case, with warnings about their form.

use crate::api::get_tickets::Locale;
use crate::error::{Error, Result};
use crate::escape;
use crate::settings::{Settings, registry};
use crate::source::Sourced;
use crate::suggest::synonyms;

use super::header::check_header_value;
use super::zone::Zone;

/// Checks that `language` can be sent, and is not the name of a language.
pub(crate) fn check_language(language: &Sourced<String>) -> Result<()> {
    let Sourced { value, source } = language;
    check_header_value(value, source)?;
    match synonyms::language(value) {
        Some(code) => {
            let shown = escape::excerpt(value, 60);
            Err(Error::usage(format!("{source}: '{shown}' is not a language code"))
                .hint(format!("its code is {code}")))
        }
        None => Ok(()),
    }
}

/// The values that ask for untranslated text.
pub(crate) const UNTRANSLATED: [&str; 3] = ["*", "x", "X"];

/// Resolves language, culture and zone, with warnings.
pub(crate) fn resolve(
    settings: &Settings<'_>,
    zone: Option<&Zone>,
) -> Result<(Locale, Vec<(String, String)>)> {
    let language = settings.find(&registry::LANGUAGE);
    let culture = settings.find(&registry::CULTURE);
    language.as_ref().map_or(Ok(()), check_language)?;
    culture
        .as_ref()
        .map_or(Ok(()), |culture| check_header_value(&culture.value, &culture.source))?;
    let of_language = language.as_ref().and_then(language_warning);
    let of_culture = culture.as_ref().and_then(|culture| warning(culture, "en-US or nb-NO"));
    let locale = Locale {
        language: language.map_or_else(|| "en".to_owned(), |setting| setting.value),
        culture: culture.map(|setting| setting.value),
        timezone: zone.map(|zone| zone.header.clone()),
    };
    Ok((locale, of_language.into_iter().chain(of_culture).collect()))
}

/// Warns about a language that the server may not know, with what to do.
pub(crate) fn language_warning(language: &Sourced<String>) -> Option<(String, String)> {
    let is_code = !UNTRANSLATED.contains(&language.value.as_str());
    let language = is_code.then_some(language)?;
    warning(language, "en, nb-NO or zh-Hans, or * for untranslated text")
}

/// Warns about a value that does not have the shape of a language tag, with what to do.
/// The server judges the value, so it is sent all the same.
fn warning(setting: &Sourced<String>, example: &str) -> Option<(String, String)> {
    let value = setting.value.as_str();
    if is_tag(value) {
        return None;
    }
    let shown = escape::excerpt(value, 60);
    let message =
        format!("{}: '{shown}' does not have the form of a language code", setting.source);
    let with_hyphens = value.replace('_', "-");
    let hint = match is_tag(&with_hyphens) {
        true => format!("did you mean {with_hyphens}?"),
        false => format!("a code is {example}; the server may not know this one"),
    };
    Some((message, hint))
}

/// Returns true if `text` has the shape of a language tag of RFC 5646: `en`, `nb-NO`,
/// `zh-Hans-CN`. The longer first subtags of the RFC are left out: none is in use.
pub(super) fn is_tag(text: &str) -> bool {
    let mut subtags = text.split('-');
    let language = subtags.next().unwrap_or_default();
    let is_language = (2..=3).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_alphabetic());
    is_language
        && subtags.all(|subtag| {
            (1..=8).contains(&subtag.len())
                && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn warned(value: &str) -> Option<(String, String)> {
        let setting = Sourced::new(value.to_owned(), crate::source::Source::Option("--language"));
        warning(&setting, "en or nb-NO")
    }

    #[test]
    fn language_tag_is_known_by_its_shape() {
        for tag in ["no", "nb-NO", "en-us", "zh-Hans-CN", "sma", "es-419", "de-1996", "en-x-a"] {
            assert_eq!(warned(tag), None, "{tag}");
        }
        for text in ["norwegian", "n", "nb-", "-nb", "nb--NO", "n1", "nb NO", "nb;q=1", "norsk"] {
            let (message, hint) = warned(text).expect(text);
            assert_eq!(
                message,
                format!("--language: '{text}' does not have the form of a language code")
            );
            assert_eq!(hint, "a code is en or nb-NO; the server may not know this one");
        }
        let (_, hint) = warned("nb_NO").expect("a warning");
        assert_eq!(hint, "did you mean nb-NO?");
    }

    proptest! {
        #[test]
        fn tag_of_the_grammar_has_no_warning(tag in "[a-zA-Z]{2,3}(-[a-zA-Z0-9]{1,8}){0,4}") {
            prop_assert_eq!(warned(&tag), None);
        }

        #[test]
        fn warning_is_one_line_without_control_characters(text in "\\PC{0,80}") {
            if let Some((message, hint)) = warned(&text) {
                let lines = [message, hint].concat();
                prop_assert!(!lines.contains(escape::is_unsafe), "{lines}");
            }
        }
    }
}
