//! GetAccountActivity through the front door: pages that skip and repeat nothing, parts and roles as
//! each account sees them; and the marketplace fee as a transaction of its own.

use payments::commands::{InstallTokens, Pay};
use payments::rows::PaymentMethod;
use payments::{By, PaymentAsked};
use wire::{Action, instant, place};

use crate::kit::{Pairs, Reply, Scene, Shop, cents, pairs, reference, with};

const DAY_MS: i64 = 86_400_000;
/// Payments of the paging test.
const ROWS: usize = 95;

/// Asks for everything since yesterday.
pub fn since_yesterday(scene: &Scene) -> Pairs {
    let start = scene.world.product_now().plus_ms(-DAY_MS);
    pairs(&[("StartDate", &instant::write(start))])
}

/// The texts of all elements of that name.
pub fn all_of<'r>(reply: &'r Reply, element: &str) -> Vec<&'r str> {
    let (open, close) = (format!("<{element}>"), format!("</{element}>"));
    let pieces = reply.body.split(&open).skip(1);
    pieces
        .filter_map(|piece| Some(piece.split_once(&close)?.0))
        .collect()
}

/// Pays from the sender's balance, many at a time, so that several fall into one millisecond.
fn pay_many(scene: &Scene, count: usize) {
    let consent = InstallTokens {
        method: Some(PaymentMethod::Balance),
        instrument: None,
        ..scene.consent()
    };
    let token = scene.world.install(consent);
    let date = scene.world.now();
    std::thread::scope(|threads| {
        for _ in 0..count {
            threads.spawn(|| {
                scene.world.submit(Pay {
                    by: By {
                        caller: scene.shop.account,
                        credential: payments::command::Credential::None,
                        date,
                        mark: [0; 16],
                    },
                    reference: reference(&scene.fresh_reference()),
                    asked: PaymentAsked {
                        sender_token: token.id.clone(),
                        recipient_token: Some(scene.recipient_token.id.clone()),
                        amount: cents(100),
                        charge_fee_to: None,
                        caller_description: None,
                        sender_description: None,
                        descriptor: None,
                        timeout_mins: None,
                        marketplace_fixed: None,
                        marketplace_rate: None,
                        ipn_url: None,
                    },
                })
            });
        }
    });
}

#[test]
fn pages_skip_and_repeat_nothing() {
    let scene = Scene::new();
    pay_many(&scene, ROWS);
    let whole = with(since_yesterday(&scene), "MaxBatchSize", "200");
    let whole = with(whole, "SortOrderByDate", "Ascending");
    let mut exact = 0;
    for (size, ascending) in [
        (20, true),
        (33, false),
        (94, true),
        (95, false),
        (200, true),
    ] {
        let mut asked = with(since_yesterday(&scene), "MaxBatchSize", &size.to_string());
        let order = if ascending { "Ascending" } else { "Descending" };
        asked = with(asked, "SortOrderByDate", order);
        let mut seen: Vec<String> = Vec::new();
        loop {
            let reply = scene.ask(Action::GetAccountActivity, &asked).ok();
            let rows = all_of(&reply, "TransactionId");
            let count = rows.len().to_string();
            assert_eq!(reply.text("BatchSize"), Some(count.as_str()));
            let mut rows: Vec<String> = rows.into_iter().map(str::to_owned).collect();
            if !ascending {
                rows.reverse();
            }
            seen.extend(rows);
            // Somebody pays meanwhile.
            pay_many(&scene, 1);
            let Some(next) = reply.text("StartTimeForNextTransaction") else {
                break;
            };
            exact += usize::from("2026-11-22T12:00:00.000Z".len() < next.len());
            asked = with(asked, "StartDate", next);
        }
        let expected = scene.ask(Action::GetAccountActivity, &whole).ok();
        let expected = all_of(&expected, "TransactionId");
        assert!(seen.len() <= expected.len());
        assert_eq!(seen, expected[..seen.len()], "pages of {size}");
        assert!(ROWS <= seen.len());
    }
    // Either form of the next start may have come; both are read, as the store's own tests prove for
    // every place within a millisecond.
    assert!(exact <= 20, "{exact}");
    let end = scene.world.product_now().plus_ms(-DAY_MS / 2);
    let none = with(since_yesterday(&scene), "EndDate", &instant::write(end));
    let none = scene.ask(Action::GetAccountActivity, &none).ok();
    assert_eq!(none.text("BatchSize"), Some("0"));
}

#[test]
fn a_row_can_be_named_by_its_moment() {
    let scene = Scene::new();
    pay_many(&scene, 3);
    let first = with(since_yesterday(&scene), "SortOrderByDate", "Ascending");
    let reply = scene.ask(Action::GetAccountActivity, &first).ok();
    let ids = all_of(&reply, "TransactionId");
    let keys = ids.iter().map(|id| payments::TransactionId::parse(id));
    let keys: Vec<_> = keys
        .map(|id| id.expect("ours").key().expect("ours"))
        .collect();
    for (at, key) in keys.iter().enumerate() {
        // As if the row before had the same millisecond.
        let start = place::write(key.0, key.0 - 1);
        let asked = with(first.clone(), "StartDate", &start);
        let reply = scene.ask(Action::GetAccountActivity, &asked).ok();
        assert_eq!(all_of(&reply, "TransactionId"), ids[at..], "{start}");
    }
}

/// The roles of the parts, and the fee of each.
pub fn parts(reply: &Reply) -> Vec<(String, String)> {
    let parts = all_of(reply, "TransactionPart");
    let inner = |part: &str, name: &str| {
        let rest = part.split_once(&format!("<{name}>"));
        let found = rest.and_then(|(_, rest)| rest.split_once("</"));
        found.map_or(String::new(), |(text, _)| text.to_owned())
    };
    parts
        .into_iter()
        .map(|part| (inner(part, "Role"), inner(part, "Value")))
        .collect()
}

/// A shop that is the account of somebody else's, by a key of its own.
pub fn as_account(scene: &Scene, account: payments::AccountKey) -> Shop {
    let key =
        accounts::keys::new_access_key(&scene.world.app().vault, account, server::random::bytes());
    scene.world.submit(key.command);
    Shop {
        account,
        key: key.id.to_string(),
        secret: key.secret,
    }
}

#[test]
fn each_account_sees_its_own_parts() {
    let scene = Scene::new();
    let paid = scene.paid();
    let mut refund = scene.refund(&paid);
    refund.extend(pairs(&[
        ("RefundAmount.CurrencyCode", "USD"),
        ("RefundAmount.Value", "5.00"),
    ]));
    let refund = scene.made(Action::Refund, &refund, "Success");
    let shops = [
        (scene.shop.clone(), "Caller", "0.000000", "0.000000"),
        (
            as_account(&scene, scene.recipient),
            "Recipient",
            "0.590000",
            "",
        ),
        (
            as_account(&scene, scene.sender),
            "Sender",
            "0.000000",
            "0.000000",
        ),
    ];
    for (shop, role, of_payment, of_refund) in shops {
        let by = |operation| {
            let asked = with(since_yesterday(&scene), "FPSOperation", operation);
            scene.ask_as(&shop, Action::GetAccountActivity, &asked).ok()
        };
        let payment = by("Pay");
        assert_eq!(payment.text("TransactionId"), Some(paid.as_str()));
        assert_eq!(parts(&payment), [(role.to_owned(), of_payment.to_owned())]);
        assert_eq!(payment.text("OriginalTransactionId"), None);
        let back = by("Refund");
        assert_eq!(back.text("TransactionId"), Some(refund.as_str()));
        assert_eq!(back.text("OriginalTransactionId"), Some(paid.as_str()));
        // In a refund the first recipient is the sender, and gets the fee back.
        let (turned, fee) = match role {
            "Recipient" => ("Sender", "-0.300000"),
            "Sender" => ("Recipient", of_refund),
            other => (other, of_refund),
        };
        assert_eq!(parts(&back), [(turned.to_owned(), fee.to_owned())]);
        assert!(by("Settle").text("TransactionId").is_none());
    }
}

#[test]
fn a_marketplace_fee_is_a_transaction_of_its_own() {
    let scene = Scene::new();
    let asked = with(scene.payment(), "MarketplaceVariableFee", "5");
    let paid = scene.made(Action::Pay, &asked, "Success");
    let master = scene.about(Action::GetTransaction, &paid).ok();
    let related = all_of(&master, "RelatedTransaction");
    let [related] = related.as_slice() else {
        panic!("one relation: {}", master.body)
    };
    assert!(related.contains("MarketplaceFee"), "{related}");
    let fee = related
        .split_once("<TransactionId>")
        .and_then(|(_, rest)| rest.split_once("</"))
        .expect("an id")
        .0
        .to_owned();
    assert_ne!(fee, paid);
    let shown = scene.about(Action::GetTransaction, &fee).ok();
    for (element, text) in [
        ("TransactionId", fee.as_str()),
        ("FPSOperation", "Pay"),
        ("PaymentMethod", "ABT"),
        ("TransactionStatus", "Success"),
        ("SenderName", "Test Business"),
        ("RecipientName", "Test Marketplace"),
        ("RelationType", "Parent"),
        ("Value", "0.500000"),
    ] {
        assert_eq!(shown.text(element), Some(text), "{}", shown.body);
    }
    assert!(
        shown
            .body
            .contains(&format!("<TransactionId>{paid}</TransactionId>"))
    );
    let status = scene.about(Action::GetTransactionStatus, &fee).ok();
    assert_eq!(status.text("TransactionStatus"), Some("Success"));
    // The buyer knows nothing of it.
    let buyer = as_account(&scene, scene.sender);
    let ask = |id: &str| {
        let asked = pairs(&[("TransactionId", id)]);
        scene.ask_as(&buyer, Action::GetTransaction, &asked)
    };
    ask(&fee).refused("InvalidTransactionId");
    assert!(!ask(&paid).ok().body.contains(">MarketplaceFee<"));
    // A payment without a fee has none, whatever its id would be.
    let plain = scene.paid();
    let turned = payments::TransactionId::parse(&plain).expect("ours");
    let (key, nonce) = (turned.key().expect("ours"), turned.nonce().expect("ours"));
    let turned = payments::TransactionId::of(key, &nonce.map(|byte| !byte));
    let asked = pairs(&[("TransactionId", turned.as_str())]);
    scene
        .ask(Action::GetTransaction, &asked)
        .refused("InvalidTransactionId");
}

#[test]
fn the_text_of_a_token_says_what_was_agreed() {
    let scene = Scene::new();
    let ask = |id: &str| {
        let reply = scene.ask(Action::GetPaymentInstruction, &pairs(&[("TokenId", id)]));
        let text = reply.ok().text("PaymentInstruction").map(str::to_owned);
        text.expect("a text")
    };
    let sender = ask(scene.sender_token.id.as_str());
    assert!(sender.starts_with("MyRole == 'Sender' orSay"), "{sender}");
    let listed = format!("RecipientToken in ('','{}')", scene.recipient_token.id);
    assert!(sender.contains(&listed), "{sender}");
    assert!(sender.contains("string PaymentMethod := 'cc';"), "{sender}");
    let recipient = ask(scene.recipient_token.id.as_str());
    assert!(
        recipient.contains("PaymentMethod in ('cc','ach','abt')"),
        "{recipient}"
    );
    assert!(
        recipient.contains("MarketplaceVariableFee &lt;= '20'"),
        "{recipient}"
    );
}

#[test]
fn a_token_that_was_installed_pays_as_its_text_says() {
    let scene = Scene::new();
    let text = "MyRole == 'Sender';\nTransactionAmount <= 'USD 5' orSay 'too <much>';\n\
                string PaymentMethod := 'abt';";
    let asked = pairs(&[
        ("PaymentInstruction", text),
        ("CallerReference", "own-1"),
        ("TokenType", "Unrestricted"),
    ]);
    let made = scene.ask(Action::InstallPaymentInstruction, &asked).ok();
    let token = made.text("TokenId").expect("an id").to_owned();
    let pay = |amount: &str| {
        let asked = with(scene.payment(), "SenderTokenId", &token);
        scene.ask(Action::Pay, &with(asked, "TransactionAmount.Value", amount))
    };
    assert_eq!(pay("5.00").ok().text("TransactionStatus"), Some("Success"));
    let refused = pay("5.01");
    refused.refused("IncompatibleTokens");
    assert!(
        refused.message().ends_with(": too <much>"),
        "{}",
        refused.body
    );
    let shown = scene.ask(
        Action::GetPaymentInstruction,
        &pairs(&[("TokenId", &token)]),
    );
    let escaped = text.replace('<', "&lt;").replace('>', "&gt;");
    assert_eq!(
        shown.ok().text("PaymentInstruction"),
        Some(escaped.as_str())
    );
    let own = scene.ask(Action::GetTokens, &Pairs::new()).ok();
    assert_eq!(all_of(&own, "TokenId"), [token.as_str()]);
    let none = scene.ask(Action::GetTokens, &pairs(&[("TokenType", "MultiUse")]));
    assert_eq!(all_of(&none.ok(), "TokenId"), Vec::<&str>::new());
}
