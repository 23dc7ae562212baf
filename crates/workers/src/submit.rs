//! Commands of workers: submitted with patience, because a row of work stays whatever happens.

use std::time::Duration;

use payments::{Answer, Command};
use store::{Outage, Store};
use tokio::time::Instant;

/// The first pause after an outage; each further one is twice as long.
const PAUSE_FIRST: Duration = Duration::from_millis(2);
/// The longest pause.
const PAUSE_MAX: Duration = Duration::from_millis(500);
/// How long a worker tries: then the row's lease lapses and the work is done again.
const PATIENCE: Duration = Duration::from_secs(20);

/// Submits a command until it is decided.
///
/// # Errors
/// The last outage, when the store is closing, when a row is corrupt, or after 20 seconds.
pub(crate) async fn submit(store: &dyn Store, command: Command) -> Result<Answer, Outage> {
    let until = Instant::now() + PATIENCE;
    let mut pause = PAUSE_FIRST;
    loop {
        let outage = match store.submit(command.clone()).await {
            Ok(answer) => return Ok(answer),
            Err(outage) => outage,
        };
        let lasting = match &outage {
            Outage::Closing | Outage::Corrupt { .. } => true,
            Outage::Busy { .. } | Outage::Contended { .. } | Outage::Failed { .. } => {
                until <= Instant::now() + pause
            }
        };
        if lasting {
            return Err(outage);
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(PAUSE_MAX);
    }
}
