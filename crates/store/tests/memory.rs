//! The model in memory passes the suite; and what only a model can be told to do.

use std::sync::Arc;

use payments::Command;
use payments::ReadSet;
use payments::commands::Set;
use store::conformance::{self, Bench, Parts, world};
use store::memory::MemoryBackend;
use store::{MemoryStore, Outage, Setup, Store};

struct Memory;

impl Bench for Memory {
    fn open(&mut self, _name: &str, setup: Setup) -> Arc<dyn Store> {
        Arc::new(MemoryStore::new(setup))
    }

    fn keeps(&self) -> bool {
        false
    }

    fn run_sql(&mut self, _name: &str, _sql: &str) {
        unreachable!("what is in memory is not kept");
    }
}

#[tokio::test]
async fn it_does_what_every_store_does() {
    conformance::run(&mut Memory).await;
}

#[test]
fn every_row_comes_back() {
    conformance::rows(&mut MemoryBackend::default());
}

fn set(name: &str) -> Command {
    Command::from(Set {
        name: name.to_owned(),
        value: "1".to_owned(),
    })
}

#[tokio::test]
async fn a_batch_that_cannot_be_written_is_tried_one_by_one() {
    let store = MemoryStore::new(Parts::new().setup(1));
    // The batch fails, and then the first command alone.
    store.with_backend(|backend| backend.fail_writes(2));
    let answers = store.submit_all(["a", "b", "c"].map(set).to_vec()).await;
    assert!(matches!(answers[0], Err(Outage::Failed { .. })));
    assert!(answers[1].is_ok() && answers[2].is_ok());
    let mut want = ReadSet::default();
    want.settings.extend(["a", "b", "c"].map(str::to_owned));
    let seen = store.see(want).await.expect("seen");
    let there = ["a", "b", "c"].map(|name| seen.settings.get(&name.to_owned()).is_some());
    assert_eq!(there, [false, true, true]);
    let numbers: Vec<_> =
        store.with_backend(|backend| backend.batches().iter().map(|row| row.number).collect());
    assert_eq!(numbers, [1, 2], "numbers are dense");
}

#[tokio::test]
async fn one_batch_is_one_row_of_the_chain_and_each_row_is_written_once() {
    let store = MemoryStore::new(Parts::new().setup(2));
    let world = world::World::make(&store).await;
    let before = store.with_backend(|backend| backend.batches().len());
    let commands: Vec<_> = (0..20)
        .map(|at| world.reserve(&format!("order-{at}"), 100))
        .collect();
    let answers = store.submit_all(commands.clone()).await;
    assert!(answers.iter().all(|answer| matches!(answer, Ok(Ok(_)))));
    let row = store.with_backend(|backend| {
        assert_eq!(backend.batches().len(), before + 1);
        backend.batches()[before].clone()
    });
    let touched = store::chain::unpack_keys(&row.touched).expect("packed keys");
    assert_eq!(touched.len(), 20);
    assert!(
        touched
            .iter()
            .all(|key| (row.first_key..=row.last_key).contains(&key.0))
    );
    let key = world.token.key().expect("an id of ours");
    let mut want = ReadSet::default();
    want.tokens.insert(key);
    let seen = store.see(want).await.expect("seen");
    assert_eq!(
        seen.tokens.get(&key).expect("there").uses,
        20,
        "each saw what the others used"
    );
    // What changes nothing writes nothing.
    assert_eq!(store.submit_all(commands).await.len(), 20);
    store.with_backend(|backend| assert_eq!(backend.batches().len(), before + 1));
}
