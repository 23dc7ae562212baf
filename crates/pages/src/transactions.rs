//! A person's transactions, newest first.

use maud::{Markup, html};

use crate::status::Status;

/// One transaction, as its sender or recipient sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransactionLine {
    /// The transaction id.
    pub id: String,
    /// When it began.
    pub date: String,
    /// The other side.
    pub who: String,
    /// What it was for, as text.
    pub what: String,
    /// How much.
    pub amount: String,
    /// Where it stands.
    pub status: Status,
    /// How it came there, oldest first.
    pub history: Vec<HistoryLine>,
}

/// One step of a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryLine {
    /// When.
    pub date: String,
    /// What happened: "Reserved", "Settled for $8.00".
    pub text: String,
}

/// The table; a sentence when there is nothing to show.
pub(crate) fn transactions(lines: &[TransactionLine]) -> Markup {
    html! {
        @if lines.is_empty() {
            p.quiet { "No payments yet." }
        } @else {
            div.scroll {
                table.list {
                    caption.unseen { "Recent payments" }
                    thead {
                        tr {
                            th scope="col" { "Date" } th scope="col" { "With" }
                            th scope="col" { "What for" } th scope="col" { "Status" }
                            th.number scope="col" { "Amount" }
                        }
                    }
                    tbody { @for line in lines { (row(line)) } }
                }
            }
        }
    }
}

fn row(line: &TransactionLine) -> Markup {
    html! {
        tr {
            td data-label="Date" { (line.date) }
            th scope="row" data-label="With" { (line.who) }
            td data-label="What for" {
                (line.what)
                details {
                    summary { "History" span.unseen { " of " (line.id) } }
                    p.quiet { code { (line.id) } }
                    ul.history {
                        @for step in &line.history { li { span.quiet { (step.date) } " " (step.text) } }
                    }
                }
            }
            td data-label="Status" { (line.status.render()) }
            td.number data-label="Amount" { (line.amount) }
        }
    }
}
