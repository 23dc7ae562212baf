//! The crate as the server uses it: signed requests in, documents out.

mod common;

mod calls;
mod decoding;
mod least;
mod readings;
mod seeds;

mod details;
mod notifications;
mod replies;

mod properties;
