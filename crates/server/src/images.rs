//! Small images that others keep: the logos of callers.

use std::sync::Arc;
use std::time::Duration;

use payments::Mode;
use tokio::sync::Semaphore;
use workers::outbound::{Allowed, Limits, Outbound};

/// Seconds for an image to arrive: somebody waits for the page meanwhile.
const FETCH_S_MAX: u64 = 2;
/// Bytes of an image at most.
const IMAGE_BYTES_MAX: usize = 65_536;
/// Images on their way at the same time.
const FETCHES_MAX: usize = 16;

/// Fetches images through the guard that notifications go through.
pub struct Images {
    outbound: Arc<Outbound>,
    places: Semaphore,
    encrypted_only: bool,
}

impl Images {
    /// A door of their own, with their own limits.
    ///
    /// # Errors
    /// When the roots of trust cannot be used.
    pub fn new(allowed: Allowed, mode: Mode) -> Result<Images, rustls::Error> {
        let limits = Limits {
            answer_max: Duration::from_secs(FETCH_S_MAX),
            total_max: Duration::from_secs(FETCH_S_MAX),
            body_bytes_max: IMAGE_BYTES_MAX,
        };
        Ok(Images {
            outbound: Outbound::new(allowed, limits, Vec::new())?,
            places: Semaphore::new(FETCHES_MAX),
            encrypted_only: mode == Mode::Production,
        })
    }

    /// What stands at an address; `None` when it cannot be had for any reason.
    pub async fn fetch(&self, address: &str) -> Option<Vec<u8>> {
        if self.encrypted_only && !address.starts_with("https://") {
            return None;
        }
        let _place = self.places.try_acquire().ok()?;
        match self.outbound.get(address).await {
            Ok(fetched) if fetched.status == 200 => Some(fetched.body.to_vec()),
            Ok(fetched) => {
                tracing::debug!(status = fetched.status, "a logo was not given");
                None
            }
            Err(error) => {
                tracing::debug!(%error, "a logo could not be fetched");
                None
            }
        }
    }
}
