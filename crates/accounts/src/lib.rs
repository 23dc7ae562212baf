//! People and their secrets: signing up and in, sessions, access keys.
//!
//! **Promise:** nothing here speaks HTTP. Time and random bytes are arguments. A password is known
//! only as its hash, a session only by the digest of its token, an access key's secret only sealed;
//! so whoever reads the database can neither sign in nor sign a request.
//!
//! Shape: [`password`] hashes one at a time, [`people`] signs up and in, [`sessions`] remembers who
//! is there, [`throttle`] slows down guessing, [`keys`] makes access keys and webhook secrets,
//! [`webhooks`] changes the latter, [`secrets`] is what these share.

pub mod keys;
pub mod password;
pub mod people;
pub mod secrets;
pub mod sessions;
pub mod throttle;
pub mod webhooks;
