//! What a caller reference has been used for.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{Asked, Refusal, TransactionKey};

/// One outcome per caller and caller reference, for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reference {
    /// It made this transaction.
    Transaction(TransactionKey),
    /// It was refused, and stays refused.
    Refused {
        /// What was asked.
        asked: Arc<Asked>,
        /// What was answered.
        refusal: Refusal,
    },
    /// It was refused for a reason that may pass: the same request may be decided again, another
    /// may not take its place.
    Bound {
        /// What was asked.
        asked: Arc<Asked>,
    },
}
