//! Marketplace fees, who pays the provider's fee, and refunds under all three policies.

use payments::AccountKey;
use payments::commands::InstallTokens;
use payments::rows::{AccountType, PaymentMethod};
use store::{Found, Query};
use wire::Action;

use crate::kit::{Pairs, Scene, Shop, cents, pairs, with};

/// What an account can spend, in micro-dollars.
fn available(scene: &Scene, account: AccountKey) -> i64 {
    let Found::Balance(balance) = scene.world.find(Query::BalanceOf(account)) else {
        panic!("a balance was asked for");
    };
    balance.available
}

/// A payment of 100 dollars with a marketplace fee of 1 dollar and 5 %.
fn sale(scene: &Scene) -> Pairs {
    let asked = with(scene.payment(), "TransactionAmount.Value", "100.00");
    let asked = with(asked, "MarketplaceFixedFee.CurrencyCode", "USD");
    let asked = with(asked, "MarketplaceFixedFee.Value", "1");
    with(asked, "MarketplaceVariableFee", "5")
}

/// What the caller and the recipient have more than before.
struct Gains<'s> {
    scene: &'s Scene,
    caller: i64,
    recipient: i64,
}

impl<'s> Gains<'s> {
    fn since_now(scene: &'s Scene) -> Gains<'s> {
        let caller = available(scene, scene.shop.account);
        let recipient = available(scene, scene.recipient);
        Gains {
            scene,
            caller,
            recipient,
        }
    }

    /// In cents, the caller's first.
    #[track_caller]
    fn are(&self, caller: i64, recipient: i64) {
        let now = Gains::since_now(self.scene);
        let gained = [now.caller - self.caller, now.recipient - self.recipient];
        assert_eq!(gained, [caller * 10_000, recipient * 10_000]);
    }
}

#[test]
fn a_sale_is_shared() {
    let scene = Scene::new();
    let gains = Gains::since_now(&scene);
    let id = scene.made(Action::Pay, &sale(&scene), "Success");
    // 6.00 to the marketplace; 3.20 (2.9 % and 30 cents) to the provider; the rest is the business's.
    gains.are(600, 9_080);
    let seen = scene.about(Action::GetTransaction, &id).ok();
    assert!(
        seen.body
            .contains("<FPSFees><CurrencyCode>USD</CurrencyCode><Value>3.200000</Value>")
    );
    assert!(
        seen.body
            .contains("<MarketplaceFees><CurrencyCode>USD</CurrencyCode><Value>6.000000</Value>")
    );
}

#[test]
fn a_settled_sale_is_shared_by_what_was_settled() {
    let scene = Scene::new();
    let gains = Gains::since_now(&scene);
    let id = scene.made(Action::Reserve, &sale(&scene), "Reserved");
    gains.are(0, 0);
    let settle = pairs(&[
        ("ReserveTransactionId", &id),
        ("TransactionAmount.CurrencyCode", "USD"),
        ("TransactionAmount.Value", "50.00"),
    ]);
    scene.ask(Action::Settle, &settle).ok();
    scene.wait_for(&id, "Success");
    // 1.00 and 5 % of 50; 2.9 % of 50 and 30 cents.
    gains.are(350, 5_000 - 350 - 175);
}

#[test]
fn the_caller_pays_the_providers_fee_if_the_recipient_did_not_accept_it() {
    let scene = Scene::new();
    let account = scene.another(AccountType::Business);
    let mut accepted = scene.acceptance(account);
    accepted.terms.as_mut().expect("terms").recipient_pays_fee = false;
    let recipient = scene.world.install(accepted);
    let recipients = vec![recipient.key];
    let token = scene.world.install(InstallTokens {
        recipients,
        ..scene.consent()
    });
    let before = available(&scene, scene.shop.account);
    let asked = with(sale(&scene), "SenderTokenId", token.id.as_str());
    let asked = with(asked, "RecipientTokenId", recipient.id.as_str());
    let asked = with(asked, "ChargeFeeTo", "Caller");
    let id = scene.made(Action::Pay, &asked, "Success");
    assert_eq!(available(&scene, account), 94_000_000);
    assert_eq!(available(&scene, scene.shop.account) - before, 2_800_000);
    let seen = scene.about(Action::GetTransaction, &id).ok();
    assert_eq!(seen.text("FPSFeesPaidBy"), Some("Caller"));
}

fn refunded(scene: &Scene, id: &str, policy: &str, value: Option<&str>) {
    let mut asked = with(scene.refund(id), "MarketplaceRefundPolicy", policy);
    if let Some(value) = value {
        asked = with(asked, "RefundAmount.CurrencyCode", "USD");
        asked = with(asked, "RefundAmount.Value", value);
    }
    scene.made(Action::Refund, &asked, "Success");
}

#[test]
fn refund_policies() {
    for (policy, caller, recipient) in [
        // The marketplace keeps its fee; the business gives back its share and that fee.
        ("MasterTxnOnly", 600, -600),
        // The marketplace gives its fee to the business; the buyer gets nothing.
        ("MarketplaceTxnOnly", 0, 9_680),
        // Everybody gives back what it had.
        ("MasterAndMarketplaceTxn", 0, 0),
    ] {
        let scene = Scene::new();
        scene.world.deposit(scene.recipient, cents(10_000));
        let gains = Gains::since_now(&scene);
        let id = scene.made(Action::Pay, &sale(&scene), "Success");
        refunded(&scene, &id, policy, None);
        gains.are(caller, recipient);
    }
}

#[test]
fn parts_under_different_policies_add_up() {
    let scene = Scene::new();
    scene.world.deposit(scene.recipient, cents(10_000));
    let gains = Gains::since_now(&scene);
    let id = scene.made(Action::Pay, &sale(&scene), "Success");
    refunded(&scene, &id, "MasterTxnOnly", Some("40.00"));
    refunded(&scene, &id, "MarketplaceTxnOnly", Some("40.00"));
    refunded(&scene, &id, "MasterAndMarketplaceTxn", None);
    // All of it went back by both ways: nobody has more than before.
    gains.are(0, 0);
    let again = scene.ask(Action::Refund, &scene.refund(&id));
    again.refused("TransactionFullyRefundedAlready");
}

/// The caller pays everything it has to the recipient.
fn spend_all(scene: &Scene) {
    let token = scene.world.install(InstallTokens {
        account: scene.shop.account,
        method: Some(PaymentMethod::Balance),
        instrument: None,
        ..scene.consent()
    });
    let all = available(scene, scene.shop.account);
    let all = format!("{}.{:06}", all / 1_000_000, all % 1_000_000);
    let asked = with(scene.payment_by(&token), "TransactionAmount.Value", &all);
    scene.made(Action::Pay, &asked, "Success");
    assert_eq!(available(scene, scene.shop.account), 0);
}

#[test]
fn a_marketplace_that_has_spent_its_fee_cannot_give_it_back() {
    let scene = Scene::new();
    scene.world.deposit(scene.recipient, cents(10_000));
    let id = scene.made(Action::Pay, &sale(&scene), "Success");
    spend_all(&scene);
    let gains = Gains::since_now(&scene);
    let refund = |policy: &str| {
        let asked = with(scene.refund(&id), "MarketplaceRefundPolicy", policy);
        scene.ask(Action::Refund, &asked)
    };
    // Its fee was 6.00: nothing, and one cent too little, are not enough for it, and nothing moves.
    for missing in [600, 1] {
        scene
            .world
            .deposit(scene.shop.account, cents(600 - missing));
        for policy in ["MarketplaceTxnOnly", "MasterAndMarketplaceTxn"] {
            let refused = refund(policy);
            refused.refused("InsufficientBalance");
            let words = "The caller does not have sufficient balance.";
            assert_eq!(refused.message(), words, "{policy}");
        }
        gains.are(600 - missing, 0);
    }
    scene.world.deposit(scene.shop.account, cents(1));
    let made = refund("MasterAndMarketplaceTxn").transaction();
    // What the card is given is set aside at once: 100.00, of which 6.00 and 3.20 come back.
    gains.are(0, -9_080);
    scene.wait_for(&made, "Success");
    gains.are(0, -9_080);
    refund("MasterTxnOnly").refused("TransactionFullyRefundedAlready");
}

#[test]
fn only_the_parties_see_a_transaction() {
    let scene = Scene::new();
    let id = scene.paid();
    let stranger: Shop = scene.another_shop(true);
    let asked = pairs(&[("TransactionId", &id)]);
    for action in [Action::GetTransaction, Action::GetTransactionStatus] {
        scene
            .ask_as(&stranger, action, &asked)
            .refused("InvalidTransactionId");
    }
    let seen = scene.ask(Action::GetTransaction, &asked).ok();
    assert_eq!(
        seen.text("SenderEmail"),
        None,
        "the buyer's address is not the marketplace's to know"
    );
}
