//! Connections that read beside the lanes.

use std::sync::{Arc, Mutex, PoisonError};

use store::Outage;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::connect::Address;
use crate::error::outage;
use crate::session::Session;

/// A bounded number of connections, opened when they are first needed.
pub(crate) struct Readers {
    address: Address,
    idle: Arc<Mutex<Vec<Session>>>,
    permits: Arc<Semaphore>,
}

/// A connection that is in use. It goes back only when its user says that it is clean: dropped in
/// the middle of something, it is closed.
pub(crate) struct Reader {
    pub(crate) session: Session,
    idle: Arc<Mutex<Vec<Session>>>,
    _permit: OwnedSemaphorePermit,
}

impl Readers {
    pub(crate) fn new(address: Address, most: usize) -> Readers {
        Readers {
            address,
            idle: Arc::default(),
            permits: Arc::new(Semaphore::new(most)),
        }
    }

    /// A connection of one's own.
    pub(crate) async fn take(&self) -> Result<Reader, Outage> {
        let permit = self.permits.clone().acquire_owned().await;
        let permit = permit.map_err(|_| Outage::Closing)?;
        let session = loop {
            match self.pop() {
                Some(session) if session.is_closed() => {}
                Some(session) => break session,
                None => break Session::over(self.address.open().await?),
            }
        };
        Ok(Reader {
            session,
            idle: self.idle.clone(),
            _permit: permit,
        })
    }

    pub(crate) fn close(&self) {
        self.permits.close();
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    fn pop(&self) -> Option<Session> {
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop()
    }
}

impl Reader {
    /// Gives the connection back: nothing is open on it.
    pub(crate) fn give_back(self) {
        let Reader { session, idle, .. } = self;
        if !session.is_closed() {
            idle.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(session);
        }
    }

    /// Begins to read at one moment.
    pub(crate) async fn begin(&self) -> Result<(), Outage> {
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        let begun = self.session.client().batch_execute(begin).await;
        begun.map_err(outage("beginning to read"))
    }

    /// Ends what was begun.
    pub(crate) async fn end(&self) -> Result<(), Outage> {
        let ended = self.session.client().batch_execute("COMMIT").await;
        ended.map_err(outage("ending to read"))
    }
}
