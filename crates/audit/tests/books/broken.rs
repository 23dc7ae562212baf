//! Every way of being wrong, as changes to correct books.

use audit::Code;

/// One way of breaking the books for each code; the finding must be that one, once, and no other.
pub const BROKEN: &[(Code, &str)] = &[
    (
        Code::BalanceDiffers,
        "UPDATE balances SET available = available + 1 WHERE account = 13",
    ),
    (
        Code::BalanceDiffers,
        "UPDATE balances SET pending_in = pending_in - 1 WHERE account = 13",
    ),
    (
        Code::BalanceDiffers,
        "DELETE FROM balances WHERE account = 12",
    ),
    (
        Code::BalanceDiffers,
        "INSERT INTO balances VALUES (12, 1, 0, 0, 5)",
    ),
    (
        Code::BalanceDiffers,
        "UPDATE postings SET amount = amount + 1 WHERE transaction_key = :deposit",
    ),
    (
        Code::BalanceNegative,
        "UPDATE postings SET amount = amount - 2000000 WHERE transaction_key = :deposit;
        UPDATE balances SET available = available - 2000000 WHERE account = 14",
    ),
    (
        Code::PostingAmount,
        "INSERT INTO postings SELECT transaction_key, 2, event, reason, layer,
        debit_kind, debit_owner, credit_kind, credit_owner, 0, currency FROM postings
        WHERE transaction_key = :held; UPDATE transaction_states SET postings = 2 WHERE key = :held",
    ),
    (
        Code::PostingToItself,
        "INSERT INTO postings SELECT transaction_key, 2, event, reason, layer,
        19, 13, 19, 13, 5, currency FROM postings WHERE transaction_key = :held;
        UPDATE transaction_states SET postings = 2 WHERE key = :held",
    ),
    (
        Code::PostingMisplaced,
        "UPDATE postings SET debit_owner = 7
        WHERE transaction_key = :settled AND debit_kind = 1",
    ),
    (
        Code::PostingLines,
        "UPDATE postings SET line = 2 WHERE transaction_key = :held",
    ),
    (
        Code::PostingWithoutEvent,
        "UPDATE postings SET event = 9 WHERE transaction_key = :held",
    ),
    (
        Code::PostingWithoutTransaction,
        "INSERT INTO postings SELECT transaction_key + 1, line, event,
        reason, layer, debit_kind, debit_owner, credit_kind, credit_owner, amount, currency
        FROM postings WHERE transaction_key = :held",
    ),
    (
        Code::CurrencyDiffers,
        "UPDATE postings SET currency = 'EUR' WHERE transaction_key = :held",
    ),
    (
        Code::CurrencyDiffers,
        "UPDATE events SET currency = 'EUR' WHERE transaction_key = :held",
    ),
    (
        Code::UnknownNumber,
        "UPDATE postings SET reason = 99 WHERE transaction_key = :held",
    ),
    (
        Code::UnknownNumber,
        "UPDATE transaction_states SET state = 8 WHERE key = :held",
    ),
    (
        Code::EventNumbers,
        "UPDATE transaction_states SET events = events + 1 WHERE key = :held",
    ),
    (
        Code::EventWithoutTransaction,
        "INSERT INTO events SELECT transaction_key + 1, number, at,
        operation, status, code, amount, currency, message FROM events
        WHERE transaction_key = :held AND number = 1",
    ),
    (
        Code::StateDisagrees,
        "UPDATE transaction_states SET code = 2 WHERE key = :authorising",
    ),
    (
        Code::MomentDisagrees,
        "UPDATE transaction_states SET completed_at = NULL WHERE key = :settled",
    ),
    (
        Code::MomentDisagrees,
        "UPDATE transaction_states SET reserved_at = NULL WHERE key = :held",
    ),
    (
        Code::HistoryIllegal,
        "UPDATE events SET at = at + 1000000
        WHERE transaction_key = :settled AND number = 3",
    ),
    (
        Code::HistoryIllegal,
        "UPDATE events SET status = 5, code = 4
        WHERE transaction_key = :settled AND number = 3",
    ),
    (
        Code::HistoryIllegal,
        "UPDATE events SET operation = 2
        WHERE transaction_key = :settled AND number = 4",
    ),
    (
        Code::SettledAboveAmount,
        "UPDATE transactions SET amount = (SELECT settled FROM transaction_states s
        WHERE s.key = transactions.key) - 1 WHERE key = :settled",
    ),
    (
        Code::RefundedAboveSettled,
        "UPDATE transaction_states
        SET marketplace_refunded = marketplace_refunded + 70000000
        WHERE key IN (:settled, :refunding)",
    ),
    (
        Code::FeeReturnedAboveCharged,
        "UPDATE transaction_states SET marketplace_fee = marketplace_fee - 1
        WHERE key = :own",
    ),
    (
        Code::RefundTotals,
        "UPDATE transaction_states SET refunded = refunded - 1 WHERE key = :settled",
    ),
    (
        Code::RefundTotals,
        "UPDATE transaction_states SET fps_fee_returned = fps_fee_returned - 1
        WHERE key = :settled",
    ),
    (
        Code::RelationBroken,
        "DELETE FROM relations WHERE child = :refund_failed",
    ),
    (Code::RelationBroken, "INSERT INTO relations VALUES (5, 6)"),
    (
        Code::HoldDiffers,
        "UPDATE postings SET amount = amount - 1 WHERE transaction_key = :held",
    ),
    (
        Code::PendingDiffers,
        "UPDATE postings SET amount = amount - 1
        WHERE transaction_key = :capturing AND credit_kind = 17;
        UPDATE balances SET pending_in = pending_in - 1 WHERE account = 13",
    ),
    (
        Code::ChargeDiffers,
        "UPDATE postings SET amount = amount - 1
        WHERE transaction_key = :settled AND debit_kind = 1;
        UPDATE balances SET available = available - 1 WHERE account = 13",
    ),
    (
        Code::ChargeDiffers,
        "UPDATE transaction_states SET fps_fee = fps_fee + 1 WHERE key = :caller_pays",
    ),
    (
        Code::EndedNotUndone,
        "UPDATE postings SET amount = amount - 1
        WHERE transaction_key = :failed AND debit_kind = 17;
        UPDATE balances SET pending_in = pending_in + 1 WHERE account = 13",
    ),
    (
        Code::RefundUnfounded,
        "INSERT INTO relations VALUES (:funded, :given);
        UPDATE transactions SET parent = :funded WHERE key = :given;
        DELETE FROM relations WHERE parent = :spent;
        UPDATE transaction_states SET refunded = 0 WHERE key = :spent;
        UPDATE transaction_states SET refunded = 10000000 WHERE key = :funded",
    ),
    (
        Code::TallyMisnamed,
        "UPDATE transactions SET tally = NULL WHERE key = :spent",
    ),
    (
        Code::TallyMisnamed,
        "UPDATE transactions SET tally = 902 WHERE key = :funded",
    ),
    (
        Code::TallyMisnamed,
        "UPDATE transactions SET tally = 903 WHERE key = :given_up",
    ),
    (
        Code::TallyMisnamed,
        "UPDATE transactions SET tally = 901 WHERE key = :held",
    ),
    (
        Code::TallyMisnamed,
        "UPDATE transactions SET sender = 13 WHERE key = :given_up",
    ),
    (
        Code::ClaimDiffers,
        "UPDATE postings SET amount = amount - 1 WHERE transaction_key = :spent;
        UPDATE tallies SET balance = balance + 1 WHERE key = 901",
    ),
    (
        Code::ClaimDiffers,
        "UPDATE postings SET credit_kind = 20
        WHERE transaction_key = :funding AND layer = 2;
        UPDATE tallies SET balance = balance + 5000000, pending = pending - 5000000
        WHERE key = 901",
    ),
    (
        Code::ClaimDiffers,
        "DELETE FROM postings WHERE transaction_key = :given_up;
        UPDATE transaction_states SET postings = 0 WHERE key = :given_up;
        UPDATE tallies SET balance = balance + 10000000 WHERE key = 902",
    ),
    (
        Code::TallyDiffers,
        "UPDATE tallies SET balance = balance + 1, pending = pending - 1 WHERE key = 901",
    ),
    (
        Code::TallyNegative,
        "UPDATE postings SET amount = amount + 100000000 WHERE transaction_key = :spent;
        UPDATE transactions SET amount = amount + 100000000 WHERE key = :spent;
        UPDATE transaction_states SET settled = settled + 100000000 WHERE key = :spent;
        UPDATE tallies SET balance = balance - 100000000 WHERE key = 901",
    ),
    (
        Code::TallyAboveLimit,
        "UPDATE tallies SET max = 15999999 WHERE key = 902",
    ),
    (
        Code::TallyAboveLimit,
        "UPDATE tallies SET max = 89999999 WHERE key = 901",
    ),
    (
        Code::ReleaseMissing,
        "UPDATE transaction_states SET release = 0 WHERE key = :cancelled",
    ),
    (
        Code::ReleaseMissing,
        "UPDATE transaction_states SET release = 0 WHERE key = :failed",
    ),
    (
        Code::ReleaseUnfounded,
        "UPDATE transaction_states SET release = 1 WHERE key = :held",
    ),
    (
        Code::ReleaseWithoutWork,
        "DELETE FROM works WHERE subject = :expired",
    ),
    (
        Code::OpenWithoutWork,
        "DELETE FROM works WHERE subject = :capturing",
    ),
    (
        Code::OpenWithoutWork,
        "UPDATE works SET kind = 5 WHERE subject = :refunding",
    ),
    (
        Code::NotificationMissing,
        "DELETE FROM notifications
        WHERE transaction_key = :settled AND event = 4",
    ),
    (
        Code::NotificationWithoutEvent,
        "UPDATE notifications SET event = 77
        WHERE transaction_key = :settled AND event = 1",
    ),
    (
        Code::NotificationWithoutWork,
        "DELETE FROM works WHERE kind = 7",
    ),
    (
        Code::ReferenceMissing,
        "DELETE FROM caller_references WHERE transaction_key = :held",
    ),
    (
        Code::ReferenceDangling,
        "INSERT INTO caller_references VALUES (11, 'other', :held, NULL)",
    ),
    (
        Code::ReferenceDangling,
        "INSERT INTO caller_references VALUES (11, 'neither', NULL, NULL)",
    ),
    (
        Code::SubscriptionCharges,
        "UPDATE subscriptions SET charges = 3 WHERE key = 911",
    ),
    (
        Code::SubscriptionCharges,
        "UPDATE subscriptions SET charges = 1 WHERE key = 911",
    ),
    (
        Code::SubscriptionCharges,
        "DELETE FROM caller_references WHERE transaction_key IS NULL AND reference LIKE 'S%-2'",
    ),
    (
        Code::SubscriptionLast,
        "UPDATE subscriptions SET last = NULL WHERE key = 911",
    ),
    (
        Code::SubscriptionLast,
        "UPDATE subscriptions SET last = :held WHERE key = 912",
    ),
    (
        Code::SubscriptionLast,
        "UPDATE subscriptions SET last = 5 WHERE key = 912",
    ),
    (
        Code::SubscriptionLast,
        "UPDATE subscriptions SET sender = 13 WHERE key = 912",
    ),
    (
        Code::SubscriptionWork,
        "DELETE FROM works WHERE kind = 8 AND subject = 911",
    ),
    (
        Code::SubscriptionWork,
        "INSERT INTO works VALUES (700, 99999, 8, 911, 0, 0, 0)",
    ),
    (
        Code::SubscriptionWork,
        "INSERT INTO works VALUES (800, 99999, 8, 912, 0, 0, 0)",
    ),
    (
        Code::SubscriptionWork,
        "UPDATE subscriptions SET next_at = 701 WHERE key = 911",
    ),
    (
        Code::SubscriptionWork,
        "UPDATE subscriptions SET next_at = NULL WHERE key = 913",
    ),
    (
        Code::SubscriptionWork,
        "UPDATE subscriptions SET status = 2, next_at = NULL WHERE key = 913",
    ),
    (
        Code::UnknownNumber,
        "UPDATE subscriptions SET status = 9 WHERE key = 913",
    ),
    (Code::BatchNumbers, "DELETE FROM batches WHERE number = 3"),
    (
        Code::BatchKeys,
        "UPDATE batches SET first_key = 0 WHERE number = 3",
    ),
    (
        Code::BatchDigest,
        "UPDATE batches SET digest = x'' WHERE number = 3",
    ),
    (
        Code::BatchTouched,
        "UPDATE batches SET touched = x'80' WHERE number = 3",
    ),
];

/// Ways of breaking the books that cannot be found by one code alone.
pub const TOGETHER: &[(&[(Code, u64)], &str)] = &[
    (
        &[(Code::ClaimDiffers, 1), (Code::LiabilityDiffers, 2)],
        "UPDATE postings SET credit_owner = 13 WHERE transaction_key = :spent",
    ),
    (
        &[(Code::ClaimDiffers, 1), (Code::ReceivableDiffers, 2)],
        "UPDATE postings SET credit_owner = 13 WHERE transaction_key = :given_up",
    ),
    (
        &[
            (Code::TallyDiffers, 1),
            (Code::TallyMisnamed, 5),
            (Code::ReceivableDiffers, 1),
        ],
        "DELETE FROM tallies WHERE key = 902",
    ),
];
