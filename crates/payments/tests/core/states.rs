//! Every state meets every verb.

use test_kit::check;

/// How a reservation comes into each state.
const RESERVATIONS: [(&str, &str); 7] = [
    ("authorising", "reserve X by shop from buyer 10.00"),
    (
        "reserved",
        "reserve X by shop from buyer 10.00\n answer X authorize approved",
    ),
    (
        "capturing",
        "reserve X by shop from buyer 10.00\n answer X authorize approved\n settle X 4.00",
    ),
    (
        "settled",
        "reserve X by shop from buyer 10.00\n answer X authorize approved\n settle X 4.00\n
         answer X capture approved",
    ),
    (
        "denied",
        "reserve X by shop from buyer 10.00\n answer X authorize declined",
    ),
    ("cancelled", "reserve X by shop from buyer 10.00\n cancel X"),
    (
        "capture failed",
        "reserve X by shop from buyer 10.00\n answer X authorize approved\n settle X 4.00\n
         answer X capture declined",
    ),
];

/// What each verb comes to, in the order of [`RESERVATIONS`].
const VERBS: [(&str, [&str; 7]); 9] = [
    (
        "settle X 4.00",
        [
            "refused InvalidTransactionState(Pending)",
            "pending",
            "refused InvalidTransactionState(Pending)",
            "refused InvalidTransactionState(Success)",
            "refused InvalidTransactionState(Failure)",
            "refused InvalidTransactionState(Cancelled)",
            "refused InvalidTransactionState(Failure)",
        ],
    ),
    (
        "cancel X",
        [
            "cancelled",
            "cancelled",
            "refused InvalidTransactionState(Pending)",
            "refused InvalidTransactionState(Success)",
            "refused InvalidTransactionState(Failure)",
            "refused InvalidTransactionState(Cancelled)",
            "refused InvalidTransactionState(Failure)",
        ],
    ),
    (
        "refund F of X",
        [
            "refused OriginalTransactionIncomplete(Pending)",
            "refused InvalidTransactionState(Reserved)",
            "refused OriginalTransactionIncomplete(Pending)",
            "pending",
            "refused OriginalTransactionFailed",
            "refused InvalidTransactionState(Cancelled)",
            "refused OriginalTransactionFailed",
        ],
    ),
    (
        "expire X at +30d",
        [
            "failure",
            "cancelled",
            "done",
            "done",
            "done",
            "done",
            "done",
        ],
    ),
    (
        "expire X at +1d",
        ["done", "done", "done", "done", "done", "done", "done"],
    ),
    (
        "answer X authorize approved",
        [
            "reserved",
            "reserved",
            "pending",
            "success",
            "failure",
            "cancelled",
            "failure",
        ],
    ),
    (
        "answer X authorize declined",
        [
            "failure",
            "reserved",
            "pending",
            "success",
            "failure",
            "cancelled",
            "failure",
        ],
    ),
    (
        "answer X capture approved",
        [
            "pending",
            "reserved",
            "success",
            "success",
            "failure",
            "cancelled",
            "failure",
        ],
    ),
    (
        "resolve X yes",
        [
            "refused InvalidTransactionState(Pending)",
            "refused InvalidTransactionState(Reserved)",
            "refused InvalidTransactionState(Pending)",
            "refused InvalidTransactionState(Success)",
            "refused InvalidTransactionState(Failure)",
            "refused InvalidTransactionState(Cancelled)",
            "refused InvalidTransactionState(Failure)",
        ],
    ),
];

#[test]
fn every_state_meets_every_verb() {
    for (verb, outcomes) in VERBS {
        for ((state, story), outcome) in RESERVATIONS.iter().zip(outcomes) {
            println!("{state}: {verb} -> {outcome}");
            check(&format!("deposit shop 1.00\n{story}\n{verb} -> {outcome}"));
        }
    }
}

/// How a payment by card comes into each state.
const PAYMENTS: [(&str, &str); 6] = [
    ("authorising", "pay X by shop from buyer 10.00"),
    (
        "capturing",
        "pay X by shop from buyer 10.00\n answer X authorize approved",
    ),
    (
        "charged",
        "pay X by shop from buyer 10.00\n answer X authorize approved\n answer X capture approved",
    ),
    (
        "denied",
        "pay X by shop from buyer 10.00\n answer X authorize declined",
    ),
    ("cancelled", "pay X by shop from buyer 10.00\n cancel X"),
    (
        "timed out",
        "pay X by shop from buyer 10.00 timeout 60\n expire X at +1h",
    ),
];

#[test]
fn every_payment_meets_every_verb() {
    let invalid = "refused InvalidTransactionState";
    let pending = "refused OriginalTransactionIncomplete";
    let failed = "refused OriginalTransactionFailed";
    let verbs = [
        ("settle X", ["refused InvalidTransactionId"; 6]),
        (
            "cancel X",
            ["cancelled", invalid, invalid, invalid, invalid, invalid],
        ),
        (
            "refund F of X",
            [pending, pending, "pending", failed, invalid, failed],
        ),
        (
            "expire X at +7d",
            ["failure", "done", "done", "done", "done", "done"],
        ),
        (
            "answer X authorize approved",
            [
                "pending",
                "pending",
                "success",
                "failure",
                "cancelled",
                "failure",
            ],
        ),
        (
            "answer X capture declined",
            [
                "pending",
                "failure",
                "success",
                "failure",
                "cancelled",
                "failure",
            ],
        ),
    ];
    for (verb, outcomes) in verbs {
        for ((state, story), outcome) in PAYMENTS.iter().zip(outcomes) {
            println!("{state}: {verb} -> {outcome}");
            check(&format!("deposit shop 1.00\n{story}\n{verb} -> {outcome}"));
        }
    }
}
