//! The reading threads: each has a connection of its own and never waits for the writer.

use std::path::Path;
use std::sync::Arc;

use rusqlite::Connection;
use store::Outage;
use tokio::sync::oneshot;

use crate::backend::open_reading;
use crate::queue::Queue;
use crate::row::failed;

/// Questions that may wait.
const QUESTIONS_MAX: usize = 4_096;

type Question = Box<dyn FnOnce(&Connection) + Send>;

/// The readers of a store.
pub(crate) struct Readers {
    queue: Arc<Queue<Question>>,
}

impl Readers {
    /// Starts so many threads. Each `oneshot` receiver ends when its thread has.
    pub(crate) fn start(
        path: &Path,
        count: usize,
    ) -> Result<(Readers, Vec<oneshot::Receiver<()>>), Outage> {
        let queue = Arc::new(Queue::<Question>::new(QUESTIONS_MAX));
        let mut ends = Vec::new();
        for number in 0..count {
            let connection = open_reading(path).map_err(failed("opening a reader"))?;
            let (ended, end) = oneshot::channel();
            ends.push(end);
            let questions = queue.clone();
            let thread = std::thread::Builder::new().name(format!("store-reader-{number}"));
            let started = thread.spawn(move || {
                while let Some(mut question) = questions.take(1) {
                    question
                        .drain(..)
                        .for_each(|question| answer(&connection, question));
                }
                drop(connection);
                drop(ended);
            });
            started.map_err(|problem| Outage::Failed {
                doing: "starting a reader",
                reason: problem.to_string(),
            })?;
        }
        Ok((Readers { queue }, ends))
    }

    /// Asks one of the readers. What it reads is of one moment.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Connection) -> Result<T, Outage> + Send + 'static,
    ) -> Result<T, Outage> {
        let (asker, answer) = oneshot::channel();
        self.queue.push(Box::new(move |connection| {
            drop(asker.send(question(connection)));
        }))?;
        answer.await.map_err(|_| Outage::Failed {
            doing: "reading",
            reason: "a bug stopped the reader".to_owned(),
        })?
    }

    pub(crate) fn close(&self) {
        self.queue.close();
    }
}

fn answer(connection: &Connection, question: Question) {
    let guarded = std::panic::AssertUnwindSafe(|| question(connection));
    if std::panic::catch_unwind(guarded).is_err() {
        tracing::error!("a bug stopped a reader");
    }
}

/// Runs a question inside one read transaction.
pub(crate) fn at_one_moment<T>(
    connection: &Connection,
    question: impl FnOnce() -> Result<T, Outage>,
) -> Result<T, Outage> {
    let transaction = connection
        .unchecked_transaction()
        .map_err(failed("beginning to read"))?;
    let found = question();
    transaction.rollback().map_err(failed("ending to read"))?;
    found
}
