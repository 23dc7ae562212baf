//! Claims: what each instrument holds, and what each transaction on one must have changed.

use ledger::{AccountKind, Layer, LedgerAccount};
use payments::AccountKey;
use payments::rows::{Operation, State, Tally, TallyKind, TokenRole, Transaction};

use super::books::{Sums, sums};
use super::expect;
use crate::Rows;

pub(super) fn audit(rows: &Rows, problems: &mut Vec<String>) {
    let all = sums(rows.postings.iter());
    for tally in rows.tallies.values() {
        balances(&all, tally, problems);
        limit(rows, tally, problems);
        tokens(rows, tally, problems);
    }
    for owner in rows.accounts.keys() {
        counterpart(rows, &all, *owner, problems);
    }
    for transaction in rows.transactions.values() {
        claimed(rows, transaction, problems);
    }
}

/// The ledger accounts of a tally: balance, pending, and the recipient's side.
fn accounts(tally: &Tally) -> [LedgerAccount; 3] {
    let (key, recipient) = (tally.key.0, tally.recipient.0);
    match tally.kind {
        TallyKind::Prepaid => [
            LedgerAccount::of(AccountKind::Prepaid, key),
            LedgerAccount::of(AccountKind::PrepaidPending, key),
            LedgerAccount::of(AccountKind::Liability, recipient),
        ],
        TallyKind::Credit => [
            LedgerAccount::of(AccountKind::Debt, key),
            LedgerAccount::of(AccountKind::DebtPending, key),
            LedgerAccount::of(AccountKind::Receivable, recipient),
        ],
    }
}

fn of(sums: &Sums, account: LedgerAccount) -> i64 {
    sums.get(&(Layer::Claim, account)).copied().unwrap_or(0)
}

fn balances(all: &Sums, tally: &Tally, problems: &mut Vec<String>) {
    let [balance, pending, _] = accounts(tally);
    let stored = (tally.balance.micros(), tally.pending.micros());
    let posted = (of(all, balance), of(all, pending));
    expect(stored == posted, problems, || {
        format!("tally {}: stored {stored:?}, posted {posted:?}", tally.key)
    });
}

/// Debt never passes its limit; what was paid ahead does so only by refunds.
fn limit(rows: &Rows, tally: &Tally, problems: &mut Vec<String>) {
    let own = rows.transactions.values();
    let refunds =
        own.filter(|row| row.tally == Some(tally.key) && row.operation == Operation::Refund);
    let back: i64 = match tally.kind {
        TallyKind::Prepaid => refunds.map(|row| row.settled.micros()).sum(),
        TallyKind::Credit => 0,
    };
    let bound = tally.limit.micros() + back;
    let held = tally.balance.micros() + tally.pending.micros();
    expect(held <= bound, problems, || {
        format!("tally {}: {held} is above its limit {bound}", tally.key)
    });
}

fn tokens(rows: &Rows, tally: &Tally, problems: &mut Vec<String>) {
    let roles = [
        (tally.spending_token, TokenRole::Sender),
        (
            tally.moving_token,
            match tally.kind {
                TallyKind::Prepaid => TokenRole::Funding,
                TallyKind::Credit => TokenRole::Settlement,
            },
        ),
    ];
    for (key, role) in roles {
        let fits = rows.tokens.get(&key).is_some_and(|token| {
            token.facts.role == role
                && token.facts.tally == Some(tally.key)
                && token.account == tally.sender
                && token.installer == tally.recipient
        });
        expect(fits, problems, || {
            format!("tally {}: its token {key} is not its own", tally.key)
        });
    }
}

/// What a recipient owes, or is owed, is what its tallies say.
fn counterpart(rows: &Rows, all: &Sums, owner: AccountKey, problems: &mut Vec<String>) {
    for (kind, side) in [
        (TallyKind::Prepaid, AccountKind::Liability),
        (TallyKind::Credit, AccountKind::Receivable),
    ] {
        let own = rows.tallies.values();
        let own = own.filter(|tally| tally.recipient == owner && tally.kind == kind);
        let sum: i64 = own
            .map(|tally| tally.balance.micros() + tally.pending.micros())
            .sum();
        let posted = of(all, LedgerAccount::of(side, owner.0));
        expect(posted == -sum, problems, || {
            format!("{owner} {side:?}: posted {posted}, its instruments hold {sum}")
        });
    }
}

/// Compares the claims that a transaction has changed with what its state says.
fn claimed(rows: &Rows, transaction: &Transaction, problems: &mut Vec<String>) {
    let own = rows.postings.iter();
    let own = own.filter(|row| row.transaction == transaction.key);
    let mut posted = sums(own);
    posted.retain(|(layer, _), sum| *sum != 0 && *layer == Layer::Claim);
    let mut expected = Sums::new();
    if let Some(tally) = transaction.tally.and_then(|key| rows.tallies.get(&key))
        && let Some((from, to)) = due(transaction, tally)
    {
        let micros = transaction.settled.micros();
        expected.insert((Layer::Claim, from), -micros);
        expected.insert((Layer::Claim, to), micros);
    }
    expect(posted == expected, problems, || {
        let (key, state) = (transaction.key, transaction.state);
        format!("{key} {state:?}: claims {posted:?}, due {expected:?}")
    });
}

/// Between which accounts a transaction must have moved its amount by now.
fn due(transaction: &Transaction, tally: &Tally) -> Option<(LedgerAccount, LedgerAccount)> {
    let [balance, pending, counter] = accounts(tally);
    let is_done = match transaction.state {
        State::Succeeded => true,
        State::Authorising | State::Capturing | State::Refunding => false,
        State::Reserved { .. } | State::Failed | State::Cancelled => return None,
    };
    match (transaction.operation, tally.kind) {
        (Operation::FundPrepaid, _) => Some((counter, if is_done { balance } else { pending })),
        (Operation::SettleDebt, _) => Some((balance, if is_done { counter } else { pending })),
        (Operation::Pay, TallyKind::Prepaid) | (Operation::Refund, TallyKind::Credit) => {
            Some((balance, counter))
        }
        (Operation::Pay, TallyKind::Credit) | (Operation::Refund, TallyKind::Prepaid) => {
            Some((counter, balance))
        }
        (Operation::WriteOffDebt, _) => Some((balance, counter)),
        (Operation::Reserve | Operation::Settle, _) => None,
    }
}
