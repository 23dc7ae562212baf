//! Nodes of two releases on one database.

use std::sync::Arc;
use std::time::Duration;

use payments::Mode;
use payments::command::Outcome;
use payments::commands::Set;
use store::conformance::world::submit;
use store::{Outage, Store};
use test_kit::postgres::rows;
use tokio::runtime::Handle;
use tokio::task::JoinSet;

use super::load::{node, prove, reserve_under, worlds};
use super::{address, wait};
use crate::migrate::{MIGRATIONS, Migration, Stopped, bring_up, try_bring_up};
use crate::releases::RELEASE;
use crate::{Address, OpenError};

/// A step that the release before can live with, and one that it cannot.
const EXPAND: Migration = Migration {
    version: 1_000,
    oldest_binary: "0.1.0",
    sql: "ALTER TABLE settings ADD COLUMN note TEXT",
    wishes: &["ALTER TABLE settings SET (nobody_knows_this = 1)"],
};
const CONTRACT: Migration = Migration {
    version: 1_001,
    oldest_binary: "9.0.0",
    sql: "ALTER TABLE settings DROP COLUMN IF EXISTS note",
    wishes: &[],
};
/// The most that a release may do beside the one before: whatever there is gets more.
const WIDEN: Migration = Migration {
    version: 1_000,
    oldest_binary: "0.1.0",
    sql: "DO $$ DECLARE it text; BEGIN FOR it IN SELECT table_name FROM information_schema.tables \
        WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' \
        AND table_name <> 'schema' LOOP \
        EXECUTE format('ALTER TABLE %I ADD COLUMN later TEXT', it); END LOOP; END $$; \
        CREATE INDEX later_note ON transactions (later); \
        CREATE TABLE IF NOT EXISTS later (key INTEGER PRIMARY KEY, times INTEGER NOT NULL); \
        INSERT INTO later VALUES (1, 1) ON CONFLICT (key) DO UPDATE SET times = later.times + 1",
    wishes: &[],
};
/// Callers at the same time.
const CALLERS: usize = 8;

fn set(value: &str) -> payments::Command {
    let (name, value) = ("name".to_owned(), value.to_owned());
    Set { name, value }.into()
}

async fn run(url: &str, binary: &str, more: &[Migration]) -> Result<(), OpenError> {
    let address = Address::parse(url, None).expect("an address");
    let client = address.connect().await.expect("connected");
    let steps = [&MIGRATIONS[..], more].concat();
    bring_up(&client, Mode::Sandbox, binary, &steps).await
}

/// One try of a node that knows all of it.
async fn try_once(url: &str, more: &[Migration]) -> Result<(), Stopped> {
    let client = address(url).connect().await.expect("connected");
    let steps = [&MIGRATIONS[..], more].concat();
    try_bring_up(&client, Mode::Sandbox, "9.0.0", &steps).await
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_that_start_at_once_migrate_once() {
    let url = Arc::new(test_kit::postgres::database());
    let mut starting = JoinSet::new();
    for _ in 0..6 {
        let url = url.clone();
        starting.spawn(async move { run(&url, "0.1.0", &[EXPAND]).await });
    }
    for started in starting.join_all().await {
        started.expect("each of them finds the schema it needs");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn payments_go_on_while_nodes_of_the_next_release_change_every_table() {
    let url = Arc::new(test_kit::postgres::database());
    let old = [node(&url).await, node(&url).await];
    let worlds = worlds(&*old[0], CALLERS).await;
    let mut answered_by_then = 0;
    let disturb = async {
        wait::for_answers(&old, 100).await;
        let mut starting = JoinSet::new();
        for _ in 0..3 {
            let url = url.clone();
            starting.spawn(async move { run(&url, "8.0.0", &[WIDEN]).await });
        }
        for started in starting.join_all().await {
            started.expect("it finds the schema it needs");
        }
        answered_by_then = wait::answered(&old);
    };
    let seen = reserve_under(&old, &worlds, 60, disturb).await;
    assert!(
        answered_by_then < wait::answered(&old),
        "it was beside the load"
    );
    assert_eq!(rows(&url, "SELECT version FROM schema"), [["1000"]]);
    assert_eq!(
        rows(&url, "SELECT times FROM later"),
        [["1"]],
        "it ran once"
    );

    // One that starts on the newer schema, beside one from before.
    let new = node(&url).await;
    let both = [old[0].clone(), new.clone()];
    let more = reserve_under(&both, &worlds, 80, async {}).await;
    assert!(
        seen.iter().all(|(name, id)| more.get(name) == Some(id)),
        "the same answers"
    );
    for node in [&old[0], &old[1], &new] {
        node.close().await;
    }
    let count = u64::try_from(more.len()).expect("a count");
    assert_eq!(prove(&url).await, count, "nothing lost, nothing twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_leaves_a_release_behind_waits_for_its_nodes() {
    let url = test_kit::postgres::database();
    let old = node(&url).await;
    run(&url, "8.0.0", &[EXPAND])
        .await
        .expect("expanded while a node works");
    assert_eq!(submit(&*old, set("beside")).await, Outcome::Done);
    node(&url).await.close().await;
    let stopped = try_once(&url, &[EXPAND, CONTRACT]).await;
    let Err(Stopped::InUse(reason)) = stopped else {
        panic!("a node works that it leaves behind: {stopped:?}")
    };
    assert!(
        reason.contains(RELEASE) && reason.contains("9.0.0"),
        "{reason}"
    );
    let migrating = tokio::spawn({
        let url = url.clone();
        async move { run(&url, "9.0.0", &[EXPAND, CONTRACT]).await }
    });
    assert_eq!(submit(&*old, set("goes on")).await, Outcome::Done);
    old.close().await;
    migrating.await.expect("no panic").expect("then contracted");
    let refused = run(&url, "8.9.9", &[EXPAND, CONTRACT]).await;
    assert!(matches!(refused, Err(OpenError::TooNew { oldest }) if oldest == "9.0.0"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_was_asleep_meanwhile_writes_no_more() {
    let url = test_kit::postgres::database();
    let old = node(&url).await;
    assert_eq!(submit(&*old, set("before")).await, Outcome::Done);
    // Whenever it does look after its lanes in between, once more.
    let handle = Handle::current();
    wait::until(|| {
        rows(&url, "UPDATE lanes SET leased_until = 0");
        handle.block_on(try_once(&url, &[CONTRACT])).is_ok()
    })
    .await;
    let refused = old.submit(set("after")).await;
    let Err(Outage::Failed { reason, .. }) = &refused else {
        panic!("it may not write: {refused:?}")
    };
    assert!(reason.contains("9.0.0"), "{reason}");
    assert!(old.ready().await.is_err());
    let kept = "SELECT value FROM settings WHERE name = 'name'";
    assert_eq!(rows(&url, kept), [["before"]]);
    old.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_engine_does_not_know_of_speed_stops_nothing() {
    let url = test_kit::postgres::database();
    run(&url, "8.0.0", &[EXPAND])
        .await
        .expect("a wish that is refused is no failure");
    let stamped = rows(&url, "SELECT version FROM schema");
    assert_eq!(stamped, [["1000"]]);
    let roomy = "SELECT relname, reloptions FROM pg_class WHERE reloptions IS NOT NULL \
        AND relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname";
    let expected = ["tokens", "transactions"].map(|table| [table, "{fillfactor=50}"]);
    assert_eq!(rows(&url, roomy), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn payments_do_not_wait_for_a_step_that_waits_for_a_reader() {
    let url = test_kit::postgres::database();
    let old = node(&url).await;
    let reader = address(&url).connect().await.expect("connected");
    let reading = "SET idle_in_transaction_session_timeout = 0; BEGIN; SELECT * FROM settings";
    reader.batch_execute(reading).await.expect("it reads");
    let migrating = tokio::spawn({
        let url = url.clone();
        async move { run(&url, "8.0.0", &[EXPAND]).await }
    });
    let waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' \
        AND datname = current_database() AND query LIKE 'ALTER TABLE settings%'";
    wait::until(|| rows(&url, waits)[0][0] != "0").await;
    for number in 0..3 {
        let set = old.submit(set(&number.to_string()));
        let answered = tokio::time::timeout(Duration::from_secs(5), set).await;
        let answer = answered.expect("it does not wait for the reader");
        assert!(matches!(answer, Ok(Ok(Outcome::Done))), "{answer:?}");
    }
    assert!(!migrating.is_finished(), "the reader is still there");
    reader.batch_execute("COMMIT").await.expect("it has read");
    let migrated = migrating.await.expect("no panic");
    migrated.expect("then it is done");
    old.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_keeps_its_mode() {
    let url = test_kit::postgres::database();
    run(&url, "0.1.0", &[]).await.expect("made");
    let address = Address::parse(&url, None).expect("an address");
    let other = crate::migrate(&address, Mode::Production).await;
    assert!(matches!(other, Err(OpenError::OtherMode { stamped, .. }) if stamped == "sandbox"));
}
