//! The `Transaction` of GetAccountActivity, as the account sees it that asks.

use money::Amount;
use payments::rows::{Account, Operation, Payer, Transaction};
use payments::{AccountKey, Party, TokenId, TransactionId};
use xml::Writer;

use super::{said, write_amount, write_micros, write_returned};
use crate::{instant, words};

/// One transaction of an account's activity.
#[derive(Clone, Copy, Debug)]
pub struct ActivityRow<'a> {
    /// The transaction.
    pub transaction: &'a Transaction,
    /// The account that asks.
    pub viewer: AccountKey,
    /// The account's total balance, in micro-units.
    pub balance: i64,
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
    /// What a refund gives back.
    pub original: Option<&'a TransactionId>,
}

pub(super) fn write(writer: &mut Writer, row: &ActivityRow) {
    let transaction = row.transaction;
    let completed = transaction.completed_at.map(instant::write);
    let (status, code) = (transaction.status(), transaction.code);
    let message = words::status_message(status, code, transaction.message.as_deref());
    writer
        .open("Transaction")
        .element("TransactionId", transaction.id().as_str())
        .element(
            "CallerTransactionDate",
            &instant::write(transaction.caller_date),
        )
        .element("DateReceived", &instant::write(transaction.received_at))
        .optional("DateCompleted", completed.as_deref());
    write_amount(writer, "TransactionAmount", transaction.amount_shown());
    writer
        .element("FPSOperation", transaction.operation_shown().name())
        .element("TransactionStatus", status.name())
        // The other way round than in GetTransaction.
        .element("StatusMessage", message)
        .element("StatusCode", words::status_code(code))
        .optional(
            "OriginalTransactionId",
            row.original.map(TransactionId::as_str),
        );
    for role in [Party::Sender, Party::Recipient, Party::Caller] {
        if party(row, role).key == row.viewer {
            write_part(writer, row, role);
        }
    }
    writer
        .element("PaymentMethod", words::payment_method(transaction.method))
        .optional("SenderName", said(&row.sender.name))
        .element("CallerName", &row.caller.name)
        .optional("RecipientName", said(&row.recipient.name));
    write_fee(writer, transaction, "FPSFees", transaction.fees.fps_fee);
    write_micros(writer, "Balance", row.balance);
    writer
        .optional("SenderTokenId", row.sender_token.map(TokenId::as_str))
        .optional("RecipientTokenId", row.recipient_token.map(TokenId::as_str))
        .close("Transaction");
}

/// What concerns one of the account's roles.
fn write_part(writer: &mut Writer, row: &ActivityRow, role: Party) {
    let transaction = row.transaction;
    let asked = &transaction.asked;
    let (reference, description) = match role {
        Party::Caller => (
            Some(transaction.caller_reference.as_str()),
            asked.caller_description(),
        ),
        Party::Sender => (None, asked.sender_description()),
        Party::Recipient => (None, asked.caller_description()),
    };
    writer
        .open("TransactionPart")
        .element("Role", words::role(role))
        .optional("Name", said(&party(row, role).name))
        .optional("Reference", reference)
        .optional("Description", description);
    let fee = transaction.fees.fps_fee;
    let pays = payer(transaction) == role;
    let paid = if pays {
        fee
    } else {
        Amount::zero(fee.currency())
    };
    write_fee(writer, transaction, "FeesPaid", paid);
    writer.close("TransactionPart");
}

/// Who pays the provider's fee, or gets it back: in a refund the first recipient is the sender.
fn payer(transaction: &Transaction) -> Party {
    let is_refund = transaction.operation == Operation::Refund;
    match transaction.fees.payer {
        Payer::Caller => Party::Caller,
        Payer::Recipient if is_refund => Party::Sender,
        Payer::Recipient => Party::Recipient,
    }
}

fn write_fee(writer: &mut Writer, transaction: &Transaction, name: &str, fee: Amount) {
    if transaction.operation == Operation::Refund {
        write_returned(writer, name, fee);
    } else {
        write_amount(writer, name, fee);
    }
}

const fn party<'a>(row: &ActivityRow<'a>, role: Party) -> &'a Account {
    match role {
        Party::Caller => row.caller,
        Party::Sender => row.sender,
        Party::Recipient => row.recipient,
    }
}
