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
pub struct Traffic {
    /// Requests sent and not answered.
    pub under_way: AtomicUsize,
    /// Requests that have ended, however.
    pub answered: AtomicUsize,
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
        let enough = 80 + (round * 37) % 200;
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
pub struct Client<'a> {
    /// Who it is, and which server it speaks to.
    pub caller: &'a Caller,
    /// Where its requests are counted.
    pub traffic: &'a Traffic,
    /// Its number, which decides what it does.
    pub number: usize,
    /// What its references begin with.
    pub name: String,
    /// Where its requests are told.
    pub told_at: Option<String>,
}

impl Client<'_> {
    /// What was not answered goes out again, then new requests and further steps of old ones.
    pub fn play(&self, lives: &mut Vec<Life>) -> Result<()> {
        self.play_while(lives, || true)
    }

    /// The same while something holds.
    pub fn play_while(&self, lives: &mut Vec<Life>, goes_on: impl Fn() -> bool) -> Result<()> {
        let (caller, traffic) = (self.caller, self.traffic);
        for life in lives.iter_mut() {
            if life.reserve.id.is_none() {
                traffic.during(|| life.reserve(caller))?;
            }
            if life
                .refund
                .as_ref()
                .is_some_and(|refund| refund.id.is_none())
            {
                traffic.during(|| life.refund(caller))?;
            }
        }
        for count in 0_usize.. {
            if !goes_on() {
                break;
            }
            let unfinished = lives.iter_mut().find(|life| self.has_more(life));
            match unfinished {
                Some(life) if !count.is_multiple_of(3) => self.step(life, count)?,
                Some(_) | None => self.begin(lives, count)?,
            }
        }
        Ok(())
    }

    fn begin(&self, lives: &mut Vec<Life>, count: usize) -> Result<()> {
        let amount = if (self.number + count).is_multiple_of(8) {
            "3.60"
        } else {
            "5.00"
        };
        let name = format!("{}-{count}", self.name);
        let mut life = Life::new(name, amount, self.told_at.clone());
        let went = self.traffic.during(|| life.reserve(self.caller));
        lives.push(life);
        went
    }

    /// Whether there is something to do with it. Every third client leaves its reservations alone.
    fn has_more(&self, life: &Life) -> bool {
        match (life.settle, life.cancel) {
            (Tried::No, Tried::No) => !life.is_declined() && !self.number.is_multiple_of(3),
            (Tried::Acknowledged, _) => life.refund.is_none(),
            (Tried::Sent | Tried::No, _) => false,
        }
    }

    /// Takes one life a step further.
    fn step(&self, life: &mut Life, count: usize) -> Result<()> {
        let (caller, traffic) = (self.caller, self.traffic);
        let Some(id) = life.reserve.id.clone() else {
            return Ok(());
        };
        if life.settle == Tried::Acknowledged {
            let reference = format!("{}-refund", life.reserve.reference);
            life.refund = Some(Request {
                reference,
                id: None,
            });
            return traffic.during(|| life.refund(caller));
        }
        if (self.number + count).is_multiple_of(4) {
            traffic.during(|| life.cancel(caller, &id))
        } else {
            traffic.during(|| life.settle(caller, &id))
        }
    }
}
