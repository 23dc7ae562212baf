//! Hands answers back to those who asked.
//!
//! Waking a task from a thread outside its runtime takes a lock, and often a call to the system to
//! wake a sleeping core. So the answers of a batch go over as one message, to a task inside, which
//! wakes the askers from there.

use payments::command::Answer;
use store::Outage;
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::oneshot::Sender;

/// The current runtime, if it has several threads. One of a single thread may stand still while others
/// wait.
pub(crate) fn busy_runtime() -> Option<Handle> {
    let runtime = Handle::try_current().ok();
    runtime.filter(|runtime| {
        let is_shared = runtime.runtime_flavor() == RuntimeFlavor::MultiThread;
        is_shared && 1 < runtime.metrics().num_workers()
    })
}

/// An answer, and who waits for it.
pub(crate) type Told = (Sender<Result<Answer, Outage>>, Result<Answer, Outage>);

/// The way back. There are never more answers under way than the queue of commands has places.
pub(crate) struct Relay {
    inside: Option<UnboundedSender<Vec<Told>>>,
}

impl Relay {
    /// Starts the task on a runtime. Without one, the asked thread itself tells.
    pub(crate) fn start(inside: Option<Handle>) -> Relay {
        let inside = inside.map(|runtime| {
            let (inside, mut way) = unbounded_channel::<Vec<Told>>();
            runtime.spawn(async move {
                while let Some(told) = way.recv().await {
                    tell_all(told);
                }
            });
            inside
        });
        Relay { inside }
    }

    /// Tells everybody.
    pub(crate) fn tell(&self, told: Vec<Told>) {
        match &self.inside {
            Some(inside) if 1 < told.len() => {
                if let Err(stopped) = inside.send(told) {
                    tell_all(stopped.0);
                }
            }
            Some(_) | None => tell_all(told),
        }
    }
}

fn tell_all(told: Vec<Told>) {
    for (asker, answer) in told {
        // An asker that has gone away does not want to know.
        drop(asker.send(answer));
    }
}
