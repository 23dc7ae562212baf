//! A timer that a task can wait for within some fifty microseconds. Those of the runtime tell whole
//! milliseconds.

use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};
use tokio::io::unix::AsyncFd;

/// A timer of the kernel's (Linux).
pub struct Alarm(AsyncFd<OwnedFd>);

impl Alarm {
    /// A timer for tasks of the current runtime.
    pub fn new() -> std::io::Result<Alarm> {
        let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
        let timer = timerfd_create(TimerfdClockId::Monotonic, flags)?;
        #[expect(
            deprecated,
            reason = "unsound for what changes its descriptor, which an owned one never does; \
                what came instead is unsafe"
        )]
        let timer = AsyncFd::new(timer)?;
        Ok(Alarm(timer))
    }

    /// Waits until a moment; not at all when it has passed.
    pub async fn wait_until(&self, due: Instant) -> std::io::Result<()> {
        let left = due.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(());
        }
        let once = Itimerspec {
            it_interval: timespec(Duration::ZERO),
            it_value: timespec(left),
        };
        timerfd_settime(self.0.get_ref(), TimerfdTimerFlags::empty(), &once)?;
        loop {
            let mut ready = self.0.readable().await?;
            let mut times = [0; 8];
            let read = ready.try_io(|timer| Ok(rustix::io::read(timer.get_ref(), &mut times)?));
            // It may look ready and not be.
            if let Ok(read) = read {
                return read.map(drop);
            }
        }
    }
}

fn timespec(span: Duration) -> Timespec {
    Timespec {
        tv_sec: i64::try_from(span.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: span.subsec_nanos().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_waits_until_the_moment_and_not_for_one_that_has_passed() {
        let alarm = Alarm::new().expect("a timer");
        for wait in [
            Duration::from_micros(300),
            Duration::ZERO,
            Duration::from_millis(2),
        ] {
            let due = Instant::now() + wait;
            alarm.wait_until(due).await.expect("it rang");
            assert!(due <= Instant::now());
        }
    }
}
