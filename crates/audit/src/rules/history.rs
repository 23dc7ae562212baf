//! Histories: dense, legal, and in agreement with the transaction.

use super::{Case, Facts, Notes};
use crate::numbers::{Operation, State, Status, Why};
use crate::{Code, EventRow};

/// Whether every number of an event stands for something.
pub(crate) fn is_known(event: &EventRow) -> bool {
    Operation::of(event.operation).is_some()
        && Status::of(event.status).is_some()
        && Why::of(event.code).is_some()
}

/// Events are numbered 1, 2, 3 … up to what the transaction says, in its currency.
pub(super) fn numbers(case: &Case, notes: &mut Notes) {
    let dense = (1_i64..)
        .zip(case.events)
        .all(|(number, event)| number == event.number);
    let count = i64::try_from(case.events.len()).unwrap_or(i64::MAX);
    notes.unless(
        dense && count == case.row.events && 0 < count,
        Code::EventNumbers,
        || format!("it says {} events; {count} are there", case.row.events),
    );
    let same = case
        .events
        .iter()
        .all(|event| event.currency == case.row.currency);
    notes.unless(same, Code::CurrencyDiffers, || {
        "an event is in another currency".to_owned()
    });
}

/// The history is a path that a transaction can take, and ends where the transaction stands.
pub(super) fn judge(case: &Case, facts: Facts, notes: &mut Notes) {
    if let Some(number) = first_illegal(case, facts) {
        notes.note(
            Code::HistoryIllegal,
            format!("event {number} cannot follow"),
        );
    }
    agrees(case, facts, notes);
    let is_reserved = facts.state == State::Reserved;
    let has_ended = facts.state.has_ended();
    let fits = is_reserved == case.row.reserved_at.is_some()
        && has_ended == case.row.completed_at.is_some();
    notes.unless(fits, Code::MomentDisagrees, || {
        format!(
            "its state is {:?}, and its moments say otherwise",
            facts.state
        )
    });
}

fn agrees(case: &Case, facts: Facts, notes: &mut Notes) {
    let Some(last) = case.events.last() else {
        return;
    };
    let status = Status::of(last.status);
    let why = Why::of(last.code);
    // A payment whose hold a person looked into goes on to be captured without an event.
    let resolved = facts.operation.is_payment()
        && facts.state == State::Capturing
        && facts.why == Why::PendingNetworkResponse
        && why == Some(Why::PendingVerification);
    let is_refund = facts.operation == Operation::Refund;
    let at_once = facts.operation == Operation::WriteOffDebt;
    let possible = match facts.state {
        State::Authorising | State::Capturing | State::Cancelled => !is_refund && !at_once,
        State::Reserved => facts.operation == Operation::Reserve,
        State::Refunding => is_refund,
        State::Failed => !at_once,
        State::Succeeded => true,
    };
    let same = status == Some(facts.state.status()) && (why == Some(facts.why) || resolved);
    let was_settled = Operation::of(last.operation) == Some(Operation::Settle);
    let capturing = facts.operation != Operation::Reserve
        || facts.state.status() != Status::Pending
        || was_settled == (facts.state == State::Capturing);
    notes.unless(possible && same && capturing, Code::StateDisagrees, || {
        let state = facts.state;
        format!(
            "it is {state:?} ({:?}), its last event says {status:?} ({why:?})",
            facts.why
        )
    });
}

/// The number of the first event that cannot follow the one before it.
fn first_illegal(case: &Case, facts: Facts) -> Option<i64> {
    let mut before: Option<&EventRow> = None;
    let mut settling = false;
    for event in case.events {
        let legal = is_legal(facts, before, event, &mut settling);
        if !legal || before.is_some_and(|before| event.at < before.at) {
            return Some(event.number);
        }
        before = Some(event);
    }
    None
}

fn is_legal(
    facts: Facts,
    before: Option<&EventRow>,
    event: &EventRow,
    settling: &mut bool,
) -> bool {
    let (Some(status), Some(why)) = (Status::of(event.status), Why::of(event.code)) else {
        return false;
    };
    let from = before.and_then(|before| Status::of(before.status).zip(Why::of(before.code)));
    let operation = facts.operation;
    if from == Some((Status::Reserved, Why::Success)) && status == Status::Pending {
        *settling = true;
    }
    let shown = if *settling {
        Operation::Settle
    } else {
        operation
    };
    if Operation::of(event.operation) != Some(shown) {
        return false;
    }
    match (from, (status, why)) {
        (None, (Status::Pending, Why::PendingNetworkResponse)) => {
            operation != Operation::WriteOffDebt
        }
        // Without the processor all is done within the call.
        (None, (Status::Success, Why::Success)) => match operation {
            Operation::Refund | Operation::WriteOffDebt => true,
            Operation::Pay | Operation::FundPrepaid | Operation::SettleDebt => {
                !facts.method.needs_processor()
            }
            Operation::Reserve | Operation::Settle => false,
        },
        (Some((Status::Pending, _)), to) => leaves_pending(operation, *settling, from, to),
        (Some((Status::Reserved, _)), to) => [
            (Status::Pending, Why::PendingNetworkResponse),
            (Status::Cancelled, Why::Canceled),
            (Status::Cancelled, Why::Expired),
        ]
        .contains(&to),
        (None | Some((Status::Success | Status::Failure | Status::Cancelled, _)), _) => false,
    }
}

fn leaves_pending(
    operation: Operation,
    settling: bool,
    from: Option<(Status, Why)>,
    to: (Status, Why),
) -> bool {
    let verified = from == Some((Status::Pending, Why::PendingVerification));
    let reserving = operation == Operation::Reserve && !settling;
    let is_refund = operation == Operation::Refund;
    match to {
        // A payment can need a person twice: for its hold and for its capture.
        (Status::Pending, Why::PendingVerification) => !verified || operation.is_payment(),
        (Status::Reserved, Why::Success) => reserving,
        (Status::Success, Why::Success) => !reserving,
        (Status::Failure, Why::TransactionDenied) => true,
        (Status::Failure, Why::Expired) | (Status::Cancelled, Why::Canceled) => {
            !settling && !is_refund
        }
        (
            Status::Pending
            | Status::Reserved
            | Status::Success
            | Status::Failure
            | Status::Cancelled,
            Why::PendingNetworkResponse
            | Why::PendingVerification
            | Why::Success
            | Why::Canceled
            | Why::Expired
            | Why::TransactionDenied,
        ) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numbers::{Method, Payer, Release};

    const PENDING: (i64, i64) = (1, 1);
    const VERIFY: (i64, i64) = (1, 2);
    const RESERVED: (i64, i64) = (2, 3);
    const SUCCESS: (i64, i64) = (3, 3);
    const DENIED: (i64, i64) = (4, 6);
    const TIMED_OUT: (i64, i64) = (4, 5);
    const CANCELED: (i64, i64) = (5, 4);
    const EXPIRED: (i64, i64) = (5, 5);

    /// Operation, method, path, the place of its first illegal step.
    type Line = (Operation, Method, &'static [(i64, i64)], Option<usize>);

    /// Walks a path; its operations follow from it.
    fn illegal(operation: Operation, method: Method, path: &[(i64, i64)]) -> Option<usize> {
        let facts = Facts {
            operation,
            method,
            payer: Payer::Recipient,
            state: State::Succeeded,
            why: Why::Success,
            release: Release::None,
        };
        let (mut before, mut settling, mut shown) = (None, false, operation as i64);
        for (place, (status, code)) in path.iter().enumerate() {
            if place > 0 && path[place - 1] == RESERVED && *status == 1 {
                shown = Operation::Settle as i64;
            }
            let (number, at) = (1, 1);
            let (status, code) = (*status, *code);
            let operation = shown;
            let transaction = 1;
            let event = EventRow {
                transaction,
                number,
                at,
                operation,
                status,
                code,
                currency: 0,
            };
            if !is_legal(facts, before.as_ref(), &event, &mut settling) {
                return Some(place);
            }
            before = Some(event);
        }
        None
    }

    fn judge_all(table: &[Line]) {
        for (operation, method, path, place) in table {
            assert_eq!(
                illegal(*operation, *method, path),
                *place,
                "{operation:?} {path:?}"
            );
        }
    }

    #[test]
    fn histories_that_can_be_and_cannot_be() {
        let (card, balance) = (Method::Card, Method::Balance);
        let (pay, reserve, refund) = (Operation::Pay, Operation::Reserve, Operation::Refund);
        let table: &[Line] = &[
            (reserve, card, &[PENDING, RESERVED, PENDING, SUCCESS], None),
            (
                reserve,
                card,
                &[PENDING, RESERVED, PENDING, VERIFY, DENIED],
                None,
            ),
            (reserve, card, &[PENDING, VERIFY, RESERVED, CANCELED], None),
            (reserve, card, &[PENDING, RESERVED, EXPIRED], None),
            (reserve, card, &[PENDING, TIMED_OUT], None),
            (reserve, card, &[PENDING, CANCELED], None),
            (reserve, card, &[PENDING, DENIED], None),
            (reserve, card, &[RESERVED], Some(0)),
            (reserve, card, &[PENDING, SUCCESS], Some(1)),
            (reserve, card, &[PENDING, EXPIRED], Some(1)),
            (reserve, card, &[PENDING, VERIFY, VERIFY], Some(2)),
            (reserve, card, &[PENDING, RESERVED, SUCCESS], Some(2)),
            (reserve, card, &[PENDING, RESERVED, DENIED], Some(2)),
            (
                reserve,
                card,
                &[PENDING, RESERVED, PENDING, RESERVED],
                Some(3),
            ),
            (
                reserve,
                card,
                &[PENDING, RESERVED, PENDING, CANCELED],
                Some(3),
            ),
            (
                reserve,
                card,
                &[PENDING, RESERVED, PENDING, TIMED_OUT],
                Some(3),
            ),
            (
                reserve,
                card,
                &[PENDING, RESERVED, CANCELED, PENDING],
                Some(3),
            ),
            (
                reserve,
                card,
                &[PENDING, RESERVED, PENDING, SUCCESS, SUCCESS],
                Some(4),
            ),
            (pay, card, &[PENDING, VERIFY, VERIFY, SUCCESS], None),
            (pay, card, &[PENDING, TIMED_OUT], None),
            (pay, balance, &[SUCCESS], None),
            (pay, card, &[SUCCESS], Some(0)),
            (pay, card, &[PENDING, RESERVED], Some(1)),
            (refund, card, &[PENDING, DENIED], None),
            (refund, card, &[SUCCESS], None),
            (refund, card, &[PENDING, CANCELED], Some(1)),
            (refund, card, &[PENDING, TIMED_OUT], Some(1)),
        ];
        judge_all(table);
    }

    #[test]
    fn histories_of_what_is_paid_ahead_or_later() {
        let (card, balance, debt) = (Method::Card, Method::Balance, Method::Debt);
        let fund = Operation::FundPrepaid;
        let (settle_debt, write_off) = (Operation::SettleDebt, Operation::WriteOffDebt);
        judge_all(&[
            (fund, card, &[PENDING, VERIFY, VERIFY, SUCCESS], None),
            (fund, card, &[PENDING, TIMED_OUT], None),
            (fund, balance, &[SUCCESS], None),
            (fund, card, &[SUCCESS], Some(0)),
            (settle_debt, card, &[PENDING, CANCELED], None),
            (settle_debt, card, &[PENDING, RESERVED], Some(1)),
            (write_off, debt, &[SUCCESS], None),
            (write_off, debt, &[PENDING], Some(0)),
            (write_off, debt, &[SUCCESS, CANCELED], Some(1)),
        ]);
    }
}
