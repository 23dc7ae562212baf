//! CancelSubscriptionAndRefund.

use payments::By;
use payments::commands::CancelSubscription;

use super::Request;
use super::fields::Fields;
use crate::WireError;

/// A refund of zero is none, but it has its reference all the same. A reference without a refund says
/// nothing, and is not kept.
pub(super) fn cancel(fields: &Fields, by: By) -> Result<Request, WireError> {
    let subscription = fields.required_subscription()?;
    let amount = fields.amount("RefundAmount")?;
    let reference = match amount {
        Some(_) => Some(fields.required_reference("CallerReference")?),
        None => fields.reference("CallerReference")?,
    };
    let command = CancelSubscription {
        by,
        subscription,
        refund: reference.zip(amount),
        reason: fields.description("CancelReason")?,
    };
    Ok(Request::Command(command.into()))
}
