//! Replies: the documents that answer a call, each written once into one buffer.
//!
//! A success stands in the namespace of the version that was asked for, its elements in the order of
//! the schema, without white space between them. Optional elements without content are left out: a
//! client dies of an empty one. An error has no namespace and is one line: two clients read it by
//! regular expression.

mod activity;
mod balances;
mod subscription;
mod token;
mod transaction;
mod usage;

use money::{Amount, MICROS_PER_UNIT};
use payments::rows::{Status, Subscription, Token, Transaction, Verification, WindowUse};
use payments::{Outcome, TokenId, TransactionId};
use signing::verification::Verdict;
use xml::Writer;

use crate::{Action, Version, WireError, words};

pub use activity::ActivityRow;
use balances::TallyElement;
pub use balances::{Balances, TallyBalance};
pub use subscription::SubscriptionView;
pub use token::TokenView;
pub use transaction::{Related, Relation, TransactionView};

/// The media type of every reply, errors included.
pub const CONTENT_TYPE: &str = "text/xml; charset=utf-8";

/// What stands at the end of a request id in a success; an error has it without.
const REQUEST_ID_SUFFIX: &str = ":0";

/// Room for a reply without details, so that its buffer seldom grows.
const SHORT_BYTES_USUAL: usize = 512;
/// Room for a reply with details.
const LONG_BYTES_USUAL: usize = 4_096;

/// What every success document needs to know.
#[derive(Clone, Copy, Debug)]
pub struct Reply<'a> {
    /// The version that was asked for.
    pub version: Version,
    /// The request's own id, a UUID in lower case.
    pub request_id: &'a str,
}

impl Reply<'_> {
    /// The reply to a command.
    pub fn outcome(self, action: Action, outcome: &Outcome) -> Vec<u8> {
        match outcome {
            Outcome::Transaction { id, .. } if action == Action::CancelSubscriptionAndRefund => {
                self.subscription_refund(id)
            }
            Outcome::Transaction { id, status } => self.transaction_made(action, id, *status),
            Outcome::Tokens { token, .. } => self.token_made(action, token),
            Outcome::Tally { .. }
            | Outcome::Account(_)
            | Outcome::Instrument(_)
            | Outcome::Subscription(_)
            | Outcome::WebhookSecret { .. }
            | Outcome::Done => self.done(action),
        }
    }

    /// A reply without a result: CancelToken's.
    pub fn done(self, action: Action) -> Vec<u8> {
        let mut writer = self.begin(action, SHORT_BYTES_USUAL);
        self.end(&mut writer, action);
        writer.into_bytes()
    }

    /// `TransactionId` and `TransactionStatus`: Pay, Reserve, Settle, Cancel, Refund.
    pub fn transaction_made(self, action: Action, id: &TransactionId, status: Status) -> Vec<u8> {
        self.document(action, SHORT_BYTES_USUAL, |writer| {
            writer
                .element("TransactionId", id.as_str())
                .element("TransactionStatus", status.name());
        })
    }

    /// GetTransactionStatus.
    pub fn transaction_status(self, transaction: &Transaction) -> Vec<u8> {
        let (status, code) = (transaction.status(), transaction.code);
        let message = words::status_message(status, code, transaction.message.as_deref());
        self.document(Action::GetTransactionStatus, SHORT_BYTES_USUAL, |writer| {
            writer
                .element("TransactionId", transaction.id().as_str())
                .element("TransactionStatus", status.name())
                .element("CallerReference", transaction.caller_reference.as_str())
                .element("StatusCode", words::status_code(code))
                .element("StatusMessage", message);
        })
    }

    /// GetTransaction.
    pub fn transaction(self, view: &TransactionView) -> Vec<u8> {
        self.document(Action::GetTransaction, LONG_BYTES_USUAL, |writer| {
            transaction::write(writer, view);
        })
    }

    /// `TokenId`: InstallPaymentInstruction.
    pub fn token_made(self, action: Action, token: &TokenId) -> Vec<u8> {
        self.document(action, SHORT_BYTES_USUAL, |writer| {
            writer.element("TokenId", token.as_str());
        })
    }

    /// GetAccountActivity: the rows in the order in which they are shown, and where the next page
    /// begins.
    pub fn activity(self, rows: &[ActivityRow], next: Option<&str>) -> Vec<u8> {
        self.document(Action::GetAccountActivity, LONG_BYTES_USUAL, |writer| {
            writer.element("BatchSize", &rows.len().to_string());
            for row in rows {
                activity::write(writer, row);
            }
            writer.optional("StartTimeForNextTransaction", next);
        })
    }

    /// GetTokenByCaller.
    pub fn token(self, view: &TokenView) -> Vec<u8> {
        self.document(Action::GetTokenByCaller, LONG_BYTES_USUAL, |writer| {
            token::write(writer, view);
        })
    }

    /// GetTokens.
    pub fn tokens(self, views: &[TokenView]) -> Vec<u8> {
        self.document(Action::GetTokens, LONG_BYTES_USUAL, |writer| {
            for view in views {
                token::write(writer, view);
            }
        })
    }

    /// GetTokenUsage: what was used of each limit, in the windows of now.
    pub fn token_usage(self, token: &Token, windows: &[WindowUse]) -> Vec<u8> {
        self.document(Action::GetTokenUsage, SHORT_BYTES_USUAL, |writer| {
            usage::write(writer, token, windows);
        })
    }

    /// GetPaymentInstruction: the token and its text, to the letter.
    pub fn payment_instruction(self, view: &TokenView, text: &str) -> Vec<u8> {
        self.document(Action::GetPaymentInstruction, LONG_BYTES_USUAL, |writer| {
            token::write(writer, view);
            let facts = &view.token.facts;
            writer
                .element("PaymentInstruction", text)
                .element("CallerReference", facts.caller_reference.as_str())
                .optional("TokenFriendlyName", facts.friendly_name.as_deref());
        })
    }

    /// GetRecipientVerificationStatus.
    pub fn recipient_verification(self, verification: Verification) -> Vec<u8> {
        let action = Action::GetRecipientVerificationStatus;
        self.document(action, SHORT_BYTES_USUAL, |writer| {
            writer.element(
                "RecipientVerificationStatus",
                words::verification(verification),
            );
        })
    }

    /// GetAccountBalance.
    pub fn balance(self, balances: &Balances) -> Vec<u8> {
        self.document(Action::GetAccountBalance, LONG_BYTES_USUAL, |writer| {
            balances::write_account(writer, balances);
        })
    }

    /// GetPrepaidBalance.
    pub fn prepaid_balance(self, balance: TallyBalance) -> Vec<u8> {
        self.tally(Action::GetPrepaidBalance, &TallyElement::PREPAID, balance)
    }

    /// GetTotalPrepaidLiability.
    pub fn prepaid_liability(self, balance: TallyBalance) -> Vec<u8> {
        let action = Action::GetTotalPrepaidLiability;
        self.tally(action, &TallyElement::LIABILITY, balance)
    }

    /// GetDebtBalance.
    pub fn debt_balance(self, balance: TallyBalance) -> Vec<u8> {
        self.tally(Action::GetDebtBalance, &TallyElement::DEBT, balance)
    }

    /// GetOutstandingDebtBalance.
    pub fn outstanding_debt(self, balance: TallyBalance) -> Vec<u8> {
        let action = Action::GetOutstandingDebtBalance;
        self.tally(action, &TallyElement::OUTSTANDING, balance)
    }

    fn tally(self, action: Action, element: &TallyElement, balance: TallyBalance) -> Vec<u8> {
        self.document(action, SHORT_BYTES_USUAL, |writer| {
            element.write(writer, balance);
        })
    }

    /// `RefundTransactionId`: CancelSubscriptionAndRefund with a refund; without one there is no result.
    fn subscription_refund(self, id: &TransactionId) -> Vec<u8> {
        let action = Action::CancelSubscriptionAndRefund;
        self.document(action, SHORT_BYTES_USUAL, |writer| {
            writer.element("RefundTransactionId", id.as_str());
        })
    }

    /// GetSubscriptionDetails.
    pub fn subscription(self, view: &SubscriptionView) -> Vec<u8> {
        self.document(Action::GetSubscriptionDetails, LONG_BYTES_USUAL, |writer| {
            subscription::write(writer, view);
        })
    }

    /// GetTransactionsForSubscription: each payment with its serial number.
    pub fn subscription_payments(
        self,
        plan: &Subscription,
        payments: &[(u32, &Transaction)],
    ) -> Vec<u8> {
        let action = Action::GetTransactionsForSubscription;
        self.document(action, LONG_BYTES_USUAL, |writer| {
            for (serial, payment) in payments {
                subscription::write_payment(writer, plan, *serial, payment);
            }
        })
    }

    /// VerifySignature.
    pub fn verification(self, verdict: Verdict) -> Vec<u8> {
        self.document(Action::VerifySignature, SHORT_BYTES_USUAL, |writer| {
            writer.element("VerificationStatus", verdict.as_str());
        })
    }

    fn document(
        self,
        action: Action,
        capacity: usize,
        result: impl FnOnce(&mut Writer),
    ) -> Vec<u8> {
        let name = [action.as_str(), "Result"];
        let mut writer = self.begin(action, capacity);
        writer.open_parts(&name);
        result(&mut writer);
        writer.close_parts(&name);
        self.end(&mut writer, action);
        writer.into_bytes()
    }

    fn begin(self, action: Action, capacity: usize) -> Writer {
        let mut writer = Writer::with_capacity(capacity);
        writer
            .declaration()
            .open_root(&[action.as_str(), "Response"], &[self.version.namespace()]);
        writer
    }

    fn end(self, writer: &mut Writer, action: Action) {
        writer
            .open("ResponseMetadata")
            .open("RequestId")
            .text(self.request_id)
            .text(REQUEST_ID_SUFFIX)
            .close("RequestId")
            .close("ResponseMetadata")
            .close_parts(&[action.as_str(), "Response"]);
    }
}

/// The body of an error. From `<Error>` to `</RequestID>` it is one line, whatever the message says.
pub fn error(error: &WireError, request_id: &str) -> Vec<u8> {
    let message = error.message.as_str();
    let one_line = message
        .contains(char::is_control)
        .then(|| message.replace(char::is_control, " "));
    let mut writer = Writer::with_capacity(SHORT_BYTES_USUAL);
    writer
        .declaration()
        .open("Response")
        .open("Errors")
        .open("Error")
        .element("Code", error.code)
        .element("Message", one_line.as_deref().unwrap_or(message))
        .close("Error")
        .close("Errors")
        .element("RequestID", request_id)
        .close("Response");
    writer.into_bytes()
}

/// An `Amount` with the six decimals that replies print.
fn write_amount(writer: &mut Writer, name: &str, amount: Amount) {
    let currency = amount.currency();
    write_value(writer, name, currency.as_str(), &amount.to_six_decimals());
}

/// An `Amount` that goes the other way: a fee that is given back has a minus.
fn write_returned(writer: &mut Writer, name: &str, amount: Amount) {
    let currency = amount.currency();
    let value = amount.to_six_decimals();
    if amount.is_zero() {
        write_value(writer, name, currency.as_str(), &value);
    } else {
        write_value(writer, name, currency.as_str(), &format!("-{value}"));
    }
}

fn write_micros(writer: &mut Writer, name: &str, micros: i64) {
    let sign = if micros < 0 { "-" } else { "" };
    let (size, unit) = (micros.unsigned_abs(), MICROS_PER_UNIT.unsigned_abs());
    let value = format!("{sign}{}.{:06}", size / unit, size % unit);
    write_value(writer, name, money::Currency::USD.as_str(), &value);
}

fn write_value(writer: &mut Writer, name: &str, currency: &str, value: &str) {
    writer
        .open(name)
        .element("CurrencyCode", currency)
        .element("Value", value)
        .close(name);
}

fn said(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}
