//! The writer thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use payments::command::Answer;
use payments::rows::WorkKind;
use payments::{Command, WorkId};
use store::{BATCH_COMMANDS_MAX, Clocks, Outage, WorkItem, Writer};
use tokio::sync::oneshot::Sender;

use crate::SqliteBackend;
use crate::queue::Queue;
use crate::relay::{Relay, Told};

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

/// What the writer shares with those who ask. However its thread ends, nobody may wait for it any
/// more, or believe that it can write.
pub(crate) struct Ending {
    pub(crate) queue: Arc<Queue<Message>>,
    pub(crate) healthy: Arc<AtomicBool>,
}

impl Drop for Ending {
    fn drop(&mut self) {
        self.healthy.store(false, Ordering::Relaxed);
        self.queue.close();
        drop(self.queue.take(usize::MAX));
    }
}

/// Works until the queue is closed and empty.
pub(crate) fn run(
    mut writer: Writer<SqliteBackend>,
    ending: Ending,
    relay: &Relay,
    clocks: &Clocks,
) {
    let mut errands = Vec::new();
    let mut commands = Vec::with_capacity(BATCH_COMMANDS_MAX);
    let mut askers = Vec::with_capacity(BATCH_COMMANDS_MAX);
    // A local of its own, behind the askers: it goes before them, so nobody hears of an end that does
    // not show yet.
    let ending = ending;
    let Ending { queue, healthy } = &ending;
    while let Some(messages) = queue.take(BATCH_COMMANDS_MAX) {
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
        let answers = writer.run(&commands);
        let told: Vec<Told> = askers.drain(..).zip(answers).collect();
        if told.iter().any(|(_, answer)| is_failure(answer)) {
            healthy.store(false, Ordering::Relaxed);
        }
        relay.tell(told);
        commands.clear();
        for errand in errands.drain(..) {
            run_errand(&mut writer, errand, clocks, healthy);
        }
    }
}

fn is_failure(answer: &Result<Answer, Outage>) -> bool {
    matches!(answer, Err(Outage::Failed { .. }))
}

fn run_errand(
    writer: &mut Writer<SqliteBackend>,
    errand: Message,
    clocks: &Clocks,
    healthy: &AtomicBool,
) {
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
