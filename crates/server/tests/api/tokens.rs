//! Tokens by the API: found, used up, regained, cancelled, and the notification of a cancellation.

use payments::commands::{ChangeAccount, InstallTokens};
use payments::rows::TokenType;
use wire::Action;

use crate::kit::{Installed, Pairs, Receiver, Reply, Scene, cents, over_soap, pairs};

fn look(scene: &Scene, token: &Installed) -> Reply {
    scene
        .ask(
            Action::GetTokenByCaller,
            &pairs(&[("TokenId", token.id.as_str())]),
        )
        .ok()
}

#[test]
fn a_token_is_found_by_its_reference() {
    let scene = Scene::new();
    for (reference, token) in [
        ("sender-1", &scene.sender_token),
        ("recipient-1", &scene.recipient_token),
    ] {
        let reply = scene
            .ask(
                Action::GetTokenByCaller,
                &pairs(&[("CallerReference", reference)]),
            )
            .ok();
        assert_eq!(reply.text("TokenId"), Some(token.id.as_str()));
    }
}

#[test]
fn a_list_without_tokens_is_an_empty_result() {
    let empty = "<GetTokensResult></GetTokensResult><ResponseMetadata><RequestId>";
    for scene in [Scene::new(), over_soap()] {
        let none = scene.ask(Action::GetTokens, &Pairs::new()).ok();
        assert!(none.body.contains(empty), "{}", none.body);
    }
}

#[test]
fn a_token_is_active_until_it_is_used_cancelled_or_over() {
    let scene = Scene::new();
    let single = InstallTokens {
        kind: TokenType::SingleUse,
        ..scene.consent()
    };
    let used = scene.world.install(single);
    assert_eq!(look(&scene, &used).text("TokenStatus"), Some("Active"));
    assert_eq!(look(&scene, &used).text("TokenType"), Some("SingleUse"));
    scene.ask(Action::Pay, &scene.payment_by(&used)).ok();
    assert_eq!(look(&scene, &used).text("TokenStatus"), Some("Inactive"));
    let cancelled = scene.world.install(scene.consent());
    scene
        .ask(
            Action::CancelToken,
            &pairs(&[("TokenId", cancelled.id.as_str())]),
        )
        .ok();
    assert_eq!(
        look(&scene, &cancelled).text("TokenStatus"),
        Some("Inactive")
    );
    let over = InstallTokens {
        kind: TokenType::SingleUse,
        ..scene.consent()
    };
    let over = scene.world.install(over);
    scene.world.advance(3 * 3_600_000);
    assert_eq!(look(&scene, &over).text("TokenStatus"), Some("Inactive"));
}

#[test]
fn a_refused_request_does_not_use_a_token_up() {
    let scene = Scene::new();
    let kind = TokenType::SingleUse;
    let token = scene.world.install(InstallTokens {
        kind,
        ..scene.consent()
    });
    let asked = crate::kit::with(scene.payment_by(&token), "TransactionAmount.Value", "0");
    scene.ask(Action::Pay, &asked).refused("AmountOutOfRange");
    scene.ask(Action::Pay, &scene.payment_by(&token)).ok();
}

#[test]
fn a_token_regains_what_was_not_charged() {
    let scene = Scene::new();
    let total_max = Some(cents(1_500));
    let token = scene.world.install(InstallTokens {
        total_max,
        ..scene.consent()
    });
    let held = scene.made(Action::Reserve, &scene.payment_by(&token), "Reserved");
    scene
        .ask(Action::Reserve, &scene.payment_by(&token))
        .refused("TokenUsageError");
    scene.about(Action::Cancel, &held).ok();
    let held = scene.made(Action::Reserve, &scene.payment_by(&token), "Reserved");
    let part = pairs(&[
        ("ReserveTransactionId", &held),
        ("TransactionAmount.CurrencyCode", "USD"),
        ("TransactionAmount.Value", "5.00"),
    ]);
    scene.ask(Action::Settle, &part).ok();
    scene.wait_for(&held, "Success");
    scene.ask(Action::Reserve, &scene.payment_by(&token)).ok();
}

#[test]
fn a_cancelled_token_is_told_once_with_the_printed_fields() {
    let receiver = Receiver::start();
    let scene = Scene::new();
    let ipn_url = Some(Some(receiver.url.clone()));
    scene.world.submit(ChangeAccount {
        ipn_url,
        ..ChangeAccount::of(scene.shop.account)
    });
    let token = scene.world.install(scene.consent());
    let asked = pairs(&[("TokenId", token.id.as_str()), ("ReasonText", "moved away")]);
    let reply = scene.ask(Action::CancelToken, &asked).ok();
    assert!(!reply.body.contains("CancelTokenResult"), "{}", reply.body);
    let message = receiver.next();
    let fields = message.fields();
    let names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
    let mut expected = vec![
        "callerReference",
        "certificateUrl",
        "customerEmail",
        "customerName",
        "dateInstalled",
        "notificationType",
        "paymentReason",
        "signature",
        "signatureMethod",
        "signatureVersion",
        "tokenId",
        "tokenType",
    ];
    let mut found = names.clone();
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
    for (name, value) in [
        ("notificationType", "TokenCancellation"),
        ("tokenId", token.id.as_str()),
        ("tokenType", "MultiUse"),
        ("customerName", "Test Sender"),
        ("customerEmail", "sender@example.test"),
        ("paymentReason", "Sandbox purchases"),
    ] {
        assert_eq!(message.field(name), value);
    }
}

#[test]
fn the_notification_goes_where_the_request_says() {
    let receiver = Receiver::start();
    let scene = Scene::new();
    let token = scene.world.install(scene.consent());
    let asked = pairs(&[
        ("TokenId", token.id.as_str()),
        ("OverrideIPNURL", &receiver.url),
    ]);
    scene.ask(Action::CancelToken, &asked).ok();
    assert_eq!(receiver.next().field("tokenId"), token.id.as_str());
}
