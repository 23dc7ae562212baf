//! The core as a whole, through its front door: stories told line by line, and random ones.
//!
//! Every step is audited by `test-kit`: balances are re-derived from postings, histories compared
//! with states, and each change set goes through JSON and back.

mod banks;
mod cancellations;
mod certificates;
mod deliveries;
mod edits;
mod idempotency;
mod instruction_texts;
mod instructions;
mod lives;
mod notifications;
mod payments;
mod properties;
mod refunds;
mod settlement;
mod setup;
mod stand_ins;
mod states;
mod subscriptions;
mod tallies;
mod tally_requests;
mod tokens;
