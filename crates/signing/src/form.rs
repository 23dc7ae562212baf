//! Parameters as `application/x-www-form-urlencoded` text, of a query or of a body: reading it into
//! decoded pairs that borrow from the buffer wherever nothing was escaped, and writing it.
//!
//! Reading is strict about what cannot be meant (half an escape, bytes that are not UTF-8) and easy
//! about the rest: `+` is a space, a name may lack its `=`, empty pieces between `&` are skipped.

use std::borrow::Cow;

use thiserror::Error;

use crate::canonical::{text_of, unescape, write_encoded};

/// A decoded name and value.
pub type Pair<'a> = (Cow<'a, str>, Cow<'a, str>);

/// How much one text may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest text.
    pub form_bytes_max: usize,
    /// The most pairs, counting those already read into the same list.
    pub form_pairs_max: usize,
}

impl Limits {
    /// Far beyond any real request: the longest seen had 4 kB and 40 parameters.
    pub const DEFAULT: Limits = Limits {
        form_bytes_max: 65_536,
        form_pairs_max: 256,
    };
}

/// Why a text is not a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FormError {
    /// More bytes than allowed.
    #[error("the parameters have {bytes} bytes; form_bytes_max is {form_bytes_max}")]
    TooLong {
        /// How many there are.
        bytes: usize,
        /// The limit.
        form_bytes_max: usize,
    },
    /// More pairs than allowed.
    #[error("more parameters than form_pairs_max, {form_pairs_max}")]
    TooMany {
        /// The limit.
        form_pairs_max: usize,
    },
    /// A `%` without two hexadecimal digits.
    #[error("the escape at byte {at} is not % and two hexadecimal digits")]
    BadEscape {
        /// Where the `%` stands.
        at: usize,
    },
    /// A name or value that does not decode to UTF-8.
    #[error("the parameter at byte {at} is not UTF-8")]
    NotUtf8 {
        /// Where the name or value begins.
        at: usize,
    },
}

/// Reads all pairs, in the order sent.
pub fn parse<'a>(text: &'a [u8], limits: &Limits) -> Result<Vec<Pair<'a>>, FormError> {
    let mut pairs = Vec::with_capacity(16);
    parse_into(&mut pairs, text, limits)?;
    Ok(pairs)
}

/// Reads all pairs behind those of `pairs`: a query and a body make one list.
pub fn parse_into<'a>(
    pairs: &mut Vec<Pair<'a>>,
    text: &'a [u8],
    limits: &Limits,
) -> Result<(), FormError> {
    let &Limits {
        form_bytes_max,
        form_pairs_max,
    } = limits;
    if text.len() > form_bytes_max {
        return Err(FormError::TooLong {
            bytes: text.len(),
            form_bytes_max,
        });
    }
    let mut start = 0;
    for piece in text.split(|byte| *byte == b'&') {
        if !piece.is_empty() {
            if pairs.len() >= form_pairs_max {
                return Err(FormError::TooMany { form_pairs_max });
            }
            pairs.push(pair(piece, start)?);
        }
        start += piece.len() + 1;
    }
    Ok(())
}

/// Reads one piece that begins at byte `start` of the text.
fn pair(piece: &[u8], start: usize) -> Result<Pair<'_>, FormError> {
    let cut = piece
        .iter()
        .position(|byte| *byte == b'=')
        .unwrap_or(piece.len());
    let name = decode(&piece[..cut], start)?;
    let value = match piece.get(cut + 1..) {
        Some(value) => decode(value, start + cut + 1)?,
        None => Cow::Borrowed(""),
    };
    Ok((name, value))
}

/// Decodes one name or value that begins at byte `start` of the text.
fn decode(text: &[u8], start: usize) -> Result<Cow<'_, str>, FormError> {
    let not_utf8 = FormError::NotUtf8 { at: start };
    if !text.iter().any(|byte| matches!(byte, b'%' | b'+')) {
        return std::str::from_utf8(text)
            .map(Cow::Borrowed)
            .map_err(|_| not_utf8);
    }
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        match first {
            b'+' => plain.push(b' '),
            b'%' => {
                let at = start + text.len() - tail.len() - 1;
                let [high, low, after @ ..] = tail else {
                    return Err(FormError::BadEscape { at });
                };
                plain.push(unescape(*high, *low).ok_or(FormError::BadEscape { at })?);
                rest = after;
            }
            plainly => plain.push(plainly),
        }
    }
    String::from_utf8(plain)
        .map(Cow::Owned)
        .map_err(|_| not_utf8)
}

/// Writes pairs in their order, all but the unreserved as `%XX`: a space is `%20`, the `=` that ends
/// a signature `%3D`, so that every reader of forms, queries or URIs agrees on the meaning.
pub fn encode<N, V>(pairs: &[(N, V)]) -> String
where
    N: AsRef<str>,
    V: AsRef<str>,
{
    let mut out = Vec::with_capacity(pairs.len() * 32);
    write(&mut out, pairs);
    text_of(out)
}

/// As [`encode`], appended to a buffer.
pub fn write<N, V>(out: &mut Vec<u8>, pairs: &[(N, V)])
where
    N: AsRef<str>,
    V: AsRef<str>,
{
    for (at, (name, value)) in pairs.iter().enumerate() {
        if at > 0 {
            out.push(b'&');
        }
        write_encoded(out, name.as_ref().as_bytes());
        out.push(b'=');
        write_encoded(out, value.as_ref().as_bytes());
    }
}

/// The first value of a name.
pub fn value<'p, N, V>(pairs: &'p [(N, V)], wanted: &str) -> Option<&'p str>
where
    N: AsRef<str>,
    V: AsRef<str>,
{
    pairs
        .iter()
        .find(|(name, _)| name.as_ref() == wanted)
        .map(|(_, value)| value.as_ref())
}

/// Any bytes at all: never panics, and what was read is written and read again the same.
pub fn fuzz_entry(bytes: &[u8]) {
    let Ok(pairs) = parse(bytes, &Limits::DEFAULT) else {
        return;
    };
    let text = encode(&pairs);
    let wide = Limits {
        form_bytes_max: usize::MAX,
        ..Limits::DEFAULT
    };
    assert_eq!(parse(text.as_bytes(), &wide).as_ref(), Ok(&pairs));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(&str, &str)]) {
        let pairs = parse(text.as_bytes(), &Limits::DEFAULT).unwrap();
        let pairs: Vec<_> = pairs
            .iter()
            .map(|(name, value)| (&**name, &**value))
            .collect();
        assert_eq!(pairs, expected, "{text}");
    }

    #[test]
    fn forms_are_read() {
        check("", &[]);
        check("a=1", &[("a", "1")]);
        check("&&a=1&&b&", &[("a", "1"), ("b", "")]);
        check("a=b=c&=v&a=", &[("a", "b=c"), ("", "v"), ("a", "")]);
        check("sum+up=10%25+off%2a", &[("sum up", "10% off*")]);
        check(
            "u=http://x/%C3%a9&é=%E2%82%AC",
            &[("u", "http://x/é"), ("é", "€")],
        );
    }

    #[test]
    fn forms_are_refused() {
        let limits = Limits {
            form_bytes_max: 12,
            form_pairs_max: 2,
        };
        for (text, error) in [
            (
                &b"a=1&b=2&c=3"[..],
                FormError::TooMany { form_pairs_max: 2 },
            ),
            (
                b"a=1234567890x",
                FormError::TooLong {
                    bytes: 13,
                    form_bytes_max: 12,
                },
            ),
            (b"a=1&b=%4", FormError::BadEscape { at: 6 }),
            (b"a=%41%zz", FormError::BadEscape { at: 5 }),
            (b"%", FormError::BadEscape { at: 0 }),
            (b"a=1&b=\xff", FormError::NotUtf8 { at: 6 }),
            (b"a=1&%ff=", FormError::NotUtf8 { at: 4 }),
        ] {
            assert_eq!(parse(text, &limits), Err(error));
        }
    }

    #[test]
    fn unescaped_text_is_borrowed() {
        let pairs = parse(b"Action=Reserve&x=%41", &Limits::DEFAULT).unwrap();
        assert!(matches!(
            pairs[0],
            (Cow::Borrowed("Action"), Cow::Borrowed("Reserve"))
        ));
        assert!(matches!(pairs[1].1, Cow::Owned(_)));
    }

    #[test]
    fn padding_and_spaces_are_escaped() {
        assert_eq!(
            encode(&[("signature", "a+b/c="), ("n", "J D")]),
            "signature=a%2Bb%2Fc%3D&n=J%20D"
        );
    }
}
