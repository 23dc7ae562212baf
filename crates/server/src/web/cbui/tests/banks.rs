//! Visits that end with a bank account.

use pages::action;
use payments::rows::{AccountType, Means, PaymentMethod};

use super::{SINGLE, result, value, with};
use crate::web::tests::browser::Browser;
use crate::web::tests::world::World;

#[tokio::test]
async fn a_sender_pays_from_a_bank_account() {
    let world = World::new();
    let shop = world.shop().await;
    let ada = world
        .person("ada@mail.example", AccountType::Personal)
        .await;
    let mut browser = Browser::new(&world);
    let methods = with(&SINGLE, &[("paymentMethod", "ACH")]);
    let page = browser.open(&shop.link(&methods)).await;
    let page = browser.sign_in(&page, "ada@mail.example").await;
    assert!(page.text().contains("Add a bank account"));
    assert!(!page.text().contains("Add a card"));
    let bank = [
        ("bank_routing", "021 000 021"),
        ("bank_number", "0004-0000-0000"),
        ("bank_name", "Ada Fern"),
    ];
    for (field, wrong) in [
        ("bank_routing", "021000022"),
        ("bank_routing", "02100002"),
        ("bank_number", "123"),
        ("bank_number", "12x4"),
        ("bank_name", " "),
    ] {
        let fields = with(&bank, &[(field, wrong)]);
        let again = browser.press(&page, action::ADD_BANK, &fields).await;
        assert_eq!(again.status, 422, "{field} {wrong}");
        let error = format!("id=\"{field}-error\"");
        assert!(again.text().contains(&error), "{field} {wrong}");
        assert!(!again.text().contains("value=\"0004"), "{field} {wrong}");
    }
    let page = browser.press(&page, action::ADD_BANK, &bank).await;
    assert!(page.text().contains("Bank account ending in 0000"));
    let left = browser.press(&page, action::CONFIRM, &[]).await;
    let pairs = result(&left);
    assert_eq!(value(&pairs, "status"), Some("SB"));
    assert_eq!(value(&pairs, "expiry"), None);
    let token = world.token(value(&pairs, "tokenID").unwrap()).await;
    assert_eq!(token.facts.method, Some(PaymentMethod::Bank));

    let found = store::Query::InstrumentsOf(ada);
    let store::Found::Instruments(banks) = store::Store::find(&world.store, found).await.unwrap()
    else {
        panic!("instruments are found");
    };
    let Means::Bank(shown) = &banks[0].means else {
        panic!("a bank account");
    };
    assert_eq!(shown.routing_number, "021000021");
    assert!(!shown.verified, "its number stands for one that is not");
    let vault = crate::web::Host::vault(&world);
    let opened = vault.open(vault::Purpose::BankNumber, ada.0, &banks[0].sealed_number);
    assert_eq!(opened.unwrap(), b"000400000000");

    // It can be chosen the next time, beside others, and is chosen by itself.
    let again = with(&SINGLE, &[("callerReference", "order-2")]);
    let page = browser.open(&shop.link(&again)).await;
    assert!(page.text().contains("Not verified yet"), "{}", page.text());
    let id = banks[0].key.to_string();
    let page = browser
        .press(&page, action::CHOOSE_METHOD, &[("method", &id)])
        .await;
    let left = browser.press(&page, action::CONFIRM, &[]).await;
    assert_eq!(value(&result(&left), "status"), Some("SB"));
}
