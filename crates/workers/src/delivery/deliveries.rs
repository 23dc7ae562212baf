//! Deliveries, written down several at a time.
//!
//! A commit of its own for each costs as much as all else about a delivery but its signature, and
//! nobody waits for it. So after each commit they gather for a moment, while the next notifications go
//! out; one that comes by itself is written at once.
//! What is lost with the process is delivered again, as without this, under the same id.

use std::sync::Arc;
use std::time::Duration;

use payments::Command;
use payments::commands::Deliver;
use store::{BATCH_COMMANDS_MAX, Store};
use tokio::sync::{Mutex, mpsc};

use crate::failpoint;
use crate::figures::{Figures, count};
use crate::submit::submit_all;

/// How long they gather after a commit: less than a person notices.
const GATHER: Duration = Duration::from_millis(20);
/// How many may wait; then deliveries wait for them, so that little is delivered twice when the
/// store cannot write.
const WAITING_MAX: usize = 256;

const _: () = assert!(WAITING_MAX <= BATCH_COMMANDS_MAX);

/// Where deliveries leave what came of them.
pub(crate) struct Deliveries(mpsc::Sender<Deliver>);

/// Who writes it down.
pub(crate) struct Recorder {
    store: Arc<dyn Store>,
    waiting: Mutex<mpsc::Receiver<Deliver>>,
    figures: Arc<Figures>,
}

impl Deliveries {
    pub(crate) fn new() -> (Deliveries, mpsc::Receiver<Deliver>) {
        let (deliveries, waiting) = mpsc::channel(WAITING_MAX);
        (Deliveries(deliveries), waiting)
    }

    /// Leaves one; waits only when too many wait.
    pub(crate) async fn write_down(&self, delivery: Deliver) {
        let key = delivery.notification.0;
        if self.0.send(delivery).await.is_err() {
            tracing::warn!(notification.key = key, "nobody writes deliveries down");
        }
    }
}

impl Recorder {
    pub(crate) fn new(
        store: Arc<dyn Store>,
        waiting: mpsc::Receiver<Deliver>,
        figures: Arc<Figures>,
    ) -> Recorder {
        let waiting = Mutex::new(waiting);
        Recorder {
            store,
            waiting,
            figures,
        }
    }

    /// Works until nobody is left who delivers.
    pub(crate) async fn run(self: Arc<Recorder>) {
        let mut waiting = self.waiting.lock().await;
        while let Some(first) = waiting.recv().await {
            let mut deliveries = vec![first];
            while deliveries.len() < WAITING_MAX
                && let Ok(delivery) = waiting.try_recv()
            {
                deliveries.push(delivery);
            }
            self.write(deliveries).await;
            tokio::time::sleep(GATHER).await;
        }
    }

    async fn write(&self, deliveries: Vec<Deliver>) {
        let sent = deliveries.len();
        let commands = deliveries.into_iter().map(Command::from).collect();
        let given_up = submit_all(&*self.store, commands).await;
        for _ in given_up.len()..sent {
            failpoint::hit(failpoint::NOTIFICATION_RECORDED);
        }
        for (command, outage) in given_up {
            // It will be sent again: receivers know repetitions by their id.
            count(&self.figures.workers_outages_total);
            if let Command::Deliver(delivery) = command {
                let key = delivery.notification.0;
                tracing::warn!(notification.key = key, %outage, "a delivery was not written down");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::PoisonError;

    use payments::commands::DeliveryResult;
    use payments::{NotificationKey, Timestamp, WorkId};
    use store::MemoryStore;
    use store::conformance::Parts;
    use tokio::time::Instant;

    use super::*;

    fn delivery(key: i64) -> Deliver {
        let due = Timestamp(0);
        Deliver {
            notification: NotificationKey(key),
            work: WorkId { due, key },
            result: DeliveryResult::Delivered { http_status: 200 },
            took_ms: 0,
        }
    }

    /// A recorder over a store, and how many commands each of its batches had.
    fn recorder() -> (Deliveries, Arc<Recorder>, Arc<MemoryStore>, Sizes) {
        let mut setup = Parts::new().setup(1);
        let sizes = Sizes::default();
        let seen = sizes.clone();
        setup.watch = Some(Arc::new(move |commands| {
            let mut sizes = seen.lock().unwrap_or_else(PoisonError::into_inner);
            sizes.push(commands.len());
        }));
        let store = Arc::new(MemoryStore::new(setup));
        let (deliveries, waiting) = Deliveries::new();
        let recorder = Recorder::new(store.clone(), waiting, Arc::default());
        (deliveries, Arc::new(recorder), store, sizes)
    }

    type Sizes = Arc<std::sync::Mutex<Vec<usize>>>;

    fn taken(sizes: &Sizes) -> Vec<usize> {
        std::mem::take(&mut *sizes.lock().unwrap_or_else(PoisonError::into_inner))
    }

    #[tokio::test(start_paused = true)]
    async fn one_by_itself_is_written_at_once_and_those_behind_it_together() {
        let (deliveries, recorder, _store, sizes) = recorder();
        let running = tokio::spawn(recorder.run());
        let begun = Instant::now();
        deliveries.write_down(delivery(0)).await;
        tokio::task::yield_now().await;
        assert_eq!(taken(&sizes), [1]);
        for key in 1..=5 {
            deliveries.write_down(delivery(key)).await;
            tokio::task::yield_now().await;
        }
        assert_eq!(taken(&sizes), [0; 0]);
        drop(deliveries);
        running.await.expect("it ends with those who deliver");
        assert_eq!(taken(&sizes), [5], "nothing is left at the end");
        assert_eq!(begun.elapsed(), GATHER * 2);
    }

    #[tokio::test(start_paused = true)]
    async fn an_outage_is_outlasted() {
        let (deliveries, recorder, store, sizes) = recorder();
        // The batch and each of its commands alone.
        store.with_backend(|backend| backend.fail_writes(3));
        let running = tokio::spawn(recorder.clone().run());
        for key in 0..2 {
            deliveries.write_down(delivery(key)).await;
        }
        drop(deliveries);
        running.await.expect("it ends");
        assert_eq!(taken(&sizes), [2], "both, when it could be written again");
        let failures = store.figures().into_iter();
        let failures: Vec<_> = failures
            .filter(|(name, _)| *name == "store_failures_total")
            .collect();
        assert_eq!(failures, [("store_failures_total", 3)]);
        let outages = recorder.figures.list();
        assert!(outages.contains(&("workers_outages_total", 0)));
    }

    #[tokio::test(start_paused = true)]
    async fn too_many_that_wait_hold_up_who_delivers() {
        let (deliveries, recorder, _store, sizes) = recorder();
        for key in (0..).take(WAITING_MAX) {
            deliveries.write_down(delivery(key)).await;
        }
        let one_more = tokio::spawn(async move { deliveries.write_down(delivery(-1)).await });
        tokio::task::yield_now().await;
        assert!(!one_more.is_finished());
        recorder.run().await;
        one_more.await.expect("there was room");
        assert_eq!(taken(&sizes).iter().sum::<usize>(), WAITING_MAX + 1);
    }
}
