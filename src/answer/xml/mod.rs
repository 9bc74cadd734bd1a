//! The ids of the tickets in an XML answer. The answer is checked; nothing else of it is kept, and
//! no entity is expanded.
//!
//! A ticket is an element named `Ticket` below the root, whatever the root is called and
//! with or without a prefix, since root and namespaces are not documented.

mod encoding;
mod syntax;

use std::fmt::Display;
use std::io::BufReader;

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::chunk_parser::ParseError;
use super::expected::Expected;
use super::list::MAX_NAMED;
use super::merged::{self, BASE_STATUS, CONNECT_ID, MERGED, Merger};
use super::ticket_header::is_empty_text;
use crate::ticket::catalogue;
use crate::ticket::column::TICKET_ID;
use crate::ticket::field::FieldType;
use crate::ticket::received_id::ReceivedId;
pub use encoding::Encoding;

/// The ids of the tickets in an XML answer.
#[derive(Debug, Default)]
pub struct XmlTickets {
    /// The id of each ticket, in the order of the answer. Empty tickets are left out.
    pub ids: Vec<ReceivedId>,
    /// The first unreadable ids: the number of each ticket, counted from 1, and its id.
    pub unreadable: Vec<(usize, String)>,
    /// The merged tickets.
    pub mergers: Vec<Merger>,
}

/// Reads the ids of the tickets in `answer`.
///
/// # Errors
/// If it is not well-formed, or no list of tickets.
pub fn read(
    answer: &[u8],
    encoding: &Encoding,
    expected: Expected,
) -> Result<XmlTickets, ParseError> {
    if let Some(position) = syntax::control_character(answer) {
        let message = format!("the control character \\x{:02x}", answer[position]);
        return Err(syntax_error(&message, position as u64));
    }
    let mut document = Document { expected, ..Document::default() };
    if encoding.is_utf8() {
        let text = simdutf8::compat::from_utf8(answer)
            .map_err(|error| ParseError::Encoding(error.valid_up_to()))?;
        let mut reader = Reader::from_str(text);
        reader.config_mut().enable_all_checks(true);
        while !document.is_complete {
            let event = reader.read_event();
            document.take(event, reader.error_position(), reader.buffer_position())?;
        }
    } else {
        let mut reader = Reader::from_reader(BufReader::new(encoding::AsAscii(answer)));
        reader.config_mut().enable_all_checks(true);
        let mut buffer = Vec::new();
        while !document.is_complete {
            buffer.clear();
            let event = reader.read_event_into(&mut buffer);
            let (error_position, position) = (reader.error_position(), reader.buffer_position());
            document.take(event, error_position, position)?;
        }
    }
    Ok(document.tickets)
}

/// The depth of elements in elements, each of which takes memory.
const MAX_LEVELS: usize = 1_000;

/// Longer texts are neither ids nor empty.
const MAX_TEXT: usize = 200;

/// The document that is being read.
#[derive(Default)]
struct Document {
    expected: Expected,
    tickets: XmlTickets,
    /// The number of open elements.
    level: usize,
    /// The name of the root.
    root: Option<String>,
    /// True if the root is `null`.
    is_nil: bool,
    /// True if the root has content.
    has_content: bool,
    has_doctype: bool,
    /// True if an event was read.
    has_begun: bool,
    /// The number of tickets, with empty ones.
    count: usize,
    ticket: Option<PartialTicket>,
    /// True if its end was read.
    is_complete: bool,
}

/// The ticket that is being read.
#[derive(Default)]
struct PartialTicket {
    /// The level of its element.
    level: usize,
    id: ReceivedId,
    id_text: String,
    is_merged: bool,
    connect_id: ReceivedId,
    /// True if any of its values means something.
    has_value: bool,
    field: Field,
}

/// The field of a ticket that is being read.
#[derive(Default)]
struct Field {
    name: String,
    /// True if its text is needed.
    is_wanted: bool,
    is_nil: bool,
    has_elements: bool,
    text: String,
}

fn syntax_error(problem: &dyn Display, byte: u64) -> ParseError {
    ParseError::Syntax(format!("{problem} at byte {byte}"))
}

impl Document {
    /// Takes the next event, which ends at `position` of the answer.
    fn take(
        &mut self,
        event: quick_xml::Result<Event<'_>>,
        error_position: u64,
        position: u64,
    ) -> Result<(), ParseError> {
        let event = event.map_err(|error| syntax_error(&error, error_position))?;
        let has_begun = std::mem::replace(&mut self.has_begun, true);
        let taken = match event {
            Event::Start(tag) => self.open(&tag),
            Event::Empty(tag) => self.open(&tag).map(|()| self.close()),
            Event::End(_) => {
                self.close();
                Ok(())
            }
            Event::Text(text) if text.contains("]]>") => Err("a ']]>' in a text".to_owned()),
            Event::Text(text) => self.add_text(&text),
            Event::CData(text) if self.level > 0 => self.add_text(&text),
            Event::CData(_) => Err("text outside of the root element".to_owned()),
            Event::GeneralRef(reference) => {
                syntax::resolve(&reference, self.has_doctype).and_then(|character| {
                    // An entity that is not expanded may hold anything.
                    let character = character.unwrap_or(char::REPLACEMENT_CHARACTER);
                    self.add_text(character.encode_utf8(&mut [0; 4]))
                })
            }
            Event::DocType(_) if self.root.is_none() && !self.has_doctype => {
                self.has_doctype = true;
                Ok(())
            }
            Event::DocType(_) => Err("a document type in the wrong place".to_owned()),
            Event::Decl(_) if has_begun => Err("a declaration in the wrong place".to_owned()),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => Ok(()),
            Event::Eof => return self.end(position),
        };
        taken.map_err(|message| syntax_error(&message, position))?;
        if self.count > self.expected.max_elements() {
            return Err(ParseError::TooMany(self.expected.max_elements()));
        }
        Ok(())
    }

    fn open(&mut self, tag: &BytesStart<'_>) -> Result<(), String> {
        let is_nil = syntax::check_tag(tag, self.has_doctype)?;
        if self.level == MAX_LEVELS {
            return Err(format!("more than {MAX_LEVELS} elements in one another"));
        }
        match (self.level, &self.root) {
            (0, Some(_)) => return Err("a second root element".to_owned()),
            (0, None) => {
                self.root = Some(tag.name().as_ref().to_owned());
                self.is_nil = is_nil;
            }
            _ => self.has_content = true,
        }
        self.level += 1;
        let name = tag.local_name();
        let name: &str = name.as_ref();
        match &mut self.ticket {
            None if self.level > 1 && name.eq_ignore_ascii_case("Ticket") => {
                self.ticket = Some(PartialTicket { level: self.level, ..PartialTicket::default() });
            }
            None => {}
            Some(ticket) if self.level == ticket.level + 1 => ticket.begin_field(name, is_nil),
            Some(ticket) => ticket.field.has_elements = true,
        }
        Ok(())
    }

    fn close(&mut self) {
        self.level -= 1;
        let Some(ticket) = &mut self.ticket else { return };
        if self.level == ticket.level {
            ticket.take_field(self.expected.has_ids);
        } else if self.level < ticket.level {
            self.count += 1;
            if let Some(ticket) = self.ticket.take().filter(|ticket| ticket.has_value) {
                self.tickets.add(ticket, self.count);
            }
        }
    }

    fn add_text(&mut self, text: &str) -> Result<(), String> {
        let is_blank = text.bytes().all(|byte| byte.is_ascii_whitespace());
        if is_blank && self.level == 0 {
            return Ok(());
        }
        if self.level == 0 {
            return Err("text outside of the root element".to_owned());
        }
        self.has_content |= !is_blank;
        match &mut self.ticket {
            Some(ticket) if self.level == ticket.level => ticket.has_value |= !is_blank,
            Some(ticket) if self.level == ticket.level + 1 => ticket.field.add_text(text),
            _ => {}
        }
        Ok(())
    }

    /// Takes the end of the document, which is `length` bytes long.
    fn end(&mut self, length: u64) -> Result<(), ParseError> {
        self.is_complete = true;
        match &self.root {
            None => Err(syntax_error(&"there is no element", length)),
            Some(_) if self.level > 0 => {
                Err(syntax_error(&"it ends before its elements do", length))
            }
            Some(_) if self.is_nil && self.count == 0 => Err(ParseError::Null),
            Some(root) if self.has_content && self.count == 0 => {
                Err(ParseError::OtherDocument(root.clone()))
            }
            Some(_) => Ok(()),
        }
    }
}

impl XmlTickets {
    /// Adds `ticket`, the one with this number in the answer.
    fn add(&mut self, ticket: PartialTicket, number: usize) {
        if ticket.id == ReceivedId::UNREADABLE && self.unreadable.len() < MAX_NAMED {
            self.unreadable.push((number, ticket.id_text));
        }
        self.ids.push(ticket.id);
        if ticket.is_merged {
            self.mergers.extend(merged::merger(ticket.id, ticket.connect_id));
        }
    }
}

impl PartialTicket {
    fn begin_field(&mut self, name: &str, is_nil: bool) {
        let field = &mut self.field;
        field.name.clear();
        field.name.push_str(name);
        field.text.clear();
        let known = [TICKET_ID, BASE_STATUS, CONNECT_ID];
        field.is_wanted =
            !self.has_value || known.iter().any(|known| name.eq_ignore_ascii_case(known));
        (field.is_nil, field.has_elements) = (is_nil, false);
    }

    /// Takes the value of the field that was read. If a field is repeated, the last one counts.
    fn take_field(&mut self, ids_expected: bool) {
        let field = &mut self.field;
        if field.name.eq_ignore_ascii_case(TICKET_ID) {
            self.id = field.id();
            self.id_text = if field.has_elements { "<…>".to_owned() } else { field.text.clone() };
        } else if field.name.eq_ignore_ascii_case(BASE_STATUS) {
            self.is_merged = !field.is_nil && field.text.trim() == MERGED;
        } else if field.name.eq_ignore_ascii_case(CONNECT_ID) {
            self.connect_id = field.id();
        }
        if !self.has_value {
            self.has_value = !(field.is_nil || ids_expected && field.is_empty());
        }
    }
}

impl Field {
    fn add_text(&mut self, text: &str) {
        if self.is_wanted {
            let room = MAX_TEXT.saturating_sub(self.text.len());
            self.text.extend(text.chars().take(room));
        }
    }

    /// Returns the id in the text.
    fn id(&self) -> ReceivedId {
        let text = self.text.trim();
        match (self.is_nil, self.has_elements) {
            (false, true) => ReceivedId::UNREADABLE,
            (false, false) if !text.is_empty() => ReceivedId::from_text(text),
            _ => ReceivedId::ABSENT,
        }
    }

    /// Returns whether the value means nothing. For a text field, that is not 0 or `false`.
    fn is_empty(&self) -> bool {
        let text = self.text.trim();
        let field = catalogue::find(&self.name);
        let is_text = field.is_some_and(|field| field.kind == FieldType::Text);
        let is_zero = || text == "false" || text.parse::<f64>().is_ok_and(|number| number == 0.0);
        let is_id = self.name.eq_ignore_ascii_case(TICKET_ID);
        !self.has_elements
            && (is_empty_text(text, is_id, catalogue::is_enum(&self.name))
                || (!is_text && is_zero()))
    }
}

#[cfg(test)]
mod tests;
