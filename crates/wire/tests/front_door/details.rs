//! GetTransaction, in the order of the schema.

use payments::rows::{Operation, State, Status, StatusCode};
use payments::{AccountKey, TokenId, TransactionId};
use wire::reply::{Related, Relation, TransactionView};

use crate::common::{
    NOW, REPLY, REQUEST_ID, SENDER_TOKEN, TRANSACTION, account, compact, event, text, transaction,
    usd,
};

pub fn detail(of: &payments::rows::Transaction, viewer: i64) -> String {
    let caller = account(1, "Test Business", "test-caller@example.com");
    let sender = account(2, "A Buyer", "buyer@example.com");
    let (sender_token, other) = (
        TokenId::parse(SENDER_TOKEN).expect("an id"),
        TransactionId::parse(TRANSACTION).expect("an id"),
    );
    let related = [Related {
        id: other,
        relation: Relation::Refund,
    }];
    let events = [
        event(1, Status::Pending, StatusCode::PendingNetworkResponse),
        event(2, Status::Reserved, StatusCode::Success),
    ];
    text(REPLY.transaction(&TransactionView {
        transaction: of,
        events: &events,
        viewer: AccountKey(viewer),
        caller: &caller,
        sender: &sender,
        recipient: &caller,
        sender_token: Some(&sender_token),
        recipient_token: None,
        tally: None,
        related: &related,
    }))
}

#[test]
fn a_transaction_in_the_order_of_the_schema() {
    let shown = transaction();
    let id = shown.id();
    let expected = format!(
        r#"<GetTransactionResponse xmlns="http://fps.amazonaws.com/doc/2008-09-17/">
           <GetTransactionResult>
           <Transaction>
             <TransactionId>{id}</TransactionId>
             <CallerReference>CallerReference05</CallerReference>
             <CallerDescription>Reserve</CallerDescription>
             <DateReceived>2009-10-06T07:53:11.750Z</DateReceived>
             <DateCompleted>2009-10-06T07:53:12.750Z</DateCompleted>
             <TransactionAmount><CurrencyCode>USD</CurrencyCode><Value>1.000000</Value></TransactionAmount>
             <FPSFees><CurrencyCode>USD</CurrencyCode><Value>0.100000</Value></FPSFees>
             <FPSFeesPaidBy>Recipient</FPSFeesPaidBy>
             <SenderTokenId>{SENDER_TOKEN}</SenderTokenId>
             <FPSOperation>Settle</FPSOperation>
             <PaymentMethod>CC</PaymentMethod>
             <TransactionStatus>Success</TransactionStatus>
             <StatusCode>Success</StatusCode>
             <StatusMessage>The transaction was successful and the payment instrument was charged.</StatusMessage>
             <SenderName>A Buyer</SenderName>
             <SenderEmail>buyer@example.com</SenderEmail>
             <CallerName>Test Business</CallerName>
             <RecipientName>Test Business</RecipientName>
             <RecipientEmail>test-caller@example.com</RecipientEmail>
             <RelatedTransaction>
               <TransactionId>{TRANSACTION}</TransactionId>
               <RelationType>Refund</RelationType>
             </RelatedTransaction>
             <StatusHistory>
               <Date>2009-10-06T07:53:11.751Z</Date>
               <TransactionStatus>Pending</TransactionStatus>
               <StatusCode>PendingNetworkResponse</StatusCode>
               <Amount><CurrencyCode>USD</CurrencyCode><Value>1.000000</Value></Amount>
             </StatusHistory>
             <StatusHistory>
               <Date>2009-10-06T07:53:11.752Z</Date>
               <TransactionStatus>Reserved</TransactionStatus>
               <StatusCode>Success</StatusCode>
               <Amount><CurrencyCode>USD</CurrencyCode><Value>1.000000</Value></Amount>
             </StatusHistory>
           </Transaction>
           </GetTransactionResult>
           <ResponseMetadata>
             <RequestId>{REQUEST_ID}:0</RequestId>
           </ResponseMetadata>
           </GetTransactionResponse>"#
    );
    assert_eq!(detail(&shown, 1), compact(&expected));
}

#[test]
fn what_differs_between_transactions() {
    let mut shown = transaction();
    // Only the recipient sees the sender's e-mail.
    assert!(!detail(&shown, 2).contains("SenderEmail"));
    // Settled for less.
    shown.settled = usd("0.40");
    assert!(
        detail(&shown, 1)
            .contains("<TransactionAmount><CurrencyCode>USD</CurrencyCode><Value>0.400000</Value>")
    );
    // With a marketplace fee, paid by the caller.
    shown.fees.marketplace_fee = usd("0.05");
    shown.fees.payer = payments::rows::Payer::Caller;
    let paid_by_caller = "<MarketplaceFees><CurrencyCode>USD</CurrencyCode><Value>0.050000</Value>\
                          </MarketplaceFees><FPSFeesPaidBy>Caller</FPSFeesPaidBy>";
    assert!(detail(&shown, 1).contains(paid_by_caller));
    // A refund gives fees back.
    shown.operation = Operation::Refund;
    let refund = detail(&shown, 1);
    assert!(refund.contains("<FPSFees><CurrencyCode>USD</CurrencyCode><Value>-0.100000</Value>"));
    assert!(refund.contains("<Value>-0.050000</Value></MarketplaceFees>"));
    assert!(refund.contains("<FPSOperation>Refund</FPSOperation>"));
    shown.fees.fps_fee = usd("0");
    assert!(
        detail(&shown, 1)
            .contains("<FPSFees><CurrencyCode>USD</CurrencyCode><Value>0.000000</Value>")
    );
    // A reservation: not completed.
    let mut held = transaction();
    held.settled = usd("0");
    held.state = State::Reserved { since: NOW };
    held.completed_at = None;
    let held = detail(&held, 1);
    assert!(!held.contains("DateCompleted"));
    assert!(held.contains("<FPSOperation>Reserve</FPSOperation>"));
    assert!(held.contains("<StatusMessage>The requested amount was reserved successfully against the given payment instrument.</StatusMessage>"));
}
