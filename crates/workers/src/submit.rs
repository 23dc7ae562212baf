//! Commands of workers: submitted with patience, because a row of work stays whatever happens.

use std::time::Duration;

use payments::{Answer, Command};
use store::{Outage, Store};
use tokio::time::{Instant, sleep};

/// The first pause after an outage; each further one is twice as long.
const PAUSE_FIRST: Duration = Duration::from_millis(2);
/// The longest pause.
const PAUSE_MAX: Duration = Duration::from_millis(500);
/// How long a worker tries: then the row's lease lapses and the work is done again.
const PATIENCE: Duration = Duration::from_secs(20);

/// The pauses between tries.
struct Pauses {
    until: Instant,
    next: Duration,
}

impl Pauses {
    fn begin() -> Pauses {
        Pauses {
            until: Instant::now() + PATIENCE,
            next: PAUSE_FIRST,
        }
    }

    /// Whether it is worth trying again after an outage.
    fn outlast(&self, outage: &Outage) -> bool {
        match outage {
            Outage::Closing | Outage::Corrupt { .. } => false,
            Outage::Busy { .. } | Outage::Contended { .. } | Outage::Failed { .. } => {
                Instant::now() + self.next < self.until
            }
        }
    }

    async fn pause(&mut self) {
        sleep(self.next).await;
        self.next = (self.next * 2).min(PAUSE_MAX);
    }
}

/// Submits a command until it is decided.
///
/// # Errors
/// The last outage, when the store is closing, when a row is corrupt, or after 20 seconds.
pub(crate) async fn submit(store: &dyn Store, command: Command) -> Result<Answer, Outage> {
    let mut pauses = Pauses::begin();
    loop {
        match store.submit(command.clone()).await {
            Err(outage) if pauses.outlast(&outage) => pauses.pause().await,
            answered => return answered,
        }
    }
}

/// Submits commands until each is decided, with the patience of one; those for which it did not
/// suffice come back with their last outage.
pub(crate) async fn submit_all(
    store: &dyn Store,
    mut commands: Vec<Command>,
) -> Vec<(Command, Outage)> {
    let mut pauses = Pauses::begin();
    let mut given_up = Vec::new();
    loop {
        let answers = store.submit_all(commands.clone()).await;
        let mut again = Vec::new();
        for (command, answer) in commands.into_iter().zip(answers) {
            match answer {
                Ok(_) => {}
                Err(outage) if pauses.outlast(&outage) => again.push(command),
                Err(outage) => given_up.push((command, outage)),
            }
        }
        if again.is_empty() {
            return given_up;
        }
        commands = again;
        pauses.pause().await;
    }
}
