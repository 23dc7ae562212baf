//! Amounts that a sandbox declines, so that callers can try how they take it: `N.6n`.
//!
//! Where a processor is asked, it declines, and the transaction fails. Where nobody is asked (a payment
//! from a balance, or by prepaid or credit) there is nobody to decline later: the payment is refused.
//!
//! The sandbox processor has the rule once more: it plays the network, and knows nothing of the core. A
//! test of the workers, which see both, holds them to one table.

use money::Amount;

use crate::rows::PaymentMethod;
use crate::{Mode, Refusal};

/// Refuses an amount with a six behind the point, where the payment is done within the call.
pub(super) fn check(amount: Amount, method: PaymentMethod, mode: Mode) -> Result<(), Refusal> {
    let at_once = match method {
        PaymentMethod::Card | PaymentMethod::Bank => false,
        PaymentMethod::Balance | PaymentMethod::Debt | PaymentMethod::Prepaid => true,
    };
    let is_magic = amount.micros() / 100_000 % 10 == 6;
    if at_once && is_magic && mode == Mode::Sandbox {
        return Err(Refusal::TransactionDenied);
    }
    Ok(())
}
