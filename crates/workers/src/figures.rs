//! What the workers count.

use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! figures {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// Counters, shared by all workers.
        #[derive(Debug, Default)]
        pub(crate) struct Figures {
            $($(#[$doc])* pub(crate) $name: AtomicU64,)*
        }

        impl Figures {
            /// Names and values.
            pub(crate) fn list(&self) -> Vec<(&'static str, u64)> {
                vec![$((stringify!($name), self.$name.load(Ordering::Relaxed)),)*]
            }
        }
    };
}

figures! {
    /// Work that found no place in a queue and waits for its lease to lapse.
    workers_overflow_total,
    /// Work claimed: left over, or put off until now.
    workers_claimed_total,
    /// Work that waited in a queue until its lease had lapsed.
    workers_lapsed_total,
    /// Work put off.
    workers_deferred_total,
    /// Commands that could not be submitted.
    workers_outages_total,
    /// Tasks that a bug stopped, and that were started anew.
    workers_bugs_total,
    /// Calls to the processor.
    processor_calls_total,
    /// Calls whose outcome was not known at once.
    processor_unknown_total,
    /// Look-ups at the processor.
    processor_look_ups_total,
    /// Definite answers.
    processor_answers_total,
    /// Calls given up for a person to look at.
    processor_unresolved_total,
    /// Notifications sent, successfully or not.
    notifications_tried_total,
    /// Notifications answered with a 2xx.
    notifications_delivered_total,
    /// Notifications that were not delivered.
    notifications_failed_total,
    /// Notifications put off because an earlier one of their transaction is not delivered.
    notifications_waited_total,
    /// Rounds over what is due by time alone: limits of time, and charges of subscriptions.
    clock_rounds_total,
    /// Expiries submitted.
    expiries_total,
    /// Charges of subscriptions submitted.
    subscription_charges_total,
}

/// Counts up by one.
pub(crate) fn count(figure: &AtomicU64) {
    count_by(figure, 1);
}

/// Counts up.
pub(crate) fn count_by(figure: &AtomicU64, by: usize) {
    figure.fetch_add(u64::try_from(by).unwrap_or(u64::MAX), Ordering::Relaxed);
}
