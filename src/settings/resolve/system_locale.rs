//! Language and time zone of this machine, which `auth login` suggests for a new profile.

use crate::context::Variables;

use super::{locale, zone};

/// Returns the code of the locale's language: `nb-NO` for `nb_NO.UTF-8`. `None` without a locale,
/// and for that of programs, `C`.
pub(crate) fn language(variables: &Variables) -> Option<String> {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| variables.get(name))?;
    let name = locale.split(['.', '@']).next().unwrap_or_default();
    let code = name.replace('_', "-");
    (code != "POSIX" && locale::is_tag(&code)).then_some(code)
}

/// Returns the IANA name of the time zone; `None` if it is not known.
pub(crate) fn timezone(variables: &Variables) -> Option<String> {
    let name = zone::local_name(variables)?;
    // Without a slash it would be a code of the server's.
    Some(if name.contains('/') { name } else { format!("Etc/{name}") })
        .filter(|name| zone::is_iana(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value_with(
        value: impl Fn(&Variables) -> Option<String>,
        name: &str,
        text: &str,
    ) -> Option<String> {
        value(&[(name, text)].into_iter().collect())
    }

    #[test]
    fn language_is_that_of_the_locale() {
        for (locale, code) in [
            ("nb_NO.UTF-8", Some("nb-NO")),
            ("de", Some("de")),
            ("ca_ES@valencia", Some("ca-ES")),
            ("C", None),
            ("C.UTF-8", None),
            ("POSIX", None),
            ("norwegian", None),
            ("", None),
        ] {
            assert_eq!(value_with(language, "LANG", locale).as_deref(), code, "{locale}");
        }
        let both = [("LC_ALL", "C"), ("LC_MESSAGES", "sv_SE"), ("LANG", "en_US")];
        assert_eq!(language(&both.into_iter().collect()), None);
        assert_eq!(language(&both[1..].iter().copied().collect()).as_deref(), Some("sv-SE"));
    }

    #[test]
    fn timezone_is_an_iana_name_with_a_slash() {
        for (text, name) in [
            (":Europe/Oslo", Some("Europe/Oslo")),
            ("UTC", Some("Etc/UTC")),
            ("EST5EDT", None),
            ("nowhere", None),
        ] {
            assert_eq!(value_with(timezone, "TZ", text).as_deref(), name, "{text}");
        }
    }
}
