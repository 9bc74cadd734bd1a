//! What makes XML well-formed, as far as the parser does not check it.

use quick_xml::events::{BytesRef, BytesStart};

/// More attributes than this are on no element of an answer; the parser compares each with
/// all before it.
const MOST_ATTRIBUTES: usize = 64;

/// Checks name and attributes of `tag`. Returns whether it says that it stands for `null`,
/// as `i:nil="true"` does.
///
/// # Errors
/// A description of what is wrong.
pub(super) fn check_tag(tag: &BytesStart<'_>, has_doctype: bool) -> Result<bool, String> {
    check_name(tag.name().as_ref())?;
    let mut is_nil = false;
    for (index, attribute) in tag.attributes().enumerate() {
        if index == MOST_ATTRIBUTES {
            return Err(format!("an element with more than {MOST_ATTRIBUTES} attributes"));
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

/// Returns the character that `reference` stands for. `None` for an entity that a document
/// type may declare: no such entity is expanded.
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

/// Returns the position of a byte in `answer` that no XML may hold: a control character but
/// tab and line break.
pub(super) fn control_character(answer: &[u8]) -> Option<usize> {
    let is_control = |byte: &u8| *byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r');
    answer.iter().position(is_control)
}
