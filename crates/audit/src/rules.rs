//! The rules of one transaction, each written down a second time, by its own reading.

mod claims;
mod history;
mod limits;
mod money;
mod postings;

pub(crate) use postings::fault;

use crate::numbers::{
    AUTHORIZE, CAPTURE, Method, Operation, Payer, REFUND, Release, State, VOID, Why, public_id,
};
use crate::{Code, EventRow, Finding, Findings, PostingRow, RefundRow, Standing, TransactionRow};

/// A transaction with everything that belongs to it.
pub(crate) struct Case<'a> {
    pub(crate) row: &'a TransactionRow,
    pub(crate) events: &'a [EventRow],
    pub(crate) postings: &'a [PostingRow],
    pub(crate) refunds: &'a [RefundRow],
}

/// What the numbers of a transaction stand for.
#[derive(Clone, Copy)]
struct Facts {
    operation: Operation,
    method: Method,
    payer: Payer,
    state: State,
    why: Why,
    release: Release,
}

impl Facts {
    fn of(row: &TransactionRow) -> Option<Facts> {
        Some(Facts {
            operation: Operation::of(row.operation).filter(|it| *it != Operation::Settle)?,
            method: Method::of(row.method)?,
            payer: Payer::of(row.fee_payer)?,
            state: State::of(row.state)?,
            why: Why::of(row.code)?,
            release: Release::of(row.release)?,
        })
    }
}

/// Notes findings about one transaction.
struct Notes<'a> {
    row: &'a TransactionRow,
    findings: &'a mut Findings,
}

impl Notes<'_> {
    fn note(&mut self, code: Code, text: String) {
        let id = Some(public_id('1', self.row.key, &self.row.nonce));
        self.findings.add(Finding {
            code,
            key: self.row.key,
            id,
            text,
        });
    }

    fn unless(&mut self, holds: bool, code: Code, text: impl FnOnce() -> String) {
        if !holds {
            self.note(code, text());
        }
    }
}

impl Case<'_> {
    /// Judges the transaction. A row with an unknown number cannot be judged further.
    pub(crate) fn judge(&self, findings: &mut Findings) {
        let mut notes = Notes {
            row: self.row,
            findings,
        };
        postings::judge(self, &mut notes);
        history::numbers(self, &mut notes);
        limits::reference(self, &mut notes);
        let Some(facts) = Facts::of(self.row).filter(|_| self.numbers_are_known()) else {
            let text = "a number in it, its events or its postings stands for nothing".to_owned();
            notes.note(Code::UnknownNumber, text);
            return;
        };
        history::judge(self, facts, &mut notes);
        limits::judge(self, facts, &mut notes);
        limits::release(self, facts, &mut notes);
        limits::told(self, &mut notes);
        money::judge(self, facts, &mut notes);
        claims::judge(self, facts, &mut notes);
    }

    fn numbers_are_known(&self) -> bool {
        self.events.iter().all(history::is_known) && self.postings.iter().all(postings::is_known)
    }

    /// Where it stands.
    pub(crate) fn standing(&self) -> Standing {
        let last = self.events.last().map_or(0, |event| event.at);
        let ended_at = self.row.completed_at.unwrap_or(last);
        Standing {
            state: self.row.state,
            release: self.row.release,
            ended_at,
        }
    }
}

impl Standing {
    /// Whether its postings were final before a moment.
    pub(crate) fn is_final_before(&self, horizon: i64) -> bool {
        State::of(self.state).is_some_and(State::has_ended) && self.ended_at < horizon
    }

    /// The kinds of work of which one must exist, and what it means when none does.
    pub(crate) fn needs(&self) -> Option<(&'static [i64], Code)> {
        let owed = Release::of(self.release) == Some(Release::Owed);
        match State::of(self.state)? {
            State::Authorising => Some((&[AUTHORIZE], Code::OpenWithoutWork)),
            State::Capturing => Some((&[CAPTURE], Code::OpenWithoutWork)),
            State::Refunding => Some((&[REFUND], Code::OpenWithoutWork)),
            State::Failed | State::Cancelled if owed => {
                Some((&[AUTHORIZE, VOID], Code::ReleaseWithoutWork))
            }
            State::Reserved | State::Succeeded | State::Failed | State::Cancelled => None,
        }
    }
}
