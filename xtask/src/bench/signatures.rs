//! Bare signatures: what a core can do if it does nothing else.
//!
//! Both sides are counted by processor time, not by the clock, so a busy machine changes neither.

use std::process::{Command, Stdio};
use std::time::Duration;

use rsa_sha1::PrivateKey;
use signing::certificate;

use super::figure::{Figure, Turn, ns_each, rate};
use super::machine;
use crate::run::Failure;

/// Processor time that is spent on signing alone.
const LONG: Duration = Duration::from_secs(2);
/// And in turns with another library, which counts in whole seconds: a core's speed changes from one
/// second to the next, so each has several short turns.
const SHORT: Duration = Duration::from_secs(1);
const TURNS: u32 = 3;
/// Signatures between two looks at the clock.
const FEW: u64 = 64;
/// As long as the string to sign of a notification.
const MESSAGE: [u8; 900] = [b'x'; 900];

/// Our library, as the server uses it.
pub fn library() -> Result<Turn, Failure> {
    let (done, took) = sign_for(&key()?, LONG);
    Ok(Turn::from([
        (Figure::Rate, rate(done, took)),
        (Figure::Cpu, ns_each(took, done)),
    ]))
}

/// The `openssl` that is installed, in turns with our library; it counts by processor time itself.
pub fn openssl() -> Result<Turn, Failure> {
    let key = key()?;
    let (mut ours, mut ours_took, mut theirs_ns) = (0, Duration::ZERO, 0);
    for _ in 0..TURNS {
        let (done, took) = sign_for(&key, SHORT);
        ours += done;
        ours_took += took;
        theirs_ns += openssl_ns()? / u64::from(TURNS);
    }
    let million = Duration::from_nanos(theirs_ns.saturating_mul(1_000_000));
    Ok(Turn::from([
        (Figure::Rate, rate(1_000_000, million)),
        (Figure::Ours, rate(ours, ours_took)),
        (Figure::Cpu, theirs_ns),
    ]))
}

fn key() -> Result<PrivateKey, Failure> {
    let failed = |reason: String| Failure::because(format!("making a key: {reason}"));
    let pair = certificate::generate("benchmark", 0, 4_102_444_800)
        .map_err(|error| failed(error.to_string()))?;
    PrivateKey::from_der(&pair.private_key_der).map_err(|error| failed(error.to_string()))
}

/// How many signatures, and how much processor time they took: so much and a little more.
fn sign_for(key: &PrivateKey, long: Duration) -> (u64, Duration) {
    let before = machine::own_processor_time();
    let (mut done, mut took) = (0, Duration::ZERO);
    while took < long {
        for _ in 0..FEW {
            std::hint::black_box(key.sign(&MESSAGE));
        }
        done += FEW;
        took = machine::own_processor_time().saturating_sub(before);
    }
    (done, took)
}

/// What a signature takes there.
fn openssl_ns() -> Result<u64, Failure> {
    let seconds = SHORT.as_secs().to_string();
    let ended = Command::new("openssl")
        .args(["speed", "-mr", "-seconds", &seconds, "rsa2048"])
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Failure::because(format!("openssl does not start: {error}")))?;
    let said = String::from_utf8_lossy(&ended.stdout);
    signature_ns(&said).ok_or_else(|| Failure::because(format!("openssl printed {}", said.trim())))
}

/// What one signature takes, from the line for machines: `+F2:number:bits:private:public`. Some
/// releases give seconds each there, others give how many a second.
fn signature_ns(said: &str) -> Option<u64> {
    let line = said.lines().find_map(|line| line.strip_prefix("+F2:"))?;
    let mut fields = line.split(':').skip(1);
    (fields.next()? == "2048").then_some(())?;
    let billionths = billionths(fields.next()?)?;
    if billionths < 1_000_000_000 {
        return (0 < billionths).then_some(billionths);
    }
    u64::try_from(1_000_000_000_000_000_000 / u128::from(billionths)).ok()
}

fn billionths(decimal: &str) -> Option<u64> {
    let (whole, parts) = decimal.split_once('.').unwrap_or((decimal, ""));
    let parts: String = parts
        .chars()
        .chain(std::iter::repeat('0'))
        .take(9)
        .collect();
    let whole: u64 = whole.parse().ok()?;
    whole
        .checked_mul(1_000_000_000)?
        .checked_add(parts.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn openssl_is_understood() {
        let said = "+DTP:2048:private:rsa:2\n+R1:8000:2048:2.0\n+F2:2:2048:0.000251:0.000007\n";
        assert_eq!(signature_ns(said), Some(251_000));
        let said = "+F2:2:2048:4000.000000:44298.181818\n";
        assert_eq!(signature_ns(said), Some(250_000));
        assert_eq!(signature_ns("+F2:2:1024:0.000251:0.000007\n"), None);
        assert_eq!(signature_ns("+F2:2:2048:0.0:0.0\n"), None);
        assert_eq!(signature_ns(""), None);
    }
}
