//! The printed requests of the documents, with credentials, tokens, times and addresses substituted.

use crate::common;
use crate::common::{ACCESS_KEY, HOST, NOW, RECIPIENT_TOKEN, SECRET, SENDER_TOKEN, TRANSACTION};
use payments::commands::{Reserve, Settle};
use payments::{AccountKey, Command, TokenId, TransactionId};
use signing::form::{self, Limits};
use signing::hosts::PublicNames;
use signing::request::{self, Method};
use signing::{Secret, Verb};
use wire::{Call, Check, Request};

/// Signs a printed query as its client would have, `signed_once` with a repeated parameter once.
fn send(query: &str, signed_once: bool) -> Command {
    let mut pairs = form::parse(query.as_bytes(), &Limits::DEFAULT).expect("a form");
    let mut covered = pairs.clone();
    if signed_once {
        covered.sort();
        covered.dedup();
    }
    let (secret, names) = (Secret::new(SECRET), PublicNames::default());
    let method = Method::HmacSha256;
    let signature = request::sign_v2(&secret, method, Verb::Get, HOST, "/", &covered);
    pairs.push(("Signature".into(), signature.into()));
    let call = Call::read(Verb::Get, HOST, "", pairs).expect("a call");
    assert_eq!(
        call.access_key().map(payments::AccessKeyId::as_str),
        Some(ACCESS_KEY)
    );
    let check = Check {
        secret: &secret,
        names: &names,
        now: NOW,
        accepts_version_1: false,
    };
    let verified = call.verify(&check).expect("a good signature");
    let request = verified.request(AccountKey(7)).expect("well formed");
    let Request::Command(command) = request else {
        panic!("{request:?} is no command");
    };
    command
}

#[test]
fn the_printed_reserve() {
    let query = format!(
        "Action=Reserve&AWSAccessKeyId={ACCESS_KEY}&CallerDescription=Reserve\
         &CallerReference=CallerReference05&RecipientTokenId={RECIPIENT_TOKEN}\
         &SenderTokenId={SENDER_TOKEN}&SignatureMethod=HmacSHA256&SignatureVersion=2\
         &Timestamp=2009-10-06T07%3A51%3A04.140Z&TransactionAmount.CurrencyCode=USD\
         &TransactionAmount.Value=1&Version=2008-09-17"
    );
    let Command::Reserve(command) = send(&query, false) else {
        panic!("no Reserve");
    };
    let Reserve {
        by,
        reference,
        asked,
    } = *command;
    assert_eq!(by.caller, AccountKey(7));
    assert_eq!(by.date, payments::Timestamp(1_254_815_464_140));
    assert_eq!(reference.as_str(), "CallerReference05");
    assert_eq!(asked.amount, common::usd("1"));
    assert_eq!(asked.sender_token, TokenId::parse(SENDER_TOKEN).unwrap());
    assert_eq!(
        asked.recipient_token,
        Some(TokenId::parse(RECIPIENT_TOKEN).unwrap())
    );
    assert_eq!(asked.caller_description.as_deref(), Some("Reserve"));
    assert_eq!(asked.timeout_mins, None);
}

#[test]
fn the_printed_settle_names_its_version_twice() {
    let query = format!(
        "ReserveTransactionId={TRANSACTION}&Action=Settle&AWSAccessKeyId={ACCESS_KEY}\
         &SignatureMethod=HmacSHA256&SignatureVersion=2&Version=2008-09-17\
         &Timestamp=2009-10-06T07%3A53%3A11.750Z&TransactionAmount.CurrencyCode=USD\
         &TransactionAmount.Value=1&Version=2008-09-17"
    );
    for signed_once in [false, true] {
        let Command::Settle(command) = send(&query, signed_once) else {
            panic!("no Settle");
        };
        let Settle {
            transaction,
            amount,
            ..
        } = *command;
        assert_eq!(transaction, TransactionId::parse(TRANSACTION).unwrap());
        assert_eq!(amount, Some(common::usd("1")));
    }
}

/// The printed SOAP body, as its reader flattens it: `Amount` for `Value`, line breaks around text.
#[test]
fn the_printed_soap_reserve() {
    let own = [
        ("SenderTokenId", SENDER_TOKEN),
        ("RecipientTokenId", RECIPIENT_TOKEN),
        ("TransactionAmount.CurrencyCode", "USD"),
        ("TransactionAmount.Amount", "1.10"),
        (
            "CallerReference",
            "\nReferenceString????Qlrd12275864150791\n",
        ),
        (
            "CallerDescription",
            "\nDescriptionString-????UQAu12275864150791\n",
        ),
        (
            "SenderDescription",
            "\nDescriptionString-????kbPT12275864150791\n",
        ),
    ];
    let request = common::ask(&common::with("Reserve", &own)).unwrap();
    let Request::Command(Command::Reserve(command)) = request else {
        panic!("no Reserve");
    };
    assert_eq!(command.asked.amount, common::usd("1.10"));
    assert_eq!(
        command.reference.as_str(),
        "ReferenceString????Qlrd12275864150791"
    );
    assert_eq!(
        command.asked.sender_description.as_deref(),
        Some("DescriptionString-????kbPT12275864150791")
    );
}
