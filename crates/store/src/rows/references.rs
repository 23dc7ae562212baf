//! What callers name things by: caller references of transactions and of tokens.

use crate::Outage;
use payments::rows::Reference;
use payments::tables::TokenReference;
use payments::{AccountKey, Asked, CallerReference, Refusal, TokenKey, TransactionKey};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::sync::Arc;

use super::codec::{Fields, Keyed, Values};

/// The table `caller_references`.
pub struct References;
/// The table `token_references`.
pub struct TokenReferences;

/// A request that made no transaction.
#[derive(Serialize, Deserialize)]
struct Refused<'a> {
    asked: Cow<'a, Asked>,
    refusal: Option<Cow<'a, Refusal>>,
}

impl Keyed for References {
    type Key = (AccountKey, CallerReference);
    type Row = Reference;
    const NAME: &'static str = "caller_references";

    fn put_key(key: &Self::Key, to: &mut impl Values) -> Result<(), Outage> {
        to.put(key.0.0)?;
        to.put(key.1.as_str())
    }

    fn put(row: &Reference, to: &mut impl Values) -> Result<(), Outage> {
        let refused = match row {
            Reference::Transaction(key) => {
                to.put(key.0)?;
                return to.put(None::<&str>);
            }
            Reference::Refused { asked, refusal } => Refused {
                asked: Cow::Borrowed(asked.as_ref()),
                refusal: Some(Cow::Borrowed(refusal)),
            },
            Reference::Bound { asked } => Refused {
                asked: Cow::Borrowed(asked.as_ref()),
                refusal: None,
            },
        };
        to.put(None::<i64>)?;
        to.put_json(&refused)
    }

    fn read(_key: &Self::Key, from: &mut impl Fields) -> Result<Reference, Outage> {
        let transaction: Option<i64> = from.get()?;
        let refused: Option<String> = from.get()?;
        match (transaction, refused) {
            (Some(key), None) => Ok(Reference::Transaction(TransactionKey(key))),
            (None, Some(text)) => {
                let refused: Refused =
                    serde_json::from_str(&text).map_err(|p| from.corrupt(&p.to_string()))?;
                let asked = Arc::new(refused.asked.into_owned());
                Ok(match refused.refusal {
                    Some(refusal) => Reference::Refused {
                        asked,
                        refusal: refusal.into_owned(),
                    },
                    None => Reference::Bound { asked },
                })
            }
            (Some(_), Some(_)) | (None, None) => {
                Err(from.corrupt("exactly one of transaction_key and refused is set"))
            }
        }
    }
}

impl Keyed for TokenReferences {
    type Key = TokenReference;
    type Row = TokenKey;
    const NAME: &'static str = "token_references";

    fn put_key(key: &TokenReference, to: &mut impl Values) -> Result<(), Outage> {
        to.put(key.installer.0)?;
        to.put(key.role.0)?;
        to.put(key.reference.as_str())
    }

    fn put(row: &TokenKey, to: &mut impl Values) -> Result<(), Outage> {
        to.put(row.0)
    }

    fn read(_key: &TokenReference, from: &mut impl Fields) -> Result<TokenKey, Outage> {
        from.get().map(TokenKey)
    }
}
