//! Base 32 in capital letters and digits, without `I`, `L`, `O` and `U`.

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Characters that a 63-bit key takes.
pub(super) const KEY_LENGTH: usize = 13;

/// Writes a key as thirteen characters, highest bits first.
pub(super) fn write_key(text: &mut [u8; KEY_LENGTH], key: i64) {
    let mut bits = u64::from_be_bytes(key.to_be_bytes());
    for letter in text.iter_mut().rev() {
        *letter = letter_of(bits);
        bits >>= 5;
    }
}

/// Reads thirteen characters back; `None` when they are no key.
pub(super) fn read_key(text: &[u8]) -> Option<i64> {
    if text.len() != KEY_LENGTH {
        return None;
    }
    let (mut bits, mut wrong) = (0_u128, 0);
    for letter in text {
        let digit = digit(*letter);
        wrong |= digit;
        bits = (bits << 5) | u128::from(digit & 31);
    }
    if is_foreign(wrong) {
        return None;
    }
    i64::try_from(bits).ok()
}

/// Writes bytes, five bits a character, the last one padded with zero bits: five bytes are eight
/// letters. `text` is as long as they need.
pub(super) fn write_bytes(text: &mut [u8], bytes: &[u8]) {
    assert_eq!(text.len(), letters_of(bytes.len()), "room for every letter");
    for (letters, bytes) in text.chunks_mut(8).zip(bytes.chunks(5)) {
        let mut eight = [0; 8];
        eight[3..3 + bytes.len()].copy_from_slice(bytes);
        let mut bits = u64::from_be_bytes(eight) << 24;
        for letter in letters {
            bits = bits.rotate_left(5);
            *letter = letter_of(bits);
        }
    }
}

/// The letter of the lowest five bits.
fn letter_of(bits: u64) -> u8 {
    let [.., low] = bits.to_be_bytes();
    ALPHABET[usize::from(low & 31)]
}

/// How many letters so many bytes take.
const fn letters_of(bytes: usize) -> usize {
    (bytes * 8).div_ceil(5)
}

/// Reads what [`write_bytes`] wrote; `None` for anything else. Every request names ids: eight letters at
/// a time are five bytes.
pub(super) fn read_bytes<const N: usize>(text: &[u8]) -> Option<[u8; N]> {
    if text.len() != letters_of(N) {
        return None;
    }
    let (mut bytes, mut wrong) = ([0_u8; N], 0);
    let (full, rest) = text.as_chunks::<8>();
    let (fives, end) = bytes.as_chunks_mut::<5>();
    for (letters, out) in full.iter().zip(&mut *fives) {
        *out = five_bytes(*letters, &mut wrong);
    }
    // The last letters, filled up with those of no bits.
    let mut letters = [ALPHABET[0]; 8];
    letters[..rest.len()].copy_from_slice(rest);
    let last = five_bytes(letters, &mut wrong);
    let (kept, padding) = last.split_at(end.len());
    end.copy_from_slice(kept);
    let padded = padding.iter().all(|byte| *byte == 0);
    (padded && !is_foreign(wrong)).then_some(bytes)
}

/// The bits of eight letters; a foreign one leaves its sign in `wrong`.
fn five_bytes(letters: [u8; 8], wrong: &mut u8) -> [u8; 5] {
    let mut bits = 0;
    for letter in letters {
        let digit = digit(letter);
        *wrong |= digit;
        bits = (bits << 5) | u64::from(digit & 31);
    }
    let [_, _, _, five @ ..] = u64::to_be_bytes(bits);
    five
}

/// What stands for a byte that is no letter of the alphabet.
const FOREIGN: u8 = 0xff;

/// The place of each byte in the alphabet.
const DIGITS: [u8; 256] = {
    let mut digits = [FOREIGN; 256];
    let mut place = 0_u8;
    while (place as usize) < ALPHABET.len() {
        digits[ALPHABET[place as usize] as usize] = place;
        place += 1;
    }
    digits
};

/// The place of a letter in the alphabet, or [`FOREIGN`].
fn digit(letter: u8) -> u8 {
    DIGITS[usize::from(letter)]
}

/// Whether anything that was laid over the others was no place.
fn is_foreign(digits: u8) -> bool {
    31 < digits
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn one_text_for_the_same_bytes(bytes: [u8; 13], at in 0..21_usize, letter in "[0-9A-Z]") {
            let mut text = [0; 21];
            write_bytes(&mut text, &bytes);
            prop_assert_eq!(read_bytes::<13>(&text), Some(bytes));
            prop_assert_eq!(read_bytes::<12>(&text), None);
            text[at] = letter.as_bytes()[0];
            if let Some(read) = read_bytes::<13>(&text) {
                let mut again = [0; 21];
                write_bytes(&mut again, &read);
                prop_assert_eq!(again, text);
            }
        }
    }

    #[test]
    fn every_letter_has_its_place_and_no_other_byte_has_one() {
        for byte in 0..=u8::MAX {
            let place = ALPHABET.iter().position(|letter| *letter == byte);
            let found = (!is_foreign(digit(byte))).then(|| usize::from(digit(byte)));
            assert_eq!(found, place, "{byte}");
        }
    }
}
