//! Transactions: what was asked is written once, where the life stands again and again.

use crate::Outage;
use money::{Amount, Rate};
use payments::rows::{Fees, Operation, PaymentMethod, Refunds, StatusCode, Transaction};
use payments::terms::{FeeLine, rule_of};
use payments::{AccountKey, Asked, InstrumentKey, TallyKey, TokenId, TokenKey, TransactionKey};
use std::sync::Arc;

use super::codec::{Fields, Keyed, Values};
use super::details::{Beside, Details};
use super::numbers;

/// The table `transactions`.
pub struct Transactions;

impl Keyed for Transactions {
    type Key = TransactionKey;
    type Row = Transaction;
    const NAME: &'static str = "transactions";

    fn put_key(key: &TransactionKey, to: &mut impl Values) -> Result<(), Outage> {
        to.put(key.0)
    }

    fn put(row: &Transaction, to: &mut impl Values) -> Result<(), Outage> {
        Transactions::put_fixed(row, to)?;
        Transactions::put_changing(row, to)
    }

    fn put_fixed(row: &Transaction, to: &mut impl Values) -> Result<(), Outage> {
        to.put(row.nonce)?;
        to.put(row.operation as u8)?;
        to.put(row.method as u8)?;
        to.put(row.caller.0)?;
        to.put(row.sender.0)?;
        to.put(row.recipient.0)?;
        to.put(row.sender_token.map(|key| key.0))?;
        to.put(row.recipient_token.map(|key| key.0))?;
        to.put(row.instrument.map(|key| key.0))?;
        to.put(row.tally.map(|key| key.0))?;
        to.put(row.parent.map(|key| key.0))?;
        to.put(row.amount.currency().as_str())?;
        to.put(row.amount.micros())?;
        to.put(row.received_at.0)?;
        to.put(row.caller_reference.as_str())?;
        to.put(row.caller_date.0)?;
        to.put(row.timeout_at.0)?;
        to.put(numbers::payer(row.fees.payer))?;
        to.put(row.fees.marketplace_fixed.micros())?;
        to.put(row.fees.marketplace_rate.millionths())?;
        let details = Details::of(row, to.tokens_beside());
        to.put_json(&details)
    }

    fn put_changing(row: &Transaction, to: &mut impl Values) -> Result<(), Outage> {
        let (state, reserved_at) = numbers::state(row.state);
        to.put(state)?;
        to.put(reserved_at)?;
        to.put(row.code as u8)?;
        to.put(&row.message)?;
        to.put(row.settled.micros())?;
        to.put(row.fees.fps_fee.micros())?;
        to.put(row.fees.marketplace_fee.micros())?;
        to.put(row.fees.caller_held.micros())?;
        to.put(row.refunds.refunded.micros())?;
        to.put(row.refunds.marketplace_refunded.micros())?;
        to.put(row.refunds.fps_fee_returned.micros())?;
        to.put(row.refunds.marketplace_fee_returned.micros())?;
        to.put(numbers::release(row.release))?;
        to.put(row.events)?;
        to.put(row.postings)?;
        to.put(row.settle_mark)?;
        to.put(row.cancel_mark)?;
        to.put(row.completed_at.map(|at| at.0))?;
        to.put(&row.notify_url)
    }

    fn is_old(key: &TransactionKey, fresh_from: i64) -> bool {
        key.0 < fresh_from
    }

    fn read(key: &TransactionKey, from: &mut impl Fields) -> Result<Transaction, Outage> {
        let nonce = from.get()?;
        let operation = from.known_small("operation", Operation::from_number)?;
        let method = from.known_small("payment method", PaymentMethod::from_number)?;
        let [caller, sender, recipient] = [from.get()?, from.get()?, from.get()?].map(AccountKey);
        let tokens: [Option<i64>; 2] = [from.get()?, from.get()?];
        let [sender_token, recipient_token] = tokens.map(|token| token.map(TokenKey));
        let instrument = from.get::<Option<i64>>()?.map(InstrumentKey);
        let tally = from.get::<Option<i64>>()?.map(TallyKey);
        let parent = from.get::<Option<i64>>()?.map(TransactionKey);
        let currency = from.currency()?;
        let amount = from.amount(currency)?;
        let (received_at, caller_reference) = (from.moment()?, from.reference()?);
        let [caller_date, timeout_at] = [from.moment()?, from.moment()?];
        let agreed = Agreed::read(amount, sender_token, from)?;
        let (state, reserved_at) = (from.get()?, from.get()?);
        let state = numbers::state_of(state, reserved_at)
            .ok_or_else(|| from.corrupt("state and reserved_at contradict each other"))?;
        let code = from.known_small("status code", StatusCode::from_number)?;
        let message = from.get()?;
        let settled = from.amount(currency)?;
        let charged = if settled.is_zero() { amount } else { settled };
        Ok(Transaction {
            key: *key,
            nonce,
            operation,
            method,
            caller,
            sender,
            recipient,
            sender_token,
            recipient_token,
            instrument,
            tally,
            parent,
            amount,
            received_at,
            caller_reference,
            asked: agreed.asked,
            caller_date,
            timeout_at,
            state,
            code,
            message,
            settled,
            fees: Fees {
                rule: rule_of(&agreed.fee_lines, charged),
                payer: agreed.payer,
                marketplace_fixed: agreed.marketplace_fixed,
                marketplace_rate: agreed.marketplace_rate,
                fps_fee: from.amount(currency)?,
                marketplace_fee: from.amount(currency)?,
                caller_held: from.amount(currency)?,
            },
            refunds: Refunds {
                refunded: from.amount(currency)?,
                marketplace_refunded: from.amount(currency)?,
                fps_fee_returned: from.amount(currency)?,
                marketplace_fee_returned: from.amount(currency)?,
            },
            fee_lines: agreed.fee_lines,
            release: from.known("release", numbers::release_of)?,
            events: from.get()?,
            postings: from.get()?,
            settle_mark: from.get()?,
            cancel_mark: from.get()?,
            completed_at: from.moment_if_any()?,
            notify_url: from.get()?,
        })
    }
}

/// The fixed part of the fees, and the details.
struct Agreed {
    payer: payments::rows::Payer,
    marketplace_fixed: Amount,
    marketplace_rate: Rate,
    asked: Arc<Asked>,
    fee_lines: Arc<[FeeLine]>,
}

impl Agreed {
    fn read(
        amount: Amount,
        sender_token: Option<TokenKey>,
        from: &mut impl Fields,
    ) -> Result<Agreed, Outage> {
        let currency = amount.currency();
        let payer = from.known("payer", numbers::payer_of)?;
        let marketplace_fixed = from.amount(currency)?;
        let marketplace_rate = Rate::from_millionths(from.get()?)
            .ok_or_else(|| from.corrupt("a share above the whole"))?;
        let details: Details = from.json()?;
        let token = sender_token.zip(from.sender_token_nonce()?);
        let fee_lines = details.fee_lines(currency);
        let asked = details.asked(Beside {
            amount,
            sender_token: token.map(|(key, nonce)| TokenId::of(key, &nonce)),
        });
        let asked = asked.ok_or_else(|| from.corrupt("what was asked names no sender"))?;
        Ok(Agreed {
            payer,
            marketplace_fixed,
            marketplace_rate,
            asked: Arc::new(asked),
            fee_lines: fee_lines.ok_or_else(|| from.corrupt("a fee schedule that cannot be"))?,
        })
    }
}
