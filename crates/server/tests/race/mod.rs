//! Races: every pair of verbs that can meet on one transaction, token or balance, over real HTTP.
//!
//! A pair runs [`ROUNDS`](lanes::ROUNDS) rounds or more against a server in this process. In a round
//! two requests leave at nearly the same moment on two connections; which one leaves first, and by
//! how much, changes from round to round. Many lanes run at once, so that batches form by themselves.
//!
//! What each pair proves: only the allowed outcomes; the loser gets its documented error; the history
//! of every transaction is what its outcome says; each possible winner was seen; the two met both
//! inside one batch and in different ones. After all rounds [`closing`] proves the books, and holds
//! them against the processor's own statement.
//!
//! With `HOLDFAST_TEST_STORE=postgres` the books are on PostgreSQL, where two lanes write: two requests
//! about one transaction or token take the same lane, so they meet inside batches as well; others may
//! take two lanes, and then only the answers say who was first.
//!
//! [`connection`] one keep-alive connection · [`world`] the server and its people · [`requests`] what
//! its caller signs · [`recorder`] what the store decided together · [`lanes`] many rounds at once ·
//! [`pair`] what a race is; the other modules are the races themselves.

mod closing;
mod connection;
mod lanes;
mod pair;
mod recorder;
mod requests;
mod world;

mod balances;
mod banks;
mod clock;
mod debts;
mod fundings;
mod plans;
mod processor_answers;
mod references;
mod refunds;
mod settlement;
mod tallies;
mod tokens;
