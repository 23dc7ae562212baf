//! Waiting for a condition, with a limit. The only place in these tests that lets time pass.

use std::time::{Duration, Instant};

/// How often a condition is looked at.
const PAUSE: Duration = Duration::from_millis(10);

/// Waits until `look` finds something.
pub fn until<T>(what: &str, limit: Duration, mut look: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(began.elapsed() < limit, "waited {limit:?} for {what}");
        std::thread::sleep(PAUSE);
    }
}
