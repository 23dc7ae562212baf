//! What `check` reads: numbers as they are stored. A number that stands for nothing is a finding,
//! so it has to get this far.

/// Letters of a currency, packed.
pub type CurrencyCode = u32;

/// One transaction, and what the tables around it say in the same snapshot.
#[derive(Clone, Debug)]
pub struct TransactionRow {
    /// Its key.
    pub key: i64,
    /// The random bytes of its id.
    pub nonce: [u8; 13],
    /// 1 pay, 2 reserve, 4 refund, 5 fund prepaid, 6 settle debt, 7 write off debt.
    pub operation: i64,
    /// 1 card, 2 bank, 3 balance, 4 debt, 5 prepaid.
    pub method: i64,
    /// Who asked.
    pub caller: i64,
    /// Who pays.
    pub sender: i64,
    /// Who is paid.
    pub recipient: i64,
    /// The prepaid or credit instrument that it changes.
    pub tally: Option<i64>,
    /// What that one says of itself, if it exists.
    pub tally_facts: Option<TallyFacts>,
    /// What it refunds.
    pub parent: Option<i64>,
    /// The currency of its amounts.
    pub currency: CurrencyCode,
    /// Asked for.
    pub amount: i64,
    /// 1 caller, 2 recipient.
    pub fee_payer: i64,
    /// Its state's number.
    pub state: i64,
    /// Since when it is reserved.
    pub reserved_at: Option<i64>,
    /// Why it is in that state.
    pub code: i64,
    /// Charged in the end.
    pub settled: i64,
    /// The provider's fee.
    pub fps_fee: i64,
    /// The caller's fee.
    pub marketplace_fee: i64,
    /// Set aside of the caller's money.
    pub caller_held: i64,
    /// Given back to the sender.
    pub refunded: i64,
    /// The part whose marketplace fee went back.
    pub marketplace_refunded: i64,
    /// Of the provider's fee.
    pub fps_fee_returned: i64,
    /// Of the caller's fee.
    pub marketplace_fee_returned: i64,
    /// 0 nothing, 1 owed, 2 done.
    pub release: i64,
    /// Rows of history.
    pub events: i64,
    /// Rows of postings.
    pub postings: i64,
    /// When it ended.
    pub completed_at: Option<i64>,
    /// The transaction that its caller reference leads to.
    pub referenced: Option<i64>,
    /// Whether a relation says that it refunds its parent.
    pub is_related: bool,
    /// Whether it names a URL of its own for notifications.
    pub has_listener: bool,
    /// Whether a notification about its last event exists; read only where somebody listens.
    pub is_last_told: bool,
}

/// What a prepaid or credit instrument says of itself.
#[derive(Clone, Copy, Debug)]
pub struct TallyFacts {
    /// 1 prepaid, 2 credit.
    pub kind: i64,
    /// Who pays ahead, or owes.
    pub sender: i64,
    /// Whom.
    pub recipient: i64,
    /// The currency of its amounts.
    pub currency: CurrencyCode,
}

/// One step of a history.
#[derive(Clone, Copy, Debug)]
pub struct EventRow {
    /// Whose.
    pub transaction: i64,
    /// 1 is the first.
    pub number: i64,
    /// When.
    pub at: i64,
    /// What it was doing.
    pub operation: i64,
    /// The status from then on.
    pub status: i64,
    /// Why.
    pub code: i64,
    /// The currency of its amount.
    pub currency: CurrencyCode,
}

/// One movement.
#[derive(Clone, Copy, Debug)]
pub struct PostingRow {
    /// Whose.
    pub transaction: i64,
    /// 1 is the first.
    pub line: i64,
    /// The event that made it.
    pub event: i64,
    /// Why.
    pub reason: i64,
    /// 0 money, 1 hold, 2 claim.
    pub layer: i64,
    /// Where it comes from: kind and owner.
    pub debit: (i64, i64),
    /// Where it goes: kind and owner.
    pub credit: (i64, i64),
    /// How much.
    pub amount: i64,
    /// In which currency.
    pub currency: CurrencyCode,
}

/// A relation, with what the refund says of itself.
#[derive(Clone, Copy, Debug)]
pub struct RefundRow {
    /// The transaction refunded.
    pub parent: i64,
    /// The refund.
    pub child: i64,
    /// What the refund says, if it exists.
    pub refund: Option<RefundFacts>,
}

/// What a refund says of itself.
#[derive(Clone, Copy, Debug)]
pub struct RefundFacts {
    /// What it says it refunds.
    pub parent: Option<i64>,
    /// 4 for a refund.
    pub operation: i64,
    /// Its state's number.
    pub state: i64,
    /// To the sender.
    pub settled: i64,
    /// The part whose marketplace fee goes back.
    pub marketplace_refunded: i64,
    /// Of the provider's fee.
    pub fps_fee: i64,
    /// Of the marketplace fee.
    pub marketplace_fee: i64,
}

/// What a caller reference was used for.
#[derive(Clone, Debug)]
pub struct ReferenceRow {
    /// Whose.
    pub caller: i64,
    /// The reference.
    pub reference: String,
    /// The transaction it made.
    pub transaction: Option<i64>,
    /// Whether it keeps a refusal.
    pub is_refused: bool,
    /// Whether that transaction exists, of this caller and under this reference.
    pub is_found: bool,
}

/// A notification.
#[derive(Clone, Copy, Debug)]
pub struct NotificationRow {
    /// Its key.
    pub key: i64,
    /// 1 due, 2 delivered, 3 parked.
    pub delivery: i64,
    /// The transaction and event it is about, if it is about one.
    pub about: Option<(i64, i64)>,
    /// Whether that event exists.
    pub is_found: bool,
}

/// A plan that is charged by itself.
#[derive(Clone, Copy, Debug)]
pub struct SubscriptionRow {
    /// Its key.
    pub key: i64,
    /// The random bytes of its id.
    pub nonce: [u8; 13],
    /// Who is paid.
    pub caller: i64,
    /// Who pays.
    pub sender: i64,
    /// 1 active, 2 cancelled, 3 completed.
    pub status: i64,
    /// Charges made so far, refused ones too.
    pub charges: i64,
    /// The transaction of the last charge that made one.
    pub last: Option<i64>,
    /// When the next charge is due.
    pub next_at: Option<i64>,
}

/// What the caller reference of a charge leads to.
#[derive(Clone, Copy, Debug)]
pub struct ChargeRow {
    /// The transaction it made; none where the charge was refused.
    pub transaction: Option<i64>,
    /// The sender and the recipient of that payment, if it exists and is one.
    pub parties: Option<(i64, i64)>,
}

/// A row of work.
#[derive(Clone, Copy, Debug)]
pub struct WorkRow {
    /// When it is due.
    pub due: i64,
    /// What is to be done.
    pub kind: i64,
    /// About which transaction, notification or subscription.
    pub subject: i64,
}

/// The balance of an account: the sum over its lanes.
#[derive(Clone, Copy, Debug)]
pub struct BalanceRow {
    /// Whose.
    pub account: i64,
    /// Available, pending in, pending out.
    pub parts: [i64; 3],
}

/// A prepaid or credit instrument.
#[derive(Clone, Copy, Debug)]
pub struct TallyRow {
    /// Its key.
    pub key: i64,
    /// 1 prepaid, 2 credit.
    pub kind: i64,
    /// Whom the sender pays ahead, or owes.
    pub recipient: i64,
    /// The bound of balance and pending together.
    pub limit: i64,
    /// Can be spent, or is owed and not being settled.
    pub balance: i64,
    /// Being funded, or being settled.
    pub pending: i64,
}

/// One commit.
#[derive(Clone, Debug)]
pub struct BatchRow {
    /// The lane.
    pub lane: i64,
    /// Its number in the lane.
    pub number: i64,
    /// The first key allotted to it.
    pub first_key: i64,
    /// The last key allotted to it.
    pub last_key: i64,
    /// The digest.
    pub digest: Vec<u8>,
    /// The transactions it wrote; `None` when the packed keys cannot be read.
    pub touched: Option<Vec<i64>>,
}

/// Where a transaction stands: what decides which work it needs, and whether its sums are final.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// Its state's number.
    pub state: i64,
    /// 0 nothing to release, 1 owed, 2 done.
    pub release: i64,
    /// When it ended; the time of its last event where the row does not say.
    pub ended_at: i64,
}
