//! The actions and their parameters: one table, in the order of the schema. Decoding refuses what
//! is not in it; documents and the WSDL are made from it.

use crate::Version;

/// Something that can be asked of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// End a transaction that is not charged.
    Cancel,
    /// End a token.
    CancelToken,
    /// The caller's own balance.
    GetAccountBalance,
    /// A token by its id or by the reference it was made under.
    GetTokenByCaller,
    /// Everything about a transaction.
    GetTransaction,
    /// Where a transaction stands.
    GetTransactionStatus,
    /// Charge at once.
    Pay,
    /// Give back.
    Refund,
    /// Hold now, settle later.
    Reserve,
    /// Charge what is held.
    Settle,
    /// Whether a message came from this server.
    VerifySignature,
}

/// A parameter of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name; case counts.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether the action refuses to do without.
    pub required: bool,
    /// The first version whose schema has it. Older ones accept it all the same: the late documents
    /// print `OverrideIPNURL` beside `Version=2008-09-17`.
    pub since: Version,
}

/// What a parameter holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 35 capital letters and digits.
    TransactionId,
    /// 64 capital letters and digits.
    TokenId,
    /// 1 to 128 characters.
    CallerReference,
    /// Up to 160 characters.
    Description,
    /// `.CurrencyCode` and `.Value`.
    Amount,
    /// A decimal number of percent.
    Percentage,
    /// Whole minutes, 1 to 10080.
    Minutes,
    /// `Caller` or `Recipient`.
    ChargeFeeTo,
    /// Who gives back what.
    MarketplaceRefundPolicy,
    /// `.SoftDescriptorType` and `.CSOwner`.
    DescriptorPolicy,
    /// An address beginning with `http://` or `https://`.
    Url,
    /// Text that is taken as it is.
    Text,
}

/// The parameters that every action has.
pub const COMMON: [&str; 7] = [
    "Action",
    "AWSAccessKeyId",
    "Signature",
    "SignatureMethod",
    "SignatureVersion",
    "Timestamp",
    "Version",
];

impl Kind {
    /// Its type in the schema.
    pub const fn schema_type(self) -> &'static str {
        match self {
            Kind::TransactionId
            | Kind::TokenId
            | Kind::CallerReference
            | Kind::Description
            | Kind::Url
            | Kind::Text => "xs:string",
            Kind::Amount => "tns:Amount",
            Kind::Percentage => "xs:decimal",
            Kind::Minutes => "xs:int",
            Kind::ChargeFeeTo => "tns:ChargeFeeTo",
            Kind::MarketplaceRefundPolicy => "tns:MarketplaceRefundPolicy",
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
            | Kind::CallerReference
            | Kind::Description
            | Kind::Percentage
            | Kind::Minutes
            | Kind::ChargeFeeTo
            | Kind::MarketplaceRefundPolicy
            | Kind::Url
            | Kind::Text => &[],
        }
    }
}

/// The other name of an amount's `.Value`: a sample of the documents prints it.
pub const VALUE_ALIAS: &str = "Amount";

impl Parameter {
    /// Whether this is what a request calls by that name.
    pub fn answers_to(&self, sent: &str) -> bool {
        let members = self.kind.members();
        let Some(rest) = sent.strip_prefix(self.name) else {
            return false;
        };
        if members.is_empty() {
            return rest.is_empty();
        }
        let alias = self.kind == Kind::Amount;
        rest.strip_prefix('.')
            .is_some_and(|member| members.contains(&member) || alias && member == VALUE_ALIAS)
    }
}

const fn required(name: &'static str, kind: Kind) -> Parameter {
    Parameter {
        name,
        kind,
        required: true,
        since: Version::V2008,
    }
}

const fn optional(name: &'static str, kind: Kind) -> Parameter {
    Parameter {
        name,
        kind,
        required: false,
        since: Version::V2008,
    }
}

const OVERRIDE_IPN_URL: Parameter = Parameter {
    name: "OverrideIPNURL",
    kind: Kind::Url,
    required: false,
    since: Version::V2010,
};

const CANCEL: &[Parameter] = &[
    required("TransactionId", Kind::TransactionId),
    optional("Description", Kind::Description),
    OVERRIDE_IPN_URL,
];

const CANCEL_TOKEN: &[Parameter] = &[
    required("TokenId", Kind::TokenId),
    optional("ReasonText", Kind::Description),
    OVERRIDE_IPN_URL,
];

/// Exactly one of the two.
const GET_TOKEN_BY_CALLER: &[Parameter] = &[
    optional("TokenId", Kind::TokenId),
    optional("CallerReference", Kind::CallerReference),
];

const GET_TRANSACTION: &[Parameter] = &[required("TransactionId", Kind::TransactionId)];

const PAYMENT: &[Parameter] = &[
    required("SenderTokenId", Kind::TokenId),
    optional("RecipientTokenId", Kind::TokenId),
    required("TransactionAmount", Kind::Amount),
    optional("ChargeFeeTo", Kind::ChargeFeeTo),
    required("CallerReference", Kind::CallerReference),
    optional("CallerDescription", Kind::Description),
    optional("SenderDescription", Kind::Description),
    optional("DescriptorPolicy", Kind::DescriptorPolicy),
    optional("TransactionTimeoutInMins", Kind::Minutes),
    optional("MarketplaceFixedFee", Kind::Amount),
    optional("MarketplaceVariableFee", Kind::Percentage),
    OVERRIDE_IPN_URL,
];

const REFUND: &[Parameter] = &[
    required("TransactionId", Kind::TransactionId),
    optional("RefundAmount", Kind::Amount),
    required("CallerReference", Kind::CallerReference),
    optional("CallerDescription", Kind::Description),
    optional("MarketplaceRefundPolicy", Kind::MarketplaceRefundPolicy),
    OVERRIDE_IPN_URL,
];

const SETTLE: &[Parameter] = &[
    required("ReserveTransactionId", Kind::TransactionId),
    optional("TransactionAmount", Kind::Amount),
    OVERRIDE_IPN_URL,
];

const VERIFY_SIGNATURE: &[Parameter] = &[
    required("UrlEndPoint", Kind::Text),
    required("HttpParameters", Kind::Text),
];

impl Action {
    /// All of them, in the order of the alphabet.
    pub const ALL: [Action; 11] = [
        Action::Cancel,
        Action::CancelToken,
        Action::GetAccountBalance,
        Action::GetTokenByCaller,
        Action::GetTransaction,
        Action::GetTransactionStatus,
        Action::Pay,
        Action::Refund,
        Action::Reserve,
        Action::Settle,
        Action::VerifySignature,
    ];

    /// Its name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Action::Cancel => "Cancel",
            Action::CancelToken => "CancelToken",
            Action::GetAccountBalance => "GetAccountBalance",
            Action::GetTokenByCaller => "GetTokenByCaller",
            Action::GetTransaction => "GetTransaction",
            Action::GetTransactionStatus => "GetTransactionStatus",
            Action::Pay => "Pay",
            Action::Refund => "Refund",
            Action::Reserve => "Reserve",
            Action::Settle => "Settle",
            Action::VerifySignature => "VerifySignature",
        }
    }

    /// Reads the `Action` parameter.
    pub fn parse(name: &str) -> Option<Action> {
        Action::ALL
            .into_iter()
            .find(|action| action.as_str() == name)
    }

    /// Its own parameters, in the order of the schema.
    pub const fn parameters(self) -> &'static [Parameter] {
        match self {
            Action::Cancel => CANCEL,
            Action::CancelToken => CANCEL_TOKEN,
            Action::GetAccountBalance => &[],
            Action::GetTokenByCaller => GET_TOKEN_BY_CALLER,
            Action::GetTransaction | Action::GetTransactionStatus => GET_TRANSACTION,
            Action::Pay | Action::Reserve => PAYMENT,
            Action::Refund => REFUND,
            Action::Settle => SETTLE,
            Action::VerifySignature => VERIFY_SIGNATURE,
        }
    }

    /// Whether a request for it may have a parameter of that name.
    pub fn knows(self, sent: &str) -> bool {
        COMMON.contains(&sent) || self.parameters().iter().any(|own| own.answers_to(sent))
    }

    /// Whether it may come without credentials.
    pub const fn may_be_unsigned(self) -> bool {
        matches!(self, Action::VerifySignature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_exact() {
        for (sent, known) in [
            ("TransactionAmount.Value", true),
            ("TransactionAmount.Amount", true),
            ("TransactionAmount.CurrencyCode", true),
            ("TransactionAmount", false),
            ("TransactionAmount.", false),
            ("TransactionAmountValue", false),
            ("TransactionAmount.value", false),
            ("DescriptorPolicy.CSOwner", true),
            ("DescriptorPolicy.Amount", false),
            ("CallerReference", true),
            ("CallerReference.1", false),
            ("callerReference", false),
            ("recipient_token_id", false),
            ("OverrideIPNURL", true),
            ("Signature", true),
            ("signature", false),
            ("TransactionId", false),
            ("", false),
        ] {
            assert_eq!(Action::Reserve.knows(sent), known, "{sent}");
        }
    }

    #[test]
    fn actions_are_read_back() {
        for action in Action::ALL {
            assert_eq!(Action::parse(action.as_str()), Some(action));
        }
        assert!(Action::ALL.is_sorted_by_key(|action| action.as_str()));
        assert_eq!(Action::parse("reserve"), None);
    }
}
