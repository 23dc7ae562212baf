//! What the machine itself can do, for reference: its cores, and how long a flush takes.

use std::fs::OpenOptions;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

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

/// The most memory a process has had resident, in KiB, from what the kernel says of it.
pub fn resident_kib_max(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resident_memory_is_read_from_the_kernels_words() {
        let status = "Name:\tholdfast\nVmPeak:\t  100 kB\nVmHWM:\t   51200 kB\nVmRSS:\t 9 kB\n";
        assert_eq!(resident_kib_max(status), Some(51_200));
        assert_eq!(resident_kib_max("Name:\tholdfast\n"), None);
    }
}
