//! One look at each parameter, remembering which were wrong.

use std::borrow::Cow;

use money::Amount;
use payments::time::{DAY_MS, SECOND_MS};
use payments::{Terms, Timestamp, TokenId};

/// How far ahead a token may begin: one year.
const BEGINS_WITHIN_MS: i64 = 366 * DAY_MS;
/// The last second that any moment may have: the end of the year 9999.
const SECONDS_MAX: i64 = 253_402_300_799;

/// The parameters of a request, and the names of those that are wrong.
pub(super) struct Sent<'a> {
    pairs: &'a [(Cow<'a, str>, Cow<'a, str>)],
    now: Timestamp,
    terms: &'a Terms,
    wrong: Vec<&'static str>,
}

impl<'a> Sent<'a> {
    /// Nothing was looked at yet.
    pub(super) fn new(
        pairs: &'a [(Cow<'a, str>, Cow<'a, str>)],
        now: Timestamp,
        terms: &'a Terms,
    ) -> Sent<'a> {
        Sent {
            pairs,
            now,
            terms,
            wrong: Vec::new(),
        }
    }

    /// The operator's settings.
    pub(super) fn terms(&self) -> &'a Terms {
        self.terms
    }

    /// Everything wrong, each name once, in the order in which it was found.
    pub(super) fn finish(self) -> Vec<&'static str> {
        self.wrong
    }

    /// Remembers that a parameter is wrong.
    pub(super) fn wrong(&mut self, name: &'static str) {
        if !self.wrong.contains(&name) {
            self.wrong.push(name);
        }
    }

    /// Remembers a parameter unless it is as expected.
    pub(super) fn expect(&mut self, name: &'static str, as_expected: bool) {
        if !as_expected {
            self.wrong(name);
        }
    }

    /// Hands a value through; remembers the parameter when there is none.
    pub(super) fn checked<T>(&mut self, name: &'static str, value: Option<T>) -> Option<T> {
        self.expect(name, value.is_some());
        value
    }

    /// A parameter that is there and not empty. Two different values are wrong, and no value.
    pub(super) fn get(&mut self, name: &'static str) -> Option<&'a str> {
        let pairs = self.pairs;
        let mut values = pairs
            .iter()
            .filter(|(sent, value)| sent == name && !value.is_empty())
            .map(|(_, value)| value.as_ref());
        let first = values.next()?;
        if values.any(|other| other != first) {
            self.wrong(name);
            return None;
        }
        Some(first)
    }

    /// The first value of a parameter that cannot be wrong.
    pub(super) fn first(&self, name: &str) -> Option<&'a str> {
        let mut values = self.pairs.iter().filter(|(sent, _)| sent == name);
        values.next().map(|(_, value)| value.as_ref())
    }

    /// A boolean; absent is false.
    pub(super) fn flag(&mut self, name: &'static str) -> bool {
        let Some(text) = self.get(name) else {
            return false;
        };
        let value = match text.to_ascii_lowercase().as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        };
        self.checked(name, value).unwrap_or_default()
    }

    /// An amount above zero, if there is one.
    pub(super) fn amount(&mut self, name: &'static str) -> Option<Amount> {
        let amount = Amount::parse(self.get(name)?, self.terms.currency);
        amount.ok().filter(|amount| !amount.is_zero())
    }

    /// A text of at most so many characters, none of them a control character but line ends.
    pub(super) fn text(&mut self, name: &'static str, most: usize) -> Option<String> {
        let text = self.get(name)?;
        let plain = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
        let fits = text.chars().count() <= most && text.chars().all(plain);
        self.checked(name, fits.then(|| text.to_owned()))
    }

    /// Token ids between commas; nothing when there are none.
    pub(super) fn tokens(&mut self, name: &'static str, most: usize) -> Vec<TokenId> {
        let Some(text) = self.get(name) else {
            return Vec::new();
        };
        let tokens: Result<Vec<TokenId>, _> = text
            .split(',')
            .map(|id| TokenId::parse(id.trim()))
            .collect();
        let tokens = tokens.ok().filter(|tokens| tokens.len() <= most);
        self.checked(name, tokens).unwrap_or_default()
    }

    /// From when and until when: not before today, beginning within a year, ending after it begins.
    pub(super) fn validity(&mut self) -> (Option<Timestamp>, Option<Timestamp>) {
        let today = Timestamp(self.now.0 - self.now.0.rem_euclid(DAY_MS));
        let latest = self.now.plus_ms(BEGINS_WITHIN_MS);
        let from = self.moment("validityStart");
        let fits = from.is_none_or(|from| today <= from && from <= latest);
        self.expect("validityStart", fits);
        let until = self.moment("validityExpiry");
        let begin = from.unwrap_or(self.now).max(self.now);
        self.expect("validityExpiry", until.is_none_or(|until| begin < until));
        (from, until)
    }

    /// Seconds since 1970; one old client writes ISO 8601.
    fn moment(&mut self, name: &'static str) -> Option<Timestamp> {
        let text = self.get(name)?;
        let seconds = match text.parse::<i64>() {
            Ok(seconds) => Some(seconds),
            Err(_) => text
                .parse::<jiff::Timestamp>()
                .ok()
                .map(jiff::Timestamp::as_second),
        };
        let seconds = seconds.filter(|seconds| (0..=SECONDS_MAX).contains(seconds));
        let moment = seconds.map(|seconds| Timestamp(seconds * SECOND_MS));
        self.checked(name, moment)
    }
}
