//! Catches a panic inside a future.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

/// The future's result; `None` when it panicked, which the panic hook has logged.
pub(super) fn caught<F: Future>(future: F) -> impl Future<Output = Option<F::Output>> {
    Caught {
        future: Box::pin(future),
    }
}

struct Caught<F> {
    future: Pin<Box<F>>,
}

impl<F: Future> Future for Caught<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<F::Output>> {
        // A future that has panicked is never polled again: its task ends with this answer.
        let polled = catch_unwind(AssertUnwindSafe(|| self.future.as_mut().poll(context)));
        match polled {
            Ok(Poll::Ready(output)) => Poll::Ready(Some(output)),
            Ok(Poll::Pending) => Poll::Pending,
            Err(_) => Poll::Ready(None),
        }
    }
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
