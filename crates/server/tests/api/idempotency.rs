//! The same request again: nothing is done twice, and a conflict is named.

use wire::Action;

use crate::kit::{Pairs, Scene, with};
use crate::sample::sample;

/// What the same request, sent again, comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replay {
    /// It has a caller reference: signed anew it names the same transaction.
    SameTransaction,
    /// It has a caller reference: signed anew it names the same token.
    SameToken,
    /// It has a caller reference: signed anew it names the same refund.
    SameRefund,
    /// The same signed bytes get the same answer; signed anew it is refused with this code.
    SameBytes(&'static str),
    /// It is refused with this code: the token has ended already.
    Refused(&'static str),
    /// It has no effect: asked again it says the same.
    Reading,
}

/// What a replay of each action comes to.
pub fn replay_of(action: Action) -> Replay {
    match action {
        Action::FundPrepaid
        | Action::Pay
        | Action::Reserve
        | Action::Refund
        | Action::SettleDebt
        | Action::WriteOffDebt => Replay::SameTransaction,
        Action::InstallPaymentInstruction => Replay::SameToken,
        Action::CancelSubscriptionAndRefund => Replay::SameRefund,
        Action::Settle | Action::Cancel => Replay::SameBytes("InvalidTransactionState"),
        Action::CancelToken => Replay::Refused("TokenNotActive"),
        Action::GetAccountActivity
        | Action::GetAccountBalance
        | Action::GetDebtBalance
        | Action::GetOutstandingDebtBalance
        | Action::GetPaymentInstruction
        | Action::GetPrepaidBalance
        | Action::GetRecipientVerificationStatus
        | Action::GetSubscriptionDetails
        | Action::GetTokenByCaller
        | Action::GetTokenUsage
        | Action::GetTokens
        | Action::GetTotalPrepaidLiability
        | Action::GetTransaction
        | Action::GetTransactionStatus
        | Action::GetTransactionsForSubscription
        | Action::VerifySignature => Replay::Reading,
    }
}

#[test]
fn every_action_again() {
    let scene = Scene::new();
    for action in Action::ALL {
        let asked = sample(&scene, action);
        let signer = scene.signer();
        let bytes = signer.sign(action.as_str(), &asked);
        let first = signer.send(&scene.world, &bytes).ok();
        let resent = signer.send(&scene.world, &bytes);
        let anew = scene.ask(action, &asked);
        match replay_of(action) {
            Replay::SameTransaction => {
                assert_eq!(resent.transaction(), first.transaction());
                assert_eq!(anew.transaction(), first.transaction());
            }
            Replay::SameToken => {
                assert_eq!(resent.text("TokenId"), first.text("TokenId"));
                assert_eq!(anew.text("TokenId"), first.text("TokenId"));
            }
            Replay::SameRefund => {
                let refund = "RefundTransactionId";
                assert_eq!(resent.text(refund), first.text(refund));
                assert_eq!(anew.text(refund), first.text(refund));
            }
            Replay::SameBytes(code) => {
                assert_eq!(resent.transaction(), first.transaction());
                assert_eq!(
                    resent.text("TransactionStatus"),
                    first.text("TransactionStatus")
                );
                anew.refused(code);
            }
            Replay::Refused(code) => {
                resent.refused(code);
                anew.refused(code);
            }
            Replay::Reading => {
                let without_id =
                    |text: &str| text.split("<ResponseMetadata>").next().map(str::to_owned);
                assert_eq!(without_id(&resent.body), without_id(&first.body));
                assert_eq!(without_id(&anew.body), without_id(&first.body));
            }
        }
    }
}

#[test]
fn a_replay_tells_the_status_of_now() {
    let scene = Scene::new();
    let asked = scene.payment();
    let id = scene.ask(Action::Reserve, &asked).transaction();
    scene.wait_for(&id, "Reserved");
    let again = scene.ask(Action::Reserve, &asked).ok();
    assert_eq!(again.text("TransactionStatus"), Some("Reserved"));
    assert_eq!(again.transaction(), id);
}

#[test]
#[rustfmt::skip] // a table reads by its columns
fn a_conflict_names_the_field_and_both_values() {
    let scene = Scene::new();
    let asked = with(scene.payment(), "CallerDescription", "shoes");
    scene.ask(Action::Pay, &asked).ok();
    let other = scene.world.install(scene.consent());
    let (token, other) = (scene.sender_token.id.as_str(), other.id.as_str());
    let (pay, url) = (Action::Pay, "http://127.0.0.1:9/");
    for (action, name, value, field, earlier, now) in [
        (pay, "TransactionAmount.Value", "10.01", "transactionAmount", "10.000000", "10.010000"),
        (pay, "CallerDescription", "boots", "callerDescription", "shoes", "boots"),
        (pay, "SenderDescription", "for you", "senderDescription", "(absent)", "for you"),
        (pay, "ChargeFeeTo", "Recipient", "chargeFeeTo", "(absent)", "Recipient"),
        (pay, "SenderTokenId", other, "senderTokenId", token, other),
        (pay, "MarketplaceVariableFee", "5", "marketplaceVariableFee", "(absent)", "5"),
        (pay, "TransactionTimeoutInMins", "9", "transactionTimeoutInMins", "(absent)", "9"),
        (pay, "OverrideIPNURL", url, "overrideIPNURL", "(absent)", url),
        (Action::Reserve, "CallerDescription", "shoes", "action", "Pay", "Reserve"),
    ] {
        let reply = scene.ask(action, &with(asked.clone(), name, value));
        reply.refused("DuplicateRequest");
        let message = reply.message();
        for part in [field, earlier, now] {
            assert!(message.contains(part), "{name}: {message} lacks {part}");
        }
    }
    // The wire, the version and a decimal's form are not what is asked.
    let mut signer = scene.signer();
    signer.verb = signing::Verb::Post;
    signer.version = "2010-08-28".to_owned();
    let same = with(asked, "TransactionAmount.Value", "10.000");
    signer.ask(&scene.world, "Pay", &same).ok();
}

#[test]
fn a_conflicting_refund_names_the_field() {
    let scene = Scene::new();
    let asked = scene.refund(&scene.paid());
    scene.ask(Action::Refund, &asked).ok();
    let other = with(asked, "MarketplaceRefundPolicy", "MasterAndMarketplaceTxn");
    let reply = scene.ask(Action::Refund, &other);
    reply.refused("DuplicateRequest");
    assert!(
        reply.message().contains("marketplaceRefundPolicy"),
        "{}",
        reply.body
    );
}

#[test]
fn a_final_refusal_burns_the_reference_and_a_passing_one_binds_it() {
    let scene = Scene::new();
    let bad = with(scene.payment(), "TransactionAmount.Value", "0");
    for _ in 0..2 {
        scene.ask(Action::Pay, &bad).refused("AmountOutOfRange");
    }
    let mended = with(bad, "TransactionAmount.Value", "5");
    scene.ask(Action::Pay, &mended).refused("DuplicateRequest");

    let poor = payments::rows::AccountStatus::Suspended;
    scene.world.set_status(scene.recipient, poor);
    let asked = scene.payment();
    scene
        .ask(Action::Pay, &asked)
        .refused("InvalidAccountState_Recipient");
    scene
        .world
        .set_status(scene.recipient, payments::rows::AccountStatus::Active);
    let other = with(asked.clone(), "TransactionAmount.Value", "5");
    scene.ask(Action::Pay, &other).refused("DuplicateRequest");
    scene.ask(Action::Pay, &asked).ok();
}

#[test]
fn what_is_malformed_uses_up_nothing() {
    let scene = Scene::new();
    let asked = scene.payment();
    for (name, value) in [
        ("TransactionAmount.Value", "ten"),
        ("ChargeFeeTo", "Nobody"),
        ("Unknown", "1"),
    ] {
        let reply = scene.ask(Action::Pay, &with(asked.clone(), name, value));
        assert!(
            ["InvalidParams", "InvalidRequest"].contains(&reply.code()),
            "{}",
            reply.body
        );
    }
    scene.ask(Action::Pay, &asked).ok();
}

#[test]
fn two_callers_may_use_one_reference() {
    let scene = Scene::new();
    let asked = scene.payment();
    scene.ask(Action::Pay, &asked).ok();
    let other = scene.another_shop(true);
    let own: Pairs = asked;
    scene
        .ask_as(&other, Action::Pay, &own)
        .refused("InvalidTokenId_Sender");
}
