//! `$select`: which fields are sent, and which are nulled out.

/// What `$select` asks for; without it, everything.
#[derive(Debug, Default)]
pub(super) struct Selection(Vec<String>);

/// What is sent of one value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// All of it.
    Whole,
    /// `null` in its place.
    Nothing,
    /// Of an object, what these paths lead to.
    Inside(Vec<String>),
}

impl Selection {
    /// Reads the query of a request's address.
    pub(super) fn of_query(query: &str) -> Self {
        let lists = url::form_urlencoded::parse(query.as_bytes())
            .filter(|(name, _)| name.eq_ignore_ascii_case("$select"));
        let mut paths = Vec::new();
        for (_, list) in lists {
            let named = list.split(',').map(str::trim).filter(|path| !path.is_empty());
            paths.extend(named.map(str::to_owned));
        }
        Self(paths)
    }

    /// What is sent of the ticket's field called `name`.
    pub(super) fn part(&self, name: &str) -> Part {
        if self.0.is_empty() { Part::Whole } else { part(&self.0, name) }
    }
}

impl Part {
    /// What is sent of the member called `name` of an object.
    pub(super) fn member(&self, name: &str) -> Self {
        match self {
            Self::Inside(paths) => part(paths, name),
            whole_or_nothing => whole_or_nothing.clone(),
        }
    }
}

fn part(paths: &[String], name: &str) -> Part {
    let mut inside = Vec::new();
    for path in paths {
        let (first, rest) =
            path.split_once('/').map_or((path.as_str(), None), |(first, rest)| (first, Some(rest)));
        if !first.eq_ignore_ascii_case(name) {
            continue;
        }
        match rest {
            None => return Part::Whole,
            Some(rest) => inside.push(rest.to_owned()),
        }
    }
    if inside.is_empty() { Part::Nothing } else { Part::Inside(inside) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_selection_everything_is_sent() {
        for query in ["", "$select=", "$select=,%20,", "other=Title"] {
            assert_eq!(Selection::of_query(query).part("Title"), Part::Whole, "{query}");
        }
    }

    #[test]
    fn names_are_decoded_and_their_case_does_not_matter() {
        for query in [
            "$select=Title,TICKETID",
            "%24select=title%2C+ticketid",
            "$SELECT=Title&$select=TicketId",
        ] {
            let selection = Selection::of_query(query);
            assert_eq!(selection.part("Title"), Part::Whole, "{query}");
            assert_eq!(selection.part("TicketId"), Part::Whole, "{query}");
            assert_eq!(selection.part("Author"), Part::Nothing, "{query}");
        }
    }

    #[test]
    fn a_name_that_no_field_has_selects_nothing() {
        assert_eq!(Selection::of_query("$select=Tilte").part("Title"), Part::Nothing);
    }

    #[test]
    fn a_path_selects_into_an_object() {
        let part = Selection::of_query("$select=tableright/mask").part("TableRight");
        assert_eq!(part.member("Mask"), Part::Whole);
        assert_eq!(part.member("Reason"), Part::Nothing);

        let deep = Selection::of_query("$select=A/B/C").part("A").member("B");
        assert_eq!((deep.member("C"), deep.member("D")), (Part::Whole, Part::Nothing));
    }

    #[test]
    fn the_whole_object_outweighs_a_path_into_it() {
        let part = Selection::of_query("$select=TableRight/Mask,TableRight").part("TableRight");
        assert_eq!(part, Part::Whole);
    }
}
