//! The list of requested ids.

use std::collections::HashSet;

use crate::error::{Error, Result};

use super::id_error::IdError;
use super::ticket_id::TicketId;
use super::token;

/// The ids of a call: each once, in the order of first mention.
#[derive(Debug)]
pub struct IdList {
    ids: Vec<TicketId>,
    /// The ids, once they are out of order; until then each new one is a new one.
    seen: Option<HashSet<TicketId>>,
    limit: usize,
    errors: Vec<Error>,
    /// True if there are more than `limit` ids.
    is_over_limit: bool,
}

/// The most errors that are reported at once.
pub(super) const MAX_ERRORS: usize = 10;

impl IdList {
    /// Creates an empty list that refuses to grow beyond `limit` ids.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self { ids: Vec::new(), seen: None, limit, errors: Vec::new(), is_over_limit: false }
    }

    /// Adds the ids of one argument. Errors wait for [`IdList::into_ids`].
    pub fn add_argument(&mut self, argument: &str) {
        match token::split(argument) {
            Ok(tokens) => tokens.into_iter().for_each(|token| self.add_token(token, "")),
            Err(error) => self.refuse("", error),
        }
    }

    pub(crate) const fn len(&self) -> usize {
        self.ids.len()
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Returns the ids.
    ///
    /// # Errors
    /// Usage errors, the first ten, that quote what is not an id, with the line in an input.
    pub fn into_ids(self) -> Result<Vec<TicketId>> {
        let is_cut = self.errors.len() >= MAX_ERRORS;
        match Error::join(self.errors) {
            None => Ok(self.ids),
            Some(error) if is_cut => Err(error.hint("there may be more errors behind these")),
            Some(error) => Err(error),
        }
    }

    /// Returns whether a further id would be looked at.
    pub(super) const fn is_open(&self) -> bool {
        !self.is_over_limit && self.errors.len() < MAX_ERRORS
    }

    /// Adds what `token` names. An error begins with `place`.
    pub(super) fn add_token(&mut self, token: &str, place: &str) {
        let range = match token::parse(token) {
            Ok(range) => range,
            Err(error) => return self.refuse(place, error),
        };
        for id in range.filter_map(|number| TicketId::new(number.into())) {
            if !self.is_open() {
                return;
            }
            self.add(id, place);
        }
    }

    fn add(&mut self, id: TicketId, place: &str) {
        let ascends = self.seen.is_none() && self.ids.last().is_none_or(|last| *last < id);
        if !ascends {
            let seen = self.seen.get_or_insert_with(|| self.ids.iter().copied().collect());
            if !seen.insert(id) {
                return;
            }
        }
        if self.ids.len() == self.limit {
            let message = format!("more than {} ticket ids", self.limit);
            self.refuse(place, IdError::new(message, "raise the limit with --max-ids N"));
            self.is_over_limit = true;
            return;
        }
        self.ids.push(id);
    }

    pub(super) fn refuse(&mut self, place: &str, error: IdError) {
        let error = error.into_error(place);
        let is_new = self.errors.iter().all(|known| known.to_string() != error.to_string());
        if is_new && self.is_open() {
            self.errors.push(error);
        }
    }

    /// Adds the error that ended the reading of an input.
    pub(super) fn fail(&mut self, error: Error) {
        self.errors.push(error);
    }
}
