//! The writer thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use payments::command::Answer;
use payments::rows::WorkKind;
use payments::{Command, WorkId};
use store::{BATCH_COMMANDS_MAX, Clocks, Outage, WorkItem};
use tokio::sync::oneshot::Sender;

use crate::relay::{Relay, Told};
use crate::seat::{Seat, Seated};

/// What the writer is asked.
pub(crate) enum Message {
    /// Decide a command.
    Submit(Command, Sender<Result<Answer, Outage>>),
    /// Lease work, if it is still free.
    Claim(
        Vec<WorkId>,
        Vec<WorkKind>,
        Sender<Result<Vec<WorkItem>, Outage>>,
    ),
    /// Write what the follower has found.
    Follow(Vec<(i64, i64)>, i64, Sender<Result<(), Outage>>),
    /// Move the rest of the log: it has grown too long.
    Checkpoint,
    /// Try to write.
    Probe(Sender<Result<(), Outage>>),
}

/// However the writer's thread ends, its seat ends with it.
struct Ending(Arc<Seat>);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// Works until the queue is closed and empty.
pub(crate) fn run(seat: Arc<Seat>, relay: &Relay, clocks: &Clocks) {
    let mut errands = Vec::new();
    let mut commands = Vec::with_capacity(BATCH_COMMANDS_MAX);
    let mut askers = Vec::with_capacity(BATCH_COMMANDS_MAX);
    // Behind the askers: it goes before them, so nobody hears of an end that does not show yet.
    let ending = Ending(seat);
    let seat = &ending.0;
    while let Some(messages) = seat.queue.take(BATCH_COMMANDS_MAX) {
        for message in messages {
            match message {
                Message::Submit(command, asker) => {
                    commands.push(command);
                    askers.push(asker);
                }
                Message::Claim(..)
                | Message::Follow(..)
                | Message::Checkpoint
                | Message::Probe(_) => errands.push(message),
            }
        }
        // The seat is free before anybody is told: he may be back at once.
        let Some(answers) = seat.sit().map(|mut seated| seated.answer(&commands)) else {
            return;
        };
        seat.saw(commands.len());
        let told: Vec<Told> = askers.drain(..).zip(answers).collect();
        relay.tell(told);
        commands.clear();
        for errand in errands.drain(..) {
            let Some(mut seated) = seat.sit() else {
                return;
            };
            run_errand(&mut seated, errand, clocks, &seat.healthy);
        }
    }
}

fn run_errand(seated: &mut Seated, errand: Message, clocks: &Clocks, healthy: &AtomicBool) {
    let writer = seated.writer();
    match errand {
        Message::Claim(ids, kinds, asker) => drop(asker.send(writer.claim(&ids, &kinds))),
        Message::Follow(rows, to, asker) => drop(asker.send(writer.backend().follow(&rows, to))),
        Message::Checkpoint => {
            if let Err(problem) = writer.backend().checkpoint() {
                tracing::warn!(%problem, "a checkpoint failed");
            }
        }
        Message::Probe(asker) => {
            let probed = writer.backend().probe(clocks.now().real.0);
            healthy.store(probed.is_ok(), Ordering::Relaxed);
            drop(asker.send(probed));
        }
        Message::Submit(..) => unreachable!("commands are run as a batch"),
    }
}
