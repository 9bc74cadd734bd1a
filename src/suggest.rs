//! The known names nearest to a mistyped one.

/// At most three of `candidates`, nearest first, that are near enough to
/// `word` to be what was meant. Case does not matter.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let word = word.to_lowercase();
    let mut found: Vec<(f64, &str)> = candidates
        .into_iter()
        .filter_map(|candidate| {
            let known = candidate.to_lowercase();
            // A part of a name is as good a clue as a slip of the finger.
            let part = word.len() >= 3 && known.contains(&word);
            let score = strsim::normalized_damerau_levenshtein(&word, &known)
                + if part { 0.3 } else { 0.0 };
            (score > 0.55).then_some((score, candidate))
        })
        .collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    // Beside a good guess, a poor one only distracts.
    let best = found.first().map_or(0.0, |(score, _)| *score);
    found.retain(|(score, _)| *score > best - 0.15);
    found.truncate(3);
    found.into_iter().map(|(_, candidate)| candidate).collect()
}

/// A hint such as `did you mean A, B or C?`, where there is anything near.
pub fn did_you_mean<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    let names = nearest(word, candidates);
    let (last, rest) = names.split_last()?;
    Some(if rest.is_empty() {
        format!("did you mean {last}?")
    } else {
        format!("did you mean {} or {last}?", rest.join(", "))
    })
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
