//! What a caller wants to see.

use payments::rows::{Operation, PaymentMethod, Status, TokenType};
use payments::{CallerReference, Party, SubscriptionId, TallyId, TokenId, TransactionId};

use super::fields::Fields;
use super::tokens::FRIENDLY_NAME_CHARS_MAX;
use crate::WireError;

/// What a caller wants to see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read {
    /// Everything about a transaction.
    Transaction(TransactionId),
    /// Where a transaction stands.
    TransactionStatus(TransactionId),
    /// The transactions of the caller.
    Activity(ActivityAsked),
    /// A token.
    Token(TokenAsked),
    /// The tokens on the caller's account.
    Tokens(TokenFilter),
    /// What has been used of a token.
    TokenUsage(TokenId),
    /// What was agreed with a token.
    PaymentInstruction(TokenId),
    /// Whether a recipient can be paid.
    RecipientVerification(TokenId),
    /// The caller's own balance.
    AccountBalance,
    /// What is left on a prepaid instrument.
    PrepaidBalance(TallyId),
    /// What was paid ahead to the caller.
    PrepaidLiability,
    /// What is owed on a credit instrument.
    DebtBalance(TallyId),
    /// What is owed to the caller.
    OutstandingDebt,
    /// A subscription.
    Subscription(SubscriptionId),
    /// The payments of a subscription.
    SubscriptionTransactions(SubscriptionId),
}

/// How a token is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenAsked {
    /// By its id.
    Id(TokenId),
    /// By the reference it was made under.
    Reference(CallerReference),
}

/// Which tokens; what is not said fits all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenFilter {
    /// Whether it can be used.
    pub active: Option<bool>,
    /// How often it can be used.
    pub kind: Option<TokenType>,
    /// The reference it was made under.
    pub reference: Option<CallerReference>,
    /// Its name.
    pub friendly_name: Option<String>,
}

/// Which part of the caller's activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivityAsked {
    /// From the row with this key on.
    pub from: i64,
    /// Up to the row with this key.
    pub to: Option<i64>,
    /// Rows at most.
    pub most: usize,
    /// Whether the oldest row of the page comes first.
    pub ascending: bool,
    /// What the transaction does.
    pub operation: Option<Operation>,
    /// How it pays.
    pub method: Option<PaymentMethod>,
    /// The caller plays one of these roles; none means any.
    pub roles: Vec<Party>,
    /// Where it stands.
    pub status: Option<Status>,
}

/// Rows of a page when the caller does not say.
pub const BATCH_USUAL: u32 = 20;
/// Rows of a page at least.
pub const BATCH_MIN: u32 = 20;
/// Rows of a page at most.
pub const BATCH_MAX: u32 = 200;

const SORT_ORDERS: &[(&str, bool)] = &[("Ascending", true), ("Descending", false)];

const OPERATIONS: &[(&str, Operation)] = &[
    ("Pay", Operation::Pay),
    ("Refund", Operation::Refund),
    ("Settle", Operation::Settle),
    ("SettleDebt", Operation::SettleDebt),
    ("WriteOffDebt", Operation::WriteOffDebt),
    ("FundPrepaid", Operation::FundPrepaid),
    ("Reserve", Operation::Reserve),
];

const METHODS: &[(&str, PaymentMethod)] = &[
    ("ABT", PaymentMethod::Balance),
    ("ACH", PaymentMethod::Bank),
    ("CC", PaymentMethod::Card),
    ("Debt", PaymentMethod::Debt),
    ("Prepaid", PaymentMethod::Prepaid),
];

const ROLES: &[(&str, Party)] = &[
    ("Sender", Party::Sender),
    ("Caller", Party::Caller),
    ("Recipient", Party::Recipient),
];

const STATUSES: &[(&str, Status)] = &[
    ("Cancelled", Status::Cancelled),
    ("Failure", Status::Failure),
    ("Pending", Status::Pending),
    ("Reserved", Status::Reserved),
    ("Success", Status::Success),
];

const TOKEN_STATUSES: &[(&str, bool)] = &[("Active", true), ("Inactive", false)];

pub(super) const TOKEN_TYPES: &[(&str, TokenType)] = &[
    ("SingleUse", TokenType::SingleUse),
    ("MultiUse", TokenType::MultiUse),
    ("Recurring", TokenType::Recurring),
    ("Unrestricted", TokenType::Unrestricted),
];

pub(super) fn activity(fields: &Fields) -> Result<Read, WireError> {
    let most = fields.whole_number("MaxBatchSize", BATCH_MIN, BATCH_MAX)?;
    let from = fields.first_row("StartDate")?;
    let from = from.ok_or_else(|| WireError::missing("StartDate"))?;
    let asked = ActivityAsked {
        from,
        to: fields.last_row("EndDate")?,
        most: usize::try_from(most.unwrap_or(BATCH_USUAL)).unwrap_or(usize::MAX),
        ascending: fields
            .word("SortOrderByDate", SORT_ORDERS)?
            .unwrap_or(false),
        operation: fields.word("FPSOperation", OPERATIONS)?,
        method: fields.word("PaymentMethod", METHODS)?,
        roles: fields.list("Role", ROLES)?,
        status: fields.word("TransactionStatus", STATUSES)?,
    };
    Ok(Read::Activity(asked))
}

pub(super) fn tokens(fields: &Fields) -> Result<Read, WireError> {
    Ok(Read::Tokens(TokenFilter {
        active: fields.word("TokenStatus", TOKEN_STATUSES)?,
        kind: fields.word("TokenType", TOKEN_TYPES)?,
        reference: fields.reference("CallerReference")?,
        friendly_name: fields.words("TokenFriendlyName", FRIENDLY_NAME_CHARS_MAX)?,
    }))
}

pub(super) fn token_by_caller(fields: &Fields) -> Result<Read, WireError> {
    let token = fields.token("TokenId")?;
    let reference = fields.reference("CallerReference")?;
    let asked = match (token, reference) {
        (Some(token), None) => TokenAsked::Id(token),
        (None, Some(reference)) => TokenAsked::Reference(reference),
        (Some(_), Some(_)) | (None, None) => {
            return Err(WireError::invalid_params(
                "Exactly one of tokenId and callerReference has to be specified.",
            ));
        }
    };
    Ok(Read::Token(asked))
}
