//! The FPS protocol as bytes: requests in, replies and notifications out.
//!
//! **Promise:** whatever a stranger sends becomes a typed [`Request`] or a [`WireError`] with a
//! documented code; it never panics and never reaches the core half-checked. What the core answers
//! becomes the exact documents that the old clients read.
//!
//! ```text
//! parameters ─▶ Call ─▶ verify ─▶ VerifiedCall ─▶ Request ─▶ (the store) ─▶ Reply ─▶ bytes
//!               untrusted          proof           typed
//! ```
//!
//! **Invariant:** no IO, no clock, no HTTP types. Only checking a signature makes a
//! [`VerifiedCall`], and only a [`VerifiedCall`] gives out parameters.

pub mod version;

pub mod action;
pub mod call;
pub mod decode;
pub mod soap;

pub mod codes;
pub mod error;
pub mod refusal;

pub mod instant;
pub mod place;
pub mod words;

pub mod notification;
pub mod reply;
pub mod schema;

mod fuzz;

pub use action::Action;
pub use call::{Call, Check, VerifiedCall};
pub use decode::{ActivityAsked, Read, Request, TokenAsked, TokenFilter};
pub use error::WireError;
pub use fuzz::{fuzz_entry, fuzz_soap_entry};
pub use reply::{CONTENT_TYPE, Reply};
pub use version::Version;
