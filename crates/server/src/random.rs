//! What is drawn at random: the one place where the server asks for it. The crypto library's generator
//! gives it, seeded by the operating system.

use std::cell::RefCell;

/// Fresh random bytes.
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// Bytes of a UUID.
const UUID_BYTES: usize = 16;
/// Random bytes that a thread keeps for the names of requests, so that not each is drawn alone.
const STOCK_BYTES: usize = 128 * UUID_BYTES;

thread_local! {
    /// Random bytes, and how many of them are used up.
    static STOCK: RefCell<([u8; STOCK_BYTES], usize)> =
        const { RefCell::new(([0; STOCK_BYTES], STOCK_BYTES)) };
}

/// A fresh request id: a random UUID in lower case.
pub fn request_id() -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut bytes = from_stock();
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let mut text = String::with_capacity(2 * UUID_BYTES + 4);
    for (at, byte) in bytes.into_iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 0x0f)]));
    }
    text
}

fn from_stock() -> [u8; UUID_BYTES] {
    STOCK.with_borrow_mut(|(stock, used)| {
        if stock.len() < *used + UUID_BYTES {
            *stock = bytes();
            *used = 0;
        }
        let mut bytes = [0; UUID_BYTES];
        bytes.copy_from_slice(&stock[*used..*used + UUID_BYTES]);
        *used += UUID_BYTES;
        bytes
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{STOCK_BYTES, UUID_BYTES, request_id};

    #[test]
    fn request_ids_are_uuids_and_all_differ() {
        let count = 3 * STOCK_BYTES / UUID_BYTES;
        let ids: HashSet<String> = (0..count).map(|_| request_id()).collect();
        assert_eq!(ids.len(), count);
        for id in ids {
            let lengths: Vec<usize> = id.split('-').map(str::len).collect();
            assert_eq!(lengths, [8, 4, 4, 4, 12], "{id}");
            assert_eq!(&id[14..15], "4", "{id}");
            assert!("89ab".contains(&id[19..20]), "{id}");
            let digit = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c) || c == '-';
            assert!(id.chars().all(digit), "{id}");
        }
    }
}
