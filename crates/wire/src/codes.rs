//! Every error code of the protocol: what it means, whether trying again can help, and the HTTP
//! status it comes with. The documentation is made from this table.
//!
//! The first 58 are the documented table, which strict clients know by heart; the rest were recorded
//! by clients, or belong to payment instructions and subscriptions alone. Codes that one might expect beside them (`MissingParameter`, `InvalidAction`,
//! `NoSuchVersion`) are deliberately absent: one client dies of a code that it does not know.

/// An error code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// Its name on the wire.
    pub name: &'static str,
    /// Whether the same request may succeed later.
    pub retriable: bool,
    /// The HTTP status it comes with.
    pub http: u16,
    /// When it comes.
    pub when: &'static str,
}

/// The HTTP status of most errors.
pub const HTTP_USUAL: u16 = 400;

const fn final_(name: &'static str, when: &'static str) -> Code {
    Code {
        name,
        retriable: false,
        http: HTTP_USUAL,
        when,
    }
}

const fn passing(name: &'static str, when: &'static str) -> Code {
    Code {
        retriable: true,
        ..final_(name, when)
    }
}

const fn with_http(http: u16, code: Code) -> Code {
    Code { http, ..code }
}

/// All of them: the documented table in the order of the alphabet, then the recorded ones.
pub const CODES: [Code; 71] = [
    passing(
        "AccessFailure",
        "The account of the access key cannot be accessed at present.",
    ),
    passing("AccountClosed", "The caller's account is closed."),
    passing(
        "AccountLimitsExceeded",
        "A spending or receiving limit of the account is exceeded.",
    ),
    final_(
        "AmountOutOfRange",
        "The amount is zero, or more than may be moved.",
    ),
    with_http(
        401,
        passing(
            "AuthFailure",
            "The access key or certificate is disabled, or its account may not call.",
        ),
    ),
    passing(
        "ConcurrentModification",
        "Others changed the same rows at the same time, again and again. Nothing was done.",
    ),
    final_(
        "DuplicateRequest",
        "Another, different request used this caller reference.",
    ),
    final_(
        "InactiveInstrument",
        "The card has expired or was removed by its owner.",
    ),
    final_(
        "IncompatibleTokens",
        "The tokens do not fit each other or what is asked.",
    ),
    final_(
        "InstrumentAccessDenied",
        "The caller is not the recipient of the prepaid or postpaid instrument.",
    ),
    final_(
        "InstrumentExpired",
        "The prepaid or postpaid instrument has expired.",
    ),
    passing(
        "InsufficientBalance",
        "The sender, the recipient or the payer of the fee lacks the money.",
    ),
    with_http(
        500,
        passing(
            "InternalError",
            "The server failed, or does not know yet what came of it. The same request, sent again, gives what came of it.",
        ),
    ),
    passing(
        "InvalidAccountState",
        "The account that a token would be installed on is suspended or closed.",
    ),
    passing(
        "InvalidAccountState_Caller",
        "The caller's account is suspended.",
    ),
    passing(
        "InvalidAccountState_Recipient",
        "The recipient's account is suspended or closed.",
    ),
    passing(
        "InvalidAccountState_Sender",
        "The sender's account is suspended or closed.",
    ),
    final_(
        "InvalidCallerReference",
        "No token was made under the caller reference.",
    ),
    with_http(
        403,
        final_(
            "InvalidClientTokenId",
            "The access key or the certificate is unknown.",
        ),
    ),
    final_(
        "InvalidDateRange",
        "The end lies before the start, or the start in the future.",
    ),
    final_("InvalidParams", "A parameter is missing or malformed."),
    final_(
        "InvalidPaymentInstrument",
        "The payment method used in the transaction is invalid.",
    ),
    final_(
        "InvalidPaymentMethod",
        "The payment method is not one that can be used here.",
    ),
    final_(
        "InvalidRecipientForCCTransaction",
        "The recipient cannot receive payments by credit card.",
    ),
    final_(
        "InvalidSenderRoleForAccountType",
        "The token cannot be used for this operation.",
    ),
    final_("InvalidTokenId", "There is no such token of this caller."),
    final_(
        "InvalidTokenId_Recipient",
        "The recipient token is unknown, or not this caller's.",
    ),
    final_(
        "InvalidTokenId_Sender",
        "The sender token is unknown, or not this caller's.",
    ),
    final_(
        "InvalidTokenType",
        "The operation is not valid for a token of this type.",
    ),
    final_(
        "InvalidTransactionId",
        "There is no such transaction of this caller, or the action does not apply to its kind.",
    ),
    final_(
        "InvalidTransactionState",
        "The status of the transaction does not allow the action.",
    ),
    passing(
        "NotMarketplaceApp",
        "The caller is neither sender nor recipient and not registered as a marketplace.",
    ),
    final_(
        "OriginalTransactionFailed",
        "The transaction to refund failed.",
    ),
    passing(
        "OriginalTransactionIncomplete",
        "The transaction to refund is still in progress.",
    ),
    final_(
        "PaymentInstrumentNotCC",
        "Only a credit card can be used for this.",
    ),
    final_("PaymentMethodNotDefined", "The token names no way to pay."),
    passing(
        "PrepaidFundingLimitExceeded",
        "The funding is above the recharge limit of the instrument.",
    ),
    final_(
        "RefundAmountExceeded",
        "The refund is more than is left to refund.",
    ),
    final_(
        "SameSenderAndRecipient",
        "Sender and recipient are one account.",
    ),
    final_(
        "SameTokenIdUsedMultipleTimes",
        "The single-use token was used before.",
    ),
    final_(
        "SenderNotOriginalRecipient",
        "The sender of the refund is not the original recipient.",
    ),
    final_(
        "SettleAmountGreaterThanDebt",
        "More would be settled or written off than is owed.",
    ),
    final_(
        "SettleAmountGreaterThanReserveAmount",
        "More would be settled than is reserved.",
    ),
    with_http(
        403,
        final_("SignatureDoesNotMatch", "The signature is wrong."),
    ),
    final_("TokenAccessDenied", "The caller may not cancel this token."),
    final_("TokenNotActive", "The token was cancelled."),
    final_(
        "TokenNotActive_Recipient",
        "The recipient token was cancelled, or its time is not now.",
    ),
    final_(
        "TokenNotActive_Sender",
        "The sender token was cancelled, or its time is not now.",
    ),
    final_(
        "TokenUsageError",
        "The charge is outside what the token allows.",
    ),
    final_(
        "TransactionDenied",
        "The transaction is not allowed: in a sandbox, an amount like `12.60` from a balance or by \
         prepaid or credit.",
    ),
    final_(
        "TransactionFullyRefundedAlready",
        "Nothing is left to refund.",
    ),
    final_(
        "TransactionTypeNotRefundable",
        "A transaction of this kind cannot be refunded.",
    ),
    final_(
        "UnverifiedAccount_Recipient",
        "The recipient's account needs a verified bank account or card.",
    ),
    final_(
        "UnverifiedAccount_Sender",
        "The sender's account needs a verified bank account or card.",
    ),
    final_(
        "UnverifiedBankAccount",
        "A verified bank account is needed.",
    ),
    final_(
        "UnverifiedEmailAddress_Caller",
        "The caller's e-mail address is not verified.",
    ),
    final_(
        "UnverifiedEmailAddress_Recipient",
        "The recipient's e-mail address is not verified.",
    ),
    final_(
        "UnverifiedEmailAddress_Sender",
        "The sender's e-mail address is not verified.",
    ),
    final_(
        "BadRule",
        "The payment instruction cannot be read; the message says where.",
    ),
    final_(
        "CannotSpecifyUsageForSingleUseToken",
        "The payment instruction of a single-use token has usage limits.",
    ),
    final_(
        "InvalidParameterValue",
        "The timestamp of the request is not in ISO 8601.",
    ),
    final_(
        "InvalidRequest",
        "The request has a parameter that the action does not know, or is no message that is read.",
    ),
    final_("InvalidSignature", "Never sent; a client expects it."),
    final_(
        "InvalidSubscriptionState",
        "The subscription was cancelled before, or has run its course.",
    ),
    final_(
        "InvalidUsageDuration",
        "The period of a usage limit is none, or shorter than an hour.",
    ),
    final_(
        "InvalidUsageLimitCount",
        "A usage limit has no value, or one that does not fit its type.",
    ),
    final_(
        "InvalidUsageStartTime",
        "The payment instruction lets the token start only when its time is over.",
    ),
    final_(
        "InvalidUsageType",
        "A usage limit is by neither amount nor count.",
    ),
    final_(
        "RequestExpired",
        "The timestamp of the request is more than 15 minutes from now.",
    ),
    with_http(
        503,
        passing(
            "ServiceUnavailable",
            "The server has too much to do, or is stopping. Nothing was done.",
        ),
    ),
    final_(
        "UsageNotDefined",
        "The payment instruction of a multi-use or recurring token has no usage limit.",
    ),
];

/// How many of [`CODES`] are the documented table.
pub const DOCUMENTED: usize = 58;

/// A code by its name.
pub fn find(name: &str) -> Option<&'static Code> {
    CODES.iter().find(|code| code.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order() {
        let names: Vec<_> = CODES.iter().map(|code| code.name).collect();
        assert!(names[..DOCUMENTED].is_sorted_by(|one, next| one < next));
        assert!(names[DOCUMENTED..].is_sorted_by(|one, next| one < next));
        for (at, code) in CODES.iter().enumerate() {
            assert!(!names[..at].contains(&code.name), "{} twice", code.name);
            assert!([400, 401, 403, 500, 503].contains(&code.http));
            assert!(code.when.ends_with('.'), "{}", code.name);
        }
    }
}
