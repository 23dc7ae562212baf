//! Named steps at which a test can end the process, as a power cut would.
//!
//! | name                     | what is durable when it is reached                              |
//! |--------------------------|-----------------------------------------------------------------|
//! | `intent-written`         | the intent; the processor has not been called                   |
//! | `call-made`              | the processor has decided; nothing of its answer is written     |
//! | `answer-received`        | the answer                                                      |
//! | `notification-sent`      | the receiver has the notification; nothing of that is written   |
//! | `notification-recorded`  | the delivery                                                    |
//!
//! Without the feature `failpoints` there is nothing behind these functions.

/// The processor's work was committed and handed over.
pub const INTENT_WRITTEN: &str = "intent-written";
/// The processor's answer is in memory only.
pub const CALL_MADE: &str = "call-made";
/// The processor's answer is committed.
pub const ANSWER_RECEIVED: &str = "answer-received";
/// The receiver has answered; that is in memory only.
pub const NOTIFICATION_SENT: &str = "notification-sent";
/// What came of a delivery is committed.
pub const NOTIFICATION_RECORDED: &str = "notification-recorded";

#[cfg(feature = "failpoints")]
pub use armed::{hit, set};

/// Ends the process if this is the step it was told to end at.
#[cfg(not(feature = "failpoints"))]
#[inline]
pub const fn hit(_name: &'static str) {}

#[cfg(feature = "failpoints")]
mod armed {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    struct Armed {
        name: String,
        left: AtomicU64,
    }

    static ARMED: OnceLock<Armed> = OnceLock::new();

    /// Chooses the step, once: `name` for the first time it is reached, `name:3` for the third.
    pub fn set(spec: &str) {
        let (name, count) = spec.split_once(':').unwrap_or((spec, "1"));
        let count = count.parse().ok().filter(|count| 0 < *count);
        let count: u64 = count.expect("a failpoint is a name, or a name, a colon and a count");
        let (name, left) = (name.to_owned(), AtomicU64::new(count));
        let set = ARMED.set(Armed { name, left });
        assert!(set.is_ok(), "a failpoint is chosen once");
    }

    /// Ends the process if this is the step it was told to end at.
    pub fn hit(name: &'static str) {
        let Some(armed) = ARMED.get() else {
            return;
        };
        if armed.name == name && armed.left.fetch_sub(1, Ordering::Relaxed) == 1 {
            std::process::abort();
        }
    }
}
