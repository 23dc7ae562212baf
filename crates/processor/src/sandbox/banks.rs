//! The test bank accounts: the one place that says what each account number does.
//!
//! A number outside the table settles at once. Any routing number with the right check digit and any
//! name will do. A debit is asked for by an authorisation, which is known when the bank has settled
//! or returned it; days are days of product time.

use super::cards::{Delivery, Does, at};
use super::code;
use crate::key::Kind;

/// One line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TestBank {
    /// The line's name, which the statement repeats.
    pub name: &'static str,
    /// The account number that has this effect.
    pub number: &'static str,
    /// The effect.
    pub does: Does,
    /// Whether the account is known to be its owner's as soon as it is added.
    pub verified: bool,
    /// The effect in words.
    pub says: &'static str,
}

/// Every test bank account.
pub const BANKS: &[TestBank] = &[
    settles("settled_at_once", "000100000000", 0, "settles at once"),
    settles(
        "settled_after_1_day",
        "000100000001",
        1,
        "settles after 1 day",
    ),
    settles(
        "settled_after_3_days",
        "000100000003",
        3,
        "settles after 3 days",
    ),
    settles(
        "settled_after_5_days",
        "000100000005",
        5,
        "settles after 5 days",
    ),
    returns(
        "no_account",
        "000200000000",
        0,
        code::RETURNED_NO_ACCOUNT,
        "returned at once: no such account",
    ),
    returns(
        "returned_insufficient_funds",
        "000200000002",
        2,
        code::RETURNED_INSUFFICIENT_FUNDS,
        "returned after 2 days: funds",
    ),
    returns(
        "returned_account_closed",
        "000200000003",
        3,
        code::RETURNED_ACCOUNT_CLOSED,
        "returned after 3 days: account closed",
    ),
    returns(
        "returned_late",
        "000200000006",
        6,
        code::RETURNED_NOT_AUTHORIZED,
        "returned late, after 6 days: the holder says it was not authorised",
    ),
    TestBank {
        name: "bank_lost_then_settled",
        number: "000300000001",
        does: at(Kind::Authorize, None, Delivery::Lost),
        verified: true,
        says: "settles at once, the answer is lost; a look-up finds it",
    },
    TestBank {
        name: "bank_returned_at_collection",
        number: "000300000002",
        does: at(
            Kind::Capture,
            Some(code::RETURNED_INSUFFICIENT_FUNDS),
            Delivery::Prompt,
        ),
        verified: true,
        says: "settles at once, then returned when the money is collected",
    },
    TestBank {
        name: "bank_never_recorded",
        number: "000300000003",
        does: at(Kind::Authorize, None, Delivery::NeverRecorded),
        verified: true,
        says: "no answer and no trace: stays unknown until an operator resolves it",
    },
    TestBank {
        name: "unverified",
        number: "000400000000",
        does: Does::Approve,
        verified: false,
        says: "cannot pay until the operator verifies it; then settles at once",
    },
];

/// The table's line for an account number.
pub fn test_bank(number: &str) -> Option<&'static TestBank> {
    BANKS.iter().find(|bank| bank.number == number)
}

/// The table's line of a name, as a statement row repeats it.
pub(super) fn named(name: &str) -> Option<&'static TestBank> {
    BANKS.iter().find(|bank| bank.name == name)
}

const fn settles(
    name: &'static str,
    number: &'static str,
    days: u16,
    says: &'static str,
) -> TestBank {
    TestBank {
        name,
        number,
        does: at(Kind::Authorize, None, after(days)),
        verified: true,
        says,
    }
}

const fn returns(
    name: &'static str,
    number: &'static str,
    days: u16,
    code: &'static str,
    says: &'static str,
) -> TestBank {
    TestBank {
        name,
        number,
        does: at(Kind::Authorize, Some(code), after(days)),
        verified: true,
        says,
    }
}

const fn after(days: u16) -> Delivery {
    match days {
        0 => Delivery::Prompt,
        days => Delivery::Settling { days },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bank::BankNumber;
    use crate::sandbox::CARDS;

    #[test]
    fn the_table_names_each_number_and_each_name_once() {
        for (index, bank) in BANKS.iter().enumerate() {
            let number = BankNumber::parse(bank.number).unwrap();
            assert_eq!(number.digits(), bank.number, "{}", bank.name);
            assert_eq!(test_bank(bank.number), Some(bank));
            assert_eq!(named(bank.name), Some(bank));
            assert!(CARDS.iter().all(|card| card.name != bank.name));
            for other in &BANKS[index + 1..] {
                assert_ne!(bank.number, other.number);
                assert_ne!(bank.name, other.name);
            }
        }
    }
}
