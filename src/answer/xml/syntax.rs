//! Checks of XML that the parser does not make.

use quick_xml::events::{BytesRef, BytesStart};

/// The number of attributes of an element. The parser compares each with all before it.
const MAX_ATTRIBUTES: usize = 64;

/// Checks name and attributes of `tag`. Returns whether the element is `null`, as
/// `i:nil="true"` says.
///
/// # Errors
/// A description of what is wrong.
pub(super) fn check_tag(tag: &BytesStart<'_>, has_doctype: bool) -> Result<bool, String> {
    check_name(tag.name().as_ref())?;
    let mut is_nil = false;
    for (index, attribute) in tag.attributes().enumerate() {
        if index == MAX_ATTRIBUTES {
            return Err(format!("an element with more than {MAX_ATTRIBUTES} attributes"));
        }
        let attribute = attribute.map_err(|error| error.to_string())?;
        check_name(attribute.key.as_ref())?;
        if attribute.value.contains('<') {
            return Err("a '<' in the value of an attribute".to_owned());
        }
        for reference in attribute.value.split('&').skip(1) {
            let Some((name, _)) = reference.split_once(';') else {
                return Err("an '&' that begins no reference".to_owned());
            };
            resolve(&BytesRef::new(name), has_doctype)?;
        }
        is_nil |= attribute.key.local_name().as_ref() == "nil" && attribute.as_bool() == Some(true);
    }
    Ok(is_nil)
}

/// Checks that `name` is the name of an element or an attribute.
fn check_name(name: &str) -> Result<(), String> {
    let may_begin = |c: char| c.is_ascii_alphabetic() || matches!(c, '_' | ':') || !c.is_ascii();
    let may_follow = |c: char| may_begin(c) || c.is_ascii_digit() || matches!(c, '-' | '.');
    if name.starts_with(may_begin) && name.chars().all(may_follow) {
        return Ok(());
    }
    Err(format!("'{name}' is no name"))
}

/// Returns the character of `reference`. `None` for an entity that a document type may declare:
/// no such entity is expanded.
///
/// # Errors
/// A description of what is wrong.
pub(super) fn resolve(reference: &BytesRef<'_>, has_doctype: bool) -> Result<Option<char>, String> {
    if let Some(character) = reference.resolve_char_ref().map_err(|error| error.to_string())? {
        return Ok(Some(character));
    }
    match &**reference {
        "lt" => Ok(Some('<')),
        "gt" => Ok(Some('>')),
        "amp" => Ok(Some('&')),
        "apos" => Ok(Some('\'')),
        "quot" => Ok(Some('"')),
        name => {
            check_name(name)?;
            if has_doctype { Ok(None) } else { Err(format!("the entity '{name}' is not declared")) }
        }
    }
}

/// Returns the position of a control character in `answer`, other than tab and line break.
pub(super) fn control_character(answer: &[u8]) -> Option<usize> {
    let is_control = |byte: &u8| *byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r');
    answer.iter().position(is_control)
}
