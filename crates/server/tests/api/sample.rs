//! A request of each action that succeeds, with every parameter the action has.

use signing::UrlParts;
use signing::Verb;
use wire::Action;

use crate::kit::{Pairs, Scene, pairs};

/// Where a notification of a sample would go: nobody listens there.
pub const NOBODY: &str = "http://127.0.0.1:9/ipn";

/// The parameters of a request that succeeds, with whatever must be there before.
pub fn sample(scene: &Scene, action: Action) -> Pairs {
    match action {
        Action::Reserve | Action::Pay => payment(scene),
        Action::Settle => pairs(&[
            ("ReserveTransactionId", &scene.reserved()),
            ("TransactionAmount.CurrencyCode", "USD"),
            ("TransactionAmount.Value", "7.5"),
            ("OverrideIPNURL", NOBODY),
        ]),
        Action::Cancel => pairs(&[
            ("TransactionId", &scene.reserved()),
            ("Description", "Out of stock"),
            ("OverrideIPNURL", NOBODY),
        ]),
        Action::Refund => pairs(&[
            ("TransactionId", &scene.paid()),
            ("RefundAmount.CurrencyCode", "USD"),
            ("RefundAmount.Value", "2.50"),
            ("CallerReference", &scene.fresh_reference()),
            ("CallerDescription", "One shoe came back"),
            ("MarketplaceRefundPolicy", "MasterTxnOnly"),
            ("OverrideIPNURL", NOBODY),
        ]),
        Action::GetTransaction | Action::GetTransactionStatus => {
            pairs(&[("TransactionId", &refunded(scene))])
        }
        Action::GetTokenByCaller => {
            let token = scene.world.install(scene.consent());
            pairs(&[("TokenId", token.id.as_str())])
        }
        Action::CancelToken => {
            let token = scene.world.install(scene.consent());
            pairs(&[
                ("TokenId", token.id.as_str()),
                ("ReasonText", "The shop closes"),
                ("OverrideIPNURL", NOBODY),
            ])
        }
        Action::GetAccountBalance => Pairs::new(),
        Action::VerifySignature => verification(scene),
    }
}

fn payment(scene: &Scene) -> Pairs {
    let mut all = scene.payment();
    all.extend(pairs(&[
        ("ChargeFeeTo", "Recipient"),
        ("CallerDescription", "Blue shoes ~ 10% off*"),
        ("SenderDescription", "Blue shoes & \u{e9}toiles"),
        ("DescriptorPolicy.SoftDescriptorType", "Dynamic"),
        ("DescriptorPolicy.CSOwner", "Recipient"),
        ("TransactionTimeoutInMins", "60"),
        ("MarketplaceFixedFee.CurrencyCode", "USD"),
        ("MarketplaceFixedFee.Value", "0.10"),
        ("MarketplaceVariableFee", "5"),
        ("OverrideIPNURL", NOBODY),
    ]));
    all
}

/// A reservation that was settled in part, of which a part was given back.
fn refunded(scene: &Scene) -> String {
    let asked = payment(scene);
    let id = scene.made(Action::Reserve, &asked, "Reserved");
    let settle = pairs(&[
        ("ReserveTransactionId", &id),
        ("TransactionAmount.CurrencyCode", "USD"),
        ("TransactionAmount.Value", "8"),
    ]);
    scene.ask(Action::Settle, &settle).ok();
    scene.wait_for(&id, "Success");
    let mut refund = scene.refund(&id);
    refund.extend(pairs(&[
        ("RefundAmount.CurrencyCode", "USD"),
        ("RefundAmount.Value", "2"),
    ]));
    scene.made(Action::Refund, &refund, "Success");
    id
}

/// A message as the server itself signs it.
fn verification(scene: &Scene) -> Pairs {
    let end_point = "http://shop.example.test/return";
    let ring = scene.world.app().keyring.current();
    let mut message = pairs(&[
        ("tokenID", "T1"),
        ("status", "SC"),
        ("callerReference", "a b&c"),
    ]);
    let target = UrlParts::parse(end_point).expect("a URL");
    ring.key
        .sign_onto(&mut message, Verb::Get, &target, &ring.url);
    pairs(&[
        ("UrlEndPoint", end_point),
        ("HttpParameters", &crate::kit::encode(&message)),
    ])
}
