//! The batch engine, the doors of a store, its conformance suite, and an in-memory model.
//!
//! **Promise:** commands go in, answers come out after what they changed is durable. Commands that
//! arrive together are decided one after another on one working set and written in one commit; each
//! sees what the earlier ones did. Nothing is acknowledged before it is durable.
//!
//! Shape: [`door`] is what everybody above calls; [`batch`] the pure engine, a state machine that a
//! backend drives (load what is missing, decide, write, answer); [`writer`] drives it for backends
//! that block, [`backend`] is what they implement; [`rows`] how databases encode what they keep;
//! [`clock`] the two clocks; [`memory`] a model for tests and simulation; [`conformance`] what every store must do.

pub mod activity;
pub mod door;
pub mod query;

pub mod backend;
pub mod batch;
pub mod chain;
pub mod claim;
pub mod clock;
pub mod entropy;
pub mod figures;
pub mod keys;
pub mod recent;
pub mod rows;
pub mod writer;

pub mod conformance;
pub mod memory;

pub use backend::Backend;
pub use batch::BATCH_COMMANDS_MAX;
pub use chain::BatchRow;
pub use clock::{Clock, Clocks, ManualClock, SystemClock};
pub use door::{Boxed, Handover, Moment, Outage, Store, WorkItem};
pub use entropy::{Entropy, SeededEntropy, SystemEntropy};
pub use memory::MemoryStore;
pub use query::{Found, Query};
pub use writer::{Setup, Watch, Writer};
