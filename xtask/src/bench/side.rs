//! What is measured: one server under one kind of load.

/// One server under one kind of load.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The signed ceiling under Reserve requests.
    Ceiling,
    /// Holdfast under Reserve requests.
    Reserve,
    /// Holdfast under whole lives: each reservation is settled.
    Life,
}

impl Side {
    /// All of them, in the order of a round.
    pub const ALL: [Side; 3] = [Side::Ceiling, Side::Reserve, Side::Life];

    /// Its name on the command line, in tables and in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Side::Ceiling => "ceiling",
            Side::Reserve => "reserve",
            Side::Life => "life",
        }
    }

    /// Finds one by its name.
    pub fn parse(name: &str) -> Option<Side> {
        Side::ALL.into_iter().find(|side| side.name() == name)
    }
}
