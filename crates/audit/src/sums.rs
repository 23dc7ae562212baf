//! The balances as the postings make them: per account, and per kind of ledger account.

use std::collections::HashMap;

use crate::numbers::{AVAILABLE, CLAIM, KINDS, MONEY, PENDING_OUT, kind_place};
use crate::tallies::Claims;
use crate::{Outage, PostingRow};

/// Debits and credits of each kind, three parts for each account with money, and the claims.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sums {
    /// In the order of [`KINDS`]: what left, what arrived.
    pub(crate) kinds: [(i128, i128); KINDS.len()],
    /// Available, pending in, pending out.
    pub(crate) accounts: HashMap<i64, [i64; 3]>,
    /// Who owes whom.
    pub(crate) claims: Claims,
}

impl Sums {
    /// Counts a posting.
    pub(crate) fn count(&mut self, posting: &PostingRow) -> Result<(), Outage> {
        let amount = i128::from(posting.amount);
        if let Some(place) = kind_place(posting.debit.0) {
            self.kinds[place].0 += amount;
        }
        if let Some(place) = kind_place(posting.credit.0) {
            self.kinds[place].1 += amount;
        }
        if posting.layer == MONEY {
            self.move_part(posting.debit, posting.amount, i64::checked_sub)?;
            self.move_part(posting.credit, posting.amount, i64::checked_add)?;
        }
        if posting.layer == CLAIM {
            self.claims.count(posting)?;
        }
        Ok(())
    }

    fn move_part(
        &mut self,
        (kind, owner): (i64, i64),
        amount: i64,
        by: fn(i64, i64) -> Option<i64>,
    ) -> Result<(), Outage> {
        if !(AVAILABLE..=PENDING_OUT).contains(&kind) {
            return Ok(());
        }
        let place = usize::try_from(kind - AVAILABLE).expect("checked to be 0, 1 or 2");
        let part = &mut self.accounts.entry(owner).or_default()[place];
        *part = by(*part, amount).ok_or(Outage::Overflow { owner })?;
        Ok(())
    }
}
