//! What measures belong to.

/// What is typed for several measures at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Rates on an empty store.
    Fresh,
    /// How long one request takes, on an empty store.
    Latency,
    /// Rates and times on a filled store.
    Filled,
    /// From the start to the first answer.
    Starts,
    /// What looking costs at size.
    Reads,
    /// Signed notifications, and bare signatures.
    Notifications,
    /// Stores without HTTP and signatures.
    Stores,
    /// Other people's servers, over HTTP.
    Peers,
}

impl Group {
    /// All of them, as they are typed.
    pub const ALL: [(&'static str, Group); 8] = [
        ("fresh", Group::Fresh),
        ("latency", Group::Latency),
        ("filled", Group::Filled),
        ("starts", Group::Starts),
        ("reads", Group::Reads),
        ("notifications", Group::Notifications),
        ("stores", Group::Stores),
        ("peers", Group::Peers),
    ];
}
