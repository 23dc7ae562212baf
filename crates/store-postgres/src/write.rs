//! Writing the net changes of a batch: one statement a table and kind of change; and proving what was
//! decided on memory.

use payments::ChangeSet;
use store::rows::codec::{Change, Values};
use store::rows::{
    AccessKeys, Accounts, Balances, Certificates, Documents, Emails, Instruments, Notifications,
    References, Settings, Subscriptions, Tallies, TokenReferences, Tokens, Transactions, Works,
};
use store::{BatchRow, Outage};

use crate::columns::Columns;
use crate::error::Failure;
use crate::known::{Found, Known, Standing};
use crate::session::{Reply, Session, Step};
use crate::table::{
    Log, Table, append, delete, insert, replace, update, update_marked, update_unread,
    verify_count, verify_marked,
};
use crate::tables::each_table;

const BATCH: &str = "INSERT INTO batches (lane, number, first_key, last_key, digest, touched) \
    SELECT l, $2::int8, $3::int8, $4::int8, $5::bytea, $6::bytea FROM unnest($1::int8[]) AS u (l)";

/// How long a batch that decided on memory waits for a row of somebody else's. It locks rows later than
/// one that reads them all, and so in another order: two that wait for each other would wait for the
/// server to notice, a second long. Whoever gives up first decides again, and locks in order.
const WAIT_BRIEFLY: &str = "SET LOCAL lock_timeout = '100ms'";

/// The statements that write the changes of a batch and its own row, and prove what it was decided on:
/// table by table, in the order in which batches lock.
pub(crate) async fn write(
    session: &mut Session,
    changes: &ChangeSet,
    known: &Known,
    batch: &BatchRow,
) -> Result<Vec<Step>, Failure> {
    let mut steps = Vec::new();
    let fresh_from = batch.first_key;
    if known.has_remembered() {
        steps.push(wait_briefly(session).await?);
    }
    macro_rules! write {
        ($($name:ident: $table:ident),*) => {
            $(let (rows, found) = (&changes.$name, &known.$name);
            prove::<$table>(session, &mut steps, rows, found).await?;
            if !rows.is_empty() {
                keyed::<$table>(session, &mut steps, rows, found, fresh_from).await?;
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

/// Whether every statement changed as many rows as it had to. All of them were read and locked before, or
/// are new, so it cannot be otherwise; what could be is proved by the statement itself, before the commit.
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

/// The statements that prove what a batch that changes nothing was decided on: each fails, and with it
/// the batch, where somebody else was there.
pub(crate) async fn verify(session: &mut Session, known: &Known) -> Result<Vec<Step>, Failure> {
    let mut steps = Vec::new();
    if known.has_remembered() {
        steps.push(wait_briefly(session).await?);
    }
    macro_rules! verify {
        ($($name:ident: $table:ident),*) => {
            $(prove::<$table>(session, &mut steps, &[], &known.$name).await?;)*
        };
    }
    each_table!(verify);
    Ok(steps)
}

async fn wait_briefly(session: &mut Session) -> Result<Step, Failure> {
    let nothing = Columns::default();
    session.step("limiting waits", WAIT_BRIEFLY, nothing).await
}

/// Proves what was taken from memory and is not proved by being written.
async fn prove<T: Table>(
    session: &mut Session,
    steps: &mut Vec<Step>,
    changes: &[Change<T>],
    known: &Found<T>,
) -> Result<(), Failure> {
    if T::IS_MARKED {
        unchanged::<T>(session, steps, changes, known).await?;
    }
    absent::<T>(session, steps, changes, known).await
}

/// Proves remembered rows. Where one of them is not written, all are locked here, in the order of their
/// keys.
async fn unchanged<T: Table>(
    session: &mut Session,
    steps: &mut Vec<Step>,
    changes: &[Change<T>],
    known: &Found<T>,
) -> Result<(), Failure> {
    let mut part = Part::default();
    let mut is_looked_at = false;
    for (key, standing) in known {
        if let Standing::Remembered(mark) = standing {
            part.row::<T>(key)?.int(Some(*mark))?;
            is_looked_at |= !is_written::<T>(changes, key);
        }
    }
    if !is_looked_at {
        return Ok(());
    }
    let verb = ("verify", T::NAME);
    part.guarded(session, steps, verb, verify_marked::<T>).await
}

/// Proves that rows that were taken for absent, and are not written, are absent.
async fn absent<T: Table>(
    session: &mut Session,
    steps: &mut Vec<Step>,
    changes: &[Change<T>],
    known: &Found<T>,
) -> Result<(), Failure> {
    let mut part = Part::default();
    for (key, standing) in known {
        if *standing == Standing::Presumed && !is_written::<T>(changes, key) {
            part.row::<T>(key)?;
        }
    }
    let (verb, nothing) = (("count", T::NAME), part.wanting(0));
    nothing.free(session, steps, verb, verify_count::<T>).await
}

/// Changes are in the order of their keys.
fn is_written<T: Table>(changes: &[Change<T>], key: &T::Key) -> bool {
    let place = changes.binary_search_by(|(changed, _)| changed.cmp(key));
    place.is_ok_and(|place| changes[place].1.is_some())
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
    /// Older rows that nobody has read: that they are there is proved.
    unread: Part,
    /// Rows that must be as this node has read or remembers them.
    marked: Part,
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

    /// A statement that changes as many rows as there are, which is looked at when it has been done.
    async fn counted(
        self,
        session: &mut Session,
        steps: &mut Vec<Step>,
        verb: (&'static str, &'static str),
        text: fn(u64) -> String,
    ) -> Result<(), Failure> {
        let count = self.count;
        let before = steps.len();
        self.free(session, steps, verb, text).await?;
        for step in &mut steps[before..] {
            step.changes = Some(count);
        }
        Ok(())
    }

    /// A statement that fails unless it finds as many rows as there are.
    async fn guarded(
        self,
        session: &mut Session,
        steps: &mut Vec<Step>,
        verb: (&'static str, &'static str),
        text: fn(u64) -> String,
    ) -> Result<(), Failure> {
        let wanted = i64::try_from(self.count).unwrap_or(i64::MAX);
        self.wanting(wanted).free(session, steps, verb, text).await
    }

    /// The same rows, with the number that the statement must find behind their values.
    fn wanting(self, number: i64) -> Part {
        Part {
            values: self.values.and(number),
            count: self.count,
        }
    }

    /// A statement that changes as many rows as it finds.
    async fn free(
        self,
        session: &mut Session,
        steps: &mut Vec<Step>,
        verb: (&'static str, &'static str),
        text: fn(u64) -> String,
    ) -> Result<(), Failure> {
        if self.count != 0 {
            let step = session.rows_step(verb, text, self.values, self.count);
            steps.push(step.await?);
        }
        Ok(())
    }
}

fn sort<T: Table>(
    changes: &[Change<T>],
    known: &Found<T>,
    fresh_from: i64,
) -> Result<Sorted, Outage> {
    let mut sorted = Sorted::default();
    let mark = |values: &mut Columns| {
        if T::IS_MARKED {
            values.int(Some(fresh_from))
        } else {
            Ok(())
        }
    };
    for (key, row) in changes {
        match (row, known.get(key)) {
            (None, Some(Standing::Absent | Standing::Presumed)) => {}
            (None, Some(Standing::Seen | Standing::Locked(_) | Standing::Remembered(_))) => {
                sorted.deletes.row::<T>(key)?;
            }
            (None, None) => {
                sorted.blind_deletes.row::<T>(key)?;
            }
            (Some(row), Some(Standing::Locked(before) | Standing::Remembered(before)))
                if T::IS_MARKED =>
            {
                let values = sorted.marked.row::<T>(key)?;
                T::put_changing(row, values)?;
                mark(values)?;
                values.int(Some(*before))?;
            }
            (Some(row), Some(Standing::Seen | Standing::Locked(_) | Standing::Remembered(_))) => {
                let values = sorted.updates.row::<T>(key)?;
                T::put_changing(row, values)?;
                mark(values)?;
            }
            // Never read: whoever writes such a row writes the whole of it, whatever was there.
            (Some(row), None) if T::FIXED.is_empty() => {
                let values = sorted.replaces.row::<T>(key)?;
                T::put(row, values)?;
                mark(values)?;
            }
            (Some(row), None) if T::is_old(key, fresh_from) => {
                let values = sorted.unread.row::<T>(key)?;
                T::put_changing(row, values)?;
                mark(values)?;
            }
            (Some(row), Some(Standing::Absent | Standing::Presumed) | None) => {
                let values = sorted.inserts.row::<T>(key)?;
                T::put(row, values)?;
                mark(values)?;
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
    let Sorted {
        inserts,
        replaces,
        updates,
        unread,
        marked,
        deletes,
        blind_deletes,
    } = sort::<T>(changes, known, fresh_from)?;
    let at = |verb| (verb, T::NAME);
    // What is deleted goes first: work that is put off leaves its place and takes another.
    deletes
        .counted(session, steps, at("delete"), delete::<T>)
        .await?;
    blind_deletes
        .free(session, steps, at("delete"), delete::<T>)
        .await?;
    marked
        .guarded(session, steps, at("update marked"), update_marked::<T>)
        .await?;
    updates
        .counted(session, steps, at("update"), update::<T>)
        .await?;
    unread
        .guarded(session, steps, at("update unread"), update_unread::<T>)
        .await?;
    inserts
        .counted(session, steps, at("insert"), insert::<T>)
        .await?;
    replaces
        .counted(session, steps, at("replace"), replace::<T>)
        .await
}

async fn added<T: Log>(
    session: &mut Session,
    steps: &mut Vec<Step>,
    rows: &[T],
) -> Result<(), Failure> {
    let mut part = Part::default();
    for row in rows {
        part.count += 1;
        part.values.next_row();
        row.put(&mut part.values)?;
    }
    let verb = ("add", T::NAME);
    part.counted(session, steps, verb, append::<T>).await
}
