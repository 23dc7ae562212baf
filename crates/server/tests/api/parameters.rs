//! Each parameter of each action: missing, malformed, unknown. All of it is refused by name, and
//! nothing is written.

use wire::Action;
use wire::action::{Kind, Parameter};

use crate::kit::{Pairs, Scene, with, without};
use crate::sample::sample;

const BAD_AMOUNTS: &[&str] = &[
    "",
    "abc",
    "-1",
    "+1",
    "NaN",
    "Infinity",
    "1,00",
    "1.0.0",
    "1e3",
    " 1",
    "1 ",
    "0x10",
    "$1",
    "1.0000001",
    ".",
    "\u{661}",
];
const BAD_IDS: &[&str] = &["FAKE", "14gkd9ge66faa63e6o6b2jdpzkn53lz7f22", "' OR 1=1 --"];
const BAD_TOKENS: &[&str] = &["NONE", "T1\u{0}", "\u{442}\u{43e}\u{43a}\u{435}\u{43d}"];
const BAD_PERCENTAGES: &[&str] = &[
    "-1", "100.0001", "NaN", "1,0", "1.00001", "5%", "five", " 5",
];
const BAD_MINUTES: &[&str] = &[
    "0",
    "10081",
    "1.5",
    "-1",
    "+1",
    "ten",
    "99999999999999999999",
];
const BAD_URLS: &[&str] = &[
    "nonsense",
    "ftp://a.test/",
    "javascript:alert(1)",
    "http://",
    "//a.test/",
];

/// What cannot be a value of this kind, by the member it is sent under.
fn malformed(kind: Kind) -> Vec<(&'static str, String)> {
    let of = |member: &'static str,
              list: &[&str],
              long: Option<String>|
     -> Vec<(&'static str, String)> {
        let short = list.iter().map(|text| (*text).to_owned());
        short.chain(long).map(|text| (member, text)).collect()
    };
    match kind {
        Kind::TransactionId | Kind::SubscriptionId => of("", BAD_IDS, Some("1".repeat(36))),
        Kind::PrepaidInstrumentId | Kind::CreditInstrumentId | Kind::TokenId => {
            of("", BAD_TOKENS, Some("T".repeat(65)))
        }
        Kind::CallerReference => of("", &["a\u{7}b", "a\u{0}b", "a\nb"], Some("x".repeat(129))),
        Kind::Description => of("", &["a\u{7}b", "a\u{1b}[31mb"], Some("\u{e9}".repeat(161))),
        Kind::Amount => {
            let values = of(".Value", BAD_AMOUNTS, None);
            let currencies = of(".CurrencyCode", &["", "EUR", "usd", "US"], None);
            [values, currencies].concat()
        }
        Kind::FriendlyName => of("", &["a\u{7}b"], Some("\u{e9}".repeat(129))),
        Kind::PaymentReason => of("", &["a\u{7}b"], Some("\u{e9}".repeat(65))),
        Kind::BatchSize => of("", &["0", "19", "201", "-20", "2e1", "many"], None),
        Kind::Moment => of("", &["yesterday", "2009-10-06", "1254815591", "0"], None),
        Kind::SortOrder => of("", &["ascending", "Random", "1"], None),
        Kind::FpsOperation => of("", &["pay", "All", "DepositFunds"], None),
        Kind::PaymentMethod => of("", &["cc", "Cash"], None),
        Kind::Roles => of(".1", &["sender", "All", "Sender,Caller"], None),
        Kind::TransactionStatus => of("", &["SUCCESS", "Initiated"], None),
        Kind::TokenStatus => of("", &["active", "Cancelled"], None),
        Kind::TokenType => of("", &["singleuse", "All"], None),
        Kind::Percentage => of("", BAD_PERCENTAGES, None),
        Kind::Minutes => of("", BAD_MINUTES, None),
        Kind::ChargeFeeTo => of("", &["Sender", "caller", "1"], None),
        Kind::MarketplaceRefundPolicy => of("", &["All", "mastertxnonly", "0"], None),
        Kind::DescriptorPolicy => {
            let kinds = of(".SoftDescriptorType", &["Other", "dynamic"], None);
            let owners = of(".CSOwner", &["Sender", "caller"], None);
            [kinds, owners].concat()
        }
        Kind::Url => of("", BAD_URLS, None),
        // What is wrong with an instruction has codes of its own.
        Kind::Text | Kind::Instruction | Kind::Ignored => Vec::new(),
    }
}

/// The name that a sentence gives to a parameter.
fn lower_camel(name: &str) -> String {
    let small = name.find(|c: char| c.is_ascii_lowercase()).unwrap_or(0);
    let cut = if small <= 1 { 1 } else { small - 1 };
    name[..cut].to_ascii_lowercase() + &name[cut..]
}

#[track_caller]
fn refused(scene: &Scene, action: Action, asked: &Pairs, parameter: &Parameter) {
    let rows = scene.world.rows_written();
    let reply = scene.ask(action, asked);
    reply.refused("InvalidParams");
    let named = lower_camel(parameter.name);
    let message = reply.message();
    assert!(
        message.contains(&named),
        "{}: {message} lacks {named}",
        action.as_str()
    );
    assert_eq!(
        scene.world.rows_written(),
        rows,
        "{} wrote something",
        action.as_str()
    );
}

/// A request with every parameter of its action; what it names need not be there.
fn whole(scene: &Scene, action: Action) -> Pairs {
    let id = crate::kit::pairs(&[("TransactionId", "14GKD9GE66FAA63E6O6B2JDPZKN53LZ7F22")]);
    match action {
        Action::Reserve | Action::Pay | Action::CancelToken | Action::VerifySignature => {
            sample(scene, action)
        }
        Action::GetTokenByCaller
        | Action::GetAccountBalance
        | Action::GetAccountActivity
        | Action::GetOutstandingDebtBalance
        | Action::GetPaymentInstruction
        | Action::GetRecipientVerificationStatus
        | Action::GetTokenUsage
        | Action::GetTokens
        | Action::GetTotalPrepaidLiability
        | Action::FundPrepaid
        | Action::GetDebtBalance
        | Action::GetPrepaidBalance
        | Action::InstallPaymentInstruction
        | Action::SettleDebt
        | Action::WriteOffDebt => sample(scene, action),
        Action::GetTransaction | Action::GetTransactionStatus => id,
        // A real one has notifications that are tried again, and that writes.
        Action::GetSubscriptionDetails | Action::GetTransactionsForSubscription => {
            crate::kit::pairs(&[("SubscriptionId", &id[0].1)])
        }
        Action::CancelSubscriptionAndRefund => crate::kit::pairs(&[
            ("SubscriptionId", &id[0].1),
            ("RefundAmount.CurrencyCode", "USD"),
            ("RefundAmount.Value", "1"),
            ("CallerReference", "r-1"),
        ]),
        Action::Cancel => with(
            with(id, "Description", "late"),
            "OverrideIPNURL",
            "http://127.0.0.1:9/",
        ),
        Action::Settle => {
            let all = crate::kit::pairs(&[("ReserveTransactionId", &id[0].1)]);
            let all = with(all, "TransactionAmount.Value", "1");
            with(all, "TransactionAmount.CurrencyCode", "USD")
        }
        Action::Refund => {
            let all = with(id, "RefundAmount.Value", "1");
            with(
                with(all, "RefundAmount.CurrencyCode", "USD"),
                "CallerReference",
                "r-1",
            )
        }
    }
}

#[test]
fn what_is_required_and_missing() {
    let scene = Scene::new();
    for action in Action::ALL {
        let all = whole(&scene, action);
        for parameter in action
            .parameters()
            .iter()
            .filter(|parameter| parameter.required)
        {
            let members = parameter.kind.members();
            let names: Vec<String> = if members.is_empty() {
                vec![parameter.name.to_owned()]
            } else {
                members
                    .iter()
                    .map(|member| format!("{}.{member}", parameter.name))
                    .collect()
            };
            for name in names {
                refused(&scene, action, &without(all.clone(), &name), parameter);
                refused(&scene, action, &with(all.clone(), &name, ""), parameter);
            }
        }
    }
}

#[test]
fn what_is_malformed() {
    let scene = Scene::new();
    for action in Action::ALL {
        let all = whole(&scene, action);
        for parameter in action.parameters() {
            for (member, value) in malformed(parameter.kind) {
                let name = format!("{}{member}", parameter.name);
                refused(&scene, action, &with(all.clone(), &name, &value), parameter);
            }
        }
    }
}

#[test]
fn half_an_amount() {
    let scene = Scene::new();
    let all = scene.payment();
    for (member, said) in [
        ("CurrencyCode", "transactionAmount.value can not be empty "),
        ("Value", "transactionAmount.currencyCode can not be empty "),
    ] {
        let other = if member == "Value" {
            "CurrencyCode"
        } else {
            "Value"
        };
        let half = without(all.clone(), &format!("TransactionAmount.{other}"));
        let reply = scene.ask(Action::Pay, &half);
        reply.refused("InvalidParams");
        assert_eq!(reply.message(), said);
    }
}

#[test]
fn amounts_beyond_all_bounds() {
    let scene = Scene::new();
    for value in [
        "1000000000000000000000000000000",
        "99999999999999",
        "9999999999999999999.99",
    ] {
        let reply = scene.ask(
            Action::Pay,
            &with(scene.payment(), "TransactionAmount.Value", value),
        );
        reply.refused("AmountOutOfRange");
    }
}

#[test]
fn what_the_action_does_not_know() {
    let scene = Scene::new();
    for action in Action::ALL {
        let all = whole(&scene, action);
        for name in [
            "recipient_token_id",
            "TemporaryDeclinePolicy",
            "callerReference",
            "TransactionAmount",
            "TransactionAmount.value",
            "CallerReference.1",
            "<script>",
            "\u{e9}",
            "",
        ] {
            let rows = scene.world.rows_written();
            let reply = scene.ask(action, &with(all.clone(), name, "1"));
            reply.refused("InvalidRequest");
            let element = format!("\"http://fps.amazonaws.com/doc/2008-09-17/:{name}\" in request");
            assert!(
                reply.message().contains(&element),
                "{}: {}",
                action.as_str(),
                reply.body
            );
            assert_eq!(scene.world.rows_written(), rows);
        }
    }
}

#[test]
fn a_parameter_of_another_action() {
    let scene = Scene::new();
    let all = with(whole(&scene, Action::Settle), "CallerReference", "r-1");
    scene.ask(Action::Settle, &all).refused("InvalidRequest");
    let all = with(
        whole(&scene, Action::GetTransaction),
        "OverrideIPNURL",
        "http://127.0.0.1:9/",
    );
    scene
        .ask(Action::GetTransaction, &all)
        .refused("InvalidRequest");
}

#[test]
fn an_empty_description_is_none() {
    let scene = Scene::new();
    let all = with(scene.payment(), "CallerDescription", "");
    let id = scene.ask(Action::Pay, &all).transaction();
    let reply = scene.about(Action::GetTransaction, &id).ok();
    assert_eq!(reply.text("CallerDescription"), None);
}

#[test]
fn the_longest_values_are_taken() {
    let scene = Scene::new();
    let all = with(scene.payment(), "CallerReference", &"\u{e9}".repeat(128));
    let all = with(all, "CallerDescription", &"\u{1f45f}".repeat(160));
    let all = with(all, "TransactionTimeoutInMins", "10080");
    let all = with(all, "TransactionAmount.Value", "10000.00");
    let id = scene.ask(Action::Pay, &all).transaction();
    let reply = scene.about(Action::GetTransaction, &id).ok();
    assert_eq!(
        reply.text("CallerDescription"),
        Some("\u{1f45f}".repeat(160).as_str())
    );
}
