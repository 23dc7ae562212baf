//! The details of a transaction: what was asked, and the fee schedule.
//!
//! Most of what was asked stands in the row's other columns and in the row of the sender's token: the
//! amount, and the token's id, a fifth of the row. A database that reads the two rows together leaves
//! it out, the id only where the token written with it has that id: what stands in for unknown tokens
//! has another. Whole details are read by all.

use std::borrow::Cow;
use std::sync::Arc;

use money::{Amount, Currency, FeeRule, Rate, Rounding};
use payments::rows::{Descriptor, Payer, Transaction};
use payments::terms::FeeLine;
use payments::{
    Asked, CancellationAsked, PaymentAsked, RefundAsked, TallyAsked, TokenId, TokenKey,
    WriteOffAsked,
};
use serde::{Deserialize, Serialize};

use super::Tokens;
use super::codec::Change;

/// What is never asked about in SQL.
#[derive(Serialize, Deserialize)]
pub(super) struct Details<'a> {
    asked: Kept<'a>,
    fee_lines: Vec<Line>,
}

/// What says what the details leave out.
pub(super) struct Beside {
    pub(super) amount: Amount,
    pub(super) sender_token: Option<TokenId>,
}

/// [`Asked`], as it is kept.
#[derive(Serialize, Deserialize)]
enum Kept<'a> {
    Pay(Payment<'a>),
    Reserve(Payment<'a>),
    Refund(Cow<'a, RefundAsked>),
    FundPrepaid(Cow<'a, TallyAsked>),
    SettleDebt(Cow<'a, TallyAsked>),
    WriteOffDebt(Cow<'a, WriteOffAsked>),
    CancelSubscription(Cow<'a, CancellationAsked>),
}

/// [`PaymentAsked`], as it is kept.
#[derive(Serialize, Deserialize)]
struct Payment<'a> {
    /// Left out when it is the id of the sender's token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sender_token: Option<Cow<'a, TokenId>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    recipient_token: Option<Cow<'a, TokenId>>,
    /// Left out when it is the transaction's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    amount: Option<Amount>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    charge_fee_to: Option<Payer>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    caller_description: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sender_description: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    descriptor: Option<Descriptor>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    timeout_mins: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    marketplace_fixed: Option<Amount>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    marketplace_rate: Option<Rate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ipn_url: Option<Cow<'a, str>>,
}

/// A line of a fee schedule in numbers: from, millionths, fixed; then the minimum and whether it is
/// rounded to micro-units, which may be left out when they are 0 and `false`.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Line {
    Short(i64, u32, i64),
    Whole(i64, u32, i64, i64, bool),
}

impl<'a> Details<'a> {
    /// The details of a row, whole or, given the tokens that are written with it, without what
    /// stands beside them.
    pub(super) fn of(row: &'a Transaction, tokens: Option<&[Change<Tokens>]>) -> Details<'a> {
        let payment = |asked| Payment::of(asked, row, tokens);
        let asked = match &*row.asked {
            Asked::Pay(asked) => Kept::Pay(payment(asked)),
            Asked::Reserve(asked) => Kept::Reserve(payment(asked)),
            Asked::Refund(asked) => Kept::Refund(Cow::Borrowed(asked)),
            Asked::FundPrepaid(asked) => Kept::FundPrepaid(Cow::Borrowed(asked)),
            Asked::SettleDebt(asked) => Kept::SettleDebt(Cow::Borrowed(asked)),
            Asked::WriteOffDebt(asked) => Kept::WriteOffDebt(Cow::Borrowed(asked)),
            Asked::CancelSubscription(asked) => Kept::CancelSubscription(Cow::Borrowed(asked)),
        };
        let lines = row.fee_lines.iter();
        let fee_lines = lines.map(|line| Line::of(line, tokens.is_some())).collect();
        Details { asked, fee_lines }
    }

    /// What was asked; `None` when something is left out that nothing beside it says.
    pub(super) fn asked(self, beside: Beside) -> Option<Asked> {
        Some(match self.asked {
            Kept::Pay(asked) => Asked::Pay(asked.whole(beside)?),
            Kept::Reserve(asked) => Asked::Reserve(asked.whole(beside)?),
            Kept::Refund(asked) => Asked::Refund(asked.into_owned()),
            Kept::FundPrepaid(asked) => Asked::FundPrepaid(asked.into_owned()),
            Kept::SettleDebt(asked) => Asked::SettleDebt(asked.into_owned()),
            Kept::WriteOffDebt(asked) => Asked::WriteOffDebt(asked.into_owned()),
            Kept::CancelSubscription(asked) => Asked::CancelSubscription(asked.into_owned()),
        })
    }

    /// The fee schedule; `None` when there can be no such schedule.
    pub(super) fn fee_lines(&self, currency: Currency) -> Option<Arc<[FeeLine]>> {
        let lines = self.fee_lines.iter();
        lines.map(|line| line.whole(currency)).collect()
    }
}

impl<'a> Payment<'a> {
    fn of(
        asked: &'a PaymentAsked,
        row: &Transaction,
        tokens: Option<&[Change<Tokens>]>,
    ) -> Payment<'a> {
        let PaymentAsked {
            sender_token,
            recipient_token,
            amount,
            charge_fee_to,
            caller_description,
            sender_description,
            descriptor,
            timeout_mins,
            marketplace_fixed,
            marketplace_rate,
            ipn_url,
        } = asked;
        let is_beside = tokens.is_some_and(|tokens| has_id(tokens, row.sender_token, sender_token));
        let amount_is_beside = tokens.is_some() && *amount == row.amount;
        Payment {
            sender_token: (!is_beside).then_some(Cow::Borrowed(sender_token)),
            recipient_token: recipient_token.as_ref().map(Cow::Borrowed),
            amount: (!amount_is_beside).then_some(*amount),
            charge_fee_to: *charge_fee_to,
            caller_description: caller_description.as_deref().map(Cow::Borrowed),
            sender_description: sender_description.as_deref().map(Cow::Borrowed),
            descriptor: *descriptor,
            timeout_mins: *timeout_mins,
            marketplace_fixed: *marketplace_fixed,
            marketplace_rate: *marketplace_rate,
            ipn_url: ipn_url.as_deref().map(Cow::Borrowed),
        }
    }

    fn whole(self, beside: Beside) -> Option<PaymentAsked> {
        let sender_token = self.sender_token.map(Cow::into_owned);
        Some(PaymentAsked {
            sender_token: sender_token.or(beside.sender_token)?,
            recipient_token: self.recipient_token.map(Cow::into_owned),
            amount: self.amount.unwrap_or(beside.amount),
            charge_fee_to: self.charge_fee_to,
            caller_description: self.caller_description.map(Cow::into_owned),
            sender_description: self.sender_description.map(Cow::into_owned),
            descriptor: self.descriptor,
            timeout_mins: self.timeout_mins,
            marketplace_fixed: self.marketplace_fixed,
            marketplace_rate: self.marketplace_rate,
            ipn_url: self.ipn_url.map(Cow::into_owned),
        })
    }
}

/// Whether the token of that key is among these, which are in the order of their keys, and has that
/// id, letter by letter: what is left out comes back as that token's.
fn has_id(tokens: &[Change<Tokens>], key: Option<TokenKey>, id: &TokenId) -> bool {
    let at = key.and_then(|key| tokens.binary_search_by_key(&key, |(key, _)| *key).ok());
    let token = at.and_then(|at| tokens[at].1.as_deref());
    token.is_some_and(|token| token.id() == *id)
}

impl Line {
    fn of(line: &FeeLine, leave_out: bool) -> Line {
        let (from, rule) = (line.from.micros(), &line.rule);
        let (rate, fixed) = (rule.rate.millionths(), rule.fixed.micros());
        let fine = rule.rounding == Rounding::HalfUpToMicros;
        if leave_out && rule.minimum.is_zero() && !fine {
            Line::Short(from, rate, fixed)
        } else {
            Line::Whole(from, rate, fixed, rule.minimum.micros(), fine)
        }
    }

    fn whole(&self, currency: Currency) -> Option<FeeLine> {
        let (from, millionths, fixed, minimum, fine) = match *self {
            Line::Short(from, rate, fixed) => (from, rate, fixed, 0, false),
            Line::Whole(from, rate, fixed, minimum, fine) => (from, rate, fixed, minimum, fine),
        };
        let amount = |micros| Amount::from_micros(micros, currency);
        let rounding = if fine {
            Rounding::HalfUpToMicros
        } else {
            Rounding::HalfUpToCents
        };
        let rule = FeeRule {
            rate: Rate::from_millionths(millionths)?,
            fixed: amount(fixed)?,
            minimum: amount(minimum)?,
            rounding,
        };
        Some(FeeLine {
            from: amount(from)?,
            rule,
        })
    }
}

#[cfg(test)]
mod tests;
