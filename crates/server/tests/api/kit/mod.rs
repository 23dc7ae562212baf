//! What the tests stand on.

mod client;
mod files;
mod people;
mod plans;
mod receiver;
mod scene;
mod signer;
mod soap;
mod tallies;
mod wait;
mod world;

pub use client::{Reply, exchange};
pub use files::{check_block, check_file, repository};
pub use people::{Installed, Shop, cents, person, rate};
pub use receiver::{Message, Receiver};
pub use scene::{APPROVED, FAR_YEAR, Scene, reference};
pub use signer::{Pairs, Signer, encode, pairs, with, without};
pub use soap::{Wire, over_soap};
pub use tallies::InstalledTally;
pub use wait::{until, until_or};
pub use world::World;
