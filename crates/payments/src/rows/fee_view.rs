//! The marketplace fee as a transaction of its own: a view of the payment that it was taken from.
//!
//! It costs no row. Its id is the payment's with every random bit turned over, so the payment is
//! found by it, and nobody who does not know the one can guess the other.

use super::{
    Event, Fees, Operation, PaymentMethod, Refunds, Release, State, Status, StatusCode, Transaction,
};
use crate::TransactionId;

impl Transaction {
    /// The id of its marketplace fee transaction.
    pub fn marketplace_fee_id(&self) -> TransactionId {
        TransactionId::of(self.key, &self.nonce.map(|byte| !byte))
    }

    /// The transaction that moved its marketplace fee: a Pay from the recipient to the caller, by
    /// account balance. There is none before the payment has succeeded.
    pub fn marketplace_fee_view(&self) -> Option<Transaction> {
        let fee = self.fees.marketplace_fee;
        let is_payment = match self.operation {
            Operation::Pay | Operation::Reserve | Operation::Settle => true,
            Operation::Refund
            | Operation::FundPrepaid
            | Operation::SettleDebt
            | Operation::WriteOffDebt => false,
        };
        if !is_payment || self.state != State::Succeeded || fee.is_zero() {
            return None;
        }
        Some(Transaction {
            nonce: self.nonce.map(|byte| !byte),
            operation: Operation::Pay,
            method: PaymentMethod::Balance,
            sender: self.recipient,
            recipient: self.caller,
            sender_token: self.recipient_token,
            recipient_token: None,
            instrument: None,
            tally: None,
            parent: Some(self.key),
            amount: fee,
            settled: fee,
            code: StatusCode::Success,
            message: None,
            fees: Fees::none(fee.currency()),
            refunds: Refunds::none(fee.currency()),
            release: Release::None,
            ..self.clone()
        })
    }

    /// The history of the view: the one moment at which the payment succeeded.
    pub fn marketplace_fee_events(&self, events: &[Event]) -> Vec<Event> {
        let succeeded = events.iter().find(|event| event.status == Status::Success);
        let shown = succeeded.map(|event| Event {
            number: 1,
            operation: Operation::Pay,
            amount: self.fees.marketplace_fee,
            message: None,
            ..event.clone()
        });
        shown.into_iter().collect()
    }
}
