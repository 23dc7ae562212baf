//! What is kept: one typed row per concept.

mod account;
mod event;
mod fee_view;
mod instrument;
mod nonce;
mod notification;
mod reference;
mod subscription;
mod tally;
mod token;
mod transaction;
mod visit;
mod work;

pub use account::{AccessKey, Account, AccountStatus, AccountType, Certificate, Verification};
pub use event::{Event, Operation, Status, StatusCode};
pub use instrument::{BankAccount, Card, Instrument, Means};
pub use notification::{Attempt, Delivery, Notification, Subject, TokenFacts, TransactionFacts};
pub use reference::Reference;
pub use subscription::{Subscription, SubscriptionStatus};
pub use tally::{Tally, TallyKind};
pub use token::{
    AmountRule, RecipientTerms, Token, TokenFacts as TokenConsent, TokenRole, TokenStatus,
    TokenType, UsageLimit, UsageLimitKind, UsageWindow, WindowUse,
};
pub use transaction::{
    CSOwner, Descriptor, Fees, Payer, PaymentMethod, Refunds, Release, SoftDescriptorType, State,
    Transaction,
};
pub use visit::{Document, DocumentId};
pub use work::{PARKED, Work, WorkKind};
