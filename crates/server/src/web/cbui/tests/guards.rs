//! What is refused: forged forms, other people's things, guessing.

use accounts::throttle::FREE_TRIES_BY_EMAIL;
use pages::action;
use payments::rows::AccountType;
use store::{Found, Query, Store as _};

use super::{CARD, SINGLE, result, to_confirm, value};
use crate::web::cbui::visit::VISIT_MS;
use crate::web::tests::browser::Browser;
use crate::web::tests::world::{Shop, World};

async fn world() -> (World, Shop) {
    let world = World::new();
    let shop = world.shop().await;
    world
        .person("ada@mail.example", AccountType::Personal)
        .await;
    world
        .person("eve@mail.example", AccountType::Personal)
        .await;
    (world, shop)
}

#[tokio::test]
async fn forged_forms_do_nothing() {
    let (world, shop) = world().await;
    let mut browser = Browser::new(&world);
    let page = to_confirm(&mut browser, &shop.link(&SINGLE), "ada@mail.example").await;
    let form = page.form(action::CONFIRM);
    for csrf in ["", "wrong", &"x".repeat(32)] {
        let forged = form.clone().filled(&[("csrf", csrf)]);
        let answer = browser.post(&forged.action, &forged.borrowed()).await;
        assert_eq!(answer.status, 403, "{csrf}");
    }
    let missing: Vec<_> = form
        .borrowed()
        .into_iter()
        .filter(|(name, _)| *name != "csrf")
        .collect();
    assert_eq!(browser.post(&form.action, &missing).await.status, 403);
    browser.fetch_site = "cross-site";
    assert_eq!(
        browser.post(&form.action, &form.borrowed()).await.status,
        403
    );
    browser.fetch_site = "";
    let ada = accounts::people::Email::parse("ada@mail.example").unwrap();
    let ada = accounts::people::by_email(&world.store, &ada)
        .await
        .unwrap()
        .unwrap();
    let tokens = world.store.find(Query::TokensOf(ada.key)).await.unwrap();
    assert!(matches!(tokens, Found::Tokens(tokens) if tokens.is_empty()));
    let pairs = result(&browser.post(&form.action, &form.borrowed()).await);
    assert_eq!(value(&pairs, "status"), Some("SC"));
}

#[tokio::test]
async fn a_visit_belongs_to_its_browser_and_its_person() {
    let (world, shop) = world().await;
    let mut browser = Browser::new(&world);
    let page = to_confirm(&mut browser, &shop.link(&SINGLE), "ada@mail.example").await;
    let form = page.form(action::CONFIRM);
    let visit = value(&form.pairs, "visit").unwrap().to_owned();
    let href = format!("/cobranded-ui/visit?visit={visit}");
    // Another browser that got hold of the address and even of the form.
    let mut other = Browser::new(&world);
    assert_eq!(other.open(&href).await.status, 410);
    assert_eq!(other.post(&form.action, &form.borrowed()).await.status, 410);
    // Another person in the same browser, who signs in elsewhere on the site.
    let console = browser.open("/console/sign-in").await;
    browser.sign_in(&console, "eve@mail.example").await;
    assert_eq!(browser.open(&href).await.status, 403);
    assert_eq!(
        browser.post(&form.action, &form.borrowed()).await.status,
        403
    );
    // Half an hour later it is nobody's.
    world.clock.advance(VISIT_MS);
    assert_eq!(browser.open(&href).await.status, 410);
}

#[tokio::test]
async fn signing_out_in_a_visit_forgets_what_was_chosen() {
    let (world, shop) = world().await;
    let mut browser = Browser::new(&world);
    let page = to_confirm(&mut browser, &shop.link(&SINGLE), "ada@mail.example").await;
    let page = browser.press(&page, action::SIGN_OUT, &[]).await;
    assert_eq!(page.title(), "Sign in");
    let page = browser.sign_in(&page, "eve@mail.example").await;
    assert_eq!(page.title(), "How do you want to pay?");
    assert!(!page.text().contains("ending in"));
}

#[tokio::test]
async fn another_persons_card_cannot_be_chosen() {
    let (world, shop) = world().await;
    let mut browser = Browser::new(&world);
    let page = to_confirm(&mut browser, &shop.link(&SINGLE), "ada@mail.example").await;
    let visit = value(&page.form(action::CONFIRM).pairs, "visit")
        .unwrap()
        .to_owned();
    let page = browser
        .open(&format!("/cobranded-ui/visit?visit={visit}&step=method"))
        .await;
    let card = value(&page.form(action::CHOOSE_METHOD).pairs, "method")
        .unwrap()
        .to_owned();
    let mut eve = Browser::new(&world);
    let page = eve.open(&shop.link(&SINGLE)).await;
    let page = eve.sign_in(&page, "eve@mail.example").await;
    let page = eve.press(&page, action::ADD_CARD, &CARD).await;
    let visit = value(&page.form(action::CONFIRM).pairs, "visit")
        .unwrap()
        .to_owned();
    let page = eve
        .open(&format!("/cobranded-ui/visit?visit={visit}&step=method"))
        .await;
    for method in [card.as_str(), "balance", "0", "x", ""] {
        let refused = eve
            .press(&page, action::CHOOSE_METHOD, &[("method", method)])
            .await;
        assert_eq!(refused.status, 422, "{method}");
    }
}

#[tokio::test]
async fn cards_are_checked_and_only_sealed_numbers_are_kept() {
    let (world, shop) = world().await;
    let mut browser = Browser::new(&world);
    let page = browser.open(&shop.link(&SINGLE)).await;
    let page = browser.sign_in(&page, "ada@mail.example").await;
    for (field, wrong) in [
        ("card_number", "4242 4242 4242 4241"),
        ("card_number", "4242"),
        ("card_month", "13"),
        ("card_month", "0"),
        ("card_year", "2022"),
        ("card_year", "9999"),
        ("card_year", "next"),
        ("card_code", "12"),
        ("card_code", "12345"),
        ("card_code", "12a"),
        ("card_name", " "),
        ("card_zip", "12345678901"),
    ] {
        let mut fields = CARD.to_vec();
        fields.retain(|(name, _)| *name != field);
        fields.push((field, wrong));
        let again = browser.press(&page, action::ADD_CARD, &fields).await;
        assert_eq!(again.status, 422, "{field} {wrong}");
        assert!(
            again.text().contains(&format!("id=\"{field}-error\"")),
            "{field} {wrong}"
        );
        assert!(!again.text().contains("value=\"4242"), "{field} {wrong}");
    }
    browser.press(&page, action::ADD_CARD, &CARD).await;
    let ada = accounts::people::Email::parse("ada@mail.example").unwrap();
    let ada = accounts::people::by_email(&world.store, &ada)
        .await
        .unwrap()
        .unwrap();
    let Found::Instruments(cards) = world
        .store
        .find(Query::InstrumentsOf(ada.key))
        .await
        .unwrap()
    else {
        panic!("cards are found");
    };
    assert_eq!(cards.len(), 1);
    let sealed = &cards[0].sealed_number;
    assert!(!sealed.windows(8).any(|bytes| bytes == b"42424242"));
    let vault = crate::web::Host::vault(&world);
    let opened = vault.open(vault::Purpose::CardNumber, ada.key.0, sealed);
    assert_eq!(opened.unwrap(), b"4242424242424242");
}

#[tokio::test]
async fn guessing_is_slowed_down() {
    let (world, shop) = world().await;
    let mut browser = Browser::new(&world);
    let page = browser.open(&shop.link(&SINGLE)).await;
    let guess = [("email", "ada@mail.example"), ("password", "wrong guess")];
    for _ in 0..FREE_TRIES_BY_EMAIL {
        let refused = browser.press(&page, action::SIGN_IN, &guess).await;
        assert_eq!(refused.status, 422);
        assert!(refused.text().contains("do not belong together"));
    }
    let refused = browser.sign_in(&page, "ada@mail.example").await;
    assert_eq!(refused.status, 429);
    assert!(refused.header("retry-after").is_some());
    world.clock.advance(2_000);
    let page = browser.sign_in(&page, "ada@mail.example").await;
    assert_eq!(page.title(), "How do you want to pay?");
}
