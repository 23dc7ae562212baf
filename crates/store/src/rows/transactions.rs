//! Transactions: what was asked is written once, where the life stands again and again.

use crate::Outage;
use money::{Amount, Currency, FeeRule, Rate, Rounding};
use payments::rows::{Fees, Operation, PaymentMethod, Refunds, StatusCode, Transaction};
use payments::terms::{FeeLine, rule_of};
use payments::{AccountKey, Asked, InstrumentKey, TallyKey, TokenKey, TransactionKey};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::sync::Arc;

use super::codec::{Fields, Keyed, Values};
use super::numbers;

/// The table `transactions`.
pub struct Transactions;

/// A line of a fee schedule in short: from, millionths, fixed, minimum, rounded to micro-units.
type LineNumbers = (i64, u32, i64, i64, bool);

/// What is never asked about in SQL.
#[derive(Serialize, Deserialize)]
struct Details<'a> {
    asked: Cow<'a, Asked>,
    fee_lines: Cow<'a, [LineNumbers]>,
}

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
        to.put_json(&Details {
            asked: Cow::Borrowed(&row.asked),
            fee_lines: row.fee_lines.iter().map(numbers_of).collect(),
        })
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
        let agreed = Agreed::read(currency, from)?;
        let (state, reserved_at) = (from.get()?, from.get()?);
        let state = numbers::state_of(state, reserved_at)
            .ok_or_else(|| from.corrupt("state and reserved_at contradict each other"))?;
        let code = from.known_small("status code", StatusCode::from_number)?;
        let message = from.get()?;
        let settled = from.amount(currency)?;
        let fee_lines = lines_of(&agreed.details.fee_lines, currency)
            .ok_or_else(|| from.corrupt("a fee schedule that cannot be"))?;
        let rule = rule_of(&fee_lines, if settled.is_zero() { amount } else { settled });
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
            asked: Arc::new(agreed.details.asked.into_owned()),
            caller_date,
            timeout_at,
            state,
            code,
            message,
            settled,
            fee_lines,
            fees: Fees {
                rule,
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
    details: Details<'static>,
}

impl Agreed {
    fn read(currency: Currency, from: &mut impl Fields) -> Result<Agreed, Outage> {
        let payer = from.known("payer", numbers::payer_of)?;
        let marketplace_fixed = from.amount(currency)?;
        let marketplace_rate = Rate::from_millionths(from.get()?)
            .ok_or_else(|| from.corrupt("a share above the whole"))?;
        let details = from.json()?;
        Ok(Agreed {
            payer,
            marketplace_fixed,
            marketplace_rate,
            details,
        })
    }
}

fn numbers_of(line: &FeeLine) -> LineNumbers {
    let rule = &line.rule;
    let (fixed, minimum) = (rule.fixed.micros(), rule.minimum.micros());
    let fine = rule.rounding == Rounding::HalfUpToMicros;
    (
        line.from.micros(),
        rule.rate.millionths(),
        fixed,
        minimum,
        fine,
    )
}

fn lines_of(lines: &[LineNumbers], currency: Currency) -> Option<Arc<[FeeLine]>> {
    let amount = |micros| Amount::from_micros(micros, currency);
    let line = |(from, millionths, fixed, minimum, fine): &LineNumbers| {
        let rounding = if *fine {
            Rounding::HalfUpToMicros
        } else {
            Rounding::HalfUpToCents
        };
        let rule = FeeRule {
            rate: Rate::from_millionths(*millionths)?,
            fixed: amount(*fixed)?,
            minimum: amount(*minimum)?,
            rounding,
        };
        Some(FeeLine {
            from: amount(*from)?,
            rule,
        })
    };
    lines.iter().map(line).collect()
}
