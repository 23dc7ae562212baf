//! Stored numbers of enums that have none of their own. Append, never renumber.

use payments::rows::{AccountStatus, AccountType, Delivery, Payer, Release, State, TokenStatus};

macro_rules! numbered {
    ($($to:ident, $from:ident: $type:ty { $($variant:pat => $value:expr, $number:literal;)* })*) => {$(
        pub(super) fn $to(value: $type) -> i64 {
            match value { $($variant => $number,)* }
        }

        pub(super) fn $from(number: i64) -> Option<$type> {
            match number { $($number => Some($value),)* _ => None }
        }
    )*};
}

numbered! {
    account_type, account_type_of: AccountType {
        AccountType::Personal => AccountType::Personal, 1;
        AccountType::Business => AccountType::Business, 2;
        AccountType::Developer => AccountType::Developer, 3;
    }
    account_status, account_status_of: AccountStatus {
        AccountStatus::Active => AccountStatus::Active, 1;
        AccountStatus::Suspended => AccountStatus::Suspended, 2;
        AccountStatus::Closed => AccountStatus::Closed, 3;
    }
    delivery, delivery_of: Delivery {
        Delivery::Due => Delivery::Due, 1;
        Delivery::Delivered => Delivery::Delivered, 2;
        Delivery::Parked => Delivery::Parked, 3;
    }
    payer, payer_of: Payer {
        Payer::Caller => Payer::Caller, 1;
        Payer::Recipient => Payer::Recipient, 2;
    }
    token_status, token_status_of: TokenStatus {
        TokenStatus::Active => TokenStatus::Active, 1;
        TokenStatus::Used => TokenStatus::Used, 2;
        TokenStatus::Cancelled => TokenStatus::Cancelled, 3;
        TokenStatus::Replaced => TokenStatus::Replaced, 4;
    }
    release, release_of: Release {
        Release::None => Release::None, 0;
        Release::Owed => Release::Owed, 1;
        Release::Done => Release::Done, 2;
    }
}

/// The number of a state, and since when it is reserved.
pub(super) fn state(state: State) -> (i64, Option<i64>) {
    match state {
        State::Authorising => (1, None),
        State::Reserved { since } => (2, Some(since.0)),
        State::Capturing => (3, None),
        State::Refunding => (4, None),
        State::Succeeded => (5, None),
        State::Failed => (6, None),
        State::Cancelled => (7, None),
    }
}

/// The state of a number; `None` when number and moment contradict each other.
pub(super) fn state_of(number: i64, since: Option<i64>) -> Option<State> {
    match (number, since) {
        (1, None) => Some(State::Authorising),
        (2, Some(since)) => Some(State::Reserved {
            since: payments::Timestamp(since),
        }),
        (3, None) => Some(State::Capturing),
        (4, None) => Some(State::Refunding),
        (5, None) => Some(State::Succeeded),
        (6, None) => Some(State::Failed),
        (7, None) => Some(State::Cancelled),
        _ => None,
    }
}
