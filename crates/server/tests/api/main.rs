//! The API through its front door: signed HTTP against a server in this process.
//!
//! Every test has a server, a data folder and personas of its own, so tests run side by side.
//! [`kit`] holds the server, the people and the client; each other module is one promise.
//! [`coverage`] fails when an action or an error code has no test here and no line in the documents.

mod kit;

mod activity;
mod balances;
mod banks;
mod golden;
mod sample;

mod contention;
mod credentials;
mod hosts;
mod idempotency;
mod signatures;
mod twins;

mod bad_input;
mod parameters;
mod refusals;

mod fees;
mod marketplace;
mod seeds;
mod subscriptions;
mod tokens;
mod unknown_tokens;
mod verification;

mod closed_world;
mod schema;
mod soap;

mod coverage;
mod documents;

#[path = "../race/mod.rs"]
mod race;
