//! Tokens: somebody's standing consent or acceptance, with its limits and their use.

use std::sync::Arc;

use money::{Amount, Rate};
use serde::{Deserialize, Serialize};

use super::PaymentMethod;
use crate::ids::TOKEN_NONCE_BYTES;
use crate::period::Period;
use crate::{AccountKey, CallerReference, InstrumentKey, TallyKey, Timestamp, TokenId, TokenKey};

/// A token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// Its key.
    pub key: TokenKey,
    /// The random bytes of its id.
    #[serde(with = "super::nonce")]
    pub nonce: [u8; TOKEN_NONCE_BYTES],
    /// Whose consent or acceptance it is.
    pub account: AccountKey,
    /// The caller it was given to.
    pub installer: AccountKey,
    /// What was agreed; never changed.
    pub facts: Arc<TokenFacts>,
    /// Active, used or cancelled.
    pub status: TokenStatus,
    /// Money moved or reserved by it so far.
    pub used: Amount,
    /// How many times it was used.
    pub uses: u32,
    /// The use of each usage limit, in the order of the limits.
    pub windows: Vec<WindowUse>,
    /// When it was last used.
    pub used_at: Option<Timestamp>,
    /// The token that took over.
    pub successor: Option<TokenKey>,
}

/// What was agreed when the token was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenFacts {
    /// How often it can be used.
    pub kind: TokenType,
    /// What its owner does with it.
    pub role: TokenRole,
    /// The reference it was made under.
    pub caller_reference: CallerReference,
    /// A name for it.
    pub friendly_name: Option<String>,
    /// What it is for, in the caller's words.
    pub payment_reason: Option<String>,
    /// How it pays; nothing for a recipient's token.
    pub method: Option<PaymentMethod>,
    /// The card it pays with.
    pub instrument: Option<InstrumentKey>,
    /// When it was made.
    pub installed_at: Timestamp,
    /// From when it can be used.
    pub valid_from: Timestamp,
    /// From when it can be used no more.
    pub expires_at: Timestamp,
    /// The bounds of each single charge.
    pub each: Option<AmountRule>,
    /// The most it can move in all.
    pub total_max: Option<Amount>,
    /// Limits by count or amount, per period or for ever.
    pub limits: Vec<UsageLimit>,
    /// The recipients' tokens it may pay; none means the installer itself.
    pub recipients: Vec<TokenKey>,
    /// Whether it may pay the installer itself beside the listed recipients.
    #[serde(default)]
    pub also_caller: bool,
    /// Whether the caller said that it will reserve and settle.
    pub reserve: bool,
    /// What a recipient accepted.
    pub terms: Option<RecipientTerms>,
    /// The prepaid or credit instrument it spends, funds or settles.
    #[serde(default)]
    pub tally: Option<TallyKey>,
    /// The token it took over from, with another payment method.
    #[serde(default)]
    pub replaces: Option<TokenId>,
    /// The payment instruction it was made from, to the letter; none for what was agreed on the pages.
    #[serde(default)]
    pub instruction: Option<String>,
}

/// How often a token can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TokenType {
    /// Once.
    SingleUse,
    /// Many times within limits.
    MultiUse,
    /// A fixed amount per period.
    Recurring,
    /// Without limits.
    Unrestricted,
}

/// What its owner does with a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TokenRole {
    /// Pays.
    Sender,
    /// Is paid, on the marketplace's terms.
    Recipient,
    /// Lets the caller refund on the recipient's behalf.
    Refund,
    /// Funds a prepaid instrument.
    Funding,
    /// Settles what is owed on a credit instrument.
    Settlement,
    /// Stands for a caller. No version since 2008 asks for one; texts of older ones make it.
    Caller,
}

/// Whether a token can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum TokenStatus {
    /// It can, within its limits.
    Active = 1,
    /// Single-use, and used.
    Used = 2,
    /// Cancelled by its owner or installer.
    Cancelled = 3,
    /// Another token took over, with another payment method.
    Replaced = 4,
}

/// The bounds of each single charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AmountRule {
    /// Exactly this.
    Exact(Amount),
    /// At most this.
    Maximum(Amount),
    /// At least this.
    Minimum(Amount),
}

impl AmountRule {
    /// Whether one charge may be this much.
    pub fn allows(self, amount: Amount) -> bool {
        match self {
            AmountRule::Exact(exact) => amount == exact,
            AmountRule::Maximum(most) => amount <= most,
            AmountRule::Minimum(least) => least <= amount,
        }
    }
}

/// A limit on use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageLimit {
    /// By amount or by count.
    pub kind: UsageLimitKind,
    /// Per how long; none means for the life of the token.
    pub period: Option<Period>,
}

/// What a usage limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum UsageLimitKind {
    /// Money, at most.
    Amount(Amount),
    /// Uses, at most.
    Count(u32),
}

/// The use of one limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowUse {
    /// The window that counts now.
    pub current: UsageWindow,
    /// The window before it.
    pub last: Option<UsageWindow>,
}

/// What was used in one window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageWindow {
    /// When the window began.
    pub start: Timestamp,
    /// Money.
    pub amount: Amount,
    /// Uses.
    pub count: u32,
}

/// What a recipient accepted from a marketplace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecipientTerms {
    /// The largest fixed marketplace fee.
    pub fixed_max: Option<Amount>,
    /// The largest share as marketplace fee.
    pub rate_max: Option<Rate>,
    /// Whether the recipient pays the provider's fee; else the caller does.
    pub recipient_pays_fee: bool,
    /// The payment methods it accepts.
    pub methods: Vec<PaymentMethod>,
}

impl Token {
    /// Its public id.
    pub fn id(&self) -> TokenId {
        TokenId::of(self.key, &self.nonce)
    }

    /// Whether its time has come and not passed.
    pub fn is_valid_at(&self, now: Timestamp) -> bool {
        self.facts.valid_from <= now && now < self.facts.expires_at
    }
}
