//! The ledger accounts: who can have money, or owe it.

use serde::{Deserialize, Serialize};

/// What a ledger account stands for. The numbers are stored: append, never renumber.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum AccountKind {
    /// What the processor has taken from cards and owes the provider.
    ProcessorClearing = 1,
    /// Money on its way in, seen from the provider's side.
    Incoming = 2,
    /// Money on its way out, seen from the provider's side.
    Outgoing = 3,
    /// The provider's earned fees.
    FpsFees = 4,
    /// Money the operator put in or paid out by hand (sandbox funding, payouts).
    Funding = 5,
    /// Authorised at the card network, seen from the provider's side (hold layer).
    Authorised = 6,
    /// An account's available money.
    Available = 16,
    /// An account's money that is being charged and has not arrived.
    PendingIn = 17,
    /// An account's money that is set aside until a processor answers.
    PendingOut = 18,
    /// What is reserved for a recipient (hold layer).
    Held = 19,
    /// What can be spent of a prepaid instrument (claim layer; the owner is the instrument).
    Prepaid = 20,
    /// What is being paid ahead (claim layer; the owner is the instrument).
    PrepaidPending = 21,
    /// What a recipient owes in return for what was paid ahead (claim layer).
    Liability = 22,
    /// What is owed on a credit instrument (claim layer; the owner is the instrument).
    Debt = 23,
    /// What is being settled of it (claim layer; the owner is the instrument).
    DebtPending = 24,
    /// What a recipient is owed (claim layer).
    Receivable = 25,
}

impl AccountKind {
    /// All kinds, in the order of their numbers.
    pub const ALL: [AccountKind; 16] = [
        AccountKind::ProcessorClearing,
        AccountKind::Incoming,
        AccountKind::Outgoing,
        AccountKind::FpsFees,
        AccountKind::Funding,
        AccountKind::Authorised,
        AccountKind::Available,
        AccountKind::PendingIn,
        AccountKind::PendingOut,
        AccountKind::Held,
        AccountKind::Prepaid,
        AccountKind::PrepaidPending,
        AccountKind::Liability,
        AccountKind::Debt,
        AccountKind::DebtPending,
        AccountKind::Receivable,
    ];

    /// The stored number.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The kind of a stored number.
    pub fn from_number(number: u8) -> Result<AccountKind, UnknownKind> {
        AccountKind::ALL
            .into_iter()
            .find(|kind| kind.number() == number)
            .ok_or(UnknownKind { number })
    }

    /// Whether the provider itself is the owner. Such accounts are summed behind the payments and
    /// never locked by one.
    pub fn is_system(self) -> bool {
        self < AccountKind::Available
    }

    /// Whether it is moved by claims: who owes whom, beside the money.
    pub fn is_claim(self) -> bool {
        AccountKind::Prepaid <= self
    }

    /// The name for people.
    pub fn name(self) -> &'static str {
        match self {
            AccountKind::ProcessorClearing => "processor clearing",
            AccountKind::Incoming => "incoming",
            AccountKind::Outgoing => "outgoing",
            AccountKind::FpsFees => "fps fees",
            AccountKind::Funding => "funding",
            AccountKind::Authorised => "authorised",
            AccountKind::Available => "available",
            AccountKind::PendingIn => "pending in",
            AccountKind::PendingOut => "pending out",
            AccountKind::Held => "held",
            AccountKind::Prepaid => "prepaid",
            AccountKind::PrepaidPending => "prepaid pending",
            AccountKind::Liability => "liability",
            AccountKind::Debt => "debt",
            AccountKind::DebtPending => "debt pending",
            AccountKind::Receivable => "receivable",
        }
    }
}

/// A stored number that names no kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownKind {
    /// The number found.
    pub number: u8,
}

/// One account of the books: its kind and whose it is (0 for the provider).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LedgerAccount {
    /// What it stands for.
    pub kind: AccountKind,
    /// The key of the account that owns it; 0 is the provider.
    pub owner: i64,
}

impl LedgerAccount {
    /// An account of the provider.
    pub const fn system(kind: AccountKind) -> LedgerAccount {
        LedgerAccount { kind, owner: 0 }
    }

    /// An account of somebody.
    pub const fn of(kind: AccountKind, owner: i64) -> LedgerAccount {
        LedgerAccount { kind, owner }
    }
}
