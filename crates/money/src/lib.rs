//! Amounts, currencies, rates and rounding.
//!
//! **Promise:** money is whole micro-units (10⁻⁶ of the currency's main unit) in a checked integer,
//! and its currency travels with it. There is no float, no wrapping, no implicit rounding: every
//! operation that can fail says so, and every rounding has a name.
//!
//! Deliberately absent: negative amounts (a refund's fee is printed with a sign, not stored with
//! one), conversion between currencies, and `+`.

mod amount;
mod currency;
mod decimal;
mod fee;
mod rate;

pub use amount::{Amount, MICROS_PER_CENT, MICROS_PER_UNIT};
pub use currency::{BadCurrency, Currency};
pub use decimal::BadAmount;
pub use fee::{FeeRule, Rounding, fee_returned};
pub use rate::{BadRate, Rate};
