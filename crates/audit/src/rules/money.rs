//! What a transaction must have moved in all, from its state, and what its postings moved.
//!
//! The postings of a transaction are summed per ledger account and compared with a sum written
//! down here, per state. How many postings it took, and in which order, is the core's business.

use super::{Case, Facts, Notes};
use crate::numbers::{
    AUTHORISED, AVAILABLE, CLEARING, FPS_FEES, HELD, HOLD, INCOMING, MONEY, Method, Operation,
    PENDING_IN, PENDING_OUT, Payer, State, decimal, kind_name,
};
use crate::{Code, PostingRow, TransactionRow};

/// The change of each ledger account; a transaction touches few.
#[derive(Default)]
pub(super) struct Net(Vec<((i64, i64), i128)>);

impl Net {
    fn add(&mut self, (kind, owner): (i64, i64), amount: i128) {
        // The provider's accounts are one each.
        let account = (kind, if kind < AVAILABLE { 0 } else { owner });
        match self.0.iter_mut().find(|(known, _)| *known == account) {
            Some((_, sum)) => *sum += amount,
            None => self.0.push((account, amount)),
        }
    }

    pub(super) fn moves(&mut self, from: (i64, i64), to: (i64, i64), amount: i64) {
        self.add(from, -i128::from(amount));
        self.add(to, i128::from(amount));
    }

    pub(super) fn of(postings: &[PostingRow], layer: i64) -> Net {
        let mut net = Net::default();
        for posting in postings.iter().filter(|posting| posting.layer == layer) {
            net.moves(posting.debit, posting.credit, posting.amount);
        }
        net
    }

    fn at(&self, account: (i64, i64)) -> i128 {
        self.0
            .iter()
            .find(|(known, _)| *known == account)
            .map_or(0, |(_, sum)| *sum)
    }

    /// The first account on which two sums differ, in words.
    pub(super) fn difference(&self, should: &Net) -> Option<String> {
        let accounts = self.0.iter().chain(&should.0).map(|(account, _)| *account);
        let wrong = accounts
            .into_iter()
            .find(|account| self.at(*account) != should.at(*account));
        wrong.map(|(kind, owner)| {
            let did = decimal(self.at((kind, owner)));
            let should = decimal(should.at((kind, owner)));
            format!(
                "{} of {owner} changed by {did} instead of {should}",
                kind_name(kind)
            )
        })
    }
}

/// Holds and money are what the state says.
pub(super) fn judge(case: &Case, facts: Facts, notes: &mut Notes) {
    let row = case.row;
    let mut held = Net::default();
    let is_held = facts.operation == Operation::Reserve
        && (facts.state == State::Reserved || facts.state == State::Capturing);
    if is_held {
        held.moves((AUTHORISED, 0), (HELD, row.recipient), row.amount);
    }
    if let Some(text) = Net::of(case.postings, HOLD).difference(&held) {
        notes.note(Code::HoldDiffers, text);
    }
    let code = match facts.state {
        State::Authorising | State::Reserved | State::Capturing | State::Refunding => {
            Code::PendingDiffers
        }
        State::Succeeded => Code::ChargeDiffers,
        State::Failed | State::Cancelled => Code::EndedNotUndone,
    };
    if let Some(text) = Net::of(case.postings, MONEY).difference(&moved(row, facts)) {
        notes.note(code, text);
    }
}

/// What must have moved by now.
fn moved(row: &TransactionRow, facts: Facts) -> Net {
    let mut net = Net::default();
    if facts.method.is_claim() {
        return net;
    }
    match (facts.operation, facts.state) {
        (_, State::Failed | State::Cancelled | State::Reserved)
        | (Operation::Reserve | Operation::Settle, State::Authorising)
        | (Operation::WriteOffDebt, _) => {}
        (Operation::Refund, State::Succeeded) => refunded(&mut net, row, facts),
        (Operation::Refund, State::Authorising | State::Capturing | State::Refunding)
        | (_, State::Refunding) => set_aside(&mut net, row, facts),
        (
            Operation::Pay
            | Operation::FundPrepaid
            | Operation::SettleDebt
            | Operation::Reserve
            | Operation::Settle,
            State::Succeeded,
        ) => charged(&mut net, row, facts),
        (
            Operation::Pay | Operation::FundPrepaid | Operation::SettleDebt,
            State::Authorising | State::Capturing,
        )
        | (Operation::Reserve | Operation::Settle, State::Capturing) => {
            net.moves((INCOMING, 0), (PENDING_IN, row.recipient), row.settled);
            net.moves(
                (AVAILABLE, row.caller),
                (PENDING_OUT, row.caller),
                row.caller_held,
            );
        }
    }
    net
}

fn charged(net: &mut Net, row: &TransactionRow, facts: Facts) {
    let (caller, recipient) = ((AVAILABLE, row.caller), (AVAILABLE, row.recipient));
    let from = match facts.method {
        Method::Card | Method::Bank => (CLEARING, 0),
        Method::Balance | Method::Debt | Method::Prepaid => (AVAILABLE, row.sender),
    };
    net.moves(from, recipient, row.settled);
    net.moves(recipient, caller, row.marketplace_fee);
    let fee_from = match facts.payer {
        Payer::Caller => caller,
        Payer::Recipient => recipient,
    };
    net.moves(fee_from, (FPS_FEES, 0), row.fps_fee);
}

/// A refund: its sender is the one who was paid.
fn refunded(net: &mut Net, row: &TransactionRow, facts: Facts) {
    let (caller, payer) = ((AVAILABLE, row.caller), (AVAILABLE, row.sender));
    let to = match facts.method {
        Method::Card => (CLEARING, 0),
        Method::Bank | Method::Balance | Method::Debt | Method::Prepaid => {
            (AVAILABLE, row.recipient)
        }
    };
    net.moves(payer, to, row.settled);
    net.moves(caller, payer, row.marketplace_fee);
    let fee_to = match facts.payer {
        Payer::Caller => caller,
        Payer::Recipient => payer,
    };
    net.moves((FPS_FEES, 0), fee_to, row.fps_fee);
}

/// Set aside until the processor answers: the amount less the fees that will come back.
fn set_aside(net: &mut Net, row: &TransactionRow, facts: Facts) {
    let helped = match facts.payer {
        Payer::Recipient => row.fps_fee.saturating_add(row.marketplace_fee),
        Payer::Caller => row.marketplace_fee,
    };
    let own = row.settled.saturating_sub(helped).max(0);
    net.moves((AVAILABLE, row.sender), (PENDING_OUT, row.sender), own);
    net.moves(
        (AVAILABLE, row.caller),
        (PENDING_OUT, row.caller),
        row.marketplace_fee,
    );
}
