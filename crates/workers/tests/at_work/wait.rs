//! Waiting for something to come true: the only place where a test lets time pass.

use std::time::Duration;

/// How long until it is looked at again.
pub const STEP: Duration = Duration::from_millis(5);

/// Lets a little time pass.
pub async fn a_little() {
    tokio::time::sleep(STEP).await;
}

/// Waits until it is so; fails the test when it never is.
pub async fn until(is: impl Fn() -> bool) {
    for _ in 0..100_000 {
        if is() {
            return;
        }
        a_little().await;
    }
    panic!("it never came to that");
}
