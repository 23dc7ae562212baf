use std::time::Duration;

use payments::rows::{
    Delivery, Operation, PaymentMethod, Status, StatusCode, TransactionFacts, WorkKind,
};
use payments::{AccountKey, CallerReference, NotificationKey, Timestamp, TransactionId};
use tokio::time::advance;

use super::*;
use crate::desk::samples;

fn item(key: i64, host: &str, transaction: i64) -> WorkItem {
    let zero = money::Amount::from_micros(0, money::Currency::USD).unwrap();
    let facts = TransactionFacts {
        transaction: TransactionId::of(TransactionKey(transaction), &[0; 13]),
        number: 1,
        date: Timestamp(0),
        operation: Operation::Reserve,
        status: Status::Pending,
        code: StatusCode::PendingNetworkResponse,
        message: None,
        amount: zero,
        method: PaymentMethod::Card,
        caller_reference: CallerReference::parse("x").unwrap(),
        reason: None,
        parent: None,
        buyer_name: String::new(),
        buyer_email: None,
        recipient_name: String::new(),
        recipient_email: String::new(),
    };
    let notification = Notification {
        key: NotificationKey(key),
        account: AccountKey(1),
        url: format!("http://{host}/ipn?a=b"),
        certificate: String::new(),
        subject: Subject::Transaction(Box::new(facts)),
        created_at: Timestamp(0),
        delivery: Delivery::Due,
        tries: 0,
    };
    WorkItem {
        notification: Some(notification.into()),
        ..samples::item(WorkKind::Notify, key, 0)
    }
}

fn post() -> Post {
    let limits = PostLimits {
        notifications_max: 6,
        rows_max: 5,
        lane_waiting_max: 3,
        lane_rows_max: 2,
        lane_active_max: 2,
    };
    Post::new(limits, Arc::default())
}

fn next(post: &Post) -> Option<Sending<'_>> {
    post.begin().ok().flatten()
}

fn key(sending: Option<&Sending<'_>>) -> Option<i64> {
    sending.map(|sending| sending.item().work.id.key)
}

#[tokio::test(start_paused = true)]
async fn lanes_take_turns_and_have_few_places() {
    let post = post();
    for (at, host) in ["a", "a", "a", "b"].iter().enumerate() {
        let at = i64::try_from(at).unwrap();
        assert!(post.put(item(at, host, 100 + at)));
    }
    let first = next(&post);
    let second = next(&post);
    let third = next(&post);
    // The lane of "a" had its turn, then "b", then "a" again; its third one finds no place.
    assert_eq!(
        [
            key(first.as_ref()),
            key(second.as_ref()),
            key(third.as_ref())
        ],
        [Some(0), Some(3), Some(1)]
    );
    assert!(next(&post).is_none());
    drop(first);
    assert_eq!(key(next(&post).as_ref()), Some(2));
    drop((second, third));
    assert_eq!(post.lengths(), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_transactions_notifications_are_sent_one_after_another() {
    let post = post();
    assert!(post.put(item(1, "a", 7)));
    assert!(post.put(item(2, "a", 7)));
    assert!(post.put(item(3, "b", 7)));
    let first = next(&post);
    assert_eq!(key(first.as_ref()), Some(1));
    assert!(next(&post).is_none());
    drop(first);
    let second = next(&post);
    assert_eq!(key(second.as_ref()), Some(2));
    assert!(next(&post).is_none());
    drop(second);
    assert_eq!(key(next(&post).as_ref()), Some(3));
    assert_eq!(post.lengths(), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn what_finds_no_place_is_refused() {
    let post = post();
    for at in 0..3 {
        assert!(post.put(item(at, "a", at)));
    }
    assert!(
        !post.put(item(3, "a", 3)),
        "one receiver may have three waiting"
    );
    for at in 4..7 {
        assert!(post.put(item(at, "b", at)));
    }
    assert!(!post.put(item(8, "c", 8)), "six in all");
    assert_eq!(post.room(), 0);
}

#[tokio::test(start_paused = true)]
async fn where_many_wait_they_wait_without_their_rows_and_in_their_places() {
    let post = post();
    for (key, host, transaction) in [(1, "a", 7), (2, "a", 7), (3, "a", 8), (4, "a", 9)] {
        assert!(post.put(item(key, host, transaction)));
    }
    assert!(post.put(item(5, "b", 10)));
    assert!(post.put(item(6, "c", 7)), "behind the first two");
    let mut sent = Vec::new();
    while let Some(sending) = next(&post) {
        let row = sending.item().notification.is_some();
        sent.push((sending.item().work.id.key, row));
    }
    // Lanes take turns; "a" had two of its own and the second of a transaction; the sixth was one too many.
    let expected = [
        (1, true),
        (5, true),
        (3, true),
        (4, false),
        (2, true),
        (6, false),
    ];
    assert_eq!(sent, expected);
    assert_eq!(post.lengths(), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_row_is_here_once_and_a_claim_renews_its_lease() {
    let post = post();
    assert!(post.put(item(1, "a", 1)));
    assert!(post.put(item(2, "a", 2)));
    advance(Duration::from_secs(20)).await;
    assert!(post.put(item(1, "a", 1)));
    assert_eq!(post.lengths().0, 2);
    advance(Duration::from_secs(6)).await;
    assert_eq!(key(next(&post).as_ref()), Some(1));
    assert!(next(&post).is_none(), "the lease of the second has lapsed");
    assert_eq!(post.lengths(), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_row_that_was_put_off_waits_behind_the_one_it_was() {
    let post = post();
    assert!(post.put(item(1, "a", 7)));
    let first = next(&post);
    assert_eq!(key(first.as_ref()), Some(1));
    let mut later = item(1, "a", 7);
    later.work.id.due = Timestamp(5_000);
    assert!(post.put(later.clone()));
    assert_eq!(post.lengths().0, 2);
    assert!(next(&post).is_none(), "one of a transaction at a time");
    drop(first);
    let second = next(&post);
    let begun = second.as_ref().map(|sending| sending.item().work.id);
    assert_eq!(begun, Some(later.work.id));
    drop(second);
    assert_eq!(post.lengths(), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn what_is_here_is_not_refused_however_full_it_is() {
    let post = post();
    for at in 0..3 {
        assert!(post.put(item(at, "a", at)));
    }
    assert!(!post.put(item(3, "a", 3)), "the lane is full");
    assert!(post.put(item(2, "a", 2)), "it is here");
    assert_eq!(post.lengths().0, 3);
}

#[tokio::test(start_paused = true)]
async fn closing_wakes_everybody() {
    let post = Arc::new(post());
    let mut takers = tokio::task::JoinSet::new();
    for _ in 0..5 {
        let post = post.clone();
        takers.spawn(async move { post.next().await.is_none() });
    }
    tokio::task::yield_now().await;
    post.close();
    assert!(takers.join_all().await.into_iter().all(|closed| closed));
    assert!(!post.put(item(1, "a", 1)));
}
