//! Prepaid, credit and recurring agreements, and tokens that are edited.

use money::{Amount, Currency};
use pages::action;
use payments::ReadSet;
use payments::rows::{
    AccountType, AmountRule, PaymentMethod, Tally, TallyKind, TokenRole, TokenStatus, TokenType,
    UsageLimitKind,
};
use store::Store as _;

use super::{CARD, SINGLE, result, to_confirm, value, with};
use crate::web::tests::browser::Browser;
use crate::web::tests::world::World;

const ADA: &str = "ada@mail.example";

const PREPAID: [(&str, &str); 4] = [
    ("pipelineName", "SetupPrepaid"),
    ("callerReferenceSender", "spend-1"),
    ("callerReferenceFunding", "fund-1"),
    ("fundingAmount", "50.00"),
];
const POSTPAID: [(&str, &str); 5] = [
    ("pipelineName", "SetupPostpaid"),
    ("callerReferenceSender", "spend-1"),
    ("callerReferenceSettlement", "settle-1"),
    ("creditLimit", "75.00"),
    ("globalAmountLimit", "300.00"),
];
const RECURRING: [(&str, &str); 4] = [
    ("pipelineName", "Recurring"),
    ("callerReference", "paper-1"),
    ("transactionAmount", "9.99"),
    ("recurringPeriod", "1 Month"),
];

fn dollars(cents: i64) -> Amount {
    Amount::from_cents(cents, Currency::USD).unwrap()
}

async fn tally(world: &World, key: Option<payments::TallyKey>) -> Tally {
    let mut want = ReadSet::default();
    want.tallies.extend(key);
    let seen = world.store.see(want).await.unwrap();
    seen.tallies.get(&key.unwrap()).unwrap().clone()
}

fn says(text: &str, all: &[&str]) {
    for words in all {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[tokio::test]
async fn a_sender_agrees_to_pay_ahead() {
    let world = World::new();
    let shop = world.shop().await;
    let ada = world.person(ADA, AccountType::Personal).await;
    let mut browser = Browser::new(&world);
    let link = shop.link(&PREPAID);
    let page = browser.open(&link).await;
    let page = browser.sign_in(&page, ADA).await;
    says(
        page.text(),
        &["Paying shop ahead, at most $50.00 at a time"],
    );
    let page = browser.press(&page, action::ADD_CARD, &CARD).await;
    says(
        page.text(),
        &[
            "never more than <strong>$50.00</strong> is paid ahead",
            "$50.00 paid ahead at a time",
            "Nothing now",
            "until you revoke it",
        ],
    );
    let left = browser.press(&page, action::CONFIRM, &[]).await;
    let pairs = result(&left);
    assert_eq!(value(&pairs, "status"), Some("SC"));
    assert_eq!(value(&pairs, "expiry"), Some("04/2025"));
    assert_eq!(value(&pairs, "tokenID"), None);
    let spends = world
        .token(value(&pairs, "prepaidSenderTokenID").unwrap())
        .await;
    let funds = world.token(value(&pairs, "fundingTokenID").unwrap()).await;
    let made = tally(&world, spends.facts.tally).await;
    assert_eq!(
        value(&pairs, "prepaidInstrumentID"),
        Some(made.id().as_str())
    );
    assert_eq!(
        (made.kind, made.limit),
        (TallyKind::Prepaid, dollars(5_000))
    );
    assert_eq!((made.sender, made.recipient), (ada, shop.account));
    assert_eq!(spends.facts.method, Some(PaymentMethod::Prepaid));
    assert_eq!(funds.facts.method, Some(PaymentMethod::Card));
    assert_eq!(funds.facts.role, TokenRole::Funding);
    assert_eq!(funds.facts.tally, spends.facts.tally);
    // Once more by the back button: the same result.
    let again = browser.press(&page, action::CONFIRM, &[]).await;
    assert_eq!(again.location(), left.location());
    // Each reference is used up.
    for name in ["callerReferenceSender", "callerReferenceFunding"] {
        let fresh = if name == "callerReferenceSender" {
            "callerReferenceFunding"
        } else {
            "callerReferenceSender"
        };
        let link = shop.link(&with(&PREPAID, &[(fresh, "another")]));
        let pairs = result(&Browser::new(&world).get(&link).await);
        assert_eq!(value(&pairs, "status"), Some("NP"), "{name}");
    }
}

#[tokio::test]
async fn a_sender_agrees_to_pay_later() {
    let world = World::new();
    let shop = world.shop().await;
    let ada = world.person(ADA, AccountType::Personal).await;
    world.deposit(ada, dollars(1)).await;
    let more = [
        ("usageLimitType1", "Count"),
        ("usageLimitValue1", "2"),
        ("usageLimitPeriod1", "1 week"),
        ("paymentMethod", "ABT"),
    ];
    let mut browser = Browser::new(&world);
    let page = browser.open(&shop.link(&with(&POSTPAID, &more))).await;
    let page = browser.sign_in(&page, ADA).await;
    let chosen = [("method", "balance")];
    let page = browser.press(&page, action::CHOOSE_METHOD, &chosen).await;
    says(
        page.text(),
        &[
            "never owe more than <strong>$75.00</strong>",
            "never more than <strong>$300.00</strong> in all",
            "$75.00 owed at a time",
            "$300.00 collected in all",
            "At most 2 charges in any week",
        ],
    );
    let pairs = result(&browser.press(&page, action::CONFIRM, &[]).await);
    assert_eq!(value(&pairs, "status"), Some("SA"));
    let spends = world
        .token(value(&pairs, "creditSenderTokenID").unwrap())
        .await;
    let settles = world
        .token(value(&pairs, "settlementTokenID").unwrap())
        .await;
    let made = tally(&world, spends.facts.tally).await;
    assert_eq!(
        value(&pairs, "creditInstrumentID"),
        Some(made.id().as_str())
    );
    assert_eq!((made.kind, made.limit), (TallyKind::Credit, dollars(7_500)));
    assert_eq!(spends.facts.method, Some(PaymentMethod::Debt));
    assert_eq!(
        (spends.facts.total_max, spends.facts.limits.len()),
        (None, 0)
    );
    assert_eq!(settles.facts.role, TokenRole::Settlement);
    assert_eq!(settles.facts.total_max, Some(dollars(30_000)));
    assert_eq!(settles.facts.limits[0].kind, UsageLimitKind::Count(2));

    // The sender sees both, and revokes one.
    let page = browser.open(crate::web::console::AGREEMENTS).await;
    says(
        page.text(),
        &[
            "Writes down what you buy, at most $75.00 owed at a time",
            "Collects what you owe: $0.00 is open",
            "Owed: $0.00 of $75.00 used",
            "Later, on credit",
        ],
    );
    let href = format!("{}?token={}", crate::web::console::REVOKE, spends.id());
    let page = browser.open(&href).await;
    browser.press(&page, action::REVOKE, &[]).await;
    let spends = world.token(spends.id().as_str()).await;
    assert_eq!(spends.status, TokenStatus::Cancelled);
}

#[tokio::test]
async fn a_sender_agrees_to_the_same_payment_again_and_again() {
    let world = World::new();
    let shop = world.shop().await;
    world.person(ADA, AccountType::Personal).await;
    let mut browser = Browser::new(&world);
    let page = to_confirm(&mut browser, &shop.link(&RECURRING), ADA).await;
    says(
        page.text(),
        &[
            "exactly <strong>$9.99</strong> at most once in any month",
            "Exactly $9.99",
            "Once in any month",
        ],
    );
    let pairs = result(&browser.press(&page, action::CONFIRM, &[]).await);
    assert_eq!(value(&pairs, "status"), Some("SC"));
    assert_eq!(value(&pairs, "callerReference"), Some("paper-1"));
    let token = world.token(value(&pairs, "tokenID").unwrap()).await;
    assert_eq!(token.facts.kind, TokenType::Recurring);
    assert_eq!(token.facts.each, Some(AmountRule::Exact(dollars(999))));
    assert_eq!(token.facts.limits[0].kind, UsageLimitKind::Count(1));
    let period = token.facts.limits[0].period.unwrap();
    assert_eq!(period.describe(), "1 month");
}

#[tokio::test]
async fn a_sender_changes_what_a_token_pays_with() {
    let world = World::new();
    let shop = world.shop().await;
    let ada = world.person(ADA, AccountType::Personal).await;
    world.deposit(ada, dollars(5_000)).await;
    let mut browser = Browser::new(&world);
    let page = to_confirm(&mut browser, &shop.link(&RECURRING), ADA).await;
    let pairs = result(&browser.press(&page, action::CONFIRM, &[]).await);
    let old = value(&pairs, "tokenID").unwrap().to_owned();
    let edit = [
        ("pipelineName", "EditToken"),
        ("callerReference", "edit-1"),
        ("tokenId", &old),
    ];
    // Left as it is.
    let page = browser.open(&shop.link(&edit)).await;
    let card = world
        .token(&old)
        .await
        .facts
        .instrument
        .unwrap()
        .to_string();
    let page = browser
        .press(&page, action::CHOOSE_METHOD, &[("method", &card)])
        .await;
    says(page.text(), &["only what you pay with changes"]);
    let pairs = result(&browser.press(&page, action::CONFIRM, &[]).await);
    assert_eq!(value(&pairs, "status"), Some("SU"));
    assert_eq!(value(&pairs, "tokenID"), Some(old.as_str()));

    // From the balance from now on; the other spelling of the parameter.
    let edit = with(&edit, &[("tokenId", ""), ("tokenID", &old)]);
    let page = browser.open(&shop.link(&edit)).await;
    let balance = [("method", "balance")];
    let page = browser.press(&page, action::CHOOSE_METHOD, &balance).await;
    let pairs = result(&browser.press(&page, action::CONFIRM, &[]).await);
    assert_eq!(value(&pairs, "status"), Some("SA"));
    assert_eq!(value(&pairs, "callerReference"), Some("edit-1"));
    let new = world.token(value(&pairs, "tokenID").unwrap()).await;
    let before = world.token(&old).await;
    assert_eq!(before.status, TokenStatus::Replaced);
    assert_eq!(before.successor, Some(new.key));
    assert_eq!(new.facts.method, Some(PaymentMethod::Balance));
    assert_eq!(new.facts.each, before.facts.each);
    assert_eq!(new.facts.limits, before.facts.limits);

    // What was replaced cannot be changed once more, nor what never was.
    for token in [old.as_str(), &"T".repeat(64)] {
        let edit = with(&edit, &[("tokenID", token), ("callerReference", "edit-2")]);
        let pairs = result(&browser.get(&shop.link(&edit)).await);
        assert_eq!(value(&pairs, "status"), Some("CE"));
        assert!(value(&pairs, "errorMessage").unwrap().contains("[tokenId]"));
    }
}

#[tokio::test]
async fn only_its_owner_changes_a_token() {
    let world = World::new();
    let shop = world.shop().await;
    world.person(ADA, AccountType::Personal).await;
    world
        .person("bob@mail.example", AccountType::Personal)
        .await;
    let mut browser = Browser::new(&world);
    let page = to_confirm(&mut browser, &shop.link(&SINGLE), ADA).await;
    let pairs = result(&browser.press(&page, action::CONFIRM, &[]).await);
    let token = value(&pairs, "tokenID").unwrap();
    let edit = [
        ("pipelineName", "EditToken"),
        ("callerReference", "edit-1"),
        ("tokenId", token),
    ];
    let mut other = Browser::new(&world);
    let page = other.open(&shop.link(&edit)).await;
    let form = page.form(action::SIGN_IN).filled(&[
        ("email", "bob@mail.example"),
        ("password", crate::web::tests::world::PASSWORD),
    ]);
    let mut page = other.post(&form.action, &form.borrowed()).await;
    if !page.location().starts_with("https://shop.example") {
        page = other.get(page.location().to_owned().as_str()).await;
    }
    let pairs = result(&page);
    assert_eq!(value(&pairs, "status"), Some("NP"));
    assert_eq!(world.token(token).await.status, TokenStatus::Active);
}
