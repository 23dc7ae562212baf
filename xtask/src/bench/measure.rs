//! What can be measured: each a name, what it is in words, and a plan.

use super::postgres::Peer;
use super::script::Script;

pub use group::Group;

mod group;

/// What a store holds before the load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// Callers and tokens only.
    Fresh,
    /// Ten thousand settled transactions.
    Small,
    /// As many settled transactions as `--size` says.
    Filled,
}

/// How the callers' references of one load follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum References {
    /// Each is larger than the one before, as order numbers are.
    Growing,
    /// No order, as random identifiers have none.
    Random,
}

/// When requests are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// On each connection as soon as the last one was answered.
    Closed,
    /// At half of the rate of `reserve`, whatever is still unanswered; times count from the moment
    /// at which a request should have been sent.
    Open,
}

/// A load on Holdfast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoadPlan {
    /// What each connection does.
    pub script: Script,
    /// How many connections.
    pub connections: usize,
    /// How references follow each other.
    pub references: References,
    /// What is there before.
    pub size: Size,
    /// When requests are sent.
    pub pace: Pace,
    /// Whether the processor is asked; if not, its work waits.
    pub processor: bool,
}

/// Reserve after Reserve on 64 connections of an empty store: what the others differ from.
const RESERVE: LoadPlan = LoadPlan {
    script: Script::Reserve,
    connections: 64,
    references: References::Growing,
    size: Size::Fresh,
    pace: Pace::Closed,
    processor: true,
};
const ONE: LoadPlan = LoadPlan {
    connections: 1,
    processor: false,
    ..RESERVE
};
const OPEN: LoadPlan = LoadPlan {
    connections: 128,
    pace: Pace::Open,
    ..RESERVE
};

/// How a measure is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// Overwriting 4 KiB and flushing them.
    Flush,
    /// The signed ceiling on so many connections.
    Ceiling(usize),
    /// A load on Holdfast.
    Load(LoadPlan),
    /// Starting it after it was stopped.
    Start(Size),
    /// Starting it after it was killed under load.
    Restart(Size),
    /// Pages, status and expiry at the store's interface.
    Reads(Size),
    /// Notifications on top of a load, of so many Reserves a second, that is measured without them first.
    Notified(u64),
    /// Bare signatures of our library.
    Library,
    /// Bare signatures of the `openssl` that is installed.
    OpenSsl,
    /// Reserve and answer at the interface of the embedded store.
    Pace,
    /// Reserve and answer at the interface of the PostgreSQL store, so many under way at once.
    PostgresPace(u32),
    /// PostgreSQL, one statement and one commit a request.
    Postgres(Peer),
    /// localstripe, a payment created, confirmed and captured.
    Localstripe,
}

/// Something that can be measured.
#[derive(Debug)]
pub struct Measure {
    /// Its name on the command line, in tables and in JSON.
    pub name: &'static str,
    /// In words.
    pub what: &'static str,
    /// Where it belongs.
    pub group: Group,
    /// How it is taken.
    pub plan: Plan,
}

const fn measure(name: &'static str, group: Group, plan: Plan, what: &'static str) -> Measure {
    Measure {
        name,
        what,
        group,
        plan,
    }
}

/// The unit of latencies; taken first in every round.
pub const FLUSH: Measure = measure(
    "flush",
    Group::Latency,
    Plan::Flush,
    "overwriting 4 KiB of a file and flushing them: the unit of the others",
);
/// What open loops take half of.
pub const PEAK: &str = "reserve";

/// Everything but the flush, in the order of a round.
pub const MEASURES: &[Measure] = &[
    measure(
        "ceiling",
        Group::Fresh,
        Plan::Ceiling(64),
        "the signed ceiling, 64 connections",
    ),
    measure(
        "reserve",
        Group::Fresh,
        Plan::Load(RESERVE),
        "Reserve until the processor has answered all, 64 connections",
    ),
    measure(
        "life",
        Group::Fresh,
        Plan::Load(LoadPlan {
            script: Script::Life,
            ..RESERVE
        }),
        "Reserve, answer, Settle, answer, 64 connections",
    ),
    measure(
        "ceiling-256",
        Group::Fresh,
        Plan::Ceiling(256),
        "the signed ceiling, 256 connections",
    ),
    measure(
        "reserve-256",
        Group::Fresh,
        Plan::Load(LoadPlan {
            connections: 256,
            ..RESERVE
        }),
        "Reserve, 256 connections",
    ),
    measure(
        "reserve-random",
        Group::Fresh,
        Plan::Load(LoadPlan {
            references: References::Random,
            ..RESERVE
        }),
        "Reserve with random references",
    ),
    measure(
        "ceiling-one",
        Group::Latency,
        Plan::Ceiling(1),
        "the signed ceiling, one connection",
    ),
    measure(
        "one",
        Group::Latency,
        Plan::Load(ONE),
        "Reserve on one connection, the processor paused",
    ),
    measure(
        "open",
        Group::Latency,
        Plan::Load(OPEN),
        "Reserve at half of the peak rate, times from when each should have been sent",
    ),
    measure(
        "reserve-filled",
        Group::Filled,
        Plan::Load(LoadPlan {
            size: Size::Filled,
            ..RESERVE
        }),
        "Reserve, 64 connections, filled store",
    ),
    measure(
        "random-filled",
        Group::Filled,
        Plan::Load(LoadPlan {
            size: Size::Filled,
            references: References::Random,
            ..RESERVE
        }),
        "Reserve with random references, filled store",
    ),
    measure(
        "life-filled",
        Group::Filled,
        Plan::Load(LoadPlan {
            size: Size::Filled,
            script: Script::Life,
            ..RESERVE
        }),
        "whole lives, filled store",
    ),
    measure(
        "256-filled",
        Group::Filled,
        Plan::Load(LoadPlan {
            size: Size::Filled,
            connections: 256,
            ..RESERVE
        }),
        "Reserve, 256 connections, filled store",
    ),
    measure(
        "one-filled",
        Group::Filled,
        Plan::Load(LoadPlan {
            size: Size::Filled,
            ..ONE
        }),
        "one connection, the processor paused, filled store",
    ),
    measure(
        "open-filled",
        Group::Filled,
        Plan::Load(LoadPlan {
            size: Size::Filled,
            ..OPEN
        }),
        "half of the peak rate, filled store",
    ),
    measure(
        "start",
        Group::Starts,
        Plan::Start(Size::Fresh),
        "start of a store with callers and tokens only",
    ),
    measure(
        "start-filled",
        Group::Starts,
        Plan::Start(Size::Filled),
        "start of a filled store",
    ),
    measure(
        "restart",
        Group::Starts,
        Plan::Restart(Size::Fresh),
        "start after kill -9 under load",
    ),
    measure(
        "restart-filled",
        Group::Starts,
        Plan::Restart(Size::Filled),
        "start after kill -9 under load, filled store",
    ),
    measure(
        "reads-small",
        Group::Reads,
        Plan::Reads(Size::Small),
        "the store's interface at ten thousand transactions",
    ),
    measure(
        "reads-filled",
        Group::Reads,
        Plan::Reads(Size::Filled),
        "the store's interface, filled store",
    ),
    measure(
        "notified",
        Group::Notifications,
        Plan::Notified(1_500),
        "signed notifications delivered, per second and core, at 3,000 a second",
    ),
    measure(
        "notified-sparse",
        Group::Notifications,
        Plan::Notified(300),
        "the same at 600 a second",
    ),
    measure(
        "library",
        Group::Notifications,
        Plan::Library,
        "bare RSA-SHA1 signatures of our library, per second and core",
    ),
    measure(
        "openssl",
        Group::Notifications,
        Plan::OpenSsl,
        "bare RSA-2048 signatures of `openssl speed`, per second and core",
    ),
    measure(
        "pace",
        Group::Stores,
        Plan::Pace,
        "Reserve and answer at the interface of the embedded store",
    ),
    measure(
        "postgres-pace",
        Group::Stores,
        Plan::PostgresPace(512),
        "Reserve and answer at the interface of the PostgreSQL store, 512 under way",
    ),
    measure(
        "postgres-pace-128",
        Group::Stores,
        Plan::PostgresPace(128),
        "the same, 128 under way",
    ),
    measure(
        "postgres",
        Group::Stores,
        Plan::Postgres(Peer::Reserves),
        "PostgreSQL, one statement and one commit a request, 32 connections, no HTTP, no signature",
    ),
    measure(
        "postgres-answered",
        Group::Stores,
        Plan::Postgres(Peer::Answered),
        "the same, each Reserve and its answer a statement and a commit of its own",
    ),
    measure(
        "localstripe",
        Group::Peers,
        Plan::Localstripe,
        "localstripe, a payment created, confirmed and captured",
    ),
];

/// Finds one by its name.
pub fn find(name: &str) -> Option<&'static Measure> {
    MEASURES.iter().find(|measure| measure.name == name)
}

/// Whether a store of the size of `--size` is needed.
pub const fn wants_filled(plan: Plan) -> bool {
    match plan {
        Plan::Load(plan) => matches!(plan.size, Size::Filled),
        Plan::Start(size) | Plan::Restart(size) | Plan::Reads(size) => {
            matches!(size, Size::Filled)
        }
        Plan::Flush
        | Plan::Ceiling(_)
        | Plan::Notified(_)
        | Plan::Library
        | Plan::OpenSsl
        | Plan::Pace
        | Plan::PostgresPace(_)
        | Plan::Postgres(_)
        | Plan::Localstripe => false,
    }
}

#[cfg(test)]
mod tests;
