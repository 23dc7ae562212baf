//! Passwords: argon2id, one computed at a time.
//!
//! A hash takes 19 MiB and tens of milliseconds of one core, so a crowd that signs in at once must
//! not take all cores from payments: one is computed, [`WAITING_MAX`] wait, and more are turned away.

use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use store::Outage;
use tokio::sync::Semaphore;

/// Memory of one hash, in KiB: 19 MiB, as OWASP advises for argon2id.
pub const MEMORY_KIB: u32 = 19 * 1_024;
/// Passes over the memory.
pub const PASSES: u32 = 2;
/// Threads of one hash.
pub const THREADS: u32 = 1;
/// Characters at least.
pub const CHARACTERS_MIN: usize = 10;
/// Bytes at most.
pub const BYTES_MAX: usize = 1_024;
/// Random bytes of a salt.
pub const SALT_BYTES: usize = 16;
/// Hashes that may wait for the one that is computed.
pub const WAITING_MAX: usize = 64;

/// What is verified when there is no account, so that its absence takes as long to notice.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

static ONE: Semaphore = Semaphore::const_new(1);
static WAITING: Semaphore = Semaphore::const_new(WAITING_MAX);

/// Why a text cannot be a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPassword {
    /// Fewer than [`CHARACTERS_MIN`].
    #[error("a password has at least {CHARACTERS_MIN} characters")]
    TooShort,
    /// More than [`BYTES_MAX`].
    #[error("a password has at most {BYTES_MAX} bytes")]
    TooLong,
}

/// A new password of a fit length. It has no debug form.
pub struct Password(String);

impl Password {
    /// Accepts a password by its length alone.
    pub fn parse(text: &str) -> Result<Password, BadPassword> {
        if BYTES_MAX < text.len() {
            return Err(BadPassword::TooLong);
        }
        if text.chars().count() < CHARACTERS_MIN {
            return Err(BadPassword::TooShort);
        }
        Ok(Password(text.to_owned()))
    }
}

/// Hashes a new password, on a thread that may block.
pub async fn hash(password: Password, salt: [u8; SALT_BYTES]) -> Result<String, Outage> {
    let compute = move || {
        let salt = SaltString::encode_b64(&salt).expect("16 bytes are a fit salt");
        let hash = argon2().hash_password(password.0.as_bytes(), &salt);
        hash.expect("the length was checked").to_string()
    };
    one_at_a_time(compute).await
}

/// Whether a password has this hash. Without a hash the answer is no, after the same time.
pub async fn verify(password: &str, hash: Option<&str>) -> Result<bool, Outage> {
    if BYTES_MAX < password.len() {
        return Ok(false);
    }
    let password = password.to_owned();
    let stored = hash.unwrap_or(NOBODY).to_owned();
    let known = hash.is_some();
    let compute = move || {
        let parsed = PasswordHash::new(&stored).ok();
        let same = parsed.is_some_and(|parsed| {
            argon2()
                .verify_password(password.as_bytes(), &parsed)
                .is_ok()
        });
        same && known
    };
    one_at_a_time(compute).await
}

fn argon2() -> Argon2<'static> {
    let parameters = Params::new(MEMORY_KIB, PASSES, THREADS, None);
    let parameters = parameters.expect("the constants are in range");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters)
}

async fn one_at_a_time<T: Send + 'static>(
    compute: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Outage> {
    let busy = |_| Outage::Busy { limit: WAITING_MAX };
    let waiting = WAITING.try_acquire().map_err(busy)?;
    let turn = ONE.acquire().await.expect("never closed");
    drop(waiting);
    // The turn goes along: if whoever asked goes away, the hash is still being computed.
    let computed = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        compute()
    });
    computed.await.map_err(|error| Outage::Failed {
        doing: "hashing a password",
        reason: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_checked() {
        for (text, why) in [
            ("", Some(BadPassword::TooShort)),
            ("ninechars", Some(BadPassword::TooShort)),
            ("ééééééééé", Some(BadPassword::TooShort)),
            ("tenletters", None),
            ("éééééééééé", None),
        ] {
            assert_eq!(Password::parse(text).err(), why, "{text}");
        }
        assert!(Password::parse(&"x".repeat(BYTES_MAX)).is_ok());
        let long = Password::parse(&"x".repeat(BYTES_MAX + 1));
        assert_eq!(long.err(), Some(BadPassword::TooLong));
    }

    #[tokio::test]
    async fn only_the_right_password_verifies() {
        let password = Password::parse("correct horse").unwrap();
        let hash = hash(password, [7; SALT_BYTES]).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify("correct horse", Some(&hash)).await.unwrap());
        assert!(!verify("correct hors", Some(&hash)).await.unwrap());
        assert!(!verify("correct horse", None).await.unwrap());
        assert!(!verify("correct horse", Some("no hash")).await.unwrap());
        let long = "x".repeat(BYTES_MAX + 1);
        assert!(!verify(&long, Some(&hash)).await.unwrap());
    }

    #[test]
    fn the_hash_of_nobody_costs_as_much() {
        let nobody = PasswordHash::new(NOBODY).unwrap();
        let parameters = Params::try_from(&nobody).unwrap();
        assert_eq!(parameters.m_cost(), MEMORY_KIB);
        assert_eq!(parameters.t_cost(), PASSES);
        assert_eq!(parameters.p_cost(), THREADS);
        assert_eq!(
            nobody.hash.map(|hash| hash.len()),
            Some(Params::DEFAULT_OUTPUT_LEN)
        );
    }
}
