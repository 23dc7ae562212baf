//! What a problem of the database means for a batch.

use store::Outage;
use tokio_postgres::error::{DbError, Severity, SqlState};

/// Why a statement or a batch came to nothing.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Somebody else was there first or at the same time: the same again may succeed.
    Race(String),
    /// The connection is gone; what was not committed is undone.
    Lost(String),
    /// Nothing that trying again would mend.
    Outage(Outage),
}

impl Failure {
    /// The outage that a caller is told of.
    pub(crate) fn into_outage(self, doing: &'static str) -> Outage {
        match self {
            Failure::Race(reason) | Failure::Lost(reason) => Outage::Failed { doing, reason },
            Failure::Outage(outage) => outage,
        }
    }
}

impl From<Outage> for Failure {
    fn from(outage: Outage) -> Failure {
        Failure::Outage(outage)
    }
}

/// Says what a problem means.
pub(crate) fn failure(doing: &'static str, problem: &tokio_postgres::Error) -> Failure {
    let reason = words(problem);
    let Some(said) = problem.as_db_error() else {
        // No answer of the server: the connection, or what came over it.
        return Failure::Lost(reason);
    };
    if is_farewell(said) {
        Failure::Lost(reason)
    } else if is_race(said.code()) {
        Failure::Race(reason)
    } else {
        Failure::Outage(Outage::Failed { doing, reason })
    }
}

/// Serialisation failures, deadlocks, waits given up, a key that somebody else has taken, and a count
/// of rows that somebody else has made another one (a division by zero, see `table`).
fn is_race(state: &SqlState) -> bool {
    [
        SqlState::T_R_SERIALIZATION_FAILURE,
        SqlState::T_R_DEADLOCK_DETECTED,
        SqlState::LOCK_NOT_AVAILABLE,
        SqlState::UNIQUE_VIOLATION,
        SqlState::DIVISION_BY_ZERO,
    ]
    .contains(state)
}

/// The server stops, restarts, is a standby, or has ended this session; or it does not know itself what
/// has become of a statement. What was being committed then may be kept.
fn is_farewell(said: &DbError) -> bool {
    let is_last = matches!(
        said.parsed_severity(),
        Some(Severity::Fatal | Severity::Panic)
    );
    let state = said.code();
    is_last || state.code().starts_with("08") || FAREWELLS.contains(state)
}

const FAREWELLS: [SqlState; 7] = [
    SqlState::ADMIN_SHUTDOWN,
    SqlState::CRASH_SHUTDOWN,
    SqlState::CANNOT_CONNECT_NOW,
    SqlState::READ_ONLY_SQL_TRANSACTION,
    SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
    SqlState::TOO_MANY_CONNECTIONS,
    SqlState::T_R_STATEMENT_COMPLETION_UNKNOWN,
];

/// The problem in words: the server's message, or the chain of causes.
pub(crate) fn words(problem: &tokio_postgres::Error) -> String {
    if let Some(said) = problem.as_db_error() {
        return format!("{} ({})", said.message(), said.code().code());
    }
    let mut words = problem.to_string();
    let mut cause = std::error::Error::source(problem);
    while let Some(deeper) = cause {
        words = format!("{words}: {deeper}");
        cause = deeper.source();
    }
    words
}

/// A problem in words, for those who open or read.
pub(crate) fn outage(doing: &'static str) -> impl Fn(tokio_postgres::Error) -> Outage {
    move |problem| failure(doing, &problem).into_outage(doing)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a statement's failure means.
    async fn meant(sql: &str) -> &'static str {
        let address = crate::Address::parse(&test_kit::postgres::database(), None);
        let client = address.expect("an address").connect().await;
        let failed = client.expect("connected").batch_execute(sql).await;
        match failure("trying", &failed.expect_err("it fails")) {
            Failure::Race(_) => "race",
            Failure::Lost(_) => "lost",
            Failure::Outage(_) => "outage",
        }
    }

    fn raise(code: &str) -> String {
        format!("DO $$ BEGIN RAISE EXCEPTION 'so' USING ERRCODE = '{code}'; END $$")
    }

    #[tokio::test]
    async fn each_failure_means_one_thing() {
        for (code, expected) in [
            ("40001", "race"),
            ("40P01", "race"),
            ("55P03", "race"),
            ("23505", "race"),
            ("40003", "lost"),
            ("08006", "lost"),
            ("25006", "lost"),
            ("57P05", "outage"),
            ("53100", "outage"),
            ("XX000", "outage"),
        ] {
            assert_eq!(meant(&raise(code)).await, expected, "{code}");
        }
        assert_eq!(meant("SELECT 1 / 0").await, "race");
        // Fatal, whatever its code.
        let idle = "SET client_min_messages = debug; SELECT pg_terminate_backend(pg_backend_pid())";
        assert_eq!(meant(idle).await, "lost");
    }
}
