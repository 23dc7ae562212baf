//! Parameters by name and type. Each reading either gives the value or the error that names it.
//!
//! Line breaks around a value do not count: a printed sample has them. An empty description is none;
//! anything else that is sent empty is refused, because taking it for absent could move other money
//! than was meant.

use money::{Amount, BadAmount, Currency, Rate};
use payments::ids::BadReference;
use payments::terms::TIMEOUT_MINS_DEFAULT;
use payments::{CallerReference, SubscriptionId, TallyId, TokenId, TransactionId};
use signing::UrlParts;
use signing::form::Pair;

use crate::action::{Parameter, VALUE_ALIAS, list_place};
use crate::error::{lower_camel, shown};
use crate::{Action, WireError, place};

/// Characters of a description at most.
pub(super) const DESCRIPTION_CHARS_MAX: usize = 160;

/// The parameters of one request.
pub(super) struct Fields<'p> {
    pairs: &'p [Pair<'p>],
    parameters: &'static [Parameter],
}

impl<'p> Fields<'p> {
    /// The parameters of an action, each to be found by its name in the schema.
    ///
    /// # Errors
    /// `InvalidParams` when one is sent under both of its names with different values.
    pub(super) fn new(pairs: &'p [Pair<'p>], action: Action) -> Result<Fields<'p>, WireError> {
        let parameters = action.parameters();
        let fields = Fields { pairs, parameters };
        for (name, alias) in parameters
            .iter()
            .filter_map(|own| Some((own.name, own.alias?)))
        {
            let (one, other) = (fields.plain(name), fields.plain(alias));
            if one.is_some() && other.is_some() && one != other {
                return Err(WireError::repeated(name));
            }
        }
        Ok(fields)
    }

    /// What was sent under a name of the schema, or its alias; be it empty.
    fn sent(&self, wanted: &str) -> Option<&'p str> {
        self.plain(wanted).or_else(|| {
            let own = self.parameters.iter().find(|own| own.name == wanted);
            self.plain(own?.alias?)
        })
    }

    fn plain(&self, wanted: &str) -> Option<&'p str> {
        let found = self.pairs.iter().find(|(name, _)| name == wanted);
        found.map(|(_, value)| trimmed(value))
    }

    /// What was sent under `name.member`.
    fn member(&self, name: &str, member: &str) -> Option<&'p str> {
        let is_it = |sent: &str| {
            let rest = sent.strip_prefix(name);
            rest.and_then(|rest| rest.strip_prefix('.')) == Some(member)
        };
        let found = self.pairs.iter().find(|(sent, _)| is_it(sent));
        found.map(|(_, value)| trimmed(value))
    }

    /// What was sent under a name; empty is refused.
    fn given(&self, name: &str) -> Result<Option<&'p str>, WireError> {
        match self.sent(name) {
            Some("") => Err(WireError::missing(name)),
            sent => Ok(sent),
        }
    }

    fn required(&self, name: &str) -> Result<&'p str, WireError> {
        self.given(name)?.ok_or_else(|| WireError::missing(name))
    }

    /// Text as it was sent.
    pub(super) fn required_text(&self, name: &str) -> Result<String, WireError> {
        self.required(name).map(str::to_owned)
    }

    pub(super) fn token(&self, name: &str) -> Result<Option<TokenId>, WireError> {
        let read = |text| {
            TokenId::parse(text).map_err(|_| WireError::malformed(name, "a valid token ID", text))
        };
        self.given(name)?.map(read).transpose()
    }

    pub(super) fn required_token(&self, name: &str) -> Result<TokenId, WireError> {
        self.token(name)?.ok_or_else(|| WireError::missing(name))
    }

    pub(super) fn required_transaction(&self, name: &str) -> Result<TransactionId, WireError> {
        let text = self.required(name)?;
        TransactionId::parse(text).map_err(|_| WireError::bad_transaction_id(name, text))
    }

    pub(super) fn reference(&self, name: &str) -> Result<Option<CallerReference>, WireError> {
        let read = |text| CallerReference::parse(text).map_err(|error| bad_reference(name, error));
        self.given(name)?.map(read).transpose()
    }

    pub(super) fn required_reference(&self, name: &str) -> Result<CallerReference, WireError> {
        self.reference(name)?
            .ok_or_else(|| WireError::missing(name))
    }

    pub(super) fn required_tally(&self, name: &str) -> Result<TallyId, WireError> {
        let text = self.required(name)?;
        let bad = |_| WireError::malformed(name, "a valid instrument ID", text);
        TallyId::parse(text).map_err(bad)
    }

    pub(super) fn required_subscription(&self) -> Result<SubscriptionId, WireError> {
        let name = "SubscriptionId";
        let text = self.required(name)?;
        SubscriptionId::parse(text).map_err(|_| WireError::bad_subscription_id(text))
    }

    /// The key of the first row at a moment.
    pub(super) fn first_row(&self, name: &str) -> Result<Option<i64>, WireError> {
        self.row(name, place::first)
    }

    /// The key of the last row at a moment.
    pub(super) fn last_row(&self, name: &str) -> Result<Option<i64>, WireError> {
        self.row(name, place::last)
    }

    fn row(&self, name: &str, read: fn(&str) -> Option<i64>) -> Result<Option<i64>, WireError> {
        let expected = "a date and time in ISO8601 format";
        let read = |text| read(text).ok_or_else(|| WireError::malformed(name, expected, text));
        self.given(name)?.map(read).transpose()
    }

    pub(super) fn description(&self, name: &str) -> Result<Option<String>, WireError> {
        self.words(name, DESCRIPTION_CHARS_MAX)
    }

    /// Text of so many characters at most.
    pub(super) fn words(&self, name: &str, most: usize) -> Result<Option<String>, WireError> {
        let Some(text) = self.sent(name).filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        check_length(name, text, most)?;
        if text.chars().any(|c| c.is_control() && !is_break(c)) {
            return Err(control_character(name));
        }
        Ok(Some(text.to_owned()))
    }

    pub(super) fn amount(&self, name: &str) -> Result<Option<Amount>, WireError> {
        let value = self.member(name, "Value");
        let alias = self.member(name, VALUE_ALIAS);
        let currency = self.member(name, "CurrencyCode");
        if (value, alias, currency) == (None, None, None) {
            return Ok(None);
        }
        let of = |member: &str| format!("{name}.{member}");
        if value.is_some() && alias.is_some() && value != alias {
            return Err(WireError::repeated(&of("Value")));
        }
        let said = |text: Option<&'p str>| text.filter(|text| !text.is_empty());
        let text = said(value.or(alias)).ok_or_else(|| WireError::missing(&of("Value")))?;
        let currency = said(currency).ok_or_else(|| WireError::missing(&of("CurrencyCode")))?;
        let usd = Currency::USD;
        if currency != usd.as_str() {
            let name = of("CurrencyCode");
            return Err(WireError::malformed(&name, usd.as_str(), currency));
        }
        let amount = Amount::parse(text, usd);
        amount
            .map(Some)
            .map_err(|error| bad_amount(name, text, error))
    }

    pub(super) fn required_amount(&self, name: &str) -> Result<Amount, WireError> {
        self.amount(name)?.ok_or_else(|| WireError::missing(name))
    }

    pub(super) fn percentage(&self, name: &str) -> Result<Option<Rate>, WireError> {
        let expected = "a decimal percentage from 0 to 100, with at most four decimals";
        let read = |text| {
            Rate::parse_percent(text).map_err(|_| WireError::malformed(name, expected, text))
        };
        self.given(name)?.map(read).transpose()
    }

    pub(super) fn minutes(&self, name: &str) -> Result<Option<u32>, WireError> {
        self.whole_number(name, 1, TIMEOUT_MINS_DEFAULT)
    }

    /// A whole number within bounds.
    pub(super) fn whole_number(
        &self,
        name: &str,
        least: u32,
        most: u32,
    ) -> Result<Option<u32>, WireError> {
        let Some(text) = self.given(name)? else {
            return Ok(None);
        };
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let number = digits.then(|| text.parse().ok()).flatten();
        match number {
            Some(number) if (least..=most).contains(&number) => Ok(Some(number)),
            Some(_) | None => {
                let expected = format!("a whole number from {least} to {most}");
                Err(WireError::malformed(name, &expected, text))
            }
        }
    }

    pub(super) fn url(&self, name: &str) -> Result<Option<String>, WireError> {
        let Some(text) = self.given(name)? else {
            return Ok(None);
        };
        match UrlParts::parse(text) {
            Ok(_) => Ok(Some(text.to_owned())),
            Err(error) => Err(WireError::malformed(
                name,
                &format!("an http or https URL ({error})"),
                text,
            )),
        }
    }

    pub(super) fn word<T: Copy>(
        &self,
        name: &str,
        words: &[(&str, T)],
    ) -> Result<Option<T>, WireError> {
        let read = |text| meant(name, words, text);
        self.given(name)?.map(read).transpose()
    }

    /// The words of a list, in its order: `.1`, `.2` and so on, or the plain name with one word or
    /// several with commas between them.
    pub(super) fn list<T: Copy>(
        &self,
        name: &str,
        words: &[(&str, T)],
    ) -> Result<Vec<T>, WireError> {
        let plain = self.given(name)?.into_iter();
        let plain = plain.flat_map(|text| text.split(',').map(str::trim));
        let mut numbered: Vec<(usize, &str)> = self
            .pairs
            .iter()
            .filter_map(|(sent, value)| {
                Some((list_place(sent.strip_prefix(name)?)?, trimmed(value)))
            })
            .collect();
        numbered.sort_unstable();
        numbered.dedup();
        let all = plain.chain(numbered.into_iter().map(|(_, text)| text));
        all.map(|text| meant(name, words, text)).collect()
    }
}

/// What a word stands for.
fn meant<T: Copy>(name: &str, words: &[(&str, T)], text: &str) -> Result<T, WireError> {
    let known = words.iter().find(|(word, _)| *word == text);
    known.map(|(_, meant)| *meant).ok_or_else(|| {
        let words: Vec<_> = words.iter().map(|(word, _)| *word).collect();
        let expected = format!("one of {}", words.join(", "));
        WireError::malformed(name, &expected, text)
    })
}

fn trimmed(value: &str) -> &str {
    value.trim_matches(is_break)
}

const fn is_break(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r')
}

fn check_length(name: &str, text: &str, most: usize) -> Result<(), WireError> {
    let length = text.chars().count();
    if most < length {
        return Err(too_long(name, length, most));
    }
    Ok(())
}

fn too_long(name: &str, length: usize, most: usize) -> WireError {
    let name = lower_camel(name);
    WireError::invalid_params(format!(
        "{name} can have at most {most} characters. Specified: {length}"
    ))
}

fn control_character(name: &str) -> WireError {
    let name = lower_camel(name);
    WireError::invalid_params(format!("{name} has a character that cannot be printed."))
}

fn bad_reference(name: &str, error: BadReference) -> WireError {
    match error {
        BadReference::Empty => WireError::missing(name),
        BadReference::TooLong { length } => too_long(name, length, CallerReference::LENGTH_MAX),
        BadReference::ControlCharacter => control_character(name),
    }
}

fn bad_amount(name: &str, text: &str, error: BadAmount) -> WireError {
    let is_number = text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    match error {
        BadAmount::TooLarge if is_number => {
            let (name, text) = (lower_camel(name), shown(text));
            let message = format!("{name} is out of range. Specified value: {text}");
            WireError::new("AmountOutOfRange", message)
        }
        BadAmount::TooLarge | BadAmount::NotANumber | BadAmount::Signed => {
            WireError::malformed(&format!("{name}.Value"), "a decimal number", text)
        }
        BadAmount::TooFine => WireError::malformed(
            &format!("{name}.Value"),
            "a decimal number with at most six decimals",
            text,
        ),
    }
}
