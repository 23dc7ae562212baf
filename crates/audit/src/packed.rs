//! Packed keys, as the batches list them.

/// Keys packed as distances, seven bits a byte, low bits first; `None` when they are something else.
pub(crate) fn unpack(bytes: &[u8]) -> Option<Vec<i64>> {
    let (mut keys, mut last, mut distance, mut shift) = (Vec::new(), 0_i64, 0_i64, 0_u32);
    for byte in bytes {
        if 56 < shift {
            return None;
        }
        distance |= i64::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            last = last.checked_add(distance)?;
            keys.push(last);
            (distance, shift) = (0, 0);
        }
    }
    (shift == 0).then_some(keys)
}
