//! The queue of a lane, and the task that works it off.

use std::time::Duration;

use payments::Command;
use payments::command::Answer;
use store::{BATCH_COMMANDS_MAX, Outage};
use tokio::sync::{mpsc, oneshot};

use crate::lane::Lane;

/// How often an idle lane renews its lease and looks after its connection.
const KEEP_EVERY: Duration = Duration::from_secs(5);

/// A command and who waits for its answer.
pub(crate) type Asked = (Command, oneshot::Sender<Result<Answer, Outage>>);

/// Works until the queue is closed and empty: takes whatever waits, and answers it.
pub(crate) async fn serve(mut lane: Lane, mut queue: mpsc::Receiver<Asked>) {
    let mut asked: Vec<Asked> = Vec::with_capacity(BATCH_COMMANDS_MAX);
    loop {
        let taken = queue.recv_many(&mut asked, BATCH_COMMANDS_MAX);
        match tokio::time::timeout(KEEP_EVERY, taken).await {
            Err(_) => {
                lane.keep().await;
                continue;
            }
            Ok(0) => break,
            Ok(_) => {}
        }
        let (commands, askers): (Vec<Command>, Vec<_>) = asked.drain(..).unzip();
        let answers = lane.run(&commands).await;
        for (asker, answer) in askers.into_iter().zip(answers) {
            // An asker that has gone away does not want to know.
            drop(asker.send(answer));
        }
    }
    lane.close().await;
}
