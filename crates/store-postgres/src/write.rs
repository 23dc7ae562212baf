//! Writing the net changes of a batch: one statement a table and kind of change.

use payments::ChangeSet;
use store::rows::codec::Change;
use store::rows::{
    AccessKeys, Accounts, Balances, Certificates, Documents, Emails, Instruments, Notifications,
    References, Settings, Subscriptions, Tallies, TokenReferences, Tokens, Transactions, Works,
};
use store::{BatchRow, Outage};

use crate::columns::Columns;
use crate::error::Failure;
use crate::known::{Found, Known, Standing};
use crate::session::{Reply, Session, Step};
use crate::table::{Log, Table, append, delete, insert, update};
use crate::tables::each_table;

const BATCH: &str = "INSERT INTO batches (lane, number, first_key, last_key, digest, touched) \
    SELECT l, $2::int8, $3::int8, $4::int8, $5::bytea, $6::bytea FROM unnest($1::int8[]) AS u (l)";

/// The statements that write the changes of a batch and its own row.
pub(crate) async fn write(
    session: &mut Session,
    changes: &ChangeSet,
    known: &Known,
    batch: &BatchRow,
) -> Result<Vec<Step>, Failure> {
    let mut steps = Vec::new();
    let fresh_from = batch.first_key;
    macro_rules! write {
        ($($name:ident: $table:ident),*) => {
            $(if !changes.$name.is_empty() {
                let rows = &changes.$name;
                keyed::<$table>(session, &mut steps, rows, &known.$name, fresh_from).await?;
            })*
        };
    }
    each_table!(write);
    added(session, &mut steps, &changes.added.events).await?;
    added(session, &mut steps, &changes.added.postings).await?;
    added(session, &mut steps, &changes.added.attempts).await?;
    added(session, &mut steps, &changes.added.relations).await?;
    let values = Columns::of_ints([i64::from(batch.lane)])
        .and(batch.number)
        .and(batch.first_key)
        .and(batch.last_key)
        .and_bytes(&batch.digest)
        .and_bytes(&batch.touched);
    let mut step = session.step("writing a batch", BATCH, values).await?;
    step.changes = Some(1);
    steps.push(step);
    Ok(steps)
}

/// Whether every statement changed as many rows as it had to.
pub(crate) fn check(steps: &[Step], replies: &[Reply]) -> Result<(), Outage> {
    for (step, reply) in steps.iter().zip(replies) {
        let wanted = step
            .changes
            .map(|count| u64::try_from(count).unwrap_or(u64::MAX));
        if wanted.is_some_and(|wanted| wanted != reply.changed) {
            let reason = format!(
                "{} rows changed where {wanted:?} should have",
                reply.changed
            );
            return Err(Outage::Failed {
                doing: step.doing,
                reason,
            });
        }
    }
    Ok(())
}

/// Rows that need the same statement.
#[derive(Default)]
struct Part {
    values: Columns,
    count: usize,
}

/// The rows of one table, by what has to be done with them.
#[derive(Default)]
struct Sorted {
    inserts: Part,
    replaces: Part,
    updates: Part,
    deletes: Part,
    /// Deleted rows that were never read: there may be none.
    blind_deletes: Part,
}

impl Part {
    fn row<T: Table>(&mut self, key: &T::Key) -> Result<&mut Columns, Outage> {
        self.count += 1;
        self.values.next_row();
        T::put_key(key, &mut self.values)?;
        Ok(&mut self.values)
    }
}

fn sort<T: Table>(
    changes: &[Change<T>],
    known: &Found<T>,
    fresh_from: i64,
) -> Result<Sorted, Outage> {
    let mut sorted = Sorted::default();
    for (key, row) in changes {
        match (row, known.get(key)) {
            (None, Some(Standing::Absent)) => {}
            (None, Some(Standing::Seen | Standing::Locked)) => {
                sorted.deletes.row::<T>(key)?;
            }
            (None, None) => {
                sorted.blind_deletes.row::<T>(key)?;
            }
            (Some(row), Some(Standing::Seen | Standing::Locked)) => {
                T::put_changing(row, sorted.updates.row::<T>(key)?)?;
            }
            // Never read: whoever writes such a row writes the whole of it, whatever was there.
            (Some(row), None) if T::FIXED.is_empty() => {
                T::put(row, sorted.replaces.row::<T>(key)?)?;
            }
            (Some(row), None) if T::is_old(key, fresh_from) => {
                T::put_changing(row, sorted.updates.row::<T>(key)?)?;
            }
            (Some(row), Some(Standing::Absent) | None) => {
                T::put(row, sorted.inserts.row::<T>(key)?)?;
            }
        }
    }
    Ok(sorted)
}

async fn keyed<T: Table>(
    session: &mut Session,
    steps: &mut Vec<Step>,
    changes: &[Change<T>],
    known: &Found<T>,
    fresh_from: i64,
) -> Result<(), Failure> {
    let sorted = sort::<T>(changes, known, fresh_from)?;
    let anew: fn() -> String = || insert::<T>(false);
    let over: fn() -> String = || insert::<T>(true);
    // What is deleted goes first: work that is put off leaves its place and takes another.
    let parts = [
        (
            "delete ",
            delete::<T> as fn() -> String,
            sorted.deletes,
            true,
        ),
        ("delete ", delete::<T>, sorted.blind_deletes, false),
        ("update ", update::<T>, sorted.updates, true),
        ("insert ", anew, sorted.inserts, true),
        ("replace ", over, sorted.replaces, true),
    ];
    for (verb, text, part, counted) in parts {
        if part.count == 0 {
            continue;
        }
        let name = [verb, T::NAME].concat();
        let statement = session.prepared(&name, text).await?;
        steps.push(Step {
            doing: "writing rows",
            statement,
            values: part.values,
            changes: counted.then_some(part.count),
        });
    }
    Ok(())
}

async fn added<T: Log>(
    session: &mut Session,
    steps: &mut Vec<Step>,
    rows: &[T],
) -> Result<(), Failure> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut values = Columns::default();
    for row in rows {
        values.next_row();
        row.put(&mut values)?;
    }
    let name = ["add ", T::NAME].concat();
    let statement = session.prepared(&name, append::<T>).await?;
    steps.push(Step {
        doing: "adding rows",
        statement,
        values,
        changes: Some(rows.len()),
    });
    Ok(())
}
