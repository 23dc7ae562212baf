//! The fields of a notification, in the order of the printed samples. The members of the signature are
//! not among them: whoever delivers it signs.
//!
//! **Invariant:** what is absent is left out, never sent empty.

use payments::TransactionId;
use payments::rows::{Subject, TokenFacts, TransactionFacts};

use crate::{instant, words};

/// `notificationType` of a step of a transaction.
pub const TRANSACTION_STATUS: &str = "TransactionStatus";
/// `notificationType` of a token's end.
pub const TOKEN_CANCELLATION: &str = "TokenCancellation";

/// The fields of a message about this.
pub fn fields(subject: &Subject) -> Vec<(String, String)> {
    let mut list = Vec::with_capacity(20);
    match subject {
        Subject::Transaction(facts) => transaction(&mut list, facts),
        Subject::Token(facts) => token(&mut list, facts),
    }
    list
}

fn transaction(list: &mut Vec<(String, String)>, facts: &TransactionFacts) {
    let message = words::status_message(facts.status, facts.code, facts.message.as_deref());
    let status = facts.status.name().to_ascii_uppercase();
    let operation = facts.operation.name().to_ascii_uppercase();
    let amount = format!("{} {}", facts.amount.currency(), facts.amount.to_cents());
    let parent = facts.parent.as_ref().map(TransactionId::as_str);
    add(list, "transactionId", facts.transaction.as_str());
    add(list, "statusMessage", message);
    add(list, "transactionDate", &facts.date.seconds().to_string());
    add_some(list, "buyerEmail", facts.buyer_email.as_deref());
    add(list, "notificationType", TRANSACTION_STATUS);
    add(list, "callerReference", facts.caller_reference.as_str());
    add(list, "operation", &operation);
    add(list, "transactionStatus", &status);
    add(list, "transactionAmount", &amount);
    add_some(list, "recipientEmail", Some(&facts.recipient_email));
    add_some(list, "buyerName", Some(&facts.buyer_name));
    add_some(list, "recipientName", Some(&facts.recipient_name));
    add(list, "paymentMethod", words::payment_method(facts.method));
    add_some(list, "paymentReason", facts.reason.as_deref());
    add_some(list, "parentTransactionId", parent);
    add(list, "statusCode", words::status_code(facts.code));
}

fn token(list: &mut Vec<(String, String)>, facts: &TokenFacts) {
    add_some(list, "paymentReason", facts.reason.as_deref());
    add_some(list, "customerName", Some(&facts.customer_name));
    add(list, "tokenType", words::token_type(facts.kind));
    add(list, "tokenId", facts.token.as_str());
    let installed = instant::write_date(facts.installed_at);
    add(list, "dateInstalled", &installed);
    add_some(list, "customerEmail", Some(&facts.customer_email));
    add(list, "notificationType", TOKEN_CANCELLATION);
    add(list, "callerReference", facts.caller_reference.as_str());
}

fn add(list: &mut Vec<(String, String)>, name: &str, value: &str) {
    list.push((name.to_owned(), value.to_owned()));
}

fn add_some(list: &mut Vec<(String, String)>, name: &str, value: Option<&str>) {
    if let Some(value) = value.filter(|value| !value.is_empty()) {
        add(list, name, value);
    }
}
