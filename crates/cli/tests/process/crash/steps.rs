//! A power cut at each named step, at each of the calls and notifications of a short story.

use std::io::Result;

use super::journal::{Journal, Life};
use super::{options, prove, recover};
use crate::harness::{Caller, Folder, Receiver, Server, wait};

/// Every step that has a name, and how many times the story comes by it at least.
const STEPS: [(&str, u32); 5] = [
    ("intent-written", 6),
    ("call-made", 6),
    ("answer-received", 6),
    ("notification-sent", 5),
    ("notification-recorded", 5),
];

#[test]
fn a_power_cut_at_every_step_loses_nothing() {
    let built_in = cfg!(feature = "failpoints");
    assert!(built_in, "the steps are built in by `--all-features`");
    let folder = Folder::new("steps");
    let data = folder.at("data");
    let receiver = Receiver::start();
    let first = Server::start(&data, &options());
    let caller = first.env(None);
    first.kill9();
    let told_at = receiver.url("/ipn?shop=7");

    let mut journal = Journal::default();
    for (step, times) in STEPS {
        for time in 1..=times {
            let failing = options().with("HOLDFAST_FAILPOINT", &format!("{step}:{time}"));
            let mut server = Server::start(&data, &failing);
            let caller = server.again(&caller);
            let name = format!("{step}-{time}");
            let told = tell(&caller, &mut journal, &name, &told_at);
            // The story may be told before the step is reached: what it set in motion goes on.
            let status = server.wait();
            assert_eq!(
                signal_of(status),
                Some(ABORTED),
                "{step} {time}: {status} {told:?}"
            );
            // The next cut comes to a server with nothing left over, so each story meets its own.
            recover(&Server::start(&data, &options()), &data);
        }
        prove(&data, &caller, &receiver, &mut journal);
    }
}

/// What `abort` ends a process with.
const ABORTED: i32 = 6;

fn signal_of(status: std::process::ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

/// The story: settled and refunded, cancelled, declined. Ends where the server does.
fn tell(caller: &Caller, journal: &mut Journal, name: &str, told_at: &str) -> Result<()> {
    for (part, amount) in [
        ("settled", "7.00"),
        ("cancelled", "8.00"),
        ("declined", "9.61"),
    ] {
        let mut life = Life::new(format!("{name}-{part}"), amount, Some(told_at.to_owned()));
        let went = live(caller, &mut life, part);
        journal.lives.push(life);
        went?;
    }
    Ok(())
}

fn live(caller: &Caller, life: &mut Life, part: &str) -> Result<()> {
    life.reserve(caller)?;
    let id = life.reserve.id.clone().expect("just acknowledged");
    let reached = if part == "declined" {
        "Failure"
    } else {
        "Reserved"
    };
    reach(caller, &id, reached)?;
    match part {
        "settled" => {
            life.settle(caller, &id)?;
            reach(caller, &id, "Success")?;
            let reference = format!("{}-refund", life.reserve.reference);
            life.refund = Some(super::journal::Request {
                reference,
                id: None,
            });
            life.refund(caller)
        }
        "cancelled" => life.cancel(caller, &id),
        _ => Ok(()),
    }
}

/// Waits for a status, or for the end of the server.
fn reach(caller: &Caller, id: &str, status: &str) -> Result<()> {
    let limit = std::time::Duration::from_secs(20);
    wait::until(&format!("{id} to be {status}"), limit, || {
        let answer = caller.try_call("GetTransactionStatus", &[("TransactionId", id)]);
        match answer {
            Ok(answer) => (answer.must("TransactionStatus") == status).then_some(Ok(())),
            Err(error) => Some(Err(error)),
        }
    })
}
