//! The tables: the columns of each, in the order in which its row gives its values.

use payments::rows::{Attempt, DocumentId, Event};
use payments::tables::{PostingRow, Relation, RoleNumber, TokenReference};
use payments::{
    AccessKeyId, AccountKey, CallerReference, Fingerprint, InstrumentKey, NotificationKey,
    SubscriptionKey, TallyKey, Timestamp, TokenKey, TransactionKey, WorkId,
};
use store::Outage;
use store::rows::codec::Fields;
use store::rows::{
    AccessKeys, Accounts, Balances, Certificates, Documents, Emails, Instruments, Notifications,
    References, Settings, Subscriptions, Tallies, TokenReferences, Tokens, Transactions, Works,
};

use crate::table::{Log, Table};

/// Calls a macro with every table of a working set and its type, in the order of locking.
macro_rules! each_table {
    ($each:ident) => {
        $each! {
            accounts: Accounts, emails: Emails, access_keys: AccessKeys,
            certificates: Certificates, instruments: Instruments, tokens: Tokens, token_references: TokenReferences,
            transactions: Transactions, references: References, balances: Balances,
            tallies: Tallies, subscriptions: Subscriptions, works: Works, notifications: Notifications, documents: Documents,
            settings: Settings
        }
    };
}
pub(crate) use each_table;

impl Table for Accounts {
    const KEY: &'static str = "key:i";
    const FIXED: &'static str = "";
    const CHANGING: &'static str = "kind:i name:t email:t email_verified:i status:i marketplace:i \
        ipn_url:t return_origins:t descriptor:t password_hash:t webhook_secret:b created_at:i \
        verification:i";

    fn read_key(from: &mut impl Fields) -> Result<AccountKey, Outage> {
        from.get().map(AccountKey)
    }
}

impl Table for Emails {
    const KEY: &'static str = "email:t";
    const FIXED: &'static str = "";
    const CHANGING: &'static str = "account:i";

    fn read_key(from: &mut impl Fields) -> Result<String, Outage> {
        from.get()
    }
}

impl Table for AccessKeys {
    const KEY: &'static str = "id:t";
    const FIXED: &'static str = "";
    const CHANGING: &'static str = "account:i sealed_secret:b active:i created_at:i";

    fn read_key(from: &mut impl Fields) -> Result<AccessKeyId, Outage> {
        let id = AccessKeyId::parse(&from.get::<String>()?);
        id.ok_or_else(|| from.corrupt("not an access key id"))
    }
}

impl Table for Certificates {
    const KEY: &'static str = "fingerprint:b";
    const FIXED: &'static str = "";
    const CHANGING: &'static str = "account:i der:b active:i created_at:i";

    fn read_key(from: &mut impl Fields) -> Result<Fingerprint, Outage> {
        from.get().map(Fingerprint)
    }
}

impl Table for Tallies {
    const KEY: &'static str = "key:i";
    const FIXED: &'static str = "nonce:b kind:i sender:i recipient:i currency:t max:i \
        spending_token:i installed_at:i valid_from:i expires_at:i";
    const CHANGING: &'static str = "moving_token:i balance:i pending:i";

    fn read_key(from: &mut impl Fields) -> Result<TallyKey, Outage> {
        from.get().map(TallyKey)
    }
}

impl Table for Subscriptions {
    const KEY: &'static str = "key:i";
    const FIXED: &'static str = "nonce:b caller:i sender:i token:i plan:t starts_at:i \
        notify_url:t";
    const CHANGING: &'static str = "status:i charges:i last:i next_at:i";

    fn read_key(from: &mut impl Fields) -> Result<SubscriptionKey, Outage> {
        from.get().map(SubscriptionKey)
    }
}

impl Table for Instruments {
    const KEY: &'static str = "key:i";
    const FIXED: &'static str = "";
    const CHANGING: &'static str = "account:i kind:i last_four:t name:t brand:t expiry_month:i \
        expiry_year:i routing_number:t verified:i sealed_number:b removed:i created_at:i";

    fn read_key(from: &mut impl Fields) -> Result<InstrumentKey, Outage> {
        from.get().map(InstrumentKey)
    }
}

impl Table for Tokens {
    const KEY: &'static str = "key:i";
    const FIXED: &'static str = "nonce:b account:i installer:i facts:t";
    const CHANGING: &'static str = "status:i currency:t used:i uses:i windows:t used_at:i \
        successor:i";
    const IS_MARKED: bool = true;

    fn read_key(from: &mut impl Fields) -> Result<TokenKey, Outage> {
        from.get().map(TokenKey)
    }
}

impl Table for TokenReferences {
    const KEY: &'static str = "installer:i role:i reference:t";
    const FIXED: &'static str = "";
    const CHANGING: &'static str = "token:i";

    fn read_key(from: &mut impl Fields) -> Result<TokenReference, Outage> {
        Ok(TokenReference {
            installer: from.get().map(AccountKey)?,
            role: from.get().map(RoleNumber)?,
            reference: reference(from)?,
        })
    }
}

impl Table for Transactions {
    const KEY: &'static str = "key:i";
    const FIXED: &'static str = "nonce:b operation:i method:i caller:i sender:i recipient:i \
        sender_token:i recipient_token:i instrument:i tally:i parent:i currency:t amount:i received_at:i \
        reference:t caller_date:i timeout_at:i fee_payer:i marketplace_fixed:i marketplace_rate:i details:t";
    const CHANGING: &'static str = "state:i reserved_at:i code:i message:t settled:i fps_fee:i \
        marketplace_fee:i caller_held:i refunded:i marketplace_refunded:i fps_fee_returned:i \
        marketplace_fee_returned:i release:i events:i postings:i settle_mark:b cancel_mark:b \
        completed_at:i notify_url:t";
    const IS_MARKED: bool = true;

    fn read_key(from: &mut impl Fields) -> Result<TransactionKey, Outage> {
        from.get().map(TransactionKey)
    }
}

impl Table for References {
    const KEY: &'static str = "caller:i reference:t";
    const FIXED: &'static str = "";
    const CHANGING: &'static str = "transaction_key:i refused:t";

    fn read_key(from: &mut impl Fields) -> Result<(AccountKey, CallerReference), Outage> {
        Ok((from.get().map(AccountKey)?, reference(from)?))
    }
}

impl Table for Balances {
    const KEY: &'static str = "account:i lane:i";
    const FIXED: &'static str = "";
    const CHANGING: &'static str = "available:i pending_in:i pending_out:i";

    fn read_key(from: &mut impl Fields) -> Result<(AccountKey, u16), Outage> {
        Ok((from.get().map(AccountKey)?, from.get()?))
    }
}

impl Table for Works {
    const KEY: &'static str = "due:i key:i";
    const FIXED: &'static str = "";
    const CHANGING: &'static str = "kind:i subject:i tries:i since:i leased_until:i";

    fn read_key(from: &mut impl Fields) -> Result<WorkId, Outage> {
        let (due, key) = (Timestamp(from.get()?), from.get()?);
        Ok(WorkId { due, key })
    }
}

impl Table for Notifications {
    const KEY: &'static str = "key:i";
    const FIXED: &'static str = "account:i url:t certificate:t subject:t transaction_key:i! \
        event:i! created_at:i";
    const CHANGING: &'static str = "delivery:i tries:i";

    fn read_key(from: &mut impl Fields) -> Result<NotificationKey, Outage> {
        from.get().map(NotificationKey)
    }
}

impl Table for Documents {
    const KEY: &'static str = "kind:t id:t";
    const FIXED: &'static str = "";
    const CHANGING: &'static str = "content:t expires_at:i";

    fn read_key(from: &mut impl Fields) -> Result<DocumentId, Outage> {
        Ok(DocumentId {
            kind: from.get()?,
            id: from.get()?,
        })
    }
}

impl Table for Settings {
    const KEY: &'static str = "name:t";
    const FIXED: &'static str = "";
    const CHANGING: &'static str = "value:t";

    fn read_key(from: &mut impl Fields) -> Result<String, Outage> {
        from.get()
    }
}

impl Log for Event {
    const NAME: &'static str = "events";
    const COLUMNS: &'static str = "transaction_key:i number:i at:i operation:i status:i code:i \
        currency:t amount:i message:t";
}

impl Log for PostingRow {
    const NAME: &'static str = "postings";
    const COLUMNS: &'static str = "transaction_key:i line:i event:i reason:i layer:i debit_kind:i \
        debit_owner:i credit_kind:i credit_owner:i currency:t amount:i";
}

impl Log for Attempt {
    const NAME: &'static str = "attempts";
    const COLUMNS: &'static str = "notification:i number:i at:i took_ms:i http_status:i problem:t";
}

impl Log for Relation {
    const NAME: &'static str = "relations";
    const COLUMNS: &'static str = "parent:i child:i";
}

fn reference(from: &mut impl Fields) -> Result<CallerReference, Outage> {
    let reference = CallerReference::parse(&from.get::<String>()?);
    reference.map_err(|_| from.corrupt("not a caller reference"))
}
