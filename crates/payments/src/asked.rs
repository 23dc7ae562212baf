//! What a caller asked, as it was sent: what idempotency compares.
//!
//! Compared are the action and its business parameters; decimals by value; absent differs from
//! present. Not compared: the wire, the version, the timestamp and the signature.

use money::{Amount, Rate};
use serde::{Deserialize, Serialize};

use crate::rows::{Descriptor, Payer};
use crate::{TokenId, TransactionId};

mod cancellation;
mod tally;

pub use cancellation::CancellationAsked;
use tally::TallyWords;
pub use tally::{TallyAsked, WriteOffAsked};

/// An action and its business parameters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Asked {
    /// Charge at once.
    Pay(PaymentAsked),
    /// Hold now, settle later.
    Reserve(PaymentAsked),
    /// Give back.
    Refund(RefundAsked),
    /// Pay ahead.
    FundPrepaid(TallyAsked),
    /// Collect what is owed.
    SettleDebt(TallyAsked),
    /// Give up what is owed.
    WriteOffDebt(WriteOffAsked),
    /// End a subscription and give back.
    CancelSubscription(CancellationAsked),
}

/// The parameters of Pay and Reserve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentAsked {
    /// `SenderTokenId`.
    pub sender_token: TokenId,
    /// `RecipientTokenId`; absent means the caller is the recipient.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient_token: Option<TokenId>,
    /// `TransactionAmount`.
    pub amount: Amount,
    /// `ChargeFeeTo`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charge_fee_to: Option<Payer>,
    /// `CallerDescription`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller_description: Option<String>,
    /// `SenderDescription`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender_description: Option<String>,
    /// `DescriptorPolicy`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub descriptor: Option<Descriptor>,
    /// `TransactionTimeoutInMins`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_mins: Option<u32>,
    /// `MarketplaceFixedFee`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marketplace_fixed: Option<Amount>,
    /// `MarketplaceVariableFee`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marketplace_rate: Option<Rate>,
    /// `OverrideIPNURL`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ipn_url: Option<String>,
}

/// The parameters of Refund.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundAsked {
    /// `TransactionId`: what is refunded.
    pub transaction: TransactionId,
    /// `RefundAmount`; absent means all that is left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Amount>,
    /// `CallerDescription`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller_description: Option<String>,
    /// `MarketplaceRefundPolicy`; absent means the sender's money only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<RefundPolicy>,
    /// `OverrideIPNURL`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ipn_url: Option<String>,
}

/// Who gives back what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RefundPolicy {
    /// The caller keeps its fee; the recipient pays the sender back in full.
    MasterTxnOnly,
    /// The caller gives its fee back to the recipient; the sender gets nothing.
    MarketplaceTxnOnly,
    /// Both.
    MasterAndMarketplaceTxn,
}

/// The first parameter in which two requests differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// The parameter, in lower camel case.
    pub field: String,
    /// What the reference was used with.
    pub earlier: String,
    /// What came now.
    pub now: String,
}

impl Asked {
    /// The action's name.
    pub fn action(&self) -> &'static str {
        match self {
            Asked::Pay(_) => "Pay",
            Asked::Reserve(_) => "Reserve",
            Asked::Refund(_) => "Refund",
            Asked::FundPrepaid(_) => "FundPrepaid",
            Asked::SettleDebt(_) => "SettleDebt",
            Asked::WriteOffDebt(_) => "WriteOffDebt",
            Asked::CancelSubscription(_) => "CancelSubscriptionAndRefund",
        }
    }

    /// The caller's description of it.
    pub fn caller_description(&self) -> Option<&str> {
        match self {
            Asked::Pay(asked) | Asked::Reserve(asked) => asked.caller_description.as_deref(),
            Asked::Refund(asked) => asked.caller_description.as_deref(),
            Asked::FundPrepaid(asked) | Asked::SettleDebt(asked) => {
                asked.caller_description.as_deref()
            }
            Asked::WriteOffDebt(asked) => asked.caller_description.as_deref(),
            Asked::CancelSubscription(asked) => asked.reason.as_deref(),
        }
    }

    /// The description for the sender.
    pub fn sender_description(&self) -> Option<&str> {
        match self {
            Asked::Pay(asked) | Asked::Reserve(asked) => asked.sender_description.as_deref(),
            Asked::FundPrepaid(asked) | Asked::SettleDebt(asked) => {
                asked.sender_description.as_deref()
            }
            Asked::Refund(_) | Asked::WriteOffDebt(_) | Asked::CancelSubscription(_) => None,
        }
    }

    /// What the request says about the card statement.
    pub fn descriptor(&self) -> Option<Descriptor> {
        match self {
            Asked::Pay(asked) | Asked::Reserve(asked) => asked.descriptor,
            Asked::FundPrepaid(asked) | Asked::SettleDebt(asked) => asked.descriptor,
            Asked::Refund(_) | Asked::WriteOffDebt(_) | Asked::CancelSubscription(_) => None,
        }
    }

    /// The first parameter in which `now` differs from this; `None` when they are the same request.
    pub fn first_difference(&self, now: &Asked) -> Option<Difference> {
        if self == now {
            return None;
        }
        let (before, after) = (self.listed(), now.listed());
        let differs = before
            .iter()
            .zip(&after)
            .find(|(earlier, later)| earlier != later);
        let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| ABSENT.to_owned());
        differs.map(|((field, earlier), (_, later))| Difference {
            field: (*field).to_owned(),
            earlier: shown(earlier),
            now: shown(later),
        })
    }

    /// Every parameter with its value as text, in one order for all actions.
    fn listed(&self) -> List {
        let mut list = vec![("action", Some(self.action().to_owned()))];
        match self {
            Asked::Pay(asked) | Asked::Reserve(asked) => asked.list(&mut list),
            Asked::Refund(asked) => asked.list(&mut list),
            Asked::FundPrepaid(asked) => asked.list(TallyWords::FUNDING, &mut list),
            Asked::SettleDebt(asked) => asked.list(TallyWords::SETTLEMENT, &mut list),
            Asked::WriteOffDebt(asked) => asked.list(&mut list),
            Asked::CancelSubscription(asked) => asked.list(&mut list),
        }
        list
    }
}

impl PaymentAsked {
    fn list(&self, list: &mut List) {
        let rate = self.marketplace_rate.map(Rate::to_percent);
        list.push(("senderTokenId", Some(self.sender_token.to_string())));
        list.push(("recipientTokenId", shown(self.recipient_token.as_ref())));
        list.push(("transactionAmount", debugged(Some(self.amount))));
        list.push(("chargeFeeTo", debugged(self.charge_fee_to)));
        list.push(("callerDescription", self.caller_description.clone()));
        list.push(("senderDescription", self.sender_description.clone()));
        list_descriptor(self.descriptor, list);
        list.push(("transactionTimeoutInMins", shown(self.timeout_mins)));
        list.push(("marketplaceFixedFee", debugged(self.marketplace_fixed)));
        list.push(("marketplaceVariableFee", rate));
        list.push(("overrideIPNURL", self.ipn_url.clone()));
    }
}

impl RefundAsked {
    fn list(&self, list: &mut List) {
        list.push(("transactionId", Some(self.transaction.to_string())));
        list.push(("refundAmount", debugged(self.amount)));
        list.push(("callerDescription", self.caller_description.clone()));
        list.push(("marketplaceRefundPolicy", debugged(self.policy)));
        list.push(("overrideIPNURL", self.ipn_url.clone()));
    }
}

fn list_descriptor(descriptor: Option<Descriptor>, list: &mut List) {
    let Descriptor { kind, owner } = descriptor.unwrap_or_default();
    list.push(("descriptorPolicy.softDescriptorType", debugged(kind)));
    list.push(("descriptorPolicy.csOwner", debugged(owner)));
}

/// How an absent parameter is written where both values are named.
const ABSENT: &str = "(absent)";

/// Parameters and their values as text, nothing where one is absent.
type List = Vec<(&'static str, Option<String>)>;

fn shown<T: std::fmt::Display>(value: Option<T>) -> Option<String> {
    value.map(|value| value.to_string())
}

fn debugged<T: std::fmt::Debug>(value: Option<T>) -> Option<String> {
    value.map(|value| format!("{value:?}"))
}
