//! What happens later: processor calls, notifications, and what time does to transactions.
//!
//! **Promise:** everything here is driven by rows of the store. A row of work is written in the same
//! commit as its cause, leased to the node that wrote it, handed over in memory, and deleted by the
//! command that says how it went. If this node dies in between, the lease lapses and any node
//! goes on from the row. So nothing here is lost, and everything here is safe to do twice.
//!
//! Shape: [`Desk`] takes fresh work from the store, [`claims`](self) bring back what was left over;
//! both fill the same bounded queues. `calls` asks the processor, `delivery` sends notifications
//! through [`outbound`], `expiry` ends what time has run out for. [`Workers`] starts and stops
//! it all.
//!
//! Deliberately absent: what a notification says (it is given as fields), how secrets are kept (they
//! are asked for), and every decision (those are commands of `payments`).

mod desk;
mod figures;

mod calls;
mod charges;
mod claims;
mod delivery;
mod documents;
mod each;
mod expiry;
mod submit;
mod workers;

pub mod failpoint;
pub mod outbound;

pub use calls::card_owner;
pub use delivery::{Fields, KeyRing};
pub use desk::Desk;
pub use outbound::Outbound;
pub use workers::{Parts, Settings, Workers};
