//! A call as it travels to the writer thread.
//!
//! **Invariant:** the full number, the name and the expiry stay outside: an [`Ask`] has only what the
//! statement may keep. So two cards of one brand that share their last four digits are the same card
//! to the check for a reused key, and so are two bank accounts.

use super::{banks, cards};
use crate::call::{Authorize, Capture, Means, Refund, Void};
use crate::key::{Kind, ProcessorKey};
use crate::statement::{Network, StatementRow};

/// What the statement may keep of a card or bank account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Face {
    pub(super) last_four: String,
    pub(super) network: Network,
    pub(super) rule: String,
}

/// A call as the writer thread sees it.
#[derive(Debug, Clone)]
pub(super) struct Ask {
    pub(super) key: ProcessorKey,
    pub(super) asks: Asks,
}

/// What a call asks for.
#[derive(Debug, Clone)]
pub(super) enum Asks {
    Authorize {
        amount_micros: i64,
        currency: String,
        face: Face,
    },
    Capture {
        authorization: ProcessorKey,
        amount_micros: i64,
        currency: String,
    },
    Void {
        authorization: ProcessorKey,
    },
    Refund {
        capture: ProcessorKey,
        amount_micros: i64,
        currency: String,
    },
}

impl Ask {
    /// What the call asks to be done.
    pub(super) fn kind(&self) -> Kind {
        match self.asks {
            Asks::Authorize { .. } => Kind::Authorize,
            Asks::Capture { .. } => Kind::Capture,
            Asks::Void { .. } => Kind::Void,
            Asks::Refund { .. } => Kind::Refund,
        }
    }

    /// The earlier call that this one is about, and its kind.
    pub(super) fn refers_to(&self) -> Option<(&ProcessorKey, Kind)> {
        match &self.asks {
            Asks::Authorize { .. } => None,
            Asks::Capture { authorization, .. } | Asks::Void { authorization } => {
                Some((authorization, Kind::Authorize))
            }
            Asks::Refund { capture, .. } => Some((capture, Kind::Capture)),
        }
    }

    /// The amount and currency asked for; a void asks for none.
    pub(super) fn sum(&self) -> Option<(i64, &str)> {
        match &self.asks {
            Asks::Authorize {
                amount_micros,
                currency,
                ..
            }
            | Asks::Capture {
                amount_micros,
                currency,
                ..
            }
            | Asks::Refund {
                amount_micros,
                currency,
                ..
            } => Some((*amount_micros, currency)),
            Asks::Void { .. } => None,
        }
    }

    /// The first field in which this call differs from the one that its key already names.
    pub(super) fn first_difference(&self, row: &StatementRow) -> Option<&'static str> {
        let refers_to = self.refers_to().map(|(key, _)| key);
        if refers_to != row.refers_to.as_ref() {
            return Some("reference");
        }
        if let Some((amount_micros, currency)) = self.sum() {
            if amount_micros != row.amount_micros {
                return Some("amount");
            }
            if currency != row.currency {
                return Some("currency");
            }
        }
        match &self.asks {
            Asks::Authorize { face, .. } if *face != Face::of(row) => Some("card"),
            Asks::Authorize { .. }
            | Asks::Capture { .. }
            | Asks::Void { .. }
            | Asks::Refund { .. } => None,
        }
    }
}

impl Face {
    /// The card or bank account of an earlier row.
    pub(super) fn of(row: &StatementRow) -> Face {
        Face {
            last_four: row.last_four.clone(),
            network: row.network,
            rule: row.rule.clone(),
        }
    }
}

impl From<Authorize> for Ask {
    fn from(call: Authorize) -> Ask {
        let face = match &call.means {
            Means::Card(card) => Face {
                last_four: card.last_four().to_owned(),
                network: Network::Card(card.brand()),
                rule: cards::test_card(card.number.digits())
                    .map_or("", |card| card.name)
                    .to_owned(),
            },
            Means::Bank(bank) => Face {
                last_four: bank.number.last_four().to_owned(),
                network: Network::Bank,
                rule: banks::test_bank(bank.number.digits())
                    .map_or("", |bank| bank.name)
                    .to_owned(),
            },
        };
        let (amount_micros, currency) = (call.amount_micros, call.currency);
        Ask {
            key: call.key,
            asks: Asks::Authorize {
                amount_micros,
                currency,
                face,
            },
        }
    }
}

impl From<Capture> for Ask {
    fn from(call: Capture) -> Ask {
        let Capture {
            key,
            authorization_key: authorization,
            amount_micros,
            currency,
        } = call;
        Ask {
            key,
            asks: Asks::Capture {
                authorization,
                amount_micros,
                currency,
            },
        }
    }
}

impl From<Void> for Ask {
    fn from(call: Void) -> Ask {
        let Void {
            key,
            authorization_key: authorization,
        } = call;
        Ask {
            key,
            asks: Asks::Void { authorization },
        }
    }
}

impl From<Refund> for Ask {
    fn from(call: Refund) -> Ask {
        let Refund {
            key,
            capture_key: capture,
            amount_micros,
            currency,
        } = call;
        Ask {
            key,
            asks: Asks::Refund {
                capture,
                amount_micros,
                currency,
            },
        }
    }
}
