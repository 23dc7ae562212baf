//! Races against the deadline of a reservation.
//!
//! A group of reservations is made, product time is moved to shortly before the first deadline, and
//! around each deadline a request meets the command that the expiry worker submits.

use std::ops::Range;
use std::sync::Arc;

use payments::commands::{Advance, Expire};
use payments::{Outcome, Timestamp, TransactionKey};

use super::connection::Reply;
use super::lanes::{Lane, Lanes};
use super::pair::{End, Pair, Round, make, run};
use super::recorder::Spot;
use super::settlement::{CANCELLED, SETTLED};
use super::world::{World, key_of};

/// Reservations that share one move of the clock; all lanes have some.
const GROUP: usize = 48;
/// How long before the first deadline the clock is set.
const LEAD_MS: i64 = 60;
/// How long before its deadline a request leaves, from round to round.
const EARLY_MS: [i64; 10] = [0, 1, 2, 4, 6, 9, 14, 22, 35, 50];
/// How long after the deadline the worker comes.
const LATE_MS: [i64; 3] = [0, 0, 2];

/// A reservation and its deadline.
pub struct Reserved {
    id: String,
    key: TransactionKey,
    deadline: Timestamp,
}

/// Reservations in the order of their deadlines, and product time just before the first.
async fn shortly_before<P: Pair>(
    world: &Arc<World>,
    lanes: &mut Lanes,
    numbers: Range<usize>,
) -> Vec<Reserved> {
    let mut group = Vec::new();
    for subject in make::<P>(world, lanes, numbers, "Reserve").await {
        let key = key_of(&subject.id);
        let deadline = world.transaction(key).await.deadline();
        group.push(Reserved {
            id: subject.id,
            key,
            deadline: deadline.expect("it is reserved"),
        });
    }
    group.sort_by_key(|reserved| reserved.deadline);
    let ms = group[0].deadline.ms_since(world.now().await) - LEAD_MS;
    world.submit(Advance { ms }).await;
    group
}

/// Sends a request about the deadline, and expires as the worker does.
async fn around(
    world: &World,
    lane: &mut Lane,
    number: usize,
    (item, query): (&Reserved, &str),
) -> (Reply, Outcome) {
    let early = EARLY_MS[number % EARLY_MS.len()];
    let late = LATE_MS[number % LATE_MS.len()];
    let request = async {
        world.until(item.deadline.plus_ms(-early)).await;
        lane.one.send(query).await
    };
    let expire = async {
        world.until(item.deadline.plus_ms(late)).await;
        world.submit(expiry(item)).await
    };
    tokio::join!(request, expire)
}

fn expiry(item: &Reserved) -> Expire {
    Expire {
        transaction: item.key,
        work: None,
    }
}

/// Whether time won; the request was then refused for it.
fn has_expired(reply: &Reply, expired: &Outcome) -> bool {
    match expired {
        // Nothing was left to expire: the request came in time.
        Outcome::Done => {
            assert!(reply.is_ok(), "{}", reply.body);
            false
        }
        Outcome::Transaction { status, .. } => {
            assert_eq!(status.name(), "Cancelled");
            let says = ["Cancelled", "has expired"];
            reply.refused("InvalidTransactionState", &says);
            true
        }
        Outcome::Tokens { .. }
        | Outcome::Tally { .. }
        | Outcome::Account(_)
        | Outcome::Instrument(_)
        | Outcome::Subscription(_)
        | Outcome::WebhookSecret { .. } => {
            panic!("another answer: {expired:?}")
        }
    }
}

/// A settle about the deadline.
struct SettleExpire;

impl Pair for SettleExpire {
    const NAME: &'static str = "settle-expire";
    const WINNERS: &'static [&'static str] = &["settle", "expire"];
    const AT_ONCE: usize = GROUP;
    type Item = Reserved;

    async fn prepare(
        &self,
        world: &Arc<World>,
        lanes: &mut Lanes,
        numbers: Range<usize>,
    ) -> Vec<Reserved> {
        shortly_before::<Self>(world, lanes, numbers).await
    }

    async fn race(&self, world: &World, lane: &mut Lane, number: usize, item: Reserved) -> Round {
        let settle = world.settle(&item.id, "4.00", 0);
        let (reply, expired) = around(world, lane, number, (&item, &settle)).await;
        let (winner, end) = if has_expired(&reply, &expired) {
            let end = End::of(&item.id, CANCELLED, "Expired", "10.00");
            ("expire", end)
        } else {
            reply.answers(&["Pending"]);
            ("settle", End::of(&item.id, SETTLED, "Success", "4.00"))
        };
        Round {
            winner,
            spots: [Spot::of("Settle", item.key), Spot::of("Expire", item.key)],
            ends: vec![end],
        }
    }
}

/// A cancel about the deadline.
struct CancelExpire;

impl Pair for CancelExpire {
    const NAME: &'static str = "cancel-expire";
    const WINNERS: &'static [&'static str] = &["cancel", "expire"];
    const AT_ONCE: usize = GROUP;
    type Item = Reserved;

    async fn prepare(
        &self,
        world: &Arc<World>,
        lanes: &mut Lanes,
        numbers: Range<usize>,
    ) -> Vec<Reserved> {
        shortly_before::<Self>(world, lanes, numbers).await
    }

    async fn race(&self, world: &World, lane: &mut Lane, number: usize, item: Reserved) -> Round {
        let cancel = world.cancel(&item.id, 0);
        let (reply, expired) = around(world, lane, number, (&item, &cancel)).await;
        let (winner, code) = if has_expired(&reply, &expired) {
            ("expire", "Expired")
        } else {
            reply.answers(&["Cancelled"]);
            ("cancel", "Canceled")
        };
        Round {
            winner,
            spots: [Spot::of("Cancel", item.key), Spot::of("Expire", item.key)],
            ends: vec![End::of(&item.id, CANCELLED, code, "10.00")],
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_settle_about_the_deadline_wins_or_is_too_late() {
    run(SettleExpire).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancel_about_the_deadline_wins_or_is_too_late() {
    run(CancelExpire).await;
}
