//! What requests are taken, and what is said about the others.

use payments::Terms;
use payments::commands::ChangeAccount;
use payments::rows::AccountType;
use signing::request::{self, Method};
use signing::{Secret, Verb, form};

use super::{SINGLE, result, value, with};
use crate::web::cbui::params;
use crate::web::tests::browser::Browser;
use crate::web::tests::world::{BEGIN, HOST, World};

const MULTI: [(&str, &str); 3] = [
    ("pipelineName", "MultiUse"),
    ("callerReference", "box-1"),
    ("globalAmountLimit", "240.00"),
];
const RECIPIENT: [(&str, &str); 3] = [
    ("pipelineName", "Recipient"),
    ("callerReference", "oak"),
    ("recipientPaysFee", "True"),
];

pub(super) fn wrong(pairs: &[(&str, &str)]) -> Vec<&'static str> {
    let text = form::encode(pairs);
    let pairs = form::parse(text.as_bytes(), &form::Limits::DEFAULT).unwrap();
    params::read(&pairs, BEGIN, &Terms::sandbox())
        .err()
        .unwrap_or_default()
}

/// A change to a good request, and the names it makes wrong.
pub(super) type Case<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str]);

/// Checks each change by itself.
pub(super) fn check(base: &[(&str, &str)], cases: &[Case<'_>]) {
    assert!(wrong(base).is_empty());
    for (changed, names) in cases {
        assert_eq!(wrong(&with(base, changed)), *names, "{changed:?}");
    }
}

#[test]
fn single_use_requests_are_checked() {
    let long = "x".repeat(129);
    check(
        &SINGLE,
        &[
            (
                &[
                    ("version", "2009-01-09"),
                    ("currencyCode", "USD"),
                    ("reserve", "tRUE"),
                ],
                &[],
            ),
            (
                &[
                    ("paymentMethod", "CC,ACH,ABT"),
                    ("disableGuest", "x"),
                    ("unknown", "y"),
                ],
                &[],
            ),
            (&[("transactionAmount", "0.0025")], &[]),
            (&[("pipelineName", "")], &["pipelineName"]),
            (&[("pipelineName", "Recurrent")], &["pipelineName"]),
            (&[("pipelineName", "singleuse")], &["pipelineName"]),
            (&[("callerReference", "")], &["callerReference"]),
            (&[("callerReference", &long)], &["callerReference"]),
            (&[("callerReference", "a\u{7}b")], &["callerReference"]),
            (&[("transactionAmount", "")], &["transactionAmount"]),
            (&[("transactionAmount", "0")], &["transactionAmount"]),
            (&[("transactionAmount", "-1")], &["transactionAmount"]),
            (&[("transactionAmount", "NaN")], &["transactionAmount"]),
            (&[("transactionAmount", "USD 10")], &["transactionAmount"]),
            (&[("transactionAmount", "10000.01")], &["transactionAmount"]),
            (&[("transactionAmount", "1e30")], &["transactionAmount"]),
            (
                &[("transactionAmount", "1.005"), ("paymentMethod", "CC")],
                &["transactionAmount"],
            ),
        ],
    );
}

#[test]
fn what_single_use_requests_may_say_besides_is_checked() {
    let long = "x".repeat(129);
    let token = "T".repeat(64);
    let two = format!("{token},{token}");
    let reason = "x".repeat(params::REASON_CHARACTERS_MAX + 1);
    check(
        &SINGLE,
        &[
            (
                &[
                    ("discount", "-3.00"),
                    ("giftWrapping", "True"),
                    ("recipientToken", &token),
                ],
                &[],
            ),
            (&[("currencyCode", "EUR")], &["currencyCode"]),
            (&[("version", "2010-01-01")], &["version"]),
            (&[("paymentMethod", "Cash")], &["paymentMethod"]),
            (&[("paymentMethod", "CC,")], &["paymentMethod"]),
            (&[("reserve", "yes")], &["reserve"]),
            (&[("tax", "much")], &["tax"]),
            (&[("itemTotal", "-1")], &["itemTotal"]),
            (&[("giftWrapping", "pink")], &["giftWrapping"]),
            (&[("discount", "--1")], &["discount"]),
            (&[("recipientToken", "short")], &["recipientToken"]),
            (&[("recipientToken", &two)], &["recipientToken"]),
            (&[("paymentReason", &reason)], &["paymentReason"]),
            (
                &[("collectShippingAddress", "maybe")],
                &["collectShippingAddress"],
            ),
            (&[("city", &long)], &["city"]),
            (&[("websiteDescription", &long)], &["websiteDescription"]),
            (
                &[("transactionAmount", "x"), ("tax", "y")],
                &["transactionAmount", "tax"],
            ),
        ],
    );
    let mut twice = SINGLE.to_vec();
    twice.push(("transactionAmount", "10.50"));
    assert!(wrong(&twice).is_empty());
    twice.push(("transactionAmount", "99"));
    assert_eq!(wrong(&twice), ["transactionAmount"]);
}

#[test]
fn multi_use_requests_are_checked() {
    let at = |days: i64| (BEGIN.seconds() + days * 86_400).to_string();
    let (yesterday, tomorrow, late) = (at(-1), at(1), at(367));
    check(
        &MULTI,
        &[
            (&[("transactionAmount", "20")], &[]),
            (
                &[("validityStart", &tomorrow), ("validityExpiry", &late)],
                &[],
            ),
            (&[("validityStart", "2023-12-01T00:00:00Z")], &[]),
            (&[("usageLimitType0", "nonsense")], &[]),
            (&[("globalAmountLimit", "")], &["globalAmountLimit"]),
            (&[("globalAmountLimit", "0.00")], &["globalAmountLimit"]),
            (&[("amountType", "Exact")], &["transactionAmount"]),
            (
                &[("amountType", "Around"), ("transactionAmount", "1")],
                &["amountType"],
            ),
            (&[("transactionAmount", "x")], &["transactionAmount"]),
            (&[("usageLimitType1", "Weight")], &["usageLimitType1"]),
            (&[("usageLimitType1", "Count")], &["usageLimitValue1"]),
            (
                &[("usageLimitType1", "Count"), ("usageLimitValue1", "0")],
                &["usageLimitValue1"],
            ),
            (
                &[("usageLimitType1", "Count"), ("usageLimitValue1", "1.5")],
                &["usageLimitValue1"],
            ),
            (
                &[("usageLimitType2", "Amount"), ("usageLimitValue2", "x")],
                &["usageLimitValue2"],
            ),
            (&[("usageLimitValue2", "5")], &["usageLimitType2"]),
            (
                &[
                    ("usageLimitType1", "Count"),
                    ("usageLimitValue1", "1"),
                    ("usageLimitPeriod1", "1 Fortnight"),
                ],
                &["usageLimitPeriod1"],
            ),
            (&[("validityStart", &yesterday)], &["validityStart"]),
            (&[("validityStart", &late)], &["validityStart"]),
            (&[("validityStart", "soon")], &["validityStart"]),
            (&[("validityExpiry", &yesterday)], &["validityExpiry"]),
            (
                &[("validityExpiry", "99999999999999999999")],
                &["validityExpiry"],
            ),
            (
                &[("validityStart", &tomorrow), ("validityExpiry", &tomorrow)],
                &["validityExpiry"],
            ),
            (
                &[("isRecipientCobranding", "True")],
                &["recipientTokenList"],
            ),
            (&[("recipientTokenList", "a,b")], &["recipientTokenList"]),
        ],
    );
}

#[test]
fn recipient_requests_are_checked() {
    check(
        &RECIPIENT,
        &[
            (&[("maxFixedFee", "0.50"), ("maxVariableFee", "2.9")], &[]),
            (&[("recipientPaysFee", "")], &["recipientPaysFee"]),
            (&[("recipientPaysFee", "perhaps")], &["recipientPaysFee"]),
            (&[("maxFixedFee", "-1")], &["maxFixedFee"]),
            (&[("maxVariableFee", "101")], &["maxVariableFee"]),
            (&[("maxVariableFee", "5%")], &["maxVariableFee"]),
            (&[("validityExpiry", "0")], &["validityExpiry"]),
        ],
    );
}

#[tokio::test]
async fn what_is_not_well_formed_goes_back_signed_and_by_name() {
    let world = World::new();
    let shop = world.shop().await;
    let mut browser = Browser::new(&world);
    let link = shop.link(&with(&SINGLE, &[("transactionAmount", "free")]));
    let pairs = result(&browser.open(&link).await);
    assert_eq!(value(&pairs, "status"), Some("CE"));
    let message = "The following input(s) are not well formed:[transactionAmount]";
    assert_eq!(value(&pairs, "errorMessage"), Some(message));
    assert_eq!(value(&pairs, "callerReference"), None);
    let nobodys = "T".repeat(64);
    let link = shop.link(&with(&SINGLE, &[("recipientToken", &nobodys)]));
    let pairs = result(&browser.open(&link).await);
    let message = "The following input(s) are not well formed:[recipientToken]";
    assert_eq!(value(&pairs, "errorMessage"), Some(message));
}

#[tokio::test]
async fn whoever_cannot_be_trusted_is_never_redirected() {
    let world = World::new();
    let shop = world.shop().await;
    let mut browser = Browser::new(&world);
    let good = shop.link(&SINGLE);
    let unknown = good.replace(&shop.id, "AKIAAAAAAAAAAAAAAAAA");
    let tampered = good.replace("10.50", "99.50");
    let moved = good.replace("shop.example", "evil.example");
    let other_method = good.replace("HmacSHA256", "HmacMD5");
    for (link, code) in [
        (unknown, "InvalidClientTokenId"),
        (
            good.replace("callerKey", "nobodysKey"),
            "InvalidClientTokenId",
        ),
        (tampered, "InvalidSignature"),
        (moved, "InvalidSignature"),
        (other_method, "InvalidSignature"),
        (
            good.replace("signatureVersion=2", "signatureVersion=7"),
            "InvalidSignature",
        ),
        (
            good.replace("signatureVersion=2", "signatureVersion=1"),
            "InvalidSignature",
        ),
        (format!("{good}&x=%zz"), "MalformedRequest"),
        (shop.unsigned(&SINGLE), "MissingSignature"),
        (
            shop.link(&with(&SINGLE, &[("returnURL", "javascript:alert(1)")])),
            "InvalidReturnURL",
        ),
        (
            shop.link(&with(&SINGLE, &[("returnURL", "//evil.example/")])),
            "InvalidReturnURL",
        ),
        (
            shop.link(&with(&SINGLE, &[("returnURL", "https://a@evil.example/")])),
            "InvalidReturnURL",
        ),
    ] {
        let page = browser.open(&link).await;
        assert_eq!(page.status, 400, "{link}");
        assert!(page.header("location").is_none(), "{link}");
        assert!(
            page.text().contains(&format!("<code>{code}</code>")),
            "{link}: {}",
            page.text()
        );
        assert!(!page.text().contains("<form"), "{link}");
    }
    let mut change = ChangeAccount::of(shop.account);
    change.return_origins = Some(vec!["HTTPS://shop.example/".to_owned()]);
    world.submit(change).await;
    assert_eq!(
        browser.open(&shop.unsigned(&SINGLE)).await.title(),
        "Sign in"
    );
    let elsewhere = with(&SINGLE, &[("returnURL", "https://shop.example:8443/")]);
    assert_eq!(browser.open(&shop.unsigned(&elsewhere)).await.status, 400);
}

#[tokio::test]
async fn aliases_posts_and_the_old_signature_are_taken() {
    let mut world = World::new();
    let shop = world.shop().await;
    world
        .person("ada@mail.example", AccountType::Personal)
        .await;
    let secret = Secret::new(&shop.secret);
    let mut pairs = vec![
        ("accessKey", shop.id.as_str()),
        ("returnUrl", "http://localhost:8080/back"),
        ("signatureVersion", "2"),
        ("signatureMethod", "HmacSHA1"),
    ];
    pairs.extend(SINGLE);
    let path = request::CBUI_PATH;
    let signed = request::sign_v2(&secret, Method::HmacSha1, Verb::Post, HOST, path, &pairs);
    pairs.push(("signature", &signed));
    let mut browser = Browser::new(&world);
    browser.fetch_site = "cross-site";
    let page = browser.post(path, &pairs).await;
    assert_eq!(browser.follow(page).await.title(), "Sign in");

    let mut pairs = vec![
        ("callerKey", shop.id.as_str()),
        ("returnURL", "https://shop.example/"),
    ];
    pairs.extend(SINGLE);
    let signed = request::sign_cbui_v1(&secret, path, &pairs);
    pairs.push(("awsSignature", &signed));
    let link = format!("{path}?{}", form::encode(&pairs));
    assert_eq!(Browser::new(&world).open(&link).await.status, 400);
    world.version_1 = true;
    assert_eq!(Browser::new(&world).open(&link).await.title(), "Sign in");
}
