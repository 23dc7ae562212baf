use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::certificate::{self, SigningKey};

const CERTIFICATE_AT: &str = "https://fps.sandbox.example/certs/261121/PKICert.pem";

/// One key for all tests: making one is slow.
static KEY: LazyLock<SigningKey> = LazyLock::new(|| {
    let pair = certificate::generate("test", 0, 1).unwrap();
    SigningKey::load(pair.certificate_pem, &pair.private_key_der).unwrap()
});

/// What the server publishes: a retired key and the current one.
static PUBLISHED: LazyLock<[PublishedKey; 2]> = LazyLock::new(|| {
    let retired = certificate::generate("retired", 0, 1).unwrap();
    [
        ("251121", retired.certificate_pem.as_str()),
        ("261121", KEY.certificate_pem()),
    ]
    .map(|(day, pem)| PublishedKey {
        certificate_url: format!("https://fps.sandbox.example/certs/{day}/PKICert.pem"),
        public_key: certificate::public_key(pem).unwrap(),
    })
});

fn message(verb: Verb, url: &str) -> Vec<(String, String)> {
    let mut pairs = vec![
        ("buyerName".to_owned(), "Zoë ~*'()+&=%41".to_owned()),
        ("status".to_owned(), "PS".to_owned()),
    ];
    KEY.sign_onto(
        &mut pairs,
        verb,
        &UrlParts::parse(url).unwrap(),
        CERTIFICATE_AT,
    );
    pairs
}

#[track_caller]
fn check(url: &str, parameters: &str, expected: Result<Verdict, BadMessage>) {
    assert_eq!(
        verify_message(&*PUBLISHED, url, parameters),
        expected,
        "{url} {parameters}"
    );
}

#[test]
fn both_verbs_and_every_encoding_succeed() {
    let url = "http://shop.example:8080/odd path/%7Ex";
    for verb in [Verb::Get, Verb::Post] {
        let mut pairs = message(verb, url);
        let text = form::encode(&pairs);
        check(url, &text, Ok(Verdict::Success));
        check(
            "http://SHOP.example:8080/odd%20path/~x",
            &text,
            Ok(Verdict::Success),
        );
        check(
            url,
            &text.replace("%20", "+").replace("%2A", "*"),
            Ok(Verdict::Success),
        );
        check(url, &format!("\n{text}&"), Ok(Verdict::Success));
        check(url, &crate::canonical::encode(&text), Ok(Verdict::Success));
        pairs.reverse();
        pairs[0].1.insert(76, '\n');
        pairs[0].1.push_str("\r\n");
        check(url, &form::encode(&pairs), Ok(Verdict::Success));
    }
}

#[test]
fn the_receivers_own_query_is_covered() {
    let url = "https://shop.example/ipn?cart=7&status=mine";
    let pairs = message(Verb::Post, url);
    let body = form::encode(&pairs);
    check(
        "https://shop.example/ipn",
        &format!("{body}&cart=7&status=mine"),
        Ok(Verdict::Success),
    );
    check(
        "https://shop.example:443/ipn",
        &format!("cart=7&status=mine&{body}"),
        Ok(Verdict::Success),
    );
    check(url, &body, Ok(Verdict::Success));
    check(
        url,
        &format!("{body}&cart=7&status=mine"),
        Ok(Verdict::Success),
    );
    check("https://shop.example/ipn", &body, Ok(Verdict::Failure));
    check(
        "https://shop.example/ipn?cart=8&status=mine",
        &body,
        Ok(Verdict::Failure),
    );
}

#[test]
fn what_we_did_not_sign_fails() {
    let url = "http://shop.example/ipn";
    let pairs = message(Verb::Post, url);
    let text = form::encode(&pairs);
    check("http://shop.example/ipn/", &text, Ok(Verdict::Failure));
    check("http://shop.example:81/ipn", &text, Ok(Verdict::Failure));
    check("http://other.example/ipn", &text, Ok(Verdict::Failure));
    check(
        url,
        &text.replace("status=PS", "status=PF"),
        Ok(Verdict::Failure),
    );
    check(url, &format!("{text}&extra=1"), Ok(Verdict::Failure));
    check(url, &text.replace("261121", "251121"), Ok(Verdict::Failure));
    check(
        url,
        &text.replace("sandbox.example", "evil.example"),
        Ok(Verdict::Failure),
    );
    check(
        url,
        &text.replace("signatureVersion=2", "signatureVersion=1"),
        Ok(Verdict::Failure),
    );
    check(
        url,
        &text.replace("RSA-SHA1", "RSA-MD5"),
        Ok(Verdict::Failure),
    );
    check(
        url,
        &text.replace("&signature=", "&signature=*"),
        Ok(Verdict::Failure),
    );
    assert_eq!(verify_message(&[], url, &text), Ok(Verdict::Failure));
}

#[test]
fn missing_members_are_named() {
    let url = "http://shop.example/ipn";
    let pairs = message(Verb::Post, url);
    for name in [
        CERTIFICATE_URL,
        SIGNATURE,
        SIGNATURE_VERSION,
        SIGNATURE_METHOD,
    ] {
        let mut lacking = pairs.clone();
        lacking.retain(|(found, _)| found != name);
        check(url, &form::encode(&lacking), Err(BadMessage::Missing(name)));
        lacking.push((name.to_owned(), String::new()));
        check(url, &form::encode(&lacking), Err(BadMessage::Missing(name)));
    }
    check(
        url,
        "transactionId=1",
        Err(BadMessage::Missing(CERTIFICATE_URL)),
    );
    let told = BadMessage::Missing(CERTIFICATE_URL).to_string();
    assert_eq!(told, "certificateUrl is missing in 'HttpParameters'.");
    let text = form::encode(&pairs);
    check(
        "ftp://a/",
        &text,
        Err(BadMessage::UrlEndPoint(UrlError::Scheme)),
    );
    check(
        url,
        "a=%",
        Err(BadMessage::HttpParameters(FormError::BadEscape { at: 2 })),
    );
}

#[test]
fn a_retry_has_identical_bytes() {
    let url = "http://shop.example/ipn?a=1";
    assert_eq!(message(Verb::Post, url), message(Verb::Post, url));
}

#[test]
fn seeds_of_the_fuzzer_pass() {
    for seed in [
        &b""[..],
        b"\n",
        b"http://a/\ncertificateUrl=x&signature=AAAA&signatureVersion=2&signatureMethod=RSA-SHA1",
        b"http://[::1]:1/%\nsignature%3D%ff",
        b"https://a?%zz\n&&=&=\xff\xfe",
    ] {
        fuzz_entry(&*PUBLISHED, seed);
        crate::form::fuzz_entry(seed);
        crate::url::fuzz_entry(seed);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        fuzz_entry(&*PUBLISHED, &bytes);
        crate::form::fuzz_entry(&bytes);
        crate::url::fuzz_entry(&bytes);
    }

    #[test]
    fn forms_of_likely_signs_never_panic(text in "[a-c%2-4+&=?/:@#\\[\\]é\n ]{0,60}") {
        fuzz_entry(&*PUBLISHED, text.as_bytes());
        crate::form::fuzz_entry(text.as_bytes());
        crate::url::fuzz_entry(format!("http://a{text}").as_bytes());
    }

    #[test]
    fn forms_are_read_as_written(pairs in prop::collection::vec((".{0,9}", ".{0,20}"), 0..9)) {
        let text = form::encode(&pairs);
        let read = form::parse(text.as_bytes(), &Limits::DEFAULT).unwrap();
        let read: Vec<_> = read.into_iter().map(|(n, v)| (n.into_owned(), v.into_owned())).collect();
        prop_assert_eq!(read, pairs);
    }

    #[test]
    fn what_we_sign_verifies_and_no_changed_value_does(
        value in ".{0,30}",
        path in "(/[ -~&&[^?#]]{0,8}){0,3}",
        at in any::<prop::sample::Index>(),
    ) {
        let url = format!("http://shop.example{path}");
        let target = UrlParts::parse(&url).unwrap();
        let mut pairs = vec![("v".to_owned(), value), ("w".to_owned(), "x".to_owned())];
        KEY.sign_onto(&mut pairs, Verb::Get, &target, CERTIFICATE_AT);
        let verify = |pairs: &[(String, String)]| {
            verify_message(&*PUBLISHED, &url, &form::encode(pairs))
        };
        prop_assert_eq!(verify(&pairs), Ok(Verdict::Success));
        let at = at.index(2);
        pairs[at].1.push('!');
        prop_assert_eq!(verify(&pairs), Ok(Verdict::Failure));
    }
}
