//! A small world over the pure core: personas, a clock that is moved by hand, an auditor, and a
//! language for tables of tests.
//!
//! **Promise:** every command that runs in a [`World`] is decided twice and must say the same; what
//! it wants written must survive serialisation; and afterwards the [`auditor`] re-derives every
//! balance and every life from what was written. A test that only tells a story checks all of that.
//!
//! Shape: [`rows`] is the store, [`world`] runs commands, [`people`] makes personas, [`table`] reads
//! stories line by line. [`soap`] stands apart: it signs messages as a caller's toolkit would; so
//! does [`postgres`], which starts real servers for the store that needs one.
//!
//! Deliberately absent: a real store, batches, replies. They have suites of their own.

pub mod rows;
pub mod world;

pub mod people;

pub mod postgres;

pub mod auditor;
pub mod table;

pub mod soap;

pub use people::Person;
pub use rows::Rows;
pub use table::check;
pub use world::World;
