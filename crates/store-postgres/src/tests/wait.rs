//! Waiting for a condition, with a limit.

use std::sync::Arc;
use std::time::{Duration, Instant};

use store::Store;

use crate::PostgresStore;

/// How long load may stand still before it counts as over.
const STILL_MAX: Duration = Duration::from_secs(5);

/// Between two looks or two tries.
pub(super) async fn a_little() {
    tokio::time::sleep(Duration::from_millis(10)).await;
}

/// How long something that must happen may take.
const UNTIL_MAX: Duration = Duration::from_mins(1);

/// Waits until it holds.
pub(super) async fn until(mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !tokio::task::block_in_place(&mut holds) {
        assert!(began.elapsed() < UNTIL_MAX, "it never came");
        a_little().await;
    }
}

/// Waits until the stores have answered so many commands more, or the load is over.
pub(super) async fn for_answers(stores: &[Arc<PostgresStore>], more: u64) {
    let began = Instant::now();
    let enough = answered(stores) + more;
    while answered(stores) < enough && began.elapsed() < STILL_MAX {
        a_little().await;
    }
}

/// Commands that the stores have answered.
pub(super) fn answered(stores: &[Arc<PostgresStore>]) -> u64 {
    let figures = stores.iter().flat_map(|store| store.figures());
    let answered = figures.filter(|(name, _)| *name == "store_commands_total");
    answered.map(|(_, count)| count).sum()
}
