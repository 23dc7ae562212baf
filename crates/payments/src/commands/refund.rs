//! Refund: give back what was charged, in part or in full, as often as it lasts.

use std::sync::Arc;

use money::{Amount, fee_returned};

use super::draft::{self, Draft, Tell};
use super::refund_books::{self, From};
use super::{charge, once, payment, settle, tally};
use crate::asked::RefundPolicy;
use crate::command::{By, Decide, Lanes, Stamp, Verdict};
use crate::refusal::Party;
use crate::rows::{
    Fees, Operation, Payer, PaymentMethod, Refunds, Release, State, StatusCode, Transaction,
    WorkKind,
};
use crate::tables::Relation;
use crate::{Asked, CallerReference, ReadSet, RefundAsked, Refusal, TransactionKey, WorkingSet};

/// Gives back.
#[derive(Clone, Debug)]
pub struct Refund {
    /// Who asks.
    pub by: By,
    /// The caller's reference.
    pub reference: CallerReference,
    /// What is asked.
    pub asked: RefundAsked,
}

/// Who gives back how much in one refund.
struct Shares {
    /// To the sender.
    to_sender: Amount,
    /// The part of the charge whose marketplace fee goes back.
    of_marketplace: Amount,
    /// Of the provider's fee, to whoever paid it.
    fps_fee: Amount,
    /// Of the marketplace fee, to the recipient.
    marketplace_fee: Amount,
    /// What leaves the recipient's balance.
    from_recipient: Amount,
}

impl Decide for Refund {
    fn reads(&self, seen: &WorkingSet, lanes: Lanes, want: &mut ReadSet) {
        once::want(&self.by, &self.reference, seen, want);
        want.transactions.extend(self.asked.transaction.key());
        draft::want_debit(self.by.caller, lanes, want);
        let found = self
            .asked
            .transaction
            .key()
            .and_then(|key| seen.transactions.peek(&key));
        if let Some(original) = found {
            draft::want_listeners(seen, original, want);
            want.tallies.extend(original.tally);
            want.accounts.insert(original.recipient);
            draft::want_debit(original.recipient, lanes, want);
            draft::want_credit(original.sender, lanes, want);
            if self.asked.ipn_url.is_some() {
                want.accounts.insert(original.sender);
            }
        }
    }

    fn decide(&self, seen: &WorkingSet, stamp: &Stamp) -> Verdict {
        let asked = Asked::Refund(self.asked.clone());
        once::decide(&self.by, &self.reference, asked, seen, |asked| {
            self.accept(asked, seen, stamp)
        })
    }
}

impl Refund {
    /// Gives back, under whichever request asked for it.
    pub(super) fn accept(
        &self,
        asked: &Arc<Asked>,
        seen: &WorkingSet,
        stamp: &Stamp,
    ) -> Result<Verdict, Refusal> {
        payment::check_caller(&self.by, seen)?;
        let original = settle::find(&self.asked.transaction, &self.by, seen)?;
        check_state(original)?;
        let shares = self.shares(original)?;
        let mut draft = Draft::new(seen, stamp);
        check_funds(&draft, original, &shares)?;

        let mut refund = self.begin(&mut draft, asked, original, &shares);
        let mut original = original.clone();
        add_refund(&mut original, &shares);
        once::bind(&mut draft, &refund);
        draft.changes.added.relations.push(Relation {
            parent: original.key,
            child: refund.key,
        });
        let is_card = original.method == PaymentMethod::Card;
        if is_card && !shares.to_sender.is_zero() {
            draft.event(&mut refund, Tell::Listeners);
            refund_books::set_aside(&mut draft, &mut refund, shares.from_recipient);
            draft.work(WorkKind::Refund, refund.key.0, stamp.now);
        } else {
            refund_books::succeed(
                &mut draft,
                &mut refund,
                &From::Balance(shares.from_recipient),
            );
        }
        draft.put(original);
        Ok(draft.answer_with(refund))
    }

    fn shares(&self, original: &Transaction) -> Result<Shares, Refusal> {
        let policy = self.asked.policy.unwrap_or(RefundPolicy::MasterTxnOnly);
        let (refunds, settled) = (&original.refunds, original.settled);
        let zero = Amount::zero(settled.currency());
        let done = match policy {
            RefundPolicy::MasterTxnOnly | RefundPolicy::MasterAndMarketplaceTxn => refunds.refunded,
            RefundPolicy::MarketplaceTxnOnly => refunds.marketplace_refunded,
        };
        let left = settled
            .minus(done)
            .expect("never more refunded than settled");
        // A marketplace that charged no fee has none to give back.
        let nothing_charged =
            policy == RefundPolicy::MarketplaceTxnOnly && original.fees.marketplace_fee.is_zero();
        if left.is_zero() || nothing_charged {
            return Err(Refusal::TransactionFullyRefundedAlready);
        }
        let amount = self.asked.amount.unwrap_or(left);
        Refund::check_amount(original, amount, left)?;
        let nothing = || Refusal::RefundAmountExceeded { left };
        let (to_sender, of_marketplace) = match policy {
            RefundPolicy::MasterTxnOnly => (amount, zero),
            RefundPolicy::MarketplaceTxnOnly => (zero, amount),
            RefundPolicy::MasterAndMarketplaceTxn => {
                let rest = settled
                    .minus(refunds.marketplace_refunded)
                    .ok_or_else(nothing)?;
                (amount, amount.at_most(rest))
            }
        };
        let fees = &original.fees;
        let refunded = refunds.refunded.plus(to_sender).ok_or_else(nothing)?;
        let marketplace = refunds
            .marketplace_refunded
            .plus(of_marketplace)
            .ok_or_else(nothing)?;
        let fps_fee = fee_returned(
            fees.fps_fee,
            refunded,
            settled,
            refunds.fps_fee_returned,
            fees.rule.rounding,
        );
        let marketplace_fee = fee_returned(
            fees.marketplace_fee,
            marketplace,
            settled,
            refunds.marketplace_fee_returned,
            money::Rounding::HalfUpToCents,
        );
        let fps_fee = if to_sender.is_zero() {
            zero
        } else {
            fps_fee.ok_or_else(nothing)?
        };
        let marketplace_fee = if of_marketplace.is_zero() {
            zero
        } else {
            marketplace_fee.ok_or_else(nothing)?
        };
        let helped = match fees.payer {
            Payer::Recipient => fps_fee.plus(marketplace_fee).ok_or_else(nothing)?,
            Payer::Caller => marketplace_fee,
        };
        let from_recipient = to_sender.minus_or_zero(helped);
        Ok(Shares {
            to_sender,
            of_marketplace,
            fps_fee,
            marketplace_fee,
            from_recipient,
        })
    }

    fn check_amount(original: &Transaction, amount: Amount, left: Amount) -> Result<(), Refusal> {
        if amount.currency() != left.currency() || amount.is_zero() {
            return Err(Refusal::AmountOutOfRange { amount, most: left });
        }
        if left < amount {
            return Err(Refusal::RefundAmountExceeded { left });
        }
        if original.method != PaymentMethod::Balance && !amount.is_whole_cents() {
            let message = "refundAmount must be in whole cents for this payment method.".to_owned();
            return Err(Refusal::InvalidParams { message });
        }
        Ok(())
    }

    fn begin(
        &self,
        draft: &mut Draft,
        asked: &Arc<Asked>,
        original: &Transaction,
        shares: &Shares,
    ) -> Transaction {
        let key = TransactionKey(draft.key());
        let zero = Amount::zero(original.settled.currency());
        let amount = if shares.to_sender.is_zero() {
            shares.marketplace_fee
        } else {
            shares.to_sender
        };
        Transaction {
            key,
            nonce: draft.stamp.transaction_nonce(),
            operation: Operation::Refund,
            // In a refund the sender is the one who was paid.
            sender: original.recipient,
            recipient: original.sender,
            parent: Some(original.key),
            amount,
            received_at: draft.stamp.now,
            caller_reference: self.reference.clone(),
            asked: asked.clone(),
            caller_date: self.by.date,
            timeout_at: crate::Timestamp::NEVER,
            state: State::Refunding,
            code: StatusCode::PendingNetworkResponse,
            message: None,
            settled: shares.to_sender,
            fees: Fees {
                fps_fee: shares.fps_fee,
                marketplace_fee: shares.marketplace_fee,
                caller_held: zero,
                ..original.fees
            },
            refunds: Refunds {
                marketplace_refunded: shares.of_marketplace,
                ..Refunds::none(zero.currency())
            },
            release: Release::None,
            events: 0,
            postings: 0,
            settle_mark: None,
            cancel_mark: None,
            completed_at: None,
            notify_url: self
                .asked
                .ipn_url
                .clone()
                .or_else(|| original.notify_url.clone()),
            ..original.clone()
        }
    }
}

/// Whether those who give back have it.
fn check_funds(draft: &Draft, original: &Transaction, shares: &Shares) -> Result<(), Refusal> {
    // A payment by a tally moved no money, and none goes back.
    if let Some(key) = original.tally {
        return tally::check_refund(draft.tally(key), shares.to_sender);
    }
    let needs = [
        (Party::Recipient, original.recipient, shares.from_recipient),
        (Party::Caller, original.caller, shares.marketplace_fee),
    ];
    charge::check_funds(draft, &needs)
}

fn check_state(original: &Transaction) -> Result<(), Refusal> {
    match original.operation {
        Operation::Pay | Operation::Reserve | Operation::Settle => {}
        Operation::Refund
        | Operation::FundPrepaid
        | Operation::SettleDebt
        | Operation::WriteOffDebt => return Err(Refusal::TransactionTypeNotRefundable),
    }
    let status = original.status();
    match original.state {
        State::Succeeded => Ok(()),
        State::Authorising | State::Capturing | State::Refunding => {
            Err(Refusal::OriginalTransactionIncomplete(status))
        }
        State::Failed => Err(Refusal::OriginalTransactionFailed),
        State::Reserved { .. } | State::Cancelled => Err(Refusal::InvalidTransactionState(status)),
    }
}

/// Counts a refund on its original at once: what is under way is no longer left.
fn add_refund(original: &mut Transaction, shares: &Shares) {
    let add = |sum: &mut Amount, more: Amount| {
        *sum = sum
            .plus(more)
            .expect("refunds were checked against what is left");
    };
    add(&mut original.refunds.refunded, shares.to_sender);
    add(
        &mut original.refunds.marketplace_refunded,
        shares.of_marketplace,
    );
    add(&mut original.refunds.fps_fee_returned, shares.fps_fee);
    add(
        &mut original.refunds.marketplace_fee_returned,
        shares.marketplace_fee,
    );
}
