//! The way back to the caller: its return URL with the result, signed.
//!
//! The URL's own parameters stay as they are and are signed with the result. Failures and cancels are
//! signed as success is.

use signing::UrlParts;
use signing::form;
use signing::url::UrlError;

use super::Host;

/// How a visit ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    /// The sender pays from the account balance.
    SenderBalance,
    /// The sender pays from a bank account.
    SenderBank,
    /// The sender pays by card.
    SenderCard,
    /// A token was left as it was.
    Unchanged,
    /// A recipient accepted the terms.
    Recipient,
    /// The person left.
    Abandoned,
    /// The request was wrong.
    CallerException,
    /// The sender has none of the payment methods asked for.
    PaymentMethod,
    /// Not possible with these accounts, or the reference is used up.
    NotPossible,
    /// The caller is no marketplace.
    NotMarketplace,
}

impl Status {
    /// The code on the wire.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Status::SenderBalance => "SA",
            Status::SenderBank => "SB",
            Status::SenderCard => "SC",
            Status::Unchanged => "SU",
            Status::Recipient => "SR",
            Status::Abandoned => "A",
            Status::CallerException => "CE",
            Status::PaymentMethod => "PE",
            Status::NotPossible => "NP",
            Status::NotMarketplace => "NM",
        }
    }

    /// What goes back when nothing was agreed.
    pub(super) fn alone(self) -> Vec<(String, String)> {
        let mut pairs = vec![pair("status", self.code())];
        match self {
            Status::PaymentMethod | Status::NotPossible | Status::NotMarketplace => {
                pairs.push(pair("errorMessage", self.code()));
            }
            Status::SenderBalance
            | Status::SenderBank
            | Status::SenderCard
            | Status::Unchanged
            | Status::Recipient
            | Status::Abandoned
            | Status::CallerException => {}
        }
        pairs
    }
}

/// What goes back when parameters are missing or malformed.
pub(super) fn not_well_formed(names: &[&str]) -> Vec<(String, String)> {
    let names = names.join(",");
    let message = format!("The following input(s) are not well formed:[{names}]");
    let mut pairs = Status::CallerException.alone();
    pairs.push(pair("errorMessage", message));
    pairs
}

/// One parameter.
pub(super) fn pair(name: &str, value: impl Into<String>) -> (String, String) {
    (name.to_owned(), value.into())
}

/// A return URL that can be redirected to.
#[derive(Clone, Debug)]
pub(super) struct ReturnUrl {
    parts: UrlParts,
    text: String,
}

impl ReturnUrl {
    /// Reads a caller's return URL: absolute, http or https, no user, no fragment.
    pub(super) fn parse(text: &str) -> Result<ReturnUrl, UrlError> {
        let text = text.trim_ascii();
        let parts = UrlParts::parse(text)?;
        Ok(ReturnUrl {
            parts,
            text: escaped(text),
        })
    }

    /// `https://shop.example:8443`.
    pub(super) fn origin(&self) -> String {
        let scheme = self.parts.scheme.as_str();
        format!("{scheme}://{}", self.parts.host_for_signature())
    }

    /// The host, for people.
    pub(super) fn host(&self) -> &str {
        &self.parts.host
    }

    /// The URL as it was sent.
    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// The URL with a result, signed.
    pub(super) fn with(&self, host: &dyn Host, mut pairs: Vec<(String, String)>) -> String {
        host.sign_return(&mut pairs, &self.parts);
        let joint = match self.text.split_once('?') {
            None => "?",
            Some((_, query)) if query.is_empty() || query.ends_with('&') => "",
            Some(_) => "&",
        };
        format!("{}{joint}{}", self.text, form::encode(&pairs))
    }
}

/// Escapes what no URL may hold, so that it can stand in a header; all else stays as it was sent.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for digit in [byte >> 4, byte & 15] {
                let digit = char::from_digit(u32::from(digit), 16);
                out.extend(digit.map(|digit| digit.to_ascii_uppercase()));
            }
        }
    }
    out
}
