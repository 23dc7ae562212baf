//! From a verified call to what the core, or a reading, is asked.
//!
//! **Order of refusals:** a parameter that the action does not know; then, in the order of the
//! schema, what is missing or malformed.

mod fields;
mod payment;
mod read;
mod subscriptions;
mod tallies;
mod tokens;
mod transactions;

use payments::commands::InstallInstruction;
use payments::{AccountKey, By, Command};

use crate::{Action, VerifiedCall, WireError};
use fields::Fields;
pub use read::{ActivityAsked, Read, TokenAsked, TokenFilter};

/// What a caller wants.
#[derive(Clone, Debug)]
pub enum Request {
    /// Something to be decided.
    Command(Command),
    /// A text to be installed, once the account's own instruments are found: it can name none.
    Install(Box<InstallInstruction>),
    /// Something to be looked up.
    Read(Read),
    /// Whether a message came from this server.
    VerifySignature {
        /// Where it was received.
        url_end_point: String,
        /// What it said, form-encoded.
        http_parameters: String,
    },
}

impl VerifiedCall<'_> {
    /// What is asked, for the account whose key or certificate signed.
    ///
    /// # Errors
    /// `InvalidRequest` for a parameter that the action does not know; `InvalidParams` naming what is
    /// missing or malformed; `AmountOutOfRange` for an amount beyond all bounds.
    pub fn request(self, caller: AccountKey) -> Result<Request, WireError> {
        let unknown = self.pairs.iter().find(|(name, _)| !self.action.knows(name));
        if let Some((name, _)) = unknown {
            return Err(WireError::unknown_parameter(self.version, name));
        }
        let by = By {
            caller,
            credential: self.credential,
            date: self.date,
            mark: self.mark,
        };
        let fields = Fields::new(&self.pairs, self.action)?;
        let read = |what| Ok(Request::Read(what));
        match self.action {
            Action::Cancel => transactions::cancel(&fields, by),
            Action::CancelSubscriptionAndRefund => subscriptions::cancel(&fields, by),
            Action::CancelToken => tokens::cancel_token(&fields, by),
            Action::FundPrepaid => tallies::fund(&fields, by),
            Action::GetAccountActivity => read::activity(&fields).and_then(read),
            Action::GetAccountBalance => read(Read::AccountBalance),
            Action::GetDebtBalance => {
                let tally = fields.required_tally("CreditInstrumentId")?;
                read(Read::DebtBalance(tally))
            }
            Action::GetOutstandingDebtBalance => read(Read::OutstandingDebt),
            Action::GetPaymentInstruction => {
                read(Read::PaymentInstruction(fields.required_token("TokenId")?))
            }
            Action::GetPrepaidBalance => {
                let tally = fields.required_tally("PrepaidInstrumentId")?;
                read(Read::PrepaidBalance(tally))
            }
            Action::GetRecipientVerificationStatus => {
                let token = fields.required_token("RecipientTokenId")?;
                read(Read::RecipientVerification(token))
            }
            Action::GetSubscriptionDetails => {
                read(Read::Subscription(fields.required_subscription()?))
            }
            Action::GetTokenByCaller => read::token_by_caller(&fields).and_then(read),
            Action::GetTokenUsage => read(Read::TokenUsage(fields.required_token("TokenId")?)),
            Action::GetTokens => read::tokens(&fields).and_then(read),
            Action::GetTotalPrepaidLiability => read(Read::PrepaidLiability),
            Action::GetTransaction => read(Read::Transaction(
                fields.required_transaction("TransactionId")?,
            )),
            Action::GetTransactionStatus => {
                let id = fields.required_transaction("TransactionId")?;
                read(Read::TransactionStatus(id))
            }
            Action::GetTransactionsForSubscription => {
                let id = fields.required_subscription()?;
                read(Read::SubscriptionTransactions(id))
            }
            Action::InstallPaymentInstruction => tokens::install(&fields, by),
            Action::Pay => payment::pay(&fields, by),
            Action::Refund => transactions::refund(&fields, by),
            Action::Reserve => payment::reserve(&fields, by),
            Action::Settle => transactions::settle(&fields, by),
            Action::VerifySignature => Ok(Request::VerifySignature {
                url_end_point: fields.required_text("UrlEndPoint")?,
                http_parameters: fields.required_text("HttpParameters")?,
            }),
            Action::SettleDebt => tallies::settle(&fields, by),
            Action::WriteOffDebt => tallies::write_off(&fields, by),
        }
    }
}
