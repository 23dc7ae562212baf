//! Whether a payment keeps to an instruction.

use std::cmp::Ordering;

use money::{Amount, Rate};

use super::{Assertion, Condition, Instruction, Relation, Value, Variable};
use crate::Timestamp;
use crate::refusal::Party;
use crate::rows::{Payer, PaymentMethod};

/// A payment that somebody wants to make.
#[derive(Clone, Copy, Debug)]
pub struct Proposed<'a> {
    /// The role in which the token is used.
    pub role: Party,
    /// The action: `Pay`, `Reserve`.
    pub operation: &'a str,
    /// How much.
    pub amount: Amount,
    /// When.
    pub at: Timestamp,
    /// By which means.
    pub method: PaymentMethod,
    /// Who pays the provider's fee.
    pub charge_fee_to: Payer,
    /// The sender's token.
    pub sender_token: &'a str,
    /// The recipient's token; empty when the caller itself is paid.
    pub recipient_token: &'a str,
    /// The fixed part of the marketplace fee.
    pub marketplace_fixed: Amount,
    /// The share of the marketplace.
    pub marketplace_rate: Rate,
}

impl Instruction {
    /// The first assertion that the payment breaks.
    pub fn objection(&self, proposed: &Proposed) -> Option<&Assertion> {
        self.assertions()
            .find(|assertion| !proposed.keeps(assertion))
    }
}

impl Proposed<'_> {
    /// Why the tokens do not fit, in the recorded words.
    pub fn reason(&self, broken: &Assertion) -> String {
        let role = role_name(self.role);
        let remark = match &broken.or_say {
            Some(text) => text.clone(),
            None => format!("Assertion Failed for {role}"),
        };
        format!("The payment instructions of the tokens do not allow this transaction: {remark}")
    }

    fn keeps(&self, assertion: &Assertion) -> bool {
        let is = self.value_of(assertion.variable);
        match &assertion.condition {
            Condition::Is(relation, value) => relation.holds(&is, value),
            Condition::Like(relation, other) => relation.holds(&is, &self.value_of(*other)),
            Condition::Among(list) => list.iter().any(|value| Relation::Equal.holds(&is, value)),
        }
    }

    fn value_of(&self, variable: Variable) -> Value {
        let text = |text: &str| Value::Text(text.to_owned());
        match variable {
            Variable::MyRole => text(role_name(self.role)),
            Variable::TransactionAmount => Value::Money(self.amount),
            Variable::TransactionTimestamp => Value::Moment(self.at),
            Variable::PaymentMethod => text(method_name(self.method)),
            Variable::ChargeFeeTo => text(match self.charge_fee_to {
                Payer::Caller => "Caller",
                Payer::Recipient => "Recipient",
            }),
            Variable::OperationType => text(self.operation),
            Variable::SenderToken => text(self.sender_token),
            Variable::RecipientToken => text(self.recipient_token),
            Variable::CallerToken => text(""),
            Variable::MarketplaceFixedFee => Value::Money(self.marketplace_fixed),
            Variable::MarketplaceVariableFee => Value::Percent(self.marketplace_rate),
        }
    }
}

impl Relation {
    /// Values of different kinds, or currencies, are never in any relation but `!=`.
    fn holds(self, one: &Value, other: &Value) -> bool {
        let order = match (one, other) {
            (Value::Text(one), Value::Text(other)) => Some(one.cmp(other)),
            (Value::Money(one), Value::Money(other)) => one.partial_cmp(other),
            (Value::Moment(one), Value::Moment(other)) => Some(one.cmp(other)),
            (Value::Percent(one), Value::Percent(other)) => Some(one.cmp(other)),
            (Value::Text(_) | Value::Money(_) | Value::Moment(_) | Value::Percent(_), _) => None,
        };
        match self {
            Relation::Equal => order == Some(Ordering::Equal),
            Relation::NotEqual => order != Some(Ordering::Equal),
            Relation::Less => order == Some(Ordering::Less),
            Relation::AtMost => order.is_some_and(Ordering::is_le),
            Relation::Greater => order == Some(Ordering::Greater),
            Relation::AtLeast => order.is_some_and(Ordering::is_ge),
        }
    }
}

pub(super) const fn role_name(role: Party) -> &'static str {
    match role {
        Party::Caller => "Caller",
        Party::Sender => "Sender",
        Party::Recipient => "Recipient",
    }
}

pub(super) const fn method_name(method: PaymentMethod) -> &'static str {
    match method {
        PaymentMethod::Card => "cc",
        PaymentMethod::Bank => "ach",
        PaymentMethod::Balance => "abt",
        PaymentMethod::Debt => "debt",
        PaymentMethod::Prepaid => "prepaid",
    }
}
