//! What a certificate is called.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The SHA-256 of a certificate's bytes. Whoever makes one has digested a certificate.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(pub [u8; Fingerprint::BYTES]);

impl Fingerprint {
    /// How long it is.
    pub const BYTES: usize = 32;

    /// Reads 64 hexadecimal digits, with or without colons between the bytes, as tools print them.
    pub fn parse(text: &str) -> Option<Fingerprint> {
        let plain = text.replace(':', "");
        let digits = plain.as_bytes();
        if digits.len() != 2 * Fingerprint::BYTES || !digits.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        let mut bytes = [0; Fingerprint::BYTES];
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&plain[2 * at..2 * at + 2], 16).ok()?;
        }
        Some(Fingerprint(bytes))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_read_as_tools_print_them() {
        let name = Fingerprint(std::array::from_fn(|at| u8::try_from(at * 8).unwrap()));
        let plain = name.to_string();
        assert!(plain.starts_with("0008101820"));
        let pairs: Vec<_> = (0..32)
            .map(|at| plain[2 * at..2 * at + 2].to_uppercase())
            .collect();
        for text in [plain.clone(), plain.to_uppercase(), pairs.join(":")] {
            assert_eq!(Fingerprint::parse(&text), Some(name), "{text}");
        }
        for text in [
            "",
            &plain[1..],
            &format!("{plain}0"),
            &plain.replace('1', "x"),
            &plain.replace('0', "é"),
        ] {
            assert_eq!(Fingerprint::parse(text), None, "{text}");
        }
    }
}
