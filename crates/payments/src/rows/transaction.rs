//! Transactions: the life of one payment, reservation, refund or write-off.

use std::sync::Arc;

use money::{Amount, Currency, FeeRule, Rate};
use serde::{Deserialize, Serialize};

use super::{Operation, Status, StatusCode};
use crate::ids::TRANSACTION_NONCE_BYTES;
use crate::terms::{FeeLine, RESERVATION_LIFE_MS};
use crate::{
    AccountKey, Asked, CallerReference, InstrumentKey, TallyKey, Timestamp, TokenKey,
    TransactionId, TransactionKey,
};

/// One transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transaction {
    /// Its key; its time is when it was received.
    pub key: TransactionKey,
    /// The random bytes of its id.
    pub nonce: [u8; TRANSACTION_NONCE_BYTES],
    /// What it was made to do; never settle, which is a step of a reservation.
    pub operation: Operation,
    /// By which means.
    pub method: PaymentMethod,
    /// Who asked for it.
    pub caller: AccountKey,
    /// Who pays.
    pub sender: AccountKey,
    /// Who is paid.
    pub recipient: AccountKey,
    /// The sender's token.
    pub sender_token: Option<TokenKey>,
    /// The recipient's token.
    pub recipient_token: Option<TokenKey>,
    /// The card.
    pub instrument: Option<InstrumentKey>,
    /// The prepaid or credit instrument that it changes.
    pub tally: Option<TallyKey>,
    /// The transaction this one refunds.
    pub parent: Option<TransactionKey>,
    /// The amount asked for.
    pub amount: Amount,
    /// When it was received, in product time.
    pub received_at: Timestamp,
    /// The caller's reference.
    pub caller_reference: CallerReference,
    /// What was asked, as it was sent; never changed.
    pub asked: Arc<Asked>,
    /// The time on the caller's request.
    pub caller_date: Timestamp,
    /// When authorising is given up.
    pub timeout_at: Timestamp,
    /// Where its life stands.
    pub state: State,
    /// Why the state is what it is.
    pub code: StatusCode,
    /// The processor's own words about it.
    pub message: Option<String>,
    /// What is charged in the end, once that is decided.
    pub settled: Amount,
    /// The provider's fee schedule for its method, as it was when it was made; never changed.
    pub fee_lines: Arc<[FeeLine]>,
    /// Its fees.
    pub fees: Fees,
    /// What has been given back of it.
    pub refunds: Refunds,
    /// Whether an authorisation may still be alive at the network.
    pub release: Release,
    /// Events so far.
    pub events: u16,
    /// Postings so far.
    pub postings: u16,
    /// The digest of the signed request that won the Settle.
    pub settle_mark: Option<[u8; 16]>,
    /// The digest of the signed request that won the Cancel.
    pub cancel_mark: Option<[u8; 16]>,
    /// When it was completed, in product time.
    pub completed_at: Option<Timestamp>,
    /// Where its notifications go instead of the account's URL.
    pub notify_url: Option<String>,
}

/// Where the life of a transaction stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// The processor has been asked to hold the amount. Cancel and time-out act.
    Authorising,
    /// Held on the card since then; settled, cancelled or expired next.
    Reserved {
        /// When it became so: the deadline counts from here.
        since: Timestamp,
    },
    /// The processor has been asked to take the amount. Nothing but its answer acts.
    Capturing,
    /// The processor has been asked to give the amount back.
    Refunding,
    /// Done.
    Succeeded,
    /// Failed.
    Failed,
    /// Ended by the caller or by time.
    Cancelled,
}

/// Whether an authorisation may be alive at the network after the transaction has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[repr(u8)]
pub enum Release {
    /// There is nothing to release.
    None = 0,
    /// A row of work will release it.
    Owed = 1,
    /// It has been released.
    Done = 2,
}

/// How money is moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum PaymentMethod {
    /// `CC`: a card.
    Card = 1,
    /// `ACH`: a bank account.
    Bank = 2,
    /// `ABT`: the account balance.
    Balance = 3,
    /// `Debt`: a postpaid instrument.
    Debt = 4,
    /// `Prepaid`: a prepaid instrument.
    Prepaid = 5,
}

/// Who pays the provider's fee.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Payer {
    /// The caller.
    Caller,
    /// The recipient.
    Recipient,
}

/// The fees of a transaction: frozen when it is made, charged on what is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fees {
    /// The provider's rule: of the lines frozen with the transaction, the one for what is settled,
    /// or for what was asked as long as nothing is.
    pub rule: FeeRule,
    /// Who pays the provider's fee.
    pub payer: Payer,
    /// The fixed part of the caller's fee.
    pub marketplace_fixed: Amount,
    /// The caller's share.
    pub marketplace_rate: Rate,
    /// The provider's fee on `settled`; on a refund, what the provider gives back.
    pub fps_fee: Amount,
    /// The caller's fee on `settled`; on a refund, what the caller gives back.
    pub marketplace_fee: Amount,
    /// What is set aside of the caller's money for the provider's fee.
    pub caller_held: Amount,
}

impl Fees {
    /// Nothing is charged for it, whatever is settled.
    pub fn none(currency: Currency) -> Fees {
        let zero = Amount::zero(currency);
        Fees {
            rule: FeeRule::free(currency),
            payer: Payer::Recipient,
            marketplace_fixed: zero,
            marketplace_rate: Rate::ZERO,
            fps_fee: zero,
            marketplace_fee: zero,
            caller_held: zero,
        }
    }
}

/// What has been given back of a transaction, refunds under way included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refunds {
    /// To the sender.
    pub refunded: Amount,
    /// The part of `settled` whose marketplace fee went back to the recipient.
    pub marketplace_refunded: Amount,
    /// Of the provider's fee.
    pub fps_fee_returned: Amount,
    /// Of the marketplace fee.
    pub marketplace_fee_returned: Amount,
}

impl Refunds {
    /// Nothing has been given back.
    pub fn none(currency: Currency) -> Refunds {
        let zero = Amount::zero(currency);
        Refunds {
            refunded: zero,
            marketplace_refunded: zero,
            fps_fee_returned: zero,
            marketplace_fee_returned: zero,
        }
    }
}

/// The descriptor policy of a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Descriptor {
    /// Whose words stand on the card statement.
    pub kind: Option<SoftDescriptorType>,
    /// Whose telephone number.
    pub owner: Option<CSOwner>,
}

/// Whose words stand on the card statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SoftDescriptorType {
    /// The account's setting.
    Static,
    /// The first characters of the sender description.
    Dynamic,
}

/// Whose customer service is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CSOwner {
    /// The caller's.
    Caller,
    /// The recipient's.
    Recipient,
}

impl Transaction {
    /// Its public id.
    pub fn id(&self) -> TransactionId {
        TransactionId::of(self.key, &self.nonce)
    }

    /// The status that everybody sees.
    pub fn status(&self) -> Status {
        match self.state {
            State::Authorising | State::Capturing | State::Refunding => Status::Pending,
            State::Reserved { .. } => Status::Reserved,
            State::Succeeded => Status::Success,
            State::Failed => Status::Failure,
            State::Cancelled => Status::Cancelled,
        }
    }

    /// The amount that everybody sees: what was charged, once something was.
    pub fn amount_shown(&self) -> Amount {
        if self.settled.is_zero() {
            self.amount
        } else {
            self.settled
        }
    }

    /// What it is doing, as everybody sees it: a reserve that is being settled, or was, is a settle.
    pub fn operation_shown(&self) -> Operation {
        match self.operation {
            Operation::Reserve if !self.settled.is_zero() => Operation::Settle,
            Operation::Reserve => Operation::Reserve,
            Operation::Pay => Operation::Pay,
            Operation::Settle => Operation::Settle,
            Operation::Refund => Operation::Refund,
            Operation::FundPrepaid => Operation::FundPrepaid,
            Operation::SettleDebt => Operation::SettleDebt,
            Operation::WriteOffDebt => Operation::WriteOffDebt,
        }
    }

    /// Whether nothing will happen to it any more, refunds aside.
    pub fn has_ended(&self) -> bool {
        match self.state {
            State::Succeeded | State::Failed | State::Cancelled => true,
            State::Authorising | State::Reserved { .. } | State::Capturing | State::Refunding => {
                false
            }
        }
    }

    /// From when on it cannot be settled; only a reservation has a deadline.
    pub fn deadline(&self) -> Option<Timestamp> {
        match self.state {
            State::Reserved { since } => Some(since.plus_ms(RESERVATION_LIFE_MS)),
            State::Authorising
            | State::Capturing
            | State::Refunding
            | State::Succeeded
            | State::Failed
            | State::Cancelled => None,
        }
    }
}

impl PaymentMethod {
    /// From its stored number.
    pub fn from_number(number: u8) -> Option<PaymentMethod> {
        [
            PaymentMethod::Card,
            PaymentMethod::Bank,
            PaymentMethod::Balance,
            PaymentMethod::Debt,
            PaymentMethod::Prepaid,
        ]
        .into_iter()
        .find(|method| *method as u8 == number)
    }
}
