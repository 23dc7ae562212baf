//! Moments as text: ISO 8601 in, `xs:dateTime` out.

use jiff::civil::DateTime;
use jiff::tz::Offset;
use payments::Timestamp;
use payments::time::{HOUR_MS, MINUTE_MS};

/// Digits of a second's fraction at most.
const FRACTION_DIGITS_MAX: usize = 9;

/// Reads `2009-10-06T07:53:11Z`, `…:11.750Z`, `…:11-07:00`, `…:11.7+0200`. A date, a time to the second
/// and a zone must be there. Below the millisecond is cut off.
pub fn parse(text: &str) -> Option<Timestamp> {
    let (moment, rest) = text.as_bytes().split_at_checked(19)?;
    let separators = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    if separators.iter().any(|(at, sign)| moment[*at] != *sign) {
        return None;
    }
    let part = |from: usize| i8::try_from(number(&moment[from..from + 2])?).ok();
    let year = i16::try_from(number(&moment[..4])?).ok()?;
    let (hour, minute, second) = (part(11)?, part(14)?, part(17)?);
    let civil = DateTime::new(year, part(5)?, part(8)?, hour, minute, second, 0).ok()?;
    let whole = Offset::UTC.to_timestamp(civil).ok()?.as_millisecond();
    let (fraction, zone) = fraction(rest)?;
    let local = whole.checked_add(fraction)?;
    Some(Timestamp(local.checked_sub(offset_ms(zone)?)?))
}

/// Milliseconds of `.750Z`, and what is left.
fn fraction(rest: &[u8]) -> Option<(i64, &[u8])> {
    let Some(digits) = rest.strip_prefix(b".") else {
        return Some((0, rest));
    };
    let length = digits
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    if !(1..=FRACTION_DIGITS_MAX).contains(&length) {
        return None;
    }
    let (digits, rest) = digits.split_at(length);
    let mut padded = [b'0'; 3];
    for (place, digit) in padded.iter_mut().zip(digits) {
        *place = *digit;
    }
    Some((number(&padded)?, rest))
}

/// Milliseconds by which a zone is ahead of UTC.
fn offset_ms(zone: &[u8]) -> Option<i64> {
    let (sign, hours, minutes) = match zone {
        b"Z" => return Some(0),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] | [sign @ (b'+' | b'-'), h1, h2, m1, m2] => {
            (sign, number(&[*h1, *h2])?, number(&[*m1, *m2])?)
        }
        _ => return None,
    };
    // No place on earth is further ahead or behind.
    if 14 < hours || 59 < minutes {
        return None;
    }
    let ahead = hours * HOUR_MS + minutes * MINUTE_MS;
    Some(if *sign == b'-' { -ahead } else { ahead })
}

fn number(digits: &[u8]) -> Option<i64> {
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(
        digits
            .iter()
            .fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')),
    )
}

/// Writes `2009-10-06T07:53:11.750Z`: milliseconds and `Z` always, as every client reads it.
pub fn write(at: Timestamp) -> String {
    let at = civil(at);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        at.year(),
        at.month(),
        at.day(),
        at.hour(),
        at.minute(),
        at.second(),
        at.millisecond()
    )
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// Writes `Sep 27, 2009`, the date in UTC, as notifications of tokens have it.
pub fn write_date(at: Timestamp) -> String {
    let at = civil(at);
    let month = usize::try_from(at.month() - 1).map_or("", |month| MONTHS[month % 12]);
    format!("{month} {}, {}", at.day(), at.year())
}

/// The date and time in UTC; the last there is when it lies beyond.
fn civil(at: Timestamp) -> DateTime {
    let at = jiff::Timestamp::from_millisecond(at.0).unwrap_or(if at.0 < 0 {
        jiff::Timestamp::UNIX_EPOCH
    } else {
        jiff::Timestamp::MAX
    });
    Offset::UTC.to_datetime(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_clients_send() {
        for (text, written) in [
            ("2009-10-06T07:53:11Z", "2009-10-06T07:53:11.000Z"),
            ("2009-10-06T07:53:11.750Z", "2009-10-06T07:53:11.750Z"),
            ("2009-10-06T07:53:11.7Z", "2009-10-06T07:53:11.700Z"),
            ("2009-10-06T07:53:11.7509999Z", "2009-10-06T07:53:11.750Z"),
            ("2009-10-06T00:53:11-07:00", "2009-10-06T07:53:11.000Z"),
            ("2009-10-06T09:53:11.5+0200", "2009-10-06T07:53:11.500Z"),
            ("2012-02-29T23:59:59+00:00", "2012-02-29T23:59:59.000Z"),
        ] {
            assert_eq!(parse(text).map(write).as_deref(), Some(written), "{text}");
        }
        assert_eq!(parse("1970-01-01T00:00:01Z"), Some(Timestamp(1_000)));
        assert_eq!(write(Timestamp::NEVER), "9999-12-30T22:00:00.999Z");
        assert_eq!(write_date(Timestamp(1_254_009_600_000)), "Sep 27, 2009");
        assert_eq!(write_date(Timestamp(1_254_528_000_000)), "Oct 3, 2009");
    }

    #[test]
    fn what_is_no_moment() {
        for text in [
            "",
            "now",
            "1254815591",
            "2009-10-06",
            "2009-10-06T07:53Z",
            "2009-10-06T07:53:11",
            "2009-10-06 07:53:11Z",
            "2010-02-26 T19:48:05.000Z",
            "2009-10-06T07:53:11z",
            "2009-10-06t07:53:11Z",
            "2009-10-06T07:53:11.Z",
            "2009-10-06T07:53:11,750Z",
            "2009-10-06T07:53:11.1234567890Z",
            "2009-10-06T07:53:11 Z",
            "2009-10-06T07:53:11Z ",
            "2009-10-06T07:53:11ZZ",
            "2009-10-06T07:53:11+2:00",
            "2009-10-06T07:53:11+15:00",
            "2009-10-06T07:53:11+02:60",
            "2009-10-06T07:53:11+02",
            "2009-13-06T07:53:11Z",
            "2009-00-06T07:53:11Z",
            "2009-02-29T07:53:11Z",
            "2009-10-32T07:53:11Z",
            "2009-10-06T24:00:00Z",
            "2009-10-06T07:60:11Z",
            "2009-10-06T07:53:60Z",
            "+009-10-06T07:53:11Z",
            "20091006T075311Z",
            "Tue, 06 Oct 2009 07:53:11 GMT",
            "2009-10-06T07:53:1٣Z",
            "２009-10-06T07:53:11Z",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(ms in 0..253_370_764_800_000_i64) {
            prop_assert_eq!(parse(&write(Timestamp(ms))), Some(Timestamp(ms)));
        }

        #[test]
        fn no_text_panics(text in "[0-9TZ:.+ -]{0,40}", any in any::<String>()) {
            let _ = parse(&text);
            let _ = parse(&any);
        }
    }
}
