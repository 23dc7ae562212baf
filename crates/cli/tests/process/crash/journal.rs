//! What the clients know: what they sent, and what was acknowledged.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Result;

use crate::harness::{Answer, Books, Caller, Received};

/// How far a request without a reference of its own came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tried {
    /// It was never sent.
    No,
    /// It was sent; whether it counted is unknown.
    Sent,
    /// It was acknowledged.
    Acknowledged,
}

impl Tried {
    fn of(answer: &Answer) -> Tried {
        match answer.text("Code").as_deref() {
            None => Tried::Acknowledged,
            Some("InvalidTransactionState") => Tried::No,
            Some(other) => panic!("{other}: {answer:?}"),
        }
    }
}

/// One request with a reference: a reservation or a refund.
#[derive(Clone, Debug)]
pub struct Request {
    /// Its reference.
    pub reference: String,
    /// The transaction that was acknowledged.
    pub id: Option<String>,
}

/// One reservation and what was done with it.
#[derive(Clone, Debug)]
pub struct Life {
    /// The reservation.
    pub reserve: Request,
    /// How much.
    pub amount: &'static str,
    /// Who is told of it, if anybody is.
    pub told_at: Option<String>,
    /// Whether it was settled.
    pub settle: Tried,
    /// Whether it was cancelled.
    pub cancel: Tried,
    /// Whether it was refunded.
    pub refund: Option<Request>,
}

impl Life {
    /// A life that begins.
    pub fn new(reference: String, amount: &'static str, told_at: Option<String>) -> Life {
        let reserve = Request {
            reference,
            id: None,
        };
        let (settle, cancel) = (Tried::No, Tried::No);
        Life {
            reserve,
            amount,
            told_at,
            settle,
            cancel,
            refund: None,
        }
    }

    /// Whether the network declines it: the protocol's magic amounts.
    pub fn is_declined(&self) -> bool {
        self.amount.contains(".6")
    }

    /// Sends the reservation, for the first time or again.
    pub fn reserve(&mut self, caller: &Caller) -> Result<()> {
        let mut parameters = caller.payment(&self.reserve.reference, self.amount);
        parameters.extend(self.told_at.as_deref().map(|url| ("OverrideIPNURL", url)));
        let answer = caller.try_call("Reserve", &parameters)?;
        self.reserve.acknowledge(&answer);
        Ok(())
    }

    /// Settles the reservation; nothing happens if it is not reserved.
    pub fn settle(&mut self, caller: &Caller, id: &str) -> Result<()> {
        self.settle = Tried::Sent;
        self.settle = Tried::of(&caller.try_call("Settle", &[("ReserveTransactionId", id)])?);
        Ok(())
    }

    /// Cancels the reservation; nothing happens if it was declined.
    pub fn cancel(&mut self, caller: &Caller, id: &str) -> Result<()> {
        self.cancel = Tried::Sent;
        self.cancel = Tried::of(&caller.try_call("Cancel", &[("TransactionId", id)])?);
        Ok(())
    }

    /// Gives half a dollar back, for the first time or again.
    pub fn refund(&mut self, caller: &Caller) -> Result<()> {
        let (Some(refund), Some(id)) = (&mut self.refund, &self.reserve.id) else {
            return Ok(());
        };
        let mut parameters = vec![
            ("TransactionId", id.as_str()),
            ("CallerReference", refund.reference.as_str()),
            ("RefundAmount.CurrencyCode", "USD"),
            ("RefundAmount.Value", "0.50"),
        ];
        parameters.extend(self.told_at.as_deref().map(|url| ("OverrideIPNURL", url)));
        let answer = caller.try_call("Refund", &parameters)?;
        refund.acknowledge(&answer);
        Ok(())
    }

    /// The statuses that the reservation may have in the end.
    fn ends(&self) -> &'static [&'static str] {
        match (self.is_declined(), self.settle, self.cancel) {
            (true, _, _) => &["Failure"],
            (_, Tried::Acknowledged, _) => &["Success"],
            (_, Tried::Sent, _) => &["Success", "Reserved"],
            (_, _, Tried::Acknowledged) => &["Cancelled"],
            (_, _, Tried::Sent) => &["Cancelled", "Reserved"],
            (_, Tried::No, Tried::No) => &["Reserved"],
        }
    }

    fn requests(&self) -> impl Iterator<Item = &Request> {
        std::iter::once(&self.reserve).chain(&self.refund)
    }
}

impl Request {
    fn acknowledge(&mut self, answer: &Answer) {
        if answer.text("Code").as_deref() == Some("OriginalTransactionIncomplete") {
            // The settle that it refunds is still under way; the same request may be sent again.
            return;
        }
        assert!(answer.is_ok(), "{}: {answer:?}", self.reference);
        let id = answer.must("TransactionId");
        match &self.id {
            None => self.id = Some(id),
            Some(known) => assert_eq!(*known, id, "{} made two transactions", self.reference),
        }
    }
}

/// Everything that was sent.
#[derive(Default)]
pub struct Journal {
    /// Each reservation.
    pub lives: Vec<Life>,
    statuses: BTreeMap<String, String>,
}

impl Journal {
    /// Sends every reference again: those without an answer get one, the others the same as before.
    pub fn send_unanswered(&mut self, caller: &Caller) -> Result<()> {
        for life in &mut self.lives {
            life.reserve(caller)?;
            life.refund(caller)?;
        }
        Ok(())
    }

    /// Every transaction has a status that its journal allows.
    pub fn assert_statuses(&mut self, caller: &Caller) {
        for life in &self.lives {
            let id = life.reserve.id.as_deref().expect("answered by now");
            let status = caller.status(id);
            assert!(life.ends().contains(&status.as_str()), "{status}: {life:?}");
            self.statuses.insert(id.to_owned(), status);
            if let Some(refund) = &life.refund {
                let id = refund.id.as_deref().expect("answered by now");
                assert_eq!(caller.status(id), "Success", "{life:?}");
            }
        }
    }

    /// Every reference made one transaction, and no transaction is without a reference sent.
    pub fn assert_booked_once(&self, books: &Books) {
        let mut made = books.by_reference();
        for request in self.lives.iter().flat_map(Life::requests) {
            let ids = made.remove(&request.reference).unwrap_or_default();
            assert_eq!(
                ids,
                request.id.iter().cloned().collect::<Vec<_>>(),
                "{request:?}"
            );
        }
        assert!(made.is_empty(), "nobody sent {made:?}");
    }

    /// The load was worth its name: every kind of life is among those that were proved.
    pub fn assert_varied(&self) {
        for status in ["Reserved", "Success", "Cancelled", "Failure"] {
            let found = self.statuses.values().filter(|one| *one == status).count();
            assert!(10 <= found, "{status}: {found} of {}", self.statuses.len());
        }
        let refunds = self
            .lives
            .iter()
            .filter(|life| life.refund.is_some())
            .count();
        assert!(5 <= refunds, "{refunds} refunds");
    }

    /// Every step of every life was told, with the same bytes whenever it was told again.
    pub fn assert_told(&self, received: &[Received]) {
        let mut bodies: BTreeMap<&str, &Received> = BTreeMap::new();
        let mut told: BTreeSet<(String, String, String)> = BTreeSet::new();
        for one in received {
            let first = bodies.entry(one.header("webhook-id")).or_insert(one);
            assert_eq!(
                (&first.body, &first.target),
                (&one.body, &one.target),
                "not the same again"
            );
            let field = |name| one.field(name).expect(name);
            told.insert((
                field("transactionId"),
                field("operation"),
                field("transactionStatus"),
            ));
        }
        for life in self.lives.iter().filter(|life| life.told_at.is_some()) {
            for step in self.steps(life) {
                assert!(told.contains(&step), "nobody was told {step:?} of {life:?}");
            }
        }
    }

    fn steps(&self, life: &Life) -> Vec<(String, String, String)> {
        let id = life.reserve.id.as_deref().expect("answered by now");
        let step = |id: &str, operation: &str, status: &str| {
            (id.to_owned(), operation.to_owned(), status.to_owned())
        };
        let end = self.statuses[id].as_str();
        let mut steps = vec![step(id, "RESERVE", "PENDING")];
        match end {
            "Failure" => steps.push(step(id, "RESERVE", "FAILURE")),
            // It may have been cancelled before it was reserved.
            "Cancelled" => steps.push(step(id, "RESERVE", "CANCELLED")),
            "Success" => {
                steps.push(step(id, "RESERVE", "RESERVED"));
                steps.push(step(id, "SETTLE", "SUCCESS"));
            }
            _ => steps.push(step(id, "RESERVE", "RESERVED")),
        }
        if let Some(refund) = life.refund.as_ref().and_then(|refund| refund.id.as_deref()) {
            steps.push(step(refund, "REFUND", "PENDING"));
            steps.push(step(refund, "REFUND", "SUCCESS"));
        }
        steps
    }
}
