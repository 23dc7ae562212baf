//! Waiting for a condition, with a limit.

use std::time::{Duration, Instant};

/// How long a server may take to start, or to stop.
const WAIT_MAX: Duration = Duration::from_mins(1);

/// Waits until something holds.
pub(super) fn wait_for(what: &str, mut condition: impl FnMut() -> bool) {
    let began = Instant::now();
    while !condition() {
        assert!(began.elapsed() < WAIT_MAX, "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
