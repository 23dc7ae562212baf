//! What the lanes and readers of one process share.

use std::sync::atomic::{AtomicBool, AtomicU16, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use payments::{Terms, Timestamp};
use store::figures::Figures;
use store::{Clocks, Entropy, Handover, Moment, Watch};

use crate::clock::{DatabaseClock, Time};
use crate::connect::Address;
use crate::foretell::Memory;

/// The shared parts.
pub(crate) struct Node {
    pub(crate) address: Address,
    /// Its release and a random name, to tell holders of lanes apart.
    pub(crate) name: String,
    /// What decisions are given; a new signing certificate changes them on every node.
    pub(crate) terms: Mutex<Arc<Terms>>,
    pub(crate) clocks: Arc<Clocks>,
    /// None when a test brings a clock of its own.
    pub(crate) clock: Option<Arc<DatabaseClock>>,
    pub(crate) entropy: Mutex<Box<dyn Entropy>>,
    pub(crate) handover: Arc<dyn Handover>,
    pub(crate) watch: Option<Watch>,
    pub(crate) figures: Arc<Figures>,
    /// Round trips of batches.
    pub(crate) trips: Arc<AtomicU64>,
    pub(crate) memory: Memory,
    /// How many lanes there are in the database, as far as this node knows.
    pub(crate) lanes: AtomicU16,
    /// Whether the last thing done in the database succeeded.
    pub(crate) healthy: AtomicBool,
    pub(crate) offset: Mutex<i64>,
}

impl Node {
    /// The moment of a batch: what the database has just said.
    pub(crate) fn moment(&self, time: Time) -> Moment {
        if let Some(clock) = &self.clock {
            clock.set(Timestamp(time.real_ms));
        }
        self.learn_offset(time.offset_ms);
        self.clocks.now()
    }

    /// The offset only grows; what an older batch has read of it does not undo a newer one.
    pub(crate) fn learn_offset(&self, offset_ms: i64) {
        let mut known = self.offset.lock().unwrap_or_else(PoisonError::into_inner);
        *known = offset_ms.max(*known);
        self.clocks.set_offset(*known);
    }

    /// The terms as they are now.
    pub(crate) fn terms(&self) -> Arc<Terms> {
        self.terms
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The certificate that signs from now on.
    pub(crate) fn learn_certificate(&self, address: &str) {
        let mut terms = self.terms.lock().unwrap_or_else(PoisonError::into_inner);
        if terms.certificate != address {
            address.clone_into(&mut Arc::make_mut(&mut terms).certificate);
        }
    }

    /// Fresh random bytes.
    pub(crate) fn random(&self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        let mut entropy = self.entropy.lock().unwrap_or_else(PoisonError::into_inner);
        entropy.fill(&mut bytes);
        bytes
    }

    /// There are at least so many lanes.
    pub(crate) fn learn_lanes(&self, count: u16) {
        self.lanes.fetch_max(count, Ordering::AcqRel);
    }

    pub(crate) fn lanes(&self) -> u16 {
        self.lanes.load(Ordering::Acquire)
    }
}
