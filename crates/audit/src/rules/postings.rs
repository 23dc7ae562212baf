//! Postings: each by itself, and their lines.

use super::{Case, Notes};
use crate::numbers::{
    AUTHORISED, AVAILABLE, CLAIM, HELD, HOLD, MONEY, PREPAID, REASON_LAST, kind_place,
};
use crate::{Code, PostingRow};

/// Whether every number of a posting stands for something.
pub(crate) fn is_known(posting: &PostingRow) -> bool {
    let kinds = [posting.debit.0, posting.credit.0];
    kinds.iter().all(|kind| kind_place(*kind).is_some())
        && (1..=REASON_LAST).contains(&posting.reason)
        && [MONEY, HOLD, CLAIM].contains(&posting.layer)
}

/// What is wrong with a posting by itself.
pub(crate) fn fault(posting: &PostingRow) -> Option<Code> {
    if posting.amount <= 0 {
        return Some(Code::PostingAmount);
    }
    if posting.debit == posting.credit {
        return Some(Code::PostingToItself);
    }
    let sides = [posting.debit, posting.credit];
    let misplaced = sides.iter().any(|(kind, owner)| {
        layer_of(*kind) != posting.layer || (*kind < AVAILABLE) != (*owner == 0)
    });
    (misplaced && is_known(posting)).then_some(Code::PostingMisplaced)
}

/// The layer on which a kind of ledger account is moved.
fn layer_of(kind: i64) -> i64 {
    match kind {
        AUTHORISED | HELD => HOLD,
        PREPAID.. => CLAIM,
        _ => MONEY,
    }
}

/// Each posting, and their lines.
pub(super) fn judge(case: &Case, notes: &mut Notes) {
    for posting in case.postings {
        let line = posting.line;
        if let Some(code) = fault(posting) {
            let (from, to) = (posting.debit, posting.credit);
            let text = format!(
                "line {line} moves {} from {from:?} to {to:?}",
                posting.amount
            );
            notes.note(code, text);
        }
        let has_event = (1..=case.row.events).contains(&posting.event);
        notes.unless(has_event, Code::PostingWithoutEvent, || {
            format!("line {line} names event {}", posting.event)
        });
        notes.unless(
            posting.currency == case.row.currency,
            Code::CurrencyDiffers,
            || format!("line {line} is in another currency"),
        );
    }
    let dense = (1_i64..)
        .zip(case.postings)
        .all(|(line, posting)| line == posting.line);
    let count = i64::try_from(case.postings.len()).unwrap_or(i64::MAX);
    notes.unless(
        dense && count == case.row.postings,
        Code::PostingLines,
        || format!("it says {} postings; {count} are there", case.row.postings),
    );
}
