//! Where the writer works: on its own thread, or on that of an asker who is alone.
//!
//! With nobody else about, handing a command to the writer's thread and its answer back is a good part
//! of the time to the answer: each wakes a processor that has just gone to sleep. So an asker who finds
//! the thread asleep and nobody waiting writes what he has himself, and waits for the flush where he
//! is. As soon as the thread meets a batch of two commands there is company, and its thread does the work again,
//! until it meets a batch of one.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use payments::Command;
use payments::command::Answer;
use store::figures::{Figures, count};
use store::{Outage, Writer};

use crate::SqliteBackend;
use crate::queue::Queue;
use crate::writer::Message;

/// The one place from which is written.
pub(crate) struct Seat {
    writer: Mutex<Option<Writer<SqliteBackend>>>,
    figures: Arc<Figures>,
    pub(crate) queue: Arc<Queue<Message>>,
    pub(crate) healthy: Arc<AtomicBool>,
    /// Whether the thread's last batch was a single command.
    is_calm: AtomicBool,
}

/// Somebody who sits there.
pub(crate) struct Seated<'s> {
    seat: &'s Seat,
    writer: MutexGuard<'s, Option<Writer<SqliteBackend>>>,
}

impl Seat {
    pub(crate) fn new(
        writer: Writer<SqliteBackend>,
        queue: Arc<Queue<Message>>,
        healthy: Arc<AtomicBool>,
    ) -> Seat {
        Seat {
            figures: writer.figures(),
            writer: Mutex::new(Some(writer)),
            queue,
            healthy,
            is_calm: AtomicBool::new(true),
        }
    }

    /// Waits until it is free. None when the writer has gone, or who sat here last met a bug.
    pub(crate) fn sit(&self) -> Option<Seated<'_>> {
        let writer = self.writer.lock().ok()?;
        writer.is_some().then_some(Seated { seat: self, writer })
    }

    /// Sits down if it is free, nobody waits, and the last batch was that of one who was alone.
    fn sit_alone(&self) -> Option<Seated<'_>> {
        if !self.is_calm.load(Ordering::Relaxed) || !self.queue.is_idle() {
            return None;
        }
        let writer = match self.writer.try_lock() {
            Ok(writer) => writer,
            Err(TryLockError::WouldBlock | TryLockError::Poisoned(_)) => return None,
        };
        writer.is_some().then_some(Seated { seat: self, writer })
    }

    /// Decides and writes an asker's commands on his own thread, if nobody else is about. A bug ends the
    /// writer here as it would on its thread: the lock is poisoned, and the thread finds nothing to take.
    pub(crate) fn answer_alone(&self, commands: &[Command]) -> Option<Vec<Result<Answer, Outage>>> {
        let answered = catch_unwind(AssertUnwindSafe(|| {
            Some(self.sit_alone()?.answer(commands))
        }));
        let Ok(answers) = answered else {
            self.healthy.store(false, Ordering::Relaxed);
            self.queue.close();
            return Some(commands.iter().map(|_| Err(ended())).collect());
        };
        let answers = answers?;
        count(&self.figures.store_alone_total, 1);
        Some(answers)
    }

    /// Remembers whether somebody was alone in the batch that the thread has run.
    pub(crate) fn saw(&self, commands: usize) {
        if 0 < commands {
            self.is_calm.store(commands == 1, Ordering::Relaxed);
        }
    }

    /// Nobody writes any more, waits for it, or believes that it can be done.
    pub(crate) fn end(&self) {
        self.healthy.store(false, Ordering::Relaxed);
        self.queue.close();
        drop(self.queue.take(usize::MAX));
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        drop(writer.take());
    }
}

impl Seated<'_> {
    /// Runs a batch.
    pub(crate) fn answer(&mut self, commands: &[Command]) -> Vec<Result<Answer, Outage>> {
        if commands.is_empty() {
            return Vec::new();
        }
        let answers = self.writer().run(commands);
        if answers.iter().any(is_failure) {
            self.seat.healthy.store(false, Ordering::Relaxed);
        }
        answers
    }

    /// The writer, for what is no command.
    pub(crate) fn writer(&mut self) -> &mut Writer<SqliteBackend> {
        self.writer.as_mut().expect("nobody sits down without it")
    }
}

/// What an asker is told when the writer ended in the middle. What it had begun may be durable, so this
/// must not be called closing, which says that nothing was done.
pub(crate) fn ended() -> Outage {
    Outage::Failed {
        doing: "waiting for the writer",
        reason: "it ended before it answered".to_owned(),
    }
}

fn is_failure(answer: &Result<Answer, Outage>) -> bool {
    matches!(answer, Err(Outage::Failed { .. }))
}
