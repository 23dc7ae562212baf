use std::time::Duration;

use payments::Timestamp;
use payments::rows::WorkKind;
use tokio::time::advance;

use super::*;
use crate::desk::samples;

const NONE: [i64; 0] = [];

fn item(key: i64, due: i64) -> WorkItem {
    samples::item(WorkKind::Authorize, key, due)
}

fn queue() -> Queue {
    Queue::new(2, Arc::default())
}

/// Puts items; gives back the keys of those that found no place.
fn put(queue: &Queue, items: Vec<WorkItem>) -> Vec<i64> {
    let mut refused = Vec::new();
    queue.put(items, &mut refused);
    refused.into_iter().map(|row| row.key).collect()
}

fn next(queue: &Queue) -> Option<Begun<'_>> {
    queue.begin().ok().flatten()
}

fn due(begun: Option<&Begun<'_>>) -> Option<Timestamp> {
    begun.map(|begun| begun.item.work.id.due)
}

#[tokio::test(start_paused = true)]
async fn a_row_is_here_once_and_a_claim_renews_its_lease() {
    let queue = queue();
    assert_eq!(put(&queue, vec![item(1, 0), item(2, 0)]), NONE);
    advance(Duration::from_secs(20)).await;
    let mut claimed = item(1, 0);
    claimed.fresh = false;
    assert_eq!(put(&queue, vec![claimed]), NONE);
    assert_eq!(queue.lengths(), (2, 2));
    advance(Duration::from_secs(6)).await;
    let first = next(&queue).expect("its lease runs");
    assert_eq!((first.item.work.id.key, first.item.fresh), (1, false));
    assert!(next(&queue).is_none(), "the lease of the second has lapsed");
    assert_eq!(queue.lengths(), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn a_row_that_was_put_off_is_begun_while_the_one_it_was_is_still_here() {
    let queue = queue();
    assert_eq!(put(&queue, vec![item(1, 0)]), NONE);
    let first = next(&queue);
    assert_eq!(put(&queue, vec![item(1, 5_000)]), NONE);
    let second = next(&queue);
    assert_eq!(due(first.as_ref()), Some(Timestamp(0)));
    assert_eq!(due(second.as_ref()), Some(Timestamp(5_000)));
    // The older one takes only itself away.
    drop(first);
    assert_eq!(put(&queue, vec![item(1, 5_000)]), NONE);
    assert_eq!(queue.lengths(), (0, 1));
    drop(second);
    assert_eq!(queue.lengths(), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_row_that_others_put_off_takes_nothing_from_the_one_whose_lease_has_lapsed() {
    let queue = queue();
    assert_eq!(put(&queue, vec![item(1, 0)]), NONE);
    advance(Duration::from_secs(26)).await;
    assert_eq!(put(&queue, vec![item(1, 5_000)]), NONE);
    assert_eq!(due(next(&queue).as_ref()), Some(Timestamp(5_000)));
    assert_eq!(queue.lengths(), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn what_finds_no_place_is_refused_and_what_is_here_is_not() {
    let queue = queue();
    assert_eq!(put(&queue, vec![item(1, 0), item(2, 0), item(3, 0)]), [3]);
    assert_eq!(put(&queue, vec![item(1, 0)]), NONE);
    queue.close();
    assert_eq!(put(&queue, vec![item(1, 0)]), [1], "nobody begins it here");
}
