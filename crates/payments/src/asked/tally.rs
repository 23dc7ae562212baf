//! The parameters of the actions on prepaid and credit instruments.

use money::Amount;
use serde::{Deserialize, Serialize};

use super::{List, PaymentAsked, debugged, list_descriptor, shown};
use crate::rows::Descriptor;
use crate::{TallyId, TokenId};

/// The parameters of `FundPrepaid` and `SettleDebt`: they differ in the names of two.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TallyAsked {
    /// `SenderTokenId`: the funding or settlement token.
    pub sender_token: TokenId,
    /// `PrepaidInstrumentId` or `CreditInstrumentId`.
    pub tally: TallyId,
    /// `FundingAmount` or `SettlementAmount`.
    pub amount: Amount,
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
    /// `OverrideIPNURL`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ipn_url: Option<String>,
}

/// The parameters of `WriteOffDebt`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriteOffAsked {
    /// `CreditInstrumentId`.
    pub tally: TallyId,
    /// `AdjustmentAmount`.
    pub amount: Amount,
    /// `CallerDescription`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller_description: Option<String>,
    /// `OverrideIPNURL`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ipn_url: Option<String>,
}

/// How one of the two actions calls its parameters.
#[derive(Clone, Copy)]
pub(super) struct TallyWords {
    tally: &'static str,
    amount: &'static str,
}

impl TallyWords {
    pub(super) const FUNDING: TallyWords = TallyWords {
        tally: "prepaidInstrumentId",
        amount: "fundingAmount",
    };
    pub(super) const SETTLEMENT: TallyWords = TallyWords {
        tally: "creditInstrumentId",
        amount: "settlementAmount",
    };
}

impl TallyAsked {
    /// The same as the payment that moves its money: from the token to the caller.
    pub fn as_payment(&self) -> PaymentAsked {
        PaymentAsked {
            sender_token: self.sender_token.clone(),
            recipient_token: None,
            amount: self.amount,
            charge_fee_to: None,
            caller_description: self.caller_description.clone(),
            sender_description: self.sender_description.clone(),
            descriptor: self.descriptor,
            timeout_mins: self.timeout_mins,
            marketplace_fixed: None,
            marketplace_rate: None,
            ipn_url: self.ipn_url.clone(),
        }
    }

    pub(super) fn list(&self, words: TallyWords, list: &mut List) {
        list.push(("senderTokenId", Some(self.sender_token.to_string())));
        list.push((words.tally, Some(self.tally.to_string())));
        list.push((words.amount, debugged(Some(self.amount))));
        list.push(("callerDescription", self.caller_description.clone()));
        list.push(("senderDescription", self.sender_description.clone()));
        list_descriptor(self.descriptor, list);
        list.push(("transactionTimeoutInMins", shown(self.timeout_mins)));
        list.push(("overrideIPNURL", self.ipn_url.clone()));
    }
}

impl WriteOffAsked {
    pub(super) fn list(&self, list: &mut List) {
        list.push(("creditInstrumentId", Some(self.tally.to_string())));
        list.push(("adjustmentAmount", debugged(Some(self.amount))));
        list.push(("callerDescription", self.caller_description.clone()));
        list.push(("overrideIPNURL", self.ipn_url.clone()));
    }
}
