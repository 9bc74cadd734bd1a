//! Suggestions for mistyped names, and for names that other programs use.

pub(crate) mod synonyms;
pub(crate) mod zones;

/// Returns at most three of `candidates` that `word` may stand for, the nearest first. Case does
/// not matter.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Vec<&'a str> {
    let word = word.to_lowercase();
    let mut found: Vec<(f64, &str)> = candidates
        .into_iter()
        .filter_map(|candidate| {
            let known = candidate.to_lowercase();
            // A part of a name is as good a hint as a typing error.
            let part = word.len() >= 3 && known.contains(&word);
            let score = strsim::normalized_damerau_levenshtein(&word, &known)
                + if part { 0.3 } else { 0.0 };
            (score > 0.55).then_some((score, candidate))
        })
        .collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    // Next to a good suggestion, a poor one only distracts.
    let best = found.first().map_or(0.0, |(score, _)| *score);
    found.retain(|(score, _)| *score > best - 0.15);
    found.truncate(3);
    found.into_iter().map(|(_, candidate)| candidate).collect()
}

/// Returns a hint such as `did you mean A, B or C?`, if a name is near.
pub(crate) fn did_you_mean<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    let names = nearest(word, candidates);
    (!names.is_empty()).then(|| format!("did you mean {}?", join(&names, "or")))
}

/// Joins words to a list such as `A, B or C`.
pub(crate) fn join<S: AsRef<str>>(words: &[S], conjunction: &str) -> String {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    match words.as_slice() {
        [] => String::new(),
        [word] => (*word).to_owned(),
        [rest @ .., last] => format!("{} {conjunction} {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_and_parts_are_found() {
        let names = ["Title", "OwnedBy", "OwnedByName", "LastChanged"];
        assert_eq!(nearest("titel", names), ["Title"]);
        assert_eq!(nearest("changed", names), ["LastChanged"]);
        assert_eq!(did_you_mean("owndby", names).as_deref(), Some("did you mean OwnedBy?"));
        assert_eq!(did_you_mean("zzz", names), None);
    }
}
