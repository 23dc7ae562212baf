//! The lease of a lane: one row, one holder, a fence that grows with every holder.
//!
//! Each batch locks the row and compares the fence, so a lane that was taken over can commit nothing
//! more; and whoever comes back after a lost connection waits on the row until the server has ended
//! what the old connection had begun.

use payments::Timestamp;
use store::{BatchRow, Outage};
use tokio_postgres::Client;

use crate::error::{Failure, failure, outage};
use crate::releases;
use crate::table::Whole;

/// How long a lane stays with its holder, in real time.
pub(crate) const LANE_LEASE_MS: i64 = 30_000;
/// Lanes that a key can name.
const LANES_MAX: i64 = 1_024;
/// Tries to become the one who adds a lane.
const TRIES_MAX: usize = 32;

const FREE: &str = "SELECT lane, fence FROM lanes WHERE leased_until <= $1 ORDER BY lane LIMIT 1 \
    FOR UPDATE SKIP LOCKED";
const TAKE: &str = "UPDATE lanes SET fence = fence + 1, holder = $2, leased_until = $3 \
    WHERE lane = $1::int4 AND fence = $4";
const ADD: &str = "INSERT INTO lanes (lane, fence, holder, leased_until) \
    SELECT count(*)::int4, 1, $1::text, $2::int8 FROM lanes";
const RENEW: &str = "UPDATE lanes SET leased_until = $3 \
    WHERE lane = $1::int4 AND fence = $2 AND holder = $4";
const COUNT: &str = "SELECT count(*) FROM lanes";
const LAST: &str = "SELECT number, first_key, last_key, digest, touched FROM batches \
    WHERE lane = $1::int4 ORDER BY number DESC LIMIT 1";
const DIGEST: &str = "SELECT digest FROM batches WHERE lane = $1::int4 AND number = $2";

/// A lane that this node holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lease {
    pub(crate) lane: u16,
    pub(crate) fence: i64,
    pub(crate) until: Timestamp,
}

/// Takes the lowest free lane, or adds one.
pub(crate) async fn take(client: &Client, holder: &str, now: Timestamp) -> Result<Lease, Outage> {
    for _ in 0..TRIES_MAX {
        match try_take(client, holder, now).await {
            Ok(lease) => return Ok(lease),
            // Somebody else has added a lane at the same time.
            Err(Failure::Race(_)) => {}
            Err(other) => return Err(other.into_outage("leasing a lane")),
        }
        drop(client.batch_execute("ROLLBACK").await);
    }
    Err(Outage::Failed {
        doing: "leasing a lane",
        reason: "others were always first".to_owned(),
    })
}

async fn try_take(client: &Client, holder: &str, now: Timestamp) -> Result<Lease, Failure> {
    let failed = |problem: tokio_postgres::Error| failure("leasing a lane", &problem);
    let until = now.plus_ms(LANE_LEASE_MS);
    client.batch_execute("BEGIN").await.map_err(failed)?;
    releases::check(client).await?;
    let free = client.query_opt(FREE, &[&now.0]).await.map_err(failed)?;
    let (lane, fence) = if let Some(row) = free {
        let Whole(lane) = row.try_get(0).map_err(failed)?;
        let fence: i64 = row.try_get(1).map_err(failed)?;
        let lane32 = i32::try_from(lane).unwrap_or(i32::MAX);
        let taken = client
            .execute(TAKE, &[&lane32, &holder, &until.0, &fence])
            .await;
        if taken.map_err(failed)? != 1 {
            return Err(Failure::Race("the lane was taken".to_owned()));
        }
        (lane, fence + 1)
    } else {
        let Whole(lane) = client
            .query_one(COUNT, &[])
            .await
            .and_then(|row| row.try_get(0))
            .map_err(failed)?;
        if LANES_MAX <= lane {
            let reason = format!("all {LANES_MAX} lanes are held");
            return Err(Failure::Outage(Outage::Failed {
                doing: "leasing a lane",
                reason,
            }));
        }
        client
            .execute(ADD, &[&holder, &until.0])
            .await
            .map_err(failed)?;
        (lane, 1)
    };
    client.batch_execute("COMMIT").await.map_err(failed)?;
    let lane = u16::try_from(lane).map_err(|_| Outage::Corrupt {
        table: "lanes",
        key: lane.to_string(),
        reason: "no lane has this number".to_owned(),
    })?;
    let lease = Lease { lane, fence, until };
    // Counted lanes are dense, so a lane added by somebody else would have been a violation.
    Ok(lease)
}

/// Keeps a lane for longer; false when somebody else has it: another fence, or, where the database has
/// lost its last moments, another holder under the same one.
///
/// It waits until the server has ended what an earlier connection of this lane had begun. And it is
/// durable when it returns, and so is whatever was committed before it. Only then may what is read be
/// believed: a server that was killed while a commit waited for its standby shows that commit when it
/// starts again, and a standby that never got it may yet take over.
pub(crate) async fn renew(
    client: &Client,
    holder: &str,
    lease: Lease,
    until: Timestamp,
) -> Result<bool, Outage> {
    let lane = i32::from(lease.lane);
    let renewed = client
        .execute(RENEW, &[&lane, &lease.fence, &until.0, &holder])
        .await;
    Ok(renewed.map_err(outage("keeping the lane"))? == 1)
}

/// How many lanes there are.
pub(crate) async fn lanes(client: &Client) -> Result<u16, Outage> {
    let row = client.query_one(COUNT, &[]).await;
    let counted = row.and_then(|row| row.try_get(0));
    let Whole(counted) = counted.map_err(outage("counting the lanes"))?;
    Ok(u16::try_from(counted).unwrap_or(u16::MAX))
}

/// The newest batch of a lane.
pub(crate) async fn last_batch(client: &Client, lane: u16) -> Result<Option<BatchRow>, Outage> {
    let reading = outage("reading the last batch");
    let row = client
        .query_opt(LAST, &[&i32::from(lane)])
        .await
        .map_err(&reading)?;
    let Some(row) = row else {
        return Ok(None);
    };
    let digest: &[u8] = row.try_get(3).map_err(&reading)?;
    Ok(Some(BatchRow {
        lane,
        number: row.try_get(0).map_err(&reading)?,
        first_key: row.try_get(1).map_err(&reading)?,
        last_key: row.try_get(2).map_err(&reading)?,
        digest: digest.try_into().map_err(|_| Outage::Corrupt {
            table: "batches",
            key: lane.to_string(),
            reason: "a digest of another length".to_owned(),
        })?,
        touched: row.try_get(4).map_err(&reading)?,
    }))
}

/// Whether exactly this batch is kept.
pub(crate) async fn is_kept(client: &Client, batch: &BatchRow) -> Result<bool, Outage> {
    let asking = outage("looking for a batch");
    let values: (i32, i64) = (i32::from(batch.lane), batch.number);
    let row = client
        .query_opt(DIGEST, &[&values.0, &values.1])
        .await
        .map_err(&asking)?;
    let digest: Option<Vec<u8>> = row.map(|row| row.try_get(0)).transpose().map_err(&asking)?;
    Ok(digest.as_deref() == Some(batch.digest.as_slice()))
}
