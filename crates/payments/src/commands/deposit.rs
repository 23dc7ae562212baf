//! Deposit: the operator puts money on an account.

use ledger::{AccountKind, Entry, LedgerAccount};
use money::Amount;

use crate::command::{Decide, Lanes, Outcome, Stamp, Verdict};
use crate::tables::{PostingRow, Reason, written};
use crate::{AccountKey, ChangeSet, ReadSet, Refusal, TransactionKey, WorkingSet};

use super::draft;

/// Puts money on an account's balance: how a sandbox funds its senders, and an operator corrects.
#[derive(Clone, Debug)]
pub struct Deposit {
    /// Whose balance.
    pub account: AccountKey,
    /// How much.
    pub amount: Amount,
}

impl Decide for Deposit {
    fn reads(&self, _seen: &WorkingSet, lanes: Lanes, want: &mut ReadSet) {
        want.accounts.insert(self.account);
        draft::want_credit(self.account, lanes, want);
    }

    fn decide(&self, seen: &WorkingSet, stamp: &Stamp) -> Verdict {
        if seen.accounts.get(&self.account).is_none() {
            return Verdict::refuse(Refusal::NotFound);
        }
        let mut entry = Entry::new();
        let funding = LedgerAccount::system(AccountKind::Funding);
        entry.moves(funding, draft::available(self.account), self.amount);
        let lane = (self.account, stamp.lanes.own);
        let mut balance = seen.balances.get(&lane).copied().unwrap_or_default();
        let mut changes = ChangeSet::default();
        for (line, posting) in (1..).zip(entry.into_postings()) {
            let Ok(after) = balance.credited(posting.credit.kind, posting.amount) else {
                let (amount, most) = (self.amount, stamp.terms.amount_max);
                return Verdict::refuse(Refusal::AmountOutOfRange { amount, most });
            };
            balance = after;
            // A deposit stands alone: its postings have a key of their own and no transaction.
            let transaction = TransactionKey(stamp.key(0));
            let reason = Reason::Funded;
            changes.added.postings.push(PostingRow {
                transaction,
                line,
                event: 0,
                reason,
                posting,
            });
        }
        changes.balances.push((lane, written(balance)));
        Verdict {
            answer: Ok(Outcome::Done),
            changes,
        }
    }
}
