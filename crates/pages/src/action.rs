//! The values of the form field `action`: which button was pressed.

/// Sign in with `email` and `password`.
pub const SIGN_IN: &str = "sign-in";
/// Create an account.
pub const SIGN_UP: &str = "sign-up";
/// End the session.
pub const SIGN_OUT: &str = "sign-out";
/// Use the method named by the field `method`.
pub const CHOOSE_METHOD: &str = "choose-method";
/// Store the card in the `card_…` fields and use it.
pub const ADD_CARD: &str = "add-card";
/// Store the bank account in the `bank_…` fields and use it.
pub const ADD_BANK: &str = "add-bank";
/// Use the address in the form.
pub const SET_ADDRESS: &str = "set-address";
/// Agree to what the page says.
pub const CONFIRM: &str = "confirm";
/// Leave the visit; nothing is agreed.
pub const CANCEL: &str = "cancel";
/// Revoke the token named by the field `token`.
pub const REVOKE: &str = "revoke";
/// Store the field `notification_url`; empty means no notifications.
pub const SET_NOTIFICATION_URL: &str = "set-notification-url";
/// Make a new access key.
pub const CREATE_KEY: &str = "create-key";
/// Disable the access key named by the field `key`.
pub const DISABLE_KEY: &str = "disable-key";
