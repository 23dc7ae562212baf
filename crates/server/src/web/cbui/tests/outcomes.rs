//! How visits end.

use money::{Amount, Currency};
use pages::action;
use payments::commands::{ChangeAccount, InstallTokens};
use payments::rows::{
    AccountType, AmountRule, PaymentMethod, TokenRole, TokenStatus, TokenType, UsageLimitKind,
    Verification,
};
use payments::{CallerReference, Outcome};

use super::{CARD, SINGLE, result, to_confirm, value, with};
use crate::web::tests::browser::Browser;
use crate::web::tests::world::{BEGIN, RETURN, World};

fn dollars(cents: i64) -> Amount {
    Amount::from_cents(cents, Currency::USD).unwrap()
}

#[tokio::test]
async fn a_new_sender_pays_once_by_card() {
    let world = World::new();
    let shop = world.shop().await;
    let mut browser = Browser::new(&world);
    let link = shop.link(&with(
        &SINGLE,
        &[("reserve", "True"), ("itemTotal", "9.00"), ("tax", "1.5")],
    ));
    let page = browser.open(&link).await;
    assert_eq!(page.title(), "Sign in");
    let policy = page.header("content-security-policy").unwrap();
    assert!(
        policy.contains("form-action 'self' https://shop.example;"),
        "{policy}"
    );
    let href = page
        .text()
        .split_once("<a href=\"/cobranded-ui/visit?")
        .unwrap()
        .1;
    let href = href.split_once('"').unwrap().0.replace("&amp;", "&");
    let page = browser.open(&format!("/cobranded-ui/visit?{href}")).await;
    let fields = [
        ("name", "Ada Fern"),
        ("email", "Ada@Mail.example"),
        ("password", "correct horse"),
    ];
    let page = browser.press(&page, action::SIGN_UP, &fields).await;
    assert_eq!(page.title(), "How do you want to pay?");
    assert!(page.text().contains("$10.50 for shop"));
    let page = browser.press(&page, action::ADD_CARD, &CARD).await;
    assert_eq!(page.title(), "Check and confirm");
    for words in [
        "reserves <strong>$10.50</strong>",
        "Two <b>tickets</b>",
        "$9.00",
        "Visa ending in 4242",
    ] {
        assert!(page.text().contains(words), "{words}: {}", page.text());
    }
    let left = browser.press(&page, action::CONFIRM, &[]).await;
    assert!(left.location().starts_with(RETURN));
    let pairs = result(&left);
    assert_eq!(value(&pairs, "status"), Some("SC"));
    assert_eq!(value(&pairs, "cart"), Some("7"));
    assert_eq!(value(&pairs, "callerReference"), Some("order-1"));
    assert_eq!(value(&pairs, "expiry"), Some("04/2025"));
    assert_eq!(value(&pairs, "refundTokenID"), None);
    let token = world.token(value(&pairs, "tokenID").unwrap()).await;
    assert_eq!(token.installer, shop.account);
    assert_eq!(token.facts.kind, TokenType::SingleUse);
    assert_eq!(token.facts.each, Some(AmountRule::Maximum(dollars(1_050))));
    assert_eq!(token.facts.total_max, Some(dollars(1_050)));
    assert!(token.facts.reserve);
    assert_eq!(token.facts.method, Some(PaymentMethod::Card));
    // Once more by the back button: the same result, no second token.
    let again = browser.press(&page, action::CONFIRM, &[]).await;
    assert_eq!(again.location(), left.location());
}

#[tokio::test]
async fn a_sender_agrees_to_limits_and_gives_an_address() {
    let world = World::new();
    let shop = world.shop().await;
    let ada = world
        .person("ada@mail.example", AccountType::Personal)
        .await;
    world.deposit(ada, dollars(50_000)).await;
    let until = (BEGIN.seconds() + 86_400 * 90).to_string();
    let link = shop.link(&[
        ("pipelineName", "MultiUse"),
        ("callerReference", "box-1"),
        ("globalAmountLimit", "240"),
        ("amountType", "Maximum"),
        ("transactionAmount", "20"),
        ("usageLimitType1", "Amount"),
        ("usageLimitPeriod1", "1 Month"),
        ("usageLimitValue1", "40.00"),
        ("usageLimitType2", "Count"),
        ("usageLimitPeriod2", "2 weeks"),
        ("usageLimitValue2", "3"),
        ("validityExpiry", &until),
        ("paymentMethod", "ABT"),
        ("collectShippingAddress", "true"),
        ("city", "ignored"),
    ]);
    let mut browser = Browser::new(&world);
    let page = browser.open(&link).await;
    let page = browser.sign_in(&page, "ada@mail.example").await;
    assert!(!page.text().contains("card_number"));
    let page = browser
        .press(&page, action::CHOOSE_METHOD, &[("method", "balance")])
        .await;
    let page = browser
        .press(&page, action::SET_ADDRESS, &[("addressName", "Ada")])
        .await;
    assert_eq!(page.status, 422);
    let address = [
        ("addressName", "Ada Fern"),
        ("addressLine1", "12 Garden Row"),
        ("city", "Portland"),
        ("state", "OR"),
        ("zip", "97201"),
        ("country", "US"),
    ];
    let page = browser.press(&page, action::SET_ADDRESS, &address).await;
    for words in [
        "At most $40.00 in any month",
        "At most 3 charges in any 2 weeks",
        "12 Garden Row",
    ] {
        assert!(page.text().contains(words), "{words}");
    }
    let pairs = result(&browser.press(&page, action::CONFIRM, &[]).await);
    assert_eq!(value(&pairs, "status"), Some("SA"));
    assert_eq!(value(&pairs, "expiry"), None);
    assert_eq!(value(&pairs, "city"), Some("Portland"));
    assert_eq!(value(&pairs, "addressLine2"), None);
    let token = world.token(value(&pairs, "tokenID").unwrap()).await;
    assert_eq!(token.account, ada);
    assert_eq!(token.facts.method, Some(PaymentMethod::Balance));
    assert_eq!(token.facts.expires_at.seconds().to_string(), until);
    assert_eq!(token.facts.limits.len(), 2);
    assert_eq!(token.facts.limits[1].kind, UsageLimitKind::Count(3));
}

#[tokio::test]
async fn a_recipient_accepts_terms_and_is_paid_by_name() {
    let world = World::new();
    let shop = world.shop().await;
    let oak = world.person("oak@oak.example", AccountType::Business).await;
    let link = shop.link(&[
        ("pipelineName", "Recipient"),
        ("callerReference", "oak"),
        ("recipientPaysFee", "True"),
        ("maxFixedFee", "0.50"),
        ("maxVariableFee", "5"),
    ]);
    let mut browser = Browser::new(&world);
    let page = browser.open(&link).await;
    let page = browser.sign_in(&page, "oak@oak.example").await;
    assert_eq!(page.title(), "Terms of shop");
    for words in ["$0.50 plus 5%", "− $3.20", "$91.30"] {
        assert!(page.text().contains(words), "{words}");
    }
    let pairs = result(&browser.press(&page, action::CONFIRM, &[]).await);
    assert_eq!(value(&pairs, "status"), Some("SR"));
    let recipient = value(&pairs, "tokenID").unwrap();
    let refund = world.token(value(&pairs, "refundTokenID").unwrap()).await;
    assert_eq!(
        (refund.account, refund.facts.role),
        (oak, TokenRole::Refund)
    );
    let terms = world.token(recipient).await.facts.terms.clone().unwrap();
    assert!(terms.recipient_pays_fee);

    world
        .person("ada@mail.example", AccountType::Personal)
        .await;
    let link = shop.link(&with(&SINGLE, &[("recipientToken", recipient)]));
    let mut browser = Browser::new(&world);
    let page = to_confirm(&mut browser, &link, "ada@mail.example").await;
    assert!(page.text().contains("<td>oak</td>"), "{}", page.text());
    let pairs = result(&browser.press(&page, action::CONFIRM, &[]).await);
    let token = world.token(value(&pairs, "tokenID").unwrap()).await;
    assert_eq!(token.facts.recipients, [world.token(recipient).await.key]);
    // The recipient itself cannot be the sender.
    let changed = [
        ("recipientToken", recipient),
        ("callerReference", "order-2"),
    ];
    let mut browser = Browser::new(&world);
    let page = browser.open(&shop.link(&with(&SINGLE, &changed))).await;
    let pairs = result(&browser.sign_in(&page, "oak@oak.example").await);
    assert_eq!(value(&pairs, "status"), Some("NP"));
}

#[tokio::test]
async fn leaving_ends_every_step_with_a() {
    let world = World::new();
    let shop = world.shop().await;
    world
        .person("ada@mail.example", AccountType::Personal)
        .await;
    for steps in 0..3 {
        let mut browser = Browser::new(&world);
        let mut page = browser.open(&shop.link(&SINGLE)).await;
        if 0 < steps {
            page = browser.sign_in(&page, "ada@mail.example").await;
        }
        if 1 < steps {
            page = browser.press(&page, action::ADD_CARD, &CARD).await;
        }
        let left = browser.press(&page, action::CANCEL, &[]).await;
        let pairs = result(&left);
        assert_eq!(value(&pairs, "status"), Some("A"), "{steps}");
        assert_eq!(value(&pairs, "callerReference"), None);
        assert_eq!(value(&pairs, "errorMessage"), None);
        // There is no way back into a visit that has ended.
        let back = browser.press(&page, action::CANCEL, &[]).await;
        assert_eq!(back.location(), left.location());
    }
}

#[tokio::test]
async fn a_used_reference_is_not_possible_again() {
    let world = World::new();
    let shop = world.shop().await;
    let ada = world
        .person("ada@mail.example", AccountType::Personal)
        .await;
    let mut browser = Browser::new(&world);
    let page = to_confirm(&mut browser, &shop.link(&SINGLE), "ada@mail.example").await;
    let mut other = Browser::new(&world);
    let late = to_confirm(&mut other, &shop.link(&SINGLE), "ada@mail.example").await;
    let first = result(&browser.press(&page, action::CONFIRM, &[]).await);
    assert_eq!(value(&first, "status"), Some("SC"));
    // Another visit that was under way, and one that begins afterwards.
    let second = result(&other.press(&late, action::CONFIRM, &[]).await);
    assert_eq!(value(&second, "status"), Some("NP"));
    let third = result(&other.open(&shop.link(&SINGLE)).await);
    assert_eq!(value(&third, "status"), Some("NP"));
    assert_eq!(value(&third, "errorMessage"), Some("NP"));

    // The same form posted twice at the same moment: both get the one token.
    let link = shop.link(&with(&SINGLE, &[("callerReference", "order-2")]));
    let page = browser.open(&link).await;
    let page = browser.press(&page, action::ADD_CARD, &CARD).await;
    world.clock.advance(1_000);
    let twin = world.submit(InstallTokens {
        installer: shop.account,
        account: ada,
        caller_reference: CallerReference::parse("order-2").unwrap(),
        kind: TokenType::SingleUse,
        role: TokenRole::Sender,
        payment_reason: None,
        method: Some(PaymentMethod::Card),
        instrument: None,
        valid_from: None,
        expires_at: None,
        each: None,
        total_max: None,
        limits: Vec::new(),
        recipients: Vec::new(),
        also_caller: false,
        reserve: false,
        terms: None,
    });
    let Outcome::Tokens { token, .. } = twin.await else {
        panic!("tokens are installed");
    };
    let pairs = result(&browser.press(&page, action::CONFIRM, &[]).await);
    assert_eq!(value(&pairs, "status"), Some("SC"));
    assert_eq!(value(&pairs, "tokenID"), Some(token.as_str()));
    assert_eq!(
        world.token(token.as_str()).await.status,
        TokenStatus::Active
    );
}

#[tokio::test]
async fn some_accounts_cannot_agree() {
    let world = World::new();
    let shop = world.shop().await;
    let ada = world
        .person("ada@mail.example", AccountType::Personal)
        .await;
    let recipient = [
        ("pipelineName", "Recipient"),
        ("callerReference", "ada"),
        ("recipientPaysFee", "False"),
    ];
    let links = [
        ("shop@shop.example", shop.link(&SINGLE), "NP"),
        ("ada@mail.example", shop.link(&recipient), "NP"),
    ];
    for (email, link, status) in links {
        let mut browser = Browser::new(&world);
        let page = browser.open(&link).await;
        let pairs = result(&browser.sign_in(&page, email).await);
        assert_eq!(value(&pairs, "status"), Some(status), "{email}");
    }
    let mut change = ChangeAccount::of(ada);
    change.email_verified = Some(false);
    let mut unknown = ChangeAccount::of(ada);
    unknown.email_verified = Some(true);
    unknown.verification = Some(Verification::Pending);
    for change in [change, unknown] {
        world.submit(change).await;
        let mut browser = Browser::new(&world);
        let page = browser.open(&shop.link(&SINGLE)).await;
        let pairs = result(&browser.sign_in(&page, "ada@mail.example").await);
        assert_eq!(value(&pairs, "status"), Some("NP"));
    }

    let mut browser = Browser::new(&world);
    let methods = with(&SINGLE, &[("paymentMethod", "ACH"), ("reserve", "True")]);
    let pairs = result(&browser.open(&shop.link(&methods)).await);
    assert_eq!(value(&pairs, "status"), Some("PE"));
    let methods = with(&SINGLE, &[("paymentMethod", "ABT"), ("reserve", "True")]);
    let pairs = result(&browser.open(&shop.link(&methods)).await);
    assert_eq!(value(&pairs, "status"), Some("PE"));
    let mut change = ChangeAccount::of(shop.account);
    change.marketplace = Some(false);
    world.submit(change).await;
    let pairs = result(&browser.open(&shop.link(&recipient)).await);
    assert_eq!(value(&pairs, "status"), Some("NM"));
}

#[tokio::test]
async fn production_verifies_addresses_first() {
    let world = World::production();
    let shop = world.shop().await;
    let mut browser = Browser::new(&world);
    let page = browser.open(&shop.link(&SINGLE)).await;
    let visit = page.form(action::SIGN_IN).pairs;
    let visit = signing::form::value(&visit, "visit").unwrap().to_owned();
    let page = browser
        .open(&format!("/cobranded-ui/visit?visit={visit}&step=sign-up"))
        .await;
    let fields = [
        ("name", "Ada"),
        ("email", "a@b.example"),
        ("password", "correct horse"),
    ];
    let page = browser.press(&page, action::SIGN_UP, &fields).await;
    assert!(
        page.text().contains("UnverifiedEmailAddress"),
        "{}",
        page.text()
    );
    assert!(!page.text().contains("Sandbox."));
}
