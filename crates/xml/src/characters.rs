//! Text as it stands in a document, made into the text that it means.
//!
//! Borrowed where nothing has to be replaced: no reference, no carriage return, no tab or line feed in
//! an attribute.

use std::borrow::Cow;

use crate::names::is_character;
use crate::read::{Problem, ReadError};

/// Characters of a reference to a character at most, `&#x` and `;` not counted.
const REFERENCE_CHARS_MAX: usize = 8;

/// Where a text stands, which decides what its white space means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Between tags: references count.
    Content,
    /// In an attribute: references count, and white space is a space.
    Attribute,
    /// In a CDATA section: nothing counts but line endings.
    Verbatim,
}

/// The text that `raw` means; `at` is where it begins in the document.
pub(crate) fn meaning(raw: &str, place: Place, at: usize) -> Result<Cow<'_, str>, ReadError> {
    let error = |offset: usize, problem| ReadError {
        at: at + offset,
        problem,
    };
    if let Some((offset, _)) = raw.char_indices().find(|(_, sign)| !is_character(*sign)) {
        return Err(error(offset, Problem::IllegalCharacter));
    }
    let is_special = |byte: u8| match place {
        Place::Content => matches!(byte, b'&' | b'\r'),
        Place::Attribute => matches!(byte, b'&' | b'\r' | b'\n' | b'\t'),
        Place::Verbatim => byte == b'\r',
    };
    if !raw.bytes().any(is_special) {
        return Ok(Cow::Borrowed(raw));
    }
    let mut meant = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(next) = rest.bytes().position(is_special) {
        meant.push_str(&rest[..next]);
        let special = &rest[next..];
        let (sign, length) = match special.as_bytes() {
            [b'&', ..] => {
                let offset = raw.len() - special.len();
                reference(special).map_err(|problem| error(offset, problem))?
            }
            // A line ends in one line feed, however it was written.
            [b'\r', b'\n', ..] => (line_end(place), 2),
            _ => (line_end(place), 1),
        };
        meant.push(sign);
        rest = &special[length..];
    }
    meant.push_str(rest);
    Ok(Cow::Owned(meant))
}

/// What a line ending is; in an attribute tabs come here too.
const fn line_end(place: Place) -> char {
    match place {
        Place::Attribute => ' ',
        Place::Content | Place::Verbatim => '\n',
    }
}

/// The character that a reference at the start of `text` stands for, and the reference's length.
fn reference(text: &str) -> Result<(char, usize), Problem> {
    let named = [
        ("&amp;", '&'),
        ("&lt;", '<'),
        ("&gt;", '>'),
        ("&quot;", '"'),
        ("&apos;", '\''),
    ];
    if let Some((name, sign)) = named.iter().find(|(name, _)| text.starts_with(name)) {
        return Ok((*sign, name.len()));
    }
    let Some(number) = text.strip_prefix("&#") else {
        return Err(Problem::UnknownEntity);
    };
    let (digits, radix, before) = match number.strip_prefix('x') {
        Some(digits) => (digits, 16, 3),
        None => (number, 10, 2),
    };
    let length = digits
        .bytes()
        .take(REFERENCE_CHARS_MAX + 1)
        .position(|byte| byte == b';')
        .ok_or(Problem::BadReference)?;
    let digits = &digits[..length];
    // A sign before the digits would be read as part of the number.
    if !digits.bytes().all(|byte| char::from(byte).is_digit(radix)) {
        return Err(Problem::BadReference);
    }
    u32::from_str_radix(digits, radix)
        .ok()
        .and_then(char::from_u32)
        .filter(|sign| is_character(*sign))
        .map(|sign| (sign, before + length + 1))
        .ok_or(Problem::BadReference)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_and_line_endings() {
        for (raw, place, meant) in [
            ("plain é", Place::Content, Ok("plain é")),
            ("&lt;&gt;&amp;&quot;&apos;", Place::Content, Ok("<>&\"'")),
            ("&#65;&#x42;&#x1F600;", Place::Content, Ok("AB😀")),
            ("a\r\nb\rc\nd", Place::Content, Ok("a\nb\nc\nd")),
            ("a\r\nb\rc\nd\te", Place::Attribute, Ok("a b c d e")),
            ("&#13;&#10;&#9;", Place::Attribute, Ok("\r\n\t")),
            ("&amp;lt;", Place::Content, Ok("&lt;")),
            ("&lt;\r\n", Place::Verbatim, Ok("&lt;\n")),
            ("&nbsp;", Place::Content, Err(Problem::UnknownEntity)),
            ("&amp", Place::Content, Err(Problem::UnknownEntity)),
            ("&", Place::Attribute, Err(Problem::UnknownEntity)),
            ("&#0;", Place::Content, Err(Problem::BadReference)),
            ("&#xD800;", Place::Content, Err(Problem::BadReference)),
            ("&#xFFFE;", Place::Content, Err(Problem::BadReference)),
            ("&#x110000;", Place::Content, Err(Problem::BadReference)),
            ("&#;", Place::Content, Err(Problem::BadReference)),
            ("&#+65;", Place::Content, Err(Problem::BadReference)),
            ("&#X41;", Place::Content, Err(Problem::BadReference)),
            ("&#65", Place::Content, Err(Problem::BadReference)),
            ("&#0000000065;", Place::Content, Err(Problem::BadReference)),
            ("a\u{1}", Place::Content, Err(Problem::IllegalCharacter)),
            ("\u{ffff}", Place::Verbatim, Err(Problem::IllegalCharacter)),
        ] {
            let found = meaning(raw, place, 0).map_err(|error| error.problem);
            assert_eq!(found.as_deref(), meant.as_ref().copied(), "{raw:?}");
        }
    }
}
