//! Recent transactions of an account, with their history.

use pages::{HistoryLine, Status as Shown, Tone, TransactionLine};
use payments::ReadSet;
use payments::rows::{Account, Event, Operation, PaymentMethod, Status, StatusCode, Transaction};
use store::{Found, Outage, Query};

use crate::web::host::another_answer;
use crate::web::{Host, words};

/// Transactions that are shown.
const RECENT_MAX: usize = 20;

/// The newest transactions in which an account takes part.
pub(super) async fn recent(
    host: &dyn Host,
    account: &Account,
) -> Result<Vec<TransactionLine>, Outage> {
    let query = Query::ActivityOf {
        account: account.key,
        most: RECENT_MAX,
    };
    let Found::Transactions(rows) = host.store().find(query).await? else {
        return Err(another_answer());
    };
    let mut want = ReadSet::default();
    for row in &rows {
        want.accounts
            .extend([row.caller, row.sender, row.recipient]);
    }
    let seen = host.store().see(want).await?;
    let mut lines = Vec::with_capacity(rows.len());
    for row in &rows {
        let found = host.store().find(Query::Events(row.key)).await?;
        let Found::Events(events) = found else {
            return Err(another_answer());
        };
        let other = if row.sender == account.key {
            row.recipient
        } else {
            row.sender
        };
        let other = seen.accounts.get(&other).map(|other| other.name.clone());
        lines.push(line(row, other.unwrap_or_default(), &events));
    }
    Ok(lines)
}

fn line(row: &Transaction, who: String, events: &[Event]) -> TransactionLine {
    let settled = !row.settled.is_zero();
    let amount = if settled { row.settled } else { row.amount };
    let described = row
        .asked
        .sender_description()
        .or(row.asked.caller_description());
    let (words, tone) = status(row.operation_shown(), row.method, row.status(), row.code);
    TransactionLine {
        id: row.id().to_string(),
        date: words::moment(row.received_at),
        who,
        what: described.unwrap_or(called(row.operation)).to_owned(),
        amount: words::amount(amount),
        status: Shown {
            words: words.to_owned(),
            tone,
        },
        history: events.iter().map(|event| step(event, row.method)).collect(),
    }
}

/// What is shown where nobody has described it.
fn called(operation: Operation) -> &'static str {
    match operation {
        Operation::Pay => "Payment",
        Operation::Reserve | Operation::Settle => "Reserved payment",
        Operation::Refund => "Refund",
        Operation::FundPrepaid => "Paid ahead",
        Operation::SettleDebt => "Collected debt",
        Operation::WriteOffDebt => "Written-off debt",
    }
}

fn step(event: &Event, method: PaymentMethod) -> HistoryLine {
    let (words, _) = status(event.operation, method, event.status, event.code);
    let amount = words::amount(event.amount);
    HistoryLine {
        date: words::moment(event.at),
        text: format!("{words}: {amount}"),
    }
}

/// Who has to answer before a payment is made.
fn awaited(method: PaymentMethod) -> &'static str {
    match method {
        PaymentMethod::Card => "Waiting for the card network",
        PaymentMethod::Bank => "Waiting for the bank",
        PaymentMethod::Balance | PaymentMethod::Debt | PaymentMethod::Prepaid => "Being paid",
    }
}

fn status(
    operation: Operation,
    method: PaymentMethod,
    status: Status,
    code: StatusCode,
) -> (&'static str, Tone) {
    match (status, operation) {
        (Status::Pending, Operation::Settle) => ("Being charged", Tone::Waiting),
        (Status::Pending, Operation::Refund) => ("Being refunded", Tone::Waiting),
        (Status::Pending, Operation::Pay | Operation::Reserve) => (awaited(method), Tone::Waiting),
        (Status::Pending, Operation::FundPrepaid) => ("Being funded", Tone::Waiting),
        (Status::Pending, Operation::SettleDebt | Operation::WriteOffDebt) => {
            ("Being settled", Tone::Waiting)
        }
        (Status::Reserved, _) => ("Reserved", Tone::Waiting),
        (Status::Success, Operation::Settle) => ("Settled", Tone::Good),
        (Status::Success, Operation::Refund) => ("Refunded", Tone::Good),
        (Status::Success, Operation::Pay | Operation::Reserve) => ("Paid", Tone::Good),
        (Status::Success, Operation::FundPrepaid) => ("Funded", Tone::Good),
        (Status::Success, Operation::SettleDebt) => ("Debt settled", Tone::Good),
        (Status::Success, Operation::WriteOffDebt) => ("Debt written off", Tone::Good),
        (Status::Failure, _) if code == StatusCode::TransactionDenied => ("Declined", Tone::Bad),
        (Status::Failure, _) => ("Failed", Tone::Bad),
        (Status::Cancelled, _) if code == StatusCode::Expired => ("Expired", Tone::Ended),
        (Status::Cancelled, _) => ("Cancelled", Tone::Ended),
    }
}
