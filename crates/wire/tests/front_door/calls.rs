//! What a call is before anybody looks at what it asks: versions, credentials, time, repetition.

use crate::common;
use crate::common::{NOW, SECRET, changed, common as head, payment, verify, with, without};
use payments::Timestamp;
use signing::hosts::PublicNames;
use signing::request::{self, Method};
use signing::{Secret, Verb};
use wire::{Action, Call, Check, Version};

fn check(pairs: &[(&str, &str)], code: &str, message: &str) {
    let (found, said) = common::refused(pairs);
    assert_eq!((&*found, &*said), (code, message), "{pairs:?}");
}

#[test]
fn what_is_no_call() {
    let good = with("Reserve", &payment());
    let change = |name, value| changed(&good, name, value);
    check(
        &without(&good, "Version"),
        "InvalidParams",
        "version can not be empty ",
    );
    check(
        &change("Version", "2007-01-08"),
        "InvalidParams",
        "\"version\" has to be 2008-09-17, 2010-08-28 or 2011-09-20. Specified value: 2007-01-08",
    );
    check(
        &without(&good, "Action"),
        "InvalidParams",
        "action can not be empty ",
    );
    check(
        &change("Action", "reserve"),
        "InvalidParams",
        &format!(
            "\"action\" has to be one of {}. Specified value: reserve",
            Action::ALL.map(Action::as_str).join(", ")
        ),
    );
    check(
        &change("AWSAccessKeyId", ""),
        "InvalidParams",
        "awsAccessKeyId can not be empty ",
    );
    check(
        &change("AWSAccessKeyId", "no key"),
        "InvalidClientTokenId",
        "The AWS Access Key Id you provided does not exist in our records.",
    );
    check(
        &without(&good, "SignatureVersion"),
        "InvalidParams",
        "signatureVersion can not be empty ",
    );
    for version in ["0", "3", "2 "] {
        check(
            &change("SignatureVersion", version),
            "InvalidParams",
            &format!("\"signatureVersion\" has to be 1 or 2. Specified value: {version}"),
        );
    }
    check(
        &change("SignatureMethod", "HmacMD5"),
        "InvalidParams",
        "\"signatureMethod\" has to be HmacSHA256 or HmacSHA1. Specified value: HmacMD5",
    );
    check(
        &without(&good, "Timestamp"),
        "InvalidParams",
        "timestamp can not be empty ",
    );
    check(
        &change("Timestamp", "2010-02-26 T19:48:05.000Z"),
        "InvalidParameterValue",
        "Value (2010-02-26 T19:48:05.000Z) for parameter Timestamp is invalid. Must be in ISO8601 \
         format.",
    );
    let unsigned = common::read(Verb::Get, &good).unwrap_err();
    assert_eq!(unsigned.message, "signature can not be empty ");
}

#[test]
fn a_parameter_sent_twice() {
    let good = with("Reserve", &payment());
    let twice = with("Reserve", &[&payment()[..], &payment()[..]].concat());
    assert!(common::ask(&twice).is_ok());
    let mut differing = good.clone();
    differing.push(("TransactionAmount.Value", "11.00"));
    check(
        &differing,
        "InvalidParams",
        "transactionAmount.value is specified twice, with different values.",
    );
}

#[test]
fn the_window_of_fifteen_minutes() {
    let pairs = with("Reserve", &payment());
    let minutes = 15 * 60 * 1_000;
    for (ms, passes) in [
        (0, true),
        (minutes, true),
        (-minutes, true),
        (minutes + 1, false),
        (-minutes - 1, false),
        (i64::MAX, false),
        (i64::MIN, false),
    ] {
        let verified = verify(common::signed(&pairs).unwrap(), NOW.plus_ms(ms));
        assert_eq!(verified.is_ok(), passes, "{ms}");
        if let Err(error) = verified {
            assert_eq!(error.code, "RequestExpired");
            assert_eq!(
                error.message,
                "Request has expired. Timestamp date is 2009-10-06T07:53:11.750Z"
            );
        }
    }
}

#[test]
fn wrong_signatures() {
    for action in Action::ALL {
        let mut pairs = head(action.as_str());
        pairs.push(("Signature", "PgFh5eJYy0KNlnSlFXVlcuWi9YdhVX7GjRIqB6SvtN4="));
        let call = common::read(Verb::Get, &pairs).unwrap();
        let error = verify(call, NOW).unwrap_err();
        assert_eq!(
            (error.code, error.http),
            ("SignatureDoesNotMatch", 403),
            "{action:?}"
        );
    }
}

/// Verb, host header, path of the request; host and path that were signed.
#[test]
fn what_clients_sign() {
    let secret = Secret::new(SECRET);
    let names = PublicNames::new(&["pay.example"]);
    for (host, path, signed_host, signed_path, passes) in [
        ("127.0.0.1:8480", "/", "127.0.0.1:8480", "/", true),
        ("127.0.0.1:8480", "/", "127.0.0.1", "/", true),
        ("127.0.0.1:8480", "/", "127.0.0.1", "", true),
        ("127.0.0.1:8480", "", "127.0.0.1", "/", true),
        ("127.0.0.1:8480", "/", "pay.example", "/", true),
        ("127.0.0.1:8480", "/", "other.example", "/", false),
        ("127.0.0.1:8480", "/other", "127.0.0.1", "/", false),
    ] {
        let mut pairs = with("Pay", &payment());
        let method = Method::HmacSha256;
        let signature = request::sign_v2(
            &secret,
            method,
            Verb::Post,
            signed_host,
            signed_path,
            &pairs,
        );
        pairs.push(("Signature", &signature));
        for (verb, passes) in [(Verb::Post, passes), (Verb::Get, false)] {
            let call = Call::read(verb, host, path, common::owned(&pairs)).unwrap();
            let verified = call.verify(&Check {
                secret: &secret,
                names: &names,
                now: NOW,
                accepts_version_1: false,
            });
            assert_eq!(
                verified.is_ok(),
                passes,
                "{host} {path} {signed_host} {verb:?}"
            );
        }
    }
}

#[test]
fn version_1_has_a_switch() {
    let secret = Secret::new(SECRET);
    let mut pairs = without(&with("Reserve", &payment()), "SignatureMethod");
    pairs = changed(&pairs, "SignatureVersion", "1");
    let signature = request::sign_v1(&secret, &pairs);
    pairs.push(("Signature", &signature));
    for accepts_version_1 in [true, false] {
        let call = common::read(Verb::Get, &pairs).unwrap();
        let verified = call.verify(&Check {
            secret: &secret,
            names: &PublicNames::default(),
            now: NOW,
            accepts_version_1,
        });
        assert_eq!(verified.is_ok(), accepts_version_1);
    }
}

#[test]
fn only_verify_signature_may_be_unsigned() {
    let pairs = [
        ("Action", "VerifySignature"),
        ("Version", "2010-08-28"),
        ("UrlEndPoint", "http://shop.example/ipn"),
        ("HttpParameters", "status=SC&signature=a%0Ab"),
    ];
    let call = common::read(Verb::Get, &pairs).unwrap();
    assert_eq!(call.access_key(), None);
    assert_eq!(call.version(), Version::V2010);
    assert!(call.unsigned(NOW).is_ok());
    let old = changed(&pairs, "Timestamp", "2009-10-06T07:00:00Z");
    let error = common::read(Verb::Get, &old)
        .unwrap()
        .unsigned(NOW)
        .unwrap_err();
    assert_eq!(error.code, "RequestExpired");
    // One that is signed has to be checked.
    let signed = common::signed(&with("VerifySignature", &[])).unwrap();
    assert_eq!(
        signed.unsigned(NOW).unwrap_err().code,
        "SignatureDoesNotMatch"
    );
    for action in Action::ALL {
        let bare = [("Action", action.as_str()), ("Version", "2008-09-17")];
        assert_eq!(
            common::read(Verb::Get, &bare).is_ok(),
            action.may_be_unsigned(),
            "{action:?}"
        );
    }
}

#[test]
fn a_mark_names_the_signed_request() {
    let mark = |pairs: &[(&str, &str)]| {
        let request = common::ask(pairs).unwrap();
        let wire::Request::Command(payments::Command::Settle(settle)) = request else {
            panic!("no Settle");
        };
        (settle.by.mark, settle.by.date)
    };
    let own = [("ReserveTransactionId", common::TRANSACTION)];
    let pairs = with("Settle", &own);
    let again = changed(&pairs, "Timestamp", "2009-10-06T07:53:12Z");
    assert_eq!(mark(&pairs), mark(&pairs));
    assert_ne!(mark(&pairs).0, mark(&again).0);
    assert_eq!(mark(&again).1, Timestamp(1_254_815_592_000));
}
