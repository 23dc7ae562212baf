//! What a node asks the database when it starts, and once in a while after.

use std::sync::atomic::{AtomicBool, AtomicU16};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use payments::Timestamp;
use payments::ids::key_time;
use store::figures::Figures;
use store::{Clock, Clocks, Outage};

use crate::clock::{DatabaseClock, TIME, Time};
use crate::connect::Address;
use crate::error::outage;
use crate::follow::{STEPS_ON_DEMAND_MAX, catch_up};
use crate::foretell::Memory;
use crate::node::Node;
use crate::open::Options;
use crate::readers::{Reader, Readers};
use crate::releases;

/// How often a node asks for the time, and indexes activity, while it has nothing else to do.
const TICK_EVERY: Duration = Duration::from_secs(1);

/// How long that may take.
const LOOK_MAX: Duration = Duration::from_secs(30);

/// The newest key of all lanes.
const REACHED: &str = "SELECT max((SELECT b.last_key FROM batches b WHERE b.lane = l.lane \
    ORDER BY b.number DESC LIMIT 1)) FROM lanes l";

/// Asks the database for the time and where product time has come to.
pub(crate) async fn start(address: &Address, options: Options) -> Result<Node, Outage> {
    let Options {
        terms,
        clock,
        entropy,
        handover,
        watch,
        ..
    } = options;
    let asking = outage("asking for the time");
    let client = address.connect().await?;
    let row = client.query_one(TIME, &[]).await.map_err(&asking)?;
    let Time { real_ms, offset_ms } = Time::read(&row)?;
    let last: Option<i64> = client
        .query_one(REACHED, &[])
        .await
        .and_then(|row| row.try_get(0))
        .map_err(&asking)?;
    let reached = last.map_or(Timestamp(0), key_time);
    let (database, real): (_, Arc<dyn Clock>) = if let Some(clock) = clock {
        (None, clock)
    } else {
        let clock = Arc::new(DatabaseClock::at(Timestamp(real_ms)));
        (Some(clock.clone()), clock)
    };
    let mut entropy = entropy;
    let mut name = [0; 8];
    entropy.fill(&mut name);
    Ok(Node {
        address: address.clone(),
        name: releases::holder(u64::from_be_bytes(name)),
        terms: Mutex::new(Arc::new(terms)),
        clocks: Arc::new(Clocks::new(real, offset_ms, reached)),
        clock: database,
        entropy: Mutex::new(entropy),
        handover,
        watch,
        figures: Arc::new(Figures::default()),
        trips: Arc::default(),
        memory: Memory::default(),
        lanes: AtomicU16::new(0),
        healthy: AtomicBool::new(true),
        offset: Mutex::new(offset_ms),
    })
}

/// Looks at the database's clock, and indexes activity, once in a while.
pub(crate) async fn tick(node: Arc<Node>, readers: Arc<Readers>) {
    loop {
        tokio::time::sleep(TICK_EVERY).await;
        let looked = async {
            let mut reader = readers.take().await?;
            look(&node, &mut reader).await?;
            let followed = catch_up(&mut reader.session, STEPS_ON_DEMAND_MAX).await;
            followed.map_err(|failure| failure.into_outage("indexing activity"))?;
            reader.give_back();
            Ok::<(), Outage>(())
        };
        match tokio::time::timeout(LOOK_MAX, looked).await {
            Ok(Ok(())) => {}
            Ok(Err(outage)) => tracing::debug!(%outage, "the database could not be looked after"),
            Err(_) => tracing::debug!("the database said nothing for {LOOK_MAX:?}"),
        }
    }
}

async fn look(node: &Node, reader: &mut Reader) -> Result<(), Outage> {
    let asking = outage("asking for the time");
    let row = reader.session.client().query_one(TIME, &[]).await;
    let row = row.map_err(asking)?;
    node.moment(Time::read(&row)?);
    Ok(())
}
