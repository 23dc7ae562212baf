//! The flow, driven through its forms.

mod banks;
mod branding;
mod guards;
mod outcomes;
mod requests;
mod setup_requests;
mod setups;

use crate::web::WebResponse;
use crate::web::tests::browser::Browser;
use crate::web::tests::world::World;
use pages::action;

/// What a single-use link says beside key and return URL.
const SINGLE: [(&str, &str); 4] = [
    ("pipelineName", "SingleUse"),
    ("callerReference", "order-1"),
    ("transactionAmount", "10.50"),
    ("paymentReason", "Two <b>tickets</b>"),
];

/// A card that expires two years after the tests begin.
const CARD: [(&str, &str); 5] = [
    ("card_number", "4242 4242 4242 4242"),
    ("card_month", "4"),
    ("card_year", "2025"),
    ("card_code", "123"),
    ("card_name", "Ada Fern"),
];

/// The value of a parameter.
fn value<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    signing::form::value(pairs, name)
}

/// Those of a link, one replaced or added; an empty value leaves it out.
fn with<'a>(
    pairs: &[(&'a str, &'a str)],
    changed: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let replaced = |name: &str| changed.iter().any(|(other, _)| *other == name);
    let mut all: Vec<_> = pairs
        .iter()
        .copied()
        .filter(|(name, _)| !replaced(name))
        .collect();
    all.extend(
        changed
            .iter()
            .copied()
            .filter(|(_, value)| !value.is_empty()),
    );
    all
}

/// Opens a link, signs in, adds a card: the page to confirm.
async fn to_confirm(browser: &mut Browser<'_>, link: &str, email: &str) -> WebResponse {
    let page = browser.open(link).await;
    let page = browser.sign_in(&page, email).await;
    browser.press(&page, action::ADD_CARD, &CARD).await
}

/// The result of a page that leaves, verified.
fn result(page: &WebResponse) -> Vec<(String, String)> {
    assert_eq!(page.status, 303, "{}", page.text());
    World::verified(page.location())
}
