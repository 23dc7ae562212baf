//! What can keep `check` from finishing. None of it says anything about the books.

/// The check could not be finished.
#[derive(Debug, thiserror::Error)]
pub enum Outage {
    /// The database did not answer.
    #[error("the database failed while {doing}")]
    Database {
        /// What was being done.
        doing: &'static str,
        /// What it said.
        #[source]
        source: rusqlite::Error,
    },
    /// The database on PostgreSQL did not answer.
    #[error("the database failed while {doing}")]
    Postgres {
        /// What was being done.
        doing: &'static str,
        /// What it said.
        #[source]
        source: tokio_postgres::Error,
    },
    /// The saved progress is not one of ours, or of another version.
    #[error("line {line} of the saved progress cannot be read")]
    Progress {
        /// Which line, 1 is the first.
        line: usize,
    },
    /// A sum is beyond 64 bits, which no real books reach.
    #[error("the sums of account {owner} leave their range")]
    Overflow {
        /// Whose sum.
        owner: i64,
    },
}

impl Outage {
    /// Says what was being done.
    pub(crate) fn while_doing(doing: &'static str) -> impl Fn(rusqlite::Error) -> Outage {
        move |source| Outage::Database { doing, source }
    }
}
