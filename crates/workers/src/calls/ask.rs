//! A row of work as a call to the processor.

use payments::rows::{self, Account, Instrument, SoftDescriptorType, Transaction, WorkKind};
use payments::terms::DESCRIPTOR_LENGTH;
use payments::{AccountKey, Asked};
use processor::{
    Answer, Authorize, BankDetails, BankNumber, CallError, Calling, Capture, CardDetails,
    CardNumber, Kind, Means, Processor, ProcessorKey, Refund, RoutingNumber, Void,
};
use store::WorkItem;
use vault::{MasterKeys, Purpose};

/// The owner that the number of a card or bank account is sealed for: the account, whose key is known
/// before the instrument has a row.
pub const fn card_owner(account: AccountKey) -> i64 {
    account.0
}

/// Why a row of work is no call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NoCall {
    /// A row that the call needs is not there.
    #[error("the {0} is missing")]
    Missing(&'static str),
    /// The number of the card or bank account does not open, or is not one.
    #[error("the number of the card or bank account cannot be read")]
    Number,
    /// The work is not for the processor.
    #[error("the processor is never asked this")]
    Kind,
}

/// A call, ready to be made.
pub(super) enum Call {
    Authorize(Authorize),
    Capture(Capture),
    Void(Void),
    Refund(Refund),
}

impl Call {
    /// Draws up the call. A number is opened here, just before it leaves.
    pub(super) fn of(item: &WorkItem, cards: &MasterKeys) -> Result<Call, NoCall> {
        let transaction = transaction(item)?;
        let id = transaction.id();
        let first = |kind| first_key(id.as_str(), kind);
        let key = first(kind(item)?);
        let currency = transaction.amount.currency().as_str().to_owned();
        match item.work.kind {
            WorkKind::Authorize => Ok(Call::Authorize(Authorize {
                key,
                means: means(item.instrument.as_deref(), cards)?,
                amount_micros: transaction.amount.micros(),
                currency,
                descriptor: descriptor(item, transaction),
            })),
            WorkKind::Capture => Ok(Call::Capture(Capture {
                key,
                authorization_key: first(Kind::Authorize),
                amount_micros: transaction.settled.micros(),
                currency,
            })),
            WorkKind::Void => Ok(Call::Void(Void {
                key,
                authorization_key: first(Kind::Authorize),
            })),
            WorkKind::Refund => {
                let parent = item.parent.as_ref();
                let parent = parent.ok_or(NoCall::Missing("refunded transaction"))?;
                Ok(Call::Refund(Refund {
                    key,
                    capture_key: first_key(parent.id().as_str(), Kind::Capture),
                    amount_micros: transaction.settled.micros(),
                    currency,
                }))
            }
            WorkKind::TimeOut | WorkKind::Deadline | WorkKind::Notify | WorkKind::Charge => {
                Err(NoCall::Kind)
            }
        }
    }

    /// Makes the call.
    pub(super) fn send(self, processor: &dyn Processor) -> Calling<'_, Result<Answer, CallError>> {
        match self {
            Call::Authorize(call) => processor.authorize(call),
            Call::Capture(call) => processor.capture(call),
            Call::Void(call) => processor.void(call),
            Call::Refund(call) => processor.refund(call),
        }
    }
}

/// The key under which the processor knows this work.
pub(super) fn key(item: &WorkItem) -> Result<ProcessorKey, NoCall> {
    let kind = kind(item)?;
    Ok(first_key(transaction(item)?.id().as_str(), kind))
}

fn kind(item: &WorkItem) -> Result<Kind, NoCall> {
    match item.work.kind {
        WorkKind::Authorize => Ok(Kind::Authorize),
        WorkKind::Capture => Ok(Kind::Capture),
        WorkKind::Void => Ok(Kind::Void),
        WorkKind::Refund => Ok(Kind::Refund),
        WorkKind::TimeOut | WorkKind::Deadline | WorkKind::Notify | WorkKind::Charge => {
            Err(NoCall::Kind)
        }
    }
}

fn first_key(id: &str, kind: Kind) -> ProcessorKey {
    ProcessorKey::first(id, kind).expect("a transaction id fits in a key")
}

fn transaction(item: &WorkItem) -> Result<&Transaction, NoCall> {
    item.transaction
        .as_deref()
        .ok_or(NoCall::Missing("transaction"))
}

fn means(instrument: Option<&Instrument>, keys: &MasterKeys) -> Result<Means, NoCall> {
    let instrument = instrument.ok_or(NoCall::Missing("card or bank account"))?;
    let owner = card_owner(instrument.account);
    let purpose = match instrument.means {
        rows::Means::Card(_) => Purpose::CardNumber,
        rows::Means::Bank(_) => Purpose::BankNumber,
    };
    let opened = keys.open(purpose, owner, &instrument.sealed_number);
    let digits = opened.map_err(|_| NoCall::Number)?;
    let digits = std::str::from_utf8(&digits).map_err(|_| NoCall::Number)?;
    match &instrument.means {
        rows::Means::Card(card) => Ok(Means::Card(CardDetails {
            number: CardNumber::parse(digits).map_err(|_| NoCall::Number)?,
            expiry_month: card.expiry_month,
            expiry_year: card.expiry_year,
            name: card.name.clone(),
        })),
        rows::Means::Bank(bank) => Ok(Means::Bank(BankDetails {
            routing: RoutingNumber::parse(&bank.routing_number).map_err(|_| NoCall::Number)?,
            number: BankNumber::parse(digits).map_err(|_| NoCall::Number)?,
            name: bank.name.clone(),
        })),
    }
}

/// What stands on the card statement: the recipient's own text, or, when the caller asks for it, the
/// first characters of what it tells the sender.
fn descriptor(item: &WorkItem, transaction: &Transaction) -> String {
    let short = |text: &str| text.chars().take(DESCRIPTOR_LENGTH).collect();
    if let Some(text) = dynamic(&transaction.asked) {
        return short(text);
    }
    match item.recipient.as_deref() {
        Some(Account {
            descriptor: Some(text),
            ..
        }) => text.clone(),
        Some(account) => short(&account.name),
        None => String::new(),
    }
}

fn dynamic(asked: &Asked) -> Option<&str> {
    match asked.descriptor().and_then(|policy| policy.kind) {
        Some(SoftDescriptorType::Dynamic) => asked.sender_description(),
        Some(SoftDescriptorType::Static) | None => None,
    }
}
