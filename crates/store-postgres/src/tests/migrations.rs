//! Nodes of two releases on one database.

use std::sync::Arc;
use std::time::Duration;

use payments::Mode;
use payments::command::Outcome;
use payments::commands::Set;
use store::Store;
use store::conformance::world::submit;
use test_kit::postgres::rows;
use tokio::task::JoinSet;

use super::load::node;
use super::{address, wait};
use crate::migrate::{MIGRATIONS, Migration, bring_up};
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
    sql: "ALTER TABLE settings DROP COLUMN note",
    wishes: &[],
};

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
async fn the_previous_release_works_beside_the_next_until_it_may_not() {
    let url = test_kit::postgres::database();
    let old = node(&url).await;
    run(&url, "8.0.0", &[EXPAND])
        .await
        .expect("expanded while a node works");
    assert_eq!(submit(&*old, set("beside")).await, Outcome::Done);
    node(&url).await.close().await;
    run(&url, "9.0.0", &[EXPAND, CONTRACT])
        .await
        .expect("contracted");
    let refused = run(&url, "8.9.9", &[EXPAND, CONTRACT]).await;
    assert!(matches!(refused, Err(OpenError::TooNew { oldest }) if oldest == "9.0.0"));
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
