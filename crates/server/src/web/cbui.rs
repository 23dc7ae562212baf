//! The Co-Branded UI: a caller sends a person here, the person agrees or leaves, and goes back with
//! a signed result.
//!
//! A visit is a document of the store with an end in real time. It is tied to the browser that began it by
//! a cookie, and to the person who signed in; its result is kept, so that a form that was posted twice
//! leads to the same return URL.
//!
//! Steps: sign in or up, payment method, shipping address (where asked), confirm. A recipient signs in
//! and confirms.

mod address;
mod authentic;
mod bank;
mod card;
mod confirm;
mod finish;
mod install;
mod instrument;
mod logo;
mod method;
mod params;
mod payees;
mod sent;
mod sign_in;
mod start;
mod steps;
mod terms;
mod visit;
mod wish;

#[cfg(test)]
mod tests;

pub(super) use logo::{LOGO, serve as logo};
pub(super) use start::start;
pub(super) use steps::visit;

/// Where callers send people.
pub(super) const START: &str = signing::request::CBUI_PATH;
/// Where the steps of a visit are.
pub(super) const VISIT: &str = "/cobranded-ui/visit";
