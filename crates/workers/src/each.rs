//! Many commands of one sweep, few at a time, each tried whatever becomes of the others.

use std::panic;

use store::Outage;
use tokio::task::{JoinError, JoinSet};

/// Commands of a sweep under way at once: few, so that they pass behind requests.
const AT_ONCE: usize = 8;

/// What could not be decided, with the reason.
pub(crate) type Undecided<T> = Vec<(T, Outage)>;

/// Does something for each, and gives back those for which the store failed. One that takes long holds
/// up one place; the others go on beside it.
pub(crate) async fn each<T, F>(of: &[T], run: impl Fn(T) -> F) -> Undecided<T>
where
    T: Copy + Send + 'static,
    F: Future<Output = Result<(), Outage>> + Send + 'static,
{
    let mut undecided = Vec::new();
    let mut under_way = JoinSet::new();
    for one in of.iter().copied() {
        if AT_ONCE <= under_way.len() {
            let ended = under_way.join_next().await;
            undecided.extend(ended.and_then(failure));
        }
        let run = run(one);
        under_way.spawn(async move { (one, run.await) });
    }
    while let Some(ended) = under_way.join_next().await {
        undecided.extend(failure(ended));
    }
    undecided
}

fn failure<T>(ended: Result<(T, Result<(), Outage>), JoinError>) -> Option<(T, Outage)> {
    match ended {
        Ok((one, decided)) => decided.err().map(|outage| (one, outage)),
        // A bug in one is a bug of the sweep.
        Err(error) => panic::resume_unwind(error.into_panic()),
    }
}

/// The first reason, for whoever reports one.
///
/// # Errors
/// When anything was left undecided.
pub(crate) fn all_decided<T>(undecided: Undecided<T>) -> Result<(), Outage> {
    let first = undecided.into_iter().next();
    first.map_or(Ok(()), |(_, outage)| Err(outage))
}
