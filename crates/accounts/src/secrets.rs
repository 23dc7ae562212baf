//! Random tokens: how they are written, what is stored of them, how they are compared.

use aws_lc_rs::{constant_time, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Random bytes as text that stands in cookies, forms and addresses as it is.
pub fn token(random: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(random)
}

/// SHA-256 of a token, in hexadecimal: what is stored in place of it.
pub fn digest(token: &str) -> String {
    let digest = digest::digest(&digest::SHA256, token.as_bytes());
    let mut text = String::with_capacity(2 * digest.as_ref().len());
    for byte in digest.as_ref() {
        for digit in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(u32::from(digit), 16));
        }
    }
    text
}

/// Whether two secrets are the same, in a time that does not tell where they differ.
pub fn same(one: &str, other: &str) -> bool {
    constant_time::verify_slices_are_equal(one.as_bytes(), other.as_bytes()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_sha_256_in_hexadecimal() {
        assert_eq!(
            digest("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn only_equal_secrets_are_the_same() {
        assert!(same("abc", "abc"));
        assert!(!same("abc", "abd"));
        assert!(!same("abc", "ab"));
        assert!(!same("", "a"));
        assert_eq!(token(&[0xff, 0xfe, 0xfd]), "__79");
    }
}
