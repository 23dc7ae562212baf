//! The bytes a signature of version 2 covers: verb, host, path and the sorted, percent-encoded
//! parameters, joined by line feeds. Inbound and outbound signatures share this form.
//!
//! Everything is appended to a buffer of the caller's; besides that buffer's growth, one vector
//! of references (the sorted order) is all that is allocated per message.

use std::cmp::Ordering;

/// The HTTP method, which the signature covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verb {
    /// Parameters in the query; also what a return URL is signed as.
    Get,
    /// Parameters in a form body; also what a notification is signed as.
    Post,
}

impl Verb {
    /// The method's name as it stands in the string to sign.
    pub const fn as_str(self) -> &'static str {
        match self {
            Verb::Get => "GET",
            Verb::Post => "POST",
        }
    }

    /// Reads a method's name; only the two that the protocol knows.
    pub fn parse(name: &str) -> Option<Verb> {
        match name {
            "GET" => Some(Verb::Get),
            "POST" => Some(Verb::Post),
            _ => None,
        }
    }
}

/// The upper-case hexadecimal digits.
const DIGITS: &[u8; 16] = b"0123456789ABCDEF";

/// For each byte, whether RFC 3986 leaves it bare in every position.
const UNRESERVED: [bool; 256] = {
    let mut bare = [false; 256];
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
    let mut at = 0;
    while at < letters.len() {
        bare[letters[at] as usize] = true;
        at += 1;
    }
    bare
};

/// Appends `text` percent-encoded by RFC 3986: all but `A-Z a-z 0-9 - _ . ~` as upper-case `%XX`.
pub fn write_encoded(out: &mut Vec<u8>, text: &[u8]) {
    let mut rest = text;
    while let Some(at) = rest.iter().position(|byte| !UNRESERVED[usize::from(*byte)]) {
        let byte = rest[at];
        out.extend_from_slice(&rest[..at]);
        let (high, low) = (usize::from(byte >> 4), usize::from(byte & 15));
        out.extend_from_slice(&[b'%', DIGITS[high], DIGITS[low]]);
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
}

/// `text` percent-encoded by RFC 3986.
pub fn encode(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len() + 16);
    write_encoded(&mut out, text.as_bytes());
    text_of(out)
}

/// Appends a URL path in its signed form: decoded, then encoded again, with every `/` kept. A `%`
/// that begins no escape stands for itself. An empty path stays empty.
pub fn write_path(out: &mut Vec<u8>, path: &str) {
    let mut rest = path.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let (byte, after) = match (first, tail) {
            (b'%', [high, low, after @ ..]) => match unescape(*high, *low) {
                Some(byte) => (byte, after),
                None => (first, tail),
            },
            _ => (first, tail),
        };
        if byte == b'/' {
            out.push(byte);
        } else {
            write_encoded(out, &[byte]);
        }
        rest = after;
    }
}

/// The byte that two hexadecimal digits stand for.
pub(crate) fn unescape(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    Some(digit(high)? << 4 | digit(low)?)
}

/// Appends the canonical parameters: all pairs but those named `without`, sorted by the bytes of
/// the name (then of the value), each encoded, joined by `=` and `&`.
pub fn write_query<N, V>(out: &mut Vec<u8>, pairs: &[(N, V)], without: Option<&str>)
where
    N: AsRef<str>,
    V: AsRef<str>,
{
    let order = sorted(pairs, without, |left, right| {
        left.0.cmp(right.0).then(left.1.cmp(right.1))
    });
    write_pairs(out, &order);
}

/// Appends the string to sign of version 2. The host goes in as it is (see [`crate::hosts`]), the
/// path through [`write_path`].
pub fn string_to_sign<N, V>(
    out: &mut Vec<u8>,
    verb: Verb,
    host: &str,
    path: &str,
    pairs: &[(N, V)],
    without: Option<&str>,
) where
    N: AsRef<str>,
    V: AsRef<str>,
{
    write_head(out, verb, host, path);
    write_query(out, pairs, without);
}

/// The first three lines, which differ between the hosts and paths tried for one request.
pub(crate) fn write_head(out: &mut Vec<u8>, verb: Verb, host: &str, path: &str) {
    out.extend_from_slice(verb.as_str().as_bytes());
    out.push(b'\n');
    out.extend_from_slice(host.as_bytes());
    out.push(b'\n');
    write_path(out, path);
    out.push(b'\n');
}

/// Appends names and values of version 1: sorted without regard to case, nothing between them.
pub(crate) fn write_concatenation<N, V>(out: &mut Vec<u8>, pairs: &[(N, V)], without: Option<&str>)
where
    N: AsRef<str>,
    V: AsRef<str>,
{
    for (name, value) in sorted(pairs, without, by_name_ignoring_case) {
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(value.as_bytes());
    }
}

/// Appends the query that version 1 of the Co-Branded UI signs: encoded, sorted without regard to case.
pub(crate) fn write_query_ignoring_case<N, V>(
    out: &mut Vec<u8>,
    pairs: &[(N, V)],
    without: Option<&str>,
) where
    N: AsRef<str>,
    V: AsRef<str>,
{
    write_pairs(out, &sorted(pairs, without, by_name_ignoring_case));
}

/// One parameter, decoded, borrowed from wherever the caller keeps it.
type Borrowed<'a> = (&'a str, &'a str);

fn sorted<'a, N, V>(
    pairs: &'a [(N, V)],
    without: Option<&str>,
    order: impl Fn(&Borrowed<'a>, &Borrowed<'a>) -> Ordering,
) -> Vec<Borrowed<'a>>
where
    N: AsRef<str>,
    V: AsRef<str>,
{
    let mut found = Vec::with_capacity(pairs.len());
    let borrowed = pairs
        .iter()
        .map(|(name, value)| (name.as_ref(), value.as_ref()));
    found.extend(borrowed.filter(|(name, _)| Some(*name) != without));
    found.sort_unstable_by(order);
    found
}

fn by_name_ignoring_case(left: &Borrowed<'_>, right: &Borrowed<'_>) -> Ordering {
    let folded = lower(left.0).cmp(lower(right.0));
    folded.then_with(|| left.cmp(right))
}

fn lower(text: &str) -> impl Iterator<Item = u8> {
    text.bytes().map(|byte| byte.to_ascii_lowercase())
}

fn write_pairs(out: &mut Vec<u8>, pairs: &[Borrowed<'_>]) {
    for (at, (name, value)) in pairs.iter().enumerate() {
        if at > 0 {
            out.push(b'&');
        }
        write_encoded(out, name.as_bytes());
        out.push(b'=');
        write_encoded(out, value.as_bytes());
    }
}

/// Percent-encoded bytes as text.
pub(crate) fn text_of(encoded: Vec<u8>) -> String {
    String::from_utf8(encoded).expect("percent-encoding writes only ASCII")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_unreserved_stay_bare() {
        for (text, encoded) in [
            ("", ""),
            ("AZaz09-_.~", "AZaz09-_.~"),
            ("a b+c*d", "a%20b%2Bc%2Ad"),
            ("€/=&%", "%E2%82%AC%2F%3D%26%25"),
        ] {
            assert_eq!(encode(text), encoded);
        }
    }

    #[test]
    fn paths_are_decoded_and_encoded_again() {
        for (path, signed) in [
            ("", ""),
            ("/", "/"),
            ("/a b/%7e~x", "/a%20b/~~x"),
            ("/a%2Fb%2a", "/a/b%2A"),
            ("/100%/%zz/%e", "/100%25/%25zz/%25e"),
            ("/%ff/é", "/%FF/%C3%A9"),
        ] {
            let mut out = Vec::new();
            write_path(&mut out, path);
            assert_eq!(text_of(out), signed);
        }
    }

    #[test]
    fn names_sort_by_bytes_then_values() {
        let mut out = Vec::new();
        let pairs = [
            ("b", "2"),
            ("a", ""),
            ("Signature", "x"),
            ("B", "3"),
            ("b", "1"),
            ("a.1", "+"),
        ];
        write_query(&mut out, &pairs, Some("Signature"));
        assert_eq!(text_of(out), "B=3&a=&a.1=%2B&b=1&b=2");
    }

    #[test]
    fn version_1_sorts_without_case() {
        let mut out = Vec::new();
        let pairs = [
            ("b", "2"),
            ("AWS", "0"),
            ("Action", "1"),
            ("signature", "x"),
            ("a_", "3"),
        ];
        write_concatenation(&mut out, &pairs, Some("signature"));
        assert_eq!(text_of(out), "a_3Action1AWS0b2");
        let mut out = Vec::new();
        write_query_ignoring_case(&mut out, &[("b", "1 2"), ("C", "3"), ("a", "é")], None);
        assert_eq!(text_of(out), "a=%C3%A9&b=1%202&C=3");
    }

    #[test]
    fn verbs_read_what_they_write() {
        for verb in [Verb::Get, Verb::Post] {
            assert_eq!(Verb::parse(verb.as_str()), Some(verb));
        }
        assert_eq!(Verb::parse("get"), None);
    }
}
