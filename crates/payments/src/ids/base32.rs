//! Base 32 in capital letters and digits, without `I`, `L`, `O` and `U`.

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Characters that a 63-bit key takes.
pub(super) const KEY_LENGTH: usize = 13;

/// Writes a key as thirteen characters, highest bits first.
pub(super) fn push_key(text: &mut String, key: i64) {
    let bits = u64::from_be_bytes(key.to_be_bytes());
    for place in (0..KEY_LENGTH).rev() {
        let digit = (bits >> (5 * place)) & 31;
        text.push(char::from(
            ALPHABET[usize::try_from(digit).expect("five bits")],
        ));
    }
}

/// Reads thirteen characters back; `None` when they are no key.
pub(super) fn read_key(text: &[u8]) -> Option<i64> {
    if text.len() != KEY_LENGTH {
        return None;
    }
    let mut bits: u128 = 0;
    for letter in text {
        bits = (bits << 5) | u128::from(digit(*letter)?);
    }
    i64::try_from(bits).ok()
}

/// Writes bytes, five bits a character, the last one padded with zero bits.
pub(super) fn push_bytes(text: &mut String, bytes: &[u8]) {
    let (mut held, mut count) = (0_u32, 0_u32);
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        count += 8;
        while 5 <= count {
            count -= 5;
            let digit = (held >> count) & 31;
            text.push(char::from(
                ALPHABET[usize::try_from(digit).expect("five bits")],
            ));
        }
        held &= (1 << count) - 1;
    }
    if 0 < count {
        let digit = (held << (5 - count)) & 31;
        text.push(char::from(
            ALPHABET[usize::try_from(digit).expect("five bits")],
        ));
    }
}

/// Reads what [`push_bytes`] wrote; `None` for anything else.
pub(super) fn read_bytes<const N: usize>(text: &[u8]) -> Option<[u8; N]> {
    let mut bytes = [0_u8; N];
    let (mut held, mut count, mut at) = (0_u32, 0_u32, 0);
    for letter in text {
        held = (held << 5) | u32::from(digit(*letter)?);
        count += 5;
        if 8 <= count {
            count -= 8;
            *bytes.get_mut(at)? = u8::try_from((held >> count) & 255).ok()?;
            at += 1;
            held &= (1 << count) - 1;
        }
    }
    (at == N && held == 0 && count < 5).then_some(bytes)
}

/// The place of a letter in the alphabet, without a walk through it: every request reads two ids.
fn digit(letter: u8) -> Option<u8> {
    match letter {
        b'0'..=b'9' => Some(letter - b'0'),
        b'A'..=b'H' => Some(letter - b'A' + 10),
        b'J'..=b'K' => Some(letter - b'J' + 18),
        b'M'..=b'N' => Some(letter - b'M' + 20),
        b'P'..=b'T' => Some(letter - b'P' + 22),
        b'V'..=b'Z' => Some(letter - b'V' + 27),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_has_its_place_and_no_other_byte_has_one() {
        for byte in 0..=u8::MAX {
            let place = ALPHABET.iter().position(|letter| *letter == byte);
            assert_eq!(digit(byte).map(usize::from), place, "{byte}");
        }
    }
}
