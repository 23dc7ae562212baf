//! Notifications: what happened, as it was when it happened, for one URL.

use money::Amount;
use serde::{Deserialize, Serialize};

use super::{Operation, PaymentMethod, Status, StatusCode, TokenType};
use crate::{AccountKey, CallerReference, NotificationKey, Timestamp, TokenId, TransactionId};

/// One message to one URL. Its facts never change, so every try sends the same bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notification {
    /// Its key; also the webhook id.
    pub key: NotificationKey,
    /// Who is told.
    pub account: AccountKey,
    /// Where.
    pub url: String,
    /// The public address of the certificate that signs it, as it was at the commit; only its path if
    /// nobody listened then.
    pub certificate: String,
    /// What happened.
    pub subject: Subject,
    /// When it was made, in product time.
    pub created_at: Timestamp,
    /// Where delivery stands.
    pub delivery: Delivery,
    /// Tries so far.
    pub tries: u32,
}

/// Where delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Delivery {
    /// It has to be sent, for the first time or again.
    Due,
    /// It was answered with a 2xx.
    Delivered,
    /// Tried for a day in vain; a person may send it again.
    Parked,
}

/// What a notification is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Subject {
    /// A step in the life of a transaction.
    Transaction(Box<TransactionFacts>),
    /// A token was cancelled.
    Token(Box<TokenFacts>),
}

/// A step of a transaction, with the names as they were.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransactionFacts {
    /// The transaction.
    pub transaction: TransactionId,
    /// The number of the event.
    pub number: u16,
    /// When the transaction was received: the same in all its notifications.
    pub date: Timestamp,
    /// What it does.
    pub operation: Operation,
    /// The status that was reached.
    pub status: Status,
    /// Why.
    pub code: StatusCode,
    /// The processor's words, if any.
    pub message: Option<String>,
    /// How much.
    pub amount: Amount,
    /// By which means.
    pub method: PaymentMethod,
    /// The caller's reference.
    pub caller_reference: CallerReference,
    /// The caller's description of it.
    pub reason: Option<String>,
    /// The transaction it refunds.
    pub parent: Option<TransactionId>,
    /// The sender's name.
    pub buyer_name: String,
    /// The sender's e-mail; only where the caller is the recipient.
    pub buyer_email: Option<String>,
    /// The recipient's name.
    pub recipient_name: String,
    /// The recipient's e-mail; empty where it is not the caller's to know.
    pub recipient_email: String,
}

/// A token's end, with the names as they were.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenFacts {
    /// The token.
    pub token: TokenId,
    /// Its type.
    pub kind: TokenType,
    /// The reference it was made under.
    pub caller_reference: CallerReference,
    /// What it was for.
    pub reason: Option<String>,
    /// When it was made.
    pub installed_at: Timestamp,
    /// Whose it was.
    pub customer_name: String,
    /// Their e-mail.
    pub customer_email: String,
}

/// One try to deliver a notification. Never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// Which notification.
    pub notification: NotificationKey,
    /// 1 is the first.
    pub number: u32,
    /// When, in product time.
    pub at: Timestamp,
    /// How long it took.
    pub took_ms: u32,
    /// The HTTP status, when there was one.
    pub http_status: Option<u16>,
    /// What went wrong, in words without secrets.
    pub problem: Option<String>,
}
