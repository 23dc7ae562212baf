//! The life of a transaction: deadlines, time-outs, late answers, unknown outcomes.

use test_kit::check;

#[test]
fn a_reservation_ends_exactly_at_its_deadline() {
    check(
        "
        reserve R1 by shop from buyer 10.00
        answer  R1 authorize approved at +3s        -> reserved
        works   R1                                  # the cursor finds it
        expire  R1 at +7d                           -> done
        settle  R1 1.00 at +7d+3s-1ms               -> pending
    ",
    );
    check(
        "
        reserve R1 by shop from buyer 10.00
        answer  R1 authorize approved at +2h        -> reserved
        works   R1 Deadline                         # too late for the cursor
        expire  R1 at +7d+2h-1ms                    -> done
        works   R1 Deadline                         # early work is left for its time
        settle  R1 1.00 at +7d+2h                   -> refused ReservationExpired
        cancel  R1                                  -> refused ReservationExpired
        expire  R1                                  -> cancelled
        works   R1 Void
        look    R1                                  -> cancelled Expired
        release R1 Owed
        answer  R1 void approved                    -> cancelled
        release R1 Done
        works   R1
        history R1 pending reserved cancelled
    ",
    );
}

#[test]
fn a_time_out_ends_what_is_authorising_only() {
    check(
        "
        reserve R1 by shop from buyer 10.00 timeout 60
        works   R1 Authorize TimeOut
        expire  R1 at +1h-1ms                       -> done
        works   R1 Authorize TimeOut
        expire  R1 at +1h                           -> failure
        look    R1                                  -> failure Expired
        works   R1 Authorize
        release R1 Owed
        answer  R1 authorize approved               -> failure
        works   R1 Void
        answer  R1 void approved                    -> failure
        release R1 Done

        reserve R2 by shop from buyer 10.00 timeout 60
        answer  R2 authorize approved               -> reserved
        expire  R2 at +2h                           -> done
        works   R2
        look    R2                                  -> reserved Success

        reserve R3 by shop from buyer 10.00         # the usual seven days have no row
        works   R3 Authorize
        reserve R4 by shop from buyer 10.00 timeout 10080
        works   R4 Authorize
        expire  R4 at +2h+7d-1ms                    -> done
        expire  R4 at +2h+7d                        -> failure
    ",
    );
}

#[test]
fn a_late_answer_never_revives() {
    check(
        "
        reserve R1 by shop from buyer 10.00
        cancel  R1                                  -> cancelled
        release R1 Owed
        works   R1 Authorize
        answer  R1 authorize declined               -> cancelled
        release R1 Done
        works   R1

        pay     P1 by shop from buyer 10.00
        cancel  P1                                  -> cancelled
        balance shop 0
        answer  P1 authorize approved               -> cancelled
        works   P1 Void
        answer  P1 void unknown                     -> cancelled
        release P1 Owed
        works   P1 Void
        resolve P1 yes                              -> cancelled
        release P1 Done
        works   P1

        reserve R2 by shop from buyer 10.00
        answer  R2 authorize declined               -> failure
        release R2 None
        answer  R2 authorize approved               -> failure  # it contradicts itself
        release R2 Owed
        works   R2 Void
        history R2 pending failure
    ",
    );
}

/// An authorisation that the network will not let go stays owed, and on the operator's list.
#[test]
fn a_void_that_is_declined_waits_for_a_person() {
    check(
        "
        reserve R1 by shop from buyer 10.00
        answer  R1 authorize approved               -> reserved
        cancel  R1                                  -> cancelled
        answer  R1 void declined                    -> cancelled
        release R1 Owed
        works   R1 Void
        resolve R1 no                               -> cancelled
        works   R1 Void
        resolve R1 yes                              -> cancelled
        release R1 Done
        works   R1
    ",
    );
}

#[test]
fn an_unknown_outcome_waits_for_a_person() {
    check(
        "
        deposit shop 1.00
        reserve R1 by shop from buyer 10.00
        answer  R1 authorize unknown                -> pending
        look    R1                                  -> pending PendingVerification
        works   R1 Authorize
        settle  R1                                  -> refused InvalidTransactionState(Pending)
        answer  R1 authorize unknown                -> pending
        history R1 pending pending
        resolve R1 yes                              -> reserved
        works   R1
        settle  R1                                  -> pending
        look    R1                                  -> pending PendingNetworkResponse
        resolve R1 yes                              -> refused InvalidTransactionState(Pending)
        answer  R1 capture unknown                  -> pending
        look    R1                                  -> pending PendingVerification
        cancel  R1                                  -> refused InvalidTransactionState(Pending)
        resolve R1 no                               -> failure
        look    R1                                  -> failure TransactionDenied
        works   R1 Void

        pay     P1 by shop from buyer 10.00
        answer  P1 authorize unknown                -> pending
        resolve P1 yes                              -> pending
        works   P1 Capture
        answer  P1 capture unknown                  -> pending
        resolve P1 yes                              -> success
        refund  F1 of P1 5.00                       -> pending
        answer  F1 refund unknown                   -> pending
        look    F1                                  -> pending PendingVerification
        resolve F1 no                               -> failure
        refund  F2 of P1 5.00                       -> pending
        answer  F2 refund unknown                   -> pending
        resolve F2 yes                              -> success
        resolve F2 yes                              -> refused InvalidTransactionState(Success)
    ",
    );
}

/// A cancel while the outcome is unknown: the person says whether there is anything to release.
#[test]
fn a_person_resolves_what_was_cancelled_meanwhile() {
    check(
        "
        reserve R1 by shop from buyer 10.00
        answer  R1 authorize unknown                -> pending
        cancel  R1                                  -> cancelled
        works   R1 Authorize
        resolve R1 yes                              -> cancelled
        release R1 Owed
        works   R1 Void
        answer  R1 void approved
        release R1 Done

        reserve R2 by shop from buyer 10.00 timeout 60
        answer  R2 authorize unknown                -> pending
        expire  R2 at +1h                           -> failure
        resolve R2 no                               -> failure
        release R2 Done
        works   R2
    ",
    );
}

#[test]
fn a_failed_capture_voids_the_authorisation() {
    check(
        "
        reserve R1 by shop from buyer 10.00
        answer  R1 authorize approved               -> reserved
        settle  R1 4.00                             -> pending
        answer  R1 capture declined                 -> failure
        look    R1                                  -> failure TransactionDenied
        fees    R1 0
        works   R1 Void
        release R1 Owed
        balance shop 0

        pay     P1 by shop from buyer 10.00
        answer  P1 authorize approved
        answer  P1 capture declined                 -> failure
        works   P1 Void
        balance shop 0
    ",
    );
}
