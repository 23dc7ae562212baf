//! What an account has: available, on its way in, set aside.

use money::Amount;
use serde::{Deserialize, Serialize};

use crate::{AccountKind, Layer, Posting};

/// The balance of one account in one lane. A lane's part may be below zero when another lane holds
/// the credits; the sum over all lanes never is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balance {
    /// Micro-units that can be spent.
    pub available: i64,
    /// Micro-units being charged for this account.
    pub pending_in: i64,
    /// Micro-units set aside until a processor answers.
    pub pending_out: i64,
}

/// The balance would leave its range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overdrawn;

impl Balance {
    /// The balance after a posting, as far as it touches `owner`.
    pub fn after(self, posting: &Posting, owner: i64) -> Result<Balance, Overdrawn> {
        if posting.layer != Layer::Money {
            return Ok(self);
        }
        let amount = posting.amount;
        let mut balance = self;
        if posting.debit.owner == owner {
            balance = balance.debited(posting.debit.kind, amount)?;
        }
        if posting.credit.owner == owner {
            balance = balance.credited(posting.credit.kind, amount)?;
        }
        Ok(balance)
    }

    /// The balance after an amount left one of its parts.
    pub fn debited(self, kind: AccountKind, amount: Amount) -> Result<Balance, Overdrawn> {
        self.changed(kind, amount, i64::checked_sub)
    }

    /// The balance after an amount reached one of its parts.
    pub fn credited(self, kind: AccountKind, amount: Amount) -> Result<Balance, Overdrawn> {
        self.changed(kind, amount, i64::checked_add)
    }

    fn changed(
        mut self,
        kind: AccountKind,
        amount: Amount,
        by: fn(i64, i64) -> Option<i64>,
    ) -> Result<Balance, Overdrawn> {
        let part = match kind {
            AccountKind::Available => &mut self.available,
            AccountKind::PendingIn => &mut self.pending_in,
            AccountKind::PendingOut => &mut self.pending_out,
            AccountKind::ProcessorClearing
            | AccountKind::Incoming
            | AccountKind::Outgoing
            | AccountKind::FpsFees
            | AccountKind::Funding
            | AccountKind::Authorised
            | AccountKind::Held
            | AccountKind::Prepaid
            | AccountKind::PrepaidPending
            | AccountKind::Liability
            | AccountKind::Debt
            | AccountKind::DebtPending
            | AccountKind::Receivable => return Ok(self),
        };
        *part = by(*part, amount.micros()).ok_or(Overdrawn)?;
        Ok(self)
    }

    /// The sum of two lanes.
    pub fn plus(self, other: Balance) -> Option<Balance> {
        Some(Balance {
            available: self.available.checked_add(other.available)?,
            pending_in: self.pending_in.checked_add(other.pending_in)?,
            pending_out: self.pending_out.checked_add(other.pending_out)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Entry, LedgerAccount};
    use money::Currency;
    use proptest::prelude::*;

    fn usd(micros: i64) -> Amount {
        Amount::from_micros(micros, Currency::USD).expect("in range")
    }

    #[test]
    fn a_hold_moves_nothing() {
        let mut entry = Entry::new();
        let held = LedgerAccount::of(AccountKind::Held, 7);
        entry.holds(LedgerAccount::system(AccountKind::Authorised), held, usd(5));
        let before = Balance {
            available: 3,
            pending_in: 2,
            pending_out: 1,
        };
        assert_eq!(before.after(&entry.postings()[0], 7), Ok(before));
    }

    #[test]
    fn nothing_and_to_itself_are_no_postings() {
        let mut entry = Entry::new();
        let a = LedgerAccount::of(AccountKind::Available, 7);
        entry.moves(a, LedgerAccount::of(AccountKind::Available, 8), usd(0));
        entry.moves(a, a, usd(5));
        assert!(entry.postings().is_empty());
    }

    proptest! {
        #[test]
        fn money_between_two_is_conserved(moves in proptest::collection::vec((any::<bool>(), 1..1_000_000_i64), 0..50)) {
            let mut balances = [Balance::default(); 2];
            for (forth, micros) in moves {
                let (from, to) = if forth { (1, 2) } else { (2, 1) };
                let mut entry = Entry::new();
                entry.moves(
                    LedgerAccount::of(AccountKind::Available, from),
                    LedgerAccount::of(AccountKind::Available, to),
                    usd(micros),
                );
                for posting in entry.postings() {
                    balances[0] = balances[0].after(posting, 1).expect("fits");
                    balances[1] = balances[1].after(posting, 2).expect("fits");
                }
                prop_assert_eq!(balances[0].available + balances[1].available, 0);
            }
        }
    }
}
