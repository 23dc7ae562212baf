//! PEM, the text form of keys and certificates: Base64 in lines of 64 between two labelled lines.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

const LINE_SIGNS: usize = 64;

/// Writes one block, lines ended by a single line feed.
pub(crate) fn encode(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let mut out = format!("-----BEGIN {label}-----\n");
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(LINE_SIGNS));
        writeln!(out, "{line}").expect("writing to a string cannot fail");
        rest = after;
    }
    writeln!(out, "-----END {label}-----").expect("writing to a string cannot fail");
    out
}

/// Reads the first block with this label; text around it and all white space inside is ignored.
pub(crate) fn decode(label: &str, text: &str) -> Option<Vec<u8>> {
    let (_, after) = text.split_once(&format!("-----BEGIN {label}-----"))?;
    let (inside, _) = after.split_once(&format!("-----END {label}-----"))?;
    let signs: String = inside.split_ascii_whitespace().collect();
    STANDARD.decode(signs).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_read_as_written() {
        for length in [0, 1, 47, 48, 49, 1000] {
            let der = vec![7; length];
            let text = encode("X Y", &der);
            assert!(text.lines().all(|line| line.len() <= LINE_SIGNS));
            assert_eq!(
                decode("X Y", &format!("note\n{text}tail").replace('\n', "\r\n")),
                Some(der)
            );
            assert_eq!(decode("Z", &text), None);
        }
        assert_eq!(decode("X", "-----BEGIN X-----\n*\n-----END X-----"), None);
        assert_eq!(decode("X", "-----BEGIN X-----\nAAAA"), None);
    }
}
