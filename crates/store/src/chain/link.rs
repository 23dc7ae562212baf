//! What one link of the chain says: every row that was added, in full; of a row that was there before,
//! its key and whatever may have changed. What is fixed in it an earlier link has said. A row is told
//! in the values of its columns, the same that every database is given.

use payments::ChangeSet;
use serde::Serialize;

use super::bytes;
use crate::Outage;
use crate::rows::codec::{Added, Change, Keyed, Values};
use crate::rows::{
    AccessKeys, Accounts, Balances, Certificates, Documents, Emails, Instruments, Notifications,
    References, Settings, Subscriptions, Tallies, TokenReferences, Tokens, Transactions, Works,
};

/// Appends what the link says. Keys from `first_key` on are the batch's own: their rows are new.
pub(super) fn write(changes: &ChangeSet, first_key: i64, out: &mut Vec<u8>) {
    let mut told = Told { out, first_key };
    told.changes(changes)
        .expect("what is only told cannot be refused");
}

/// Values as bytes, one after another. Each begins with how many bytes it has, or says that it is
/// nothing, so what differs has other bytes.
struct Told<'a> {
    out: &'a mut Vec<u8>,
    first_key: i64,
}

impl Told<'_> {
    fn changes(&mut self, changes: &ChangeSet) -> Result<(), Outage> {
        // Named one by one, so that a new table cannot be left out.
        let ChangeSet {
            accounts,
            emails,
            access_keys,
            certificates,
            instruments,
            tokens,
            token_references,
            transactions,
            references,
            balances,
            tallies,
            subscriptions,
            works,
            notifications,
            documents,
            settings,
            added,
        } = changes;
        self.keyed::<Accounts>(accounts)?;
        self.keyed::<Emails>(emails)?;
        self.keyed::<AccessKeys>(access_keys)?;
        self.keyed::<Certificates>(certificates)?;
        self.keyed::<Instruments>(instruments)?;
        self.keyed::<Tokens>(tokens)?;
        self.keyed::<TokenReferences>(token_references)?;
        self.keyed::<Transactions>(transactions)?;
        self.keyed::<References>(references)?;
        self.keyed::<Balances>(balances)?;
        self.keyed::<Tallies>(tallies)?;
        self.keyed::<Subscriptions>(subscriptions)?;
        self.keyed::<Works>(works)?;
        self.keyed::<Notifications>(notifications)?;
        self.keyed::<Documents>(documents)?;
        self.keyed::<Settings>(settings)?;
        self.added(&added.events)?;
        self.added(&added.postings)?;
        self.added(&added.attempts)?;
        self.added(&added.relations)
    }

    /// The rows of one table, each behind its key; how a row is told follows from its key alone.
    fn keyed<T: Keyed>(&mut self, changes: &[Change<T>]) -> Result<(), Outage> {
        bytes::length(changes.len(), self.out);
        for (key, row) in changes {
            T::put_key(key, self)?;
            self.out.push(u8::from(row.is_some()));
            match row {
                Some(row) if T::is_old(key, self.first_key) => T::put_changing(row, self)?,
                Some(row) => T::put(row, self)?,
                None => {}
            }
        }
        Ok(())
    }

    fn added<T: Added>(&mut self, rows: &[T]) -> Result<(), Outage> {
        bytes::length(rows.len(), self.out);
        rows.iter().try_for_each(|row| row.put(self))
    }
}

impl Values for Told<'_> {
    fn int(&mut self, value: Option<i64>) -> Result<(), Outage> {
        match value {
            Some(value) => bytes::number(value, self.out),
            None => bytes::nothing(self.out),
        }
        Ok(())
    }

    fn text(&mut self, value: Option<&str>) -> Result<(), Outage> {
        self.bytes(value.map(str::as_bytes))
    }

    fn bytes(&mut self, value: Option<&[u8]>) -> Result<(), Outage> {
        match value {
            Some(value) => {
                bytes::length(value.len(), self.out);
                self.out.extend_from_slice(value);
            }
            None => bytes::nothing(self.out),
        }
        Ok(())
    }

    /// Shorter than JSON, and made without it.
    fn put_json(&mut self, value: &impl Serialize) -> Result<(), Outage> {
        bytes::write(value, self.out);
        Ok(())
    }
}
