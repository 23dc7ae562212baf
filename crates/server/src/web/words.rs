//! Amounts, moments and spans as people read them.

use jiff::tz::TimeZone;
use money::{Amount, Currency};
use payments::Timestamp;
use payments::rows::{Instrument, Means};

/// `$1,204.10`; other currencies carry their code.
pub(super) fn amount(amount: Amount) -> String {
    let text = amount.to_cents();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, "00"));
    format!("{}{}.{fraction}", sign(amount.currency()), grouped(whole))
}

/// A balance in micro-units, which a bug or another lane could make negative.
pub(super) fn micros(micros: i64, currency: Currency) -> String {
    let size = i64::try_from(micros.unsigned_abs()).unwrap_or(i64::MAX);
    let most = Amount::from_micros(Amount::MICROS_MAX, currency);
    let size = Amount::from_micros(size, currency).or(most);
    let minus = if micros < 0 { "−" } else { "" };
    let text = size.map_or_else(String::new, amount);
    format!("{minus}{text}")
}

fn sign(currency: Currency) -> String {
    if currency == Currency::USD {
        "$".to_owned()
    } else {
        format!("{} ", currency.as_str())
    }
}

fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if 0 < index && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `2 November 2026`, in UTC.
pub(super) fn day(at: Timestamp) -> String {
    written(at, "%-d %B %Y")
}

/// `2 Nov 2026, 10:02 UTC`.
pub(super) fn moment(at: Timestamp) -> String {
    written(at, "%-d %b %Y, %H:%M UTC")
}

fn written(at: Timestamp, format: &str) -> String {
    let moment = jiff::Timestamp::from_millisecond(at.0);
    moment.map_or_else(
        |_| "never".to_owned(),
        |moment| moment.to_zoned(TimeZone::UTC).strftime(format).to_string(),
    )
}

/// `3 hours`, `7 days`.
pub(super) fn span(ms: i64) -> String {
    let hours = ms / payments::time::HOUR_MS;
    let (count, unit) = if 48 <= hours && hours % 24 == 0 {
        (hours / 24, "day")
    } else {
        (hours, "hour")
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

/// `3 charges`.
pub(super) fn charges(count: u32) -> String {
    format!("{count} charge{}", if count == 1 { "" } else { "s" })
}

/// `Visa ending in 4242, expires 04/2029`, or `Bank account ending in 6789`.
pub(super) fn instrument(instrument: &Instrument) -> String {
    match &instrument.means {
        Means::Card(card) => {
            let (brand, four, expiry) = (&card.brand, &card.last_four, card.expiry());
            format!("{brand} ending in {four}, expires {expiry}")
        }
        Means::Bank(bank) => format!("Bank account ending in {}", bank.last_four),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_grouped() {
        for (text, words) in [
            ("0", "$0.00"),
            ("0.0025", "$0.002500"),
            ("10.5", "$10.50"),
            ("999.99", "$999.99"),
            ("1204.1", "$1,204.10"),
            ("1000000", "$1,000,000.00"),
        ] {
            let parsed = Amount::parse(text, Currency::USD).unwrap();
            assert_eq!(amount(parsed), words);
        }
        assert_eq!(micros(-1_500_000, Currency::USD), "−$1.50");
    }

    #[test]
    fn moments_and_spans_are_words() {
        let at = Timestamp(1_793_613_725_000);
        assert_eq!(day(at), "2 November 2026");
        assert_eq!(moment(at), "2 Nov 2026, 10:02 UTC");
        assert_eq!(span(payments::terms::SINGLE_USE_LIFE_MS), "3 hours");
        assert_eq!(span(payments::terms::RESERVATION_LIFE_MS), "7 days");
        assert_eq!(charges(1), "1 charge");
    }
}
