//! The follower: an index of who took part in which transaction, written behind the payments.
//!
//! Keys become visible out of order here, batches of one lane do not: the follower goes by batch
//! number in each lane. Any node may do a step; the lane's row in `followed` is locked meanwhile, and
//! moves in the same commit, so no row is written twice. Only after somebody has emptied `followed`
//! and left `activity` as it was are rows there already; then the step is done again and replaces them.

use store::Outage;
use store::chain::unpack_keys;
use store::rows::codec::Fields;

use crate::columns::Columns;
use crate::error::Failure;
use crate::session::{Session, Step};
use crate::table::Read;

/// Batches in one step.
const STEP_BATCHES: i64 = 64;
/// Steps for one question at most: an account's page is at most this far behind under load.
pub(crate) const STEPS_ON_DEMAND_MAX: usize = 64;

const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";
const COMMIT: &str = "COMMIT";
const LANES: &str = "SELECT lane FROM lanes ORDER BY lane";
const START: &str = "INSERT INTO followed (lane, number) SELECT l.lane, 0 FROM lanes l \
    WHERE NOT EXISTS (SELECT 1 FROM followed f WHERE f.lane = l.lane) ON CONFLICT DO NOTHING";
const PLACE: &str = "SELECT number FROM followed WHERE lane = ANY($1::int8[]) FOR UPDATE";
const BATCHES: &str = "SELECT b.number, b.first_key, b.last_key, b.touched FROM batches b \
    WHERE b.lane = ANY($1::int8[]) AND b.number > $2::int8 \
    ORDER BY b.lane, b.number LIMIT $3::int8";
/// The transactions are read once; whoever is several parties of one is indexed once, and several
/// transactions of one account in the same part of a second (`PART_BITS`) are one row.
macro_rules! index {
    ($on_conflict:literal) => {
        concat!(
            "WITH made AS (SELECT key, caller, sender, recipient FROM transactions \
             WHERE key = ANY($1::int8[])) \
             INSERT INTO activity (account, transaction_key, keys) \
             SELECT account, min(key), CASE WHEN 1 < count(*) THEN array_agg(key) END FROM ( \
             SELECT caller AS account, key FROM made \
             UNION ALL SELECT sender, key FROM made WHERE sender <> caller \
             UNION ALL SELECT recipient, key FROM made \
             WHERE recipient <> caller AND recipient <> sender) AS parties \
             GROUP BY account, key >> 29",
            $on_conflict
        )
    };
}
const INDEX: &str = index!("");
const INDEX_AGAIN: &str =
    index!(" ON CONFLICT (account, transaction_key) DO UPDATE SET keys = EXCLUDED.keys");
const MOVE: &str = "UPDATE followed SET number = $2::int8 WHERE lane = ANY($1::int8[])";

/// Goes on in every lane until it has caught up, or for so many steps.
pub(crate) async fn catch_up(session: &mut Session, steps_max: usize) -> Result<(), Failure> {
    let steps = [
        session
            .step("starting to follow", START, Columns::default())
            .await?,
        session
            .step("reading lanes", LANES, Columns::default())
            .await?,
    ];
    let replies = session.pipeline(&steps).await?;
    let mut lanes = Vec::new();
    for row in &replies[1].rows {
        lanes.push(Read::new("lanes", row).get::<i64>()?);
    }
    for lane in lanes {
        let mut index = INDEX;
        for _ in 0..steps_max {
            match step(session, lane, index).await {
                Ok(true) => {}
                Ok(false) => break,
                Err(Failure::Race(_)) if index == INDEX => {
                    session.roll_back().await;
                    index = INDEX_AGAIN;
                }
                Err(failure) => {
                    session.roll_back().await;
                    return Err(failure);
                }
            }
        }
    }
    Ok(())
}

/// One small commit; false when the lane has no more.
async fn step(session: &mut Session, lane: i64, index: &'static str) -> Result<bool, Failure> {
    let begin = [
        session.step("beginning", BEGIN, Columns::default()).await?,
        session
            .step(
                "finding the follower's place",
                PLACE,
                Columns::of_ints([lane]),
            )
            .await?,
    ];
    let replies = session.pipeline(&begin).await?;
    let Some(place) = replies[1].rows.first() else {
        session.roll_back().await;
        return Ok(false);
    };
    let place: i64 = Read::new("followed", place).get()?;
    let values = Columns::of_ints([lane]).and(place).and(STEP_BATCHES);
    let batches = session.step("reading batches", BATCHES, values).await?;
    let replies = session.pipeline(&[batches]).await?;
    let (mut keys, mut last) = (Vec::new(), place);
    for row in &replies[0].rows {
        let mut fields = Read::new("batches", row);
        let (number, first, to): (i64, i64, i64) = (fields.get()?, fields.get()?, fields.get()?);
        let touched: Vec<u8> = fields.get()?;
        let touched = unpack_keys(&touched).ok_or_else(|| Outage::Corrupt {
            table: "batches",
            key: format!("({lane}, {number})"),
            reason: "the list of transactions cannot be read".to_owned(),
        })?;
        // Its own keys are new transactions; the parties of older ones stand in the index.
        keys.extend(
            touched
                .into_iter()
                .map(|key| key.0)
                .filter(|key| first <= *key && *key <= to),
        );
        last = number;
    }
    if last == place {
        session.roll_back().await;
        return Ok(false);
    }
    let more = i64::try_from(replies[0].rows.len()).unwrap_or(0) == STEP_BATCHES;
    let mut writes: Vec<Step> = Vec::new();
    if !keys.is_empty() {
        writes.push(
            session
                .step("indexing activity", index, Columns::of_ints(keys))
                .await?,
        );
    }
    let values = Columns::of_ints([lane]).and(last);
    writes.push(session.step("moving the follower", MOVE, values).await?);
    writes.push(
        session
            .step("committing", COMMIT, Columns::default())
            .await?,
    );
    session.pipeline(&writes).await?;
    Ok(more)
}
