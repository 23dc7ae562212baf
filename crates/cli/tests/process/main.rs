//! The binary as its users meet it: started, called, killed, and started again.
//!
//! Every test starts its own server on its own data folder, speaks to it over sockets, through the
//! command line or through somebody else's client, and looks at what is left on disk afterwards.
//! Nothing here reaches into the server; the books are read as a file, the way an auditor would.

mod harness;

#[path = "../browser/mod.rs"]
mod browser;

mod boto;
mod certificate;
mod commands;
mod crash;
mod disk;
mod doors;
mod export;
mod logo;
mod metrics;
mod nodes;
mod offline;
mod readme;
mod resolve;
mod signing_keys;
mod soap;
mod stopping;
mod tls;
mod told;
mod unreadable;
mod webhook;
mod wsdl;
