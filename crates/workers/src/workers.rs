//! Starting and stopping.

use std::sync::Arc;
use std::time::Duration;

use processor::Processor;
use store::Store;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, timeout};
use vault::MasterKeys;

use crate::calls::Caller;
use crate::charges::Charger;
use crate::claims::Claimer;
use crate::delivery::{Deliveries, Fields, KeyRing, Order, Postman, Recorder, Secrets, Signers};
use crate::desk::Desk;
use crate::documents::Forgetter;
use crate::expiry::Expirer;
use crate::figures::{Figures, count};
use crate::outbound::Outbound;

/// How often the store is asked for what is due.
const TICK: Duration = Duration::from_secs(1);
/// How long a task that a bug stopped stays stopped.
const AFTER_BUG: Duration = Duration::from_secs(1);

/// What the workers work with.
pub struct Parts {
    /// The store.
    pub store: Arc<dyn Store>,
    /// The desk that the store hands its work to.
    pub desk: Arc<Desk>,
    /// The processor.
    pub processor: Arc<dyn Processor>,
    /// The keys that open card numbers.
    pub cards: Arc<MasterKeys>,
    /// The keys that sign notifications.
    pub ring: Arc<dyn KeyRing>,
    /// What notifications say.
    pub fields: Fields,
    /// The door to the outside.
    pub outbound: Arc<Outbound>,
}

/// How much is done at once.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Calls to the processor under way; none pauses them, and their work waits.
    pub calls_at_once: usize,
    /// Notifications under way.
    pub deliveries_at_once: usize,
    /// Threads that sign.
    pub signing_threads: usize,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            calls_at_once: 1_024,
            deliveries_at_once: 64,
            signing_threads: 1,
        }
    }
}

/// The workers, at work.
pub struct Workers {
    desk: Arc<Desk>,
    figures: Arc<Figures>,
    nudge: Arc<Nudges>,
    stopping: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

/// What makes the clock's tasks look at once.
#[derive(Default)]
struct Nudges {
    claims: Notify,
    expiry: Notify,
}

impl Workers {
    /// Starts all of them on the current runtime. What was left over is claimed at once.
    ///
    /// # Errors
    /// When a thread cannot be started.
    pub fn start(parts: Parts, settings: Settings) -> std::io::Result<Workers> {
        let figures = parts.desk.figures.clone();
        let mut workers = Workers {
            desk: parts.desk.clone(),
            figures: figures.clone(),
            nudge: Arc::default(),
            stopping: watch::Sender::new(false),
            tasks: JoinSet::new(),
        };
        let signers = Signers::start(&parts.ring, settings.signing_threads)?;
        workers.start_clock(&parts);
        let caller = Arc::new(Caller {
            desk: parts.desk.clone(),
            store: parts.store.clone(),
            processor: parts.processor,
            cards: parts.cards,
            figures: figures.clone(),
        });
        for _ in 0..settings.calls_at_once {
            workers.keep_up("calls", &caller, Caller::run);
        }
        let (deliveries, to_record) = Deliveries::new();
        let recorder = Recorder::new(parts.store.clone(), to_record, figures.clone());
        workers.keep_up("deliveries", &Arc::new(recorder), Recorder::run);
        let postman = Arc::new(Postman {
            desk: parts.desk,
            store: parts.store,
            outbound: parts.outbound,
            fields: parts.fields,
            signers,
            secrets: Secrets::new(parts.ring),
            order: Order::default(),
            deliveries,
            figures,
        });
        for _ in 0..settings.deliveries_at_once.max(1) {
            workers.keep_up("delivery", &postman, Postman::run);
        }
        Ok(workers)
    }

    /// Looks for due work now, not at the next tick: after product time was moved.
    pub fn nudge(&self) {
        self.nudge.claims.notify_one();
        self.nudge.expiry.notify_one();
    }

    /// Counters and gauges: name and value.
    pub fn figures(&self) -> Vec<(&'static str, u64)> {
        let number = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
        let (waiting, calls) = self.desk.calls.lengths();
        let (notifications, receivers) = self.desk.post.lengths();
        let mut list = self.figures.list();
        list.extend([
            ("processor_calls_waiting", number(waiting)),
            ("processor_calls_here", number(calls)),
            ("notifications_here", number(notifications)),
            ("notification_receivers", number(receivers)),
        ]);
        list
    }

    /// Stops: nothing more is taken, what is under way has until the limit to finish, and the rest is
    /// left to its leases.
    pub async fn stop(mut self, limit: Duration) {
        self.desk.close();
        self.stopping.send_replace(true);
        let finished = timeout(limit, async {
            while self.tasks.join_next().await.is_some() {}
        });
        if finished.await.is_err() {
            let left = self.tasks.len();
            tracing::warn!(
                tasks = left,
                "workers were stopped in the middle of their work"
            );
            self.tasks.shutdown().await;
        }
    }

    /// The tasks that the clock drives.
    fn start_clock(&mut self, parts: &Parts) {
        let claimer = Arc::new(Claimer {
            desk: parts.desk.clone(),
            store: parts.store.clone(),
        });
        let (nudge, stopping) = (self.nudge.clone(), self.stopping.subscribe());
        let shared = Arc::new((claimer, nudge, stopping));
        self.keep_up("claims", &shared, |shared| async move {
            let (claimer, nudge, stopping) = &*shared;
            let mut stopping = stopping.clone();
            let mut ticks = ticks();
            while ticked(&mut ticks, &nudge.claims, &mut stopping).await {
                claimer.sweep().await;
            }
        });
        let (nudge, stopping) = (self.nudge.clone(), self.stopping.subscribe());
        let (store, figures) = (parts.store.clone(), self.figures.clone());
        let shared = Arc::new((store, figures, nudge, stopping));
        self.keep_up("expiry", &shared, |shared| async move {
            let (store, figures, nudge, stopping) = &*shared;
            let mut expirer = Expirer::new(store.clone(), figures.clone());
            let charger = Charger {
                store: store.clone(),
                figures: figures.clone(),
            };
            let mut stopping = stopping.clone();
            let mut ticks = ticks();
            while ticked(&mut ticks, &nudge.expiry, &mut stopping).await {
                expirer.sweep().await;
                charger.sweep().await;
                count(&charger.figures.clock_rounds_total);
            }
            expirer.finish().await;
        });
        let shared = (parts.store.clone(), self.figures.clone());
        let shared = Arc::new((shared, self.stopping.subscribe()));
        self.keep_up("documents", &shared, |shared| async move {
            let ((store, figures), stopping) = &*shared;
            let mut forgetter = Forgetter::new(store.clone(), figures.clone());
            let (mut stopping, mut ticks) = (stopping.clone(), ticks());
            while ticked(&mut ticks, &Notify::new(), &mut stopping).await {
                forgetter.sweep().await;
            }
        });
    }

    /// Runs a task, and runs it anew when a bug has stopped it: one wrong row must not end the work
    /// on all others.
    fn keep_up<S, F>(&mut self, name: &'static str, shared: &Arc<S>, run: fn(Arc<S>) -> F)
    where
        S: Send + Sync + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let (shared, figures) = (shared.clone(), self.figures.clone());
        self.tasks.spawn(async move {
            loop {
                let mut once = JoinSet::new();
                once.spawn(run(shared.clone()));
                match once.join_next().await {
                    Some(Err(error)) if error.is_panic() => {
                        count(&figures.workers_bugs_total);
                        tracing::error!(task = name, "a bug stopped a worker; it starts anew");
                        tokio::time::sleep(AFTER_BUG).await;
                    }
                    Some(Ok(()) | Err(_)) | None => return,
                }
            }
        });
    }
}

fn ticks() -> tokio::time::Interval {
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

/// Waits for the next tick or nudge; `false` when it is time to stop.
async fn ticked(
    ticks: &mut tokio::time::Interval,
    nudge: &Notify,
    stopping: &mut watch::Receiver<bool>,
) -> bool {
    if *stopping.borrow() {
        return false;
    }
    tokio::select! {
        _ = ticks.tick() => true,
        () = nudge.notified() => true,
        _ = stopping.changed() => false,
    }
}
