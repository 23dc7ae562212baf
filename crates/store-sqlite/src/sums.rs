//! The sums of every ledger account: a walk over all postings, a piece at a time.
//!
//! Each piece is a read transaction of its own, so that the log can be reused meanwhile. Both sides
//! of a posting stand in one row, so what is summed is balanced at every moment; postings added to a
//! transaction that the walk has passed are not in it.

use std::collections::BTreeMap;

use ledger::{Layer, LedgerAccount};
use payments::tables::PostingRow;
use rusqlite::Connection;
use store::Outage;
use store::query::LedgerSum;

use crate::row::read_rows;

/// Postings in one piece.
pub(crate) const PIECE_ROWS: usize = 20_000;

/// Sums so far, and how far the walk came.
#[derive(Default)]
pub(crate) struct Sums {
    sums: BTreeMap<(Layer, LedgerAccount), (i64, i64)>,
    last: (i64, i64),
}

impl Sums {
    /// Adds one piece; false when there was no more.
    pub(crate) fn add_piece(&mut self, connection: &Connection) -> Result<bool, Outage> {
        let sql = "SELECT transaction_key, line, event, reason, layer, debit_kind, debit_owner, \
            credit_kind, credit_owner, currency, amount FROM postings \
            WHERE (transaction_key, line) > (?, ?) ORDER BY transaction_key, line LIMIT ?";
        let values = (
            self.last.0,
            self.last.1,
            i64::try_from(PIECE_ROWS).unwrap_or(i64::MAX),
        );
        let rows = read_rows(connection, "postings", sql, values, |from| {
            store::rows::posting(from)
        })?;
        for row in &rows {
            self.add(row).ok_or_else(|| overflow(row))?;
        }
        if let Some(row) = rows.last() {
            self.last = (row.transaction.0, i64::from(row.line));
        }
        Ok(rows.len() == PIECE_ROWS)
    }

    /// The sums, in the order of layers and accounts.
    pub(crate) fn finish(self) -> Vec<LedgerSum> {
        let sums = self
            .sums
            .into_iter()
            .map(|((layer, account), (debits, credits))| LedgerSum {
                layer,
                account,
                debits,
                credits,
            });
        sums.collect()
    }

    fn add(&mut self, row: &PostingRow) -> Option<()> {
        let (layer, micros) = (row.posting.layer, row.posting.amount.micros());
        let debit = &mut self.sums.entry((layer, row.posting.debit)).or_default().0;
        *debit = debit.checked_add(micros)?;
        let credit = &mut self.sums.entry((layer, row.posting.credit)).or_default().1;
        *credit = credit.checked_add(micros)?;
        Some(())
    }
}

fn overflow(row: &PostingRow) -> Outage {
    Outage::Corrupt {
        table: "postings",
        key: format!("{:?}", (row.transaction, row.line)),
        reason: "the sum of an account does not fit".to_owned(),
    }
}
