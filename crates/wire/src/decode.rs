//! From a verified call to what the core, or a reading, is asked.
//!
//! **Order of refusals:** a parameter that the action does not know; then, in the order of the
//! schema, what is missing or malformed.

mod fields;
mod payment;
mod tokens;
mod transactions;

use payments::{AccountKey, By, CallerReference, Command, TokenId, TransactionId};

use crate::{Action, VerifiedCall, WireError};
use fields::Fields;

/// What a caller wants.
#[derive(Clone, Debug)]
pub enum Request {
    /// Something to be decided.
    Command(Command),
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

/// What a caller wants to see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read {
    /// Everything about a transaction.
    Transaction(TransactionId),
    /// Where a transaction stands.
    TransactionStatus(TransactionId),
    /// A token.
    Token(TokenAsked),
    /// The caller's own balance.
    AccountBalance,
}

/// How a token is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenAsked {
    /// By its id.
    Id(TokenId),
    /// By the reference it was made under.
    Reference(CallerReference),
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
        let fields = Fields::new(&self.pairs);
        match self.action {
            Action::Cancel => transactions::cancel(&fields, by),
            Action::CancelToken => tokens::cancel_token(&fields, by),
            Action::GetAccountBalance => Ok(Request::Read(Read::AccountBalance)),
            Action::GetTokenByCaller => tokens::get_token_by_caller(&fields),
            Action::GetTransaction => transactions::get(&fields, Read::Transaction),
            Action::GetTransactionStatus => transactions::get(&fields, Read::TransactionStatus),
            Action::Pay => payment::pay(&fields, by),
            Action::Refund => transactions::refund(&fields, by),
            Action::Reserve => payment::reserve(&fields, by),
            Action::Settle => transactions::settle(&fields, by),
            Action::VerifySignature => Ok(Request::VerifySignature {
                url_end_point: fields.required_text("UrlEndPoint")?,
                http_parameters: fields.required_text("HttpParameters")?,
            }),
        }
    }
}
