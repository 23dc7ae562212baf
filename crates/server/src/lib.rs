//! The server: the only crate that knows HTTP, TLS, settings and wiring.
//!
//! **Promise:** bytes come in, one call goes into the store, one outcome comes out, bytes go back.
//! A reply is sent only after what it says is durable.
//!
//! Shape: [`config`] reads the settings, [`boot`] opens everything and puts it together in an
//! [`app::App`], [`http`] listens, `dispatch` finds who answers: the API, the pages or the
//! operator's doors. [`admin`] is what the command line can ask of a running server.

pub mod access;
pub mod admin;
mod api;
pub mod app;
pub mod boot;
pub mod config;
pub mod counters;
mod description;
mod dispatch;
pub mod http;
pub mod images;
pub mod keyring;
mod operations;
pub mod random;
mod read;
pub mod stand_ins;
mod tls;
pub mod web;
