//! What the server signs, judged by `openssl` against the certificate that the server publishes.
//!
//! The string to sign is built here from the protocol's description; nothing of the server's own code
//! takes part.

use signing::request::{Method, sign_v2};
use signing::{Secret, Verb, form};

use crate::harness::{
    Browser, Caller, Folder, Options, Receiver, Server, get, openssl, pairs_of, string_to_sign,
    value_of,
};

const CBUI: &str = "/cobranded-ui/actions/start";

/// Has `openssl` verify a message; the certificate comes from the address that the message names.
pub fn verify(folder: &Folder, text: &str, pairs: &[(String, String)]) {
    let field = |name| value_of(pairs, name).unwrap_or_else(|| panic!("no {name} in {pairs:?}"));
    assert_eq!(
        (field("signatureVersion"), field("signatureMethod")),
        ("2", "RSA-SHA1")
    );
    let url = field("certificateUrl")
        .strip_prefix("http://")
        .expect("the server's own address");
    let (address, path) = url.split_once('/').expect("a path");
    assert!(
        path.starts_with("certs/") && path.ends_with("/PKICert.pem"),
        "{path}"
    );
    let served = get(address, &format!("/{path}"), &[]).expect("the certificate");
    assert_eq!(served.status, 200);
    let place = |name| folder.at(name).display().to_string();
    folder.write("PKICert.pem", &served.body);
    folder.write("signature.txt", field("signature"));
    folder.write("message", text);
    let (certificate, key) = (place("PKICert.pem"), place("key.pem"));
    openssl(&[
        "x509",
        "-in",
        &certificate,
        "-pubkey",
        "-noout",
        "-out",
        &key,
    ]);
    let (encoded, signature) = (place("signature.txt"), place("signature"));
    openssl(&["base64", "-d", "-A", "-in", &encoded, "-out", &signature]);
    let message = place("message");
    let said = openssl(&[
        "dgst",
        "-sha1",
        "-verify",
        &key,
        "-signature",
        &signature,
        &message,
    ]);
    assert_eq!(said.trim(), "Verified OK");
}

#[test]
fn openssl_verifies_a_notification() {
    let folder = Folder::new("notification");
    let server = Server::start(&folder.at("data"), &Options::default());
    let receiver = Receiver::start();
    // The receiver's own parameters and an odd path are signed too.
    let caller = server.env(Some(&receiver.url("/shop%20one/ipn?session=a%20b&x=~*")));
    let id = caller.reserved("ü & ~*'()", "12.34");
    let told = receiver.wait_for(&id, "RESERVE", "RESERVED");
    assert!(
        told.header("content-type")
            .starts_with("application/x-www-form-urlencoded")
    );
    assert_eq!(told.header("host"), receiver.address);
    assert_eq!(told.field("callerReference").as_deref(), Some("ü & ~*'()"));
    assert_eq!(
        told.field("transactionAmount").as_deref(),
        Some("USD 12.34")
    );
    let (path, query) = told
        .target
        .split_once('?')
        .expect("the receiver's own query");
    let mut pairs = told.pairs();
    pairs.extend(pairs_of(query));
    assert_eq!(value_of(&pairs, "session"), Some("a b"));
    verify(
        &folder,
        &string_to_sign("POST", &receiver.address, path, &pairs),
        &pairs,
    );
}

/// A Co-Branded address, signed by the caller.
pub fn sent_by(caller: &Caller, parameters: &[(&str, &str)]) -> String {
    let mut pairs = vec![
        ("callerKey", caller.value("AWS_ACCESS_KEY_ID")),
        ("signatureMethod", "HmacSHA256"),
        ("signatureVersion", "2"),
        ("version", "2009-01-09"),
    ];
    pairs.extend(parameters);
    let secret = Secret::new(caller.value("AWS_SECRET_ACCESS_KEY"));
    let host = &caller.address;
    let signature = sign_v2(&secret, Method::HmacSha256, Verb::Get, host, CBUI, &pairs);
    pairs.push(("signature", &signature));
    format!("{CBUI}?{}", form::encode(&pairs))
}

/// Has `openssl` verify a return URL, and gives its parameters.
pub fn returned(folder: &Folder, url: &str) -> Vec<(String, String)> {
    let rest = url
        .strip_prefix("https://")
        .expect("the caller's own scheme");
    let (host, rest) = rest.split_once('/').expect("a path");
    let (path, query) = rest.split_once('?').expect("a result");
    let pairs = pairs_of(query);
    verify(
        folder,
        &string_to_sign("GET", host, &format!("/{path}"), &pairs),
        &pairs,
    );
    pairs
}

#[test]
fn openssl_verifies_a_return_url() {
    let folder = Folder::new("return");
    let server = Server::start(&folder.at("data"), &Options::default());
    let caller = server.env(None);
    let asked = [
        ("pipelineName", "SingleUse"),
        (
            "returnURL",
            "https://shop.example:8443/back.cgi?order=7&note=a+b",
        ),
        ("callerReference", "order 7"),
        ("transactionAmount", "25.00"),
        ("paymentReason", "Shoes"),
        ("paymentMethod", "CC"),
    ];
    let target = sent_by(&caller, &asked);

    // A sender who leaves.
    let mut browser = Browser::open(&caller.address, &target);
    browser.press("cancel", &[]);
    let left = returned(&folder, &browser.sent_to());
    assert_eq!(value_of(&left, "status"), Some("A"));
    assert_eq!(value_of(&left, "note"), Some("a b"));

    // A sender who agrees.
    let mut browser = Browser::open(&caller.address, &target);
    let (email, password) = (
        caller.value("SENDER_EMAIL"),
        caller.value("SENDER_PASSWORD"),
    );
    browser.press("sign-in", &[("email", email), ("password", password)]);
    browser.press("choose-method", &[]);
    browser.press("confirm", &[]);
    let agreed = returned(&folder, &browser.sent_to());
    assert_eq!(value_of(&agreed, "status"), Some("SC"));
    assert_eq!(value_of(&agreed, "callerReference"), Some("order 7"));
    let token = value_of(&agreed, "tokenID").expect("a token");

    // The token works, once.
    let with_token = |reference| {
        [
            ("SenderTokenId", token),
            ("CallerReference", reference),
            ("TransactionAmount.CurrencyCode", "USD"),
            ("TransactionAmount.Value", "25.00"),
        ]
    };
    let id = caller
        .must("Reserve", &with_token("order 7"))
        .must("TransactionId");
    caller.wait_for(&id, "Reserved");
    let again = caller.call("Reserve", &with_token("order 7, again"));
    assert_eq!(
        again.text("Code").as_deref(),
        Some("SameTokenIdUsedMultipleTimes"),
        "{again:?}"
    );
}
