//! The money: balances from postings, and postings from what happened to each transaction.

use std::collections::BTreeMap;

use ledger::{AccountKind, Layer, LedgerAccount};
use payments::rows::{Operation, Payer, PaymentMethod, State, Transaction};
use payments::tables::PostingRow;
use payments::{AccountKey, TransactionKey};

use super::expect;
use crate::Rows;

/// Micro-units by layer and ledger account.
pub(super) type Sums = BTreeMap<(Layer, LedgerAccount), i64>;

pub(super) fn audit(rows: &Rows, problems: &mut Vec<String>) {
    let all = sums(rows.postings.iter());
    zero_in_all(&all, problems);
    balances(rows, &all, problems);
    for transaction in rows.transactions.values() {
        moved(rows, transaction, problems);
        bounds(transaction, problems);
        refunds(rows, transaction, problems);
    }
}

pub(super) fn sums<'a>(postings: impl Iterator<Item = &'a PostingRow>) -> Sums {
    let mut sums = Sums::new();
    for row in postings {
        let posting = row.posting;
        let micros = posting.amount.micros();
        *sums.entry((posting.layer, posting.debit)).or_default() -= micros;
        *sums.entry((posting.layer, posting.credit)).or_default() += micros;
    }
    sums
}

fn zero_in_all(all: &Sums, problems: &mut Vec<String>) {
    for layer in [Layer::Money, Layer::Hold, Layer::Claim] {
        let sum: i64 = all
            .iter()
            .filter(|((of, _), _)| *of == layer)
            .map(|(_, sum)| sum)
            .sum();
        expect(sum == 0, problems, || {
            format!("{layer:?} is out of balance by {sum}")
        });
    }
}

fn balances(rows: &Rows, all: &Sums, problems: &mut Vec<String>) {
    for owner in rows.accounts.keys() {
        let stored = rows.balance(*owner);
        let parts = [
            (AccountKind::Available, stored.available),
            (AccountKind::PendingIn, stored.pending_in),
            (AccountKind::PendingOut, stored.pending_out),
        ];
        for (kind, stored) in parts {
            let posted = of(all, Layer::Money, kind, *owner);
            let differ = || format!("{owner} {kind:?}: stored {stored}, posted {posted}");
            expect(stored == posted, problems, differ);
            expect(0 <= posted, problems, || {
                format!("{owner} {kind:?} is below zero: {posted}")
            });
        }
        let held = of(all, Layer::Hold, AccountKind::Held, *owner);
        expect(0 <= held, problems, || {
            format!("{owner} holds less than nothing: {held}")
        });
    }
}

fn of(sums: &Sums, layer: Layer, kind: AccountKind, owner: AccountKey) -> i64 {
    let account = LedgerAccount::of(kind, owner.0);
    sums.get(&(layer, account)).copied().unwrap_or(0)
}

/// Compares what a transaction has moved with what its state says.
fn moved(rows: &Rows, transaction: &Transaction, problems: &mut Vec<String>) {
    let own = rows
        .postings
        .iter()
        .filter(|row| row.transaction == transaction.key);
    let mut posted = sums(own);
    // Claims are compared in `tallies`.
    posted.retain(|(layer, _), sum| *sum != 0 && *layer != Layer::Claim);
    let expected = due(transaction);
    let differ = || {
        let (key, state) = (transaction.key, transaction.state);
        format!("{key} {state:?}: posted {posted:?}, due {expected:?}")
    };
    expect(posted == expected, problems, differ);
}

/// What a transaction must have moved by now.
fn due(transaction: &Transaction) -> Sums {
    let mut due = Due::default();
    let (settled, fees) = (transaction.settled.micros(), transaction.fees);
    let (caller, recipient) = (transaction.caller, transaction.recipient);
    let is_payment = matches!(
        transaction.operation,
        Operation::Pay | Operation::FundPrepaid | Operation::SettleDebt
    );
    if matches!(
        transaction.method,
        PaymentMethod::Prepaid | PaymentMethod::Debt
    ) {
        // Claims only: no money moves.
        return due.0;
    }
    match (transaction.operation, transaction.state) {
        (Operation::Refund, State::Succeeded) => due.refunded(transaction),
        (Operation::Refund, State::Refunding) => {
            let aside = settled - helped(transaction);
            due.moves(
                available(transaction.sender),
                pending_out(transaction.sender),
                aside.max(0),
            );
            let fee = fees.marketplace_fee.micros();
            due.moves(available(caller), pending_out(caller), fee);
        }
        (_, State::Succeeded) => due.charged(transaction),
        (_, State::Reserved { .. }) => due.holds(transaction),
        (_, State::Capturing) => {
            due.pending(settled, caller, recipient, fees.caller_held.micros());
            if !is_payment {
                due.holds(transaction);
            }
        }
        (_, State::Authorising) if is_payment => {
            due.pending(settled, caller, recipient, fees.caller_held.micros());
        }
        (_, State::Authorising | State::Refunding | State::Failed | State::Cancelled) => {}
    }
    due.0.retain(|_, sum| *sum != 0);
    due.0
}

/// Of a refund, what comes back to the payer in fees.
fn helped(refund: &Transaction) -> i64 {
    let fees = refund.fees;
    match fees.payer {
        Payer::Recipient => fees.fps_fee.micros() + fees.marketplace_fee.micros(),
        Payer::Caller => fees.marketplace_fee.micros(),
    }
}

#[derive(Default)]
struct Due(Sums);

impl Due {
    fn moves(&mut self, from: LedgerAccount, to: LedgerAccount, micros: i64) {
        *self.0.entry((Layer::Money, from)).or_default() -= micros;
        *self.0.entry((Layer::Money, to)).or_default() += micros;
    }

    fn holds(&mut self, transaction: &Transaction) {
        let held = LedgerAccount::of(AccountKind::Held, transaction.recipient.0);
        let authorised = LedgerAccount::system(AccountKind::Authorised);
        let micros = transaction.amount.micros();
        *self.0.entry((Layer::Hold, authorised)).or_default() -= micros;
        *self.0.entry((Layer::Hold, held)).or_default() += micros;
    }

    fn pending(&mut self, settled: i64, caller: AccountKey, recipient: AccountKey, fee: i64) {
        let pending_in = LedgerAccount::of(AccountKind::PendingIn, recipient.0);
        self.moves(
            LedgerAccount::system(AccountKind::Incoming),
            pending_in,
            settled,
        );
        self.moves(available(caller), pending_out(caller), fee);
    }

    fn charged(&mut self, transaction: &Transaction) {
        let fees = transaction.fees;
        let recipient = available(transaction.recipient);
        let from = match transaction.method {
            PaymentMethod::Card | PaymentMethod::Bank => clearing(),
            PaymentMethod::Balance | PaymentMethod::Debt | PaymentMethod::Prepaid => {
                available(transaction.sender)
            }
        };
        self.moves(from, recipient, transaction.settled.micros());
        let caller = available(transaction.caller);
        self.moves(recipient, caller, fees.marketplace_fee.micros());
        let payer = match fees.payer {
            Payer::Recipient => recipient,
            Payer::Caller => caller,
        };
        self.moves(payer, provider(), fees.fps_fee.micros());
    }

    fn refunded(&mut self, refund: &Transaction) {
        let fees = refund.fees;
        let (payer, caller) = (available(refund.sender), available(refund.caller));
        let to = match refund.method {
            PaymentMethod::Card => clearing(),
            PaymentMethod::Bank
            | PaymentMethod::Balance
            | PaymentMethod::Debt
            | PaymentMethod::Prepaid => available(refund.recipient),
        };
        self.moves(payer, to, refund.settled.micros());
        self.moves(caller, payer, fees.marketplace_fee.micros());
        let back_to = match fees.payer {
            Payer::Recipient => payer,
            Payer::Caller => caller,
        };
        self.moves(provider(), back_to, fees.fps_fee.micros());
    }
}

fn available(owner: AccountKey) -> LedgerAccount {
    LedgerAccount::of(AccountKind::Available, owner.0)
}

fn pending_out(owner: AccountKey) -> LedgerAccount {
    LedgerAccount::of(AccountKind::PendingOut, owner.0)
}

fn clearing() -> LedgerAccount {
    LedgerAccount::system(AccountKind::ProcessorClearing)
}

fn provider() -> LedgerAccount {
    LedgerAccount::system(AccountKind::FpsFees)
}

fn bounds(transaction: &Transaction, problems: &mut Vec<String>) {
    let key = transaction.key;
    let (refunds, fees, settled) = (transaction.refunds, transaction.fees, transaction.settled);
    let settled_fits = settled <= transaction.amount;
    expect(settled_fits, problems, || {
        format!("{key} settled more than reserved")
    });
    if transaction.operation == Operation::Refund {
        return;
    }
    let refunded = refunds
        .refunded
        .micros()
        .max(refunds.marketplace_refunded.micros());
    let refunded_fits = refunded <= settled.micros();
    expect(refunded_fits, problems, || {
        format!("{key} refunded more than settled")
    });
    let returned = refunds.fps_fee_returned <= fees.fps_fee
        && refunds.marketplace_fee_returned <= fees.marketplace_fee;
    expect(returned, problems, || {
        format!("{key} returned more fees than charged")
    });
    let whole = refunds.refunded == settled && !settled.is_zero();
    let all_back = !whole || refunds.fps_fee_returned == fees.fps_fee;
    expect(all_back, problems, || {
        format!("{key} is refunded whole, its fee is not")
    });
}

/// An original counts exactly the refunds that have not failed.
fn refunds(rows: &Rows, original: &Transaction, problems: &mut Vec<String>) {
    let mut sums = [0; 4];
    for child in children(rows, original.key).filter(|child| child.state != State::Failed) {
        sums[0] += child.settled.micros();
        sums[1] += child.refunds.marketplace_refunded.micros();
        sums[2] += child.fees.fps_fee.micros();
        sums[3] += child.fees.marketplace_fee.micros();
    }
    if original.operation == Operation::Refund {
        return;
    }
    let counted = original.refunds;
    let counted = [
        counted.refunded.micros(),
        counted.marketplace_refunded.micros(),
        counted.fps_fee_returned.micros(),
        counted.marketplace_fee_returned.micros(),
    ];
    let differ = || format!("{}: refunds {sums:?}, counted {counted:?}", original.key);
    expect(sums == counted, problems, differ);
}

fn children(rows: &Rows, parent: TransactionKey) -> impl Iterator<Item = &Transaction> {
    let related = rows
        .relations
        .iter()
        .filter(move |relation| relation.parent == parent);
    related.filter_map(|relation| rows.transactions.get(&relation.child))
}
