//! Postings and entries: how money moves.

use money::Amount;
use serde::{Deserialize, Serialize};

use crate::LedgerAccount;

/// Money that moves, or a promise about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum Layer {
    /// Money moves.
    Money = 0,
    /// A hold is placed or released; no money moves.
    Hold = 1,
    /// Who owes whom changes; no money moves.
    Claim = 2,
}

/// One movement: `amount` leaves `debit` and reaches `credit`.
///
/// Both sides stand in one row, so a posting cannot be out of balance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Posting {
    /// Money or hold.
    pub layer: Layer,
    /// Where it comes from.
    pub debit: LedgerAccount,
    /// Where it goes.
    pub credit: LedgerAccount,
    /// How much; more than nothing.
    pub amount: Amount,
}

/// The postings of one event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    postings: Vec<Posting>,
}

impl Entry {
    /// An entry without postings yet.
    pub fn new() -> Entry {
        Entry::default()
    }

    /// Moves money. Moving nothing adds nothing.
    pub fn moves(&mut self, debit: LedgerAccount, credit: LedgerAccount, amount: Amount) {
        self.add(Layer::Money, debit, credit, amount);
    }

    /// Places or releases a hold. Holding nothing adds nothing.
    pub fn holds(&mut self, debit: LedgerAccount, credit: LedgerAccount, amount: Amount) {
        self.add(Layer::Hold, debit, credit, amount);
    }

    /// Changes who owes whom. Claiming nothing adds nothing.
    pub fn claims(&mut self, debit: LedgerAccount, credit: LedgerAccount, amount: Amount) {
        self.add(Layer::Claim, debit, credit, amount);
    }

    fn add(&mut self, layer: Layer, debit: LedgerAccount, credit: LedgerAccount, amount: Amount) {
        if amount.is_zero() || debit == credit {
            return;
        }
        self.postings.push(Posting {
            layer,
            debit,
            credit,
            amount,
        });
    }

    /// The postings in the order they were made.
    pub fn postings(&self) -> &[Posting] {
        &self.postings
    }

    /// Gives the postings away.
    pub fn into_postings(self) -> Vec<Posting> {
        self.postings
    }
}
