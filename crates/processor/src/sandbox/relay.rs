//! Hands decisions back to those who asked.
//!
//! Waking a task from a thread outside its runtime takes a lock, and often a call to the system. So
//! the decisions of a batch go over as one message, to a task inside, which wakes the callers from
//! there.

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use super::writer::{Done, Job};

/// A job and what came of it.
pub(super) type Told = (Job, Done);

/// The way back. There are never more decisions under way than there are calls.
pub(super) struct Relay {
    inside: Option<UnboundedSender<Vec<Told>>>,
}

impl Relay {
    /// Starts the task on the current runtime. A runtime of one thread may stand still while others
    /// wait, and elsewhere there is none: then the writer thread itself tells.
    pub(super) fn start() -> Relay {
        let runtime = Handle::try_current().ok();
        let busy = runtime.filter(|runtime| runtime.runtime_flavor() == RuntimeFlavor::MultiThread);
        let inside = busy.map(|runtime| {
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
    pub(super) fn tell(&self, told: Vec<Told>) {
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

/// A caller who has stopped waiting is not told; a look-up will tell.
fn tell_all(told: Vec<Told>) {
    for told in told {
        match told {
            (Job::Call { reply, .. }, Done::Call(done)) => drop(reply.send(done)),
            (Job::LookUp { reply, .. }, Done::LookUp(seen)) => drop(reply.send(Ok(seen))),
            (Job::Call { .. }, Done::LookUp(_)) | (Job::LookUp { .. }, Done::Call(_)) => {
                unreachable!("results come in the order of their jobs")
            }
        }
    }
}
