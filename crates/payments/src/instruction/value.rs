//! Values as they are written in quotes.

use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use money::{Amount, Currency, Rate};

use super::{Value, Variable};
use crate::Timestamp;
use crate::time::{HOUR_MS, MINUTE_MS};

/// What kind of value a variable holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Money,
    Moment,
    Percent,
}

pub(super) const fn kind(variable: Variable) -> Kind {
    match variable {
        Variable::MyRole
        | Variable::PaymentMethod
        | Variable::ChargeFeeTo
        | Variable::OperationType
        | Variable::SenderToken
        | Variable::RecipientToken
        | Variable::CallerToken => Kind::Text,
        Variable::TransactionAmount | Variable::MarketplaceFixedFee => Kind::Money,
        Variable::TransactionTimestamp => Kind::Moment,
        Variable::MarketplaceVariableFee => Kind::Percent,
    }
}

/// Reads what a variable is compared with. Words of payment methods are taken in any case.
pub(super) fn read(variable: Variable, text: &str) -> Option<Value> {
    match kind(variable) {
        Kind::Text if variable == Variable::PaymentMethod => {
            Some(Value::Text(text.to_ascii_lowercase()))
        }
        Kind::Text => Some(Value::Text(text.to_owned())),
        Kind::Money => read_money(text).map(Value::Money),
        Kind::Moment => read_moment(text).map(Value::Moment),
        Kind::Percent => Rate::parse_percent(text).ok().map(Value::Percent),
    }
}

/// As it is written.
pub(super) fn write(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Money(amount) => write_money(*amount),
        Value::Moment(at) => write_moment(*at),
        Value::Percent(rate) => rate.to_percent(),
    }
}

/// Reads `USD 19.95`.
pub(super) fn read_money(text: &str) -> Option<Amount> {
    let (currency, number) = text.trim().split_once(' ')?;
    let usd = Currency::USD;
    let number = (currency == usd.as_str()).then(|| number.trim())?;
    Amount::parse(number, usd).ok()
}

pub(super) fn write_money(amount: Amount) -> String {
    format!(
        "{} {}",
        amount.currency().as_str(),
        amount.to_six_decimals()
    )
}

/// Reads `2008-10-15T10:41Z`, with seconds and a fraction or without, and the printed
/// `2008-10-289T10:41-0700`, where the third number is the day of the year.
pub fn read_moment(text: &str) -> Option<Timestamp> {
    let (date, time) = text.split_once('T')?;
    let mut parts = date.split('-');
    let year: i16 = digits(parts.next()?, 4)?;
    let month: i8 = digits(parts.next()?, 2)?;
    let day = parts.next()?;
    if parts.next().is_some() {
        return None;
    }
    let date = read_date(year, month, day)?;
    let zone = time.find(['Z', '+', '-'])?;
    let (clock, zone) = time.split_at(zone);
    let (clock, fraction) = clock.split_once('.').map_or((clock, "0"), |parts| parts);
    let mut parts = clock.split(':');
    let hour: i8 = digits(parts.next()?, 2)?;
    let minute: i8 = digits(parts.next()?, 2)?;
    let second: i8 = parts.next().map_or(Some(0), |text| digits(text, 2))?;
    if parts.next().is_some() {
        return None;
    }
    let time = DateTime::new(
        date.year(),
        date.month(),
        date.day(),
        hour,
        minute,
        second,
        0,
    );
    let whole = Offset::UTC.to_timestamp(time.ok()?).ok()?.as_millisecond();
    let local = whole.checked_add(read_fraction(fraction)?)?;
    Some(Timestamp(local.checked_sub(read_zone(zone)?)?))
}

/// Writes `2008-10-15T10:41:00.000Z`.
pub fn write_moment(at: Timestamp) -> String {
    let latest = jiff::Timestamp::MAX;
    let at = jiff::Timestamp::from_millisecond(at.0).unwrap_or(latest);
    let at = Offset::UTC.to_datetime(at);
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

/// A third number above 31 is the day of the year; it must lie in the month. From February on a day of
/// the year is at least 32, and in January both readings agree.
fn read_date(year: i16, month: i8, day: &str) -> Option<Date> {
    let plain = (1..=3).contains(&day.len()) && day.bytes().all(|byte| byte.is_ascii_digit());
    let number: i16 = plain.then(|| day.parse().ok()).flatten()?;
    match i8::try_from(number) {
        Ok(day) if day <= 31 => Date::new(year, month, day).ok(),
        Ok(_) | Err(_) => {
            let first = Date::new(year, 1, 1).ok()?;
            let date = first.with().day_of_year(number).build().ok()?;
            (date.month() == month).then_some(date)
        }
    }
}

fn read_fraction(text: &str) -> Option<i64> {
    let plain = (1..=9).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let milliseconds: String = text.chars().chain("000".chars()).take(3).collect();
    plain.then(|| milliseconds.parse().ok()).flatten()
}

fn read_zone(text: &str) -> Option<i64> {
    if text == "Z" {
        return Some(0);
    }
    let sign = text.chars().next()?;
    let rest = text.get(1..)?;
    let (hours, minutes) = rest.split_once(':').or_else(|| rest.split_at_checked(2))?;
    let (hours, minutes): (i8, i8) = (digits(hours, 2)?, digits(minutes, 2)?);
    if 14 < hours || 59 < minutes {
        return None;
    }
    let ahead = i64::from(hours) * HOUR_MS + i64::from(minutes) * MINUTE_MS;
    match sign {
        '+' => Some(ahead),
        '-' => Some(-ahead),
        _ => None,
    }
}

fn digits<T: std::str::FromStr>(text: &str, length: usize) -> Option<T> {
    let plain = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_of_the_documents() {
        for (text, written) in [
            ("2008-10-289T10:41-0700", Some("2008-10-15T17:41:00.000Z")),
            ("2008-10-284T05:22-0700", Some("2008-10-10T12:22:00.000Z")),
            ("2008-10-15T10:41-07:00", Some("2008-10-15T17:41:00.000Z")),
            ("2008-10-15T10:41:09.5Z", Some("2008-10-15T10:41:09.500Z")),
            ("2009-01-31T00:00Z", Some("2009-01-31T00:00:00.000Z")),
            ("2009-02-32T00:00Z", Some("2009-02-01T00:00:00.000Z")),
            ("2008-12-366T00:00Z", Some("2008-12-31T00:00:00.000Z")),
            ("2009-12-366T00:00Z", None),
            ("2008-09-289T10:41-0700", None),
            ("2008-10-15T10:41", None),
            ("2008-10-15", None),
            ("2008-10-15T1:41Z", None),
            ("2008-10-15T10:41:00:00Z", None),
            ("2008-10-15T10:41+15:00", None),
            ("2008-10-15T10:41:00.Z", None),
            ("2008-13-15T10:41Z", None),
            ("2008-10-15-1T10:41Z", None),
            ("T", None),
            ("é-é-éTéZé", None),
        ] {
            let read = read_moment(text).map(write_moment);
            assert_eq!(read.as_deref(), written, "{text}");
        }
    }

    #[test]
    fn money_of_the_documents() {
        for (text, cents) in [
            ("USD 0.5", Some(50)),
            ("USD 100", Some(10_000)),
            ("USD 19.950000", Some(1_995)),
            ("USD", None),
            ("EUR 1", None),
            ("1.00", None),
            ("USD -1", None),
        ] {
            let expected = cents.and_then(|cents| Amount::from_cents(cents, Currency::USD));
            assert_eq!(read_money(text), expected, "{text}");
        }
    }
}
