//! Catches a panic inside a future.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

/// The future's result; `None` when it panicked, which the panic hook has logged.
pub(super) async fn caught<F: Future>(future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    poll_fn(|context| {
        // A future that has panicked is never polled again: this answer ends the waiting for it.
        let polled = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context)));
        match polled {
            Ok(Poll::Ready(output)) => Poll::Ready(Some(output)),
            Ok(Poll::Pending) => Poll::Pending,
            Err(_) => Poll::Ready(None),
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::caught;

    #[tokio::test]
    async fn a_panic_becomes_nothing() {
        assert_eq!(caught(async { 5 }).await, Some(5));
        let broken = caught(async {
            let none = std::hint::black_box(None::<u8>);
            none.expect("a bug for this test")
        });
        assert_eq!(broken.await, None);
    }
}
