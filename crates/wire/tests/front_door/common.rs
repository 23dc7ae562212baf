//! A caller who signs, and rows to show.

use std::sync::Arc;

use money::{Amount, Currency, FeeRule};
use payments::rows::{
    Account, AccountStatus, AccountType, Event, Fees, Operation, PaymentMethod, Refunds, Release,
    State, Status, StatusCode, Transaction,
};
use payments::{
    AccountKey, Asked, CallerReference, PaymentAsked, Timestamp, TokenId, TransactionKey,
};
use signing::hosts::PublicNames;
use signing::request::{self, Method};
use signing::{Secret, Verb};
use wire::{Call, Check, Reply, Request, VerifiedCall, Version, WireError};

pub const SECRET: &str = "EXAMPLE-SECRET-0001";
pub const ACCESS_KEY: &str = "AKIAIOSFODNN7EXAMPLE";
pub const HOST: &str = "fps.sandbox.amazonaws.com";
/// 2009-10-06T07:53:11.750Z.
pub const NOW: Timestamp = Timestamp(1_254_815_591_750);
pub const SENDER_TOKEN: &str = "553ILMLCG6Z8J431H7BX3UMN3FFQU8VSNTSRNCTAASDJNX66LNZLKSZU3PI7TXIH";
pub const RECIPIENT_TOKEN: &str =
    "R53ILMLCG6Z8J431H7BX3UMN3FFQU8VSNTSRNCTAASDJNX66LNZLKSZU3PI7TXIH";
pub const TRANSACTION: &str = "14GKD9GE66FAA63E6O6B2JDPZKN53LZ7F22";
pub const REQUEST_ID: &str = "c21e7735-9c08-4cd8-99bf-535a848c79b4";

pub type Pairs<'a> = Vec<(&'a str, &'a str)>;

/// The common parameters but the signature.
pub fn common(action: &str) -> Pairs<'_> {
    vec![
        ("Action", action),
        ("AWSAccessKeyId", ACCESS_KEY),
        ("SignatureMethod", "HmacSHA256"),
        ("SignatureVersion", "2"),
        ("Timestamp", "2009-10-06T07:53:11.750Z"),
        ("Version", "2008-09-17"),
    ]
}

/// The common parameters and these.
pub fn with<'a>(action: &'a str, own: &[(&'a str, &'a str)]) -> Pairs<'a> {
    let mut pairs = common(action);
    pairs.extend_from_slice(own);
    pairs
}

/// The least that Reserve and Pay need.
pub fn payment() -> Pairs<'static> {
    vec![
        ("SenderTokenId", SENDER_TOKEN),
        ("TransactionAmount.CurrencyCode", "USD"),
        ("TransactionAmount.Value", "10.00"),
        ("CallerReference", "order-1001"),
    ]
}

/// The same list with one value changed, or added.
pub fn changed<'a>(pairs: &[(&'a str, &'a str)], name: &'a str, value: &'a str) -> Pairs<'a> {
    let mut pairs = pairs.to_vec();
    match pairs.iter_mut().find(|(found, _)| *found == name) {
        Some(pair) => pair.1 = value,
        None => pairs.push((name, value)),
    }
    pairs
}

/// The same list without a parameter and its members.
pub fn without<'a>(pairs: &[(&'a str, &'a str)], name: &str) -> Pairs<'a> {
    let mut pairs = pairs.to_vec();
    pairs.retain(|(found, _)| found.split('.').next() != Some(name));
    pairs
}

pub fn owned(pairs: &[(&str, &str)]) -> Vec<signing::form::Pair<'static>> {
    let owned = |text: &str| std::borrow::Cow::Owned(text.to_owned());
    pairs.iter().map(|(n, v)| (owned(n), owned(v))).collect()
}

pub fn read(verb: Verb, pairs: &[(&str, &str)]) -> Result<Call<'static>, WireError> {
    Call::read(verb, HOST, "/", owned(pairs))
}

/// Signs by version 2 and reads.
pub fn signed(pairs: &[(&str, &str)]) -> Result<Call<'static>, WireError> {
    let secret = Secret::new(SECRET);
    let signature = request::sign_v2(&secret, Method::HmacSha256, Verb::Get, HOST, "/", pairs);
    let mut pairs = pairs.to_vec();
    pairs.push(("Signature", &signature));
    read(Verb::Get, &pairs)
}

pub fn verify(call: Call<'static>, now: Timestamp) -> Result<VerifiedCall<'static>, WireError> {
    let (secret, names) = (Secret::new(SECRET), PublicNames::default());
    call.verify(&Check {
        secret: &secret,
        names: &names,
        now,
        accepts_version_1: true,
    })
}

/// From pairs to what is asked, as the server does it.
pub fn ask(pairs: &[(&str, &str)]) -> Result<Request, WireError> {
    verify(signed(pairs)?, NOW)?.request(AccountKey(7))
}

/// The code and message of a refusal.
pub fn refused(pairs: &[(&str, &str)]) -> (String, String) {
    match ask(pairs) {
        Ok(request) => (format!("{request:?}"), String::new()),
        Err(error) => (error.code.to_owned(), error.message),
    }
}

pub fn usd(text: &str) -> Amount {
    Amount::parse(text, Currency::USD).expect("an amount")
}

pub fn account(key: i64, name: &str, email: &str) -> Account {
    Account {
        verification: payments::rows::Verification::Complete,
        key: AccountKey(key),
        kind: AccountType::Business,
        name: name.to_owned(),
        email: email.to_owned(),
        email_verified: true,
        status: AccountStatus::Active,
        marketplace: false,
        ipn_url: None,
        return_origins: Vec::new(),
        descriptor: None,
        password_hash: None,
        webhook_secret: None,
        created_at: NOW,
    }
}

pub fn asked() -> PaymentAsked {
    PaymentAsked {
        sender_token: TokenId::parse(SENDER_TOKEN).expect("a token id"),
        recipient_token: None,
        amount: usd("1"),
        charge_fee_to: None,
        caller_description: Some("Reserve".to_owned()),
        sender_description: None,
        descriptor: None,
        timeout_mins: None,
        marketplace_fixed: None,
        marketplace_rate: None,
        ipn_url: None,
    }
}

/// A reservation of one dollar that has been settled: caller 1 is the recipient, 2 the sender.
pub fn transaction() -> Transaction {
    Transaction {
        tally: None,
        key: TransactionKey(42),
        nonce: [7; 13],
        operation: Operation::Reserve,
        method: PaymentMethod::Card,
        caller: AccountKey(1),
        sender: AccountKey(2),
        recipient: AccountKey(1),
        sender_token: None,
        recipient_token: None,
        instrument: None,
        parent: None,
        amount: usd("1"),
        received_at: NOW,
        caller_reference: CallerReference::parse("CallerReference05").expect("a reference"),
        asked: Arc::new(Asked::Reserve(asked())),
        caller_date: NOW,
        timeout_at: Timestamp::NEVER,
        state: State::Succeeded,
        code: StatusCode::Success,
        message: None,
        settled: usd("1"),
        fee_lines: Arc::from([payments::terms::FeeLine {
            from: Amount::zero(Currency::USD),
            rule: FeeRule::free(Currency::USD),
        }]),
        fees: Fees {
            fps_fee: usd("0.10"),
            ..Fees::none(Currency::USD)
        },
        refunds: Refunds::none(Currency::USD),
        release: Release::None,
        events: 2,
        postings: 0,
        settle_mark: None,
        cancel_mark: None,
        completed_at: Some(NOW.plus_ms(1_000)),
        notify_url: None,
    }
}

pub fn event(number: u16, status: Status, code: StatusCode) -> Event {
    Event {
        transaction: TransactionKey(42),
        number,
        at: NOW.plus_ms(i64::from(number)),
        operation: Operation::Reserve,
        status,
        code,
        amount: usd("1"),
        message: None,
    }
}

/// Heads the replies of the tests.
pub const REPLY: Reply = Reply {
    version: Version::V2008,
    request_id: REQUEST_ID,
};

pub fn text(body: Vec<u8>) -> String {
    String::from_utf8(body).expect("a reply is UTF-8")
}

/// A printed document without the white space of its printing.
pub fn compact(printed: &str) -> String {
    let lines: String = printed.lines().map(str::trim).collect();
    format!("<?xml version=\"1.0\"?>\n{lines}")
}
