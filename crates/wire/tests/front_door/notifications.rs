//! Notifications, with the fields of the printed ones.

use payments::rows::{
    Operation, PaymentMethod, Status, StatusCode, Subject, TokenFacts, TokenType, TransactionFacts,
};
use payments::{CallerReference, Timestamp, TokenId, TransactionId};
use wire::notification;

use crate::common::{SENDER_TOKEN, TRANSACTION, usd};

fn facts() -> TransactionFacts {
    TransactionFacts {
        transaction: TransactionId::parse(TRANSACTION).expect("an id"),
        number: 1,
        date: Timestamp(1_254_815_482_999),
        operation: Operation::Reserve,
        status: Status::Pending,
        code: StatusCode::PendingNetworkResponse,
        message: None,
        amount: usd("1"),
        method: PaymentMethod::Card,
        caller_reference: CallerReference::parse("CallerReference05").expect("a reference"),
        reason: Some("Reserve".to_owned()),
        parent: None,
        buyer_name: "Test Business".to_owned(),
        buyer_email: Some("new_premium@example.com".to_owned()),
        recipient_name: "Test Business".to_owned(),
        recipient_email: "test-caller@example.com".to_owned(),
    }
}

/// As the documents print it: `name: value` in a row.
fn printed(facts: TransactionFacts) -> String {
    lines(&Subject::Transaction(Box::new(facts)))
}

fn lines(subject: &Subject) -> String {
    let fields = notification::fields(subject);
    let lines: Vec<_> = fields
        .iter()
        .map(|(name, value)| format!("{name}: {value}\n"))
        .collect();
    lines.concat()
}

#[test]
fn the_printed_notifications() {
    let head = "transactionId: 14GKD9GE66FAA63E6O6B2JDPZKN53LZ7F22\n";
    let pending = printed(facts());
    let expected = format!(
        "{head}\
         statusMessage: The transaction is awaiting a response from the backend payment processor.\n\
         transactionDate: 1254815482\n\
         buyerEmail: new_premium@example.com\n\
         notificationType: TransactionStatus\n\
         callerReference: CallerReference05\n\
         operation: RESERVE\n\
         transactionStatus: PENDING\n\
         transactionAmount: USD 1.00\n\
         recipientEmail: test-caller@example.com\n\
         buyerName: Test Business\n\
         recipientName: Test Business\n\
         paymentMethod: CC\n\
         paymentReason: Reserve\n\
         statusCode: PendingNetworkResponse\n"
    );
    assert_eq!(pending, expected);
    let reserved = printed(TransactionFacts {
        status: Status::Reserved,
        code: StatusCode::Success,
        ..facts()
    });
    let sentence =
        "The requested amount was reserved successfully against the given payment instrument.";
    assert!(reserved.starts_with(&format!("{head}statusMessage: {sentence}\n")));
    assert!(reserved.contains("\ntransactionStatus: RESERVED\n"));
    assert!(reserved.ends_with("\nstatusCode: Success\n"));
    let settled = printed(TransactionFacts {
        operation: Operation::Settle,
        status: Status::Success,
        code: StatusCode::Success,
        ..facts()
    });
    let sentence = "The transaction was successful and the payment instrument was charged.";
    assert!(settled.starts_with(&format!("{head}statusMessage: {sentence}\n")));
    assert!(settled.contains("\noperation: SETTLE\ntransactionStatus: SUCCESS\n"));
}

#[test]
fn what_is_absent_is_left_out() {
    let refund = printed(TransactionFacts {
        operation: Operation::Refund,
        status: Status::Failure,
        code: StatusCode::TransactionDenied,
        message: Some("Closed account".to_owned()),
        amount: usd("0.0025"),
        method: PaymentMethod::Balance,
        reason: None,
        parent: Some(TransactionId::parse(TRANSACTION).unwrap()),
        buyer_email: None,
        buyer_name: String::new(),
        ..facts()
    });
    for (field, present) in [
        ("statusMessage: Closed account\n", true),
        ("operation: REFUND\n", true),
        ("transactionStatus: FAILURE\n", true),
        ("transactionAmount: USD 0.002500\n", true),
        ("paymentMethod: ABT\n", true),
        (
            "parentTransactionId: 14GKD9GE66FAA63E6O6B2JDPZKN53LZ7F22\n",
            true,
        ),
        ("statusCode: TransactionDenied\n", true),
        ("paymentReason", false),
        ("buyerEmail", false),
        ("buyerName", false),
    ] {
        assert_eq!(refund.contains(field), present, "{field}");
    }
    assert!(!refund.contains(": \n"));
}

#[test]
fn a_cancelled_token() {
    let facts = TokenFacts {
        token: TokenId::parse(SENDER_TOKEN).unwrap(),
        kind: TokenType::MultiUse,
        caller_reference: CallerReference::parse("t-1").unwrap(),
        reason: Some("Books".to_owned()),
        installed_at: Timestamp(1_254_009_600_000),
        customer_name: "A Buyer".to_owned(),
        customer_email: "buyer@example.com".to_owned(),
    };
    let expected = format!(
        "paymentReason: Books\ncustomerName: A Buyer\ntokenType: MultiUse\ntokenId: {SENDER_TOKEN}\n\
         dateInstalled: Sep 27, 2009\ncustomerEmail: buyer@example.com\n\
         notificationType: TokenCancellation\ncallerReference: t-1\n"
    );
    assert_eq!(lines(&Subject::Token(Box::new(facts))), expected);
}
