//! The console, driven through its forms.

use accounts::keys;
use pages::action;
use payments::commands::{AddInstrument, InstallTokens, Pay};
use payments::rows::{AccountType, BankAccount, Means, PaymentMethod};
use payments::{AccountKey, By, Credential, Outcome};
use store::conformance::world::{asked, reference, sender_token, visa};
use store::{Found, Query, Store as _};

use super::{AGREEMENTS, HOME, REVOKE};
use crate::web::tests::browser::Browser;
use crate::web::tests::world::{PASSWORD, World};
use crate::web::{Host, WebResponse};

async fn signed_in<'a>(world: &'a World, email: &str) -> (Browser<'a>, WebResponse) {
    let mut browser = Browser::new(world);
    let page = browser.open(HOME).await;
    let page = browser.sign_in(&page, email).await;
    (browser, page)
}

#[tokio::test]
async fn a_business_signs_up_and_out() {
    let world = World::new();
    let mut browser = Browser::new(&world);
    let page = browser.open("/console/sign-up").await;
    let mut fields = vec![
        ("account_kind", "business"),
        ("name", "Ada"),
        ("business_name", ""),
        ("email", "not an address"),
        ("password", "short"),
    ];
    let again = browser.press(&page, action::SIGN_UP, &fields).await;
    assert_eq!(again.status, 422);
    for field in ["business_name", "email", "password"] {
        assert!(
            again.text().contains(&format!("id=\"{field}-error\"")),
            "{field}"
        );
    }
    fields.extend([
        ("business_name", "Oak"),
        ("email", "oak@oak.example"),
        ("password", PASSWORD),
    ]);
    let page = browser.press(&again, action::SIGN_UP, &fields).await;
    assert_eq!(page.title(), "Oak");
    let mut other = Browser::new(&world);
    let form = other.open("/console/sign-up").await;
    let taken = other.press(&form, action::SIGN_UP, &fields).await;
    assert!(taken.text().contains("id=\"email-error\""));
    let left = browser.press(&page, action::SIGN_OUT, &[]).await;
    assert_eq!(left.title(), "Sign in");
    assert_eq!(browser.get(HOME).await.status, 303);
    // The old page's form is worth nothing now.
    let form = page.form(action::CREATE_KEY);
    assert_eq!(
        browser
            .post(&form.action, &form.borrowed())
            .await
            .location(),
        "/console/sign-in"
    );
}

#[tokio::test]
async fn keys_are_shown_once_and_can_be_disabled() {
    let world = World::new();
    let oak = world.person("oak@oak.example", AccountType::Business).await;
    let (mut browser, home) = signed_in(&world, "oak@oak.example").await;
    let created = browser.press(&home, action::CREATE_KEY, &[]).await;
    let Found::AccessKeys(rows) = world.store.find(Query::AccessKeysOf(oak)).await.unwrap() else {
        panic!("keys are found");
    };
    let secret = keys::open_access_key(world.vault(), oak, &rows[0].sealed_secret).unwrap();
    let shown = secret.replace('&', "&amp;");
    assert!(created.text().contains(&shown));
    let home = browser.open(HOME).await;
    assert!(home.text().contains(rows[0].id.as_str()));
    assert!(!home.text().contains(&shown));
    let home = browser.press(&home, action::DISABLE_KEY, &[]).await;
    assert!(home.text().contains("The access key is disabled."));
    assert!(world.caller(rows[0].id.as_str()).await.unwrap().is_none());
    // Somebody else's key cannot be disabled.
    world.person("eve@eve.example", AccountType::Business).await;
    let (mut eve, home) = signed_in(&world, "eve@eve.example").await;
    eve.press(&home, action::CREATE_KEY, &[]).await;
    let home = eve.open(HOME).await;
    let stolen = eve
        .press(&home, action::DISABLE_KEY, &[("key", rows[0].id.as_str())])
        .await;
    assert_eq!(stolen.status, 403);
}

#[tokio::test]
async fn the_notification_url_is_checked_and_kept() {
    let world = World::new();
    let oak = world.person("oak@oak.example", AccountType::Business).await;
    let (mut browser, home) = signed_in(&world, "oak@oak.example").await;
    let press = action::SET_NOTIFICATION_URL;
    for wrong in ["ftp://x.example/", "x", "https://a@b.example/"] {
        let again = browser
            .press(&home, press, &[("notification_url", wrong)])
            .await;
        assert_eq!(again.status, 422, "{wrong}");
    }
    let url = "https://oak.example/ipn?a=1&b=2";
    let saved = browser
        .press(&home, press, &[("notification_url", url)])
        .await;
    assert!(saved.text().contains("The notification URL is saved."));
    assert_eq!(world.account(oak).await.ipn_url.as_deref(), Some(url));
    browser
        .press(&home, press, &[("notification_url", "")])
        .await;
    assert_eq!(world.account(oak).await.ipn_url, None);
}

#[tokio::test]
async fn an_agreement_is_seen_and_revoked_by_its_owner_only() {
    let world = World::new();
    let shop = world.shop().await;
    world
        .person("ada@mail.example", AccountType::Personal)
        .await;
    world
        .person("eve@mail.example", AccountType::Personal)
        .await;
    let link = shop.link(&[
        ("pipelineName", "MultiUse"),
        ("callerReference", "box-1"),
        ("globalAmountLimit", "240"),
        ("usageLimitType1", "Count"),
        ("usageLimitPeriod1", "1 Month"),
        ("usageLimitValue1", "3"),
        ("paymentMethod", "ABT"),
    ]);
    let mut browser = Browser::new(&world);
    let page = browser.open(&link).await;
    let page = browser.sign_in(&page, "ada@mail.example").await;
    let page = browser
        .press(&page, action::CHOOSE_METHOD, &[("method", "balance")])
        .await;
    let left = browser.press(&page, action::CONFIRM, &[]).await;
    let pairs = World::verified(left.location());
    let token = signing::form::value(&pairs, "tokenID").unwrap();

    let list = browser.open(AGREEMENTS).await;
    for words in [
        "shop",
        "In force",
        "$0.00 of $240.00",
        "0 charges of 3 charges",
        "Account balance",
    ] {
        assert!(list.text().contains(words), "{words}");
    }
    let href = format!("{REVOKE}?token={token}");
    let question = browser.open(&href).await;
    let form = question.form(action::REVOKE);
    // Eve can neither see nor revoke it.
    let (mut eve, home) = signed_in(&world, "eve@mail.example").await;
    assert_eq!(eve.open(&href).await.status, 404);
    let csrf = home.form(action::SIGN_OUT).pairs;
    let csrf = signing::form::value(&csrf, "csrf").unwrap();
    let stolen = form.clone().filled(&[("csrf", csrf)]);
    assert_eq!(eve.post(REVOKE, &stolen.borrowed()).await.status, 404);
    let forged = form.clone().filled(&[("csrf", csrf)]);
    assert_eq!(browser.post(REVOKE, &forged.borrowed()).await.status, 403);
    assert!(browser.open(AGREEMENTS).await.text().contains("In force"));
    // Ada can, and a second press does no harm.
    for _ in 0..2 {
        let list = browser.press(&question, action::REVOKE, &[]).await;
        assert!(list.text().contains("The agreement is revoked."));
        assert!(list.text().contains("Revoked"));
        assert!(!list.text().contains("In force"));
    }
    assert_eq!(browser.open(&href).await.status, 404);
}

/// A payment of ten dollars that somebody else has to answer.
async fn pay(world: &World, shop: AccountKey, sender: AccountKey, means: Means) {
    let (method, name) = match &means {
        Means::Card(_) => (PaymentMethod::Card, "by-card"),
        Means::Bank(_) => (PaymentMethod::Bank, "by-bank"),
    };
    let added = AddInstrument {
        account: sender,
        means,
        sealed_number: vec![1],
    };
    let Outcome::Instrument(instrument) = world.submit(added).await else {
        panic!("an instrument was added");
    };
    let consent = InstallTokens {
        method: Some(method),
        ..sender_token(shop, sender, instrument, name)
    };
    let Outcome::Tokens { token, .. } = world.submit(consent).await else {
        panic!("a token was installed");
    };
    let by = By {
        caller: shop,
        credential: Credential::None,
        date: world.real_now(),
        mark: [0; 16],
    };
    let paid = Pay {
        by,
        reference: reference(name),
        asked: asked(&token, 1_000),
    };
    world.submit(paid).await;
}

#[tokio::test]
async fn a_pending_payment_names_whoever_has_to_answer() {
    let world = World::new();
    let shop = world.shop().await.account;
    let ada = world
        .person("ada@mail.example", AccountType::Personal)
        .await;
    let bank = Means::Bank(BankAccount {
        routing_number: "021000021".to_owned(),
        last_four: "0003".to_owned(),
        name: "Ada Fern".to_owned(),
        verified: true,
    });
    pay(&world, shop, ada, bank).await;
    let (mut browser, _) = signed_in(&world, "ada@mail.example").await;
    let page = browser.open(AGREEMENTS).await;
    assert!(page.text().contains("Waiting for the bank: $10.00"));
    assert!(!page.text().contains("card network"));
    let card = Means::Card(visa());
    pay(&world, shop, ada, card).await;
    let page = browser.open(AGREEMENTS).await;
    for words in ["the bank", "the card network"] {
        let words = format!("Waiting for {words}: $10.00");
        assert!(page.text().contains(&words), "{words}");
    }
}

#[tokio::test]
async fn signing_in_leads_to_known_pages_only() {
    let world = World::new();
    world
        .person("ada@mail.example", AccountType::Personal)
        .await;
    let mut browser = Browser::new(&world);
    let page = browser.open(AGREEMENTS).await;
    assert_eq!(
        browser.sign_in(&page, "ada@mail.example").await.title(),
        "What you agreed to"
    );
    let mut browser = Browser::new(&world);
    let page = browser
        .open("/console/sign-in?next=https://evil.example/")
        .await;
    assert_eq!(
        browser.sign_in(&page, "ada@mail.example").await.title(),
        "ada"
    );
    // A sign-in form that another browser was given.
    let mut other = Browser::new(&world);
    let form = page.form(action::SIGN_IN);
    assert_eq!(other.post(&form.action, &form.borrowed()).await.status, 403);
}
