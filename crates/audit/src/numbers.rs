//! The stored numbers, restated. Their documentation is the first migration of `store-sqlite`
//! (`0001_books.sql` and later); this crate does not share the enums of the core on purpose.

macro_rules! numbered {
    ($($(#[$doc:meta])* $name:ident { $($variant:ident = $number:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum $name { $($variant = $number,)* }

        impl $name {
            /// What a stored number stands for.
            pub(crate) fn of(number: i64) -> Option<$name> {
                match number {
                    $($number => Some($name::$variant),)*
                    _ => None,
                }
            }
        }
    )*};
}

numbered! {
    /// `transactions.operation`; events also have 3.
    Operation {
        Pay = 1, Reserve = 2, Settle = 3, Refund = 4, FundPrepaid = 5, SettleDebt = 6,
        WriteOffDebt = 7,
    }
    /// `transactions.method`.
    Method { Card = 1, Bank = 2, Balance = 3, Debt = 4, Prepaid = 5, }
    /// `transactions.fee_payer`.
    Payer { Caller = 1, Recipient = 2, }
    /// `transactions.state`.
    State {
        Authorising = 1, Reserved = 2, Capturing = 3, Refunding = 4, Succeeded = 5, Failed = 6,
        Cancelled = 7,
    }
    /// `events.status`.
    Status { Pending = 1, Reserved = 2, Success = 3, Failure = 4, Cancelled = 5, }
    /// `events.code` and `transactions.code`.
    Why {
        PendingNetworkResponse = 1, PendingVerification = 2, Success = 3, Canceled = 4,
        Expired = 5, TransactionDenied = 6,
    }
    /// `transactions.release`.
    Release { None = 0, Owed = 1, Done = 2, }
    /// `subscriptions.status`.
    Plan { Active = 1, Cancelled = 2, Completed = 3, }
    /// `tallies.kind`.
    TallyKind { Prepaid = 1, Credit = 2, }
}

impl State {
    /// The status that everybody sees in this state.
    pub(crate) fn status(self) -> Status {
        match self {
            State::Authorising | State::Capturing | State::Refunding => Status::Pending,
            State::Reserved => Status::Reserved,
            State::Succeeded => Status::Success,
            State::Failed => Status::Failure,
            State::Cancelled => Status::Cancelled,
        }
    }

    /// Whether its postings will never change again.
    pub(crate) fn has_ended(self) -> bool {
        match self {
            State::Succeeded | State::Failed | State::Cancelled => true,
            State::Authorising | State::Reserved | State::Capturing | State::Refunding => false,
        }
    }
}

impl Method {
    /// Whether the processor has to be asked.
    pub(crate) fn needs_processor(self) -> bool {
        match self {
            Method::Card | Method::Bank => true,
            Method::Balance | Method::Debt | Method::Prepaid => false,
        }
    }

    /// Whether it changes only who owes whom, and moves no money.
    pub(crate) fn is_claim(self) -> bool {
        match self {
            Method::Debt | Method::Prepaid => true,
            Method::Card | Method::Bank | Method::Balance => false,
        }
    }
}

impl Operation {
    /// Whether it charges the sender at once, without a reservation before.
    pub(crate) fn is_payment(self) -> bool {
        match self {
            Operation::Pay | Operation::FundPrepaid | Operation::SettleDebt => true,
            Operation::Reserve
            | Operation::Settle
            | Operation::Refund
            | Operation::WriteOffDebt => false,
        }
    }

    /// Whether it can be refunded.
    pub(crate) fn is_refundable(self) -> bool {
        match self {
            Operation::Pay | Operation::Reserve | Operation::Settle => true,
            Operation::Refund
            | Operation::FundPrepaid
            | Operation::SettleDebt
            | Operation::WriteOffDebt => false,
        }
    }
}

/// `postings.layer`: money moves.
pub(crate) const MONEY: i64 = 0;
/// `postings.layer`: a hold is placed or released.
pub(crate) const HOLD: i64 = 1;
/// `postings.layer`: who owes whom changes.
pub(crate) const CLAIM: i64 = 2;

/// `postings.*_kind`: what the processor has taken and owes the provider.
pub(crate) const CLEARING: i64 = 1;
/// `postings.*_kind`: on its way in, seen from the provider.
pub(crate) const INCOMING: i64 = 2;
/// `postings.*_kind`: the provider's fees.
pub(crate) const FPS_FEES: i64 = 4;
/// `postings.*_kind`: put in by the operator.
pub(crate) const FUNDING: i64 = 5;
/// `postings.*_kind`: authorised at the card network.
pub(crate) const AUTHORISED: i64 = 6;
/// `postings.*_kind`: an account's available money. It and the larger numbers have an owner.
pub(crate) const AVAILABLE: i64 = 16;
/// `postings.*_kind`: being charged for an account.
pub(crate) const PENDING_IN: i64 = 17;
/// `postings.*_kind`: set aside until a processor answers.
pub(crate) const PENDING_OUT: i64 = 18;
/// `postings.*_kind`: reserved for a recipient.
pub(crate) const HELD: i64 = 19;
/// `postings.*_kind`: can be spent of a prepaid instrument, which owns it.
pub(crate) const PREPAID: i64 = 20;
/// `postings.*_kind`: being funded.
pub(crate) const PREPAID_PENDING: i64 = 21;
/// `postings.*_kind`: what a recipient owes for what was paid ahead.
pub(crate) const LIABILITY: i64 = 22;
/// `postings.*_kind`: owed on a credit instrument, which owns it.
pub(crate) const DEBT: i64 = 23;
/// `postings.*_kind`: being settled.
pub(crate) const DEBT_PENDING: i64 = 24;
/// `postings.*_kind`: what a recipient is owed.
pub(crate) const RECEIVABLE: i64 = 25;

/// All kinds with their names.
pub(crate) const KINDS: [(i64, &str); 16] = [
    (CLEARING, "processor clearing"),
    (INCOMING, "incoming"),
    (3, "outgoing"),
    (FPS_FEES, "fps fees"),
    (FUNDING, "funding"),
    (AUTHORISED, "authorised"),
    (AVAILABLE, "available"),
    (PENDING_IN, "pending in"),
    (PENDING_OUT, "pending out"),
    (HELD, "held"),
    (PREPAID, "prepaid"),
    (PREPAID_PENDING, "prepaid pending"),
    (LIABILITY, "liability"),
    (DEBT, "debt"),
    (DEBT_PENDING, "debt pending"),
    (RECEIVABLE, "receivable"),
];

/// The place of a kind in [`KINDS`].
pub(crate) fn kind_place(kind: i64) -> Option<usize> {
    KINDS.iter().position(|(number, _)| *number == kind)
}

/// The name of a kind for people.
pub(crate) fn kind_name(kind: i64) -> &'static str {
    kind_place(kind).map_or("unknown", |place| KINDS[place].1)
}

/// `postings.reason`: 1 to this.
pub(crate) const REASON_LAST: i64 = 13;
/// `postings.reason`: given back.
pub(crate) const REFUNDED: i64 = 11;
/// `postings.reason`: put in by the operator; such a posting stands alone.
pub(crate) const FUNDED: i64 = 12;

/// `works.kind`: ask the processor to hold.
pub(crate) const AUTHORIZE: i64 = 1;
/// `works.kind`: ask the processor to take.
pub(crate) const CAPTURE: i64 = 2;
/// `works.kind`: ask the processor to let go.
pub(crate) const VOID: i64 = 3;
/// `works.kind`: ask the processor to give back.
pub(crate) const REFUND: i64 = 4;
/// `works.kind`: deliver a notification.
pub(crate) const NOTIFY: i64 = 7;
pub(crate) const CHARGE: i64 = 8;

/// `notifications.delivery`: to be sent.
pub(crate) const DUE: i64 = 1;

/// A key's low bits that are not its time: lane and counter.
const KEY_LOW_BITS: u32 = 21;

/// The millisecond in which a key was made.
pub(crate) const fn key_time(key: i64) -> i64 {
    key >> KEY_LOW_BITS
}

/// The first key of a millisecond.
pub(crate) fn first_key(at: i64) -> i64 {
    at.clamp(0, (1 << 42) - 1) << KEY_LOW_BITS
}

/// An amount with its sign, in main units.
pub(crate) fn decimal(micros: i128) -> String {
    let sign = if micros < 0 { "-" } else { "" };
    let (size, unit) = (micros.unsigned_abs(), money::MICROS_PER_UNIT.unsigned_abs());
    format!(
        "{sign}{}.{:06}",
        size / u128::from(unit),
        size % u128::from(unit)
    )
}

/// A public id: `1` for a transaction or `S` for a subscription, the key and the nonce in base 32.
pub(crate) fn public_id(prefix: char, key: i64, nonce: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let letter = |digit: u64| ALPHABET.get(usize::try_from(digit).unwrap_or(0)).copied();
    let mut id = String::from(prefix);
    let bits = u64::from_be_bytes(key.to_be_bytes());
    id.extend(
        (0..13)
            .rev()
            .filter_map(|place| letter((bits >> (5 * place)) & 31))
            .map(char::from),
    );
    let (mut held, mut count) = (0_u64, 0_u32);
    for byte in nonce {
        held = ((held << 8) | u64::from(*byte)) & 0xfff;
        count += 8;
        while 5 <= count {
            count -= 5;
            id.extend(letter((held >> count) & 31).map(char::from));
        }
    }
    if 0 < count {
        id.extend(letter((held << (5 - count)) & 31).map(char::from));
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_35_characters_and_carry_the_key() {
        let id = public_id('1', 1 << 62, &[0xff; 13]);
        assert_eq!(id.len(), 35);
        assert_eq!(&id[..14], "14000000000000");
        assert_eq!(&id[14..34], "ZZZZZZZZZZZZZZZZZZZZ");
        assert_eq!(&id[34..], "Y", "the last four bits, padded");
    }

    #[test]
    fn amounts_print_six_decimals() {
        let table = [
            (0, "0.000000"),
            (-1, "-0.000001"),
            (12_500_000, "12.500000"),
        ];
        for (micros, text) in table {
            assert_eq!(decimal(micros), text);
        }
    }
}
