//! The `Transaction` of GetTransaction: the schema's `TransactionDetail`, in its order.

use money::Amount;
use payments::rows::{Account, Event, Operation, Tally, TallyKind, Transaction};
use payments::{AccountKey, TokenId, TransactionId};
use xml::Writer;

use super::{said, write_amount, write_returned};
use crate::{instant, words};

/// Everything that is shown of a transaction, as the server has found it.
#[derive(Clone, Copy, Debug)]
pub struct TransactionView<'a> {
    /// The transaction.
    pub transaction: &'a Transaction,
    /// Its history, oldest first; never empty.
    pub events: &'a [Event],
    /// The account that asks. The sender's e-mail is shown to the recipient alone.
    pub viewer: AccountKey,
    /// Who asked for it.
    pub caller: &'a Account,
    /// Who pays.
    pub sender: &'a Account,
    /// Who is paid.
    pub recipient: &'a Account,
    /// The sender's token.
    pub sender_token: Option<&'a TokenId>,
    /// The recipient's token.
    pub recipient_token: Option<&'a TokenId>,
    /// The prepaid or credit instrument that it changes.
    pub tally: Option<&'a Tally>,
    /// The transactions it belongs with.
    pub related: &'a [Related],
}

/// A transaction that another belongs with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// The other one.
    pub id: TransactionId,
    /// What the other one is to it.
    pub relation: Relation,
}

/// What one transaction is to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// It gives back.
    Refund,
    /// It is what was given back.
    Parent,
    /// It moves the marketplace fee.
    MarketplaceFee,
    /// It takes a refund back.
    RefundReversal,
}

impl Relation {
    /// `RelationType`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Relation::Refund => "Refund",
            Relation::Parent => "Parent",
            Relation::MarketplaceFee => "MarketplaceFee",
            Relation::RefundReversal => "RefundReversal",
        }
    }
}

pub(super) fn write(writer: &mut Writer, view: &TransactionView) {
    let transaction = view.transaction;
    let completed = transaction.completed_at.map(instant::write);
    writer
        .open("Transaction")
        .element("TransactionId", transaction.id().as_str())
        .element("CallerReference", transaction.caller_reference.as_str())
        .optional("CallerDescription", transaction.asked.caller_description())
        .optional("SenderDescription", transaction.asked.sender_description())
        .element("DateReceived", &instant::write(transaction.received_at))
        .optional("DateCompleted", completed.as_deref());
    write_money(writer, transaction);
    let (status, code) = (transaction.status(), transaction.code);
    let message = words::status_message(status, code, transaction.message.as_deref());
    writer
        .optional("SenderTokenId", view.sender_token.map(TokenId::as_str))
        .optional(
            "RecipientTokenId",
            view.recipient_token.map(TokenId::as_str),
        );
    if let Some(tally) = view.tally {
        let name = match tally.kind {
            TallyKind::Prepaid => "PrepaidInstrumentId",
            TallyKind::Credit => "CreditInstrumentId",
        };
        writer.element(name, tally.id().as_str());
    }
    writer
        .element("FPSOperation", transaction.operation_shown().name())
        .element("PaymentMethod", words::payment_method(transaction.method))
        .element("TransactionStatus", status.name())
        .element("StatusCode", words::status_code(code))
        .element("StatusMessage", message);
    write_parties(writer, view);
    for related in view.related {
        writer
            .open("RelatedTransaction")
            .element("TransactionId", related.id.as_str())
            .element("RelationType", related.relation.as_str())
            .close("RelatedTransaction");
    }
    for event in view.events {
        writer
            .open("StatusHistory")
            .element("Date", &instant::write(event.at))
            .element("TransactionStatus", event.status.name())
            .element("StatusCode", words::status_code(event.code));
        write_amount(writer, "Amount", event.amount);
        writer.close("StatusHistory");
    }
    writer.close("Transaction");
}

/// Fees of a refund are those that come back.
fn write_money(writer: &mut Writer, transaction: &Transaction) {
    write_amount(writer, "TransactionAmount", transaction.amount_shown());
    let fees = &transaction.fees;
    let write_fee: fn(&mut Writer, &str, Amount) = match transaction.operation {
        Operation::Refund => write_returned,
        Operation::Pay
        | Operation::Reserve
        | Operation::Settle
        | Operation::FundPrepaid
        | Operation::SettleDebt
        | Operation::WriteOffDebt => write_amount,
    };
    write_fee(writer, "FPSFees", fees.fps_fee);
    if !fees.marketplace_fee.is_zero() {
        write_fee(writer, "MarketplaceFees", fees.marketplace_fee);
    }
    writer.element("FPSFeesPaidBy", words::payer(fees.payer));
}

/// The sender's address is for the recipient alone. In a refund the buyer is the recipient, and the
/// buyer's address is the marketplace's to know no more than it is in the payment.
fn write_parties(writer: &mut Writer, view: &TransactionView) {
    let (viewer, transaction) = (view.viewer, view.transaction);
    let shows_sender = viewer == transaction.recipient;
    let is_refund = transaction.operation == Operation::Refund;
    let shows_recipient = !is_refund || shows_sender || viewer == transaction.sender;
    let sender_email = said(&view.sender.email).filter(|_| shows_sender);
    let recipient_email = said(&view.recipient.email).filter(|_| shows_recipient);
    writer
        .optional("SenderName", said(&view.sender.name))
        .optional("SenderEmail", sender_email)
        .element("CallerName", &view.caller.name)
        .optional("RecipientName", said(&view.recipient.name))
        .optional("RecipientEmail", recipient_email);
}
