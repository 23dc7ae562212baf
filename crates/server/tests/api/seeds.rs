//! The printed samples of the protocol, replayed: only credentials, tokens, times and addresses are
//! put in their places.

use std::collections::BTreeMap;

use payments::commands::{ChangeAccount, CreateAccount};
use payments::rows::AccountType;
use wire::{Action, instant};

use crate::kit::{
    APPROVED, FAR_YEAR, Message, Pairs, Receiver, Reply, Scene, exchange, person, with,
};

const HOST: &str = "fps.sandbox.amazonaws.com";
const PRINTED_TRANSACTION: &str = "14GKD9GE66FAA63E6O6B2JDPZKN53LZ7F22";

const RESERVE: &str = "https://fps.sandbox.amazonaws.com? Action=Reserve &AWSAccessKeyId=AKIAIIFXJCFIHITREP4Q \
&CallerDescription=Reserve &CallerReference=CallerReference05 &RecipientTokenId=254656Example83987 \
&SenderTokenId=553IPMACGAZ2J4N1L7BJ3UMNRFTQU4V9NT4RJCTVADDJKXQ6L1ZAKSIUNPIRTTI1 \
&Signature=JZ0eeVTM5LwbvziLdA%2FSMve7mgrEoTvTGZJ%2BpsgZkM0%3D &SignatureMethod=HmacSHA256 &SignatureVersion=2 \
&Timestamp=2009-10-06T07%3A51%3A04.140Z &TransactionAmount.CurrencyCode=USD &TransactionAmount.Value=1 \
&Version=2008-09-17";

const RESERVE_REPLY: &str = r#"<ReserveResponse xmlns="http://fps.amazonaws.com/doc/2008-09-17/">
<ReserveResult>
<TransactionId>14GKD9GE66FAA63E6O6B2JDPZKN53LZ7F22</TransactionId>
<TransactionStatus>Pending</TransactionStatus>
</ReserveResult>
<ResponseMetadata>
<RequestId>d13273fc-fca8-4963-8fbc-66d03e66055f:0</RequestId>
</ResponseMetadata>
</ReserveResponse>"#;

/// It names `Version` twice. The `&` before `Action` was lost in print.
const SETTLE: &str =
    "https://fps.sandbox.amazonaws.com?ReserveTransactionId=14GKD9GE66FAA63E6O6B2JDPZKN53LZ7F22
&Action=Settle
&AWSAccessKeyId=AKIAIIFXJCFIHITREP4Q
&Signature=SJJLsIBghi7VIycBjX7c3hnfgZ%2FBvZbzqLtAZXDL8ys%3D
&SignatureMethod=HmacSHA256
&SignatureVersion=2
&Version=2008-09-17
&Timestamp=2009-10-06T07%3A53%3A11.750Z
&TransactionAmount.CurrencyCode=USD
&TransactionAmount.Value=1
&Version=2008-09-17";

const SETTLE_REPLY: &str = r#"<SettleResponse xmlns="http://fps.amazonaws.com/doc/2008-09-17/">
  <SettleResult>
    <TransactionId>14GKD9GE66FAA63E6O6B2JDPZKN53LZ7F22</TransactionId>
    <TransactionStatus>Pending</TransactionStatus>
  </SettleResult>
  <ResponseMetadata>
    <RequestId>9ed2008b-b230-4ed0-9210-095f77fc2359:0</RequestId>
  </ResponseMetadata>
</SettleResponse>"#;

/// What every printed notification of the story says; the signature and the two that differ aside.
const TOLD: [(&str, &str); 12] = [
    ("signatureVersion", "2"),
    ("signatureMethod", "RSA-SHA1"),
    ("buyerEmail", "new_premium@amazon.com"),
    ("notificationType", "TransactionStatus"),
    ("callerReference", "CallerReference05"),
    ("transactionAmount", "USD 1.00"),
    ("recipientEmail", "test-caller@amazon.com"),
    ("buyerName", "Test Business"),
    ("recipientName", "Test Business"),
    ("paymentMethod", "CC"),
    ("paymentReason", "Reserve"),
    ("statusCode", "Success"),
];

/// The cast of the samples: the caller is paid itself, and hears of it.
fn printed_cast(receiver: &Receiver) -> Scene {
    let mut scene = Scene::new();
    let world = &scene.world;
    let caller = person(
        AccountType::Business,
        "Test Business",
        "test-caller@amazon.com",
    );
    let buyer = person(
        AccountType::Personal,
        "Test Business",
        "new_premium@amazon.com",
    );
    let shop = world.shop(CreateAccount {
        ipn_url: Some(receiver.url.clone()),
        ..caller
    });
    let sender = world.account(buyer);
    let card = world.card(sender, APPROVED, FAR_YEAR);
    (scene.shop, scene.sender, scene.card) = (shop, sender, card);
    let mut accepted = scene.acceptance(scene.shop.account);
    accepted.installer = scene.shop.account;
    scene.recipient_token = scene.world.install(accepted);
    scene.sender_token = scene.world.install(scene.consent());
    scene
}

/// The pairs of a printed request, in its order.
fn printed_pairs(printed: &str) -> Pairs {
    let (_, query) = printed.split_once('?').expect("a query");
    let pieces = query.split('&').map(str::trim);
    let pairs = pieces.map(|piece| piece.split_once('=').expect("a value"));
    pairs
        .map(|(name, value)| (name.to_owned(), value.replace("%3A", ":")))
        .collect()
}

/// Puts credentials, time and signature in their places and sends it as printed: an empty path.
fn replay(scene: &Scene, printed: Pairs) -> Reply {
    let mut signer = scene.signer();
    HOST.clone_into(&mut signer.signed_host);
    HOST.clone_into(&mut signer.host);
    let list = with(printed, "AWSAccessKeyId", &scene.shop.key);
    let list = with(list, "Timestamp", &instant::write(signer.at));
    let place = list
        .iter()
        .position(|(name, _)| name == "Signature")
        .expect("a signature");
    let unsigned = list
        .iter()
        .filter(|(name, _)| name != "Signature")
        .cloned()
        .collect();
    let signature = signer.seal(unsigned).pop().expect("a signature");
    let mut all = list;
    all[place] = signature;
    let text = crate::kit::encode(&all);
    let bytes =
        format!("GET https://{HOST}?{text} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n");
    exchange(scene.world.address, bytes.as_bytes())
}

/// The reply as it would be printed for the sample's transaction and request.
#[track_caller]
fn check_reply(reply: &Reply, printed: &str) -> String {
    let id = reply.transaction();
    let request = reply.text("RequestId").expect("a request id").to_owned();
    let (_, rest) = printed.split_once("<RequestId>").expect("a request id");
    let printed_request = rest.split('<').next().expect("a request id");
    assert_eq!(request.len(), printed_request.len());
    let body = reply.body.trim_start_matches("<?xml version=\"1.0\"?>\n");
    let body = body
        .replace(&id, PRINTED_TRANSACTION)
        .replace(&request, printed_request);
    let compact: String = printed.lines().map(str::trim).collect();
    assert_eq!(body, compact);
    id
}

#[track_caller]
fn check_message(message: &Message, id: &str, differs: [(&str, &str); 4]) {
    let mut expected: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in TOLD.into_iter().chain(differs) {
        expected.insert(name.to_owned(), value.to_owned());
    }
    expected.insert("transactionId".to_owned(), id.to_owned());
    let mut found: BTreeMap<String, String> = message.fields().into_iter().collect();
    for name in ["signature", "certificateUrl", "transactionDate"] {
        let value = found.remove(name).unwrap_or_default();
        assert!(!value.is_empty(), "{name} is missing");
    }
    assert_eq!(found, expected);
}

#[test]
fn reserve_and_settle_as_printed() {
    let receiver = Receiver::start();
    let scene = printed_cast(&receiver);
    let asked = with(
        printed_pairs(RESERVE),
        "RecipientTokenId",
        scene.recipient_token.id.as_str(),
    );
    let asked = with(asked, "SenderTokenId", scene.sender_token.id.as_str());
    let id = check_reply(&replay(&scene, asked), RESERVE_REPLY);
    let pending = receiver.next();
    check_message(
        &pending,
        &id,
        [
            ("operation", "RESERVE"),
            ("transactionStatus", "PENDING"),
            ("statusCode", "PendingNetworkResponse"),
            (
                "statusMessage",
                "The transaction is awaiting a response from the backend payment processor.",
            ),
        ],
    );
    let reserved = receiver.next();
    check_message(
        &reserved,
        &id,
        [
            ("operation", "RESERVE"),
            ("transactionStatus", "RESERVED"),
            ("statusCode", "Success"),
            (
                "statusMessage",
                "The requested amount was reserved successfully against the given payment instrument.",
            ),
        ],
    );
    let asked = with(printed_pairs(SETTLE), "ReserveTransactionId", &id);
    check_reply(&replay(&scene, asked), SETTLE_REPLY);
    let settled = receiver.next();
    check_message(
        &settled,
        &id,
        [
            ("operation", "SETTLE"),
            ("transactionStatus", "SUCCESS"),
            ("statusCode", "Success"),
            (
                "statusMessage",
                "The transaction was successful and the payment instrument was charged.",
            ),
        ],
    );
    // The printed date is the same in all three: when the transaction was received.
    for other in [&reserved, &settled] {
        assert_eq!(
            other.field("transactionDate"),
            pending.field("transactionDate")
        );
    }
}

#[test]
fn in_a_marketplace_the_buyers_address_is_left_out() {
    let receiver = Receiver::start();
    let scene = Scene::new();
    let ipn_url = Some(Some(receiver.url.clone()));
    scene.world.submit(ChangeAccount {
        ipn_url,
        ..ChangeAccount::of(scene.shop.account)
    });
    scene.reserved();
    let message = receiver.next();
    assert_eq!(message.field("buyerEmail"), "");
    assert_eq!(message.field("buyerName"), "Test Sender");
    assert_eq!(message.field("recipientEmail"), "recipient@example.test");
}

/// The printed SOAP request names its amount `Amount`; that is taken over Query too. The message itself
/// is replayed in [`crate::soap`].
#[test]
fn the_amount_of_the_soap_sample_has_another_name() {
    let scene = Scene::new();
    let asked = crate::kit::without(scene.payment(), "TransactionAmount.Value");
    let asked = with(asked, "TransactionAmount.Amount", "1.10");
    let asked = with(
        asked,
        "CallerReference",
        "\nReferenceString????Qlrd12275864150791\n",
    );
    scene.ask(Action::Reserve, &asked).ok();
}
