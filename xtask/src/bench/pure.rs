//! The pure way of one Reserve, again and again, for counting instructions: parse, verify, decode,
//! decide, encode. Each stage does what the earlier ones do and one thing more.

use std::hint::black_box;
use std::path::Path;

use payments::command::{Decide, Lanes, Outcome, Stamp};
use payments::{AccountKey, Command, ReadSet, Terms, Timestamp, WorkingSet};
use signing::form::{self, Limits};
use signing::hosts::PublicNames;
use signing::{Secret, Verb};
use store::conformance::{Parts, START, world::World};
use store::{MemoryStore, Store};
use wire::{Action, Call, Check, Reply, Request, VerifiedCall, Version};

use super::instructions::STAGES;
use super::machine;
use super::signer::Signer;
use super::world::Caller;
use crate::run::{Failure, Outcome as Done};

const HOST: &str = "127.0.0.1:8480";
const LANES: Lanes = Lanes { own: 0, count: 1 };

/// What every repetition works on.
struct Fixture {
    /// The form of a signed request.
    body: Vec<u8>,
    secret: Secret,
    names: PublicNames,
    now: Timestamp,
    caller: AccountKey,
    seen: WorkingSet,
    terms: Terms,
}

/// `bench-pure STAGE TIMES`.
pub fn run(_: &Path, typed: &[String]) -> Done {
    let [stage, times] = typed else {
        return Err(Failure::because("bench-pure STAGE TIMES"));
    };
    let stage = STAGES.iter().position(|name| name == stage);
    let stage = stage.ok_or_else(|| Failure::because("there is no such stage"))?;
    let times: u32 = times
        .parse()
        .map_err(|_| Failure::because("TIMES is a number"))?;
    let fixture = Fixture::make()?;
    // Whatever is set up at the first use is set up in every run.
    fixture.work(STAGES.len() - 1)?;
    for _ in 0..times {
        fixture.work(stage)?;
    }
    Ok(())
}

fn failed(reason: impl std::fmt::Display) -> Failure {
    Failure::because(format!("the pure path: {reason}"))
}

impl Fixture {
    /// A world in memory, and a request that is accepted in it.
    fn make() -> Result<Fixture, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let runtime = runtime.map_err(failed)?;
        let store = MemoryStore::new(Parts::new().setup(1));
        let world = runtime.block_on(World::make(&store));
        let caller = Caller {
            key: world.access_key.to_string(),
            secret: Secret::new("a secret of forty characters, like real"),
            tokens: vec![world.token.to_string()],
        };
        let mut signer = Signer::new(HOST);
        let request = signer.reserve(&caller, &caller.tokens[0], "order-00000000000042");
        let end = request.windows(4).position(|four| four == b"\r\n\r\n");
        let end = end.ok_or_else(|| failed("a request without an end"))?;
        let mut fixture = Fixture {
            body: request[end + 4..].to_vec(),
            secret: caller.secret,
            names: PublicNames::default(),
            now: machine::now(),
            caller: world.caller,
            seen: WorkingSet::default(),
            terms: Terms::sandbox(),
        };
        let command = fixture.command(fixture.verified()?)?;
        fixture.seen = runtime.block_on(seen_by(&store, &command))?;
        Ok(fixture)
    }

    fn call(&self) -> Result<Call<'_>, Failure> {
        let pairs = form::parse(&self.body, &Limits::DEFAULT).map_err(failed)?;
        Call::read(Verb::Post, HOST, "/", pairs).map_err(|error| failed(error.code))
    }

    fn check(&self) -> Check<'_> {
        Check {
            secret: &self.secret,
            names: &self.names,
            now: self.now,
            accepts_version_1: false,
        }
    }

    /// The command of a call whose signature holds.
    fn command(&self, verified: VerifiedCall<'_>) -> Result<Command, Failure> {
        match verified.request(self.caller) {
            Ok(Request::Command(command)) => Ok(command),
            Ok(Request::Install(_) | Request::Read(_) | Request::VerifySignature { .. }) => {
                Err(failed("no command"))
            }
            Err(error) => Err(failed(error.code)),
        }
    }

    fn verified(&self) -> Result<VerifiedCall<'_>, Failure> {
        let verified = self.call()?.verify(&self.check());
        verified.map_err(|error| failed(error.code))
    }

    fn decide(&self, command: &Command) -> Result<Outcome, Failure> {
        let mut want = ReadSet::default();
        command.reads(&self.seen, LANES, &mut want);
        black_box(&want);
        let stamp = Stamp {
            now: START,
            real: START,
            lanes: LANES,
            first_key: payments::ids::first_key(START, 0),
            nonce: [7; payments::command::NONCE_BYTES],
            terms: &self.terms,
        };
        let verdict = black_box(command.decide(&self.seen, &stamp));
        verdict
            .answer
            .map_err(|refusal| failed(format!("refused: {refusal:?}")))
    }

    /// Everything up to a stage, once.
    fn work(&self, stage: usize) -> Result<(), Failure> {
        if stage == 0 {
            black_box(&self.call()?);
            return Ok(());
        }
        let verified = self.verified()?;
        if stage == 1 {
            black_box(&verified);
            return Ok(());
        }
        let command = self.command(verified)?;
        if stage == 2 {
            black_box(&command);
            return Ok(());
        }
        let outcome = self.decide(&command)?;
        if stage == 3 {
            black_box(&outcome);
            return Ok(());
        }
        let reply = Reply {
            version: Version::V2008,
            request_id: "c21e7735-9c08-4cd8-99bf-535a848c79b4",
        };
        black_box(reply.outcome(Action::Reserve, &outcome));
        Ok(())
    }
}

/// Everything that a command must see, read in its rounds.
async fn seen_by(store: &MemoryStore, command: &Command) -> Result<WorkingSet, Failure> {
    let (mut seen, mut all) = (WorkingSet::default(), ReadSet::default());
    loop {
        let before = all.clone();
        command.reads(&seen, LANES, &mut all);
        if all == before {
            return Ok(seen);
        }
        seen = store.see(all.clone()).await.map_err(failed)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stage_works_and_the_last_accepts_the_request() {
        let fixture = Fixture::make().expect("a world");
        for (stage, name) in STAGES.iter().enumerate() {
            fixture.work(stage).expect(name);
        }
        let verified = fixture.verified().expect("signed");
        let outcome = fixture.decide(&fixture.command(verified).expect("a command"));
        let outcome = outcome.expect("accepted");
        assert!(
            matches!(outcome, Outcome::Transaction { .. }),
            "{outcome:?}"
        );
    }
}
