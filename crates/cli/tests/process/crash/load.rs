//! `kill -9` while at least 64 requests are under way, again and again on one data folder.

use std::io::Result;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::journal::{Journal, Life, Request, Tried};
use super::{options, prove};
use crate::harness::{Caller, Folder, Receiver, Server, wait};

/// Kills.
const ROUNDS: usize = 22;
/// Clients, each with one request under way.
const CLIENTS: usize = 96;
/// Requests under way when the server is killed, at least.
const UNDER_WAY_MIN: usize = 64;

/// How much is going on.
#[derive(Default)]
struct Traffic {
    under_way: AtomicUsize,
    answered: AtomicUsize,
}

impl Traffic {
    /// Counts a request from before it is sent until its answer is there.
    fn during<T>(&self, request: impl FnOnce() -> Result<T>) -> Result<T> {
        self.under_way.fetch_add(1, Ordering::SeqCst);
        let answered = request();
        self.under_way.fetch_sub(1, Ordering::SeqCst);
        self.answered.fetch_add(1, Ordering::SeqCst);
        answered
    }
}

#[test]
fn random_power_cuts_under_load_lose_nothing() {
    let folder = Folder::new("load");
    let data = folder.at("data");
    let receiver = Receiver::start();
    let first = Server::start(&data, &options());
    let caller = first.env(None);
    first.kill9();
    let told_at = receiver.url("/ipn");

    let mut clients: Vec<Vec<Life>> = vec![Vec::new(); CLIENTS];
    for round in 0..ROUNDS {
        let server = Server::start(&data, &options());
        let caller = server.again(&caller);
        // Another number of answers each time, so that the cut comes at another moment each time.
        let enough = 40 + (round * 37) % 150;
        let traffic = Traffic::default();
        std::thread::scope(|scope| {
            for (number, lives) in clients.iter_mut().enumerate() {
                let client = Client {
                    caller: &caller,
                    traffic: &traffic,
                    number,
                    name: format!("{round}-{number}"),
                    // Some are told, so that notifications meet the load without being most of it.
                    told_at: (number % 4 == 0).then(|| told_at.clone()),
                };
                scope.spawn(move || {
                    // A refused connection ends the client's part in the round.
                    let _: Result<()> = client.play(lives);
                });
            }
            wait::until("the load", Duration::from_secs(30), || {
                let answered = enough <= traffic.answered.load(Ordering::SeqCst);
                let busy = UNDER_WAY_MIN <= traffic.under_way.load(Ordering::SeqCst);
                (answered && busy).then_some(())
            });
            server.kill9();
        });
    }
    let mut journal = Journal::default();
    journal.lives = clients.into_iter().flatten().collect();
    prove(&data, &caller, &receiver, &mut journal);
    journal.assert_varied();
}

/// One client in one round.
struct Client<'a> {
    caller: &'a Caller,
    traffic: &'a Traffic,
    number: usize,
    name: String,
    told_at: Option<String>,
}

impl Client<'_> {
    /// What was not answered goes out again, then new requests and further steps of old ones.
    fn play(&self, lives: &mut Vec<Life>) -> Result<()> {
        let (caller, traffic) = (self.caller, self.traffic);
        for life in lives.iter_mut() {
            if life.reserve.id.is_none() {
                traffic.during(|| life.reserve(caller))?;
            }
            if life.refund.as_ref().is_some_and(|refund| refund.id.is_none()) {
                traffic.during(|| life.refund(caller))?;
            }
        }
        for count in 0_usize.. {
            let amount = if (self.number + count).is_multiple_of(8) { "3.60" } else { "5.00" };
            let name = format!("{}-{count}", self.name);
            let mut life = Life::new(name, amount, self.told_at.clone());
            let went = traffic.during(|| life.reserve(caller));
            lives.push(life);
            went?;
            let from_the_end = (count * 5) % lives.len().min(6);
            let index = lives.len() - 1 - from_the_end;
            self.step(&mut lives[index], count)?;
        }
        Ok(())
    }

    /// Takes one life a step further, if it is ready for that.
    fn step(&self, life: &mut Life, count: usize) -> Result<()> {
        let (caller, traffic) = (self.caller, self.traffic);
        let Some(id) = life.reserve.id.clone() else {
            return Ok(());
        };
        let tried = (life.settle, life.cancel);
        let parameters = [("TransactionId", id.as_str())];
        let asked = traffic.during(|| caller.try_call("GetTransactionStatus", &parameters))?;
        let status = asked.must("TransactionStatus");
        let cancels = (self.number + count).is_multiple_of(4);
        match (tried, status.as_str()) {
            ((Tried::No, Tried::No), "Reserved") if cancels => {
                traffic.during(|| life.cancel(caller, &id))
            }
            ((Tried::No, Tried::No), "Reserved") => traffic.during(|| life.settle(caller, &id)),
            ((Tried::Acknowledged, _), "Success") if life.refund.is_none() => {
                let reference = format!("{}-refund", life.reserve.reference);
                life.refund = Some(Request { reference, id: None });
                traffic.during(|| life.refund(caller))
            }
            _ => Ok(()),
        }
    }
}
