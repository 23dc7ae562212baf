//! What one link of the chain says: every row that was added, in full; of a row that was there before,
//! its key and whatever may have changed. What is fixed in it an earlier link has said.

use payments::rows::{Notification, Token, Transaction};
use payments::{ChangeSet, NotificationKey, TokenKey, TransactionKey};
use serde::Serialize;

use super::bytes;

/// Appends what the link says. Keys from `first_key` on are the batch's own: their rows are new.
pub(super) fn write(changes: &ChangeSet, first_key: i64, out: &mut Vec<u8>) {
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
    bytes::write(&(accounts, emails, access_keys), out);
    bytes::write(&(certificates, instruments), out);
    rows(tokens, out, |TokenKey(key), row, out| {
        if *key < first_key {
            token(row, out);
        } else {
            bytes::write(row, out);
        }
    });
    bytes::write(token_references, out);
    rows(transactions, out, |TransactionKey(key), row, out| {
        if *key < first_key {
            transaction(row, out);
        } else {
            bytes::write(row, out);
        }
    });
    bytes::write(&(references, balances, tallies), out);
    bytes::write(&(subscriptions, works), out);
    rows(notifications, out, |NotificationKey(key), row, out| {
        if *key < first_key {
            notification(row, out);
        } else {
            bytes::write(row, out);
        }
    });
    bytes::write(&(documents, settings, added), out);
}

/// The rows of one table, each behind its key; how a row is written follows from its key alone.
fn rows<K: Serialize, V>(
    rows: &[(K, Option<std::sync::Arc<V>>)],
    out: &mut Vec<u8>,
    write: impl Fn(&K, &V, &mut Vec<u8>),
) {
    bytes::write(&rows.len(), out);
    for (key, row) in rows {
        bytes::write(&(key, row.is_some()), out);
        if let Some(row) = row {
            write(key, row, out);
        }
    }
}

fn transaction(row: &Transaction, out: &mut Vec<u8>) {
    // Named one by one, so that a new field has to be put on one side or the other.
    let Transaction {
        key: _,
        nonce: _,
        operation: _,
        method: _,
        caller: _,
        sender: _,
        recipient: _,
        sender_token: _,
        recipient_token: _,
        instrument: _,
        tally: _,
        parent: _,
        amount: _,
        received_at: _,
        caller_reference: _,
        asked: _,
        caller_date: _,
        timeout_at: _,
        fee_lines: _,
        state,
        code,
        message,
        settled,
        fees,
        refunds,
        release,
        events,
        postings,
        settle_mark,
        cancel_mark,
        completed_at,
        notify_url,
    } = row;
    bytes::write(&(state, code, message, settled, fees, refunds), out);
    let counts = (release, events, postings);
    bytes::write(
        &(counts, settle_mark, cancel_mark, completed_at, notify_url),
        out,
    );
}

fn token(row: &Token, out: &mut Vec<u8>) {
    let Token {
        key: _,
        nonce: _,
        account: _,
        installer: _,
        facts: _,
        status,
        used,
        uses,
        windows,
        used_at,
        successor,
    } = row;
    bytes::write(&(status, used, uses, windows, used_at, successor), out);
}

fn notification(row: &Notification, out: &mut Vec<u8>) {
    let Notification {
        key: _,
        account: _,
        url: _,
        certificate: _,
        subject: _,
        created_at: _,
        delivery,
        tries,
    } = row;
    bytes::write(&(delivery, tries), out);
}
