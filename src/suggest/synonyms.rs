//! Synonyms: other words for the fields, options, commands, formats and languages of this program.
//!
//! `synonyms.json` has them all. Error messages, `fields` and completion use the same table.

use std::sync::LazyLock;

use serde::Deserialize;

/// The table, which is read when the first word is looked up.
static TABLE: LazyLock<Table> = LazyLock::new(|| {
    serde_json::from_str(include_str!("synonyms.json")).expect("the table is a part of the program")
});

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    fields: Vec<Entry<FieldNames>>,
    no_field: Vec<Entry<Reason>>,
    options: Vec<Entry<OptionTip>>,
    commands: Vec<Entry<CommandTip>>,
    formats: Vec<Entry<FormatTip>>,
    languages: Vec<Entry<LanguageCode>>,
}

/// Words of the same meaning, and what they stand for.
#[derive(Deserialize)]
struct Entry<T> {
    words: Vec<String>,
    #[serde(flatten)]
    meaning: T,
}

#[derive(Deserialize)]
struct FieldNames {
    names: Vec<String>,
}

#[derive(Deserialize)]
struct Reason {
    reason: String,
}

/// A tip for an option that does not exist.
#[derive(Deserialize)]
pub(crate) struct OptionTip {
    /// The command that it is for; `None` is for all.
    command: Option<String>,
    /// The option to use instead. Only commands that have it get the tip.
    pub(crate) option: Option<String>,
    /// Advice on what to do instead.
    pub(crate) tip: String,
    /// Arguments that work.
    pub(crate) example: String,
}

/// A tip for a command that does not exist.
#[derive(Deserialize)]
pub(crate) struct CommandTip {
    /// The reason, if the command is no other name of an existing one.
    pub(crate) tip: Option<String>,
    /// The command to use instead, with arguments that work.
    pub(crate) command: String,
}

#[derive(Deserialize)]
struct FormatTip {
    options: String,
}

#[derive(Deserialize)]
struct LanguageCode {
    code: String,
}

/// Returns the fields that `word` may mean, the most likely first. Of `updated_at`, `updated` is
/// enough.
pub(crate) fn fields(word: &str) -> impl Iterator<Item = &'static str> {
    let found = find(&TABLE.fields, word).or_else(|| {
        let (first, _) = word.split_once(['_', '-', '.', ' '])?;
        find(&TABLE.fields, first)
    });
    found.into_iter().flat_map(|found| &found.names).map(String::as_str)
}

/// Returns the words for fields, each with the most likely field.
pub(crate) fn field_words() -> impl Iterator<Item = (&'static str, &'static str)> {
    TABLE.fields.iter().flat_map(|entry| {
        let name = entry.meaning.names.first().map_or("", String::as_str);
        entry.words.iter().map(move |word| (word.as_str(), name))
    })
}

/// Returns why a ticket has no field for `word`, if that is known.
pub(crate) fn no_field(word: &str) -> Option<&'static str> {
    find(&TABLE.no_field, word).map(|found| found.reason.as_str())
}

/// Returns the tip for the option `name`, with its hyphens, of `command`. Case matters, as it does
/// for curl.
pub(crate) fn option(name: &str, command: &str) -> Option<&'static OptionTip> {
    let entry = TABLE.options.iter().find(|entry| {
        entry.words.iter().any(|word| word == name)
            && entry.meaning.command.as_deref().is_none_or(|own| own == command)
    });
    entry.map(|entry| &entry.meaning)
}

/// Returns the tip for the command `name`.
pub(crate) fn command(name: &str) -> Option<&'static CommandTip> {
    find(&TABLE.commands, name)
}

/// Returns the options for the output format `name`.
pub(crate) fn format(name: &str) -> Option<&'static str> {
    find(&TABLE.formats, name).map(|found| found.options.as_str())
}

/// Returns the code of the language `name`.
pub(crate) fn language(name: &str) -> Option<&'static str> {
    find(&TABLE.languages, name).map(|found| found.code.as_str())
}

/// Finds `word` in any case, with or without hyphens, underscores and blanks in it.
fn find<T>(entries: &'static [Entry<T>], word: &str) -> Option<&'static T> {
    let normal = |word: &str| word.to_lowercase().replace(['-', '_', ' '], "");
    let word = normal(word);
    let entry = entries.iter().find(|entry| entry.words.iter().any(|known| normal(known) == word));
    entry.map(|entry| &entry.meaning)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_any_spelling() {
        assert_eq!(fields("Owner").next(), Some("OwnedByName"));
        assert_eq!(fields("E_Mail").next(), Some("FromAddress"));
        assert_eq!(fields("Titel").next(), None);
        assert!(no_field("TAGS").is_some());
        assert_eq!(language("Norsk"), Some("no"));
        assert_eq!(
            option("--columns", "get").and_then(|tip| tip.option.as_deref()),
            Some("--select")
        );
        assert!(option("-C", "get").is_none());
        assert_eq!(fields("updated_at").next(), Some("LastChanged"));
        assert_eq!(format("Excel"), Some("-o xlsx"));
        assert_eq!(command("login").map(|tip| tip.command.as_str()), Some("auth login"));
    }

    #[test]
    fn no_word_is_in_the_table_twice() {
        fn words<T>(entries: &[Entry<T>]) -> Vec<&str> {
            entries.iter().flat_map(|entry| &entry.words).map(String::as_str).collect()
        }
        let fields = [words(&TABLE.fields), words(&TABLE.no_field)].concat();
        let others = [words(&TABLE.commands), words(&TABLE.formats), words(&TABLE.languages)];
        for mut words in others.into_iter().chain([fields]) {
            words.sort_unstable();
            let repeated = words.windows(2).find(|pair| pair[0] == pair[1]);
            assert_eq!(repeated, None);
        }
    }
}
