//! The test cards: the one place that says what each number does.
//!
//! A number outside the table is approved throughout. Any name, any expiry and any security code
//! will do.

use super::code;
use crate::card::Brand;
use crate::key::Kind;

/// How the answer to a call reaches the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// At once.
    Prompt,
    /// After [`super::SandboxOptions::slow`], although the decision is recorded at once.
    Slow,
    /// Only by look-up, once [`super::SandboxOptions::verification`] has passed.
    Verifying,
    /// Only by look-up, once so many days have passed: how bank accounts settle.
    Settling {
        /// Days, by the clock given at opening.
        days: u16,
    },
    /// Never: the connection breaks after the decision was recorded. A look-up or a repeat finds it.
    Lost,
    /// Never, and nothing is recorded, so that look-ups never find anything.
    NeverRecorded,
}

/// What a test card or test bank account makes the network do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Does {
    /// Every call is approved, as far as the rules of effect allow.
    Approve,
    /// One kind of call goes differently; the others are as for [`Does::Approve`].
    At {
        /// The kind of call.
        kind: Kind,
        /// The code to decline with; approved without one.
        decline: Option<&'static str>,
        /// How the answer travels.
        delivery: Delivery,
    },
}

/// One line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TestCard {
    /// The line's name, which the statement repeats.
    pub name: &'static str,
    /// The number that has this effect.
    pub number: &'static str,
    /// The effect.
    pub does: Does,
    /// The effect in words.
    pub says: &'static str,
}

impl TestCard {
    /// The card's network.
    pub fn brand(&self) -> Brand {
        Brand::of(self.number)
    }
}

impl Does {
    /// How it changes calls of a kind: the code to decline with, and how the answer travels.
    pub(super) fn at(self, asked: Kind) -> (Option<&'static str>, Delivery) {
        match self {
            Does::At {
                kind,
                decline,
                delivery,
            } if kind == asked => (decline, delivery),
            Does::At { .. } | Does::Approve => (None, Delivery::Prompt),
        }
    }
}

/// Every test card.
pub const CARDS: &[TestCard] = &[
    approves("approved_visa", "4242424242424242"),
    approves("approved_mastercard", "5555555555554444"),
    approves("approved_amex", "378282246310005"),
    approves("approved_discover", "6011111111111117"),
    declines(
        "declined",
        "4000000000000002",
        code::GENERIC_DECLINE,
        "declined, no reason given",
    ),
    declines(
        "insufficient_funds",
        "4000000000009995",
        code::INSUFFICIENT_FUNDS,
        "declined: funds",
    ),
    declines(
        "expired_card",
        "4000000000000069",
        code::EXPIRED_CARD,
        "declined: card expired",
    ),
    declines(
        "lost_card",
        "4000000000009987",
        code::LOST_CARD,
        "declined: reported lost",
    ),
    declines(
        "stolen_card",
        "4000000000009979",
        code::STOLEN_CARD,
        "declined: reported stolen",
    ),
    declines(
        "incorrect_cvc",
        "4000000000000127",
        code::INCORRECT_CVC,
        "declined: security code",
    ),
    declines(
        "do_not_honor",
        "4000000000003006",
        code::DO_NOT_HONOR,
        "declined: do not honour",
    ),
    declines(
        "processing_error",
        "4000000000000119",
        code::PROCESSING_ERROR,
        "declined: error",
    ),
    TestCard {
        name: "declined_at_capture",
        number: "4000000000000341",
        does: at(
            Kind::Capture,
            Some(code::CAPTURE_DECLINED),
            Delivery::Prompt,
        ),
        says: "reserved, then declined at settle",
    },
    TestCard {
        name: "declined_at_refund",
        number: "4000000000005126",
        does: at(Kind::Refund, Some(code::REFUND_DECLINED), Delivery::Prompt),
        says: "reserved and settled, then every refund is declined",
    },
    TestCard {
        name: "slow",
        number: "4000000000003014",
        does: at(Kind::Authorize, None, Delivery::Slow),
        says: "approved, the answer takes seconds",
    },
    TestCard {
        name: "slow_at_capture",
        number: "4000000000003022",
        does: at(Kind::Capture, None, Delivery::Slow),
        says: "reserved, the answer at settle takes seconds",
    },
    TestCard {
        name: "lost_then_approved",
        number: "4000000000003030",
        does: at(Kind::Authorize, None, Delivery::Lost),
        says: "approved, the answer is lost; a look-up finds it",
    },
    TestCard {
        name: "lost_then_declined",
        number: "4000000000003048",
        does: at(Kind::Authorize, Some(code::GENERIC_DECLINE), Delivery::Lost),
        says: "declined, the answer is lost; a look-up finds it",
    },
    TestCard {
        name: "lost_at_capture",
        number: "4000000000003055",
        does: at(Kind::Capture, None, Delivery::Lost),
        says: "reserved; settled, and that answer is lost; a look-up finds it",
    },
    TestCard {
        name: "lost_at_refund",
        number: "4000000000003063",
        does: at(Kind::Refund, None, Delivery::Lost),
        says: "refunds are done and their answers lost; a look-up finds them",
    },
    TestCard {
        name: "lost_at_void",
        number: "4000000000003071",
        does: at(Kind::Void, None, Delivery::Lost),
        says: "releasing is done and its answer lost; a look-up finds it",
    },
    TestCard {
        name: "never_recorded",
        number: "4000000000003089",
        does: at(Kind::Authorize, None, Delivery::NeverRecorded),
        says: "no answer and no trace: stays unknown until an operator resolves it",
    },
    TestCard {
        name: "verified_then_approved",
        number: "4000000000003097",
        does: at(Kind::Authorize, None, Delivery::Verifying),
        says: "under verification first, approved later",
    },
    TestCard {
        name: "verified_then_declined",
        number: "4000000000003105",
        does: at(
            Kind::Authorize,
            Some(code::GENERIC_DECLINE),
            Delivery::Verifying,
        ),
        says: "under verification first, declined later",
    },
];

/// The table's line for a number.
pub fn test_card(number: &str) -> Option<&'static TestCard> {
    CARDS.iter().find(|card| card.number == number)
}

/// The table's line of a name, as a statement row repeats it.
pub(super) fn named(name: &str) -> Option<&'static TestCard> {
    CARDS.iter().find(|card| card.name == name)
}

pub(super) const fn at(kind: Kind, decline: Option<&'static str>, delivery: Delivery) -> Does {
    Does::At {
        kind,
        decline,
        delivery,
    }
}

const fn approves(name: &'static str, number: &'static str) -> TestCard {
    TestCard {
        name,
        number,
        does: Does::Approve,
        says: "approved",
    }
}

const fn declines(
    name: &'static str,
    number: &'static str,
    code: &'static str,
    says: &'static str,
) -> TestCard {
    TestCard {
        name,
        number,
        does: at(Kind::Authorize, Some(code), Delivery::Prompt),
        says,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::CardNumber;

    #[test]
    fn the_table_names_each_number_and_each_name_once() {
        for (index, card) in CARDS.iter().enumerate() {
            let number = CardNumber::parse(card.number).unwrap();
            assert_eq!(number.digits(), card.number, "{}", card.name);
            assert!(card.brand() != Brand::Other, "{}", card.name);
            assert_eq!(test_card(card.number), Some(card));
            assert_eq!(named(card.name), Some(card));
            for other in &CARDS[index + 1..] {
                assert_ne!(card.number, other.number);
                assert_ne!(card.name, other.name);
            }
        }
    }
}
