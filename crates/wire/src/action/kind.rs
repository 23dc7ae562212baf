//! What parameters hold.

use super::VALUE_ALIAS;

/// What a parameter holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 35 capital letters and digits.
    TransactionId,
    /// 64 capital letters and digits.
    TokenId,
    /// The id of a prepaid instrument: 64 capital letters and digits.
    PrepaidInstrumentId,
    /// The id of a credit instrument: 64 capital letters and digits.
    CreditInstrumentId,
    /// The id of a subscription: 35 capital letters and digits.
    SubscriptionId,
    /// 1 to 128 characters.
    CallerReference,
    /// Up to 160 characters.
    Description,
    /// Up to 128 characters.
    FriendlyName,
    /// Up to 64 characters.
    PaymentReason,
    /// `.CurrencyCode` and `.Value`.
    Amount,
    /// A decimal number of percent.
    Percentage,
    /// Whole minutes, 1 to 10080.
    Minutes,
    /// Rows of one reply, 20 to 200.
    BatchSize,
    /// A date, a time and a zone.
    Moment,
    /// `Caller` or `Recipient`.
    ChargeFeeTo,
    /// Who gives back what.
    MarketplaceRefundPolicy,
    /// `Ascending` or `Descending`.
    SortOrder,
    /// What a transaction does.
    FpsOperation,
    /// How a transaction pays.
    PaymentMethod,
    /// A list of `Sender`, `Caller` and `Recipient`: `.1`, `.2`, or the plain name.
    Roles,
    /// Where a transaction stands.
    TransactionStatus,
    /// `Active` or `Inactive`.
    TokenStatus,
    /// How often a token can be used.
    TokenType,
    /// `.SoftDescriptorType` and `.CSOwner`.
    DescriptorPolicy,
    /// An address beginning with `http://` or `https://`.
    Url,
    /// A payment instruction.
    Instruction,
    /// Text that is taken as it is.
    Text,
    /// A word of older versions that changes nothing.
    Ignored,
}

impl Kind {
    /// Its type in the schema.
    pub const fn schema_type(self) -> &'static str {
        match self {
            Kind::TransactionId
            | Kind::TokenId
            | Kind::PrepaidInstrumentId
            | Kind::CreditInstrumentId
            | Kind::SubscriptionId
            | Kind::CallerReference
            | Kind::Description
            | Kind::FriendlyName
            | Kind::PaymentReason
            | Kind::Url
            | Kind::Instruction
            | Kind::Text
            | Kind::Ignored => "xs:string",
            Kind::Amount => "tns:Amount",
            Kind::Percentage => "xs:decimal",
            Kind::Minutes | Kind::BatchSize => "xs:int",
            Kind::Moment => "xs:dateTime",
            Kind::ChargeFeeTo => "tns:ChargeFeeTo",
            Kind::MarketplaceRefundPolicy => "tns:MarketplaceRefundPolicy",
            Kind::SortOrder => "tns:SortOrder",
            Kind::FpsOperation => "tns:FPSOperation",
            Kind::PaymentMethod => "tns:PaymentMethod",
            Kind::Roles => "tns:TransactionalRole",
            Kind::TransactionStatus => "tns:TransactionStatus",
            Kind::TokenStatus => "tns:TokenStatus",
            Kind::TokenType => "tns:TokenType",
            Kind::DescriptorPolicy => "tns:DescriptorPolicy",
        }
    }

    /// The names behind the dot, in the order of the schema; none for a plain value.
    pub const fn members(self) -> &'static [&'static str] {
        match self {
            Kind::Amount => &["CurrencyCode", "Value"],
            Kind::DescriptorPolicy => &["SoftDescriptorType", "CSOwner"],
            Kind::TransactionId
            | Kind::TokenId
            | Kind::PrepaidInstrumentId
            | Kind::CreditInstrumentId
            | Kind::SubscriptionId
            | Kind::CallerReference
            | Kind::Description
            | Kind::FriendlyName
            | Kind::PaymentReason
            | Kind::Percentage
            | Kind::Minutes
            | Kind::BatchSize
            | Kind::Moment
            | Kind::ChargeFeeTo
            | Kind::MarketplaceRefundPolicy
            | Kind::SortOrder
            | Kind::FpsOperation
            | Kind::PaymentMethod
            | Kind::Roles
            | Kind::TransactionStatus
            | Kind::TokenStatus
            | Kind::TokenType
            | Kind::Url
            | Kind::Instruction
            | Kind::Text
            | Kind::Ignored => &[],
        }
    }

    /// Whether it may come several times.
    pub const fn is_list(self) -> bool {
        matches!(self, Kind::Roles)
    }

    /// Whether what follows a parameter's name in a request belongs to a value of this kind.
    pub(super) fn has_form(self, rest: &str) -> bool {
        let members = self.members();
        if members.is_empty() {
            return rest.is_empty() || self.is_list() && list_place(rest).is_some();
        }
        let alias = self == Kind::Amount;
        rest.strip_prefix('.')
            .is_some_and(|member| members.contains(&member) || alias && member == VALUE_ALIAS)
    }
}

/// The place in a list that `.1`, `.2` and so on name.
pub(crate) fn list_place(rest: &str) -> Option<usize> {
    let digits = rest.strip_prefix('.')?;
    let plain = !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}
