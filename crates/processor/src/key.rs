//! The key under which the processor knows a call.
//!
//! `<transaction id>/<authorize|capture|void|refund>[/n]`: authorise and capture of one
//! transaction never share a key, and a further attempt that is meant to be a new effect counts
//! up from 2.

use std::fmt;

/// What a call asks the network to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Place a hold on the card.
    Authorize,
    /// Take some or all of a hold.
    Capture,
    /// Release a hold.
    Void,
    /// Give back some or all of what was captured.
    Refund,
}

impl Kind {
    /// Every kind, in the order of a payment's life.
    pub const ALL: [Kind; 4] = [Kind::Authorize, Kind::Capture, Kind::Void, Kind::Refund];

    /// The word used inside keys and statements.
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::Authorize => "authorize",
            Kind::Capture => "capture",
            Kind::Void => "void",
            Kind::Refund => "refund",
        }
    }

    fn parse(text: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a text is not a processor key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadKey {
    /// The transaction part is empty, too long, or has a character outside `A-Z a-z 0-9 - _`.
    #[error("the transaction part of a processor key is 1 to 64 letters, digits, '-' or '_'")]
    Transaction,
    /// The second part names no kind of call.
    #[error("a processor key names authorize, capture, void or refund")]
    Kind,
    /// The attempt is not a plain number of at least 2.
    #[error("the attempt of a processor key counts up from 2")]
    Attempt,
}

/// Our name for one call to the processor; the same key never has a second effect.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProcessorKey {
    text: String,
    transaction_length: usize,
    kind: Kind,
}

impl ProcessorKey {
    /// The longest transaction id that fits in a key.
    pub const TRANSACTION_LENGTH_MAX: usize = 64;

    /// The key of a transaction's first call of a kind.
    pub fn first(transaction: &str, kind: Kind) -> Result<ProcessorKey, BadKey> {
        ProcessorKey::nth(transaction, kind, 1)
    }

    /// The key of a transaction's `attempt`-th call of a kind, counted from 1.
    pub fn nth(transaction: &str, kind: Kind, attempt: u32) -> Result<ProcessorKey, BadKey> {
        check_transaction(transaction)?;
        let text = match attempt {
            0 => return Err(BadKey::Attempt),
            1 => [transaction, kind.as_str()].join("/"),
            _ => format!("{transaction}/{kind}/{attempt}"),
        };
        Ok(ProcessorKey {
            text,
            transaction_length: transaction.len(),
            kind,
        })
    }

    /// Reads a key as it is written.
    pub fn parse(text: &str) -> Result<ProcessorKey, BadKey> {
        let mut parts = text.splitn(3, '/');
        let transaction = parts.next().unwrap_or_default();
        check_transaction(transaction)?;
        let kind = parts.next().and_then(Kind::parse).ok_or(BadKey::Kind)?;
        if parts
            .next()
            .is_some_and(|attempt| !counts_from_two(attempt))
        {
            return Err(BadKey::Attempt);
        }
        Ok(ProcessorKey {
            text: text.to_owned(),
            transaction_length: transaction.len(),
            kind,
        })
    }

    /// The key as it is written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The id of the transaction that the call belongs to.
    pub fn transaction(&self) -> &str {
        &self.text[..self.transaction_length]
    }

    /// What the call asks for.
    pub fn kind(&self) -> Kind {
        self.kind
    }
}

fn check_transaction(transaction: &str) -> Result<(), BadKey> {
    let named = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    let fits = (1..=ProcessorKey::TRANSACTION_LENGTH_MAX).contains(&transaction.len());
    if fits && transaction.bytes().all(named) {
        Ok(())
    } else {
        Err(BadKey::Transaction)
    }
}

/// One spelling per number: no sign, no leading zero, nothing below 2.
fn counts_from_two(attempt: &str) -> bool {
    let plain = attempt.bytes().all(|b| b.is_ascii_digit()) && !attempt.starts_with('0');
    plain && attempt.parse::<u32>().is_ok_and(|n| 2 <= n)
}

impl fmt::Display for ProcessorKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for ProcessorKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProcessorKey({})", self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_read_back_as_written() {
        for (key, text) in [
            (
                ProcessorKey::first("14GK6", Kind::Authorize),
                "14GK6/authorize",
            ),
            (
                ProcessorKey::nth("14GK6", Kind::Capture, 1),
                "14GK6/capture",
            ),
            (ProcessorKey::nth("14GK6", Kind::Void, 2), "14GK6/void/2"),
            (
                ProcessorKey::nth("a-b_c", Kind::Refund, 11),
                "a-b_c/refund/11",
            ),
        ] {
            let key = key.unwrap();
            assert_eq!(key.as_str(), text);
            assert_eq!(ProcessorKey::parse(text), Ok(key));
        }
        let key = ProcessorKey::parse("14GK6/refund/2").unwrap();
        assert_eq!((key.transaction(), key.kind()), ("14GK6", Kind::Refund));
    }

    #[test]
    fn other_texts_are_refused() {
        let long = format!("{}/void", "x".repeat(65));
        for (text, why) in [
            ("", BadKey::Transaction),
            ("/void", BadKey::Transaction),
            ("a b/void", BadKey::Transaction),
            (long.as_str(), BadKey::Transaction),
            ("T1", BadKey::Kind),
            ("T1/", BadKey::Kind),
            ("T1/Void", BadKey::Kind),
            ("T1/void/", BadKey::Attempt),
            ("T1/void/1", BadKey::Attempt),
            ("T1/void/02", BadKey::Attempt),
            ("T1/void/+2", BadKey::Attempt),
            ("T1/void/2/3", BadKey::Attempt),
            ("T1/void/4294967296", BadKey::Attempt),
        ] {
            assert_eq!(ProcessorKey::parse(text), Err(why), "{text:?}");
        }
        assert_eq!(ProcessorKey::nth("T1", Kind::Void, 0), Err(BadKey::Attempt));
    }
}
