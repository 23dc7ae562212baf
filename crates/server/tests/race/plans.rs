//! A cancel of a subscription, and its charge that is due.
//!
//! A group of plans begins at one moment. Product time is moved there, and each cancel meets the
//! command that the worker of charges submits. The rows of work are claimed as that worker claims
//! them, so it leaves them alone; what it claimed first, it charges itself.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use payments::commands::{Advance, ChargeSubscription, InstallTokens, StartSubscription};
use payments::period::{Period, PeriodUnit};
use payments::rows::{PaymentMethod, TokenType, WorkKind};
use payments::time::DAY_MS;
use payments::{Outcome, SubscriptionId, SubscriptionKey, WorkId};

use super::connection::Reply;
use super::lanes::{Lane, Lanes, delay, pause};
use super::pair::{End, Pair, Round, reference, run};
use super::recorder::Spot;
use super::world::{World, cents};

/// Plans that are due together; all lanes have some.
const GROUP: usize = 64;
/// Every plan is charged once: the next charge lies beyond every test.
const SELDOM: Period = Period {
    count: 100,
    unit: PeriodUnit::Year,
};

/// A plan whose first charge is due.
struct Plan {
    id: SubscriptionId,
    key: SubscriptionKey,
    /// The work to charge it; `None` when the server's own worker has it.
    work: Option<WorkId>,
}

/// Starts plans about 10 dollars, and moves product time to their first charge.
async fn due<P: Pair>(
    world: &Arc<World>,
    numbers: Range<usize>,
    method: PaymentMethod,
) -> Vec<Plan> {
    let starts_at = world.now().await.plus_ms(DAY_MS);
    let mut plans = Vec::new();
    for number in numbers {
        let instrument = (method == PaymentMethod::Card).then_some(world.card);
        let token = world.install(InstallTokens {
            kind: TokenType::Recurring,
            method: Some(method),
            instrument,
            ..world.consent(&reference::<P>(number, "token"))
        });
        let started = world.submit(StartSubscription {
            caller: world.caller,
            token: token.await,
            description: "A paper".to_owned(),
            amount: cents(10_00),
            promotion: None,
            frequency: SELDOM,
            period: None,
            starts_at: Some(starts_at),
            notify_url: None,
        });
        let started = started.await;
        let Outcome::Subscription(id) = started else {
            panic!("no subscription: {started:?}");
        };
        let key = id.key().expect("an id of ours");
        let work = None;
        plans.push(Plan { id, key, work });
    }
    let ms = starts_at.ms_since(world.now().await);
    world.submit(Advance { ms }).await;
    let claimed = world.app().store.claim(vec![WorkKind::Charge], GROUP);
    let claimed = claimed.await.expect("the store leases work").into_iter();
    let works: HashMap<i64, WorkId> = claimed
        .map(|item| (item.work.subject, item.work.id))
        .collect();
    for plan in &mut plans {
        plan.work = works.get(&plan.key.0).copied();
    }
    plans
}

/// Cancels over HTTP and charges as the worker does, at nearly the same moment. Whether the charge
/// was first.
async fn meet(
    world: &World,
    lane: &mut Lane,
    number: usize,
    plan: &Plan,
    more: &[(&str, &str)],
) -> (Reply, [Spot; 2], bool) {
    let mut own = vec![("SubscriptionId", plan.id.as_str())];
    own.extend_from_slice(more);
    let query = world.query("CancelSubscriptionAndRefund", &own);
    let spots = [
        Spot::plan("CancelSubscription", plan.key),
        Spot::plan("ChargeSubscription", plan.key),
    ];
    let cancel_leads = number.is_multiple_of(2);
    let cancel = async {
        if !cancel_leads {
            pause(delay(number)).await;
        }
        lane.one.send(&query).await
    };
    let charge = async {
        if cancel_leads {
            pause(delay(number)).await;
        }
        if let Some(work) = plan.work {
            let subscription = plan.key;
            let done = world.submit(ChargeSubscription { subscription, work });
            assert_eq!(done.await, Outcome::Done);
        }
        world.recorder.wait(&spots[1]).await;
    };
    let (reply, ()) = tokio::join!(cancel, charge);
    let charged_first = world.recorder.is_first(&spots[1], &spots[0]);
    (reply, spots, charged_first)
}

/// The only payment of a plan, if one was made; the plan must be in this state.
async fn payment_of(world: &World, lane: &mut Lane, plan: &Plan, status: &str) -> Option<String> {
    let own = [("SubscriptionId", plan.id.as_str())];
    let query = world.query("GetSubscriptionDetails", &own);
    let details = lane.one.send(&query).await;
    assert_eq!(
        details.text("SubscriptionStatus"),
        Some(status),
        "{}",
        details.body
    );
    let charges = details.text("NumberOfTransactionsProcessed");
    let query = world.query("GetTransactionsForSubscription", &own);
    let listed = lane.one.send(&query).await;
    let payment = listed.text("TransactionId").map(str::to_owned);
    let expected = if payment.is_some() { "1" } else { "0" };
    assert_eq!(charges, Some(expected), "{}", details.body);
    payment
}

/// A cancel that asks for nothing back: always accepted; what is due is charged before it or never.
struct CancelCharge;

impl Pair for CancelCharge {
    const NAME: &'static str = "cancel-subscription-charge";
    const WINNERS: &'static [&'static str] = &["cancel", "charge"];
    const AT_ONCE: usize = GROUP;
    type Item = Plan;

    async fn prepare(&self, world: &Arc<World>, _: &mut Lanes, numbers: Range<usize>) -> Vec<Plan> {
        due::<Self>(world, numbers, PaymentMethod::Card).await
    }

    async fn race(&self, world: &World, lane: &mut Lane, number: usize, plan: Plan) -> Round {
        let (reply, spots, charged_first) = meet(world, lane, number, &plan, &[]).await;
        assert!(reply.is_ok(), "{}", reply.body);
        let paid = payment_of(world, lane, &plan, "Cancelled").await;
        assert_eq!(paid.is_some(), charged_first, "{}", plan.id);
        let end = |id: String| End::of(&id, "Pending Success", "Success", "10.00");
        Round {
            winner: if charged_first { "charge" } else { "cancel" },
            spots,
            ends: paid.map(end).into_iter().collect(),
        }
    }
}

/// A cancel that asks for 4 dollars back: it needs the charge, or changes nothing.
struct RefundCharge;

impl Pair for RefundCharge {
    const NAME: &'static str = "refund-subscription-charge";
    const WINNERS: &'static [&'static str] = &["cancel", "charge"];
    const AT_ONCE: usize = GROUP;
    type Item = Plan;

    async fn prepare(&self, world: &Arc<World>, _: &mut Lanes, numbers: Range<usize>) -> Vec<Plan> {
        due::<Self>(world, numbers, PaymentMethod::Balance).await
    }

    async fn race(&self, world: &World, lane: &mut Lane, number: usize, plan: Plan) -> Round {
        let name = reference::<Self>(number, "back");
        let back = [
            ("CallerReference", name.as_str()),
            ("RefundAmount.CurrencyCode", "USD"),
            ("RefundAmount.Value", "4.00"),
        ];
        let (reply, spots, charged_first) = meet(world, lane, number, &plan, &back).await;
        let status = if charged_first { "Cancelled" } else { "Active" };
        let paid = payment_of(world, lane, &plan, status).await;
        let paid = paid.expect("it is charged either way");
        let mut ends = vec![End::of(&paid, "Success", "Success", "10.00")];
        let winner = if charged_first {
            assert!(reply.is_ok(), "{}", reply.body);
            let refund = reply.text("RefundTransactionId").expect("a refund");
            ends.push(End::of(refund, "Success", "Success", "4.00"));
            "charge"
        } else {
            reply.refused("InvalidParams", &["Nothing of this subscription was paid"]);
            "cancel"
        };
        Round {
            winner,
            spots,
            ends,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_subscription_is_charged_before_or_never() {
    run(CancelCharge).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refund_of_a_subscription_needs_its_charge() {
    run(RefundCharge).await;
}
