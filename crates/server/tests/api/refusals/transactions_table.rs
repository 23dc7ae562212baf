//! Settle, Cancel, Refund and the readings of transactions.

use payments::rows::AccountStatus;
use wire::Action;

use super::Case;
use crate::kit::{Reply, Scene, pairs, with};

const ABOUT: &[Action] = &[
    Action::Settle,
    Action::Cancel,
    Action::Refund,
    Action::GetTransaction,
    Action::GetTransactionStatus,
];
const WRITING: &[Action] = &[Action::Settle, Action::Cancel, Action::Refund];
const SETTLE: &[Action] = &[Action::Settle];
const CANCEL: &[Action] = &[Action::Cancel];
const REFUND: &[Action] = &[Action::Refund];
const ENDING: &[Action] = &[Action::Settle, Action::Cancel];
/// Well formed, and nobody's: the id that the documents print.
const PRINTED: &str = "14GKD9GE66FAA63E6O6B2JDPZKN53LZ7F22";

fn asked(scene: &Scene, action: Action, id: &str) -> crate::kit::Pairs {
    if action == Action::Refund {
        return scene.refund(id);
    }
    let name = if action == Action::Settle {
        "ReserveTransactionId"
    } else {
        "TransactionId"
    };
    pairs(&[(name, id)])
}

fn about(scene: &Scene, action: Action, id: &str) -> Reply {
    scene.ask(action, &asked(scene, action, id))
}

fn settle_for(scene: &Scene, value: &str) -> Reply {
    let id = scene.reserved();
    let list = asked(scene, Action::Settle, &id);
    let list = with(list, "TransactionAmount.CurrencyCode", "USD");
    scene.ask(
        Action::Settle,
        &with(list, "TransactionAmount.Value", value),
    )
}

fn refund_of(scene: &Scene, id: &str, value: &str) -> Reply {
    let list = with(scene.refund(id), "RefundAmount.CurrencyCode", "USD");
    scene.ask(Action::Refund, &with(list, "RefundAmount.Value", value))
}

/// Does something while the processor says nothing.
fn while_paused(scene: &Scene, ask: impl FnOnce() -> Reply) -> Reply {
    scene.world.pause_processor(true);
    let reply = ask();
    scene.world.pause_processor(false);
    reply
}

pub(super) const CASES: &[Case] = &[
    Case {
        code: "InvalidTransactionId",
        says: "no such transaction",
        actions: ABOUT,
        when: "nobody has the transaction",
        ask: |scene, action| about(scene, action, PRINTED),
    },
    Case {
        code: "InvalidTransactionId",
        says: "no such transaction",
        actions: ABOUT,
        when: "one letter of the id is wrong",
        ask: |scene, action| {
            let id = scene.reserved();
            let last = if id.ends_with('2') { "3" } else { "2" };
            about(scene, action, &format!("{}{last}", &id[..34]))
        },
    },
    Case {
        code: "InvalidTransactionId",
        says: "no such transaction",
        actions: ABOUT,
        when: "another caller made the transaction",
        ask: |scene, action| {
            let shop = scene.another_shop(true);
            scene.ask_as(&shop, action, &asked(scene, action, &scene.reserved()))
        },
    },
    Case {
        code: "InvalidTransactionId",
        says: "no such transaction",
        actions: SETTLE,
        when: "a payment was never reserved",
        ask: |scene, action| about(scene, action, &scene.paid()),
    },
    Case {
        code: "InvalidTransactionId",
        says: "no such transaction",
        actions: ENDING,
        when: "a refund is neither settled nor cancelled",
        ask: |scene, action| {
            let refund = scene
                .ask(Action::Refund, &scene.refund(&scene.paid()))
                .transaction();
            about(scene, action, &refund)
        },
    },
    Case {
        code: "InvalidAccountState_Caller",
        says: "caller",
        actions: WRITING,
        when: "the caller is suspended",
        ask: |scene, action| {
            let list = asked(scene, action, &scene.reserved());
            scene
                .world
                .set_status(scene.shop.account, AccountStatus::Suspended);
            let reply = scene.ask(action, &list);
            scene
                .world
                .set_status(scene.shop.account, AccountStatus::Active);
            reply
        },
    },
    Case {
        code: "InvalidTransactionState",
        says: "Pending",
        actions: SETTLE,
        when: "the reservation is not made yet",
        ask: |scene, action| {
            while_paused(scene, || {
                let id = scene.ask(Action::Reserve, &scene.payment()).transaction();
                about(scene, action, &id)
            })
        },
    },
    Case {
        code: "InvalidTransactionState",
        says: "Pending",
        actions: ENDING,
        when: "it is being charged",
        ask: |scene, action| {
            let id = scene.reserved();
            while_paused(scene, || {
                scene.about(Action::Settle, &id).ok();
                about(scene, action, &id)
            })
        },
    },
    Case {
        code: "InvalidTransactionState",
        says: "Success",
        actions: ENDING,
        when: "it was settled",
        ask: |scene, action| {
            let id = scene.reserved();
            scene.about(Action::Settle, &id).ok();
            scene.wait_for(&id, "Success");
            about(scene, action, &id)
        },
    },
    Case {
        code: "InvalidTransactionState",
        says: "Cancelled",
        actions: WRITING,
        when: "it was cancelled",
        ask: |scene, action| {
            let id = scene.reserved();
            scene.about(Action::Cancel, &id).ok();
            about(scene, action, &id)
        },
    },
    Case {
        code: "InvalidTransactionState",
        says: "Failure",
        actions: ENDING,
        when: "it failed",
        ask: |scene, action| {
            let list = scene.payment_by_card("4000000000000002");
            about(
                scene,
                action,
                &scene.made(Action::Reserve, &list, "Failure"),
            )
        },
    },
    Case {
        code: "InvalidTransactionState",
        says: "Success",
        actions: CANCEL,
        when: "a payment was charged",
        ask: |scene, action| about(scene, action, &scene.paid()),
    },
    Case {
        code: "InvalidTransactionState",
        says: "Reserved",
        actions: REFUND,
        when: "it was not settled yet",
        ask: |scene, action| about(scene, action, &scene.reserved()),
    },
    Case {
        code: "SettleAmountGreaterThanReserveAmount",
        says: "10.00",
        actions: SETTLE,
        when: "more is settled than was reserved",
        ask: |scene, _| settle_for(scene, "10.01"),
    },
    Case {
        code: "AmountOutOfRange",
        says: "greater than 0",
        actions: SETTLE,
        when: "nothing is settled",
        ask: |scene, _| settle_for(scene, "0.00"),
    },
    Case {
        code: "InvalidParams",
        says: "whole cents",
        actions: SETTLE,
        when: "a fraction of a cent is settled",
        ask: |scene, _| settle_for(scene, "1.005"),
    },
    Case {
        code: "InvalidParams",
        says: "Transaction amount must be greater than Recipient Fee liability.",
        actions: SETTLE,
        when: "so little is settled that the fees reach it",
        ask: |scene, _| settle_for(scene, "0.01"),
    },
    Case {
        code: "OriginalTransactionIncomplete",
        says: "Pending",
        actions: REFUND,
        when: "the payment is under way",
        ask: |scene, action| {
            while_paused(scene, || {
                let id = scene.ask(Action::Pay, &scene.payment()).transaction();
                about(scene, action, &id)
            })
        },
    },
    Case {
        code: "OriginalTransactionFailed",
        says: "failed",
        actions: REFUND,
        when: "the payment failed",
        ask: |scene, action| {
            let list = scene.payment_by_card("4000000000000002");
            about(scene, action, &scene.made(Action::Pay, &list, "Failure"))
        },
    },
    Case {
        code: "TransactionTypeNotRefundable",
        says: "kind",
        actions: REFUND,
        when: "a refund is refunded",
        ask: |scene, action| {
            let refund = scene.made(Action::Refund, &scene.refund(&scene.paid()), "Success");
            about(scene, action, &refund)
        },
    },
    Case {
        code: "RefundAmountExceeded",
        says: "4.00",
        actions: REFUND,
        when: "more is given back than is left",
        ask: |scene, _| {
            let id = scene.paid();
            refund_of(scene, &id, "6").ok();
            refund_of(scene, &id, "4.01")
        },
    },
    Case {
        code: "TransactionFullyRefundedAlready",
        says: "in full",
        actions: REFUND,
        when: "all was given back",
        ask: |scene, action| {
            let id = scene.paid();
            about(scene, action, &id).ok();
            about(scene, action, &id)
        },
    },
    Case {
        code: "TransactionFullyRefundedAlready",
        says: "in full",
        actions: REFUND,
        when: "there is no marketplace fee to give back",
        ask: |scene, _| {
            let list = scene.refund(&scene.paid());
            scene.ask(
                Action::Refund,
                &with(list, "MarketplaceRefundPolicy", "MarketplaceTxnOnly"),
            )
        },
    },
    Case {
        code: "AmountOutOfRange",
        says: "greater than 0",
        actions: REFUND,
        when: "nothing is given back",
        ask: |scene, _| refund_of(scene, &scene.paid(), "0"),
    },
    Case {
        code: "InvalidParams",
        says: "whole cents",
        actions: REFUND,
        when: "a fraction of a cent is given back to a card",
        ask: |scene, _| refund_of(scene, &scene.paid(), "0.001"),
    },
    Case {
        code: "InsufficientBalance",
        says: "The recipient does not have sufficient balance.",
        actions: REFUND,
        when: "the recipient has not got back what the marketplace keeps",
        ask: |scene, action| {
            let business = scene.another(payments::rows::AccountType::Business);
            let recipient = scene.world.install(scene.acceptance(business));
            let consent = payments::commands::InstallTokens {
                recipients: vec![recipient.key],
                ..scene.consent()
            };
            let token = scene.world.install(consent);
            let list = with(
                scene.payment_by(&token),
                "RecipientTokenId",
                recipient.id.as_str(),
            );
            let list = with(list, "MarketplaceVariableFee", "5");
            about(scene, action, &scene.made(Action::Pay, &list, "Success"))
        },
    },
];
