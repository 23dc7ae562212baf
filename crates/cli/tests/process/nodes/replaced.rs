//! The database's primary dies under load, and its synchronous standby takes over: the servers go on
//! there, and everything that was answered is there.

use std::io::Result;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use test_kit::postgres::Postgres;

use super::cluster::Nodes;
use super::killed::prove;
use crate::crash::journal::Life;
use crate::crash::load::{Client, Traffic};
use crate::harness::{Caller, Receiver, wait};

/// Servers.
const NODES: usize = 2;
/// Clients, each with one request under way.
const CLIENTS: usize = 8;
/// Answers before the primary dies, and after the standby has taken over.
const ANSWERS: usize = 60;
/// How long a part of it may take.
const PART_MAX: Duration = Duration::from_mins(2);

#[test]
fn servers_go_on_at_the_standby_and_nothing_that_was_answered_is_lost() {
    let mut primary = Postgres::start();
    primary.database("replaced");
    let standby = primary.standby(true);
    let hosts = format!("127.0.0.1:{},127.0.0.1:{}", primary.port(), standby.port());
    let options = "sslmode=disable&connect_timeout=2&target_session_attrs=read-write";
    let url = format!("postgres://holdfast@{hosts}/replaced?{options}");
    let receiver = Receiver::start();
    let told_at = receiver.url("/ipn");
    let nodes = Nodes::start_on("replaced", NODES, url);
    let caller = nodes.with(0, |server| server.env(None));
    // An outage is no answer: the same is sent again.
    let callers: Vec<Caller> = (0..NODES)
        .map(|number| nodes.caller_at(number, &caller).insisting())
        .collect();

    let (traffic, over) = (Traffic::default(), AtomicBool::new(false));
    let lives: Vec<Life> = std::thread::scope(|scope| {
        let playing: Vec<_> = (0..CLIENTS)
            .map(|number| {
                let mut client = Client {
                    caller: &callers[number % NODES],
                    traffic: &traffic,
                    number,
                    name: String::new(),
                    told_at: (number % 4 == 0).then(|| told_at.clone()),
                };
                let over = &over;
                scope.spawn(move || {
                    let mut lives = Vec::new();
                    for play in 0_usize.. {
                        if over.load(Ordering::SeqCst) {
                            break;
                        }
                        // Each play numbers its references anew.
                        client.name = format!("client-{number}-{play}");
                        let goes_on = || !over.load(Ordering::SeqCst);
                        let _: Result<()> = client.play_while(&mut lives, goes_on);
                    }
                    lives
                })
            })
            .collect();
        more_answers(&traffic);
        primary.kill();
        standby.promote();
        for caller in &callers {
            wait::until("the standby is used", PART_MAX, || {
                caller.try_call("GetAccountBalance", &[]).ok()
            });
        }
        more_answers(&traffic);
        over.store(true, Ordering::SeqCst);
        let lives = playing.into_iter().map(|one| one.join().expect("played"));
        lives.flatten().collect()
    });
    prove(&nodes, &caller, &receiver, lives);
}

/// Waits until so many requests more have ended.
fn more_answers(traffic: &Traffic) {
    let enough = traffic.answered.load(Ordering::SeqCst) + ANSWERS;
    wait::until("the load", PART_MAX, || {
        (enough <= traffic.answered.load(Ordering::SeqCst)).then_some(())
    });
}
