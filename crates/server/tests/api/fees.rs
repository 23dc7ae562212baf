//! Who pays which fee, within what was accepted; and what each account is shown of it.

use payments::commands::InstallTokens;
use payments::rows::{AccountType, PaymentMethod, RecipientTerms};
use wire::Action;

use crate::activity::{all_of, as_account, parts, since_yesterday};
use crate::kit::{Installed, Pairs, Reply, Scene, cents, pairs, rate, with, without};

/// A business that accepted these terms, and a payment of 10 dollars to it.
fn accepted(scene: &Scene, change: impl FnOnce(&mut RecipientTerms)) -> (Installed, Pairs) {
    let account = scene.another(AccountType::Business);
    let mut accepted = scene.acceptance(account);
    change(accepted.terms.as_mut().expect("terms"));
    let recipient = scene.world.install(accepted);
    let token = scene.world.install(InstallTokens {
        recipients: vec![recipient.key],
        ..scene.consent()
    });
    let asked = with(
        scene.payment_by(&token),
        "RecipientTokenId",
        recipient.id.as_str(),
    );
    (recipient, asked)
}

fn fixed(asked: Pairs, dollars: &str) -> Pairs {
    let asked = with(asked, "MarketplaceFixedFee.CurrencyCode", "USD");
    with(asked, "MarketplaceFixedFee.Value", dollars)
}

/// An amount of a reply, by the name of its element.
fn value_of(reply: &Reply, element: &str) -> String {
    let inner = all_of(reply, element);
    let inner = inner.first().unwrap_or_else(|| panic!("{}", reply.body));
    let (_, value) = inner.split_once("<Value>").expect("an amount");
    value.split('<').next().expect("a text").to_owned()
}

/// What belongs with a transaction, in order.
fn related(scene: &Scene, id: &str) -> Vec<(String, String)> {
    let reply = scene.about(Action::GetTransaction, id).ok();
    let pieces = all_of(&reply, "RelatedTransaction");
    let part = |piece: &str, name: &str| {
        let (_, rest) = piece.split_once(&format!("<{name}>")).expect("it is there");
        rest.split('<').next().expect("a text").to_owned()
    };
    let pair = |piece: &&str| (part(piece, "RelationType"), part(piece, "TransactionId"));
    pieces.iter().map(pair).collect()
}

fn relation(kind: &str, id: &str) -> (String, String) {
    (kind.to_owned(), id.to_owned())
}

#[test]
fn who_pays_the_fee_is_what_the_recipient_accepted() {
    let scene = Scene::new();
    for (recipient_pays, named, paid_by) in [
        (true, None, Some("Recipient")),
        (true, Some("Recipient"), Some("Recipient")),
        (true, Some("Caller"), None),
        (false, None, Some("Caller")),
        (false, Some("Caller"), Some("Caller")),
        (false, Some("Recipient"), None),
    ] {
        for action in [Action::Pay, Action::Reserve] {
            let (_, asked) = accepted(&scene, |terms| terms.recipient_pays_fee = recipient_pays);
            let asked = match named {
                Some(named) => with(asked, "ChargeFeeTo", named),
                None => asked,
            };
            let reply = scene.ask(action, &asked);
            let Some(paid_by) = paid_by else {
                reply.refused("IncompatibleTokens");
                continue;
            };
            let shown = scene.about(Action::GetTransaction, &reply.transaction());
            assert_eq!(shown.ok().text("FPSFeesPaidBy"), Some(paid_by));
        }
    }
}

#[test]
fn a_caller_that_is_paid_itself_may_name_either_role() {
    let scene = Scene::new();
    for named in ["Caller", "Recipient"] {
        let asked = without(scene.payment(), "RecipientTokenId");
        let id = scene.made(Action::Pay, &with(asked, "ChargeFeeTo", named), "Success");
        let shown = scene.about(Action::GetTransaction, &id).ok();
        assert_eq!(shown.text("FPSFeesPaidBy"), Some("Recipient"), "{named}");
        // Only a caller that is paid itself is told the buyer's address.
        assert_eq!(shown.text("SenderEmail"), Some("sender@example.test"));
    }
    // One part for each role, and the fee in one of them only.
    let shown = scene.ask(Action::GetAccountActivity, &since_yesterday(&scene));
    let part = |role: &str, fee: &str| (role.to_owned(), fee.to_owned());
    let own = [part("Recipient", "0.590000"), part("Caller", "0.000000")];
    assert_eq!(parts(&shown.ok()), [own.clone(), own].concat());
}

#[test]
fn fees_go_up_to_their_ceilings() {
    let scene = Scene::new();
    let asked = with(scene.payment(), "TransactionAmount.Value", "100.00");
    let asked = with(fixed(asked, "5.00"), "MarketplaceVariableFee", "20");
    let id = scene.made(Action::Pay, &asked, "Success");
    let shown = scene.about(Action::GetTransaction, &id).ok();
    assert_eq!(value_of(&shown, "MarketplaceFees"), "25.000000");
    assert_eq!(value_of(&shown, "FPSFees"), "3.200000");
    // Who accepted one kind of fee has not accepted the other.
    let (_, asked) = accepted(&scene, |terms| terms.fixed_max = None);
    scene
        .ask(Action::Pay, &fixed(asked, "0.01"))
        .refused("IncompatibleTokens");
    let (_, asked) = accepted(&scene, |terms| terms.rate_max = None);
    scene
        .ask(Action::Pay, &with(asked, "MarketplaceVariableFee", "0.01"))
        .refused("IncompatibleTokens");
    // A fee of nothing is none.
    let (_, asked) = accepted(&scene, |terms| {
        (terms.fixed_max, terms.rate_max) = (None, Some(rate("1")));
    });
    let asked = fixed(with(asked, "MarketplaceVariableFee", "0"), "0");
    scene.made(Action::Pay, &asked, "Success");
}

#[test]
fn something_is_left_for_the_recipient() {
    let scene = Scene::new();
    // 5 % of 20 cents and 5 cents for the provider leave 14.
    let asked = with(scene.payment(), "TransactionAmount.Value", "0.20");
    let reply = scene.ask(Action::Pay, &fixed(asked.clone(), "0.14"));
    reply.refused("InvalidParams");
    let words = "Transaction amount must be greater than Recipient Fee liability.";
    assert_eq!(reply.message(), words);
    let asked = with(asked, "CallerReference", &scene.fresh_reference());
    scene.made(Action::Pay, &fixed(asked, "0.13"), "Success");
    // A settle for less may reach what a reservation did not.
    let asked = fixed(scene.payment(), "5.00");
    let id = scene.made(Action::Reserve, &asked, "Reserved");
    let settle = pairs(&[
        ("ReserveTransactionId", &id),
        ("TransactionAmount.CurrencyCode", "USD"),
        ("TransactionAmount.Value", "5.30"),
    ]);
    scene.ask(Action::Settle, &settle).refused("InvalidParams");
    assert_eq!(scene.status(&id), "Reserved");
}

#[test]
fn a_caller_without_money_pays_from_the_fee_it_earns() {
    let scene = Scene::new();
    let shop = scene.another_shop(true);
    let installer = shop.account;
    let mut wish = InstallTokens {
        installer,
        ..scene.acceptance(scene.recipient)
    };
    wish.terms.as_mut().expect("terms").recipient_pays_fee = false;
    let recipient = scene.world.install(wish);
    let token = scene.world.install(InstallTokens {
        installer,
        recipients: vec![recipient.key],
        ..scene.consent()
    });
    let asked = || {
        let asked = scene.payment_by(&token);
        with(asked, "RecipientTokenId", recipient.id.as_str())
    };
    // 2.9 % of 10 dollars and 30 cents.
    for (fee, works) in [("0.58", false), ("0.59", true)] {
        let reply = scene.ask_as(&shop, Action::Pay, &fixed(asked(), fee));
        if works {
            reply.ok();
        } else {
            reply.refused("InsufficientBalance");
            assert_eq!(
                reply.message(),
                "The caller does not have sufficient balance."
            );
        }
    }
    // A reservation takes no fee; its settlement does.
    let reserved = scene.ask_as(&shop, Action::Reserve, &asked()).transaction();
    scene.wait_for_as(&shop, &reserved, "Reserved");
    let settle = pairs(&[("ReserveTransactionId", &reserved)]);
    let refused = scene.ask_as(&shop, Action::Settle, &settle);
    refused.refused("InsufficientBalance");
    scene.world.deposit(installer, cents(59));
    scene.ask_as(&shop, Action::Settle, &settle).ok();
    scene.wait_for_as(&shop, &reserved, "Success");
}

#[test]
fn whoever_takes_part_needs_no_marketplace() {
    let scene = Scene::new();
    let shop = scene.another_shop(false);
    scene.world.deposit(shop.account, cents(5_000));
    let recipient = scene.world.install(InstallTokens {
        installer: shop.account,
        ..scene.acceptance(scene.recipient)
    });
    // The caller is the sender: two parties, and no fee for a marketplace.
    let token = scene.world.install(InstallTokens {
        installer: shop.account,
        account: shop.account,
        method: Some(PaymentMethod::Balance),
        instrument: None,
        recipients: vec![recipient.key],
        ..scene.consent()
    });
    let asked = with(
        scene.payment_by(&token),
        "RecipientTokenId",
        recipient.id.as_str(),
    );
    let reply = scene.ask_as(&shop, Action::Pay, &asked).ok();
    assert_eq!(reply.text("TransactionStatus"), Some("Success"));
    let shown = scene.ask_as(&shop, Action::GetAccountActivity, &since_yesterday(&scene));
    let part = |role: &str| (role.to_owned(), "0.000000".to_owned());
    assert_eq!(parts(&shown.ok()), [part("Sender"), part("Caller")]);
}

#[test]
fn what_belongs_together_names_each_other() {
    let scene = Scene::new();
    let asked = with(scene.payment(), "MarketplaceVariableFee", "5");
    let paid = scene.made(Action::Pay, &asked, "Success");
    let mut refunds = Vec::new();
    for value in ["4.00", "1.00"] {
        let asked = with(scene.refund(&paid), "RefundAmount.CurrencyCode", "USD");
        let asked = with(asked, "RefundAmount.Value", value);
        let policy = with(asked, "MarketplaceRefundPolicy", "MasterAndMarketplaceTxn");
        refunds.push(scene.made(Action::Refund, &policy, "Success"));
    }
    let all = related(&scene, &paid);
    assert_eq!(all[0].0, "MarketplaceFee");
    let of = |id: &String| relation("Refund", id);
    assert_eq!(all[1..], [of(&refunds[0]), of(&refunds[1])]);
    let fee = &all[0].1;
    for child in [&refunds[0], &refunds[1], fee] {
        assert_eq!(related(&scene, child), [relation("Parent", &paid)]);
    }
    // What comes back is below zero, and apart for each fee.
    let shown = scene.about(Action::GetTransaction, &refunds[0]).ok();
    assert_eq!(value_of(&shown, "FPSFees"), "-0.240000");
    assert_eq!(value_of(&shown, "MarketplaceFees"), "-0.200000");
    // A refund that the card refused was taken back.
    let asked = scene.payment_by_card("4000000000005126");
    let paid = scene.made(Action::Pay, &asked, "Success");
    let refund = scene.made(Action::Refund, &scene.refund(&paid), "Failure");
    assert_eq!(
        related(&scene, &paid),
        [relation("RefundReversal", &refund)]
    );
    assert_eq!(related(&scene, &refund), [relation("Parent", &paid)]);
}

#[test]
fn a_fee_that_the_caller_paid_comes_back_to_the_caller() {
    let scene = Scene::new();
    let (_, asked) = accepted(&scene, |terms| terms.recipient_pays_fee = false);
    let paid = scene.made(Action::Pay, &asked, "Success");
    let recipient = payments::TransactionId::parse(&paid).expect("ours");
    let mut want = payments::ReadSet::default();
    want.transactions.extend(recipient.key());
    let seen = scene.world.see(want);
    let row = seen.transactions.get(&recipient.key().expect("ours"));
    let business = row.expect("it is there").recipient;
    let asked = with(scene.refund(&paid), "RefundAmount.CurrencyCode", "USD");
    let asked = with(asked, "RefundAmount.Value", "5.00");
    scene.made(Action::Refund, &asked, "Success");
    for (shop, of_payment, of_refund) in [
        (
            scene.shop.clone(),
            ("Caller", "0.590000"),
            ("Caller", "-0.300000"),
        ),
        (
            as_account(&scene, business),
            ("Recipient", "0.000000"),
            ("Sender", "0.000000"),
        ),
        (
            as_account(&scene, scene.sender),
            ("Sender", "0.000000"),
            ("Recipient", "0.000000"),
        ),
    ] {
        for (operation, (role, fee)) in [("Pay", of_payment), ("Refund", of_refund)] {
            let asked = with(since_yesterday(&scene), "FPSOperation", operation);
            let shown = scene.ask_as(&shop, Action::GetAccountActivity, &asked).ok();
            assert_eq!(parts(&shown), [(role.to_owned(), fee.to_owned())]);
        }
        // Everybody who takes part is told the same of its state.
        let asked = pairs(&[("TransactionId", paid.as_str())]);
        let status = scene.ask_as(&shop, Action::GetTransactionStatus, &asked);
        assert_eq!(status.ok().text("TransactionStatus"), Some("Success"));
    }
    // Each role finds it, and no other does.
    for (role, count) in [("Caller", "1"), ("Sender", "0"), ("Recipient", "0")] {
        let asked = with(since_yesterday(&scene), "FPSOperation", "Pay");
        let asked = with(asked, "Role.1", role);
        let shown = scene.ask(Action::GetAccountActivity, &asked).ok();
        assert_eq!(shown.text("BatchSize"), Some(count), "{role}");
    }
}

#[test]
fn each_method_has_its_fee() {
    let scene = Scene::new();
    scene.world.deposit(scene.sender, cents(10_000));
    let balance = scene.world.install(InstallTokens {
        method: Some(PaymentMethod::Balance),
        instrument: None,
        ..scene.consent()
    });
    for (token, amount, fee) in [
        (&scene.sender_token, "1.00", "0.100000"),
        (&scene.sender_token, "5.00", "0.300000"),
        (&scene.sender_token, "9.99", "0.550000"),
        (&scene.sender_token, "10.00", "0.590000"),
        (&balance, "10.00", "0.160000"),
        (&balance, "0.05", "0.010750"),
        (&balance, "0.04", "0.008000"),
        (&balance, "0.01", "0.002500"),
    ] {
        let asked = with(scene.payment_by(token), "TransactionAmount.Value", amount);
        let id = scene.made(Action::Pay, &asked, "Success");
        let shown = scene.about(Action::GetTransaction, &id).ok();
        assert_eq!(value_of(&shown, "FPSFees"), fee, "{amount}");
    }
    // What was paid ahead bore its fee then.
    let tally = scene.funded();
    let id = scene.made(Action::Pay, &scene.spending(&tally, "4.00"), "Success");
    let shown = scene.about(Action::GetTransaction, &id).ok();
    assert_eq!(value_of(&shown, "FPSFees"), "0.000000");
    let refused = scene.ask(Action::Pay, &fixed(scene.spending(&tally, "1.00"), "0.10"));
    refused.refused("IncompatibleTokens");
}
