//! Subscriptions: what they cost when, how they end, and what is given back.

use payments::command::{Answer, Credential};
use payments::commands::{
    AnswerFromProcessor, CancelSubscription, CancelToken, Canceller, ChargeSubscription,
    ProcessorSaid, StartSubscription,
};
use payments::period::Period;
use payments::rows::{Reference, State, Subscription, SubscriptionStatus, Transaction, WorkKind};
use payments::time::DAY_MS;
use payments::{
    AccountKey, By, Outcome, Refusal, SubscriptionId, SubscriptionKey, TokenId, WorkId,
};
use test_kit::check;
use test_kit::people::{reference, usd};
use test_kit::table::Story;

/// A plan in a story: `buyer` pays `shop` from a balance by the token `R1`.
pub(crate) struct Plan {
    pub(crate) story: Story,
    pub(crate) caller: AccountKey,
    token: TokenId,
    key: SubscriptionKey,
    pub(crate) id: SubscriptionId,
}

fn every(text: &str) -> Period {
    Period::parse(text).expect("a period")
}

impl Plan {
    pub(crate) fn start(scene: &str, change: impl FnOnce(&mut StartSubscription)) -> Plan {
        let mut story = check(scene);
        let token = story.token_id("R1").expect("the scene has it");
        let caller = story.world.token(&token).installer;
        let mut start = StartSubscription {
            caller,
            token: token.clone(),
            description: "Monthly box".to_owned(),
            amount: usd("5.00"),
            promotion: None,
            frequency: every("1 day"),
            period: None,
            starts_at: None,
            notify_url: None,
        };
        change(&mut start);
        let Ok(Outcome::Subscription(id)) = story.world.run(start) else {
            panic!("it is started");
        };
        let key = id.key().expect("an id of ours");
        Plan {
            story,
            caller,
            token,
            key,
            id,
        }
    }

    pub(crate) fn row(&self) -> &Subscription {
        &self.story.world.rows.subscriptions[&self.key]
    }

    fn work(&self) -> Option<WorkId> {
        let works = self.story.world.rows.works.values();
        let mut charges = works.filter(|work| work.kind == WorkKind::Charge);
        let found = charges.next().map(|work| work.id);
        assert!(charges.next().is_none(), "one plan has one row of work");
        found
    }

    /// Does what is due, as a worker would; gives how many rows it found.
    pub(crate) fn charge_due(&mut self) -> usize {
        let mut done = 0;
        while let Some(work) = self.work().filter(|work| work.due <= self.story.world.now) {
            let charge = ChargeSubscription {
                subscription: self.key,
                work,
            };
            assert_eq!(self.story.world.run(charge), Ok(Outcome::Done));
            done += 1;
        }
        done
    }

    fn cancel(&mut self, refund: Option<(&str, &str)>) -> Answer {
        let by = By {
            caller: self.caller,
            credential: Credential::None,
            date: self.story.world.now,
            mark: [7; 16],
        };
        let subscription = self.id.clone();
        self.story.world.run(CancelSubscription {
            by,
            subscription,
            refund: refund.map(|(name, amount)| (reference(name), usd(amount))),
            reason: None,
        })
    }

    /// Each charge: its amount in cents, or nothing where it was refused.
    pub(crate) fn charged(&self) -> Vec<Option<i64>> {
        let row = self.row();
        let one = |serial| {
            let name = (self.caller, row.reference(serial));
            match &self.story.world.rows.references[&name] {
                Reference::Transaction(key) => {
                    Some(self.story.world.rows.transactions[key].amount.micros() / 10_000)
                }
                Reference::Refused { .. } | Reference::Bound { .. } => None,
            }
        };
        (1..=row.charges).map(one).collect()
    }

    pub(crate) fn last(&self) -> &Transaction {
        &self.story.world.rows.transactions[&self.row().last.expect("a last payment")]
    }
}

pub(crate) const FUNDED: &str = "
    deposit buyer 100.00
    consent R1 buyer to shop recurring from balance
";

#[test]
fn each_period_is_charged_once_with_promotions_first_until_its_end() {
    let mut plan = Plan::start(FUNDED, |start| {
        start.promotion = Some((usd("1.00"), 2));
        start.frequency = every("1 week");
        start.period = Some(every("4 weeks"));
    });
    assert_eq!(plan.charge_due(), 1);
    assert_eq!(plan.charge_due(), 0);
    for _ in 0..5 {
        plan.story.world.wait_ms(7 * DAY_MS - 1);
        assert_eq!(plan.charge_due(), 0);
        plan.story.world.wait_ms(1);
        plan.charge_due();
    }
    let row = plan.row();
    assert_eq!(row.status, SubscriptionStatus::Completed);
    assert_eq!((row.charges, row.next_at), (4, None));
    assert_eq!(plan.work(), None);
    assert_eq!(plan.charged(), [Some(100), Some(100), Some(500), Some(500)]);
    assert_eq!(
        plan.cancel(None),
        Err(Refusal::InvalidSubscriptionState(
            SubscriptionStatus::Completed
        ))
    );
}

#[test]
fn it_begins_when_it_is_to_begin() {
    let mut plan = Plan::start(FUNDED, |start| {
        start.starts_at = Some(test_kit::world::BEGINNING.plus_ms(3 * DAY_MS));
    });
    assert_eq!(plan.charge_due(), 0);
    plan.story.world.wait_ms(3 * DAY_MS);
    assert_eq!(plan.charge_due(), 1);
    assert_eq!(
        plan.row().next_at,
        Some(plan.row().starts_at.plus_ms(DAY_MS))
    );
}

/// What was missed while nobody worked is made up one by one, each in the window it was due in.
#[test]
fn missed_charges_are_caught_up_within_the_limits_of_the_token() {
    let mut plan = Plan::start(
        "deposit buyer 100.00
         consent R1 buyer to shop recurring from balance exactly 5.00 count 1 per 1-Day",
        |_| (),
    );
    plan.story.world.wait_ms(3 * DAY_MS);
    assert_eq!(plan.charge_due(), 4);
    assert_eq!(plan.charged(), [Some(500); 4]);
    assert_eq!(plan.story.world.token(&plan.token).uses, 4);
}

#[test]
fn a_refused_charge_is_recorded_and_the_plan_goes_on() {
    let mut plan = Plan::start(
        "deposit buyer 5.00
         consent R1 buyer to shop recurring from balance",
        |_| (),
    );
    plan.story.world.wait_ms(DAY_MS);
    assert_eq!(plan.charge_due(), 2);
    plan.story.say("deposit buyer 5.00").expect("a step");
    plan.story.world.wait_ms(DAY_MS);
    assert_eq!(plan.charge_due(), 1);
    assert_eq!(plan.charged(), [Some(500), None, Some(500)]);
    assert_eq!(plan.row().status, SubscriptionStatus::Active);
}

#[test]
fn a_declined_card_is_recorded_and_the_plan_goes_on() {
    let mut plan = Plan::start("consent R1 buyer to shop recurring", |_| ());
    assert_eq!(plan.charge_due(), 1);
    let transaction = plan.last().key;
    let works = plan.story.world.rows.works.values();
    let work = works
        .filter(|work| work.kind == WorkKind::Authorize)
        .map(|work| work.id)
        .next();
    plan.story
        .world
        .run(AnswerFromProcessor {
            transaction,
            call: WorkKind::Authorize,
            work,
            said: ProcessorSaid::Declined {
                message: "No.".to_owned(),
            },
        })
        .expect("an answer");
    assert_eq!(plan.last().state, State::Failed);
    plan.story.world.wait_ms(DAY_MS);
    assert_eq!(plan.charge_due(), 1);
    assert_eq!(plan.last().state, State::Authorising);
    assert_eq!(
        plan.cancel(Some(("R", "1.00"))),
        Err(Refusal::OriginalTransactionIncomplete(
            payments::rows::Status::Pending
        ))
    );
    // What was refused cancels nothing.
    assert_eq!(plan.row().status, SubscriptionStatus::Active);
}

#[test]
fn a_revoked_token_ends_the_plan() {
    let mut plan = Plan::start(FUNDED, |_| ());
    plan.charge_due();
    let owner = plan.story.world.token(&plan.token).account;
    plan.story
        .world
        .run(CancelToken {
            by: Canceller::Owner(owner),
            token: plan.token.clone(),
            reason: None,
            ipn_url: None,
        })
        .expect("their own");
    plan.story.world.wait_ms(DAY_MS);
    assert_eq!(plan.charge_due(), 1);
    assert_eq!(plan.row().status, SubscriptionStatus::Cancelled);
    assert_eq!(plan.work(), None);
    assert_eq!(plan.charged(), [Some(500), None]);
}

#[test]
fn a_plan_goes_on_by_the_token_that_took_over() {
    let mut plan = Plan::start(FUNDED, |_| ());
    plan.charge_due();
    assert_eq!(plan.last().instrument, None);
    plan.story
        .say("edit-token R1 as R2 to card -> done")
        .expect("a step");
    plan.story.world.wait_ms(DAY_MS);
    assert_eq!(plan.charge_due(), 1);
    assert!(plan.last().instrument.is_some(), "the card pays");
    let newest = plan.story.token_id("R2").expect("made above");
    assert_eq!(Some(plan.row().token), newest.key());
    assert_eq!(plan.row().status, SubscriptionStatus::Active);
    plan.story.say("cancel-token R2 by shop").expect("a step");
    plan.story.world.wait_ms(DAY_MS);
    assert_eq!(plan.charge_due(), 1);
    assert_eq!(plan.row().status, SubscriptionStatus::Cancelled);
}

#[test]
fn cancelling_gives_back_of_the_last_payment() {
    for (refund, outcome) in [
        (None, None),
        (Some(("R", "0.00")), None),
        (Some(("R", "2.00")), Some(2_000_000)),
        (Some(("R", "5.00")), Some(5_000_000)),
    ] {
        let mut plan = Plan::start(FUNDED, |_| ());
        plan.charge_due();
        let answer = plan.cancel(refund).expect("it is cancelled");
        let refunded = plan.last().refunds.refunded.micros();
        match outcome {
            None => assert_eq!((answer, refunded), (Outcome::Done, 0)),
            Some(micros) => {
                assert!(matches!(answer, Outcome::Transaction { .. }), "{answer:?}");
                assert_eq!(refunded, micros);
                // The same request again is the same refund.
                assert_eq!(plan.cancel(refund), Ok(answer));
            }
        }
        assert_eq!(plan.row().status, SubscriptionStatus::Cancelled);
        // With the plan goes the work of its next charge.
        assert_eq!((plan.row().charges, plan.work()), (1, None));
        assert_eq!(
            plan.cancel(None),
            Err(Refusal::InvalidSubscriptionState(
                SubscriptionStatus::Cancelled
            ))
        );
    }
}

#[test]
fn a_refund_runs_after_the_plan_was_cancelled() {
    let mut plan = Plan::start(FUNDED, |_| ());
    plan.charge_due();
    assert_eq!(plan.cancel(None), Ok(Outcome::Done));
    let refunded = plan.cancel(Some(("R", "4.00")));
    assert!(matches!(refunded, Ok(Outcome::Transaction { .. })));
    let more = plan.cancel(Some(("S", "2.00")));
    assert!(matches!(more, Err(Refusal::RefundAmountExceeded { .. })));
    assert_eq!(plan.cancel(Some(("T", "0.00"))), Ok(Outcome::Done));
}

#[test]
fn nothing_paid_is_nothing_to_give_back() {
    let mut plan = Plan::start(FUNDED, |_| ());
    let answer = plan.cancel(Some(("R", "1.00")));
    assert!(matches!(answer, Err(Refusal::InvalidParams { .. })));
    assert_eq!(plan.row().status, SubscriptionStatus::Active);
    let other = plan.story.world.shop().account;
    plan.caller = other;
    let answer = plan.cancel(None);
    assert!(matches!(answer, Err(Refusal::InvalidParams { .. })));
}

#[test]
fn what_cannot_be_started_is_refused() {
    type Change = fn(&mut StartSubscription);
    let cases: [(&str, Change); 6] = [
        ("AmountOutOfRange", |start| start.amount = usd("0.00")),
        ("AmountOutOfRange", |start| start.amount = usd("10000.01")),
        ("AmountOutOfRange", |start| {
            start.promotion = Some((usd("0.00"), 1));
        }),
        ("InvalidParams", |start| start.frequency = every("2 hours")),
        ("InvalidParams", |start| {
            start.period = Some(every("48 hours"));
        }),
        ("InvalidTokenId(Sender)", |start| {
            start.token = TokenId::parse(&"A".repeat(64)).expect("well formed");
        }),
    ];
    let mut plan = Plan::start(
        "consent M1 buyer to shop multi
         consent R1 buyer to shop recurring",
        |_| (),
    );
    let usual = StartSubscription {
        caller: plan.caller,
        token: plan.token.clone(),
        description: String::new(),
        amount: usd("5.00"),
        promotion: None,
        frequency: every("1 month"),
        period: None,
        starts_at: None,
        notify_url: None,
    };
    for (refusal, change) in cases {
        let mut start = usual.clone();
        change(&mut start);
        let answer = plan.story.world.run(start);
        let said = format!("{:?}", answer.expect_err(refusal));
        assert!(said.starts_with(refusal), "{refusal}: {said}");
    }
    let multi = plan.story.token_id("M1").expect("made above");
    let answer = plan.story.world.run(StartSubscription {
        token: multi,
        ..usual
    });
    assert!(matches!(answer, Err(Refusal::InvalidParams { .. })));
}
