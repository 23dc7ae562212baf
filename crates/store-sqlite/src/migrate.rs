//! Migrations: numbered, forward only, all of them in one transaction.

use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

use crate::OpenError;
use crate::row::failed;

/// Marks the file as ours: `HOLD`.
const APPLICATION_ID: i64 = 0x484f_4c44;

/// A step of the schema.
struct Migration {
    version: i64,
    /// The oldest release that can work with the schema after this step.
    oldest_binary: &'static str,
    sql: &'static str,
}

/// Append only.
const MIGRATIONS: [Migration; 3] = [
    Migration {
        version: 1,
        oldest_binary: "0.1.0",
        sql: include_str!("../migrations/0001_books.sql"),
    },
    Migration {
        version: 2,
        oldest_binary: "0.1.0",
        sql: include_str!("../migrations/0002_states.sql"),
    },
    Migration {
        version: 3,
        oldest_binary: "0.1.0",
        sql: include_str!("../migrations/0003_references.sql"),
    },
];

/// Brings the schema up to date, and stamps a new file with its mode.
pub(crate) fn migrate(connection: &mut Connection, mode: &str) -> Result<(), OpenError> {
    let failed = failed("migrating");
    let begun = connection.transaction_with_behavior(TransactionBehavior::Immediate);
    let transaction = begun.map_err(&failed)?;
    check_owner(&transaction)?;
    let before = version(&transaction)?;
    for step in MIGRATIONS.iter().filter(|step| before < step.version) {
        transaction.execute_batch(step.sql).map_err(&failed)?;
        let row = (step.version, step.oldest_binary);
        transaction
            .execute("DELETE FROM schema", [])
            .map_err(&failed)?;
        let sql = "INSERT INTO schema (version, oldest_binary) VALUES (?, ?)";
        transaction.execute(sql, row).map_err(&failed)?;
    }
    check_mode(&transaction, mode, before == 0)?;
    // Whoever opens the file has it alone: the lease of a process that died holds nobody up.
    let lapsed = "UPDATE works SET leased_until = 0 WHERE leased_until <> 0";
    transaction.execute(lapsed, []).map_err(&failed)?;
    transaction.commit().map_err(&failed)?;
    Ok(())
}

fn check_owner(connection: &Connection) -> Result<(), OpenError> {
    let failed = failed("looking at the file");
    let id: i64 = connection
        .pragma_query_value(None, "application_id", |row| row.get(0))
        .map_err(&failed)?;
    if id == APPLICATION_ID {
        return Ok(());
    }
    let sql = "SELECT count(*) FROM sqlite_schema";
    let tables: i64 = connection
        .query_row(sql, [], |row| row.get(0))
        .map_err(&failed)?;
    if id != 0 || tables != 0 {
        return Err(OpenError::NotOurs);
    }
    connection
        .pragma_update(None, "application_id", APPLICATION_ID)
        .map_err(&failed)?;
    let sql = "CREATE TABLE schema (version INTEGER NOT NULL, oldest_binary TEXT NOT NULL) STRICT";
    connection.execute_batch(sql).map_err(&failed)?;
    Ok(())
}

/// The version of the schema; 0 for a new file.
fn version(connection: &Connection) -> Result<i64, OpenError> {
    let row = connection.query_row("SELECT version, oldest_binary FROM schema", [], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
    });
    let Some((version, oldest)) = row.optional().map_err(failed("reading the schema"))? else {
        return Ok(0);
    };
    if release(env!("CARGO_PKG_VERSION")) < release(&oldest) {
        return Err(OpenError::TooNew { oldest });
    }
    Ok(version)
}

fn check_mode(connection: &Connection, mode: &str, new: bool) -> Result<(), OpenError> {
    let failed = failed("reading the mode");
    if new {
        let sql = "INSERT INTO settings (name, value) VALUES ('mode', ?)";
        connection.execute(sql, [mode]).map_err(&failed)?;
        return Ok(());
    }
    let sql = "SELECT value FROM settings WHERE name = 'mode'";
    let stamped: Option<String> = connection
        .query_row(sql, [], |row| row.get(0))
        .optional()
        .map_err(&failed)?;
    match stamped {
        Some(stamped) if stamped == mode => Ok(()),
        stamped => Err(OpenError::OtherMode {
            stamped: stamped.unwrap_or_default(),
            wanted: mode.to_owned(),
        }),
    }
}

/// The numbers of a release: `1.20.3`.
fn release(text: &str) -> Vec<u32> {
    text.split('.')
        .map(|part| part.parse().unwrap_or(u32::MAX))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_file_keeps_its_references_and_where_its_transactions_stand() {
        let mut file = Connection::open_in_memory().expect("memory");
        check_owner(&file).expect("a new file");
        file.execute_batch(MIGRATIONS[0].sql).expect("version 1");
        file.execute_batch(
            "INSERT INTO schema (version, oldest_binary) VALUES (1, '0.1.0');
            INSERT INTO settings (name, value) VALUES ('mode', 'sandbox');
            INSERT INTO transactions (key, nonce, operation, method, caller, sender, recipient,
                currency, amount, received_at, reference, caller_date, timeout_at, fee_payer,
                marketplace_fixed, marketplace_rate, details, state, reserved_at, code, settled,
                fps_fee, marketplace_fee, caller_held, refunded, marketplace_refunded,
                fps_fee_returned, marketplace_fee_returned, release, events, postings)
            VALUES (7, zeroblob(13), 2, 1, 11, 12, 13, 'USD', 500, 1, 'r', 2, 3, 2, 0, 0, '{}',
                2, 9, 3, 0, 21, 0, 0, 0, 0, 0, 0, 1, 2, 1);
            INSERT INTO caller_references (caller, reference, transaction_key, refused)
            VALUES (11, 'r', 7, NULL), (11, 'q', NULL, '{}'), (12, 'q', NULL, 'other')",
        )
        .expect("a transaction and references");
        migrate(&mut file, "sandbox").expect("migrated");
        migrate(&mut file, "sandbox").expect("once is enough");
        let sql = "SELECT t.amount, t.reference, s.state, s.reserved_at, s.fps_fee, s.events \
            FROM transactions t JOIN transaction_states s ON s.key = t.key";
        let row = file.query_row(sql, [], |row| {
            let text: String = row.get(1)?;
            let number = |at| row.get::<_, i64>(at);
            Ok((
                text,
                [number(0)?, number(2)?, number(3)?, number(4)?, number(5)?],
            ))
        });
        assert_eq!(row.expect("one"), ("r".to_owned(), [500, 2, 9, 21, 2]));
        let sql = "SELECT group_concat(reference || caller || coalesce(transaction_key, refused), ' ') \
            FROM caller_references";
        let references: String = file.query_row(sql, [], |row| row.get(0)).expect("all");
        assert_eq!(references, "q11{} q12other r117", "by their text first");
        assert_eq!(version(&file).expect("a version"), 3);
    }
}
