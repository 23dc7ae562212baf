//! What FundPrepaid and SettleDebt share: money from the sender to the caller, as a payment moves it,
//! and with it the claim between the two.

use std::sync::Arc;

use super::draft::Draft;
use super::{magic_amounts, once, pay, payment, price, tally};
use crate::command::{By, Lanes, Stamp, Verdict};
use crate::rows::{Operation, PaymentMethod, TallyKind, Transaction};
use crate::{Asked, CallerReference, ReadSet, Refusal, TallyAsked, TallyId, WorkingSet};

/// A request to fund or to settle.
pub(super) struct Moving<'a> {
    pub(super) by: &'a By,
    pub(super) reference: &'a CallerReference,
    pub(super) asked: &'a TallyAsked,
    /// Prepaid is funded, credit is settled.
    pub(super) kind: TallyKind,
}

impl Moving<'_> {
    pub(super) fn reads(&self, seen: &WorkingSet, lanes: Lanes, want: &mut ReadSet) {
        once::want(self.by, self.reference, seen, want);
        payment::want_parties(self.by, &self.asked.as_payment(), seen, lanes, want);
        want.tallies.extend(TallyId::key(&self.asked.tally));
    }

    pub(super) fn decide(&self, seen: &WorkingSet, stamp: &Stamp) -> Verdict {
        let asked = match self.kind {
            TallyKind::Prepaid => Asked::FundPrepaid(self.asked.clone()),
            TallyKind::Credit => Asked::SettleDebt(self.asked.clone()),
        };
        once::decide(self.by, self.reference, asked, seen, |asked| {
            self.accept(asked, seen, stamp)
        })
    }

    fn accept(
        &self,
        asked: &Arc<Asked>,
        seen: &WorkingSet,
        stamp: &Stamp,
    ) -> Result<Verdict, Refusal> {
        let operation = match self.kind {
            TallyKind::Prepaid => Operation::FundPrepaid,
            TallyKind::Credit => Operation::SettleDebt,
        };
        payment::check_caller(self.by, seen)?;
        let tally = tally::named(&self.asked.tally, self.kind, self.by, seen)?;
        let like = self.asked.as_payment();
        let parties = payment::parties(self.by, operation, &like, seen, stamp)?;
        if parties.tally.map(|own| own.key) != Some(tally.key) {
            let reason = "The sender token belongs to another instrument.".to_owned();
            return Err(Refusal::IncompatibleTokens { reason });
        }
        let fees = price::price(&like, operation, &parties, stamp)?;
        match self.kind {
            TallyKind::Prepaid => tally::check_funding(tally, self.asked.amount)?,
            TallyKind::Credit => tally::check_debt(tally, self.asked.amount)?,
        }
        let mut draft = Draft::new(seen, stamp);
        pay::check_funds(&draft, &parties, self.asked.amount, &fees)?;
        magic_amounts::check(self.asked.amount, parties.method, stamp.terms.mode)?;
        let begun = payment::begin(&mut draft, self.by, self.reference, asked, &parties, &fees);
        let mut transaction = Transaction {
            settled: begun.amount,
            fees,
            ..begun
        };
        payment::consume(&mut draft, &transaction, &parties);
        match parties.method {
            PaymentMethod::Card | PaymentMethod::Bank => {
                let timeout = self.asked.timeout_mins;
                pay::send_to_processor(&mut draft, &mut transaction, timeout);
                tally::book_pending(&mut draft, &mut transaction);
            }
            PaymentMethod::Balance => {
                pay::complete(&mut draft, &mut transaction);
                tally::book_at_once(&mut draft, &mut transaction);
            }
            PaymentMethod::Debt | PaymentMethod::Prepaid => {
                unreachable!("no claim funds or settles another")
            }
        }
        Ok(draft.answer_with(transaction))
    }
}
