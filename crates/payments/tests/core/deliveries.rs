//! Deliveries: how often a notification is tried, and what sending again does.

use payments::commands::{Defer, Deliver, DeliveryResult, RETRY_DELAYS_S, Resend};
use payments::rows::{Delivery, Notification};
use payments::{NotificationKey, Refusal, Timestamp, WorkId};
use test_kit::check;
use test_kit::table::Story;

fn only(story: &Story) -> &Notification {
    let mut all = story.world.rows.notifications.values();
    let first = all.next().expect("a notification");
    assert_eq!(all.next(), None, "only one");
    first
}

/// A story with one notification that is due.
fn one_due() -> (Story, NotificationKey) {
    let story = check(
        "
        listen  shop https://shop.example/ipn
        consent T1 buyer to shop multi
        cancel-token T1 by shop
    ",
    );
    let key = only(&story).key;
    (story, key)
}

fn work_of(story: &Story, key: NotificationKey) -> Vec<WorkId> {
    story
        .world
        .rows
        .works_of(key.0)
        .iter()
        .map(|work| work.id)
        .collect()
}

fn deliver(story: &mut Story, key: NotificationKey, work: WorkId, http_status: u16) {
    let result = if http_status == 200 {
        DeliveryResult::Delivered { http_status }
    } else {
        let problem = "not 2xx".to_owned();
        DeliveryResult::Failed {
            http_status: Some(http_status),
            problem,
        }
    };
    let answer = story.world.run(Deliver {
        notification: key,
        work,
        result,
        took_ms: 7,
    });
    assert_eq!(answer, Ok(payments::Outcome::Done));
}

fn delivery(story: &Story) -> (Delivery, u32) {
    let found = only(story);
    (found.delivery, found.tries)
}

#[test]
fn tries_are_spread_over_a_day_then_a_person_is_asked() {
    let in_all: i64 = RETRY_DELAYS_S.iter().sum();
    assert!((23 * 3_600..=24 * 3_600).contains(&in_all));
    let (mut story, key) = one_due();
    for delay in RETRY_DELAYS_S {
        let work = work_of(&story, key);
        assert!(work[0].due <= story.world.now);
        deliver(&mut story, key, work[0], 500);
        assert_eq!(delivery(&story).0, Delivery::Due);
        let next = work_of(&story, key);
        assert_eq!(
            (next.len(), next[0].due.ms_since(story.world.now)),
            (1, delay * 1_000)
        );
        story.world.wait_ms(delay * 1_000);
    }
    let last = work_of(&story, key)[0];
    deliver(&mut story, key, last, 500);
    assert_eq!(delivery(&story), (Delivery::Parked, 11));
    assert_eq!(work_of(&story, key), []);
    // A person sends it again: the schedule begins anew, the numbering of tries goes on.
    let answer = story.world.run(Resend { notification: key });
    assert_eq!(answer, Ok(payments::Outcome::Done));
    let again = work_of(&story, key)[0];
    deliver(&mut story, key, again, 500);
    let again = work_of(&story, key)[0];
    assert_eq!(
        again.due.ms_since(story.world.now),
        RETRY_DELAYS_S[0] * 1_000
    );
    deliver(&mut story, key, again, 200);
    assert_eq!(delivery(&story), (Delivery::Delivered, 13));
    assert_eq!(work_of(&story, key), []);
}

/// Sent again while a retry waits: there are two rows of work, and both come to an end.
#[test]
fn two_works_for_one_notification_both_end() {
    let (mut story, key) = one_due();
    let first = work_of(&story, key)[0];
    deliver(&mut story, key, first, 500);
    story
        .world
        .run(Resend { notification: key })
        .expect("it is known");
    let works = work_of(&story, key);
    assert_eq!(works.len(), 2);
    let (now, later) = (works[0], works[1]);
    deliver(&mut story, key, now, 200);
    assert_eq!(delivery(&story), (Delivery::Delivered, 2));
    story.world.wait_ms(60_000);
    deliver(&mut story, key, later, 500);
    assert_eq!(
        delivery(&story),
        (Delivery::Delivered, 3),
        "delivered stays delivered"
    );
    assert_eq!(work_of(&story, key), []);
    // The same try reported twice is logged, and nothing else.
    deliver(&mut story, key, later, 500);
    assert_eq!(delivery(&story), (Delivery::Delivered, 4));
}

#[test]
fn waiting_for_its_turn_is_no_try() {
    let (mut story, key) = one_due();
    let work = work_of(&story, key)[0];
    story
        .world
        .run(Defer {
            work,
            after_ms: 1_000,
            looked_at: None,
        })
        .expect("it is known");
    let put_off = work_of(&story, key)[0];
    assert_eq!(put_off.due.ms_since(story.world.now), 1_000);
    deliver(&mut story, key, put_off, 500);
    let next = work_of(&story, key)[0];
    assert_eq!(
        next.due.ms_since(story.world.now),
        RETRY_DELAYS_S[0] * 1_000
    );
    // A processor's call that is put off was a try.
    story.play("reserve R1 by shop from buyer 10.00");
    let key = story.transaction("R1").expect("made above").key;
    let asks = story.world.rows.works_of(key.0)[0].id;
    story
        .world
        .run(Defer {
            work: asks,
            after_ms: 1_000,
            looked_at: None,
        })
        .expect("it is known");
    assert_eq!(story.world.rows.works_of(key.0)[0].tries, 1);
    // What was looked at long ago is due again at once, and its own: the time since is to be looked at.
    let asks = story.world.rows.works_of(key.0)[0].id;
    story
        .world
        .run(Defer {
            work: asks,
            after_ms: 1_000,
            looked_at: Some(story.world.now.plus_ms(-60_000)),
        })
        .expect("it is known");
    let again = story.world.rows.works_of(key.0)[0].clone();
    assert_eq!(again.id.due.ms_since(story.world.now), -59_000);
    assert!(Timestamp::default() < again.leased_until);
    // What is gone is not put off.
    story
        .world
        .run(Defer {
            work: asks,
            after_ms: 1_000,
            looked_at: None,
        })
        .expect("nothing happens");
    assert_eq!(story.world.rows.works_of(key.0).len(), 1);
}

#[test]
fn what_is_unknown_is_not_sent() {
    let (mut story, key) = one_due();
    let unknown = NotificationKey(key.0 + 1_000_000);
    assert_eq!(
        story.world.run(Resend {
            notification: unknown
        }),
        Err(Refusal::NotFound)
    );
}

/// A retry that finds its notification delivered ends without a try; one that finds it asked for anew
/// stays, and is due at once.
#[test]
fn a_retry_that_is_not_needed_any_more_ends_without_a_try() {
    let (mut story, key) = one_due();
    let first = work_of(&story, key)[0];
    deliver(&mut story, key, first, 500);
    let resend = Resend { notification: key };
    story.world.run(resend.clone()).expect("it is known");
    let works = work_of(&story, key);
    let (now, later) = (works[0], works[1]);
    deliver(&mut story, key, now, 200);
    let needless = |story: &mut Story, work| {
        let answer = story.world.run(Deliver {
            notification: key,
            work,
            result: DeliveryResult::Needless,
            took_ms: 0,
        });
        assert_eq!(answer, Ok(payments::Outcome::Done));
    };
    needless(&mut story, later);
    assert_eq!(delivery(&story), (Delivery::Delivered, 2));
    assert_eq!(work_of(&story, key), []);

    story.world.run(resend).expect("it is known");
    let again = work_of(&story, key)[0];
    story.world.wait_ms(1_000);
    needless(&mut story, again);
    assert_eq!(delivery(&story), (Delivery::Due, 2));
    let works = work_of(&story, key);
    assert_eq!((works.len(), works[0].due), (1, story.world.now));
}
