//! Whose name and logo a visit bears.

use payments::commands::ChangeAccount;
use payments::rows::AccountType;
use payments::time::{HOUR_MS, MINUTE_MS, SECOND_MS};

use super::{SINGLE, result, value, with};
use crate::web::tests::browser::Browser;
use crate::web::tests::world::World;

const ADDRESS: &str = "https://shop.example/logo.png";

fn png(width: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(40_u32.to_be_bytes());
    bytes
}

impl World {
    fn stands(&self, address: &str, image: Option<Vec<u8>>) {
        let mut images = self.images.lock().unwrap();
        let asked = images.get(address).map_or(0, |(asked, _)| *asked);
        images.insert(address.to_owned(), (asked, image));
    }

    fn asked(&self, address: &str) -> u32 {
        self.images.lock().unwrap().get(address).unwrap().0
    }
}

/// The path of the logo on a page.
fn logo(page: &str) -> Option<&str> {
    let (_, rest) = page.split_once("<img class=\"caller\" src=\"")?;
    rest.split('"').next()
}

#[tokio::test]
async fn a_logo_is_fetched_once_and_served_from_here() {
    let world = World::new();
    let shop = world.shop().await;
    world.stands(ADDRESS, Some(png(215)));
    let link = shop.link(&with(&SINGLE, &[("cobrandingUrl", ADDRESS)]));
    let mut browser = Browser::new(&world);
    for _ in 0..2 {
        let page = browser.open(&link).await;
        let path = logo(page.text()).expect("a logo").to_owned();
        assert!(path.starts_with("/cobranded-ui/logo/"), "{path}");
        assert!(
            page.text().contains("alt=\"shop\""),
            "who cannot see it reads the name"
        );
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.contains("img-src 'self';"), "{policy}");
        let image = browser.get(&path).await;
        assert_eq!((image.status, &image.body), (200, &png(215)));
        assert_eq!(image.header("content-type"), Some("image/png"));
        assert_eq!(image.header("x-content-type-options"), Some("nosniff"));
    }
    assert_eq!(world.asked(ADDRESS), 1);
    // A visit that begins now lasts longer than what is kept: the image is fetched anew.
    world.clock.advance(HOUR_MS - 10 * MINUTE_MS);
    world.stands(ADDRESS, Some(png(200)));
    let page = browser.open(&link).await;
    let image = browser.get(logo(page.text()).unwrap()).await;
    assert_eq!((world.asked(ADDRESS), &image.body), (2, &png(200)));
    for nothing in ["/cobranded-ui/logo/", "/cobranded-ui/logo/../x"] {
        assert!(browser.try_get(nothing).await.is_none(), "{nothing}");
    }
}

#[tokio::test]
async fn what_cannot_be_shown_is_left_out_and_left_in_peace() {
    let world = World::new();
    let shop = world.shop().await;
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec();
    for (address, image) in [
        ("https://shop.example/gone", None),
        ("https://shop.example/logo.svg", Some(svg)),
        ("https://shop.example/huge", Some(png(100_000))),
    ] {
        world.stands(address, image);
        let link = shop.link(&with(&SINGLE, &[("cobrandingUrl", address)]));
        for _ in 0..2 {
            let page = Browser::new(&world).open(&link).await;
            assert_eq!((page.title(), logo(page.text())), ("Sign in", None));
            assert!(page.text().contains("<span class=\"caller\">shop</span>"));
        }
        assert_eq!(world.asked(address), 1, "{address}");
        world.clock.advance(MINUTE_MS + SECOND_MS);
        Browser::new(&world).open(&link).await;
        assert_eq!(world.asked(address), 2, "{address}");
    }
    for odd in ["no address", "javascript:alert(1)", &"x".repeat(5_000)] {
        let link = shop.link(&with(&SINGLE, &[("cobrandingUrl", odd)]));
        let page = Browser::new(&world).open(&link).await;
        assert_eq!((page.title(), logo(page.text())), ("Sign in", None));
    }
}

#[tokio::test]
async fn nobody_fetches_on_an_unsigned_word() {
    let world = World::new();
    let shop = world.shop().await;
    let mut change = ChangeAccount::of(shop.account);
    change.return_origins = Some(vec!["https://shop.example".to_owned()]);
    world.submit(change).await;
    world.stands(ADDRESS, Some(png(215)));
    let link = shop.unsigned(&with(&SINGLE, &[("cobrandingUrl", ADDRESS)]));
    let page = Browser::new(&world).open(&link).await;
    assert_eq!((page.title(), logo(page.text())), ("Sign in", None));
    assert_eq!(world.asked(ADDRESS), 0);
}

#[tokio::test]
async fn pages_can_bear_the_recipients_name() {
    let world = World::new();
    let shop = world.shop().await;
    world.stands(ADDRESS, Some(png(215)));
    let mut tokens = Vec::new();
    for (name, reference) in [("oak", "1"), ("elm", "2"), ("ash", "3")] {
        let email = format!("{name}@mail.example");
        world.person(&email, AccountType::Business).await;
        let link = shop.link(&[
            ("pipelineName", "Recipient"),
            ("callerReference", reference),
            ("recipientPaysFee", "True"),
        ]);
        let mut browser = Browser::new(&world);
        let page = browser.open(&link).await;
        let page = browser.sign_in(&page, &email).await;
        let left = browser.press(&page, pages::action::CONFIRM, &[]).await;
        tokens.push(value(&result(&left), "tokenID").unwrap().to_owned());
    }
    let two = tokens[..2].join(",");
    for (tokens, flag, brand) in [
        (
            tokens[0].as_str(),
            "True",
            "<span class=\"caller\">oak</span>",
        ),
        (&two, "True", "<span class=\"caller\">oak and elm</span>"),
        (
            &tokens.join(","),
            "True",
            "<span class=\"caller\">oak and 2 others</span>",
        ),
        (&two, "False", "<img class=\"caller\""),
    ] {
        let link = shop.link(&[
            ("pipelineName", "MultiUse"),
            ("callerReference", "box"),
            ("globalAmountLimit", "240"),
            ("recipientTokenList", tokens),
            ("isRecipientCobranding", flag),
            ("cobrandingUrl", ADDRESS),
        ]);
        let page = Browser::new(&world).open(&link).await;
        assert!(page.text().contains(brand), "{brand}: {}", page.text());
        // Who asks is said all the same: it is the caller who will charge.
        assert!(page.text().contains("shop"));
    }
}

#[tokio::test]
async fn the_payment_page_names_who_is_paid() {
    let world = World::new();
    let shop = world.shop().await;
    world
        .person("oak@mail.example", AccountType::Business)
        .await;
    world
        .person("ada@mail.example", AccountType::Personal)
        .await;
    let link = shop.link(&[
        ("pipelineName", "Recipient"),
        ("callerReference", "oak"),
        ("recipientPaysFee", "True"),
    ]);
    let mut browser = Browser::new(&world);
    let page = browser.open(&link).await;
    let page = browser.sign_in(&page, "oak@mail.example").await;
    let left = browser.press(&page, pages::action::CONFIRM, &[]).await;
    let token = value(&result(&left), "tokenID").unwrap().to_owned();
    for (changed, purpose) in [
        (vec![("recipientToken", token.as_str())], "$10.50 for oak"),
        (Vec::new(), "$10.50 for shop"),
        (
            vec![
                ("pipelineName", "MultiUse"),
                ("transactionAmount", ""),
                ("globalAmountLimit", "240"),
                ("recipientTokenList", token.as_str()),
            ],
            "Repeated payments for oak, at most $240.00 in all",
        ),
    ] {
        let mut browser = Browser::new(&world);
        let page = browser.open(&shop.link(&with(&SINGLE, &changed))).await;
        let page = browser.sign_in(&page, "ada@mail.example").await;
        assert!(page.text().contains(purpose), "{purpose}: {}", page.text());
    }
}
