//! The workers at work: against the real sandbox processor, a scripted one, and real receivers.
#![expect(clippy::unwrap_used, reason = "what does not fit fails the test")]

mod banks;
mod documents;
mod life;
mod magic;
mod notifications;
mod outages;
mod outbound;
mod receiver;
mod ring;
mod subscriptions;
mod unknown;
mod wait;
mod work;
mod world;
