//! Parameters by name and type. Each reading either gives the value or the error that names it.
//!
//! Line breaks around a value do not count: a printed sample has them. An empty description is none;
//! anything else that is sent empty is refused, because taking it for absent could move other money
//! than was meant.

use money::{Amount, BadAmount, Currency, Rate};
use payments::ids::BadReference;
use payments::terms::TIMEOUT_MINS_DEFAULT;
use payments::{CallerReference, TokenId, TransactionId};
use signing::UrlParts;
use signing::form::Pair;

use crate::WireError;
use crate::action::VALUE_ALIAS;
use crate::error::{lower_camel, shown};

/// Characters of a description at most.
pub(super) const DESCRIPTION_CHARS_MAX: usize = 160;

/// The parameters of one request.
pub(super) struct Fields<'p> {
    pairs: &'p [Pair<'p>],
}

impl<'p> Fields<'p> {
    pub(super) const fn new(pairs: &'p [Pair<'p>]) -> Fields<'p> {
        Fields { pairs }
    }

    /// What was sent under a name, be it empty.
    fn sent(&self, wanted: &str) -> Option<&'p str> {
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

    pub(super) fn description(&self, name: &str) -> Result<Option<String>, WireError> {
        let Some(text) = self.sent(name).filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        check_length(name, text, DESCRIPTION_CHARS_MAX)?;
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
        let Some(text) = self.given(name)? else {
            return Ok(None);
        };
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let minutes = digits.then(|| text.parse().ok()).flatten();
        match minutes {
            Some(minutes) if (1..=TIMEOUT_MINS_DEFAULT).contains(&minutes) => Ok(Some(minutes)),
            Some(_) | None => {
                let expected = format!("a whole number from 1 to {TIMEOUT_MINS_DEFAULT}");
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
        let Some(text) = self.given(name)? else {
            return Ok(None);
        };
        let known = words.iter().find(|(word, _)| *word == text);
        let refuse = || {
            let words: Vec<_> = words.iter().map(|(word, _)| *word).collect();
            let expected = format!("one of {}", words.join(", "));
            WireError::malformed(name, &expected, text)
        };
        known.map(|(_, meant)| Some(*meant)).ok_or_else(refuse)
    }
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
