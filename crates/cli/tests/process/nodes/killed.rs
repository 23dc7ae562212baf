//! Three servers on one PostgreSQL, under load, killed one after the other.
//!
//! Each client keeps to one server while it lives and goes on at another when it does not; its
//! journal is compared with the books, with the shared statement of the processor and with what the
//! receiver was told, as after any power cut.

use std::io::Result;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::cluster::Nodes;
use crate::crash::journal::{Journal, Life};
use crate::crash::load::{Client, Traffic};
use crate::harness::{Caller, Receiver, wait};

/// Servers.
const NODES: usize = 3;
/// Kills: each of them twice.
const ROUNDS: usize = 2 * NODES;
/// Clients, each with one request under way.
const CLIENTS: usize = 24;
/// Answers between two kills.
const ANSWERS: usize = 60;

#[test]
fn three_nodes_lose_nothing_when_they_die_one_after_the_other() {
    let receiver = Receiver::start();
    let told_at = receiver.url("/ipn");
    let nodes = Nodes::start("nodes", NODES);
    let caller = nodes.with(0, |server| server.env(None));

    let mut clients: Vec<Vec<Life>> = vec![Vec::new(); CLIENTS];
    for round in 0..ROUNDS {
        let dying = round % NODES;
        let callers: Vec<Caller> = (0..NODES)
            .map(|number| nodes.caller_at(number, &caller))
            .collect();
        let (traffic, callers) = (Traffic::default(), &callers);
        std::thread::scope(|scope| {
            for (number, lives) in clients.iter_mut().enumerate() {
                let (traffic, told_at) = (&traffic, &told_at);
                let part = move |node: usize, name: &str| Client {
                    caller: &callers[node % NODES],
                    traffic,
                    number,
                    name: format!("{round}-{number}-{name}"),
                    told_at: (number % 4 == 0).then(|| told_at.clone()),
                };
                scope.spawn(move || {
                    let at_victim = number % NODES == dying;
                    // Who speaks to the one that dies goes on at the next; a journal's requests
                    // without an answer go out again there.
                    let enough = if at_victim { usize::MAX } else { 2 * ANSWERS };
                    let _: Result<()> = play(&part(number, "a"), lives, enough);
                    if at_victim {
                        let _: Result<()> = play(&part(number + 1, "b"), lives, ANSWERS / 2);
                    }
                });
            }
            wait::until("the load", Duration::from_mins(1), || {
                (ANSWERS <= traffic.answered.load(Ordering::SeqCst)).then_some(())
            });
            nodes.kill(dying);
        });
        nodes.start_again(dying);
    }
    prove(
        &nodes,
        &caller,
        &receiver,
        clients.into_iter().flatten().collect(),
    );
}

/// Plays until the server dies, or until so many requests of all clients were answered.
fn play(client: &Client, lives: &mut Vec<Life>, enough: usize) -> Result<()> {
    client.play_while(lives, || {
        client.traffic.answered.load(Ordering::SeqCst) < enough
    })
}

/// Compares everything with everything, at servers that nobody kills any more.
pub fn prove(nodes: &Nodes, caller: &Caller, receiver: &Receiver, lives: Vec<Life>) {
    let mut journal = Journal::default();
    journal.lives = lives;
    // A refund that came too early for what it refunds is taken the second time.
    for number in 0..2 {
        let caller = nodes.caller_at(number, caller);
        let sent = journal.send_unanswered(&caller);
        sent.expect("nobody kills a server now");
        nodes.recover();
    }
    journal.assert_statuses(&nodes.caller_at(nodes.count() - 1, caller));
    let books = nodes.copied();
    books.assert_reconciled();
    journal.assert_booked_once(&books);
    journal.assert_told(&receiver.all());
    nodes.assert_sound();
}
