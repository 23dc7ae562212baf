//! Where a page of activity begins, as a moment.
//!
//! A row's key holds the millisecond in which the transaction was received, and its place in it. A
//! moment with ten digits of a second's fraction names both: three for the millisecond, seven for
//! the place. So a page can begin in the middle of a millisecond, and nothing is skipped or repeated.

use payments::Timestamp;
use payments::ids::{COUNTER_BITS, LANE_BITS, first_key, key_time};

use crate::instant;

/// Digits of a fraction that names a row.
const EXACT_DIGITS: usize = 10;
/// Of those, the digits of the place in the millisecond.
const PLACE_DIGITS: usize = 7;
/// Places in one millisecond.
const PLACES: i64 = 1 << (LANE_BITS + COUNTER_BITS);

/// The first key at a moment: the row that it names, or the first of its millisecond.
pub fn first(text: &str) -> Option<i64> {
    if let Some((plain, place)) = exact(text) {
        let moment = instant::parse(&plain)?;
        return Some(first_key(moment, 0).saturating_add(place));
    }
    instant::parse(text).map(|moment| first_key(moment, 0))
}

/// The last key at a moment: the row that it names, or the last of its millisecond.
pub fn last(text: &str) -> Option<i64> {
    if exact(text).is_some() {
        return first(text);
    }
    let next = instant::parse(text)?.plus_ms(1);
    Some(first_key(next, 0).saturating_sub(1))
}

/// Writes where a page begins, given that nothing lies between `before` and `key`: the plain moment
/// where that says enough.
pub fn write(key: i64, before: i64) -> String {
    let moment = key_time(key);
    let plain = instant::write(moment);
    if key_time(before) < moment {
        return plain;
    }
    let place = key.saturating_sub(first_key(moment, 0));
    let seconds = plain.trim_end_matches('Z');
    format!("{seconds}{place:07}Z")
}

/// Whether a key lies after a moment.
pub fn is_after(key: i64, now: Timestamp) -> bool {
    now < key_time(key)
}

/// The moment without the digits of the place, and the place.
fn exact(text: &str) -> Option<(String, i64)> {
    let (seconds, rest) = text.split_once('.')?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    if digits != EXACT_DIGITS {
        return None;
    }
    let (millisecond, rest) = rest.split_at_checked(EXACT_DIGITS - PLACE_DIGITS)?;
    let (place, zone) = rest.split_at_checked(PLACE_DIGITS)?;
    let place: i64 = place.parse().ok()?;
    // What names no row of ours is a moment that somebody measured finely.
    let place = if place < PLACES { place } else { 0 };
    Some((format!("{seconds}.{millisecond}{zone}"), place))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn moments_and_rows() {
        let noon = instant::parse("2026-11-22T12:00:00.250Z").expect("a moment");
        let key = first_key(noon, 0);
        for (text, first_of, last_of) in [
            ("2026-11-22T12:00:00.250Z", key, key + PLACES - 1),
            ("2026-11-22T12:00:00.25Z", key, key + PLACES - 1),
            ("2026-11-22T12:00:00.2500000000Z", key, key),
            ("2026-11-22T12:00:00.2500000017Z", key + 17, key + 17),
            ("2026-11-22T04:00:00.2500000017-08:00", key + 17, key + 17),
            // Seven digits are what one platform prints, and no row.
            ("2026-11-22T12:00:00.2500017Z", key, key + PLACES - 1),
            ("2026-11-22T12:00:00.2509999999Z", key, key),
        ] {
            assert_eq!(first(text), Some(first_of), "{text}");
            assert_eq!(last(text), Some(last_of), "{text}");
        }
        for text in ["", "now", "2026-11-22", "2026-11-22T12:00:00.2500000017"] {
            assert_eq!((first(text), last(text)), (None, None), "{text}");
        }
        assert_eq!(write(key + 5, key - 1), "2026-11-22T12:00:00.250Z");
        assert_eq!(write(key + 5, key + 4), "2026-11-22T12:00:00.2500000005Z");
    }

    proptest! {
        #[test]
        fn what_is_written_begins_there(ms in 1..4_000_000_000_000_i64, place in 0..PLACES, back in 1..PLACES) {
            let key = first_key(Timestamp(ms), 0) + place;
            let begins = first(&write(key, key - back)).expect("a moment");
            prop_assert!(key - back < begins && begins <= key);
            if key_time(key - back) == key_time(key) {
                prop_assert_eq!(begins, key);
            }
        }
    }
}
