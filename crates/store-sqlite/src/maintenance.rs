//! The maintenance thread: moves pages from the log into the file, and follows.
//!
//! Checkpoints are passive: they take nothing from the writer but the disk. What is written while
//! one runs stays in the log, so under steady load the log would never begin anew; when it has
//! grown long, the writer itself moves the rest between two batches. Everybody waits for that, so the
//! rest is made small first: each pass here leaves only what was written while it ran.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use rusqlite::Connection;
use store::Outage;
use store::figures::Figures;
use tokio::sync::oneshot;

use crate::backend::{checkpoint, open_writing};
use crate::errands::{Errand, Follower};
use crate::queue::Queue;
use crate::row::failed;
use crate::writer::Message;

/// How often it looks.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// Pages in the log that are worth a checkpoint. The disk gets them a few at a time, so that the flush of
/// the file holds up those of the log for a moment only.
const WAL_PAGES_WORTH: i64 = 1_000;
/// Pages in the log from which on the writer helps.
const WAL_PAGES_LONG: i64 = 12_000;
/// Pages that the writer moves in about the time of a batch.
const WAL_PAGES_REST: i64 = 128;
/// Passes at most to get there: the disk may be too slow for it.
const PASSES_MAX: u32 = 4;
/// Looks between two steps of the follower while there is load.
const LOOKS_UNDER_LOAD: u32 = 10;

/// Starts the thread. The receiver ends when it has.
pub(crate) fn start(
    path: &Path,
    errands: Arc<Queue<Errand>>,
    writer: Arc<Queue<Message>>,
    figures: Arc<Figures>,
) -> Result<oneshot::Receiver<()>, Outage> {
    let connection = open_writing(path).map_err(failed("opening a connection"))?;
    connection
        .pragma_update(None, "cache_size", -1_024)
        .map_err(failed("opening a connection"))?;
    let follower = Follower::open(&connection)?;
    let (ended, end) = oneshot::channel();
    let mut maintenance = Maintenance {
        connection,
        follower,
        writer,
        figures,
        batches: 0,
        looks: 0,
        failing: false,
        caught_up: false,
    };
    let started = std::thread::Builder::new()
        .name("store-maintenance".to_owned())
        .spawn(move || {
            while let Ok(errand) = errands.take_one(LOOK_EVERY) {
                maintenance.look(errand);
            }
            drop(maintenance);
            drop(ended);
        });
    let refused = |problem: std::io::Error| Outage::Failed {
        doing: "starting",
        reason: problem.to_string(),
    };
    started.map(|_| end).map_err(refused)
}

struct Maintenance {
    connection: Connection,
    follower: Follower,
    writer: Arc<Queue<Message>>,
    figures: Arc<Figures>,
    /// Batches at the last look.
    batches: u64,
    looks: u32,
    /// Whether the last look failed.
    failing: bool,
    caught_up: bool,
}

impl Maintenance {
    fn look(&mut self, errand: Option<Errand>) {
        if let Some(Errand::Follow(asker)) = errand {
            let followed = self.follower.catch_up(&self.connection, &self.writer);
            drop(asker.send(followed));
            return;
        }
        self.looks = self.looks.wrapping_add(1);
        let batches = self.figures.store_batches_total.load(Ordering::Relaxed);
        let idle = batches == self.batches;
        self.batches = batches;
        if !idle {
            self.caught_up = false;
        }
        let outcome = self.move_log().and_then(|()| self.follow(idle));
        match outcome {
            Ok(()) => self.failing = false,
            Err(Outage::Busy { .. } | Outage::Closing) => {}
            Err(
                outage
                @ (Outage::Failed { .. } | Outage::Contended { .. } | Outage::Corrupt { .. }),
            ) => {
                // Once for each trouble, not ten times a second while it lasts.
                if !std::mem::replace(&mut self.failing, true) {
                    tracing::warn!(%outage, "maintenance failed and is tried again");
                }
            }
        }
    }

    fn move_log(&mut self) -> Result<(), Outage> {
        let moving = failed("moving the log");
        let (pages, moved) = checkpoint(&self.connection, "NOOP").map_err(&moving)?;
        let mut left = pages - moved;
        if left < WAL_PAGES_WORTH {
            return Ok(());
        }
        for _ in 0..PASSES_MAX {
            let (pages, _) = checkpoint(&self.connection, "PASSIVE").map_err(&moving)?;
            if pages <= WAL_PAGES_LONG {
                return Ok(());
            }
            let before = left;
            let (pages, moved) = checkpoint(&self.connection, "NOOP").map_err(&moving)?;
            left = pages - moved;
            // A reader that looks at an old moment may hold the rest back: more passes move no more.
            if left < WAL_PAGES_REST || before <= left {
                break;
            }
        }
        self.writer.push(Message::Checkpoint)
    }

    /// At every look while nothing else is written; seldom under load.
    fn follow(&mut self, idle: bool) -> Result<(), Outage> {
        let turn = idle || self.looks.is_multiple_of(LOOKS_UNDER_LOAD);
        if self.caught_up || !turn {
            return Ok(());
        }
        let before = self.writer.len();
        while self.follower.step(&self.connection, &self.writer)? {
            if !idle || before < self.writer.len() || self.is_loaded() {
                return Ok(());
            }
        }
        self.caught_up = idle;
        Ok(())
    }

    fn is_loaded(&self) -> bool {
        self.figures.store_batches_total.load(Ordering::Relaxed) != self.batches
    }
}
