//! What a caller asked that ends a subscription and gives back.

use money::Amount;
use serde::{Deserialize, Serialize};

use super::{List, debugged};
use crate::SubscriptionId;

/// The parameters of CancelSubscriptionAndRefund with an amount. Without one there is no caller
/// reference, and nothing to compare.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CancellationAsked {
    /// `SubscriptionId`.
    pub subscription: SubscriptionId,
    /// `RefundAmount`; zero gives nothing back.
    pub amount: Amount,
    /// `CancelReason`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl CancellationAsked {
    pub(super) fn list(&self, list: &mut List) {
        list.push(("subscriptionId", Some(self.subscription.to_string())));
        list.push(("refundAmount", debugged(Some(self.amount))));
        list.push(("cancelReason", self.reason.clone()));
    }
}
