//! Outcomes that are not known: a processor that does as it is told, in time that is told as well.

use crate::wait::until;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::world::World;
use payments::TransactionId;
use payments::commands::Cancel;
use payments::rows::{Release, State, Status, StatusCode, Transaction};
use processor::{
    Answer, Authorize, CallError, Calling, Capture, Processor, ProcessorKey, Refund, Seen,
    UnknownReason, Void,
};
use workers::Workers;
use workers::outbound::Limits;

/// What comes of the next call or look-up.
#[derive(Clone)]
enum Does {
    Answer(Result<Answer, CallError>),
    Hang,
    Panic,
}

/// A processor with a list of what it does, and one of what it was asked.
#[derive(Default)]
struct Scripted {
    calls: Mutex<VecDeque<Does>>,
    look_ups: Mutex<VecDeque<Result<Seen, CallError>>>,
    asked: Mutex<Vec<String>>,
}

impl Scripted {
    fn of(calls: Vec<Does>, look_ups: Vec<Result<Seen, CallError>>) -> Arc<Scripted> {
        Arc::new(Scripted {
            calls: Mutex::new(calls.into()),
            look_ups: Mutex::new(look_ups.into()),
            asked: Mutex::default(),
        })
    }

    fn call(&self, key: &ProcessorKey) -> Calling<'_, Result<Answer, CallError>> {
        self.asked.lock().unwrap().push(key.kind().to_string());
        let does = self
            .calls
            .lock()
            .unwrap()
            .pop_front()
            .unwrap_or(Does::Answer(Ok(approved())));
        Box::pin(async move {
            match does {
                Does::Answer(answer) => answer,
                Does::Hang => std::future::pending().await,
                Does::Panic => panic!("told to"),
            }
        })
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl Processor for Scripted {
    fn key_lifetime(&self) -> Duration {
        Duration::from_hours(1)
    }

    fn authorize(&self, call: Authorize) -> Calling<'_, Result<Answer, CallError>> {
        assert_eq!(call.descriptor, "Shop");
        self.call(&call.key)
    }

    fn capture(&self, call: Capture) -> Calling<'_, Result<Answer, CallError>> {
        self.call(&call.key)
    }

    fn void(&self, call: Void) -> Calling<'_, Result<Answer, CallError>> {
        self.call(&call.key)
    }

    fn refund(&self, call: Refund) -> Calling<'_, Result<Answer, CallError>> {
        self.call(&call.key)
    }

    fn look_up(&self, _key: ProcessorKey) -> Calling<'_, Result<Seen, CallError>> {
        self.asked.lock().unwrap().push("look-up".to_owned());
        let seen = self
            .look_ups
            .lock()
            .unwrap()
            .pop_front()
            .unwrap_or(Ok(Seen::NotFound));
        Box::pin(async move { seen })
    }
}

fn approved() -> Answer {
    Answer::Approved {
        processor_reference: String::new(),
    }
}

fn declined(code: &str) -> Does {
    let (code, message) = (code.to_owned(), "no".to_owned());
    Does::Answer(Ok(Answer::Declined { code, message }))
}

fn lost() -> Does {
    Does::Answer(Err(CallError::Unknown(UnknownReason::ConnectionLost)))
}

async fn start(processor: &Arc<Scripted>) -> (World, Workers, TransactionId) {
    let world = World::plain().await;
    let workers = world.work_with(world.desk.clone(), processor.clone(), Limits::default());
    let id = world
        .reserve(&world.token("4242424242424242").await, "one")
        .await;
    (world, workers, id)
}

fn reserved(row: &Transaction) -> bool {
    row.status() == Status::Reserved
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_looked_up_and_not_asked_for_again() {
    let known = Ok(Seen::Known(approved()));
    let processor = Scripted::of(vec![lost()], vec![Ok(Seen::NotFound), known]);
    let (world, _workers, id) = start(&processor).await;
    world.until(&id, reserved).await;
    assert_eq!(processor.asked(), ["authorize", "look-up", "look-up"]);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_hangs_is_given_up_and_looked_up() {
    let known = Ok(Seen::Known(approved()));
    let processor = Scripted::of(vec![Does::Hang], vec![known]);
    let (world, _workers, id) = start(&processor).await;
    world.until(&id, reserved).await;
    assert_eq!(processor.asked(), ["authorize", "look-up"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_found_is_put_off_and_sent_again_under_its_key() {
    let processor = Scripted::of(vec![lost()], Vec::new());
    let (world, workers, id) = start(&processor).await;
    let deferred = || {
        let figures = workers.figures();
        figures
            .iter()
            .any(|(name, value)| *name == "workers_deferred_total" && 0 < *value)
    };
    until(deferred).await;
    assert_eq!(
        world.transaction(id.key().unwrap()).await.state,
        State::Authorising
    );
    assert_eq!(
        processor.asked(),
        ["authorize", "look-up", "look-up", "look-up", "look-up"]
    );
    world.clock.advance(2_000);
    world.until(&id, reserved).await;
    assert_eq!(processor.asked()[5..], ["look-up", "authorize"]);
}

#[tokio::test(start_paused = true)]
async fn after_the_life_of_its_key_a_call_waits_for_a_person() {
    let processor = Scripted::of(vec![lost()], Vec::new());
    let (world, workers, id) = start(&processor).await;
    until(|| 5 <= processor.asked().len()).await;
    world.clock.advance(3_600_000);
    workers.nudge();
    let row = world
        .until(&id, |row| row.code == StatusCode::PendingVerification)
        .await;
    assert_eq!(row.state, State::Authorising);
    let calls = processor
        .asked()
        .iter()
        .filter(|asked| *asked == "authorize")
        .count();
    assert_eq!(calls, 1, "an old key is not used again");
}

#[tokio::test(start_paused = true)]
async fn a_key_that_names_another_call_waits_for_a_person() {
    let reused = Does::Answer(Err(CallError::KeyReused { field: "amount" }));
    let processor = Scripted::of(vec![reused], Vec::new());
    let (world, _workers, id) = start(&processor).await;
    world
        .until(&id, |row| row.code == StatusCode::PendingVerification)
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_declined_release_stays_owed_unless_there_is_nothing_left() {
    for (code, release) in [
        ("do_not_honor", Release::Owed),
        ("authorization_expired", Release::Done),
    ] {
        let calls = vec![Does::Answer(Ok(approved())), declined(code)];
        let processor = Scripted::of(calls, Vec::new());
        let (world, workers, id) = start(&processor).await;
        world.until(&id, reserved).await;
        let (by, transaction) = (world.by(), id.clone());
        world
            .submit(Cancel {
                by,
                transaction,
                description: None,
                ipn_url: None,
            })
            .await;
        let answered = || {
            let figures = workers.figures();
            let figure = |name| figures.iter().find(|(known, _)| *known == name).unwrap().1;
            figure("processor_answers_total") + figure("processor_unresolved_total") == 2
        };
        until(answered).await;
        assert_eq!(
            world.transaction(id.key().unwrap()).await.release,
            release,
            "{code}"
        );
        workers.stop(Duration::from_secs(5)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_bug_in_one_call_ends_neither_its_worker_nor_its_row() {
    let processor = Scripted::of(vec![Does::Panic], Vec::new());
    let (world, workers, id) = start(&processor).await;
    until(|| {
        let figures = workers.figures();
        figures
            .iter()
            .any(|(name, value)| *name == "workers_bugs_total" && *value == 1)
    })
    .await;
    let other = world
        .reserve(&world.token("5555555555554444").await, "two")
        .await;
    world.until(&other, reserved).await;
    world.clock.advance(31_000);
    world.until(&id, reserved).await;
    assert_eq!(processor.asked()[2..], ["look-up", "authorize"]);
}

#[tokio::test(start_paused = true)]
async fn an_answer_waits_for_a_store_that_cannot_write() {
    let processor = Scripted::of(Vec::new(), Vec::new());
    let (world, _workers, id) = start(&processor).await;
    world.store.with_backend(|backend| backend.fail_writes(12));
    world.until(&id, reserved).await;
    assert_eq!(processor.asked(), ["authorize"]);
}
