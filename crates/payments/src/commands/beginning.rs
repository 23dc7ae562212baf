//! How a payment's transaction begins, and what its acceptance uses up.

use std::sync::Arc;

use money::Amount;

use super::draft::Draft;
use super::payment::Parties;
use super::{once, usage};
use crate::command::By;
use crate::ids::key_time;
use crate::rows::{
    Fees, Operation, Refunds, Release, State, StatusCode, TokenStatus, TokenType, Transaction,
};
use crate::tables::written;
use crate::terms::TIMEOUT_MINS_DEFAULT;
use crate::time::MINUTE_MS;
use crate::{Asked, CallerReference, TransactionKey};

/// A new transaction, authorising, with nothing charged yet.
pub(super) fn begin(
    draft: &mut Draft,
    by: &By,
    reference: &CallerReference,
    asked: &Arc<Asked>,
    parties: &Parties,
    fees: &Fees,
) -> Transaction {
    let begun = Begun::of(asked);
    let key = TransactionKey(draft.key());
    let zero = Amount::zero(begun.amount.currency());
    let minutes = begun.timeout_mins.unwrap_or(TIMEOUT_MINS_DEFAULT);
    let received_at = key_time(key.0).max(draft.stamp.now);
    Transaction {
        key,
        nonce: draft.stamp.transaction_nonce(),
        operation: begun.operation,
        method: parties.method,
        caller: by.caller,
        sender: parties.sender_token.account,
        recipient: parties.recipient.key,
        sender_token: Some(parties.sender_token.key),
        recipient_token: parties.recipient_token.map(|token| token.key),
        instrument: parties.instrument.map(|instrument| instrument.key),
        tally: parties.tally.map(|tally| tally.key),
        parent: None,
        amount: begun.amount,
        received_at,
        caller_reference: reference.clone(),
        asked: asked.clone(),
        caller_date: by.date,
        timeout_at: received_at.plus_ms(i64::from(minutes) * MINUTE_MS),
        state: State::Authorising,
        code: StatusCode::PendingNetworkResponse,
        message: None,
        settled: zero,
        fee_lines: draft.stamp.terms.fees.lines_for(parties.method),
        fees: Fees {
            fps_fee: zero,
            marketplace_fee: zero,
            caller_held: zero,
            ..*fees
        },
        refunds: Refunds::none(zero.currency()),
        release: Release::None,
        events: 0,
        postings: 0,
        settle_mark: None,
        cancel_mark: None,
        completed_at: None,
        notify_url: begun.ipn_url.cloned(),
    }
}

/// What a request says about the transaction that it begins.
struct Begun<'a> {
    operation: Operation,
    amount: Amount,
    timeout_mins: Option<u32>,
    ipn_url: Option<&'a String>,
}

impl Begun<'_> {
    fn of(asked: &Asked) -> Begun<'_> {
        let (operation, amount, timeout_mins, ipn_url) = match asked {
            Asked::Pay(asked) => (
                Operation::Pay,
                asked.amount,
                asked.timeout_mins,
                &asked.ipn_url,
            ),
            Asked::Reserve(asked) => (
                Operation::Reserve,
                asked.amount,
                asked.timeout_mins,
                &asked.ipn_url,
            ),
            Asked::FundPrepaid(asked) => (
                Operation::FundPrepaid,
                asked.amount,
                asked.timeout_mins,
                &asked.ipn_url,
            ),
            Asked::SettleDebt(asked) => (
                Operation::SettleDebt,
                asked.amount,
                asked.timeout_mins,
                &asked.ipn_url,
            ),
            Asked::Refund(_) | Asked::WriteOffDebt(_) | Asked::CancelSubscription(_) => {
                unreachable!("neither a refund nor a write-off is a payment")
            }
        };
        Begun {
            operation,
            amount,
            timeout_mins,
            ipn_url: ipn_url.as_ref(),
        }
    }
}

/// Uses the sender's token and the caller reference: acceptance consumes.
pub(super) fn consume(draft: &mut Draft, transaction: &Transaction, parties: &Parties) {
    let token = usage::used(parties.sender_token, transaction.amount, parties.counted_at);
    debug_assert!(token.facts.kind != TokenType::SingleUse || token.status == TokenStatus::Used);
    draft.changes.tokens.push((token.key, written(token)));
    // A recipient's token for a single use is used up too; only an instruction makes one.
    let recipient = parties.recipient_token;
    let single = recipient.filter(|token| token.facts.kind == TokenType::SingleUse);
    if let Some(token) = single {
        let used = usage::used(token, transaction.amount, draft.stamp.now);
        draft.changes.tokens.push((used.key, written(used)));
    }
    once::bind(draft, transaction);
}
