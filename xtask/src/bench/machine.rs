//! What the machine itself can do, for reference: its cores, and how long a flush takes.

use std::fs::OpenOptions;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use payments::Timestamp;

use super::histogram::Histogram;

/// Bytes written before each flush: a page of a database.
const FLUSH_BYTES: usize = 4_096;
/// Flushes that are timed.
const FLUSHES: usize = 500;

/// The time on this machine's clock: requests carry it, and the ceiling checks it.
#[expect(
    clippy::disallowed_methods,
    reason = "a load generator signs with the real time"
)]
pub fn now() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// How many cores there are for all of us.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Times overwriting one page of a file in `folder` and flushing it.
pub fn flushes(folder: &Path) -> std::io::Result<Histogram> {
    let path = folder.join("flush");
    let mut file = OpenOptions::new()
        .create(true)
        .truncate(true)
        .write(true)
        .open(&path)?;
    let mut page = [7; FLUSH_BYTES];
    file.write_all(&page)?;
    file.sync_all()?;
    let mut times = Histogram::new();
    for number in 0..FLUSHES {
        page[number % FLUSH_BYTES] ^= 1;
        let begun = Instant::now();
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&page)?;
        file.sync_data()?;
        times.record(begun.elapsed());
    }
    drop(file);
    std::fs::remove_file(&path)?;
    Ok(times)
}

/// Memory of a process, in KiB.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resident {
    /// Resident now.
    pub now: u64,
    /// The most that was.
    pub most: u64,
}

/// The memory of a process, from what the kernel says of it.
pub fn resident(status: &str) -> Resident {
    let line = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kib = line.and_then(|line| line.trim().strip_suffix("kB"));
        kib.and_then(|kib| kib.trim().parse().ok()).unwrap_or(0)
    };
    Resident {
        now: line("VmRSS:"),
        most: line("VmHWM:"),
    }
}

/// The processor time of this thread.
pub fn own_processor_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/thread-self/stat");
    stat.ok()
        .and_then(|stat| processor_time(&stat))
        .unwrap_or_default()
}

/// The processor time a process has had, from its `stat` line; the kernel counts in hundredths.
pub fn processor_time(stat: &str) -> Option<Duration> {
    // The name in brackets may hold anything, so the fields are counted behind it.
    let (_, behind) = stat.rsplit_once(')')?;
    let mut fields = behind.split_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(Duration::from_millis(
        user.saturating_add(system).saturating_mul(10),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resident_memory_is_read_from_the_kernels_words() {
        let status = "Name:\tholdfast\nVmPeak:\t  100 kB\nVmHWM:\t   51200 kB\nVmRSS:\t 9 kB\n";
        let (now, most) = (9, 51_200);
        assert_eq!(resident(status), Resident { now, most });
        assert_eq!(resident("Name:\tholdfast\n"), Resident::default());
    }

    #[test]
    fn processor_time_is_user_and_system_time() {
        let stat = "42 (hold) fast) S 1 42 42 0 -1 4194304 900 0 0 0 150 50 0 0 20 0 9 0 100";
        assert_eq!(processor_time(stat), Some(Duration::from_secs(2)));
        assert_eq!(processor_time("42"), None);
    }
}
