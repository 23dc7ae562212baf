//! Several servers on one PostgreSQL, each a process of its own.
//!
//! [`cluster`] the servers of one database · [`killed`] they die one after the other under load ·
//! [`races`] the same reservation, reference and token from different servers, on a [`stage`] where one
//! of them dies meanwhile · [`expired`] time ends them · [`ends`] what all that has left behind · [`replaced`] the
//! database's standby takes over · [`rotated`] signing keys ·
//! [`upgraded`] two versions of the schema side by side.

mod cluster;
mod ends;
mod expired;
mod killed;
mod races;
mod replaced;
mod rotated;
mod stage;
mod upgraded;
