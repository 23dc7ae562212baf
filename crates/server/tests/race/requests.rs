//! Signed requests, as the caller's client makes them.

use payments::TokenId;
use signing::request::{Method, sign_v2};
use signing::{Verb, form};

use super::world::{Key, World};

impl World {
    /// A signed query of the caller's.
    pub fn query(&self, action: &str, own: &[(&str, &str)]) -> String {
        self.query_by(&self.key, action, own, 0)
    }

    /// The same, signed with a key so many seconds ago.
    pub fn query_by(&self, key: &Key, action: &str, own: &[(&str, &str)], age_s: i64) -> String {
        let at = self.app().real_now().plus_ms(-age_s * 1_000);
        let at = wire::instant::write(at);
        let mut pairs = vec![
            ("Action", action),
            ("Version", "2010-08-28"),
            ("AWSAccessKeyId", &key.id),
            ("SignatureVersion", "2"),
            ("SignatureMethod", "HmacSHA256"),
            ("Timestamp", &at),
        ];
        pairs.extend_from_slice(own);
        let method = Method::HmacSha256;
        let signature = sign_v2(&key.secret, method, Verb::Get, &self.host, "/", &pairs);
        pairs.push(("Signature", &signature));
        form::encode(&pairs)
    }

    /// A signed Reserve or Pay, so many seconds old.
    pub fn payment(&self, action: &str, payment: &Payment<'_>) -> String {
        let mut own = vec![
            ("SenderTokenId", payment.token.as_str()),
            ("CallerReference", payment.reference),
            ("TransactionAmount.CurrencyCode", "USD"),
            ("TransactionAmount.Value", payment.amount),
        ];
        own.extend_from_slice(payment.more);
        self.query_by(&self.key, action, &own, payment.age_s)
    }

    /// A signed Settle of an amount, so many seconds old.
    pub fn settle(&self, id: &str, amount: &str, age_s: i64) -> String {
        self.settle_by(&self.key, id, amount, age_s)
    }

    /// The same, signed with a key.
    pub fn settle_by(&self, key: &Key, id: &str, amount: &str, age_s: i64) -> String {
        let own = [
            ("ReserveTransactionId", id),
            ("TransactionAmount.CurrencyCode", "USD"),
            ("TransactionAmount.Value", amount),
        ];
        self.query_by(key, "Settle", &own, age_s)
    }

    /// A signed Cancel, so many seconds old.
    pub fn cancel(&self, id: &str, age_s: i64) -> String {
        self.query_by(&self.key, "Cancel", &[("TransactionId", id)], age_s)
    }

    /// A signed Refund.
    pub fn refund(&self, id: &str, reference: &str, amount: &str) -> String {
        let own = [
            ("TransactionId", id),
            ("CallerReference", reference),
            ("RefundAmount.CurrencyCode", "USD"),
            ("RefundAmount.Value", amount),
        ];
        self.query("Refund", &own)
    }
}

/// The parameters of a Reserve or Pay.
pub struct Payment<'a> {
    /// The sender's token.
    pub token: &'a TokenId,
    /// The caller's reference.
    pub reference: &'a str,
    /// Dollars.
    pub amount: &'a str,
    /// Other parameters.
    pub more: &'a [(&'a str, &'a str)],
    /// How many seconds ago it was signed.
    pub age_s: i64,
}
