//! What goes wrong, as callers are told: a documented code, an HTTP status, and a sentence.
//!
//! Sentences that clients have recorded are kept to the letter, a space at the end included. What the
//! core refuses becomes an error in [`crate::refusal`].

use payments::Timestamp;
use signing::form::FormError;
use signing::verification::BadMessage;

use crate::{Action, Version, codes, instant};

/// Characters of a caller's own value that are shown to it again.
pub const SHOWN_CHARS_MAX: usize = 200;

/// An error as it goes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WireError {
    /// One of [`codes::CODES`].
    pub code: &'static str,
    /// The HTTP status.
    pub http: u16,
    /// What is wrong, in a sentence.
    pub message: String,
}

impl WireError {
    /// An error with the HTTP status of its code.
    pub fn new(code: &'static str, message: impl Into<String>) -> WireError {
        let known = codes::find(code);
        debug_assert!(known.is_some(), "{code} is no documented code");
        WireError {
            code,
            http: known.map_or(codes::HTTP_USUAL, |known| known.http),
            message: message.into(),
        }
    }

    /// A parameter does not fit; the sentence names it.
    pub fn invalid_params(message: impl Into<String>) -> WireError {
        WireError::new("InvalidParams", message)
    }

    /// A parameter is missing.
    pub fn missing(name: &str) -> WireError {
        WireError::invalid_params(format!("{} can not be empty ", lower_camel(name)))
    }

    /// A parameter is not what it has to be.
    pub fn malformed(name: &str, expected: &str, value: &str) -> WireError {
        let (name, value) = (lower_camel(name), shown(value));
        WireError::invalid_params(format!(
            "\"{name}\" has to be {expected}. Specified value: {value}"
        ))
    }

    /// A transaction id that cannot be one; its recorded sentence has no quotes.
    pub fn bad_transaction_id(name: &str, value: &str) -> WireError {
        let (name, value) = (lower_camel(name), shown(value));
        WireError::invalid_params(format!(
            "{name} has to be a valid transaction ID. Specified value: {value}"
        ))
    }

    /// A subscription id that cannot be one, or that names none of the caller's.
    pub fn bad_subscription_id(value: &str) -> WireError {
        WireError::malformed("SubscriptionId", "a valid subscription ID", value)
    }

    /// A span of time that ends before it begins, or begins in the future.
    pub fn date_range(message: &str) -> WireError {
        WireError::new("InvalidDateRange", message)
    }

    /// A prepaid or credit instrument that is not the caller's to see.
    pub fn instrument_access_denied() -> WireError {
        let message = "The caller is neither the sender nor the recipient of the instrument.";
        WireError::new("InstrumentAccessDenied", message)
    }

    /// The usage of a single-use token was asked for.
    pub fn no_usage() -> WireError {
        let message = "A single-use token has no usage limits.";
        WireError::new("InvalidTokenType", message)
    }

    /// An action does not know a parameter.
    pub fn unknown_parameter(version: Version, name: &str) -> WireError {
        let (namespace, name) = (version.namespace(), shown(name));
        WireError::new(
            "InvalidRequest",
            format!(
                "The request doesn't conform to the interface specification in the WSDL. \
                 Element/Parameter \"{namespace}:{name}\" in request is either invalid or is found at \
                 unexpected location"
            ),
        )
    }

    /// A name was sent twice with two values.
    pub fn repeated(name: &str) -> WireError {
        let name = lower_camel(&shown(name));
        WireError::invalid_params(format!("{name} is specified twice, with different values."))
    }

    /// There is no such version.
    pub fn unknown_version(value: &str) -> WireError {
        WireError::malformed("Version", "2008-09-17, 2010-08-28 or 2011-09-20", value)
    }

    /// There is no such action.
    pub fn unknown_action(value: &str) -> WireError {
        let known: Vec<_> = Action::ALL.iter().map(|action| action.as_str()).collect();
        WireError::malformed("Action", &format!("one of {}", known.join(", ")), value)
    }

    /// No such access key.
    pub fn unknown_access_key() -> WireError {
        let message = "The AWS Access Key Id you provided does not exist in our records.";
        WireError::new("InvalidClientTokenId", message)
    }

    /// No such certificate.
    pub fn unknown_certificate() -> WireError {
        let message = "The X.509 certificate you provided does not exist in our records.";
        WireError::new("InvalidClientTokenId", message)
    }

    /// The access key is disabled, or its account may not call.
    pub fn auth_failure() -> WireError {
        let message = "AWS was not able to validate the provided access credentials.";
        WireError::new("AuthFailure", message)
    }

    /// What the account's secret is sealed under is not there now.
    pub fn access_failure() -> WireError {
        let message = "The account of the access key cannot be accessed at present.";
        WireError::new("AccessFailure", message)
    }

    /// Others changed the same rows at each of many tries.
    pub fn concurrent_modification() -> WireError {
        let message = "Other requests changed the same data at the same time. Nothing was done; \
                       try again.";
        WireError::new("ConcurrentModification", message)
    }

    /// The signature is wrong.
    pub fn wrong_signature() -> WireError {
        let message = "The request signature calculated by Amazon does not match the signature \
                       you provided.";
        WireError::new("SignatureDoesNotMatch", message)
    }

    /// The request's time is too far from now.
    pub fn expired(date: Timestamp) -> WireError {
        let date = instant::write(date);
        let message = format!("Request has expired. Timestamp date is {date}");
        WireError::new("RequestExpired", message)
    }

    /// The request's time is none.
    pub fn bad_timestamp(value: &str) -> WireError {
        let value = shown(value);
        let message = format!(
            "Value ({value}) for parameter Timestamp is invalid. Must be in ISO8601 format."
        );
        WireError::new("InvalidParameterValue", message)
    }

    /// The server failed.
    pub fn internal() -> WireError {
        let message = "We encountered an internal error. Please try again.";
        WireError::new("InternalError", message)
    }

    /// The server has too much to do.
    pub fn unavailable() -> WireError {
        let message = "The service is unavailable. Nothing was done; please try again.";
        WireError::new("ServiceUnavailable", message)
    }
}

/// A caller's own value, cut to a length that can be shown.
pub(crate) fn shown(value: &str) -> String {
    match value.char_indices().nth(SHOWN_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    }
}

/// A parameter's name as the messages write it: `callerReference`, `transactionAmount.value`.
pub(crate) fn lower_camel(name: &str) -> String {
    let parts: Vec<_> = name.split('.').map(lower_camel_part).collect();
    parts.join(".")
}

/// Of capitals at the start the last one stays when it begins a word: `AWSAccessKeyId` is
/// `awsAccessKeyId`.
fn lower_camel_part(part: &str) -> String {
    let capitals = part.bytes().take_while(u8::is_ascii_uppercase).count();
    let lowered = match capitals {
        0 | 1 => capitals,
        all if all == part.len() => all,
        several => several - 1,
    };
    part[..lowered].to_ascii_lowercase() + &part[lowered..]
}

impl From<FormError> for WireError {
    fn from(error: FormError) -> WireError {
        WireError::invalid_params(format!("The request cannot be read: {error}."))
    }
}

impl From<BadMessage> for WireError {
    fn from(error: BadMessage) -> WireError {
        WireError::invalid_params(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_lower_camel() {
        for (name, expected) in [
            ("CallerReference", "callerReference"),
            (
                "TransactionAmount.CurrencyCode",
                "transactionAmount.currencyCode",
            ),
            ("DescriptorPolicy.CSOwner", "descriptorPolicy.csOwner"),
            ("AWSAccessKeyId", "awsAccessKeyId"),
            ("OverrideIPNURL", "overrideIPNURL"),
            ("URL", "url"),
            ("", ""),
            ("ÄB.9", "ÄB.9"),
        ] {
            assert_eq!(lower_camel(name), expected);
        }
    }

    #[test]
    fn long_values_are_cut() {
        let long = "é".repeat(SHOWN_CHARS_MAX);
        assert_eq!(shown(&long), long);
        assert_eq!(shown(&format!("{long}x")), format!("{long}…"));
    }

    #[test]
    fn statuses() {
        for (error, http) in [
            (WireError::unknown_access_key(), 403),
            (WireError::wrong_signature(), 403),
            (WireError::auth_failure(), 401),
            (WireError::internal(), 500),
            (WireError::unavailable(), 503),
            (WireError::missing("CallerReference"), 400),
            (WireError::unknown_action("x"), 400),
        ] {
            assert_eq!(error.http, http, "{}", error.code);
        }
    }
}
