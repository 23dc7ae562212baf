//! Slows down whoever guesses passwords, by e-mail address and by network address.
//!
//! A try counts before it is known how it ends, so that tries at the same moment cannot all slip
//! through; success wipes the count of that e-mail address. The counts are in memory, bounded, and
//! gone after a restart.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use payments::Timestamp;
use payments::time::{HOUR_MS, MINUTE_MS, SECOND_MS};

/// Tries for one e-mail address before waiting begins.
pub const FREE_TRIES_BY_EMAIL: u32 = 5;
/// Tries from one network address before waiting begins: many people may share it.
pub const FREE_TRIES_BY_ADDRESS: u32 = 20;
/// The longest wait.
pub const WAIT_MS_MAX: i64 = 15 * MINUTE_MS;
/// After so long without a try, everything is forgiven.
pub const FORGET_MS: i64 = HOUR_MS;
/// E-mail addresses, and network addresses, that are remembered at most.
pub const ENTRIES_MAX: usize = 10_000;

/// How long to wait before the next try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// Whole seconds, at least one.
    pub seconds: u64,
}

/// Counts tries.
#[derive(Debug, Default)]
pub struct Throttle {
    emails: Mutex<Counts<String>>,
    addresses: Mutex<Counts<IpAddr>>,
}

#[derive(Debug)]
struct Counts<K> {
    rows: HashMap<K, Count>,
}

#[derive(Clone, Copy, Debug)]
struct Count {
    tries: u32,
    last: Timestamp,
}

impl Throttle {
    /// Nobody has tried anything.
    pub fn new() -> Throttle {
        Throttle::default()
    }

    /// Counts a try to sign in, or says how long to wait. A refused try does not count.
    pub fn try_sign_in(&self, email: &str, from: IpAddr, now: Timestamp) -> Result<(), Wait> {
        let email = email.to_owned();
        let mut emails = lock(&self.emails);
        emails.wait(&email, FREE_TRIES_BY_EMAIL, now)?;
        self.try_from_address(from, now)?;
        emails.count(email, now);
        Ok(())
    }

    /// Counts a try that names nobody, such as signing up, or says how long to wait.
    pub fn try_from_address(&self, from: IpAddr, now: Timestamp) -> Result<(), Wait> {
        let network = network(from);
        let mut addresses = lock(&self.addresses);
        addresses.wait(&network, FREE_TRIES_BY_ADDRESS, now)?;
        addresses.count(network, now);
        Ok(())
    }

    /// The try succeeded: the e-mail address starts anew. The network address does not, or an
    /// account of one's own would make guessing others free.
    pub fn succeeded(&self, email: &str) {
        lock(&self.emails).rows.remove(email);
    }
}

/// An address as one counts it: of IPv6, the 64 bits that one customer has to himself.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) & !u128::from(u64::MAX)).into()),
    }
}

impl<K> Default for Counts<K> {
    fn default() -> Counts<K> {
        Counts {
            rows: HashMap::new(),
        }
    }
}

impl<K: Eq + Hash + Clone> Counts<K> {
    fn wait(&self, key: &K, free: u32, now: Timestamp) -> Result<(), Wait> {
        let Some(count) = self.rows.get(key).filter(|count| !count.is_over(now)) else {
            return Ok(());
        };
        let left = count.wait_ms(free) - now.ms_since(count.last);
        if left <= 0 {
            return Ok(());
        }
        let seconds = u64::try_from(left.div_euclid(SECOND_MS) + 1).unwrap_or(1);
        Err(Wait { seconds })
    }

    fn count(&mut self, key: K, now: Timestamp) {
        if !self.rows.contains_key(&key) {
            self.make_room(now);
        }
        let count = self.rows.entry(key).or_insert(Count {
            tries: 0,
            last: now,
        });
        if count.is_over(now) {
            count.tries = 0;
        }
        count.tries = count.tries.saturating_add(1);
        count.last = now;
    }

    /// Forgets what is over, and then, if need be, whoever has tried least: a flood of new names
    /// must not wipe out the one that is being guessed.
    fn make_room(&mut self, now: Timestamp) {
        if self.rows.len() < ENTRIES_MAX {
            return;
        }
        self.rows.retain(|_, count| !count.is_over(now));
        if self.rows.len() < ENTRIES_MAX {
            return;
        }
        let mut tries: Vec<(u32, Timestamp)> =
            self.rows.values().map(|c| (c.tries, c.last)).collect();
        let (_, least, _) = tries.select_nth_unstable(ENTRIES_MAX / 10);
        let least = *least;
        self.rows
            .retain(|_, count| least < (count.tries, count.last));
    }
}

impl Count {
    fn is_over(&self, now: Timestamp) -> bool {
        FORGET_MS <= now.ms_since(self.last)
    }

    /// One second after the last free try, then twice as long each time.
    fn wait_ms(&self, free: u32) -> i64 {
        match self.tries.checked_sub(free) {
            None => 0,
            Some(doublings) => (SECOND_MS << doublings.min(20)).min(WAIT_MS_MAX),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    #[test]
    fn waits_double_until_success() {
        let throttle = Throttle::new();
        let mut now = Timestamp(0);
        for _ in 0..FREE_TRIES_BY_EMAIL {
            assert_eq!(throttle.try_sign_in("a@b.example", HERE, now), Ok(()));
        }
        for wait_ms in [1_000, 2_000, 4_000, 8_000] {
            let refused = throttle.try_sign_in("a@b.example", HERE, now);
            let seconds = u64::try_from(wait_ms / 1_000 + 1).unwrap();
            assert_eq!(refused, Err(Wait { seconds }));
            let almost = now.plus_ms(wait_ms - 1);
            assert!(throttle.try_sign_in("a@b.example", HERE, almost).is_err());
            now = now.plus_ms(wait_ms);
            assert_eq!(throttle.try_sign_in("a@b.example", HERE, now), Ok(()));
        }
        assert_eq!(throttle.try_sign_in("other@b.example", HERE, now), Ok(()));
        throttle.succeeded("a@b.example");
        assert_eq!(throttle.try_sign_in("a@b.example", HERE, now), Ok(()));
    }

    #[test]
    fn an_address_waits_whatever_the_name() {
        let throttle = Throttle::new();
        let from: IpAddr = "2001:db8::1".parse().unwrap();
        let beside: IpAddr = "2001:db8::2".parse().unwrap();
        for number in 0..FREE_TRIES_BY_ADDRESS {
            let email = format!("{number}@b.example");
            assert_eq!(throttle.try_sign_in(&email, from, Timestamp(0)), Ok(()));
        }
        assert!(throttle.try_from_address(beside, Timestamp(0)).is_err());
        assert_eq!(throttle.try_from_address(HERE, Timestamp(0)), Ok(()));
        let later = Timestamp(FORGET_MS);
        assert_eq!(throttle.try_from_address(beside, later), Ok(()));
    }

    #[test]
    fn a_flood_of_names_does_not_forgive_the_one_being_guessed() {
        let throttle = Throttle::new();
        let address = |number: u32| IpAddr::V4(number.into());
        for number in 0..FREE_TRIES_BY_EMAIL {
            let tried = throttle.try_sign_in("target@b.example", address(number), Timestamp(0));
            assert_eq!(tried, Ok(()));
        }
        for number in 0..u32::try_from(ENTRIES_MAX).unwrap() + 100 {
            let email = format!("{number}@b.example");
            assert!(
                throttle
                    .try_sign_in(&email, address(number), Timestamp(0))
                    .is_ok()
            );
        }
        assert!(lock(&throttle.emails).rows.len() <= ENTRIES_MAX);
        assert!(lock(&throttle.addresses).rows.len() <= ENTRIES_MAX);
        let guessed = throttle.try_sign_in("target@b.example", address(0), Timestamp(1));
        assert!(guessed.is_err());
    }
}
