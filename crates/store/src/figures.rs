//! What a store counts about itself.

use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! figures {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// Counters, shared by the threads of a store.
        #[derive(Debug, Default)]
        pub struct Figures {
            $($(#[$doc])* pub $name: AtomicU64,)*
        }

        impl Figures {
            /// Names and values.
            pub fn list(&self) -> Vec<(&'static str, u64)> {
                vec![$((stringify!($name), self.$name.load(Ordering::Relaxed)),)*]
            }
        }
    };
}

figures! {
    /// Commands answered.
    store_commands_total,
    /// Batches committed.
    store_batches_total,
    /// Commands that their asker wrote himself, being alone.
    store_alone_total,
    /// Rows written.
    store_rows_total,
    /// Batches that could not be written.
    store_failures_total,
    /// Decisions that a bug stopped.
    store_bugs_total,
    /// Commands turned away because the queue was full.
    store_busy_total,
    /// Work claimed.
    store_claims_total,
    /// Work claimed of which something could not be read.
    store_unreadable_total,
    /// Rows found in memory.
    store_recent_hits_total,
    /// Rows asked of the database.
    store_recent_misses_total,
}

/// Counts up.
pub fn count(figure: &AtomicU64, by: usize) {
    figure.fetch_add(u64::try_from(by).unwrap_or(u64::MAX), Ordering::Relaxed);
}
