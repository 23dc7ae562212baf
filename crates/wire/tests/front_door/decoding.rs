//! Parameters: what is taken, what is refused, with which code and words.

use crate::common;
use crate::common::{
    RECIPIENT_TOKEN, SENDER_TOKEN, TRANSACTION, ask, changed, payment, refused, with, without,
};
use crate::least::least;
use payments::asked::RefundPolicy;
use payments::rows::{CSOwner, Payer, SoftDescriptorType};
use payments::{AccountKey, CallerReference, Command, TokenId, TransactionId};
use wire::action::Kind;
use wire::{Action, Read, Request, TokenAsked, Version};

#[test]
fn the_table_says_what_is_required() {
    for action in Action::ALL {
        let pairs = with(action.as_str(), &least(action));
        assert!(ask(&pairs).is_ok(), "{action:?}");
        for parameter in action.parameters().iter().filter(|own| own.required) {
            let (code, message) = refused(&without(&pairs, parameter.name));
            let mut name = parameter.name.to_owned();
            name[..1].make_ascii_lowercase();
            assert_eq!(code, "InvalidParams", "{action:?}");
            assert_eq!(message, format!("{name} can not be empty "), "{action:?}");
        }
    }
}

/// What is in the table is read: a value that fits nothing is refused by name.
#[test]
fn every_parameter_is_read() {
    for action in Action::ALL {
        for parameter in action.parameters() {
            let member = parameter.kind.members().last();
            let name = member.map_or(parameter.name.to_owned(), |member| {
                format!("{}.{member}", parameter.name)
            });
            let pairs = with(action.as_str(), &least(action));
            let pairs = without(&pairs, parameter.name);
            let (code, message) = refused(&changed(&pairs, &name, "\u{7f}\u{1}"));
            let camel = match parameter.name {
                "FPSOperation" => "fpsOperation".to_owned(),
                name => name[..1].to_ascii_lowercase() + &name[1..],
            };
            let as_it_is = [Kind::Text, Kind::Instruction, Kind::Ignored];
            if as_it_is.contains(&parameter.kind) {
                assert_ne!(code, "InvalidRequest", "{action:?} {name}");
            } else {
                assert_eq!(code, "InvalidParams", "{action:?} {name}");
                assert!(message.contains(&camel), "{action:?} {name}: {message}");
            }
        }
    }
}

#[test]
fn unknown_parameters() {
    for version in Version::ALL {
        for name in [
            "recipient_token_id",
            "TemporaryDeclinePolicy",
            "TransactionAmount",
            "Role.1",
        ] {
            let pairs = with("Reserve", &changed(&payment(), name, "x"));
            let pairs = changed(&pairs, "Version", version.as_str());
            let (code, message) = refused(&pairs);
            assert_eq!(code, "InvalidRequest");
            assert_eq!(
                message,
                format!(
                    "The request doesn't conform to the interface specification in the WSDL. \
                     Element/Parameter \"http://fps.amazonaws.com/doc/{}/:{name}\" in request is \
                     either invalid or is found at unexpected location",
                    version.as_str()
                )
            );
        }
        let url = changed(&payment(), "OverrideIPNURL", "http://shop.example/ipn");
        let pairs = changed(&with("Reserve", &url), "Version", version.as_str());
        assert!(ask(&pairs).is_ok(), "{version:?}");
    }
}

#[test]
fn recorded_messages() {
    let check = |pairs: &[(&str, &str)], expected: &str| {
        let (code, message) = refused(pairs);
        assert_eq!((&*code, &*message), ("InvalidParams", expected));
    };
    let reserve = with("Reserve", &payment());
    check(
        &without(&reserve, "CallerReference"),
        "callerReference can not be empty ",
    );
    check(
        &changed(&reserve, "CallerReference", ""),
        "callerReference can not be empty ",
    );
    check(
        &with("GetTransaction", &[("TransactionId", "FAKE")]),
        "transactionId has to be a valid transaction ID. Specified value: FAKE",
    );
    check(
        &with("Settle", &[("ReserveTransactionId", "FAKE")]),
        "reserveTransactionId has to be a valid transaction ID. Specified value: FAKE",
    );
    check(
        &changed(&reserve, "RecipientTokenId", "NONE"),
        "\"recipientTokenId\" has to be a valid token ID. Specified value: NONE",
    );
    check(
        &changed(&reserve, "RecipientTokenId", ""),
        "recipientTokenId can not be empty ",
    );
    check(
        &changed(&reserve, "ChargeFeeTo", "Sender"),
        "\"chargeFeeTo\" has to be one of Caller, Recipient. Specified value: Sender",
    );
    check(
        &changed(&reserve, "OverrideIPNURL", "ftp://shop.example/"),
        "\"overrideIPNURL\" has to be an http or https URL (the URL does not begin with http:// or \
         https://). Specified value: ftp://shop.example/",
    );
    let long = "x".repeat(129);
    check(
        &changed(&reserve, "CallerReference", &long),
        "callerReference can have at most 128 characters. Specified: 129",
    );
    check(
        &changed(&reserve, "CallerReference", "a\u{1}b"),
        "callerReference has a character that cannot be printed.",
    );
    let long = "é".repeat(161);
    check(
        &changed(&reserve, "SenderDescription", &long),
        "senderDescription can have at most 160 characters. Specified: 161",
    );
    check(
        &with("GetTokenByCaller", &[]),
        "Exactly one of tokenId and callerReference has to be specified.",
    );
}

#[test]
fn amounts() {
    let cases = [
        ("10.00", "ok"),
        ("5", "ok"),
        ("1.000000", "ok"),
        // Left to the core, which knows the instrument.
        ("0", "ok"),
        ("0.005", "ok"),
        ("-1", "InvalidParams"),
        ("+1", "InvalidParams"),
        ("NaN", "InvalidParams"),
        ("inf", "InvalidParams"),
        ("1e3", "InvalidParams"),
        ("1,50", "InvalidParams"),
        ("$1", "InvalidParams"),
        ("USD 1", "InvalidParams"),
        (" 1", "InvalidParams"),
        ("", "InvalidParams"),
        (".", "InvalidParams"),
        ("1.0000001", "InvalidParams"),
        ("１", "InvalidParams"),
        ("1000000000000000000000000000000", "AmountOutOfRange"),
        ("1000000000.01", "AmountOutOfRange"),
    ];
    let garbage = "x".repeat(100);
    let digits = "9".repeat(100);
    let long = [(&*garbage, "InvalidParams"), (&*digits, "AmountOutOfRange")];
    for (text, expected) in cases.into_iter().chain(long) {
        for (action, name) in [
            ("Reserve", "TransactionAmount.Value"),
            ("Reserve", "MarketplaceFixedFee.Value"),
            ("Settle", "TransactionAmount.Value"),
            ("Refund", "RefundAmount.Value"),
        ] {
            let currency = name.replace("Value", "CurrencyCode");
            let own = least(Action::parse(action).unwrap());
            let pairs = changed(&with(action, &own), name, text);
            let pairs = changed(&pairs, &currency, "USD");
            let found = ask(&pairs).map_or_else(|error| error.code, |_| "ok");
            assert_eq!(found, expected, "{action} {name} {text}");
        }
    }
}

#[test]
fn half_an_amount() {
    let settle = with("Settle", &least(Action::Settle));
    for (own, message) in [
        (
            &[("TransactionAmount.Value", "1")][..],
            "transactionAmount.currencyCode can not be empty ",
        ),
        (
            &[("TransactionAmount.CurrencyCode", "USD")],
            "transactionAmount.value can not be empty ",
        ),
        (
            &[
                ("TransactionAmount.CurrencyCode", "EUR"),
                ("TransactionAmount.Value", "1"),
            ],
            "\"transactionAmount.currencyCode\" has to be USD. Specified value: EUR",
        ),
        (
            &[
                ("TransactionAmount.CurrencyCode", "USD"),
                ("TransactionAmount.Value", "1"),
                ("TransactionAmount.Amount", "2"),
            ],
            "transactionAmount.value is specified twice, with different values.",
        ),
        (
            &[("TransactionAmount.Value", "")],
            "transactionAmount.value can not be empty ",
        ),
    ] {
        let pairs = [&settle[..], own].concat();
        assert_eq!(refused(&pairs).1, message);
    }
}

#[test]
fn numbers_of_payments() {
    let refuses = |name, value| {
        let pairs = changed(&with("Pay", &payment()), name, value);
        ask(&pairs).err().map(|error| error.code)
    };
    for (value, expected) in [
        ("1", None),
        ("10080", None),
        ("0", Some("InvalidParams")),
        ("10081", Some("InvalidParams")),
        ("-5", Some("InvalidParams")),
        ("+5", Some("InvalidParams")),
        ("1.5", Some("InvalidParams")),
        ("", Some("InvalidParams")),
        ("99999999999999999999", Some("InvalidParams")),
    ] {
        assert_eq!(
            refuses("TransactionTimeoutInMins", value),
            expected,
            "{value}"
        );
    }
    for (value, expected) in [
        ("5", None),
        ("2.9", None),
        ("0", None),
        ("100", None),
        ("100.1", Some("InvalidParams")),
        ("2.90001", Some("InvalidParams")),
        ("5%", Some("InvalidParams")),
        ("-1", Some("InvalidParams")),
        ("", Some("InvalidParams")),
    ] {
        assert_eq!(
            refuses("MarketplaceVariableFee", value),
            expected,
            "{value}"
        );
    }
}

#[test]
fn everything_of_a_payment() {
    let own = [
        ("RecipientTokenId", RECIPIENT_TOKEN),
        ("ChargeFeeTo", "Caller"),
        ("CallerDescription", "Blue\tshoes\n10% off"),
        ("SenderDescription", ""),
        ("DescriptorPolicy.SoftDescriptorType", "Dynamic"),
        ("DescriptorPolicy.CSOwner", "Caller"),
        ("TransactionTimeoutInMins", "60"),
        ("MarketplaceFixedFee.CurrencyCode", "USD"),
        ("MarketplaceFixedFee.Value", "0.25"),
        ("MarketplaceVariableFee", "2.9"),
        ("OverrideIPNURL", "https://shop.example:8443/ipn?a=1"),
    ];
    let pairs = [&with("Pay", &payment())[..], &own].concat();
    let Request::Command(Command::Pay(pay)) = ask(&pairs).unwrap() else {
        panic!("no Pay");
    };
    let asked = pay.asked;
    assert_eq!(pay.by.caller, AccountKey(7));
    assert_eq!(asked.charge_fee_to, Some(Payer::Caller));
    assert_eq!(
        asked.caller_description.as_deref(),
        Some("Blue\tshoes\n10% off")
    );
    assert_eq!(asked.sender_description, None);
    let descriptor = asked.descriptor.unwrap();
    assert_eq!(descriptor.kind, Some(SoftDescriptorType::Dynamic));
    assert_eq!(descriptor.owner, Some(CSOwner::Caller));
    assert_eq!(asked.timeout_mins, Some(60));
    assert_eq!(asked.marketplace_fixed, Some(common::usd("0.25")));
    assert_eq!(asked.marketplace_rate.unwrap().millionths(), 29_000);
    assert_eq!(
        asked.ipn_url.as_deref(),
        Some("https://shop.example:8443/ipn?a=1")
    );
}

#[test]
fn everything_of_the_others() {
    let transaction = TransactionId::parse(TRANSACTION).unwrap();
    let token = TokenId::parse(SENDER_TOKEN).unwrap();
    let refund = [
        ("RefundAmount.CurrencyCode", "USD"),
        ("RefundAmount.Value", "0.30"),
        ("MarketplaceRefundPolicy", "MasterAndMarketplaceTxn"),
        ("CallerDescription", "broken"),
    ];
    let pairs = [&with("Refund", &least(Action::Refund))[..], &refund].concat();
    let Request::Command(Command::Refund(refund)) = ask(&pairs).unwrap() else {
        panic!("no Refund");
    };
    assert_eq!(refund.asked.transaction, transaction);
    assert_eq!(refund.asked.amount, Some(common::usd("0.30")));
    assert_eq!(
        refund.asked.policy,
        Some(RefundPolicy::MasterAndMarketplaceTxn)
    );
    let cancel = [("TransactionId", TRANSACTION), ("Description", "MyWish")];
    let Request::Command(Command::Cancel(cancel)) = ask(&with("Cancel", &cancel)).unwrap() else {
        panic!("no Cancel");
    };
    assert_eq!(cancel.description.as_deref(), Some("MyWish"));
    let end = [("TokenId", SENDER_TOKEN), ("ReasonText", "done")];
    let Request::Command(Command::CancelToken(end)) = ask(&with("CancelToken", &end)).unwrap()
    else {
        panic!("no CancelToken");
    };
    assert_eq!((&end.token, end.reason.as_deref()), (&token, Some("done")));
    let reference = CallerReference::parse("r-1").unwrap();
    for (action, own, expected) in [
        ("GetAccountBalance", vec![], Read::AccountBalance),
        (
            "GetTransaction",
            vec![("TransactionId", TRANSACTION)],
            Read::Transaction(transaction.clone()),
        ),
        (
            "GetTransactionStatus",
            vec![("TransactionId", TRANSACTION)],
            Read::TransactionStatus(transaction.clone()),
        ),
        (
            "GetTokenByCaller",
            vec![("TokenId", SENDER_TOKEN)],
            Read::Token(TokenAsked::Id(token.clone())),
        ),
        (
            "GetTokenByCaller",
            vec![("CallerReference", "r-1")],
            Read::Token(TokenAsked::Reference(reference)),
        ),
    ] {
        let Request::Read(read) = ask(&with(action, &own)).unwrap() else {
            panic!("{action} is no reading");
        };
        assert_eq!(read, expected);
    }
    let both = [("TokenId", SENDER_TOKEN), ("CallerReference", "r-1")];
    assert_eq!(refused(&with("GetTokenByCaller", &both)).0, "InvalidParams");
}
