//! Signatures: the printed vectors, every version and method, every way to write the same value.

use signing::request::{self, Method};
use signing::{Secret, Verb};

use crate::kit::{Pairs, Scene, Signer, encode, exchange, pairs, with};

#[test]
fn the_vectors_of_the_reference() {
    let secret = Secret::new("EXAMPLE-SECRET-0001");
    let list = pairs(&[
        ("AWSAccessKeyId", "AKIAIOSFODNN7EXAMPLE"),
        ("Action", "Reserve"),
        ("CallerDescription", "Blue shoes ~ 10% off*"),
        ("CallerReference", "order-1001"),
        (
            "SenderTokenId",
            "553ILMLCG6Z8J431H7BX3UMN3FFQU8VSNTSRNCTAASDJNX66LNZLKSZU3PI7TXIH",
        ),
        ("SignatureMethod", "HmacSHA256"),
        ("SignatureVersion", "2"),
        ("Timestamp", "2009-10-06T07:53:11.750Z"),
        ("TransactionAmount.CurrencyCode", "USD"),
        ("TransactionAmount.Value", "10.00"),
        ("Version", "2008-09-17"),
    ]);
    for (verb, method, expected) in [
        (
            Verb::Get,
            Method::HmacSha256,
            "PgFh5eJYy0KNlnSlFXVlcuWi9YdhVX7GjRIqB6SvtN4=",
        ),
        (
            Verb::Post,
            Method::HmacSha256,
            "suDH6uwpEk2zk4OB1Wgyg/fZ7emegkrSrLfwyMzyW3w=",
        ),
        (Verb::Get, Method::HmacSha1, "9dJ+tQVBd9sX6Mym/FBtkFVjv0I="),
        (Verb::Post, Method::HmacSha1, "CEk4X1NQ3zFC+/cNRgYdTy3a7oo="),
    ] {
        let list = with(list.clone(), "SignatureMethod", method.as_str());
        let host = "fps.sandbox.amazonaws.com";
        let made = request::sign_v2(&secret, method, verb, host, "/", &list);
        assert_eq!(made, expected);
    }
    let list = pairs(&[
        ("Action", "Cancel"),
        ("AWSAccessKeyId", "AKIAIOSFODNN7EXAMPLE"),
        ("SignatureVersion", "1"),
        ("Timestamp", "2009-10-06T07:53:11Z"),
        ("TransactionId", "14GKI1SKSR1V6DO1RCCB32RBR6KLODMGQUD"),
        ("Version", "2008-09-17"),
    ]);
    assert_eq!(
        request::sign_v1(&secret, &list),
        "2NjH8M4X5Des5sDp1xd5jpg8IT4="
    );
}

#[test]
fn every_method_by_every_verb() {
    let scene = Scene::new();
    for verb in [Verb::Get, Verb::Post] {
        for method in [Some(Method::HmacSha256), Some(Method::HmacSha1), None] {
            let signer = Signer {
                verb,
                method,
                ..scene.signer()
            };
            signer.ask(&scene.world, "Reserve", &scene.payment()).ok();
        }
    }
}

#[test]
fn version_1_has_a_switch() {
    let scene = Scene::with_settings(|settings| settings.signature_version_1 = false);
    let signer = Signer {
        method: None,
        ..scene.signer()
    };
    let reply = signer.ask(&scene.world, "GetAccountBalance", &Pairs::new());
    reply.refused("InvalidParams");
    assert_eq!(
        reply.message(),
        "\"signatureVersion\" has to be 2. Specified value: 1"
    );
    scene
        .signer()
        .ask(&scene.world, "GetAccountBalance", &Pairs::new())
        .ok();
}

#[test]
fn other_versions_and_methods_are_none() {
    let scene = Scene::new();
    for (name, value) in [
        ("SignatureVersion", "0"),
        ("SignatureVersion", "3"),
        ("SignatureVersion", "4"),
        ("SignatureMethod", "HmacMD5"),
        ("SignatureMethod", "hmacsha256"),
        ("SignatureMethod", "none"),
    ] {
        let signer = scene.signer();
        let all = with(signer.sign("GetAccountBalance", &Pairs::new()), name, value);
        signer.send(&scene.world, &all).refused("InvalidParams");
    }
}

#[test]
fn a_signature_of_another_method_or_verb_is_wrong() {
    let scene = Scene::new();
    let signer = scene.signer();
    let all = signer.sign("GetAccountBalance", &Pairs::new());
    let other = with(all.clone(), "SignatureMethod", "HmacSHA1");
    signer
        .send(&scene.world, &other)
        .refused("SignatureDoesNotMatch");
    let post = Signer {
        verb: Verb::Post,
        ..signer
    };
    post.send(&scene.world, &all)
        .refused("SignatureDoesNotMatch");
    for broken in ["", "=", "AAAA", "not base64!", &"A".repeat(10_000)] {
        let reply = scene
            .signer()
            .send(&scene.world, &with(all.clone(), "Signature", broken));
        let code = if broken.is_empty() {
            "InvalidParams"
        } else {
            "SignatureDoesNotMatch"
        };
        reply.refused(code);
    }
}

/// A way to write a form.
type Style = fn(&Pairs) -> String;

/// Every way in which a client was seen to write the same values.
const STYLES: [(&str, Style); 8] = [
    ("as RFC 3986 has it", encode),
    ("a space as +", |all| encode(all).replace("%20", "+")),
    ("~ escaped", |all| encode(all).replace('~', "%7E")),
    ("* bare", |all| encode(all).replace("%2A", "*")),
    ("small hexadecimal digits", |all| {
        lower_escapes(&encode(all))
    }),
    (":// bare", |all| encode(all).replace("%3A%2F%2F", "://")),
    ("the other way round", |all| {
        encode(&all.iter().rev().cloned().collect())
    }),
    ("empty pieces", |all| {
        format!("&{}&", encode(all).replace('&', "&&"))
    }),
];

fn lower_escapes(text: &str) -> String {
    let mut pieces = text.split('%');
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |sum, piece| {
        let (digits, rest) = piece.split_at(2);
        format!("{sum}%{}{rest}", digits.to_lowercase())
    })
}

#[test]
fn every_way_to_write_the_same_value() {
    let scene = Scene::new();
    for verb in [Verb::Get, Verb::Post] {
        for (name, style) in STYLES {
            let signer = Signer {
                verb,
                ..scene.signer()
            };
            let words = "blue ~ *shoes* & \u{e9}toiles + 10% = \"'()!\u{1f45f}";
            let asked = with(scene.payment(), "CallerDescription", words);
            let asked = with(asked, "OverrideIPNURL", "http://127.0.0.1:9/a~b?c=d+e");
            let text = style(&signer.sign("Pay", &asked));
            let reply = exchange(scene.world.address, &signer.bytes(&text));
            assert_eq!(reply.status, 200, "{name}: {}", reply.body);
            let id = reply.transaction();
            let seen = scene.about(wire::Action::GetTransaction, &id).ok();
            let shown = seen.text("CallerDescription").expect("the description");
            assert_eq!(shown.replace("&amp;", "&"), words, "{name}");
        }
    }
}

#[test]
fn a_line_break_at_the_end_of_a_signature_does_not_count() {
    let scene = Scene::new();
    let signer = scene.signer();
    let mut all = signer.sign("GetAccountBalance", &Pairs::new());
    let last = all.last_mut().expect("the signature");
    last.1.push('\n');
    signer.send(&scene.world, &all).ok();
}
