//! WriteOffDebt: what the sender owes is given up.

use std::sync::Arc;

use super::draft::{Draft, Tell};
use super::{once, payment, tally};
use crate::command::{By, Decide, Lanes, Stamp, Verdict};
use crate::rows::{
    Fees, Operation, PaymentMethod, Refunds, Release, State, StatusCode, Tally, TallyKind,
    Transaction,
};
use crate::{
    Asked, CallerReference, ReadSet, Refusal, Timestamp, TransactionKey, WorkingSet, WriteOffAsked,
};

/// Lowers what is owed on a credit instrument, and moves no money. It cannot be taken back.
#[derive(Clone, Debug)]
pub struct WriteOffDebt {
    /// Who asks.
    pub by: By,
    /// The caller's reference.
    pub reference: CallerReference,
    /// What is asked.
    pub asked: WriteOffAsked,
}

impl Decide for WriteOffDebt {
    fn reads(&self, seen: &WorkingSet, _lanes: Lanes, want: &mut ReadSet) {
        once::want(&self.by, &self.reference, seen, want);
        let key = self.asked.tally.key();
        want.tallies.extend(key);
        if let Some(tally) = key.and_then(|key| seen.tallies.peek(&key)) {
            want.accounts.extend([tally.sender, tally.recipient]);
        }
    }

    fn decide(&self, seen: &WorkingSet, stamp: &Stamp) -> Verdict {
        let asked = Asked::WriteOffDebt(self.asked.clone());
        once::decide(&self.by, &self.reference, asked, seen, |asked| {
            self.accept(asked, seen, stamp)
        })
    }
}

impl WriteOffDebt {
    fn accept(
        &self,
        asked: &Arc<Asked>,
        seen: &WorkingSet,
        stamp: &Stamp,
    ) -> Result<Verdict, Refusal> {
        payment::check_caller(&self.by, seen)?;
        let tally = tally::named(&self.asked.tally, TallyKind::Credit, &self.by, seen)?;
        self.check_amount(stamp)?;
        tally::check_debt(tally, self.asked.amount)?;
        let mut draft = Draft::new(seen, stamp);
        let mut transaction = self.begin(&mut draft, asked, tally);
        once::bind(&mut draft, &transaction);
        draft.event(&mut transaction, Tell::Listeners);
        tally::book_write_off(&mut draft, &mut transaction);
        Ok(draft.answer_with(transaction))
    }

    fn check_amount(&self, stamp: &Stamp) -> Result<(), Refusal> {
        let (amount, most) = (self.asked.amount, stamp.terms.amount_max);
        let refuse = |message: String| Err(Refusal::InvalidParams { message });
        if amount.currency() != stamp.terms.currency {
            return refuse(format!("currencyCode has to be {}.", stamp.terms.currency));
        }
        if amount.is_zero() || most < amount {
            return Err(Refusal::AmountOutOfRange { amount, most });
        }
        if !amount.is_whole_cents() {
            return refuse("adjustmentAmount must be in whole cents.".to_owned());
        }
        Ok(())
    }

    /// It is done as soon as it is made.
    fn begin(&self, draft: &mut Draft, asked: &Arc<Asked>, tally: &Tally) -> Transaction {
        let amount = self.asked.amount;
        Transaction {
            key: TransactionKey(draft.key()),
            nonce: draft.stamp.transaction_nonce(),
            operation: Operation::WriteOffDebt,
            method: PaymentMethod::Debt,
            caller: self.by.caller,
            sender: tally.sender,
            recipient: tally.recipient,
            sender_token: None,
            recipient_token: None,
            instrument: None,
            tally: Some(tally.key),
            parent: None,
            amount,
            received_at: draft.stamp.now,
            caller_reference: self.reference.clone(),
            asked: asked.clone(),
            caller_date: self.by.date,
            timeout_at: Timestamp::NEVER,
            state: State::Succeeded,
            code: StatusCode::Success,
            message: None,
            settled: amount,
            fee_lines: Arc::default(),
            fees: Fees::none(amount.currency()),
            refunds: Refunds::none(amount.currency()),
            release: Release::None,
            events: 0,
            postings: 0,
            settle_mark: None,
            cancel_mark: None,
            completed_at: Some(draft.stamp.now),
            notify_url: self.asked.ipn_url.clone(),
        }
    }
}
