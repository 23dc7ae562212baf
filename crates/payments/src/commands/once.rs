//! Once per caller reference: the first answer under a reference is the answer, for ever.

use std::sync::Arc;

use super::authority::{check_key, want_caller};
use super::draft::Draft;
use crate::command::{Answer, By, Outcome, Verdict};
use crate::rows::{Reference, Transaction};
use crate::tables::written;
use crate::{Asked, CallerReference, ChangeSet, ReadSet, Refusal, WorkingSet};

/// Adds what every request with a caller reference must see before anything else: what proves that
/// it may be made, the reference and, once that was read, the transaction it has made.
pub(super) fn want(by: &By, reference: &CallerReference, seen: &WorkingSet, want: &mut ReadSet) {
    want_caller(by, want);
    let name = (by.caller, reference.clone());
    if let Some(Reference::Transaction(transaction)) = seen.references.peek(&name) {
        want.transactions.insert(*transaction);
    }
    want.references.insert(name);
}

/// Gives the earlier answer of the reference, or decides now; a refusal is remembered.
pub(super) fn decide(
    by: &By,
    reference: &CallerReference,
    asked: Asked,
    seen: &WorkingSet,
    accept: impl FnOnce(&Arc<Asked>) -> Result<Verdict, Refusal>,
) -> Verdict {
    if let Err(refusal) = check_key(by, seen) {
        return Verdict::refuse(refusal);
    }
    if let Some(answer) = earlier_answer(by, reference, &asked, seen) {
        return Verdict {
            answer,
            changes: ChangeSet::default(),
        };
    }
    let asked = Arc::new(asked);
    accept(&asked).unwrap_or_else(|refusal| refuse(by, reference, asked, refusal))
}

/// Remembers which transaction its reference has made.
pub(super) fn bind(draft: &mut Draft, transaction: &Transaction) {
    let name = (transaction.caller, transaction.caller_reference.clone());
    let made = written(Reference::Transaction(transaction.key));
    draft.changes.references.push((name, made));
}

/// What the reference says: the earlier answer, a conflict, or nothing against deciding.
fn earlier_answer(
    by: &By,
    reference: &CallerReference,
    asked: &Asked,
    seen: &WorkingSet,
) -> Option<Answer> {
    let earlier = seen.references.get(&(by.caller, reference.clone()))?;
    let (before, answer) = match earlier {
        Reference::Transaction(key) => {
            let transaction = seen.transactions.get(key);
            let transaction = transaction.expect("a transaction is kept for ever");
            let (id, status) = (transaction.id(), transaction.status());
            (
                &transaction.asked,
                Some(Ok(Outcome::Transaction { id, status })),
            )
        }
        Reference::Refused { asked, refusal } => (asked, Some(Err(refusal.clone()))),
        Reference::Bound { asked } => (asked, None),
    };
    match before.first_difference(asked) {
        Some(difference) => Some(Err(Refusal::DuplicateRequest(difference))),
        None => answer,
    }
}

/// A refusal that is remembered: burnt when it is final, bound when it may pass.
fn refuse(by: &By, reference: &CallerReference, asked: Arc<Asked>, refusal: Refusal) -> Verdict {
    let mut verdict = Verdict::refuse(refusal.clone());
    if refusal == Refusal::AuthFailure || matches!(refusal, Refusal::DuplicateRequest(_)) {
        return verdict;
    }
    let row = if refusal.is_retriable() {
        Reference::Bound { asked }
    } else {
        Reference::Refused { asked, refusal }
    };
    verdict
        .changes
        .references
        .push(((by.caller, reference.clone()), written(row)));
    verdict
}
