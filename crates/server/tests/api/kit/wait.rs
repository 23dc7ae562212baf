//! Waiting for a condition, with an end.

use std::fs;
use std::time::{Duration, Instant};

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(2);

/// Looks until something is there.
pub fn until<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    until_or(what, look, String::new)
}

/// The same, with something to say for the case that it never comes.
pub fn until_or<T>(
    what: &str,
    mut look: impl FnMut() -> Option<T>,
    explain: impl FnOnce() -> String,
) -> T {
    let (mut looks, end) = (0_u32, Instant::now() + PATIENCE);
    while Instant::now() < end {
        if let Some(found) = look() {
            return found;
        }
        looks += 1;
        std::thread::sleep(PAUSE);
    }
    panic!(
        "waited in vain: {what}; {looks} looks\n{}\n{}",
        explain(),
        threads()
    );
}

/// Every thread of this process, and what it sleeps in: where a wait has no end, this says where.
fn threads() -> String {
    let tasks = fs::read_dir("/proc/self/task").into_iter().flatten();
    let told = tasks.flatten().map(|task| {
        let part = |name| fs::read_to_string(task.path().join(name)).unwrap_or_default();
        let (name, place) = (part("comm"), part("wchan"));
        format!("{} in {}", name.trim(), place.trim())
    });
    told.collect::<Vec<_>>().join("\n")
}
