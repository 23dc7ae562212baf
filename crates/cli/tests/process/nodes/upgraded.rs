//! The next release's schema under servers of this one: they go on beside it, and start on it, until
//! the schema says that they may not.
//!
//! What a release may do to the schema is only ever to add, until nobody older is left; here every
//! table gets a column more, and there is a table more, while two servers are under load.

use std::io::Result;
use std::sync::atomic::Ordering;
use std::time::Duration;

use test_kit::postgres::rows;

use super::cluster::Nodes;
use super::killed::prove;
use crate::crash::journal::Life;
use crate::crash::load::{Client, Traffic};
use crate::harness::{Caller, Receiver, wait};

/// Servers.
const NODES: usize = 2;
/// Clients, each with one request under way.
const CLIENTS: usize = 8;
/// Answers before the schema changes, and after.
const ANSWERS: usize = 60;

/// What the next release adds; each statement by itself, so that none waits with a lock for another.
fn expand(url: &str) {
    let tables = "SELECT table_name FROM information_schema.tables \
        WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY 1";
    let tables = rows(url, tables);
    assert!(20 < tables.len(), "{tables:?}");
    for row in &tables {
        let table = &row[0];
        rows(url, &format!("ALTER TABLE {table} ADD COLUMN later TEXT"));
    }
    rows(
        url,
        "CREATE TABLE later (key BIGINT PRIMARY KEY, note TEXT)",
    );
    rows(url, "CREATE INDEX later_note ON transactions (later)");
    rows(url, "UPDATE schema SET version = version + 1");
}

/// Clients at all servers while something is done to the database.
fn under_load(nodes: &Nodes, caller: &Caller, name: &str, disturb: impl FnOnce()) -> Vec<Life> {
    let traffic = Traffic::default();
    let answered = |count: usize| {
        wait::until("the load", Duration::from_mins(1), || {
            (count <= traffic.answered.load(Ordering::SeqCst)).then_some(())
        });
    };
    std::thread::scope(|scope| {
        let playing: Vec<_> = (0..CLIENTS)
            .map(|number| {
                let (caller, traffic) = (nodes.caller_at(number % NODES, caller), &traffic);
                scope.spawn(move || {
                    let (name, told_at) = (format!("{name}-{number}"), None);
                    let client = Client {
                        caller: &caller,
                        traffic,
                        number,
                        name,
                        told_at,
                    };
                    let mut lives = Vec::new();
                    let enough = || traffic.answered.load(Ordering::SeqCst) < 2 * ANSWERS;
                    let played: Result<()> = client.play_while(&mut lives, enough);
                    played.expect("nobody kills a server");
                    lives
                })
            })
            .collect();
        answered(ANSWERS);
        disturb();
        let lives = playing.into_iter().map(|one| one.join().expect("played"));
        lives.flatten().collect()
    })
}

#[test]
fn servers_go_on_beside_the_next_schema_until_it_leaves_them_behind() {
    let receiver = Receiver::start();
    let nodes = Nodes::start("upgraded", NODES);
    let caller = nodes.with(0, |server| server.env(None));
    let mut lives = under_load(&nodes, &caller, "before", || expand(&nodes.url));

    // One that starts on the newer schema finds all it needs.
    nodes.kill(1);
    nodes.start_again(1);
    lives.extend(under_load(&nodes, &caller, "after", || {}));

    // The schema leaves this release behind: who runs goes on, who starts is told.
    rows(&nodes.url, "UPDATE schema SET oldest_binary = '99.0.0'");
    let id = nodes.caller_at(0, &caller).reserve("still", "5.00");
    let mut still = Life::new("still".to_owned(), "5.00", None);
    still.reserve.id = Some(id);
    lives.push(still);
    nodes.kill(1);
    let told = nodes.refused(1);
    assert!(told.contains("99.0.0"), "{told}");

    rows(&nodes.url, "UPDATE schema SET oldest_binary = '0.1.0'");
    nodes.start_again(1);
    prove(&nodes, &caller, &receiver, lives);
}
