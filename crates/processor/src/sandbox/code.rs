//! Why the sandbox network declines, as words for programs.

/// The bank gives no reason.
pub const GENERIC_DECLINE: &str = "generic_decline";
/// The account has too little money.
pub const INSUFFICIENT_FUNDS: &str = "insufficient_funds";
/// The card's last month has passed.
pub const EXPIRED_CARD: &str = "expired_card";
/// The card was reported lost.
pub const LOST_CARD: &str = "lost_card";
/// The card was reported stolen.
pub const STOLEN_CARD: &str = "stolen_card";
/// The security code is wrong.
pub const INCORRECT_CVC: &str = "incorrect_cvc";
/// The bank will not pay, without a reason.
pub const DO_NOT_HONOR: &str = "do_not_honor";
/// Something broke at the network.
pub const PROCESSING_ERROR: &str = "processing_error";
/// The bank may approve later: what a magic amount gives.
pub const TEMPORARY_DECLINE: &str = "temporary_decline";
/// The hold could not be taken.
pub const CAPTURE_DECLINED: &str = "capture_declined";
/// The money could not be given back to the card.
pub const REFUND_DECLINED: &str = "refund_declined";
/// The bank knows no such account.
pub const RETURNED_NO_ACCOUNT: &str = "returned_no_account";
/// The bank account has too little money.
pub const RETURNED_INSUFFICIENT_FUNDS: &str = "returned_insufficient_funds";
/// The bank account is closed.
pub const RETURNED_ACCOUNT_CLOSED: &str = "returned_account_closed";
/// The holder of the bank account says that it was not authorised.
pub const RETURNED_NOT_AUTHORIZED: &str = "returned_not_authorized";

/// The amount is not above zero.
pub const INVALID_AMOUNT: &str = "invalid_amount";
/// More than is held, or than is left of the capture.
pub const AMOUNT_TOO_LARGE: &str = "amount_too_large";
/// The currency is not the one of the earlier call.
pub const CURRENCY_MISMATCH: &str = "currency_mismatch";
/// No authorisation is known under the given key.
pub const AUTHORIZATION_UNKNOWN: &str = "authorization_unknown";
/// The authorisation was declined, or is not decided yet.
pub const AUTHORIZATION_NOT_APPROVED: &str = "authorization_not_approved";
/// The authorisation was released.
pub const AUTHORIZATION_VOIDED: &str = "authorization_voided";
/// The authorisation was already taken.
pub const AUTHORIZATION_CAPTURED: &str = "authorization_captured";
/// The network let go of the authorisation because of its age.
pub const AUTHORIZATION_EXPIRED: &str = "authorization_expired";
/// No capture is known under the given key.
pub const CAPTURE_UNKNOWN: &str = "capture_unknown";
/// The capture was declined, or is not decided yet.
pub const CAPTURE_NOT_APPROVED: &str = "capture_not_approved";

/// The sentence for people that goes with a code.
pub fn message(code: &str) -> &'static str {
    match code {
        INSUFFICIENT_FUNDS => "The card has insufficient funds.",
        EXPIRED_CARD => "The card has expired.",
        LOST_CARD => "The card was reported lost.",
        STOLEN_CARD => "The card was reported stolen.",
        INCORRECT_CVC => "The card's security code is incorrect.",
        DO_NOT_HONOR => "The card's bank does not honor the payment.",
        PROCESSING_ERROR => "An error occurred while processing the card.",
        TEMPORARY_DECLINE => "The card's bank declined for now.",
        CAPTURE_DECLINED => "The reserved amount could not be taken from the card.",
        REFUND_DECLINED => "The amount could not be returned to the card.",
        RETURNED_NO_ACCOUNT => "The bank returned the debit: there is no such account.",
        RETURNED_INSUFFICIENT_FUNDS => {
            "The bank returned the debit: the account has insufficient funds."
        }
        RETURNED_ACCOUNT_CLOSED => "The bank returned the debit: the account is closed.",
        RETURNED_NOT_AUTHORIZED => "The bank returned the debit: the holder did not authorize it.",
        INVALID_AMOUNT => "The amount must be above zero.",
        AMOUNT_TOO_LARGE => "The amount is more than what is left.",
        CURRENCY_MISMATCH => "The currency differs from the earlier call's.",
        AUTHORIZATION_UNKNOWN => "There is no such authorization.",
        AUTHORIZATION_NOT_APPROVED => "The authorization was not approved.",
        AUTHORIZATION_VOIDED => "The authorization was released.",
        AUTHORIZATION_CAPTURED => "The authorization was already captured.",
        AUTHORIZATION_EXPIRED => "The authorization has expired.",
        CAPTURE_UNKNOWN => "There is no such capture.",
        CAPTURE_NOT_APPROVED => "The capture was not approved.",
        _ => "The card was declined.",
    }
}
