//! A request of each action that succeeds, with every parameter the action has.

use payments::commands::InstallTokens;
use payments::period::Period;
use payments::rows::{TallyKind, UsageLimit, UsageLimitKind};
use signing::UrlParts;
use signing::Verb;
use wire::{Action, instant};

use crate::kit::{Installed, Pairs, Reply, Scene, cents, pairs, with};

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
        Action::GetAccountActivity => activity(scene),
        Action::GetTokens => tokens(scene),
        Action::GetTokenUsage | Action::GetPaymentInstruction => {
            pairs(&[("TokenId", used(scene).id.as_str())])
        }
        Action::GetRecipientVerificationStatus => {
            pairs(&[("RecipientTokenId", scene.recipient_token.id.as_str())])
        }
        Action::InstallPaymentInstruction => instruction(scene),
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
        Action::GetAccountBalance
        | Action::GetOutstandingDebtBalance
        | Action::GetTotalPrepaidLiability => Pairs::new(),
        Action::FundPrepaid => moving(scene, TallyKind::Prepaid, "Funding"),
        Action::SettleDebt => moving(scene, TallyKind::Credit, "Settlement"),
        Action::WriteOffDebt => pairs(&[
            ("CreditInstrumentId", scene.owed().id.as_str()),
            ("AdjustmentAmount.CurrencyCode", "USD"),
            ("AdjustmentAmount.Value", "1.25"),
            ("CallerReference", &scene.fresh_reference()),
            ("CallerDescription", "Small change"),
        ]),
        Action::GetPrepaidBalance => pairs(&[("PrepaidInstrumentId", scene.funded().id.as_str())]),
        Action::GetDebtBalance => pairs(&[("CreditInstrumentId", scene.owed().id.as_str())]),
        Action::CancelSubscriptionAndRefund => pairs(&[
            ("SubscriptionId", &scene.paid_plan()),
            ("RefundAmount.CurrencyCode", "USD"),
            ("RefundAmount.Value", "0.40"),
            ("CallerReference", &scene.fresh_reference()),
            ("CancelReason", "The paper is no longer printed"),
        ]),
        Action::GetSubscriptionDetails | Action::GetTransactionsForSubscription => {
            pairs(&[("SubscriptionId", &scene.paid_plan())])
        }
        Action::VerifySignature => verification(scene),
    }
}

/// Waits for the refund that a reply names: later samples show the caller's balance and its refunds.
pub fn let_end(scene: &Scene, reply: &Reply) {
    if let Some(refund) = reply.text("RefundTransactionId") {
        scene.wait_for(refund, "Success");
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

/// A payment and its refund, of all that the shop did since yesterday.
fn activity(scene: &Scene) -> Pairs {
    const DAY_MS: i64 = 86_400_000;
    let asked = with(scene.payment(), "CallerDescription", "Two shoes");
    let paid = scene.made(Action::Pay, &asked, "Success");
    let mut refund = scene.refund(&paid);
    refund.extend(pairs(&[
        ("RefundAmount.CurrencyCode", "USD"),
        ("RefundAmount.Value", "2.50"),
        ("CallerDescription", "One shoe came back"),
    ]));
    scene.made(Action::Refund, &refund, "Success");
    let now = scene.world.product_now();
    pairs(&[
        ("MaxBatchSize", "20"),
        ("StartDate", &instant::write(now.plus_ms(-DAY_MS))),
        ("EndDate", &instant::write(now.plus_ms(DAY_MS))),
        ("SortOrderByDate", "Ascending"),
        ("FPSOperation", "Refund"),
        ("PaymentMethod", "CC"),
        ("Role.1", "Caller"),
        ("Role.2", "Recipient"),
        ("TransactionStatus", "Success"),
        ("ResponseGroup", "Detail"),
    ])
}

/// A token with limits of every kind, used once.
fn used(scene: &Scene) -> Installed {
    let monthly = |kind| UsageLimit {
        kind,
        period: Period::parse("1 month"),
    };
    let token = scene.world.install(InstallTokens {
        total_max: Some(cents(10_000)),
        limits: vec![
            monthly(UsageLimitKind::Amount(cents(5_000))),
            monthly(UsageLimitKind::Count(5)),
        ],
        ..scene.consent()
    });
    scene.made(Action::Pay, &scene.payment_by(&token), "Success");
    token
}

fn instruction(scene: &Scene) -> Pairs {
    pairs(&[
        (
            "PaymentInstruction",
            "MyRole == 'Sender' orSay 'Roles do not match';\n\
             TransactionAmount <= 'USD 5';\n\
             string PaymentMethod := 'abt';",
        ),
        ("TokenFriendlyName", "Payouts"),
        ("CallerReference", &scene.fresh_reference()),
        ("TokenType", "Unrestricted"),
        ("PaymentReason", "Pocket money"),
    ])
}

/// A token of the shop's own, and the filters that fit it alone.
fn tokens(scene: &Scene) -> Pairs {
    let asked = instruction(scene);
    scene.ask(Action::InstallPaymentInstruction, &asked).ok();
    let reference = asked.iter().find(|(name, _)| name == "CallerReference");
    let (_, reference) = reference.expect("it has one");
    pairs(&[
        ("TokenStatus", "Active"),
        ("TokenType", "Unrestricted"),
        ("CallerReference", reference),
        ("TokenFriendlyName", "Payouts"),
    ])
}

/// Funds a new prepaid instrument, or settles a part of what is owed on a new credit instrument.
fn moving(scene: &Scene, kind: TallyKind, verb: &str) -> Pairs {
    let (tally, name) = match kind {
        TallyKind::Prepaid => (scene.tally(kind), "PrepaidInstrumentId"),
        TallyKind::Credit => (scene.owed(), "CreditInstrumentId"),
    };
    pairs(&[
        ("SenderTokenId", tally.moving.as_str()),
        (name, tally.id.as_str()),
        (&format!("{verb}Amount.CurrencyCode"), "USD"),
        (&format!("{verb}Amount.Value"), "5.00"),
        ("CallerReference", &scene.fresh_reference()),
        ("SenderDescription", "A month of music"),
        ("CallerDescription", "Account 17"),
        ("DescriptorPolicy.SoftDescriptorType", "Dynamic"),
        ("DescriptorPolicy.CSOwner", "Caller"),
        ("TransactionTimeoutInMins", "60"),
        ("OverrideIPNURL", NOBODY),
    ])
}
